/* SPDX-License-Identifier: MIT */
/* Makes a case smaller as long as it still shows something: a difference. */
#ifndef TESTS_DIFF_SHRINK_H
#define TESTS_DIFF_SHRINK_H

#include "case.h"
#include "keep.h"

/* Whether C, which is contained and common, still shows that. False if it cannot be played. */
typedef bool shrink_shows_fn(void *ctx, const struct test_case *c);

/*
 * Drops words, entries and circumstances of *C, then characters of words and names, until nothing
 * more can be dropped, or SHOWS has been called some thousand times. New strings are kept in KEEP.
 */
void shrink(struct test_case *c, struct keep *keep, shrink_shows_fn *shows, void *ctx);

#endif
