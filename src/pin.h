/* SPDX-License-Identifier: MIT */
/*
 * The pin of an entry (struct walk_entry): the descriptor by which the file is examined and changed
 * and, if it is a directory, read.
 *
 * pin_open_dir() and pin_path() set e->pin if they return 0. It stays open until pin_close(), or
 * until dir_new() takes it over for a directory that is entered. Visitors never close it.
 *
 * Links are followed if e->followed. If no descriptor is free, the functions close some that the
 * walk can reopen later (worker_may_retry()), and return -EMFILE or -ENFILE only if there is none.
 * All run in the thread of e->worker.
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

/* Finds where operand NAME is to be looked up, with the contract of beneath_find(). */
int pin_place(struct worker *w, const char *name, struct beneath_place *ret);

/* Pins E, a directory, by opening it for reading. Returns 0 or -errno, -ENOTDIR if it is none. */
int pin_open_dir(struct walk_entry *e, struct stat *ret_st);

/*
 * Pins E, of any type, by opening it with O_PATH. If OPENS, then opens a directory for reading if
 * that is possible and it is not excluded by options->one_file_system; OPENS is not for operands.
 * Returns 0 or -errno.
 */
int pin_path(struct walk_entry *e, bool opens, struct stat *ret_st);

/*
 * Makes the pin of directory E, which has been shown and answered with ANSWER, one by which the
 * directory can be read. Returns 0, or -errno with the pin unchanged:
 *	-ENOENT	the directory has been removed
 *	-ESTALE	it still exists, but its name does not lead to it
 */
int pin_reopen(struct walk_entry *e, enum walk_answer answer);

/* Closes the pin of E, if it has one. */
void pin_close(struct walk_entry *e);

#endif
