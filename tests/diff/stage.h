/* SPDX-License-Identifier: MIT */
/* Where cases are played: a directory, the tree of the current case in it, and the tree's state. */
#ifndef TESTS_DIFF_STAGE_H
#define TESTS_DIFF_STAGE_H

#include "case.h"

#include <stdbool.h>
#include <time.h>

/* The name of every tree in the directory. */
#define STAGE_TREE "w"

struct stage {
	const char *path; /* absolute; anybody can search it */
	int dir;          /* a descriptor of it */
	bool is_root;     /* this process is root's */
	bool is_fenced;   /* the programs can change nothing outside of it */
	bool has_ticks;   /* two changes within one tick of the clock get the same ctime */
};

/* The state of an entry before a program is run, and after. */
struct stage_state {
	mode_t mode; /* with the type; 0: there is no such entry */
	struct timespec ctime;
};

/*
 * Opens PATH, an empty directory. For root all file systems but this directory become read-only for
 * this process and those it starts, if that is possible. 0 or a negative errno.
 */
int stage_open(struct stage *stage, const char *path);

/*
 * Makes the tree of C, which must be contained, with modes that allow everything to its owner. 0,
 * or a negative errno and nothing left.
 */
int stage_make(const struct stage *stage, const struct test_case *c);

/*
 * Gives every entry its mode; RET has the state of each. When this returns, the clock has gone on
 * far enough for every later change to show in the ctime. 0 or a negative errno.
 */
int stage_reset(
	const struct stage *stage, const struct test_case *c, struct stage_state ret[CASE_ENTRIES]);

/* The state now. It may have to open directories, so the modes need a stage_reset() afterwards. */
void stage_look(
	const struct stage *stage, const struct test_case *c, struct stage_state ret[CASE_ENTRIES]);

/* Removes the tree, or as much of it as there is. */
void stage_clear(const struct stage *stage, const struct test_case *c);

#endif
