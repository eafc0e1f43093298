#include "dirset.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A buffer that nobody uses. */
struct spare_buffer {
	struct spare_buffer *next;
};

void dirset_init(struct dirset *set)
{
	pool_lock_init(&set->lock);
	memset(set->first_slots, 0, sizeof(set->first_slots));
	set->slots = set->first_slots;
	set->slot_count = sizeof(set->first_slots) / sizeof(set->first_slots[0]);
	set->count = 0;
	set->spares = NULL;
	atomic_init(&set->is_short, false);
}

void dirset_free(struct dirset *set)
{
	if (set->slots != set->first_slots)
		free(set->slots);
	while (set->spares != NULL) {
		struct spare_buffer *next = set->spares->next;
		free(set->spares);
		set->spares = next;
	}
}

/* ------------------------------------------------------------------------ which are on the way */

static struct dirset_id **slot_of(const struct dirset *set, dev_t dev, ino_t ino)
{
	uint64_t key = ((uint64_t)ino ^ (uint64_t)dev << 32) * UINT64_C(0x9e3779b97f4a7c15);

	return &set->slots[(key >> 32) & (set->slot_count - 1)];
}

static void put_in_slot(struct dirset *set, struct dirset_id *id)
{
	struct dirset_id **slot = slot_of(set, id->dev, id->ino);

	id->same_slot = *slot;
	*slot = id;
}

/* Twice as many slots, if there is memory for them. */
static void grow(struct dirset *set)
{
	struct dirset_id **old = set->slots;
	size_t old_count = set->slot_count;
	struct dirset_id **slots = calloc(old_count * 2, sizeof(*slots));

	if (slots == NULL)
		return;
	set->slots = slots;
	set->slot_count = old_count * 2;
	for (size_t i = 0; i < old_count; i++) {
		for (struct dirset_id *id = old[i], *next; id != NULL; id = next) {
			next = id->same_slot;
			put_in_slot(set, id);
		}
	}
	if (old != set->first_slots)
		free(old);
}

void dirset_add(struct dirset *set, struct dirset_id *id)
{
	pool_lock(&set->lock);
	if (++set->count > set->slot_count)
		grow(set);
	put_in_slot(set, id);
	pool_unlock(&set->lock);
}

void dirset_remove(struct dirset *set, struct dirset_id *id)
{
	struct dirset_id **slot;

	pool_lock(&set->lock);
	slot = slot_of(set, id->dev, id->ino);
	while (*slot != id)
		slot = &(*slot)->same_slot;
	*slot = id->same_slot;
	set->count--;
	pool_unlock(&set->lock);
}

bool dirset_has(struct dirset *set, dev_t dev, ino_t ino)
{
	const struct dirset_id *id;

	pool_lock(&set->lock);
	id = *slot_of(set, dev, ino);
	while (id != NULL && !(id->ino == ino && id->dev == dev))
		id = id->same_slot;
	pool_unlock(&set->lock);
	return id != NULL;
}

/* -------------------------------------------------------------------------------------- buffers */

/* They go from worker to worker: to get and to give back memory would take longer. */
char *dirset_get_buffer(struct dirset *set)
{
	struct spare_buffer *spare;

	pool_lock(&set->lock);
	spare = set->spares;
	if (spare != NULL)
		set->spares = spare->next;
	pool_unlock(&set->lock);
	return spare != NULL ? (char *)spare : malloc(DIRSET_BUFFER);
}

void dirset_put_buffer(struct dirset *set, char *buffer)
{
	struct spare_buffer *spare = (void *)buffer;

	pool_lock(&set->lock);
	spare->next = set->spares;
	set->spares = spare;
	pool_unlock(&set->lock);
}
