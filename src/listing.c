/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include "sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MIN_READ = 4096, /* room for the longest entry */
	MAX_READ = 64 * 1024,
	SORT_THRESHOLD = 10000,
	MAX_BATCH = 100000,
	MIN_ENTRY = 24, /* bytes of the shortest entry */
};

/* --------------------------------------------------------------------------------------- order */

/*
 * Counts the entries from offset FROM on, without . and .., up to MOST. Sets *RET_END to the offset
 * after the last one.
 */
static size_t count_entries(const struct names *names, size_t from, size_t most, size_t *ret_end)
{
	size_t count = 0;

	while (from < names->len && count < most) {
		const struct raw_entry *entry = names_raw_at(names, from);

		count += !raw_entry_is_dots(entry);
		from += entry->len;
	}
	*ret_end = from;
	return count;
}

/*
 * Appends the entries between two offsets to order, unsorted. Returns false if there is no memory.
 */
static bool list_order(struct names *names, size_t from, size_t end)
{
	size_t count = names->count, most = count + (end - from) / MIN_ENTRY;
	uint32_t *order = realloc(names->order, (most + 1) * sizeof(*order));

	if (order == NULL)
		return false;
	for (; from < end; from += names_raw_at(names, from)->len)
		if (!raw_entry_is_dots(names_raw_at(names, from)))
			order[count++] = (uint32_t)from;
	names->order = order;
	names->count = count;
	return true;
}

/* One pass of a stable radix sort, by the byte of the inode number at bit SHIFT. */
static void sort_pass(
	const struct names *names, const uint32_t *from, uint32_t *to, size_t count, unsigned shift)
{
	size_t starts[256] = {0}, at = 0;

	for (size_t i = 0; i < count; i++)
		starts[names_raw_at(names, from[i])->ino >> shift & 0xff]++;
	for (size_t i = 0; i < 256; i++) {
		size_t here = starts[i];
		starts[i] = at;
		at += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[names_raw_at(names, from[i])->ino >> shift & 0xff]++] = from[i];
}

/* Sorts order from index FIRST on by inode number; leaves it as it is if there is no memory. */
static void sort_order(struct names *names, size_t first)
{
	size_t count = names->count - first;
	uint32_t *from = names->order + first, *to = malloc(count * sizeof(*to));
	uint32_t *const spare = to;
	uint64_t differing = 0;

	if (to == NULL)
		return;
	for (size_t i = 1; i < count; i++)
		differing |= names_raw_at(names, from[i])->ino ^ names_raw_at(names, from[0])->ino;
	for (unsigned shift = 0; shift < 64; shift += 8) {
		uint32_t *sorted = to;

		if ((differing >> shift & 0xff) == 0)
			continue;
		sort_pass(names, from, to, count, shift);
		to = from;
		from = sorted;
	}
	if (from == spare)
		memcpy(names->order + first, spare, count * sizeof(*spare));
	free(spare);
}

/* ------------------------------------------------------------------------------------- reading */

/*
 * Reads more entries. Returns false at the end, after an error, and if memory runs out. Running out
 * of memory is an error in LISTING only if nothing of this batch has been read.
 */
static bool read_more(struct listing *listing, int fd, struct names *names)
{
	ssize_t len = -ENOMEM;

	if (names_reserve(names, MIN_READ)) {
		size_t room = names->size - names->len;

		len = sys_read_dir(
			fd, names->bytes + names->len, room < MAX_READ ? room : MAX_READ);
	}
	if (len == -ENOMEM && names->len > names->batch_end)
		return false;
	/* The directory has been removed, which readdir(3) reports as its end. */
	if (len == -ENOENT)
		len = 0;
	if (len <= 0) {
		listing->at_end = true;
		listing->err = (int)len;
		return false;
	}
	listing->has_entries = true;
	names->len += (size_t)len;
	return true;
}

/*
 * Reads until the batch that begins at offset START is complete, or the directory ends. Decides
 * whether batches are sorted once there are more than SORT_THRESHOLD entries.
 */
static void gather(struct listing *listing, int fd, struct names *names, size_t start)
{
	size_t end;

	while (!listing->at_end) {
		size_t most = (names->len - start) / MIN_ENTRY;

		if (listing->kind == LISTING_UNSORTED && most > 0)
			return;
		if (most > SORT_THRESHOLD && listing->kind == LISTING_SMALL &&
			count_entries(names, start, SIZE_MAX, &end) > SORT_THRESHOLD) {
			listing->kind = listing->sorts_always || sys_sorts_by_inode(fd)
						? LISTING_SORTED
						: LISTING_UNSORTED;
			continue;
		}
		if (most > MAX_BATCH && listing->kind == LISTING_SORTED &&
			count_entries(names, start, MAX_BATCH, &end) == MAX_BATCH)
			return;
		if (!read_more(listing, fd, names))
			return;
	}
}

void listing_read(struct listing *listing, int fd, struct names *names)
{
	size_t start = names->batch_end, count = 0;
	bool is_listed = true;

	gather(listing, fd, names, start);
	names->batch_end = names->len;
	if (listing->kind == LISTING_SORTED)
		count = count_entries(names, start, MAX_BATCH, &names->batch_end);
	/*
	 * Once there is an order, it must have the entries of all batches, also of those that are
	 * not sorted. Without memory for an order the entries keep that of the file system.
	 */
	if (count > SORT_THRESHOLD &&
		(names->order != NULL || start == 0 || list_order(names, 0, start))) {
		size_t first = names->count;

		is_listed = list_order(names, start, names->batch_end);
		if (is_listed)
			sort_order(names, first);
	} else if (names->order != NULL) {
		is_listed = list_order(names, start, names->batch_end);
	}
	/* Entries that are missing in an order would never be returned. */
	if (!is_listed && names->order != NULL) {
		names->batch_end = names->len = start;
		listing->at_end = true;
		listing->err = -ENOMEM;
	}
}
