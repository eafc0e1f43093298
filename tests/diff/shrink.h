/* SPDX-License-Identifier: MIT */
/*
 * Makes a case that shows something smaller, as long as it goes on showing it.
 */
#ifndef TESTS_DIFF_SHRINK_H
#define TESTS_DIFF_SHRINK_H

#include "case.h"
#include "keep.h"

/* Whether C, which is contained and common, still shows it. A case that cannot be played does not.
 */
typedef bool shrink_shows_fn(void *ctx, const struct test_case *c);

/*
 * Drops words, entries and circumstances of *C, then characters of words and names, until nothing
 * more can go, or SHOWS has been called some thousand times. New strings are kept in KEEP.
 */
void shrink(struct test_case *c, struct keep *keep, shrink_shows_fn *shows, void *ctx);

#endif
