/* SPDX-License-Identifier: MIT */
/* A group of tests that are made while the program runs, one or more for each row of a table. */
#ifndef TESTS_GROUP_H
#define TESTS_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "cmocka.h"

struct test_group {
	struct CMUnitTest *units;
	size_t n;
};

/* Chooses the tests whose names match PATTERN, as fnmatch(3) does without flags. */
void group_choose(const char *pattern);

/* Whether a test of this name is chosen. */
bool group_is_chosen(const char *name);

/*
 * Adds TEST under NAME if it is chosen. NAME and STATE, both from malloc(3), are freed by
 * group_run(), or at once.
 */
void group_add(struct test_group *group, const struct CMUnitTest *test, char *name, void *state);

/*
 * Runs the tests as group NAME of cmocka, and empties the group. Returns how many failed. Prints
 * nothing if no test of the group was chosen.
 */
int group_run(struct test_group *group, const char *name);

#endif
