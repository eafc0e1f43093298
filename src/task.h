/* SPDX-License-Identifier: MIT */
/*
 * A task: a part of the walk that one worker executes, and that can be divided.
 *
 * A task is a stack of ranges, one for each level of the tree from the directory where the task
 * began down to the current one. Dividing a task gives away some of the outermost levels; of the
 * innermost of these it may be only the later half. The new task comes directly after the old one,
 * so the order of the tasks is the order of a walk by one worker.
 *
 * A waiting level is one that is not innermost. It keeps its directory open as long as there are
 * enough descriptors.
 *
 * Only the worker that executes a task may use it, except as said below. CALLER is passed on to
 * the hook closing() of dir.h.
 */
#ifndef TASK_H
#define TASK_H

#include "dir.h"
#include "range.h"
#include "transcript.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum task_state {
	TASK_READY,   /* a worker may take it */
	TASK_RUNNING, /* a worker executes it */
	TASK_DOWN,    /* put down until it is the head */
	TASK_DONE,    /* finished, with output to print when it is the head */
};

struct task {
	struct dirs *dirs;
	struct range *top, *bottom;    /* the innermost level and the outermost */
	struct range *first_left;      /* no level outside of this one has entries left */
	struct range *oldest, *newest; /* list of the waiting levels that hold their directory */
	size_t idle_count;             /* the number of these */
	struct dir *below; /* held until the top, an ancestor, is reopened from it; or NULL */

	/* Operands of a window (operands.h) that are visited after all levels are done. */
	size_t operand, operand_end;
	unsigned long operands_done;
	int64_t start; /* when a worker first took the task, by worker_clock(); 0: none has */
	unsigned long entries_done; /* entries returned since then, of all levels */

	/* Used by order.c: */
	struct task *prev, *next;
	enum task_state state;
	atomic_bool is_head;
	struct transcript transcript;
};

/*
 * Whether TASK is the head (see order.h) and its transcript is empty, so that it prints directly.
 * May be called by several threads at once.
 */
static inline bool task_is_head(struct task *task)
{
	return atomic_load_explicit(&task->is_head, memory_order_acquire);
}

/* Returns a task without levels, or NULL if there is no memory. */
struct task *task_new(struct dirs *dirs);

/* Frees a task that has no levels. */
void task_free(struct task *task);

/*
 * Pushes all entries of DIR as a new innermost level. The level takes over the caller's reference
 * to DIR and, unless DIR is closed, its hold. START is the current time, which the task only
 * stores. Returns false, with nothing changed, if there is no memory.
 */
bool task_push(struct task *task, struct dir *dir, int64_t start);

/*
 * Removes the innermost level, with the entries that are left in it, and its reference to the
 * directory.
 */
void task_pop(struct task *task, void *caller);

enum task_step { TASK_ENTRY, TASK_END, TASK_ERROR, TASK_TOO_EARLY };

/*
 * Gets the next entry of the innermost level.
 *	TASK_ENTRY	*RET is the entry, valid until the task is changed
 *	TASK_END	no entry is left
 *	TASK_ERROR	reading the directory failed with *RET_ERR, a negative errno; returned once,
 *			after the last entry
 *	TASK_TOO_EARLY	too many names of this directory are in memory; the tasks before this one
 *			must be finished first
 */
enum task_step task_next(struct task *task, struct entry *ret, int *ret_err);

/* Undoes the last call of task_next(), which returned an entry. */
void task_put_back(struct task *task);

/*
 * Whether the innermost level still needs its directory: for the entries left, or because the
 * directory is to be visited again after them.
 */
bool task_top_needs_dir(struct task *task);

/* Reopens the innermost directory if it is closed. Returns what dir_reopen() returns. */
int task_resume(struct task *task, void *caller);

/*
 * Does the same for the level outside of the innermost one, if that level needs its directory. The
 * innermost directory must be open; the way leads from there through "..".
 */
int task_resume_outer(struct task *task, void *caller);

/* Closes the directory of one waiting level. Returns false if none is open. */
bool task_evict(struct task *task, void *caller);

/* Closes directories of waiting levels until at most MOST are open. */
void task_limit_idle(struct task *task, size_t most, void *caller);

/*
 * Closes all directories of a task that no worker executes and that none can take meanwhile.
 * Returns false if none was open.
 */
bool task_close_all(struct task *task, void *caller);

/* About how long COUNT items will take from NOW on, as DONE items have taken since START. */
static inline int64_t task_estimate(int64_t now, int64_t start, unsigned long done, size_t count)
{
	return (now - start) / (int64_t)(done > 0 ? done : 1) * (int64_t)count;
}

/* Where a task is divided. */
struct task_cut {
	struct range *level; /* the innermost level that gives entries away */
	bool is_whole;       /* it gives away all entries, not only the later half */
};

/*
 * Finds out where to divide TASK, so that what is given away takes WORTH nanoseconds or more. NOW
 * is the present by worker_clock(). Returns false if there is no such place.
 */
bool task_find_cut(struct task *task, int64_t now, int64_t worth, struct task_cut *ret);

/*
 * Divides TASK at CUT, which task_find_cut() has found. The new task also gets the levels outside
 * of CUT's that have entries left, or whose directories are to be visited or changed again. Returns
 * NULL, with nothing changed, if there is no memory.
 */
struct task *task_divide(struct task *task, const struct task_cut *cut, void *caller);

#endif
