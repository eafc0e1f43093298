/* SPDX-License-Identifier: MIT */
/*
 * A list of directories that get their modes when everything else has been done, the deepest first,
 * because these modes would deny their owner access.
 */
#ifndef LATER_H
#define LATER_H

#include "sys.h"
#include "threads.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct later_dir {
	struct later_dir *next;
	mode_t mode; /* the final mode */
	dev_t dev;
	ino_t ino;
	struct sys_birth birth;
	size_t depth;  /* the number of components of its name that are not "." */
	size_t number; /* in the order in which they were added */
	char name[];
};

struct later {
	struct lock lock;
	struct later_dir *first;
	size_t count;
};

void later_init(struct later *later);

/*
 * Returns an entry for the directory NAME with ST and descriptor PIN, which is to get MODE; or NULL
 * if there is no memory. The caller passes it to later_add() or frees it with free().
 */
struct later_dir *later_new(const char *name, const struct stat *st, int pin, mode_t mode);

/* Whether the directory open as PIN, with ST, is the one that DIR was made for. */
bool later_is(const struct later_dir *dir, const struct stat *st, int pin);

/* Adds DIR, which LATER owns from now on. May be called by several threads at once. */
void later_add(struct later *later, struct later_dir *dir);

/* Sorts the directories: those with more components first, those of one name as they were added. */
void later_sort(struct later *later);

/* Frees the directories. */
void later_free(struct later *later);

#endif
