/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SIZE = 32 * 1024, /* bytes allocated for new names */
	MAX_SPARES = 16,        /* names that a pool keeps */
	USUAL_ENTRY = 32,       /* bytes of a typical entry */
};

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

/* Puts NAMES, which are not in use, into POOL. Returns false if the pool is full. */
static bool keep(struct names_pool *pool, struct names *names)
{
	bool is_kept;

	lock_take(&pool->lock);
	is_kept = pool->count < MAX_SPARES;
	if (is_kept) {
		names->next_spare = pool->spares;
		pool->spares = names;
		pool->count++;
	}
	lock_drop(&pool->lock);
	return is_kept;
}

void names_unref(struct names_pool *pool, struct names *names)
{
	if (names == NULL ||
		atomic_fetch_sub_explicit(&names->refcount, 1, memory_order_acq_rel) != 1)
		return;
	if (names->live != NULL)
		atomic_fetch_sub_explicit(names->live, 1, memory_order_relaxed);
	names->live = NULL;
	if (names->size != FIRST_SIZE || names->order != NULL || !keep(pool, names))
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

bool names_reserve(struct names *names, size_t size)
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

bool names_append(struct names *names, const struct names *other, size_t at)
{
	size_t end = names_end(other), size = other->len - other->batch_end;

	if (!names_reserve(names, size + (other->order == NULL ? end - at : other->batch_end)))
		return false;
	while (at < end) {
		size_t offset = other->order != NULL ? other->order[at++] : at;
		const struct raw_entry *entry = names_raw_at(other, offset);

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

bool names_next(const struct names *names, size_t *at, size_t end, struct entry *ret)
{
	const uint32_t *order = names->order;

	for (size_t place = *at; place < end;) {
		const struct raw_entry *entry =
			names_raw_at(names, order != NULL ? order[place] : place);

		place += order != NULL ? 1 : entry->len;
		if (raw_entry_is_dots(entry))
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
		place += names_raw_at(names, place)->len;
	}
	/* If the last entry takes more than half of the bytes, it is the later half. */
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
