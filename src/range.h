/* SPDX-License-Identifier: MIT */
/*
 * A range: entries of one directory that follow each other.
 *
 * A range has entries in memory, and the last range of a directory also has those that have not
 * been read yet. Offsets of a directory are never used to resume reading, because file systems
 * disagree about what they mean after a removal: before a directory is closed, its unread entries
 * are read into memory.
 *
 * Only one thread at a time may use a range, but ranges of one directory may be used at the same
 * time. POOL is the pool that names come from.
 */
#ifndef RANGE_H
#define RANGE_H

#include "dir.h"
#include "names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	struct dir *dir;
	struct names *names; /* NULL if no entries are in memory */
	size_t at, end;      /* the places in names between which entries are left */
	size_t last;         /* the place of the entry that was returned last */
	bool has_unread;     /* the unread entries of the directory belong to this range */
	bool is_last;        /* the last range of its directory, which also ends the directory */
	int err;             /* the -errno to report after these entries, or 0 */
	unsigned long done;  /* entries returned since START, a time of the caller's clock */
	int64_t start;

	/* Used by task.c: */
	bool is_held;                /* the range holds the directory open (dir_hold()) */
	struct range *outer, *inner; /* the neighbours in the stack of a task */
	struct range *older, *newer; /* in the list of waiting levels that hold their directory */
};

/*
 * Returns a range of all entries of DIR, none of which has been read, or NULL if there is no
 * memory. It takes over the caller's reference to DIR.
 */
struct range *range_new(struct dir *dir);

/*
 * Moves the later half of RANGE to a new range, which gets a reference to the directory: the unread
 * entries, if there are any, and otherwise the later half of those in memory. Returns NULL, with
 * RANGE unchanged, if there is no memory.
 */
struct range *range_split(struct range *range, struct dirs *dirs);

/* Frees RANGE, whose directory must not be held, and drops its reference to the directory. */
void range_free(struct range *range, struct dirs *dirs);

/* Returns the next entry in memory in *RET, valid as long as its names; false if there is none. */
static inline bool range_next(struct range *range, struct entry *ret)
{
	range->last = range->at;
	if (range->names == NULL || !names_next(range->names, &range->at, range->end, ret))
		return false;
	range->done++;
	return true;
}

/* Undoes the last call of range_next(), which returned an entry. */
static inline void range_put_back(struct range *range)
{
	range->at = range->last;
	range->done--;
}

/*
 * Reads the next batch of RANGE, which has returned all entries in memory and has unread ones. At
 * the end of the directory, and after an error, range->has_unread becomes false and range->err is
 * set.
 */
void range_read_batch(struct range *range, struct names_pool *pool);

/*
 * Reads all unread entries into memory. If there is no memory, RANGE ends with the entries that it
 * has and the error -ENOMEM.
 */
void range_read_unread(struct range *range, struct names_pool *pool);

/* Saves memory for a range that is not needed for a while. */
void range_shrink(struct range *range, struct names_pool *pool);

/* Whether RANGE has neither entries nor an error to report. */
bool range_is_empty(struct range *range);

/* About how many entries RANGE has left. */
size_t range_count(const struct range *range);

/*
 * Whether RANGE has only a few entries left, all of them in memory and none a directory by its
 * type. *RET_COUNT is their number.
 */
bool range_has_few_files(const struct range *range, size_t *ret_count);

/* Whether RANGE has enough entries to keep some when it is split. */
bool range_can_be_split(const struct range *range);

#endif
