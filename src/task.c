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
	task->entries_done++;
	return TASK_ENTRY;
}

void task_put_back(struct task *task)
{
	task->entries_done--;
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

/* The outermost level that has anything left, or the innermost one; NULL if there is none. */
static struct range *outermost_left(struct task *task)
{
	struct range *level = task->first_left;

	while (level != NULL && level->inner != NULL && range_is_empty(level))
		level = level->inner;
	task->first_left = level;
	return level;
}

/*
 * Whether LEVEL, a waiting one, is given away whole: if its directory is closed, because otherwise
 * both parts would have to reopen it, by as many calls as it is deep; and if it has only a few
 * files left, which are too little for a task of their own.
 */
static bool is_given_whole(const struct range *level)
{
	size_t count;

	return !level->is_held || range_has_few_files(level, &count);
}

/* About how long the entries that LEVEL has left will take. */
static int64_t time_left(const struct task *task, const struct range *level, int64_t now)
{
	size_t count;

	/* The pace of the level includes what is below its directories. */
	if (range_has_few_files(level, &count))
		return task_estimate(now, task->start, task->entries_done, count);
	return task_estimate(now, level->start, level->done, range_count(level));
}

/*
 * Of the outermost levels, those that are given away whole, the outer half is given away at once,
 * because one by one they would become too many tasks. If that is not worth it, they go along with
 * the later half of the next level.
 */
bool task_find_cut(struct task *task, int64_t now, int64_t worth, struct task_cut *ret)
{
	enum { TOO_MANY = 64 }; /* to be looked at again and again */
	struct range *outer = outermost_left(task), *level = outer;
	size_t whole = 0, count;
	int64_t time = 0;

	if (level == NULL)
		return false;
	for (; level->inner != NULL && is_given_whole(level); level = level->inner)
		whole++;
	for (size_t i = 0; i < (whole + 1) / 2; i++, outer = outer->inner) {
		time += time_left(task, outer, now);
		*ret = (struct task_cut){outer, true};
	}
	if (whole > 0 && (whole > TOO_MANY || time >= worth))
		return true;
	if (level->inner == NULL && !range_can_be_split(level))
		return false;
	count = range_count(level);
	*ret = (struct task_cut){level, false};
	return task_estimate(now, level->start, level->done, count > 1 ? count / 2 : count) >=
	       worth;
}

/*
 * Removes the levels outside of END. Moves those that have anything left to PART, and those whose
 * directories are to be visited or changed again, because that must come after the entries of PART.
 */
static void move_outer_levels(
	struct task *task, const struct range *end, struct task *part, void *caller)
{
	for (struct range *range = task->bottom, *next; range != end; range = next) {
		next = range->inner;
		unlink_level(task, range);
		if (range->is_held)
			idle_remove(task, range);
		range->outer = range->inner = NULL;
		if (!range_is_empty(range) ||
			(range->is_last && dir_owes(task->dirs, range->dir) != 0)) {
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

struct task *task_divide(struct task *task, const struct task_cut *cut, void *caller)
{
	struct task *part = task_new(task->dirs);
	struct range *later = NULL;

	if (part != NULL && !cut->is_whole)
		later = range_split(cut->level, task->dirs);
	if (part == NULL || (!cut->is_whole && later == NULL)) {
		free(part);
		return NULL;
	}
	move_outer_levels(task, cut->is_whole ? cut->level->inner : cut->level, part, caller);
	if (later != NULL)
		add_level(part, later);
	else if (part->top->is_held)
		idle_remove(part, part->top);
	/* From the task's own top that takes one call at most, later as many as it is deep. */
	if (!part->top->is_held && task->top->is_held && needs_dir(part, part->top))
		part->top->is_held =
			dir_reopen(task->dirs, part->top->dir, task->top->dir, caller) == 0;
	return part;
}
