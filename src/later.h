/*
 * Directories that get their modes when all else has been done, as these would close them to their
 * owner: which they are, the deepest first.
 */
#ifndef LATER_H
#define LATER_H

#include "threads.h"

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct later_dir {
	struct later_dir *next;
	mode_t mode; /* what it gets in the end */
	dev_t dev;
	ino_t ino;
	size_t depth; /* how many parts its name has */
	char name[];
};

struct later {
	struct lock lock;
	struct later_dir *first;
};

void later_init(struct later *later);

/* Directory NAME with ST, which is to get MODE; to be freed unless it is added. NULL: no memory. */
struct later_dir *later_new(const char *name, const struct stat *st, mode_t mode);

/* Adds DIR; for several threads. */
void later_add(struct later *later, struct later_dir *dir);

/* Puts them into the order in which they are to be done, that which has more parts first. */
void later_sort(struct later *later);

/* Frees what later_add() has taken. */
void later_free(struct later *later);

#endif
