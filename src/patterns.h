/*
 * The patterns of --exclude, or of --include, arranged so that a name is compared with few of
 * them: those whose literal beginning or end it has. Read-only once made, so any thread may ask.
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

/* Whether it makes a difference to any of COUNT patterns how bytes are read as characters. */
bool patterns_need_charset(const char *const *patterns, size_t count);

/*
 * Arranges COUNT patterns, which must outlive *RET; see glob_matches(). A pattern with a slash is
 * for paths, any other for names. 0, and patterns_free() is due, or -ENOMEM.
 */
int patterns_new(struct patterns **ret, const char *const *patterns, size_t count,
	const struct charset *charset);

/* Whether any of them matches a file of this name. */
enum patterns_answer patterns_name(const struct patterns *x, const char *name);

/* After PATTERNS_ASK_PATH: whether one matches PATH, which ends in NAME. */
bool patterns_path(const struct patterns *x, const char *path, const char *name);

void patterns_free(struct patterns *x);

#endif
