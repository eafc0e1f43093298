/* SPDX-License-Identifier: MIT */
/*
 * Plays a case: runs both programs in its tree, one after the other, and collects the outcomes.
 * Between them all modes are put back. Both programs have the same tree, and so read its entries in
 * the same order.
 */
#ifndef TESTS_DIFF_PLAY_H
#define TESTS_DIFF_PLAY_H

#include "case.h"
#include "stage.h"

enum { OURS, GNU, PROGRAMS };

struct program {
	const char *path; /* absolute */
	int fd;           /* of the same file, for a user who may not search the path */
	bool is_ours;     /* it gets a case's extra */
};

/* What one program did. */
struct outcome {
	int status;      /* the exit status, or 128 + the signal */
	char *out, *err; /* what was printed, owned; empty if it cannot be read where it went */
	struct after {
		mode_t mode;  /* with the type; 0: gone */
		bool touched; /* it got a new ctime */
	} after[CASE_ENTRIES];
};

/*
 * Plays C, which must be contained. Returns 0 and both outcomes, to be freed with outcomes_free();
 * or a negative errno if the tree could not be made or a program could not be started. Nothing is
 * left on the stage.
 */
int play(const struct stage *stage, const struct program programs[PROGRAMS],
	const struct test_case *c, struct outcome ret[PROGRAMS]);

void outcomes_free(struct outcome outcomes[PROGRAMS]);

#endif
