/* SPDX-License-Identifier: MIT */
/*
 * The pin of an entry (struct walk_entry): the descriptor by which the file is examined and changed
 * and, if it is a directory, read.
 *
 * An entry has a pin after 0 of pin_open_dir() or pin_path(), until pin_close(). The pin of a
 * directory that is entered is not closed here: dir_new() takes it over. Visitors never close it.
 *
 * What finds no descriptor is tried again as long as others can be closed for it. Links are
 * followed if e->followed.
 */
#ifndef PIN_H
#define PIN_H

#include "beneath.h"
#include "worker.h"

#include <stdbool.h>
#include <sys/stat.h>

static inline enum sys_follow pin_follow(const struct walk_entry *e)
{
	return e->followed ? SYS_FOLLOW : SYS_NOFOLLOW;
}

/* Finds out where operand NAME is to be looked up. As beneath_find(). */
int pin_place(struct worker *w, const char *name, struct beneath_place *ret);

/* Opens E for reading; 0, or -errno: -ENOTDIR if it is no directory. */
int pin_open_dir(struct walk_entry *e, struct stat *ret_st);

/*
 * Pins E whatever it is; if OPENS and it is a directory, opens that for reading if it can be. OPENS
 * is not for operands. 0 or -errno.
 */
int pin_path(struct walk_entry *e, bool opens, struct stat *ret_st);

/*
 * Makes the pin of directory E, which was shown and ANSWERed, one by which it can be read. 0; or
 * -errno, and the pin is as it was: -ENOENT if the directory has been removed, -ESTALE if it has
 * not, but is not where it was.
 */
int pin_reopen(struct walk_entry *e, enum walk_answer answer);

void pin_close(struct walk_entry *e);

#endif
