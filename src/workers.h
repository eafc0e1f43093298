/* SPDX-License-Identifier: MIT */
/*
 * The workers of a walk: when the walk gets more than one, how many it gets, and when they divide
 * their tasks.
 *
 * Unless said otherwise a function is called by the thread of the worker that it is given.
 */
#ifndef WORKERS_H
#define WORKERS_H

#include "worker.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The memory that the transcripts of all tasks may take, in bytes. */
enum { WORKERS_MAX_TRANSCRIPTS = 4 * 1024 * 1024 };

struct workers {
	const struct walk_options *options;
	const struct walk_visitor *visitor;
	struct dirs *dirs;
	struct order *order;
	struct worker first;
	struct worker *others; /* workers 1 to limit - 1 of order.h; NULL: there is one worker */
	size_t max_idle;       /* waiting directories that a task may keep open */
	size_t max_notes;      /* bytes of output that a task may record */
	bool shares_operands;  /* several workers may visit operands at the same time ... */
	bool tells_repeated;   /* ... but not operands that are the same file */

	/* Private. */
	bool may_share; /* it is not decided yet whether there will be several workers */
	bool adapts;    /* their number depends on measurements */
	int64_t start;  /* the coarse clock at the beginning; 0: not read yet */
	/* Visits that were measured, those of them that slept, and the nanoseconds of both. */
	atomic_uint sampled, slept, sampled_time, slept_time;
	unsigned by_cpu; /* the number of workers as long as visits do not sleep */
	/*
	 * The length in milliseconds of the current pause, in which no task is divided, and its
	 * end. See workers_note_put_down().
	 */
	atomic_uint pause, pause_end;
};

/* Initialises *WS with one worker. All arguments must outlive it. */
void workers_init(struct workers *ws, const struct walk_options *options,
	const struct walk_visitor *visitor, struct dirs *dirs, struct order *order);

/* Frees the memory of the workers, whose threads must have ended. */
void workers_free(struct workers *ws);

/* Only for the inline functions below. */
void workers_try_to_share(struct workers *ws);
void workers_note_sample(struct workers *ws, struct worker *w);

/*
 * Allows for several workers once the walk has lasted some time, if the visitor and the number of
 * free descriptors permit. To be called before each entry, and before each operand but the first.
 */
static inline void workers_share_in_time(struct workers *ws)
{
	if (ws->may_share)
		workers_try_to_share(ws);
}

/* Divides W's task if there is enough left of it to be worth another worker's time. */
void workers_offload(struct workers *ws, struct worker *w);

/*
 * To be called when a task was put down, by the worker that did so. DONE says whether it had done
 * some of the task. If not, the whole task must wait for its turn, and dividing tasks would make
 * more that must wait. So none is divided for a while, which doubles each time up to 64 ms.
 */
void workers_note_put_down(struct workers *ws, bool done);

/*
 * To be called before and after a visit by W. They measure in some visits how long W sleeps, and
 * adapt the number of workers to the result.
 */
static inline void workers_begin_sample(struct workers *ws, struct worker *w)
{
	if (!ws->adapts)
		return;
	if (w->unmeasured > 0) {
		w->unmeasured--;
		return;
	}
	w->is_measured = true;
	w->duration = 0;
	w->sleeps = 0;
	worker_measure(w, -1);
}

static inline void workers_end_sample(struct workers *ws, struct worker *w)
{
	if (w->is_measured)
		workers_note_sample(ws, w);
}

#endif
