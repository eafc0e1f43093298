/* SPDX-License-Identifier: MIT */
/*
 * Whether two programs did the same: exit status, every mode, which inodes got a new ctime, and
 * both streams line by line; what is known to differ is told by rules.h.
 */
#ifndef TESTS_DIFF_COMPARE_H
#define TESTS_DIFF_COMPARE_H

#include "case.h"
#include "play.h"

enum verdict {
	VERDICT_SAME,
	VERDICT_KNOWN,   /* all that differs is explained by rules */
	VERDICT_SKIPPED, /* a rule says that GNU's version is no measure for this case */
	VERDICT_DIFFERENT,
};

/*
 * VERSION: GNU's, as 901. *RET_RULES: a bit for each of rules[] that was needed to come to the
 * verdict; 0 for VERDICT_SAME and VERDICT_DIFFERENT.
 */
enum verdict compare(const struct test_case *c, const struct outcome outcomes[PROGRAMS],
	int version, unsigned *ret_rules);

#endif
