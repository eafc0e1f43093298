/* SPDX-License-Identifier: MIT */
/*
 * Rows of the table in the languages of the world: what GNU's program of this machine says is what
 * the program has to say, byte for byte. Expectations of the rows, which are English, do not count.
 */
#ifndef TESTS_BESIDE_H
#define TESTS_BESIDE_H

#include "cli.h"

/* A language, as an environment. */
struct beside {
	struct cli_program host; /* GNU's */
	struct tree tree;        /* with the locale */
	const char *locale;
	const char *skip; /* why there is nothing to compare with */
};
extern struct beside beside;

/* The locales. */
extern const char *const beside_locales[];
enum { BESIDE_LOCALES = 6 };

/* Makes LOCALE the one of the tests from now on; beside.skip if it or its catalogs are missing. */
void beside_begin(const char *locale);
void beside_end(void);

/*
 * Whether ROW has a message, and GNU's program has the same. One user is enough: AS_USER only if
 * root would see something else.
 */
bool beside_takes(const struct cli_row *row, bool as_user);

/* A test of cmocka, as cli_test_row(). */
void beside_test_row(void **state);

#endif
