/* SPDX-License-Identifier: MIT */
/*
 * Directories nested to any depth, made and examined by descriptors, level by level.
 *
 * Each level of a chain is a directory "d" with the files f0, f1, ..., the directories s0, s1, ...
 * (each with a file f if the chain has files), and the next level. The first "d" is in the test's
 * tree.
 */
#ifndef TESTS_FAULT_CHAIN_H
#define TESTS_FAULT_CHAIN_H

#include "fault.h"

struct chain {
	int levels, files, siblings;
};

/* Makes it for the test's user: directories of mode 755, files of mode 644. 0 or an errno. */
int chain_make(struct fault_test *t, const struct chain *chain);

/* Notes the first few that do not have the mode DIR or FILE. The modes must let us in. */
void chain_check(struct fault_test *t, const struct chain *chain, mode_t dir, mode_t file);

/* How many do not have them. */
int chain_count_wrong(struct fault_test *t, const struct chain *chain, mode_t dir, mode_t file);

#endif
