/* SPDX-License-Identifier: MIT */
/*
 * The known differences between GNU's chmod and ours, and why they are there. Each rule in rules.c
 * explains one of them and nothing else.
 */
#ifndef TESTS_DIFF_RULES_H
#define TESTS_DIFF_RULES_H

#include "case.h"
#include "play.h"

/* A line of output without its newline. bytes is NULL after the last one. */
struct line {
	const char *bytes;
	size_t len;
};

/* The lines at which the two outputs begin to differ. */
struct line_pair {
	const struct test_case *c;
	const struct outcome *outcomes;
	struct line ours, gnu;
	/*
	 * How many lines of each a rule explains, 0 or 1. If neither, it has rewritten GNU's line.
	 */
	unsigned take_ours, take_gnu;
	unsigned restat_errors; /* of GNU's, for which the line about the file is still to come */
	char room[16384];       /* for the line that is rewritten */
};

struct rule {
	const char *name;
	const char *departure; /* its name in DESIGN.md 5; NULL: GNU's versions differ */
	const char *reason;
	int from, before; /* GNU's versions that it is for, as 901; before may be 0: no end */
	/* Whether it explains all differences of the case ... */
	bool (*whole)(const struct test_case *c, const struct outcome outcomes[PROGRAMS]);
	bool skips; /* ... as one that GNU's program cannot be compared with */
	/*
	 * Or whether it explains a difference of two lines, or a part of it. If it has done that,
	 * whether it explains a difference of the exit status as well. Any of these may be NULL.
	 */
	bool (*line)(struct line_pair *pair);
	bool (*status)(const struct test_case *c, const struct outcome outcomes[PROGRAMS]);
};

extern const struct rule rules[];
extern const size_t n_rules;

#endif
