/*
 * Operands beneath one directory (--beneath): which they are, and where each is, without following
 * any link below that directory and without leaving it.
 */
#ifndef BENEATH_H
#define BENEATH_H

#include <stdbool.h>
#include <stddef.h>

/* Read-only after beneath_open(). */
struct beneath {
	int fd; /* the directory, O_PATH */
	const char *dir;
	size_t dir_len; /* without slashes at its end */
	bool by_parts;  /* there is no openat2(2) */
};

/* Where an operand is to be looked up: NAME in DIRFD; beneath a directory NAME has no slash. */
struct beneath_place {
	int dirfd;
	const char *name;
	bool is_open; /* DIRFD is to be closed */
};

/*
 * Pins directory DIR, which must outlive *RET; links that its own name has are followed. 0 or
 * -errno. Before there are other threads; beneath_close() is due after 0.
 */
int beneath_open(struct beneath *ret, const char *dir);

/*
 * Finds OPERAND, which must outlive *RET; B is NULL if it may be anywhere. 0, and beneath_leave()
 * is due; or -EXDEV: it is neither DIR nor begins with DIR and a slash, or has ".." for one of its
 * parts; -ELOOP: one of the directories on the way is a link; or any other -errno for which there
 * is no way.
 */
int beneath_find(const struct beneath *b, const char *operand, struct beneath_place *ret);
void beneath_leave(const struct beneath_place *place);

void beneath_close(struct beneath *b);

#endif
