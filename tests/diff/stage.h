/* SPDX-License-Identifier: MIT */
/*
 * Where cases are played: a directory of our own, the trees in it, and what becomes of them.
 */
#ifndef TESTS_DIFF_STAGE_H
#define TESTS_DIFF_STAGE_H

#include "case.h"

#include <stdbool.h>
#include <time.h>

/* The name of every tree in the directory. */
#define STAGE_TREE "w"

struct stage {
	const char *path; /* absolute; anybody can search it */
	int dir;          /* the same */
	bool is_root;     /* we are */
	bool is_fenced;   /* nothing else can be changed by what is started here */
	bool has_ticks;   /* changes of a file have one ctime if one tick of the clock sees both */
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
 * Makes the tree of C, which must be contained, with open modes. 0 or a negative errno and nothing
 * left.
 */
int stage_make(const struct stage *stage, const struct test_case *c);

/*
 * Gives every entry its mode and tells, entry by entry, the state. When it returns the clock has
 * gone on far enough for every later change to show. 0 or a negative errno.
 */
int stage_reset(
	const struct stage *stage, const struct test_case *c, struct stage_state ret[CASE_ENTRIES]);

/* The state now. Opens what is closed to us, so that a stage_reset() is due afterwards. */
void stage_look(
	const struct stage *stage, const struct test_case *c, struct stage_state ret[CASE_ENTRIES]);

/* Removes the tree, or as much of it as there is. */
void stage_clear(const struct stage *stage, const struct test_case *c);

#endif
