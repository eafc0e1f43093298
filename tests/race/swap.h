/* SPDX-License-Identifier: MIT */
/*
 * What somebody does to the files while the program stands still, from one line of text:
 *
 *	"mv top/d aside, ln ../out top/d"
 *
 *	rm P            mv P Q          exchange P Q (renameat2)        ln T P (symlink P to T)
 *
 * One after the other, all of them or the swap has failed. One with "!" before its verb must be
 * refused for want of permission: "!rm top/f". Paths hold no blanks and are relative to the tree;
 * @1, @2 at the beginning of one stand for the place of the first, second hold.
 */
#ifndef RACE_SWAP_H
#define RACE_SWAP_H

#include "../support/run.h"

#include <errno.h>
#include <stddef.h>

struct swap_how {
	const char *text;
	int dir;                     /* the tree */
	const struct run_user *user; /* who does it; NULL: we */
	const char *const *places;   /* what @1, ... stand for */
	size_t n_places;
};

/* What was to be refused has been done. */
#define SWAP_NOT_REFUSED (-EALREADY)

/* 0, SWAP_NOT_REFUSED, or the negative errno of what failed. */
int swap(const struct swap_how *how);

#endif
