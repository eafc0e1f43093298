/* SPDX-License-Identifier: MIT */
/*
 * Applies the modes of a list (--modes0-from), one for each file. A directory whose mode would deny
 * its owner access gets u+rwx as well until everything else has been done.
 */
#ifndef LISTED_H
#define LISTED_H

#include "apply.h"
#include "later.h"
#include "walk.h"

#include <stdbool.h>

struct listed {
	struct later later;
	struct later_dir *at; /* the directory that listed_next() returned last */
};

void listed_init(struct listed *listed);

/*
 * Like apply(), but with the mode that the record of operand E has, instead of A's spec. e->given
 * must come from modes0_name(). May be called by several threads at once.
 */
void listed_apply(struct listed *listed, const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret);

/* Whether there are directories that do not have their final modes yet. */
bool listed_owes(const struct listed *listed);

/*
 * For the second walk, by one worker. listed_next() returns the next of these directories as an
 * operand, or NULL. listed_apply_last() is like apply(): it gives E, that operand, its final mode.
 * If E is another file by now, *RET has the error ESTALE.
 */
char *listed_next(struct listed *listed);
void listed_apply_last(struct listed *listed, const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret);

void listed_free(struct listed *listed);

#endif
