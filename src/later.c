/* SPDX-License-Identifier: MIT */
#include "later.h"

#include <stdlib.h>
#include <string.h>

void later_init(struct later *later)
{
	lock_init(&later->lock);
	later->first = NULL;
	later->count = 0;
}

static size_t depth_of(const char *name)
{
	size_t depth = 0;

	for (name += strspn(name, "/"); *name != '\0'; name += strspn(name, "/")) {
		size_t len = strcspn(name, "/");

		depth += len != 1 || *name != '.';
		name += len;
	}
	return depth;
}

/* When the file open as PIN was created, if that can be found out. */
static struct sys_birth birth_of(int pin)
{
	struct sys_birth birth = {.is_known = false};
	struct stat st;

	(void)sys_identify(pin, &st, &birth);
	return birth;
}

struct later_dir *later_new(const char *name, const struct stat *st, int pin, mode_t mode)
{
	size_t len = strlen(name);
	struct later_dir *dir = malloc(sizeof(*dir) + len + 1);

	if (dir == NULL)
		return NULL;
	dir->mode = mode;
	dir->dev = st->st_dev;
	dir->ino = st->st_ino;
	dir->birth = birth_of(pin);
	dir->depth = depth_of(name);
	memcpy(dir->name, name, len + 1);
	return dir;
}

bool later_is(const struct later_dir *dir, const struct stat *st, int pin)
{
	struct sys_birth birth;

	if (st->st_dev != dir->dev || st->st_ino != dir->ino)
		return false;
	/* Some file systems give the inode number of a removed directory to the next file. */
	birth = birth_of(pin);
	return sys_is_same_birth(&birth, &dir->birth);
}

void later_add(struct later *later, struct later_dir *dir)
{
	lock_take(&later->lock);
	dir->number = later->count++;
	dir->next = later->first;
	later->first = dir;
	lock_drop(&later->lock);
}

/*
 * Whether A comes before B. Workers add directories in any order, but those of one name in the
 * order of the list, whose last record counts.
 */
static bool is_before(const struct later_dir *a, const struct later_dir *b)
{
	int order;

	if (a->depth != b->depth)
		return a->depth > b->depth;
	order = strcmp(a->name, b->name);
	return order != 0 ? order < 0 : a->number < b->number;
}

/* Merges two sorted lists; either may be NULL. */
static struct later_dir *merge(struct later_dir *a, struct later_dir *b)
{
	struct later_dir *first = NULL, **end = &first;

	while (a != NULL && b != NULL) {
		struct later_dir **from = is_before(a, b) ? &a : &b;

		*end = *from;
		end = &(*from)->next;
		*from = (*from)->next;
	}
	*end = a != NULL ? a : b;
	return first;
}

void later_sort(struct later *later)
{
	enum { LISTS = 8 * sizeof(size_t) };
	/* A merge sort from the bottom up: sorted[N] is a list of 1 << N directories, or NULL. */
	struct later_dir *sorted[LISTS] = {NULL};
	struct later_dir *dir = later->first, *all = NULL;

	while (dir != NULL) {
		struct later_dir *list = dir;
		size_t n = 0;

		dir = dir->next;
		list->next = NULL;
		for (; sorted[n] != NULL; n++) {
			list = merge(sorted[n], list);
			sorted[n] = NULL;
		}
		sorted[n] = list;
	}
	for (size_t n = 0; n < LISTS; n++)
		all = merge(sorted[n], all);
	later->first = all;
}

void later_free(struct later *later)
{
	while (later->first != NULL) {
		struct later_dir *dir = later->first;

		later->first = dir->next;
		free(dir);
	}
}
