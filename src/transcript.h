/* SPDX-License-Identifier: MIT */
/*
 * Recorded output of a task that is not the head: bytes for the two streams, in their order.
 *
 * The task's worker adds bytes, for which it must hold the lock; another thread may print and
 * remove them at the same time.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "threads.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum transcript_stream { TRANSCRIPT_OUT, TRANSCRIPT_ERR };

struct transcript {
	struct lock lock;
	char *bytes; /* pieces, each after a header with its stream and length */
	size_t used, size;
	size_t last;          /* the offset of the last piece's header */
	atomic_size_t *total; /* see transcript_count_in(); NULL: not counted */
};

void transcript_init(struct transcript *t);
void transcript_free(struct transcript *t);

/* Counts the memory of T, which has none yet, in *TOTAL as long as it has some. */
void transcript_count_in(struct transcript *t, atomic_size_t *total);

/*
 * Makes room for SIZE more bytes in up to 8 pieces. Returns false, with nothing changed, if there
 * is no memory.
 */
bool transcript_reserve(struct transcript *t, size_t size);

/*
 * Adds LEN bytes of TEXT. They are lost if there was no room reserved for them and there is no
 * memory.
 */
void transcript_add(
	struct transcript *t, enum transcript_stream stream, const char *text, size_t len);

typedef void transcript_print(
	void *ctx, enum transcript_stream stream, const char *text, size_t len);

/* Passes the pieces of T to PRINT, in their order, and empties T. */
void transcript_replay(struct transcript *t, transcript_print *print, void *ctx);

/*
 * For a thread other than the worker's, which may add to T at the same time. If T has pieces,
 * prints and removes them, with the lock OUTER released because printing may take long, and returns
 * true. If T is empty, sets *RET_IS_EMPTY before the worker can add anything, and returns false.
 */
bool transcript_print_some(struct transcript *t, transcript_print *print, void *ctx,
	struct lock *outer, atomic_bool *ret_is_empty);

#endif
