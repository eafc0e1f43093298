/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include "operands.h"
#include "workers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct walk {
	const struct walk_options *options;
	const struct walk_visitor *visitor;
	struct dirs dirs;
	struct order order;
	struct workers workers;
	struct operands *operands; /* NULL: operands are visited one at a time */
	atomic_bool is_stopped;
};

/* -------------------------------------------------------------------------------------- walking */

/*
 * Whether the task of W, which is not the head, must wait until it is: because descriptors are
 * short, or because its transcript, or all of them together, have no room for the output of the
 * next file.
 */
static bool must_put_down(struct walk *walk, struct worker *w)
{
	/* A file has two messages and a line at most, in which a byte of its path takes up to 5. */
	enum { LINES = 3, WORDS = 512, PER_BYTE = 5, MAX_NAME = 256 };
	struct task *task = w->task;
	size_t path = task->top != NULL ? task->top->dir->path_len + MAX_NAME
					: strlen(walk->operands->names[task->operand]);
	bool must;

	if (order_is_short(&walk->order))
		return true;
	/* The room reserved before is still there. The thread that prints never shrinks it. */
	if (path <= w->noted_path)
		return false;
	lock_take(&task->transcript.lock);
	must = task->transcript.used > walk->workers.max_notes ||
	       order_transcripts(&walk->order) > WORKERS_MAX_TRANSCRIPTS ||
	       !transcript_reserve(&task->transcript, LINES * (path * PER_BYTE + WORDS));
	lock_drop(&task->transcript.lock);
	w->noted_path = must ? 0 : path;
	return must;
}

/* Leaves DIR, whose entries cannot be visited because there is no memory for a level. */
static void give_up(struct walk *walk, struct worker *w, struct dir *dir)
{
	visit_read_error(w, dir, -ENOMEM);
	if ((dir_owes(&walk->dirs, dir) & WALK_VISIT_AFTER) != 0)
		visit_after(w, dir);
	if (dir->fd >= 0)
		dir_release(&walk->dirs, dir, w);
	worker_forget(w, dir);
	dir_unref(&walk->dirs, dir);
}

/* Enters DIR: makes it the innermost level of W's task. */
static void descend(struct walk *walk, struct worker *w, struct dir *dir)
{
	bool is_timed = walk->options->jobs != 1;

	if (!task_push(w->task, dir, is_timed ? worker_clock() : 0)) {
		give_up(walk, w, dir);
		return;
	}
	task_limit_idle(w->task, walk->workers.max_idle, w);
}

/* Leaves the innermost level of W's task. */
static void leave(struct worker *w)
{
	worker_forget(w, w->task->top->dir);
	task_pop(w->task, w);
}

/* Reopens the directory of the innermost level. If that fails, reports the loss and leaves it. */
static enum order_outcome resume(struct walk *walk, struct worker *w)
{
	struct dir *dir = w->task->top->dir;
	bool in_turn = task_is_head(w->task); /* it may become the head meanwhile */
	int err;

	do
		err = task_resume(w->task, w);
	while (worker_may_retry(w, err));
	if (sys_is_fd_shortage(err) && !in_turn)
		return ORDER_PUT_DOWN;
	if (err == 0)
		return ORDER_DONE;
	if (dir_tell_loss(&walk->dirs, dir))
		visit_loss(w, dir, err);
	leave(w);
	return ORDER_DONE;
}

/*
 * Reopens the directory of the level outside, if it is closed. That is done before the innermost
 * directory is changed, which might close the way through it. An error is ignored here: resume()
 * will try again and report it.
 */
static void open_way_back(struct worker *w)
{
	int err;

	do
		err = task_resume_outer(w->task, w);
	while (worker_may_retry(w, err));
}

/*
 * Ends the innermost level, which has no entries left, and visits its directory again if asked to.
 */
static enum order_outcome finish(struct walk *walk, struct worker *w)
{
	const struct range *top = w->task->top;
	unsigned owes = top->is_last ? dir_owes(&walk->dirs, top->dir) : 0;

	/* Other tasks may still be working below this directory. */
	if (owes != 0 && !dir_is_last_use(&walk->dirs, top->dir))
		return ORDER_PUT_DOWN;
	if ((owes & WALK_VISIT_AFTER) != 0) {
		open_way_back(w);
		if (visit_after(w, top->dir) == VISIT_NOT_YET)
			return ORDER_PUT_DOWN;
	}
	leave(w);
	return ORDER_DONE;
}

/* Visits the next entry of the innermost level, or ends the level. */
static enum order_outcome step(struct walk *walk, struct worker *w)
{
	struct range *range = w->task->top;
	struct dir *dir = NULL;
	enum visit_outcome outcome;
	struct entry entry;
	int err;

	switch (task_next(w->task, &entry, &err)) {
	case TASK_ENTRY: break;
	case TASK_TOO_EARLY: return ORDER_PUT_DOWN;
	case TASK_ERROR: visit_read_error(w, range->dir, err); return ORDER_DONE;
	case TASK_END: return finish(walk, w);
	}
	workers_begin_sample(&walk->workers, w);
	outcome = visit_entry(w, range->dir, &entry, &dir);
	workers_end_sample(&walk->workers, w);
	w->has_done |= outcome != VISIT_NOT_YET;
	if (outcome == VISIT_DESCEND)
		descend(walk, w, dir);
	if (outcome != VISIT_NOT_YET)
		return ORDER_DONE;
	task_put_back(w->task);
	return ORDER_PUT_DOWN;
}

/* Visits the next operand of W's task. */
static enum order_outcome step_operand(struct walk *walk, struct worker *w)
{
	struct task *task = w->task;
	struct dir *dir = NULL;
	enum visit_outcome outcome;

	workers_begin_sample(&walk->workers, w);
	outcome = operands_visit(walk->operands, w, task->operand, &dir);
	workers_end_sample(&walk->workers, w);
	if (outcome == VISIT_NOT_YET)
		return ORDER_PUT_DOWN;
	task->operand++;
	task->operands_done++;
	if (outcome == VISIT_DESCEND)
		descend(walk, w, dir);
	return ORDER_DONE;
}

/* Does one step of W's task. */
static enum order_outcome advance(struct walk *walk, struct worker *w)
{
	struct task *task = w->task;

	if (task->top == NULL)
		return step_operand(walk, w);
	if (!task->top->is_held && task_top_needs_dir(task))
		return resume(walk, w);
	return step(walk, w);
}

/* Drops the rest of W's task. */
static void abandon(struct worker *w)
{
	while (w->task->top != NULL)
		leave(w);
	w->task->operand = w->task->operand_end;
}

/* Executes W's task to its end, or until it must be put down. Gives parts of it to free workers. */
static enum order_outcome run_task(struct walk *walk, struct worker *w)
{
	struct task *task = w->task;

	while (task->top != NULL || task->operand < task->operand_end) {
		if (atomic_load_explicit(&walk->is_stopped, memory_order_relaxed)) {
			abandon(w);
			break;
		}
		if (!task_is_head(task) && must_put_down(walk, w))
			return ORDER_PUT_DOWN;
		workers_share_in_time(&walk->workers);
		if (order_is_wanting(&walk->order))
			workers_offload(&walk->workers, w);
		if (advance(walk, w) == ORDER_PUT_DOWN)
			return ORDER_PUT_DOWN;
		if (w->is_stopped)
			atomic_store_explicit(&walk->is_stopped, true, memory_order_relaxed);
	}
	return ORDER_DONE;
}

static enum order_outcome work(void *ctx, unsigned number, struct task *task)
{
	struct walk *walk = ctx;
	struct worker *w = number == 0 ? &walk->workers.first : &walk->workers.others[number - 1];
	enum order_outcome outcome;

	w->task = task;
	w->noted_path = 0;
	if (task->start == 0) {
		task->start = worker_clock();
		if (task->top != NULL) {
			task->top->start = task->start;
			task->top->done = 0;
		}
	}
	w->has_done = false;
	outcome = run_task(walk, w);
	if (outcome == ORDER_PUT_DOWN)
		workers_note_put_down(&walk->workers, w->has_done);
	w->task = NULL;
	w->path_dir = NULL;
	return outcome;
}

/* ------------------------------------------------------------------------------------ operands */

/* Walks the tree below DIR, an operand. */
static void walk_below(struct walk *walk, struct dir *dir)
{
	struct task *task = task_new(&walk->dirs);

	if (task == NULL || !task_push(task, dir, 0)) {
		give_up(walk, &walk->workers.first, dir);
		free(task);
		return;
	}
	order_run(&walk->order, task);
}

static void walk_operand(struct walk *walk, char *operand)
{
	struct dir *dir = NULL;

	operands_trim(operand);
	if (visit_operand(&walk->workers.first, operand, NULL, &dir) == VISIT_DESCEND)
		walk_below(walk, dir);
}

/*
 * Does the work of run_operands() without a task: for a single operand, or if there is no memory.
 */
static void run_operands_alone(struct walk *walk, size_t end)
{
	struct operands *o = walk->operands;
	struct dir *dir = NULL;

	for (size_t i = o->next; i < end && !walk->workers.first.is_stopped; i++)
		if (operands_visit(o, &walk->workers.first, i, &dir) == VISIT_DESCEND)
			walk_below(walk, dir);
}

/* Examines (IS_LOOKING) or visits the operands of the window up to END, by all workers. */
static void run_operands(struct walk *walk, bool is_looking, size_t end)
{
	struct task *task;

	walk->operands->is_looking = is_looking;
	task = end - walk->operands->next > 1 ? task_new(&walk->dirs) : NULL;
	if (task == NULL) {
		run_operands_alone(walk, end);
		return;
	}
	task->operand = walk->operands->next;
	task->operand_end = end;
	order_run(&walk->order, task);
}

/* Visits FIRST and the operands after it that can be had without waiting. */
static void walk_window(struct walk *walk, char *first)
{
	struct operands *o = walk->operands;

	operands_fill(o, walk->visitor, first);
	while (o->next < o->count && !walk->is_stopped) {
		size_t look_end = operands_look_end(o), end;

		run_operands(walk, true, look_end);
		end = operands_barrier(o, walk->visitor, look_end);
		run_operands(walk, false, end);
		o->next = end;
		if (end < look_end)
			walk_operand(walk, o->names[o->next++]);
	}
}

static void walk_operands(struct walk *walk)
{
	const struct walk_visitor *visitor = walk->visitor;
	bool is_first = true;
	char *operand;

	while (!walk->is_stopped && (operand = visitor->next(visitor->ctx, true)) != NULL) {
		/* Saves reading the clock if there is only one operand. */
		if (!is_first)
			workers_share_in_time(&walk->workers);
		is_first = false;
		if (walk->workers.shares_operands && walk->operands == NULL)
			walk->operands = operands_new(walk->workers.tells_repeated);
		if (walk->operands != NULL)
			walk_window(walk, operand);
		else
			walk_operand(walk, operand);
		if (walk->workers.first.is_stopped)
			walk->is_stopped = true;
	}
}

/* ---------------------------------------------------------------------------------------- hooks */

static unsigned found_again(void *ctx, unsigned traits, int fd, const struct stat *st)
{
	const struct walk *walk = ctx;

	return walk->visitor->again(walk->visitor->ctx, traits, fd, st);
}

static void closing(void *ctx, void *who, struct dir *dir, unsigned traits, int fd)
{
	(void)ctx;
	visit_leave(who, dir, traits, fd);
}

void walk(const struct walk_options *options, const struct walk_visitor *visitor)
{
	struct walk walk = {.options = options, .visitor = visitor};
	const struct dir_hooks hooks = {
		.returned = found_again,
		.closing = closing,
		.owing = WALK_OWING,
		.after = WALK_VISIT_AFTER,
		.beneath = options->beneath,
		.ctx = &walk,
	};
	const struct order_callbacks callbacks = {
		.work = work,
		.ctx = &walk,
		.print = visitor->print,
		.print_ctx = visitor->ctx,
	};

	dirs_init(&walk.dirs, &hooks);
	order_init(&walk.order, &callbacks);
	workers_init(&walk.workers, options, visitor, &walk.dirs, &walk.order);
	walk_operands(&walk);
	order_end(&walk.order);
	workers_free(&walk.workers);
	free(walk.operands);
	dirs_free(&walk.dirs);
}
