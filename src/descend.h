/* SPDX-License-Identifier: MIT */
/*
 * Directories on the way down: whether a directory is read, the traits (apply.h) that its entries
 * need to know, and the mode that it gets last.
 *
 * All functions may be called by several threads at once.
 */
#ifndef DESCEND_H
#define DESCEND_H

#include "apply.h"
#include "walk.h"

/*
 * Returns the answer for directory E, for which apply() has filled in RECORD, and its traits in
 * *RET_TRAITS.
 */
enum walk_answer descend_changed(const struct apply *a, const struct walk_entry *e,
	const struct apply_record *record, unsigned *ret_traits);

/*
 * The same for a directory that is read without having been changed, because it is changed at
 * WALK_AFTER, or because only what it contains is changed. After WALK_SKIP, *RET is to be reported.
 */
enum walk_answer descend_unchanged(const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret, unsigned *ret_traits);

/*
 * Whether changing the directory with ST may change whether the caller can reach what is in it, so
 * that other operands may depend on it.
 */
bool descend_may_bar(const struct apply *a, const struct stat *st);

/* Returns the new traits of a directory with TRAITS that was reopened as PIN, with ST. */
unsigned descend_again(const struct apply *a, unsigned traits, int pin, const struct stat *st);

/*
 * For leave() of walk.h: gives directory E the mode that its traits hold for the end, by its pin.
 * Returns 0 or -errno.
 */
int descend_last_bits(const struct walk_entry *e);

#endif
