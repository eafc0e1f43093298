/* SPDX-License-Identifier: MIT */
#include "names.h"

#include "sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SIZE = 32 * 1024,
	MIN_READ = 4096, /* room for the longest entry */
	MAX_READ = 64 * 1024,
	MAX_SPARES = 16,
	SORT_THRESHOLD = 10000,
	MAX_BATCH = 100000,
	/* Bytes of the shortest entry, and of a typical one. */
	MIN_ENTRY = 24,
	USUAL_ENTRY = 32,
};

/* struct linux_dirent64 of getdents64(2). */
struct raw_entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

static const struct raw_entry *raw_at(const struct names *names, size_t offset)
{
	return (const void *)(names->bytes + offset);
}

static bool is_dot_or_dot_dot(const char *name)
{
	return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* -------------------------------------------------------------------------------------- memory */

void names_pool_init(struct names_pool *pool)
{
	lock_init(&pool->lock);
	pool->spares = NULL;
	pool->count = 0;
}

static void free_names(struct names *names)
{
	free(names->order);
	free(names->bytes);
	free(names);
}

void names_pool_free(struct names_pool *pool)
{
	while (pool->spares != NULL) {
		struct names *next = pool->spares->next_spare;
		free_names(pool->spares);
		pool->spares = next;
	}
}

static struct names *make_names(size_t size)
{
	struct names *names = calloc(1, sizeof(*names));

	if (names == NULL)
		return NULL;
	atomic_init(&names->refcount, 1);
	names->bytes = malloc(size);
	names->size = size;
	if (names->bytes != NULL)
		return names;
	free(names);
	return NULL;
}

/* Reuses memory of earlier directories, because allocating it for each would take longer. */
struct names *names_new(struct names_pool *pool)
{
	struct names *names;

	lock_take(&pool->lock);
	names = pool->spares;
	if (names != NULL) {
		pool->spares = names->next_spare;
		pool->count--;
	}
	lock_drop(&pool->lock);
	if (names == NULL)
		return make_names(FIRST_SIZE);
	atomic_store_explicit(&names->refcount, 1, memory_order_relaxed);
	names->len = names->batch_end = 0;
	return names;
}

struct names *names_ref(struct names *names)
{
	atomic_fetch_add_explicit(&names->refcount, 1, memory_order_relaxed);
	return names;
}

void names_unref(struct names_pool *pool, struct names *names)
{
	if (names == NULL ||
		atomic_fetch_sub_explicit(&names->refcount, 1, memory_order_acq_rel) != 1)
		return;
	if (names->live != NULL)
		atomic_fetch_sub_explicit(names->live, 1, memory_order_relaxed);
	names->live = NULL;
	if (names->size == FIRST_SIZE && names->order == NULL) {
		bool is_kept;

		lock_take(&pool->lock);
		is_kept = pool->count < MAX_SPARES;
		if (is_kept) {
			names->next_spare = pool->spares;
			pool->spares = names;
			pool->count++;
		}
		lock_drop(&pool->lock);
		if (is_kept)
			return;
	}
	free_names(names);
}

void names_count_in(struct names *names, atomic_uint *live)
{
	names->live = live;
	atomic_fetch_add_explicit(live, 1, memory_order_relaxed);
}

unsigned names_live_beside(const struct names *names, atomic_uint *live)
{
	bool is_own = names != NULL && names->live == live &&
		      atomic_load_explicit(&names->refcount, memory_order_relaxed) == 1;

	return atomic_load_explicit(live, memory_order_relaxed) - is_own;
}

/* Makes room for SIZE more bytes. Returns false if there is no memory. */
static bool reserve(struct names *names, size_t size)
{
	size_t larger = names->size * 2;
	char *bytes;

	if (size <= names->size - names->len)
		return true;
	if (larger < names->len + size)
		larger = names->len + size;
	/* Offsets in order have 32 bits. */
	bytes = larger <= UINT32_MAX ? realloc(names->bytes, larger) : NULL;
	if (bytes == NULL)
		return false;
	names->bytes = bytes;
	names->size = larger;
	return true;
}

/* --------------------------------------------------------------------------------------- order */

/*
 * Counts the entries from offset FROM on, without . and .., up to MOST. *RET_END is the offset
 * after the last one.
 */
static size_t count_entries(const struct names *names, size_t from, size_t most, size_t *ret_end)
{
	size_t count = 0;

	while (from < names->len && count < most) {
		const struct raw_entry *entry = raw_at(names, from);

		count += !is_dot_or_dot_dot(entry->name);
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
	for (; from < end; from += raw_at(names, from)->len)
		if (!is_dot_or_dot_dot(raw_at(names, from)->name))
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
		starts[raw_at(names, from[i])->ino >> shift & 0xff]++;
	for (size_t i = 0; i < 256; i++) {
		size_t here = starts[i];
		starts[i] = at;
		at += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[raw_at(names, from[i])->ino >> shift & 0xff]++] = from[i];
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
		differing |= raw_at(names, from[i])->ino ^ raw_at(names, from[0])->ino;
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
 * Reads more entries. Returns false at the end, after an error, and if memory runs out. The last is
 * recorded as an error only if nothing of this batch could be read.
 */
static bool read_more(struct names *names, int fd, struct listing *listing)
{
	ssize_t len = -ENOMEM;

	if (reserve(names, MIN_READ)) {
		size_t room = names->size - names->len;

		len = sys_read_dir(
			fd, names->bytes + names->len, room < MAX_READ ? room : MAX_READ);
	}
	if (len == -ENOMEM && names->len > names->batch_end)
		return false;
	/* The directory has been removed. readdir(3) reports that as the end of the directory. */
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

/* Reads until the order of the batch that begins at offset START is known. */
static void gather(struct names *names, int fd, struct listing *listing, size_t start)
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
		if (!read_more(names, fd, listing))
			return;
	}
}

void names_read(struct names *names, int fd, struct listing *listing)
{
	size_t start = names->batch_end, count = 0;
	bool is_listed = true;

	gather(names, fd, listing, start);
	names->batch_end = names->len;
	if (listing->kind == LISTING_SORTED)
		count = count_entries(names, start, MAX_BATCH, &names->batch_end);
	/*
	 * Without memory for order, the entries keep the order of the file system. Once order is
	 * used, it must have the entries of all batches.
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
	/* Without a place in order the batch would never be returned: that is an error. */
	if (!is_listed && names->order != NULL) {
		names->batch_end = names->len = start;
		listing->at_end = true;
		listing->err = -ENOMEM;
	}
}

bool names_append(struct names *names, const struct names *other, size_t at)
{
	size_t end = names_end(other), size = other->len - other->batch_end;

	if (!reserve(names, size + (other->order == NULL ? end - at : other->batch_end)))
		return false;
	while (at < end) {
		size_t offset = other->order != NULL ? other->order[at++] : at;
		const struct raw_entry *entry = raw_at(other, offset);

		memcpy(names->bytes + names->len, entry, entry->len);
		names->len += entry->len;
		if (other->order == NULL)
			at += entry->len;
	}
	names->batch_end = names->len;
	memcpy(names->bytes + names->len, other->bytes + other->batch_end, size);
	names->len += size;
	return true;
}

/* -------------------------------------------------------------------------------------- places */

size_t names_end(const struct names *names)
{
	return names->order != NULL ? names->count : names->batch_end;
}

static size_t next_place(const struct names *names, size_t at)
{
	return names->order != NULL ? at + 1 : at + raw_at(names, at)->len;
}

bool names_next(const struct names *names, size_t *at, size_t end, struct entry *ret)
{
	const uint32_t *order = names->order;

	for (size_t place = *at; place < end;) {
		const struct raw_entry *entry = raw_at(names, order != NULL ? order[place] : place);

		place += order != NULL ? 1 : entry->len;
		if (is_dot_or_dot_dot(entry->name))
			continue;
		*at = place;
		*ret = (struct entry){.name = entry->name, .type = entry->type};
		return true;
	}
	*at = end;
	return false;
}

size_t names_middle(const struct names *names, size_t at, size_t end)
{
	size_t half = at + (end - at) / 2, place = at, before = at;

	if (names->order != NULL)
		return half;
	while (place < half) {
		before = place;
		place = next_place(names, place);
	}
	/* The last entry may take more than half of the bytes; it then makes up the later half. */
	return place < end ? place : before;
}

size_t names_count(const struct names *names, size_t at, size_t end)
{
	return names->order != NULL ? end - at : (end - at + USUAL_ENTRY - 1) / USUAL_ENTRY;
}

void names_shrink(struct names_pool *pool, struct names **names, size_t *at, size_t *end)
{
	struct names *old = *names, *small;
	size_t len = *end - *at;

	/* Shared names must not be changed, and copying a large block would not pay off. */
	if (old->order != NULL || old->batch_end < old->len || old->size != FIRST_SIZE ||
		len > FIRST_SIZE / 2 ||
		atomic_load_explicit(&old->refcount, memory_order_acquire) != 1)
		return;
	small = make_names(len);
	if (small == NULL)
		return;
	memcpy(small->bytes, old->bytes + *at, len);
	small->len = small->batch_end = len;
	names_unref(pool, old);
	*names = small;
	*at = 0;
	*end = len;
}
