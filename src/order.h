/* SPDX-License-Identifier: MIT */
/*
 * Schedules tasks: several workers execute them, and their output has the order of one worker.
 *
 * The tasks are in a list, in the order in which one worker would execute them. The first task, the
 * head, prints directly to the streams. Each other task records its output in a transcript, which
 * is printed when the task becomes the head.
 *
 * A worker never sleeps while it has a task. If the transcript is full, or if the task must not go
 * on before those ahead of it are done, the worker puts the task down until it is the head, and
 * takes another one. A free worker takes the first task that is ready. If there is none, running
 * workers are asked to divide their tasks.
 *
 * Unless said otherwise the functions may be called by several threads at once.
 */
#ifndef ORDER_H
#define ORDER_H

#include "task.h"
#include "threads.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Whether a task is finished, or is to be continued when it is the head. */
enum order_outcome { ORDER_DONE, ORDER_PUT_DOWN };

struct order_callbacks {
	/* Executes TASK as worker number WORKER. Number 0 is the thread that calls order_run(). */
	enum order_outcome (*work)(void *ctx, unsigned worker, struct task *task);
	void *ctx;
	/* Prints parts of a transcript. Never called by two threads at once. */
	transcript_print *print;
	void *print_ctx;
};

/* The members are private, except for the two hints: any worker may read these at any time. */
struct order {
	struct order_callbacks callbacks;
	struct lock lock;
	struct condition changed;
	struct task *first;
	unsigned task_count, ready_count, running_count;
	unsigned target;  /* the wanted number of workers, including number 0 */
	unsigned limit;   /* the largest value of target */
	unsigned threads; /* threads started, so without worker 0 */
	unsigned numbers; /* threads that have taken their worker number */
	unsigned idle;    /* wanted workers that wait for a task */
	bool is_ending;
	atomic_bool is_wanting;    /* hint: a worker could take another task */
	atomic_bool is_short;      /* hint: descriptors are short, so only the head may continue */
	atomic_size_t transcripts; /* bytes of memory that the tasks' transcripts take */
	struct thread *handles; /* of the threads, limit - 1 of them; NULL: there is one worker */
};

/* Initialises *ORDER for one worker. Makes no system call. */
void order_init(struct order *order, const struct order_callbacks *callbacks);

/*
 * Allows for several workers: WORKERS are wanted, and order_set_target() may set that to at most
 * LIMIT. To be called by worker 0, at most once. Threads are started when there are tasks for them.
 * Without memory there remains one worker.
 */
void order_share(struct order *order, unsigned workers, unsigned limit);

/* Sets and gets the wanted number of workers, at least 1 and at most the limit. */
void order_set_target(struct order *order, unsigned workers);
unsigned order_target(struct order *order);

/*
 * Executes TASK, which becomes the head, and all tasks divided from it, and frees them. The caller
 * is worker 0. There must be no other task.
 */
void order_run(struct order *order, struct task *task);

/*
 * Inserts PART, which was divided from the caller's TASK, directly after it, and starts a thread if
 * fewer run than are wanted and none is free. ORDER owns PART from now on.
 */
void order_give(struct order *order, struct task *task, struct task *part);

/*
 * For the worker of TASK, which needs a descriptor and can close none of its own. From now on only
 * the head is executed. If TASK is the head, waits until the other workers have put their tasks
 * down, closes the directories of these tasks, and returns whether there was anything to wait for
 * or to close, so that it is worth trying again. Otherwise returns false, and the worker is to put
 * TASK down. CALLER is passed on to the hook closing() of dir.h.
 */
bool order_free_fds(struct order *order, struct task *task, void *caller);

/* Joins the threads. Called by worker 0, when no task is left. */
void order_end(struct order *order);

/* Reads the hint that a worker could take another task. */
static inline bool order_is_wanting(struct order *order)
{
	return atomic_load_explicit(&order->is_wanting, memory_order_relaxed);
}

/* The bytes of memory that the transcripts of all tasks take. */
static inline size_t order_transcripts(struct order *order)
{
	return atomic_load_explicit(&order->transcripts, memory_order_relaxed);
}

/* Reads the hint that descriptors are short, so that tasks other than the head must be put down. */
static inline bool order_is_short(struct order *order)
{
	return atomic_load_explicit(&order->is_short, memory_order_relaxed);
}

#endif
