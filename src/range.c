/* SPDX-License-Identifier: MIT */
#include "range.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

struct range *range_new(struct dir *dir)
{
	struct range *range = calloc(1, sizeof(*range));

	if (range == NULL)
		return NULL;
	range->dir = dir;
	range->has_unread = range->is_last = true;
	return range;
}

static void drop_names(struct range *range, struct names_pool *pool)
{
	names_unref(pool, range->names);
	range->names = NULL;
	range->at = range->end = 0;
}

void range_free(struct range *range, struct dirs *dirs)
{
	drop_names(range, &dirs->names);
	dir_unref(dirs, range->dir);
	free(range);
}

/* ------------------------------------------------------------------------------------- reading */

/* Replaces RANGE's names by NAMES, after its directory has been read. */
static void set_names(struct range *range, struct names_pool *pool, struct names *names)
{
	drop_names(range, pool);
	range->names = names;
	range->end = names_end(names);
	if (range->dir->listing.at_end) {
		range->has_unread = false;
		range->err = range->dir->listing.err;
	}
}

/*
 * Returns names with the entries of RANGE from place AT on, and with what has been read of the next
 * batch. Without memory returns NULL, and RANGE ends with an error.
 */
static struct names *copy_names(struct range *range, struct names_pool *pool, size_t at)
{
	struct names *names = names_new(pool);

	if (names != NULL && (range->names == NULL || names_append(names, range->names, at)))
		return names;
	names_unref(pool, names);
	range->has_unread = false;
	range->err = -ENOMEM;
	return NULL;
}

void range_read_batch(struct range *range, struct names_pool *pool)
{
	struct names *names = copy_names(range, pool, range->end);

	if (names == NULL)
		return;
	/* Frees the old batch first, so that a range never has two batches in memory. */
	drop_names(range, pool);
	listing_read(&range->dir->listing, range->dir->fd, names);
	if (range->dir->listing.kind == LISTING_SORTED)
		names_count_in(names, &range->dir->live_batches);
	set_names(range, pool, names);
}

void range_read_unread(struct range *range, struct names_pool *pool)
{
	struct names *names = copy_names(range, pool, range->at);

	if (names == NULL)
		return;
	while (!range->dir->listing.at_end)
		listing_read(&range->dir->listing, range->dir->fd, names);
	set_names(range, pool, names);
}

void range_shrink(struct range *range, struct names_pool *pool)
{
	if (range->names == NULL)
		return;
	if (!range->has_unread && range->at == range->end)
		drop_names(range, pool);
	else
		names_shrink(pool, &range->names, &range->at, &range->end);
}

/* -------------------------------------------------------------------------- what there is left */

bool range_is_empty(struct range *range)
{
	struct entry entry;
	size_t at = range->at;

	if (range->has_unread || range->err != 0)
		return false;
	if (range->names == NULL || !names_next(range->names, &at, range->end, &entry))
		range->at = range->end;
	return range->at == range->end;
}

size_t range_count(const struct range *range)
{
	enum { UNREAD = 1000 }; /* a guess: their number is unknown */
	size_t count = range->has_unread ? UNREAD : 0;

	return range->names != NULL ? count + names_count(range->names, range->at, range->end)
				    : count;
}

bool range_has_few_files(const struct range *range, size_t *ret_count)
{
	enum { FEW = 128 };
	struct entry entry;
	size_t at = range->at;

	*ret_count = 0;
	if (range->has_unread)
		return false;
	while (range->names != NULL && names_next(range->names, &at, range->end, &entry))
		if (entry.type != DT_REG || ++*ret_count > FEW)
			return false;
	return true;
}

/* Whether RANGE has at most one entry left in memory. */
static bool is_single(const struct range *range)
{
	struct entry entry;
	size_t at = range->at;

	return !names_next(range->names, &at, range->end, &entry) || at == range->end;
}

bool range_can_be_split(const struct range *range)
{
	return range->names != NULL && range->at < range->end &&
	       (range->has_unread || !is_single(range));
}

struct range *range_split(struct range *range, struct dirs *dirs)
{
	struct range *later = range_new(range->dir);

	if (later == NULL)
		return NULL;
	dir_ref(dirs, later->dir);
	later->names = range->names != NULL ? names_ref(range->names) : NULL;
	later->at = later->end = range->end;
	if (!range->has_unread && range->names != NULL) {
		later->at = names_middle(range->names, range->at, range->end);
		range->end = later->at;
	}
	later->has_unread = range->has_unread;
	later->is_last = range->is_last;
	later->err = range->err;
	range->has_unread = range->is_last = false;
	range->err = 0;
	return later;
}
