/* SPDX-License-Identifier: MIT */
/* A group of tests that are made while the program runs, one or more for each row of a table. */
#ifndef TESTS_GROUP_H
#define TESTS_GROUP_H

#include <stddef.h>

#include "cmocka.h"

struct test_group {
	struct CMUnitTest *units;
	size_t n;
};

/* Adds TEST under NAME. NAME and STATE, both from malloc(3), are freed by group_run(). */
void group_add(struct test_group *group, const struct CMUnitTest *test, char *name, void *state);

/* Runs the tests as group NAME of cmocka, and empties the group. How many failed. */
int group_run(struct test_group *group, const char *name);

#endif
