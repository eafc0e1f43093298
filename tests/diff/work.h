/* SPDX-License-Identifier: MIT */
/* A worker: generates, plays, compares and counts cases; shrinks and shows those that differ. */
#ifndef TESTS_DIFF_WORK_H
#define TESTS_DIFF_WORK_H

#include "generate.h"
#include "play.h"

#include <stdatomic.h>

enum { TALLY_RULES = 32, TALLY_SHOWN = 16 };

/* The counts of all workers, in shared memory. */
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
	bool verbose;              /* show every case, not only those that differ */
	const char *path;          /* an empty directory for the stage */
	int lock;                  /* opened by this worker alone, to lock the output with */
	struct tally *tally;
};

/* Does all cases of WORK. 0, or 2 and a message if a case could not be played. */
int work(const struct work *work);

#endif
