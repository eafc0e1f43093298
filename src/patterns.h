/* SPDX-License-Identifier: MIT */
/*
 * The patterns of --exclude or --include, arranged so that a name is compared with few of them
 * only: those whose literal beginning or end it has. Not changed after patterns_new(), so any
 * number of threads may use them.
 */
#ifndef PATTERNS_H
#define PATTERNS_H

#include "charset.h"

#include <stdbool.h>
#include <stddef.h>

struct patterns;

enum patterns_answer {
	PATTERNS_NO,
	PATTERNS_YES,
	PATTERNS_ASK_PATH, /* no pattern for names matches, but one for paths may */
};

/* Whether the charset can make a difference to any of COUNT patterns. */
bool patterns_need_charset(const char *const *patterns, size_t count);

/*
 * Arranges COUNT patterns (see glob_matches()), which must outlive *RET, as must CHARSET. A pattern
 * with a slash is compared with paths, any other with names. Returns 0, and the caller frees *RET
 * with patterns_free(); or -ENOMEM.
 */
int patterns_new(struct patterns **ret, const char *const *patterns, size_t count,
	const struct charset *charset);

/* Whether any pattern matches a file whose last name is NAME. */
enum patterns_answer patterns_name(const struct patterns *x, const char *name);

/* After PATTERNS_ASK_PATH: whether any pattern for paths matches PATH, which ends in NAME. */
bool patterns_path(const struct patterns *x, const char *path, const char *name);

/* NULL is ignored. */
void patterns_free(struct patterns *x);

#endif
