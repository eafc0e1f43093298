/* SPDX-License-Identifier: MIT */
/*
 * The names of a directory in memory: read in batches, stored as getdents64(2) writes them, and
 * returned in the order in which GNU's tools visit them.
 *
 * That is the order of the file system for directories of up to 10,000 entries. The entries of a
 * larger directory are sorted by inode number in batches of 100,000; a last batch of 10,000 or
 * fewer is not sorted. On tmpfs, NFS, CIFS and Lustre nothing is sorted, unless all symbolic links
 * are followed. This is what fts(3) of gnulib does.
 */
#ifndef NAMES_H
#define NAMES_H

#include "threads.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far a directory has been read. All zero before the first read. */
struct listing {
	bool sorts_always; /* sort on every file system, because all links are followed */
	bool at_end;       /* everything has been read, or reading has failed */
	bool has_entries;  /* at least one read has returned entries */
	int err;           /* the -errno with which reading failed, or 0 */
	/* SMALL: at most 10,000 entries so far; otherwise whether batches are sorted. */
	enum { LISTING_SMALL, LISTING_SORTED, LISTING_UNSORTED } kind;
};

/* A reference-counted set of names. It must not be changed while it has several references. */
struct names {
	atomic_uint refcount;
	struct names *next_spare;
	char *bytes;       /* the entries, in the format of getdents64(2) */
	size_t size, len;  /* of bytes: allocated and used */
	size_t batch_end;  /* bytes from here on belong to the next batch */
	uint32_t *order;   /* offsets of the entries in their order; NULL: the order of bytes */
	size_t count;      /* the length of order */
	atomic_uint *live; /* a counter that includes these names; see names_count_in(); or NULL */
};

/* A cache of unused names. */
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

/*
 * Reads the next batch of the directory open as FD and appends it to NAMES. At the end of the
 * directory, and after an error, sets listing->at_end; after an error also listing->err. Without
 * memory it appends what it has; the error -ENOMEM means that it could append nothing.
 */
void names_read(struct names *names, int fd, struct listing *listing);

/* Counts NAMES in *LIVE until they are freed. */
void names_count_in(struct names *names, atomic_uint *live);

/*
 * The count in *LIVE without NAMES, if the caller has the only reference to them. NAMES may be
 * NULL.
 */
unsigned names_live_beside(const struct names *names, atomic_uint *live);

/*
 * Appends the entries of OTHER from place AT on, and the bytes of its next batch. Returns false,
 * with NAMES unchanged, if there is no memory.
 */
bool names_append(struct names *names, const struct names *other, size_t at);

/* A place is a position between entries. The first place is 0; this returns the last. */
size_t names_end(const struct names *names);

struct entry {
	const char *name;   /* valid as long as its names are referenced */
	unsigned char type; /* DT_... */
};

/*
 * Returns the first entry between *AT and END in *RET, without . and .., and sets *AT to the place
 * after it. Returns false if there is none.
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

#endif
