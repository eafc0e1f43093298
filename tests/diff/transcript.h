/* SPDX-License-Identifier: MIT */
/*
 * A case as shell commands that anyone can paste, and what came of it as comments.
 */
#ifndef TESTS_DIFF_TRANSCRIPT_H
#define TESTS_DIFF_TRANSCRIPT_H

#include "case.h"
#include "play.h"

#include <stdio.h>

/*
 * The commands make the tree in a fresh directory and run $C in it, for bash; as root if the case
 * needs a user or an owner. AS_ROOT: that the case was played by root.
 */
void transcript_commands(FILE *to, const struct test_case *c, bool as_root);

/* What the two programs did: where they differ, both; else nothing. */
void transcript_outcomes(
	FILE *to, const struct test_case *c, const struct outcome outcomes[PROGRAMS]);

#endif
