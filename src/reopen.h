/* SPDX-License-Identifier: MIT */
/*
 * The way back to a directory that nobody holds: from below by "..", or from above by its name.
 * Either way it must be the one that was closed.
 */
#ifndef REOPEN_H
#define REOPEN_H

#include "dir.h"

#include <stddef.h>

/*
 * Opens DIR, which the caller does not hold, and holds it: from BELOW, a directory LEVELS levels
 * below it that is held, or if that is NULL or leads elsewhere, from above. 0; -EMFILE or -ENFILE,
 * with which it is worth another try; or the errno for which it is lost, -ESTALE if another
 * directory or none has its place.
 */
int dir_reopen(struct dirs *dirs, struct dir *dir, struct dir *below, size_t levels, void *who);

#endif
