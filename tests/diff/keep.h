/* SPDX-License-Identifier: MIT */
/*
 * Strings that live together and are freed together. One who makes and shrinks cases need not say
 * whose a string is: all versions of a case share them. Ends the process when memory runs out.
 */
#ifndef TESTS_DIFF_KEEP_H
#define TESTS_DIFF_KEEP_H

#include <stddef.h>

struct keep_chunk;

/* Zeroed: empty. */
struct keep {
	struct keep_chunk *chunks;
};

/* A copy of LEN bytes, with a NUL after them. */
char *keep_bytes(struct keep *keep, const char *bytes, size_t len);

char *keep_format(struct keep *keep, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Frees all that was kept. */
void keep_forget(struct keep *keep);

#endif
