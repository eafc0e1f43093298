/* SPDX-License-Identifier: MIT */
/*
 * One thread's part of a walk. What walk.h offers to a visitor beside walk() is in its source: the
 * path of an entry, where to print about it, and a descriptor made free.
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
	struct task *task; /* NULL: an operand */
	/* The path that was shown last, and the directory whose path it begins with. */
	char *path;
	size_t path_size;
	const struct dir *path_dir;
	bool is_stopped;     /* the visitor has answered WALK_STOP */
	int64_t tick;        /* of the coarse clock, when a visit was measured last */
	unsigned unmeasured; /* visits until the clock is looked at again */
	bool has_done;       /* something of its task */
	size_t noted_path; /* the task's notes have room for what there is to say of such a path */
	bool is_measured;  /* such a visit is on */
	long sleeps;       /* in it, but for those while something is printed */
};

/*
 * Whether what W has tried, with ERR, is worth another try: no descriptor was to be had, and one
 * that W, or another worker, can do without for now has been closed.
 */
bool worker_may_retry(struct worker *w, int err);

/* To be called before DIR is left: the path that was shown last may go through it. */
void worker_forget(struct worker *w, const struct dir *dir);

#endif
