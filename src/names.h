/*
 * Names of a directory in memory: read in batches, as getdents64(2) has written them, in the order
 * in which GNU's tools visit them.
 *
 * That is the order of the file system. But of a directory with more than 10,000 entries the first
 * 100,000 are sorted by inode number, then the next 100,000, and so on; a batch of 10,000 or fewer
 * stays as it is. Not on tmpfs, NFS, CIFS and Lustre, unless links are followed everywhere.
 */
#ifndef NAMES_H
#define NAMES_H

#include "threads.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far a directory has been read. All zero before it is begun. */
struct listing {
	bool sorts_always; /* whatever the file system is: links are followed */
	bool at_end;       /* nothing is left to be read */
	bool has_entries;  /* something has been read */
	int err;           /* -errno that ended it, or 0 */
	enum { LISTING_SMALL, LISTING_SORTED, LISTING_UNSORTED } kind;
};

/* Names that are used by one or more ranges; immutable while it is more than one. */
struct names {
	atomic_uint refcount;
	struct names *next_spare;
	char *bytes;
	size_t size, len;
	size_t batch_end;  /* what lies behind it is of the batch that has not been read yet */
	uint32_t *order;   /* where the entries begin, in their order; NULL: as they lie */
	size_t count;      /* of order */
	atomic_uint *live; /* counts large batches of one directory; NULL: not this one */
};

/* Memory for names that is not in use. */
struct names_pool {
	struct lock lock;
	struct names *spares;
	unsigned count;
};

void names_pool_init(struct names_pool *pool);
void names_pool_free(struct names_pool *pool);

/* Empty names with one use, or NULL: no memory. */
struct names *names_new(struct names_pool *pool);

struct names *names_ref(struct names *names);

/* One use less; NULL is ignored. */
void names_unref(struct names_pool *pool, struct names *names);

/*
 * Adds a batch of the directory FD. Listing->at_end says that there is no more, and listing->err
 * why, if that is an error; -ENOMEM ends a listing only if nothing could be added.
 */
void names_read(struct names *names, int fd, struct listing *listing);

/* Counts NAMES in *LIVE until they are freed. */
void names_count_in(struct names *names, atomic_uint *live);

/* How many are counted in *LIVE, but for NAMES (or NULL) if this is their only use. */
unsigned names_live_beside(const struct names *names, atomic_uint *live);

/* Adds the entries of OTHER from AT on, and what it has of the next batch. False: no memory. */
bool names_append(struct names *names, const struct names *other, size_t at);

/* Places in names: the first one is 0, and this is behind the last. */
size_t names_end(const struct names *names);

struct entry {
	const char *name;   /* valid as long as the names are used */
	unsigned char type; /* DT_... */
};

/* The next entry from *AT on other than . and .., and *AT behind it. False: there is none. */
bool names_next(const struct names *names, size_t *at, size_t end, struct entry *ret);

/* Where the later half of what lies between AT and END begins; AT if that is a single entry. */
size_t names_middle(const struct names *names, size_t at, size_t end);

/* About how many there are from AT to END. */
size_t names_count(const struct names *names, size_t at, size_t end);

/* Gives back memory that is not needed while the entries from *AT on wait. They may be moved. */
void names_shrink(struct names_pool *pool, struct names **names, size_t *at, size_t *end);

#endif
