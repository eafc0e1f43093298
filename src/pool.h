/*
 * Tasks that make tasks, on a few threads. All that has to do with threads is here.
 *
 * The thread that made the pool is worker 0 and works as well; the others are started one by one
 * when there is a task and nobody free for it, so that a pool without tasks costs nothing.
 */
#ifndef POOL_H
#define POOL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* So many workers are possible, worker 0 included. */
enum { POOL_MAX = 64 };

/* Does TASK as worker number WORKER; may push other tasks. */
typedef void pool_fn(void *ctx, unsigned worker, void *task);

/* Private. */
struct pool {
	pool_fn *fn;
	void *ctx;
	unsigned workers; /* wanted, worker 0 included */
	unsigned started; /* threads that exist */
	unsigned arrived; /* of those, the ones that have begun to work */
	unsigned asleep;  /* and that wait for a task */
	unsigned busy;    /* workers with a task */
	bool ending;
	unsigned first; /* of the tasks that wait, a ring */
	atomic_uint waiting;
	/* No more wait than there are workers, but that all of them may find room at once. */
	void *tasks[2 * POOL_MAX];
	pthread_t threads[POOL_MAX];
	pthread_mutex_t mutex;
	pthread_cond_t changed;
};

/* A pool for WORKERS (1 to POOL_MAX) at most. Makes no system call. */
void pool_init(struct pool *pool, unsigned workers, pool_fn *fn, void *ctx);

/* Whether a task that is pushed would help. A quick look, for any worker. */
bool pool_is_hungry(struct pool *pool);

/* Leaves TASK to whoever is free. For any worker, once each time that pool_is_hungry(). */
void pool_push(struct pool *pool, void *task);

/* For worker 0: works until no task is left, and none is being done. */
void pool_wait(struct pool *pool);

/* Ends the threads. No task may be left. */
void pool_end(struct pool *pool);

/* The CPUs that this process may run on, 1 or more. */
unsigned pool_cpus(void);

/* Mutual exclusion for what workers share. */
struct pool_lock {
	pthread_mutex_t mutex;
};

void pool_lock_init(struct pool_lock *lock);
void pool_lock(struct pool_lock *lock);
void pool_unlock(struct pool_lock *lock);

#endif
