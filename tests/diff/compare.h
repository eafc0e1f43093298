/* SPDX-License-Identifier: MIT */
/*
 * Compares what two programs did: exit status, every mode, which inodes got a new ctime, and both
 * streams line by line. Known differences are in rules.h.
 */
#ifndef TESTS_DIFF_COMPARE_H
#define TESTS_DIFF_COMPARE_H

#include "case.h"
#include "play.h"

enum verdict {
	VERDICT_SAME,
	VERDICT_KNOWN,   /* rules explain all that differs */
	VERDICT_SKIPPED, /* a rule says that GNU's program cannot be compared with here */
	VERDICT_DIFFERENT,
};

/*
 * VERSION: of GNU's chmod, as 901. *RET_RULES has a bit for each of rules[] that explains a
 * difference; 0 for VERDICT_SAME and VERDICT_DIFFERENT.
 */
enum verdict compare(const struct test_case *c, const struct outcome outcomes[PROGRAMS],
	int version, unsigned *ret_rules);

#endif
