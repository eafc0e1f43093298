/* SPDX-License-Identifier: MIT */
/*
 * What the attacker does while the program is held, from one line of text:
 *
 *	"mv top/d aside, ln ../out top/d"
 *
 *	rm P            mv P Q          exchange P Q (renameat2)        ln T P (symlink P to T)
 *	rmdir P
 *
 * If one of them fails, the swap has failed. One with "!" before it must be refused for want of
 * permission: "!rm top/f". Paths are relative to the tree and have no blanks. One may begin with
 * @1, @2...: the place of the first, second hold.
 */
#ifndef RACE_SWAP_H
#define RACE_SWAP_H

#include "../support/run.h"

#include <errno.h>
#include <stddef.h>

struct swap_how {
	const char *text;
	int dir;                     /* the tree */
	const struct run_user *user; /* the attacker; NULL: the process itself */
	const char *const *places;   /* what @1, ... stand for */
	size_t n_places;
};

/* Something that must be refused was done. */
#define SWAP_NOT_REFUSED (-EALREADY)

/* 0, SWAP_NOT_REFUSED, or the negative errno of what failed. */
int swap(const struct swap_how *how);

#endif
