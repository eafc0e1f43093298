/* SPDX-License-Identifier: MIT */
/* Runs tests with cmocka, of which there are so many as rows say; and opens what they test. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <stdbool.h>
#include <stddef.h>

#include "cmocka.h"

/* A group of tests, in the form that cmocka needs. */
struct suite {
	struct CMUnitTest *units;
	size_t n;
};

/* Adds TEST as one named NAME. Name and state, both from malloc(3), are freed by suite_run(). */
void suite_add(struct suite *suite, const struct CMUnitTest *test, char *name, void *state);

/* Runs them as GROUP, and forgets them. How many failed. */
int suite_run(struct suite *suite, const char *group);

/*
 * Opens the program NAME that TOOL is to test. Its descriptor, and in *RET_PATH its absolute path;
 * or a negative number, and a message. Whether it asks for no loader, so that nothing can be
 * preloaded into it.
 */
int suite_open_program(
	const char *tool, const char *name, const char **ret_path, bool *ret_is_static);

#endif
