/*
 * Who does which task, and when its output comes: several workers, in the order of one.
 *
 * All tasks stand in a list, in the order in which one worker would do them. The first, the head,
 * prints straight to the streams. All others note what they would print, and that goes out when
 * they have become the head. Nobody sleeps on work: a task that has noted enough, or that must not
 * go on before those ahead of it are done, is put down until it is the head, and its worker takes
 * another. A free worker takes the first task that nobody has; if there is none, those that run are
 * asked to give some of theirs away.
 */
#ifndef ORDER_H
#define ORDER_H

#include "task.h"
#include "threads.h"

#include <stdatomic.h>
#include <stdbool.h>

enum { ORDER_MAX_WORKERS = 64 };

/* What has become of a task. */
enum order_outcome { ORDER_DONE, ORDER_PUT_DOWN };

struct order_callbacks {
	/* Does TASK as worker number WORKER (0: the thread of order_run()). */
	enum order_outcome (*work)(void *ctx, unsigned worker, struct task *task);
	void *ctx;
	/* Prints what was noted. Called by one thread at a time. */
	transcript_print *print;
	void *print_ctx;
};

/* Private but for the hints, which a worker may read at any time. */
struct order {
	struct order_callbacks callbacks;
	struct lock lock;
	struct condition changed;
	struct task *first;
	unsigned task_count, ready_count, running_count;
	unsigned target;  /* workers wanted, number 0 included */
	unsigned limit;   /* more are never wanted */
	unsigned threads; /* started */
	unsigned numbers; /* given to threads that run */
	unsigned idle;
	bool is_ending;
	atomic_bool is_wanting; /* hint: somebody could take a task */
	atomic_bool is_short;   /* hint: descriptors are short, and only the head is to go on */
	struct thread *handles; /* of the threads, limit of them; NULL: there cannot be any */
};

/* For one worker. Makes no system call. */
void order_init(struct order *order, const struct order_callbacks *callbacks);

/* Allows for WORKERS at once, and up to LIMIT (ORDER_MAX_WORKERS) later. Once. */
void order_share(struct order *order, unsigned workers, unsigned limit);

/* Wants WORKERS from now on, up to the limit. */
void order_set_target(struct order *order, unsigned workers);
unsigned order_target(struct order *order);

/* Does TASK, which becomes the head, and all that is divided from it. For worker 0. */
void order_run(struct order *order, struct task *task);

/* Adds PART, divided from TASK, which the caller runs: it comes right after it. */
void order_give(struct order *order, struct task *task, struct task *part);

/*
 * For the worker of TASK, which needs a descriptor and has none to close: closes those of tasks
 * that nobody runs, and waits for those who run to put theirs down; from then on one worker works
 * at a time. False if TASK is not the head, and has to be put down for that, or nothing could be
 * closed.
 */
bool order_free_fds(struct order *order, struct task *task, void *who);

/* Ends the threads. No task may be left. */
void order_end(struct order *order);

static inline bool order_is_wanting(struct order *order)
{
	return atomic_load_explicit(&order->is_wanting, memory_order_relaxed);
}

static inline bool order_is_short(struct order *order)
{
	return atomic_load_explicit(&order->is_short, memory_order_relaxed);
}

static inline bool task_is_head(struct task *task)
{
	return atomic_load_explicit(&task->is_head, memory_order_acquire);
}

#endif
