/* SPDX-License-Identifier: MIT */
/*
 * The options of a case as GNU's chmod reads them, with getopt_long(3) of the C library.
 */
#ifndef TESTS_DIFF_OPTIONS_H
#define TESTS_DIFF_OPTIONS_H

#include "case.h"

/* Which GNU: before 9.5 there are no -h -H -L -P --dereference --no-dereference. */
enum options_of { OPTIONS_OF_9_1, OPTIONS_OF_9_5 };

struct options {
	bool wrong;             /* an option is wrong; what follows has not been read */
	const char *wrong_word; /* the word with the wrong option */
	bool recursive, quiet;
	bool has_mode;  /* there is a mode that looks like an option, or a reference */
	char verbosity; /* 'v', 'c', or 0 */
	char walk;      /* 'H', 'L', 'P', or 0 */
	size_t n;       /* the options that were read */
	int read[CASE_WORDS * 16];
	const char *rest[CASE_WORDS]; /* the words that are left: operands, and the mode */
	size_t n_rest;
};

/* Not thread-safe, for getopt is not. POSIXLY_CORRECT must not be in our own environment. */
void options_read(const struct test_case *c, enum options_of of, struct options *ret);

/*
 * The words of C for our program, with the extra. How many. They are valid until the next call.
 */
size_t options_of_ours(const struct test_case *c, const char *ret[static CASE_WORDS + 1]);

/* Whether version 9.5 reads the words of C otherwise than those before it. */
bool options_need_9_5(const struct test_case *c);

#endif
