/* SPDX-License-Identifier: MIT */
/*
 * Directories that are read: whether they can be, what their entries have to know of them, and what
 * is left to be done in the end.
 */
#ifndef DESCEND_H
#define DESCEND_H

#include "apply.h"
#include "walk.h"

/* What to do with a directory that apply() has been called for; traits for struct walk_entry. */
enum walk_answer descend_changed(const struct apply *a, const struct walk_entry *e,
	const struct apply_record *record, unsigned *ret_traits);

/*
 * The same for a directory that is read without having been changed: because it is to be changed
 * WALK_AFTER, or its contents alone. WALK_SKIP: there is a record to be told.
 */
enum walk_answer descend_unchanged(const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret, unsigned *ret_traits);

/* Whether changing the directory with ST may change what the caller can reach by its name. */
bool descend_may_bar(const struct apply *a, const struct stat *st);

/* The traits of a directory with TRAITS that has been found again as PIN, with ST. */
unsigned descend_again(const struct apply *a, unsigned traits, int pin, const struct stat *st);

/* Gives directory E (see walk.h, leave()) the mode that it was to get last. 0 or -errno. */
int descend_last_bits(const struct walk_entry *e);

#endif
