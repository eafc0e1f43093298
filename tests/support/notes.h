/* SPDX-License-Identifier: MIT */
/*
 * Notes: what a test of a program finds wrong. A test with a note has failed, but it goes on, so
 * that one run shows everything. The memory that it needs until its end is kept here as well.
 */
#ifndef TESTS_NOTES_H
#define TESTS_NOTES_H

#include <stdbool.h>
#include <stdio.h>

#include "tree.h"

struct notes {
	FILE *out;  /* notes are written here ... */
	char *text; /* ... and are this text after a flush */
	size_t len;
	void **kept; /* freed at the end */
	size_t n_kept;
};

/* The beginning and the end of a test. Like all of these, they abort without memory. */
void notes_begin(struct notes *notes);
void notes_end(struct notes *notes);

/* What was noted so far, or NULL. */
const char *notes_all(struct notes *notes);

/* Unless OK, notes a line, formatted as by printf(3). Returns OK. */
bool notes_check(struct notes *notes, bool ok, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Notes both texts if they differ; WHAT ("stdout") names them. */
void notes_text(struct notes *notes, const char *what, const char *expected, const char *seen);

/* Notes how TREE differs from TEXT and CHANGED, see tree_differs(). */
void notes_tree(
	struct notes *notes, const struct tree *tree, const char *text, const char *changed);

/* End the test: it is skipped, because WHY; or its fixture is broken, because WHAT failed. */
void notes_skip(const char *why) __attribute__((noreturn));
void notes_broken(const char *what, int err) __attribute__((noreturn));

/* Keeps what malloc(3) has ALLOCATED: it is freed at the end. */
void *notes_keep(struct notes *notes, void *allocated);

/* What the functions below return is kept. */

/* A text, formatted as by printf(3). */
char *notes_format(struct notes *notes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* TEXT (NULL: "") with "0755 (rwxr-xr-x)" for "{0755}" and the text of errno ERR for "{E}". */
char *notes_expand(struct notes *notes, const char *text, int err);

/* FIRST, then the words of TEXT (may be NULL), split at blanks; 'a b' is one word. */
char **notes_words(struct notes *notes, const char *first, const char *text);

/* FIRST, then MORE (NULL-terminated). */
char **notes_list(struct notes *notes, const char *first, char *const *more);

/* LIST, and of our environment what sanitizers and coverage need, and EXTRA ("NAME="). */
char **notes_environment(struct notes *notes, char *const *list, const char *extra);

#endif
