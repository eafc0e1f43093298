/* SPDX-License-Identifier: MIT */
/*
 * What one worker of a walk has for itself. Its source also has the functions of walk.h for
 * visitors: walk_path(), walk_begin_output(), walk_end_output() and walk_make_room().
 *
 * Only the thread of the worker may use it.
 */
#ifndef WORKER_H
#define WORKER_H

#include "order.h"
#include "walk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct worker {
	const struct walk_options *options;
	const struct walk_visitor *visitor;
	struct dirs *dirs;
	struct order *order;
	struct task *task; /* the task that it executes; NULL for an operand without a task */
	bool is_stopped;   /* the visitor has answered WALK_STOP */
	bool has_done;     /* some of its task, since it took it */
	size_t noted_path; /* the transcript has room for a path of this length; 0: unknown */

	/* The path that was shown last, and the directory whose path is its beginning, or NULL. */
	char *path;
	size_t path_size; /* allocated */
	const struct dir *path_dir;

	/* Used by workers.c to measure visits: */
	unsigned interval;   /* unmeasured visits between two that are measured */
	unsigned unmeasured; /* visits before the next one that is measured */
	unsigned visits;     /* since SINCE */
	int64_t since;
	bool is_measured; /* the current visit is measured: */
	int64_t duration; /* of it, in nanoseconds, except while something is printed ... */
	long sleeps;      /* ... and how often the worker slept */
};

/* The monotonic clock, in nanoseconds. */
int64_t worker_clock(void);

/*
 * Adds the present, with SIGN 1 or -1, to duration and sleeps of W. Of two calls the first has SIGN
 * -1 if what is between them is to be measured, and 1 if it is to be left out.
 */
void worker_measure(struct worker *w, int sign);

/*
 * Leaves what is between two calls, first with SIGN 1 and then with -1, out of the measurement:
 * waiting for a terminal, a pipe or another worker says nothing about the storage.
 */
static inline void worker_leave_out(struct worker *w, int sign)
{
	if (w->is_measured)
		worker_measure(w, sign);
}

/*
 * Whether W may repeat a call that failed with ERR: it found no free descriptor, and then one was
 * closed that W or another worker can reopen later.
 */
bool worker_may_retry(struct worker *w, int err);

/* To be called before W drops its reference to DIR, which may be path_dir. */
void worker_forget(struct worker *w, const struct dir *dir);

#endif
