/* SPDX-License-Identifier: MIT */
/*
 * Directories in each other, in any number: made and looked at by descriptors, level by level.
 *
 * Every level of a chain is a directory "d" with the files f0, f1, ..., and beside the next "d" the
 * directories s0, s1, ..., each with a file f if there are files at all. The first "d" is in the
 * test's tree.
 */
#ifndef TESTS_FAULT_CHAIN_H
#define TESTS_FAULT_CHAIN_H

#include "fault.h"

struct chain {
	int levels, files, siblings;
};

/* Makes it for the test's user: directories of mode 755, files of mode 644. 0 or an errno. */
int chain_make(struct fault_test *t, const struct chain *chain);

/* Notes what does not have the mode DIR or FILE, the first of it. The modes must let us in. */
void chain_check(struct fault_test *t, const struct chain *chain, mode_t dir, mode_t file);

/* How much that would be. */
int chain_count_wrong(struct fault_test *t, const struct chain *chain, mode_t dir, mode_t file);

#endif
