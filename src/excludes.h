/*
 * The patterns of --exclude, arranged so that a name is compared with few of them: those whose
 * literal beginning or end it has. Read-only once made, so any thread may ask.
 */
#ifndef EXCLUDES_H
#define EXCLUDES_H

#include "charset.h"

#include <stdbool.h>
#include <stddef.h>

struct excludes;

enum excludes_answer {
	EXCLUDES_NO,
	EXCLUDES_YES,
	EXCLUDES_ASK_PATH, /* no pattern for names matches, but one for paths may */
};

/* Whether it makes a difference to any of COUNT patterns how bytes are read as characters. */
bool excludes_need_charset(const char *const *patterns, size_t count);

/*
 * Arranges COUNT patterns, which must outlive *RET; see glob_matches(). A pattern with a slash is
 * for paths, any other for names. 0, and excludes_free() is due, or -ENOMEM.
 */
int excludes_new(struct excludes **ret, const char *const *patterns, size_t count,
	const struct charset *charset);

/* Whether a file of this name is excluded. */
enum excludes_answer excludes_name(const struct excludes *x, const char *name);

/* After EXCLUDES_ASK_PATH: whether PATH, which ends in NAME, is excluded. */
bool excludes_path(const struct excludes *x, const char *path, const char *name);

void excludes_free(struct excludes *x);

#endif
