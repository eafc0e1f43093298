/*
 * Files that get modes from a list (--modes0-from), each its own. A directory whose mode would keep
 * its owner out lets him in until all else has been done.
 */
#ifndef LISTED_H
#define LISTED_H

#include "apply.h"
#include "later.h"
#include "walk.h"

#include <stdbool.h>

struct listed {
	struct later later;
	struct later_dir *at; /* which of them is under way */
};

void listed_init(struct listed *listed);

/*
 * As apply(), to operand E, whose name comes from modes0_name(). What A's spec says does not count.
 * For several threads.
 */
void listed_apply(struct listed *listed, const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret);

/* Whether there are directories that are still to get their modes. */
bool listed_owes(const struct listed *listed);

/*
 * For a second walk, by one worker: the next of these directories, or NULL; and as apply(), to that
 * one, which E must be.
 */
char *listed_next(struct listed *listed);
void listed_apply_last(struct listed *listed, const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret);

void listed_free(struct listed *listed);

#endif
