/* SPDX-License-Identifier: MIT */
/*
 * Reopens directories of a walk that were closed: from below by "..", or from above by name. What
 * is found must be the directory that was closed (dir_compare()).
 */
#ifndef REOPEN_H
#define REOPEN_H

#include "dir.h"

/*
 * Opens DIR, to which the caller has a reference, if it is not open, and holds it. Starts from
 * BELOW, a directory that the caller holds and of which DIR is an ancestor. If BELOW is NULL or
 * does not lead to DIR, starts from the nearest ancestor that is open, or from the operand. May be
 * called by several threads at once. CALLER is passed on to the hook closing(). Returns 0, or
 *	-EMFILE, -ENFILE	no descriptor is free; the caller may try again
 *	-ESTALE		another directory, or none, is in its place, or an ancestor has been lost
 *	-errno		any other error of opening it or one of its ancestors
 */
int dir_reopen(struct dirs *dirs, struct dir *dir, const struct dir *below, void *caller);

#endif
