/*
 * What all workers of a walk share of directories: which of them are on the way, so that a cycle is
 * found, and buffers to read them with.
 */
#ifndef DIRSET_H
#define DIRSET_H

#include "pool.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Bytes of a buffer. */
enum { DIRSET_BUFFER = 32 * 1024 };

/* Which directory it is. A part of who is in the set; the last field is the set's. */
struct dirset_id {
	dev_t dev;
	ino_t ino;
	struct dirset_id *same_slot;
};

/* Private. */
struct dirset {
	struct pool_lock lock;
	struct dirset_id **slots; /* hash table over device and inode */
	size_t slot_count, count;
	struct dirset_id *first_slots[64];
	struct spare_buffer *spares;
	atomic_bool is_short; /* a worker has run out of descriptors: nobody is to keep any idle */
};

void dirset_init(struct dirset *set);

/* Only when nobody uses it any more. */
void dirset_free(struct dirset *set);

/* A directory may be there more than once. Never fails: without memory it only gets slower. */
void dirset_add(struct dirset *set, struct dirset_id *id);
void dirset_remove(struct dirset *set, struct dirset_id *id);
bool dirset_has(struct dirset *set, dev_t dev, ino_t ino);

/* A buffer, or NULL: no memory. It is the caller's until he gives it back or frees it. */
char *dirset_get_buffer(struct dirset *set);
void dirset_put_buffer(struct dirset *set, char *buffer);

#endif
