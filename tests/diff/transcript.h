/* SPDX-License-Identifier: MIT */
/* A case as shell commands, to be pasted into a shell, and its outcome as comments. */
#ifndef TESTS_DIFF_TRANSCRIPT_H
#define TESTS_DIFF_TRANSCRIPT_H

#include "case.h"
#include "play.h"

#include <stdio.h>

/*
 * Prints commands for bash that make the tree in a new directory and run $C in it. They need root
 * if the case has another user or owner. AS_ROOT: the case was played by root.
 */
void transcript_commands(FILE *to, const struct test_case *c, bool as_root);

/* Prints what the two programs did, as far as it differs. */
void transcript_outcomes(
	FILE *to, const struct test_case *c, const struct outcome outcomes[PROGRAMS]);

#endif
