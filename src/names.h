/* SPDX-License-Identifier: MIT */
/*
 * Names of a directory in memory: the entries as getdents64(2) writes them, one after the other,
 * and if they are sorted an array with their order.
 */
#ifndef NAMES_H
#define NAMES_H

#include "threads.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A reference-counted set of names. It must not be changed while it has several references. */
struct names {
	atomic_uint refcount;
	struct names *next_spare;
	char *bytes;       /* the entries, in the format of getdents64(2) */
	size_t size, len;  /* of bytes: allocated and used */
	size_t batch_end;  /* bytes from here on belong to the next batch; see listing.h */
	uint32_t *order;   /* offsets of the entries in their order; NULL: the order of bytes */
	size_t count;      /* the length of order */
	atomic_uint *live; /* a counter that includes these names; see names_count_in(); or NULL */
};

/*
 * A cache of unused names, because allocating memory for each directory would take longer. Several
 * threads may use it at once.
 */
struct names_pool {
	struct lock lock;
	struct names *spares;
	unsigned count;
};

void names_pool_init(struct names_pool *pool);
void names_pool_free(struct names_pool *pool);

/* Returns empty names with one reference, or NULL if there is no memory. */
struct names *names_new(struct names_pool *pool);

/* Adds a reference and returns NAMES. */
struct names *names_ref(struct names *names);

/* Drops a reference; the last one frees NAMES or returns them to POOL. NULL is ignored. */
void names_unref(struct names_pool *pool, struct names *names);

/* Counts NAMES in *LIVE until they are freed. Threads may count in the same *LIVE at once. */
void names_count_in(struct names *names, atomic_uint *live);

/*
 * The count in *LIVE, but without NAMES if the caller has the only reference to them. NAMES may be
 * NULL.
 */
unsigned names_live_beside(const struct names *names, atomic_uint *live);

/* Makes room for SIZE more bytes. Returns false, with NAMES unchanged, if there is no memory. */
bool names_reserve(struct names *names, size_t size);

/*
 * Appends to NAMES, which are new, the entries of OTHER from place AT on and the bytes of the next
 * batch of OTHER. Returns false, with NAMES unchanged, if there is no memory.
 */
bool names_append(struct names *names, const struct names *other, size_t at);

/*
 * A place is a position between entries: an index into order or, if there is none, an offset into
 * bytes. The first place is 0; this returns the last.
 */
size_t names_end(const struct names *names);

struct entry {
	const char *name;   /* valid as long as its names are referenced */
	unsigned char type; /* DT_... */
};

/*
 * Returns the first entry between *AT and END in *RET, without . and .., and sets *AT to the place
 * after it. Returns false, with *AT set to END, if there is none.
 */
bool names_next(const struct names *names, size_t *at, size_t end, struct entry *ret);

/* The place where the later half of the entries between AT and END begins; AT if there is one. */
size_t names_middle(const struct names *names, size_t at, size_t end);

/* About how many entries there are between AT and END. */
size_t names_count(const struct names *names, size_t at, size_t end);

/*
 * For entries between *AT and *END that will not be needed for a while: may move them into a
 * smaller block of memory, and then updates all three.
 */
void names_shrink(struct names_pool *pool, struct names **names, size_t *at, size_t *end);

/* An entry in bytes: struct linux_dirent64 of getdents64(2). */
struct raw_entry {
	uint64_t ino;
	int64_t off;
	unsigned short len; /* of the whole entry */
	unsigned char type;
	char name[];
};

static inline const struct raw_entry *names_raw_at(const struct names *names, size_t offset)
{
	return (const void *)(names->bytes + offset);
}

/* Whether ENTRY is . or .., which are never returned. */
static inline bool raw_entry_is_dots(const struct raw_entry *entry)
{
	const char *name = entry->name;

	return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

#endif
