/* SPDX-License-Identifier: MIT */
#include "task.h"

#include "reopen.h"

#include <errno.h>
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

/* Lets go of the directory below the top that is held to find the top again. */
static void drop_below(struct task *task, void *who)
{
	if (task->below == NULL)
		return;
	dir_release(task->dirs, task->below, who);
	dir_unref(task->dirs, task->below);
	task->below = NULL;
}

/* --------------------------------------------------------------------------------------- names */

static void drop_names(struct task *task, struct range *range)
{
	names_unref(&task->dirs->names, range->names);
	range->names = NULL;
	range->at = range->end = 0;
}

/* Updates RANGE after its directory has been read. */
static void note_listing(struct range *range)
{
	if (!range->dir->listing.at_end)
		return;
	range->has_unread = false;
	range->err = range->dir->listing.err;
}

/* Replaces RANGE's names by NAMES. */
static void set_names(struct task *task, struct range *range, struct names *names)
{
	drop_names(task, range);
	range->names = names;
	range->end = names_end(names);
	note_listing(range);
}

static void fail_reading(struct range *range, int err)
{
	range->has_unread = false;
	range->err = err;
}

/* Reads the next batch of RANGE, which has returned all entries that it had. */
static void read_batch(struct task *task, struct range *range)
{
	struct names *names = names_new(&task->dirs->names);

	if (names == NULL ||
		(range->names != NULL && !names_append(names, range->names, range->end))) {
		names_unref(&task->dirs->names, names);
		fail_reading(range, -ENOMEM);
		return;
	}
	/* Frees the old batch first, so that a range never has two batches in memory. */
	drop_names(task, range);
	names_read(names, range->dir->fd, &range->dir->listing);
	if (range->dir->listing.kind == LISTING_SORTED)
		names_count_in(names, &range->dir->live_batches);
	set_names(task, range, names);
}

/*
 * Reads the unread entries of RANGE's directory into memory. If there is no memory, RANGE ends with
 * the entries that it has and the error -ENOMEM.
 */
static void read_unread(struct task *task, struct range *range)
{
	struct names *names = names_new(&task->dirs->names);

	if (names == NULL ||
		(range->names != NULL && !names_append(names, range->names, range->at))) {
		names_unref(&task->dirs->names, names);
		fail_reading(range, -ENOMEM);
		return;
	}
	while (!range->dir->listing.at_end) {
		size_t before = names->batch_end;

		names_read(names, range->dir->fd, &range->dir->listing);
		if (names->batch_end == before && !range->dir->listing.at_end) {
			range->dir->listing.at_end = true;
			range->dir->listing.err = -ENOMEM;
		}
	}
	set_names(task, range, names);
}

/*
 * Whether the next batch of RANGE must wait, because other tasks still use two large batches of its
 * directory. The head never waits.
 */
static bool is_too_early(struct task *task, const struct range *range)
{
	return range->dir->listing.kind == LISTING_SORTED &&
	       !atomic_load_explicit(&task->is_head, memory_order_acquire) &&
	       names_live_beside(range->names, &range->dir->live_batches) > 1;
}

enum task_step task_next(struct task *task, struct entry *ret, int *ret_err)
{
	struct range *range = task->top;

	for (;;) {
		range->last = range->at;
		if (range->names != NULL && names_next(range->names, &range->at, range->end, ret)) {
			range->done++;
			return TASK_ENTRY;
		}
		if (!range->has_unread)
			break;
		if (is_too_early(task, range))
			return TASK_TOO_EARLY;
		read_batch(task, range);
	}
	if (range->err == 0)
		return TASK_END;
	*ret_err = range->err;
	range->err = 0;
	return TASK_ERROR;
}

void task_put_back(struct task *task)
{
	task->top->at = task->top->last;
	task->top->done--;
}

/* Whether RANGE has neither entries nor an error to report. */
static bool is_empty(struct range *range)
{
	struct entry entry;
	size_t at = range->at;

	if (range->has_unread || range->err != 0)
		return false;
	if (range->names == NULL || !names_next(range->names, &at, range->end, &entry))
		range->at = range->end;
	return range->at == range->end;
}

/* See task_top_needs_dir(). */
static bool needs_dir(struct task *task, struct range *range)
{
	return !is_empty(range) || (range->is_last && (dir_owes(task->dirs, range->dir) &
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
	struct range *above = task->top, *range = calloc(1, sizeof(*range));

	if (range == NULL)
		return false;
	range->dir = dir;
	range->has_unread = range->is_last = range->is_held = true;
	range->start = start;
	if (above != NULL && above->names != NULL) {
		if (!above->has_unread && above->at == above->end)
			drop_names(task, above);
		else
			names_shrink(&task->dirs->names, &above->names, &above->at, &above->end);
	}
	if (above != NULL)
		idle_add(task, above);
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

void task_pop(struct task *task, void *who)
{
	struct range *range = task->top, *outer = range->outer;
	bool is_kept = false;

	unlink_level(task, range);
	if (outer != NULL && outer->is_held)
		idle_remove(task, outer);
	if (range->is_held && outer != NULL && !outer->is_held) {
		/*
		 * The outer level is closed. It is reopened by ".." from this directory, because
		 * from the operand it would take as many steps as the tree is deep.
		 */
		drop_below(task, who);
		task->below = range->dir;
		task->below_levels = 1;
		is_kept = true;
	} else {
		if (range->is_held)
			dir_release(task->dirs, range->dir, who);
		task->below_levels++;
	}
	if (outer == NULL || outer->is_held)
		drop_below(task, who);
	drop_names(task, range);
	if (!is_kept)
		dir_unref(task->dirs, range->dir);
	free(range);
}

int task_resume(struct task *task, void *who)
{
	struct range *range = task->top;
	int err = 0;

	if (!range->is_held)
		err = dir_reopen(task->dirs, range->dir, task->below, task->below_levels, who);
	if (err != 0)
		return err;
	range->is_held = true;
	drop_below(task, who);
	return 0;
}

int task_resume_outer(struct task *task, void *who)
{
	struct range *range = task->top->outer;
	int err;

	if (range == NULL || range->is_held || !needs_dir(task, range))
		return 0;
	err = dir_reopen(task->dirs, range->dir, task->top->dir, 1, who);
	if (err != 0)
		return err;
	range->is_held = true;
	idle_add(task, range);
	return 0;
}

/* ------------------------------------------------------------------------------------ eviction */

static void close_level(struct task *task, struct range *range, void *who)
{
	if (range->has_unread)
		read_unread(task, range);
	range->is_held = false;
	/*
	 * dir_release() records the identity of a directory, by which it is recognised when it is
	 * reopened, only if there is more than one reference to it.
	 */
	dir_ref(task->dirs, range->dir);
	dir_release(task->dirs, range->dir, who);
	dir_unref(task->dirs, range->dir);
}

bool task_evict(struct task *task, void *who)
{
	struct range *range = task->oldest;

	/* Prefers a directory without unread entries: nothing has to be read into memory for it. */
	while (range != NULL && range->has_unread)
		range = range->newer;
	if (range == NULL)
		range = task->oldest;
	if (range == NULL)
		return false;
	idle_remove(task, range);
	close_level(task, range, who);
	return true;
}

void task_limit_idle(struct task *task, size_t most, void *who)
{
	while (task->idle_count > most)
		task_evict(task, who);
}

bool task_close_all(struct task *task, void *who)
{
	bool is_any = task->below != NULL;

	drop_below(task, who);
	while (task_evict(task, who))
		is_any = true;
	if (task->top != NULL && task->top->is_held) {
		close_level(task, task->top, who);
		is_any = true;
	}
	return is_any;
}

/* ------------------------------------------------------------------------------------ dividing */

/* About how many entries RANGE has left. */
static size_t count_left(const struct range *range)
{
	enum { UNREAD = 1000 }; /* a guess: their number is unknown */
	size_t count = range->has_unread ? UNREAD : 0;

	return range->names != NULL ? count + names_count(range->names, range->at, range->end)
				    : count;
}

/* Whether RANGE has at most one entry left in memory. */
static bool is_single(const struct range *range)
{
	struct entry entry;
	size_t at = range->at;

	return !names_next(range->names, &at, range->end, &entry) || at == range->end;
}

struct range *task_divisible(struct task *task, size_t *ret_count)
{
	struct range *range = task->first_left;
	size_t count;

	while (range != NULL && range->inner != NULL && is_empty(range))
		range = range->inner;
	task->first_left = range;
	if (range == NULL)
		return NULL;
	count = count_left(range);
	if (range->inner == NULL && (range->names == NULL || range->at == range->end ||
					    (!range->has_unread && is_single(range))))
		return NULL;
	*ret_count = count > 1 ? count / 2 : count;
	return range;
}

/*
 * Moves the later half of LEVEL to RANGE: the unread entries, if there are any, and otherwise the
 * later half of those in memory. Of a level that has none at all, the error that is left.
 */
static void move_half(struct range *level, struct range *range)
{
	range->names = level->names != NULL ? names_ref(level->names) : NULL;
	range->at = range->end = level->end;
	if (!level->has_unread && level->names != NULL) {
		range->at = names_middle(level->names, level->at, level->end);
		level->end = range->at;
	}
	range->has_unread = level->has_unread;
	range->is_last = level->is_last;
	range->err = level->err;
	level->has_unread = level->is_last = false;
	level->err = 0;
}

/*
 * Removes the levels outside of LEVEL, which have no entries left. Moves those whose directories
 * are to be visited or changed again to PART, because that must come after the entries of PART.
 */
static void move_done_levels(
	struct task *task, const struct range *level, struct task *part, void *who)
{
	for (struct range *range = task->bottom, *next; range != NULL && range != level;
		range = next) {
		next = range->inner;
		unlink_level(task, range);
		if (range->is_held)
			idle_remove(task, range);
		range->outer = range->inner = NULL;
		if (range->is_last && dir_owes(task->dirs, range->dir) != 0) {
			drop_names(task, range);
			add_level(part, range);
			if (range->is_held)
				idle_add(part, range);
			continue;
		}
		if (range->is_held)
			dir_release(task->dirs, range->dir, who);
		drop_names(task, range);
		dir_unref(task->dirs, range->dir);
		free(range);
	}
}

struct task *task_divide(struct task *task, struct range *level, void *who)
{
	struct task *part = task_new(task->dirs);
	struct range *range = part != NULL ? calloc(1, sizeof(*range)) : NULL;

	if (range == NULL) {
		free(part);
		return NULL;
	}
	range->dir = level->dir;
	dir_ref(task->dirs, range->dir);
	range->is_held = level->is_held && dir_hold(task->dirs, range->dir);
	move_half(level, range);
	move_done_levels(task, level, part, who);
	add_level(part, range);
	part->first_left = range;
	return part;
}
