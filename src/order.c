/* SPDX-License-Identifier: MIT */
#include "order.h"

#include <stddef.h>
#include <stdlib.h>

void order_init(struct order *order, const struct order_callbacks *callbacks)
{
	*order = (struct order){.callbacks = *callbacks, .target = 1, .limit = 1};
	lock_init(&order->lock);
	condition_init(&order->changed);
}

/* ---------------------------------------------------------------------------------------- hints */

/*
 * Updates is_wanting. More tasks are wanted as long as there are more free workers, started or not,
 * than ready tasks, and fewer tasks than are allowed, because each may hold names.
 */
static void update_hint(struct order *order)
{
	unsigned most = 4 * order->target + 16;
	unsigned free = order->idle;

	if (order->threads + 1 < order->target)
		free += order->target - order->threads - 1;
	atomic_store_explicit(&order->is_wanting,
		free > order->ready_count && order->task_count < most && order->target > 1 &&
			!atomic_load_explicit(&order->is_short, memory_order_relaxed),
		memory_order_relaxed);
}

void order_share(struct order *order, unsigned workers, unsigned limit)
{
	order->handles = limit > 1 ? malloc((limit - 1) * sizeof(*order->handles)) : NULL;
	order->limit = order->handles != NULL ? limit : 1;
	order_set_target(order, workers);
}

void order_set_target(struct order *order, unsigned workers)
{
	lock_take(&order->lock);
	order->target = workers < order->limit ? workers : order->limit;
	update_hint(order);
	/* Workers above the old target may be wanted again. */
	condition_wake_all(&order->changed);
	lock_drop(&order->lock);
}

unsigned order_target(struct order *order)
{
	unsigned target;

	lock_take(&order->lock);
	target = order->target;
	lock_drop(&order->lock);
	return target;
}

/* ----------------------------------------------------------------------------------------- list */

/* Inserts ADDED directly after BEFORE, or at the beginning if BEFORE is NULL. */
static void insert(struct order *order, struct task *added, struct task *before)
{
	added->prev = before;
	added->next = before != NULL ? before->next : order->first;
	if (added->next != NULL)
		added->next->prev = added;
	if (before != NULL)
		before->next = added;
	else
		order->first = added;
	order->task_count++;
}

/* Removes TASK from the list and frees it. */
static void remove_task(struct order *order, struct task *task)
{
	if (task->prev != NULL)
		task->prev->next = task->next;
	else
		order->first = task->next;
	if (task->next != NULL)
		task->next->prev = task->prev;
	order->task_count--;
	task_free(task);
}

static void set_state(struct order *order, struct task *task, enum task_state state)
{
	order->ready_count -= task->state == TASK_READY;
	order->running_count -= task->state == TASK_RUNNING;
	task->state = state;
	order->ready_count += state == TASK_READY;
	order->running_count += state == TASK_RUNNING;
}

/*
 * Makes the first task the head: prints its transcript until it is empty. Its worker may add to the
 * transcript meanwhile. The lock is held on entry and on return, but not while printing, because
 * that may take long.
 */
static void make_first_head(struct order *order)
{
	struct task *task = order->first;
	bool is_more;

	do
		is_more = transcript_print_some(&task->transcript, order->callbacks.print,
			order->callbacks.print_ctx, &order->lock, &task->is_head);
	while (is_more);
	if (task->state == TASK_DOWN)
		set_state(order, task, TASK_READY);
}

/*
 * For worker NUMBER. Removes the head, which is done, and makes the next task the head; repeats
 * that if it is done.
 */
static void advance(struct order *order, unsigned number)
{
	do {
		remove_task(order, order->first);
		if (order->first != NULL)
			make_first_head(order);
	} while (order->first != NULL && order->first->state == TASK_DONE);
	/* If worker 0 has ended the last task, nobody waits for that. */
	if (order->first != NULL || number != 0)
		condition_wake_all(&order->changed);
}

/* -------------------------------------------------------------------------------------- workers */

/* The first task that is ready, or NULL. */
static struct task *find_ready(const struct order *order)
{
	struct task *task = order->first;

	while (task != NULL && task->state != TASK_READY)
		task = task->next;
	return task;
}

/* The task that worker NUMBER is to execute next, or NULL. */
static struct task *choose(const struct order *order, unsigned number)
{
	if (order->ready_count == 0 || number >= order->target)
		return NULL;
	/* When descriptors are short, only the head is executed. */
	if (atomic_load_explicit(&order->is_short, memory_order_relaxed))
		return order->first->state == TASK_READY ? order->first : NULL;
	return find_ready(order);
}

/* Updates the state of TASK after worker NUMBER has executed it with OUTCOME. */
static void settle(
	struct order *order, unsigned number, struct task *task, enum order_outcome outcome)
{
	bool is_head = task_is_head(task);

	if (outcome == ORDER_PUT_DOWN) {
		set_state(order, task, is_head ? TASK_READY : TASK_DOWN);
		/*
		 * TASK became the head while it was executed. Its worker may be surplus by now, and
		 * then another one must take it.
		 */
		if (is_head)
			condition_wake_all(&order->changed);
	} else {
		set_state(order, task, TASK_DONE);
		/*
		 * If TASK is first but not yet the head, another worker is making it the head, and
		 * will remove it.
		 */
		if (is_head)
			advance(order, number);
		else if (task != order->first && task->transcript.used == 0)
			remove_task(order, task);
	}
	/* order_free_fds() may be waiting until other workers have put their tasks down. */
	if (atomic_load_explicit(&order->is_short, memory_order_relaxed))
		condition_wake_all(&order->changed);
	update_hint(order);
}

/* Waits until the list changes. The calling worker counts as idle meanwhile if IS_FREE. */
static void wait_for_change(struct order *order, bool is_free)
{
	order->idle += is_free;
	update_hint(order);
	condition_wait(&order->changed, &order->lock);
	order->idle -= is_free;
	update_hint(order);
}

/* The loop of worker NUMBER. Worker 0 ends when no task is left, the others when ORDER ends. */
static void work(struct order *order, unsigned number)
{
	lock_take(&order->lock);
	while (number == 0 ? order->first != NULL : !order->is_ending) {
		struct task *task = choose(order, number);
		enum order_outcome outcome;

		if (task == NULL) {
			wait_for_change(order, number < order->target);
			continue;
		}
		set_state(order, task, TASK_RUNNING);
		update_hint(order);
		lock_drop(&order->lock);
		outcome = order->callbacks.work(order->callbacks.ctx, number, task);
		lock_take(&order->lock);
		settle(order, number, task, outcome);
	}
	lock_drop(&order->lock);
}

static void *thread_main(void *arg)
{
	struct order *order = arg;
	unsigned number;

	lock_take(&order->lock);
	number = ++order->numbers;
	lock_drop(&order->lock);
	work(order, number);
	return NULL;
}

void order_run(struct order *order, struct task *task)
{
	task->state = TASK_READY;
	atomic_store_explicit(&task->is_head, true, memory_order_relaxed);
	lock_take(&order->lock);
	insert(order, task, NULL);
	order->ready_count++;
	update_hint(order);
	lock_drop(&order->lock);
	work(order, 0);
}

void order_give(struct order *order, struct task *task, struct task *part)
{
	transcript_count_in(&part->transcript, &order->transcripts);
	lock_take(&order->lock);
	part->state = TASK_READY;
	order->ready_count++;
	insert(order, part, task);
	if (order->idle == 0 && order->threads + 1 < order->target) {
		if (thread_start(&order->handles[order->threads], thread_main, order))
			order->threads++;
		else
			order->target = order->limit = order->threads + 1; /* do not try again */
	}
	update_hint(order);
	condition_wake_all(&order->changed);
	lock_drop(&order->lock);
}

/* Closes the directories of all tasks that are not running. Returns whether there were any. */
static bool close_others(struct order *order, void *caller)
{
	bool is_any = false;

	for (struct task *task = order->first; task != NULL; task = task->next)
		if (task->state == TASK_READY || task->state == TASK_DOWN)
			is_any |= task_close_all(task, caller);
	return is_any;
}

bool order_free_fds(struct order *order, struct task *task, void *caller)
{
	bool is_any = false;

	lock_take(&order->lock);
	atomic_store_explicit(&order->is_short, true, memory_order_relaxed);
	update_hint(order);
	if (task_is_head(task)) {
		is_any = order->running_count > 1;
		while (order->running_count > 1)
			condition_wait(&order->changed, &order->lock);
		is_any |= close_others(order, caller);
	}
	lock_drop(&order->lock);
	return is_any;
}

void order_end(struct order *order)
{
	lock_take(&order->lock);
	order->is_ending = true;
	condition_wake_all(&order->changed);
	lock_drop(&order->lock);
	for (unsigned i = 0; i < order->threads; i++)
		thread_join(&order->handles[i]);
	free(order->handles);
}
