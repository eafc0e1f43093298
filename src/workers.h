/*
 * The workers of a walk: how many there are, when there is more than one, and what they give each
 * other.
 */
#ifndef WORKERS_H
#define WORKERS_H

#include "worker.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct workers {
	const struct walk_options *options;
	const struct walk_visitor *visitor;
	struct dirs *dirs;
	struct order *order;
	struct worker first;
	struct worker *others; /* all but the first; NULL: none */
	size_t max_idle;       /* directories of a task that may wait open */
	size_t max_notes;      /* bytes that a task may note */
	bool shares_operands;  /* operands may be visited side by side */
	bool tells_repeated;   /* but not those that are one file */

	/* Private. */
	bool may_share; /* it has not been decided yet whether there are several workers */
	bool adapts;    /* how many is measured */
	int64_t start;
	/* How many calls were measured, and of those, how many went to sleep. */
	atomic_uint sampled, blocked;
	unsigned by_cpu; /* workers as long as calls do not block */
	/* Milliseconds for which nothing is given away, and the clock at their end; see below. */
	atomic_uint rest, rest_end;
};

void workers_init(struct workers *ws, const struct walk_options *options,
	const struct walk_visitor *visitor, struct dirs *dirs, struct order *order);
void workers_free(struct workers *ws);

/* These three are for the functions below, which are called for each entry. */
void workers_try_to_share(struct workers *ws);
void workers_start_sample(struct worker *w);
void workers_note_sample(struct workers *ws, struct worker *w);

/*
 * Lets several workers share the walk, if it is time for it and has not been done. While there is
 * one: before each entry, and each operand but the first. Makes no system call but the first time.
 */
static inline void workers_share_in_time(struct workers *ws)
{
	if (ws->may_share)
		workers_try_to_share(ws);
}

/* For W, when somebody is free: gives half of what is left of its task away, if it is worth it. */
void workers_offload(struct workers *ws, struct worker *w);

/*
 * A task was put down. If its worker had DONE nothing of it, because all of it has to wait for its
 * turn, dividing it further would only make more of such tasks: for a while nothing is given away.
 */
void workers_note_put_down(struct workers *ws, bool done);

/* Around a visit: in a while, finds out whether W goes to sleep in it, and adapts their number. */
static inline void workers_begin_sample(struct workers *ws, struct worker *w)
{
	if (!ws->adapts)
		return;
	if (w->unmeasured > 0)
		w->unmeasured--;
	else
		workers_start_sample(w);
}

static inline void workers_end_sample(struct workers *ws, struct worker *w)
{
	if (w->is_measured)
		workers_note_sample(ws, w);
}

/* The clock by which the pace of work is measured, in nanoseconds. */
int64_t workers_clock(void);

#endif
