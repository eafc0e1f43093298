/* SPDX-License-Identifier: MIT */
/*
 * What is known to differ between GNU's chmod and ours, and why. The list stands in rules.c; each
 * rule explains what it names and nothing else.
 */
#ifndef TESTS_DIFF_RULES_H
#define TESTS_DIFF_RULES_H

#include "case.h"
#include "play.h"

/* A line of output without its end. bytes is NULL behind the last one. */
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
	 * How many lines of each are explained, 0 or 1. If neither: the line of GNU's is rewritten.
	 */
	unsigned take_ours, take_gnu;
	unsigned unseen;  /* files that GNU has said it could not look at again */
	char room[16384]; /* for a line that is rewritten */
};

struct rule {
	const char *name;
	const char *departure; /* its name in DESIGN.md 5; NULL: GNU's versions differ */
	const char *reason;
	int from, before; /* GNU versions that it is for, as 901; before: 0 for no end */
	/* Whether it explains everything that differs in the case ... */
	bool (*whole)(const struct test_case *c, const struct outcome outcomes[PROGRAMS]);
	bool skips; /* ... because GNU's program says nothing about this case */
	/*
	 * Or whether it explains a difference of lines, or a part of it; and then, whether it
	 * explains a difference of the exit status as well. Any may be NULL.
	 */
	bool (*line)(struct line_pair *pair);
	bool (*status)(const struct test_case *c, const struct outcome outcomes[PROGRAMS]);
};

extern const struct rule rules[];
extern const size_t n_rules;

#endif
