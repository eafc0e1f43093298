/* SPDX-License-Identifier: MIT */
/*
 * Strings that are freed together, so that all versions of a case can share them. Without memory
 * the process ends.
 */
#ifndef TESTS_DIFF_KEEP_H
#define TESTS_DIFF_KEEP_H

#include <stddef.h>

struct keep_chunk;

/* Empty if it is zeroed. */
struct keep {
	struct keep_chunk *chunks;
};

/* A copy of LEN bytes, with a NUL after them. */
char *keep_bytes(struct keep *keep, const char *bytes, size_t len);

char *keep_format(struct keep *keep, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Frees all that was kept. */
void keep_forget(struct keep *keep);

#endif
