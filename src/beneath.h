/* SPDX-License-Identifier: MIT */
/*
 * Finds operands beneath one directory (--beneath) without following symbolic links below it and
 * without leaving it. beneath_find() and beneath_leave() may be called by several threads at once.
 */
#ifndef BENEATH_H
#define BENEATH_H

#include <stdbool.h>
#include <stddef.h>

/* Read-only after beneath_open(). */
struct beneath {
	int fd; /* the directory, opened with O_PATH */
	const char *dir;
	size_t dir_len; /* without slashes at the end */
	bool by_parts;  /* there is no openat2(2) */
};

/* Where an operand is to be looked up: NAME in DIRFD; beneath a directory NAME has no slash. */
struct beneath_place {
	int dirfd;
	const char *name;
	bool is_open; /* beneath_leave() is to close DIRFD */
};

/*
 * Opens the directory DIR, a string that must outlive *RET. Symbolic links in DIR itself are
 * followed. Returns 0, and the caller calls beneath_close(); or -errno. To be called before threads
 * are started, because it may handle SIGSYS for the first call of openat2(2).
 */
int beneath_open(struct beneath *ret, const char *dir);

/*
 * Finds the directory that OPERAND, which must outlive *RET, is in, anywhere if B is NULL.
 * Returns 0, and the caller calls beneath_leave(); or
 *	-EXDEV	OPERAND is neither DIR nor begins with DIR and a slash, or one of its components
 *		after that is ".."
 *	-ELOOP	a component before the last one is a symbolic link
 *	-errno	any other error of looking up the directory
 */
int beneath_find(const struct beneath *b, const char *operand, struct beneath_place *ret);
void beneath_leave(const struct beneath_place *place);

void beneath_close(struct beneath *b);

#endif
