/*
 * What a worker would print while it is not its turn: bytes for the two streams, in their order.
 *
 * Its worker adds to it; who prints it takes the bytes out. A worker that adds holds the lock.
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
	char *bytes; /* pieces, each behind a header that tells its stream and length */
	size_t used, size;
	size_t last; /* where the header of the last piece is */
};

void transcript_init(struct transcript *t);
void transcript_free(struct transcript *t);

/* Makes room for SIZE bytes of text in any number of pieces up to 8. False: no memory. */
bool transcript_reserve(struct transcript *t, size_t size);

/* Adds LEN bytes; without memory for what was not reserved they are lost. */
void transcript_add(
	struct transcript *t, enum transcript_stream stream, const char *text, size_t len);

/* Prints the pieces of T by PRINT and empties it. */
typedef void transcript_print(
	void *ctx, enum transcript_stream stream, const char *text, size_t len);
void transcript_replay(struct transcript *t, transcript_print *print, void *ctx);

/*
 * For another thread than the worker's, which may add more meanwhile: prints the pieces that are
 * there, with OUTER dropped, since that may take long. True; or false if there are none, and
 * *RET_IS_EMPTY has been set before anything could be added.
 */
bool transcript_print_some(struct transcript *t, transcript_print *print, void *ctx,
	struct lock *outer, atomic_bool *ret_is_empty);

#endif
