/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "reopen.h"

#include <stdlib.h>

struct task *task_new(struct dirs *dirs)
{
	struct task *task = calloc(1, sizeof(*task));

	if (task == NULL)
		return NULL;
	task->dirs = dirs;
	transcript_init(&task->transcript);
	return task;
}

void task_free(struct task *task)
{
	transcript_free(&task->transcript);
	free(task);
}

/* -------------------------------------------------------- waiting levels with open directories */

static void idle_remove(struct task *task, struct range *range)
{
	if (range->older != NULL)
		range->older->newer = range->newer;
	else
		task->oldest = range->newer;
	if (range->newer != NULL)
		range->newer->older = range->older;
	else
		task->newest = range->older;
	task->idle_count--;
}

static void idle_add(struct task *task, struct range *range)
{
	range->older = task->newest;
	range->newer = NULL;
	if (task->newest != NULL)
		task->newest->newer = range;
	else
		task->oldest = range;
	task->newest = range;
	task->idle_count++;
}

/* Ends the hold of the directory from which the top was to be reopened. */
static void drop_below(struct task *task, void *caller)
{
	if (task->below == NULL)
		return;
	dir_release(task->dirs, task->below, caller);
	dir_unref(task->dirs, task->below);
	task->below = NULL;
}

/* ------------------------------------------------------------------------------------- entries */

/*
 * Whether the next batch of RANGE must wait, because other tasks still use two large batches of its
 * directory. The head never waits.
 */
static bool is_too_early(struct task *task, const struct range *range)
{
	return range->dir->listing.kind == LISTING_SORTED && !task_is_head(task) &&
	       names_live_beside(range->names, &range->dir->live_batches) > 1;
}

enum task_step task_next(struct task *task, struct entry *ret, int *ret_err)
{
	struct range *range = task->top;

	while (!range_next(range, ret)) {
		if (range->has_unread) {
			if (is_too_early(task, range))
				return TASK_TOO_EARLY;
			range_read_batch(range, &task->dirs->names);
			continue;
		}
		if (range->err == 0)
			return TASK_END;
		*ret_err = range->err;
		range->err = 0;
		return TASK_ERROR;
	}
	return TASK_ENTRY;
}

void task_put_back(struct task *task)
{
	range_put_back(task->top);
}

/* Does the work of task_top_needs_dir() for any level. */
static bool needs_dir(struct task *task, struct range *range)
{
	return !range_is_empty(range) || (range->is_last && (dir_owes(task->dirs, range->dir) &
								    task->dirs->hooks.after) != 0);
}

bool task_top_needs_dir(struct task *task)
{
	return needs_dir(task, task->top);
}

/* -------------------------------------------------------------------------------------- levels */

static void add_level(struct task *task, struct range *range)
{
	range->outer = task->top;
	if (task->top != NULL)
		task->top->inner = range;
	else
		task->bottom = task->first_left = range;
	task->top = range;
}

bool task_push(struct task *task, struct dir *dir, int64_t start)
{
	struct range *above = task->top, *range = range_new(dir);

	if (range == NULL)
		return false;
	range->is_held = dir->fd >= 0;
	range->start = start;
	if (above != NULL) {
		range_shrink(above, &task->dirs->names);
		idle_add(task, above);
	}
	add_level(task, range);
	return true;
}

/* Removes RANGE, which must not be in the list of waiting levels, from the stack. */
static void unlink_level(struct task *task, struct range *range)
{
	if (range->inner != NULL)
		range->inner->outer = range->outer;
	else
		task->top = range->outer;
	if (range->outer != NULL)
		range->outer->inner = range->inner;
	else
		task->bottom = range->inner;
	if (task->first_left == range)
		task->first_left = range->inner != NULL ? range->inner : range->outer;
}

void task_pop(struct task *task, void *caller)
{
	struct range *range = task->top, *outer = range->outer;

	unlink_level(task, range);
	if (outer != NULL && outer->is_held)
		idle_remove(task, outer);
	if (range->is_held && outer != NULL && !outer->is_held) {
		/*
		 * The outer level is closed. It is reopened by ".." from this directory, because
		 * from the operand it would take as many steps as the tree is deep.
		 */
		drop_below(task, caller);
		dir_ref(task->dirs, range->dir);
		task->below = range->dir;
	} else if (range->is_held) {
		dir_release(task->dirs, range->dir, caller);
	}
	if (outer == NULL || outer->is_held)
		drop_below(task, caller);
	range_free(range, task->dirs);
}

int task_resume(struct task *task, void *caller)
{
	struct range *range = task->top;
	int err = 0;

	if (!range->is_held)
		err = dir_reopen(task->dirs, range->dir, task->below, caller);
	if (err != 0)
		return err;
	range->is_held = true;
	drop_below(task, caller);
	return 0;
}

int task_resume_outer(struct task *task, void *caller)
{
	struct range *range = task->top->outer;
	int err;

	if (range == NULL || range->is_held || !needs_dir(task, range))
		return 0;
	err = dir_reopen(task->dirs, range->dir, task->top->dir, caller);
	if (err != 0)
		return err;
	range->is_held = true;
	idle_add(task, range);
	return 0;
}

/* ------------------------------------------------------------------------------------ eviction */

static void close_level(struct task *task, struct range *range, void *caller)
{
	if (range->has_unread)
		range_read_unread(range, &task->dirs->names);
	range->is_held = false;
	dir_close(task->dirs, range->dir, caller);
}

bool task_evict(struct task *task, void *caller)
{
	struct range *range = task->oldest;

	/* Prefers a directory without unread entries, because these must be read into memory. */
	while (range != NULL && range->has_unread)
		range = range->newer;
	if (range == NULL)
		range = task->oldest;
	if (range == NULL)
		return false;
	idle_remove(task, range);
	close_level(task, range, caller);
	return true;
}

void task_limit_idle(struct task *task, size_t most, void *caller)
{
	while (task->idle_count > most)
		task_evict(task, caller);
}

bool task_close_all(struct task *task, void *caller)
{
	bool is_any = task->below != NULL;

	drop_below(task, caller);
	while (task_evict(task, caller))
		is_any = true;
	if (task->top != NULL && task->top->is_held) {
		close_level(task, task->top, caller);
		is_any = true;
	}
	return is_any;
}

/* ------------------------------------------------------------------------------------ dividing */

struct range *task_divisible(struct task *task, size_t *ret_count)
{
	struct range *range = task->first_left;
	size_t count;

	while (range != NULL && range->inner != NULL && range_is_empty(range))
		range = range->inner;
	task->first_left = range;
	if (range == NULL || (range->inner == NULL && !range_can_be_split(range)))
		return NULL;
	count = range_count(range);
	*ret_count = count > 1 ? count / 2 : count;
	return range;
}

/*
 * Removes the levels outside of LEVEL, which have no entries left. Moves those whose directories
 * are to be visited or changed again to PART, because that must come after the entries of PART.
 */
static void move_done_levels(
	struct task *task, const struct range *level, struct task *part, void *caller)
{
	for (struct range *range = task->bottom, *next; range != level; range = next) {
		next = range->inner;
		unlink_level(task, range);
		if (range->is_held)
			idle_remove(task, range);
		range->outer = range->inner = NULL;
		if (range->is_last && dir_owes(task->dirs, range->dir) != 0) {
			range_shrink(range, &task->dirs->names);
			add_level(part, range);
			if (range->is_held)
				idle_add(part, range);
			continue;
		}
		if (range->is_held)
			dir_release(task->dirs, range->dir, caller);
		range_free(range, task->dirs);
	}
}

/*
 * Returns the innermost of the levels that are given away whole, from LEVEL on: the outer half of
 * those that are closed. If they were given away one by one, each would have to be reopened by as
 * many calls as it is deep. Returns NULL if a part of LEVEL alone is given away.
 */
static struct range *last_given(struct range *level)
{
	size_t count = 0;

	for (const struct range *r = level; r->inner != NULL && !r->is_held; r = r->inner)
		count++;
	if (count < 2)
		return NULL;
	for (; count > 3; count -= 2)
		level = level->inner;
	return level;
}

/* Moves LEVEL and the levels inside it, up to LAST, to PART. They are closed. */
static void move_levels(
	struct task *task, struct range *level, const struct range *last, struct task *part)
{
	struct range *range, *next = level;

	do {
		range = next;
		next = range->inner;
		unlink_level(task, range);
		range->outer = range->inner = NULL;
		add_level(part, range);
	} while (range != last);
}

/* Splits LEVEL. Returns the later part, which also holds the directory if LEVEL does, or NULL. */
static struct range *split_level(struct task *task, struct range *level)
{
	struct range *later = range_split(level, task->dirs);

	if (later != NULL)
		later->is_held = level->is_held && dir_hold(task->dirs, later->dir);
	return later;
}

struct task *task_divide(struct task *task, struct range *level, void *caller)
{
	struct task *part = task_new(task->dirs);
	struct range *last = last_given(level), *later = NULL;

	if (part != NULL && last == NULL)
		later = split_level(task, level);
	if (part == NULL || (last == NULL && later == NULL)) {
		free(part);
		return NULL;
	}
	move_done_levels(task, level, part, caller);
	if (later != NULL)
		add_level(part, later);
	else
		move_levels(task, level, last, part);
	part->first_left = later != NULL ? later : level;
	/* From the task's own top that takes one call, later as many as the tree is deep. */
	if (!part->top->is_held && task->top->is_held && needs_dir(part, part->top))
		part->top->is_held =
			dir_reopen(task->dirs, part->top->dir, task->top->dir, caller) == 0;
	return part;
}
