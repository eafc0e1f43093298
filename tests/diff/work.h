/* SPDX-License-Identifier: MIT */
/*
 * The cases of one worker: made, played, compared, counted; differences shrunk and shown.
 */
#ifndef TESTS_DIFF_WORK_H
#define TESTS_DIFF_WORK_H

#include "generate.h"
#include "play.h"

#include <stdatomic.h>

enum { TALLY_RULES = 32, TALLY_SHOWN = 16 };

/* Counted together by all workers, in shared memory. */
struct tally {
	atomic_ulong passed, failed, skipped;
	atomic_ulong rules[TALLY_RULES]; /* how often each was needed */
	atomic_bool unfenced;            /* a stage could not be fenced */
	atomic_uint shown;               /* failures that were shown, and the hash of each */
	_Atomic uint64_t hashes[TALLY_SHOWN];
};

struct work {
	struct program programs[PROGRAMS];
	int version; /* GNU's, as 901 */
	uint64_t seed;
	uint64_t first, step, end; /* the numbers of the cases */
	bool verbose;              /* show every case, whatever comes of it */
	const char *path;          /* an empty directory for the stage */
	int lock;                  /* a file of our own description, to lock the output with */
	struct tally *tally;
};

/* Does all of WORK. 0, or 2 and a message if a case could not be played. */
int work(const struct work *work);

#endif
