/* SPDX-License-Identifier: MIT */
/*
 * The options of a case as GNU's chmod reads them, with getopt_long(3) of the C library.
 */
#ifndef TESTS_DIFF_OPTIONS_H
#define TESTS_DIFF_OPTIONS_H

#include "case.h"

/* The version of GNU's chmod. Before 9.5: no -h -H -L -P --dereference --no-dereference. */
enum options_of { OPTIONS_OF_9_1, OPTIONS_OF_9_5 };

struct options {
	bool wrong;             /* an option is wrong; the words after it have not been read */
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

/*
 * Reads the words of C. Not thread-safe, as getopt_long(3) is not. POSIXLY_CORRECT must not be set
 * in this process.
 */
void options_read(const struct test_case *c, enum options_of of, struct options *ret);

/* The words of C for our program, with the extra, until the next call. Returns how many. */
size_t options_of_ours(const struct test_case *c, const char *ret[static CASE_WORDS + 1]);

/* Whether version 9.5 reads the words of C in another way than versions before it. */
bool options_need_9_5(const struct test_case *c);

#endif
