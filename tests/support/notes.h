/* SPDX-License-Identifier: MIT */
/*
 * What a test of a program notes of the outcome, and what it keeps until its end. A test with any
 * note has failed, but it goes on: one run tells all that is wrong.
 */
#ifndef TESTS_NOTES_H
#define TESTS_NOTES_H

#include <stdbool.h>
#include <stdio.h>

#include "tree.h"

struct notes {
	FILE *out;  /* what is not as it should be goes here ... */
	char *text; /* ... and is this text after a flush */
	size_t len;
	void **kept; /* freed at the end */
	size_t n_kept;
};

/* At the beginning and the end of a test. Without memory there is no test: both may abort. */
void notes_begin(struct notes *notes);
void notes_end(struct notes *notes);

/* What was noted so far, or NULL. */
const char *notes_all(struct notes *notes);

/* Notes a line, as of printf, unless OK. Gives back OK. */
bool notes_check(struct notes *notes, bool ok, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Notes how WHAT ("stdout") differs, if it does. */
void notes_text(struct notes *notes, const char *what, const char *expected, const char *seen);

/* Notes what of the tree is not as in TEXT, with CHANGED (may be NULL) in place of some entries. */
void notes_tree(
	struct notes *notes, const struct tree *tree, const char *text, const char *changed);

/* Leaves the test: it cannot be run here, and WHY; or what it needs cannot be made. */
void notes_skip(const char *why) __attribute__((noreturn));
void notes_broken(const char *what, int err) __attribute__((noreturn));

/* Keeps what has been allocated. Aborts on NULL. */
void *notes_keep(struct notes *notes, void *allocated);

/* All below is kept. */

/* A text as of printf. */
char *notes_format(struct notes *notes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* TEXT (NULL: "") with "{0755}" as "0755 (rwxr-xr-x)" and "{E}" as the words for ERR. */
char *notes_expand(struct notes *notes, const char *text, int err);

/* FIRST, then the words of TEXT (may be NULL), which are split at blanks; 'a b' is one. */
char **notes_words(struct notes *notes, const char *first, const char *text);

/* FIRST, then MORE (NULL-terminated). */
char **notes_list(struct notes *notes, const char *first, char *const *more);

/* LIST and those of our environment that sanitizers and coverage want, and EXTRA ("NAME="). */
char **notes_environment(struct notes *notes, char *const *list, const char *extra);

#endif
