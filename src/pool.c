#include "pool.h"

#include <sched.h>
#include <stddef.h>

enum { RING = sizeof(((struct pool *)NULL)->tasks) / sizeof(void *) };

void pool_init(struct pool *pool, unsigned workers, pool_fn *fn, void *ctx)
{
	pool->fn = fn;
	pool->ctx = ctx;
	pool->workers = workers;
	pool->started = pool->arrived = pool->asleep = pool->busy = pool->first = 0;
	pool->ending = false;
	atomic_init(&pool->waiting, 0);
	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->changed, NULL);
}

bool pool_is_hungry(struct pool *pool)
{
	/* One task ahead for each: who is done with one must not wait for the next. */
	return pool->workers > 1 &&
	       atomic_load_explicit(&pool->waiting, memory_order_relaxed) < pool->workers;
}

/* Takes and does one task. The mutex is held before and after. */
static void do_one(struct pool *pool, unsigned worker)
{
	void *task = pool->tasks[pool->first];

	pool->first = (pool->first + 1) % RING;
	atomic_fetch_sub_explicit(&pool->waiting, 1, memory_order_relaxed);
	pool->busy++;
	pthread_mutex_unlock(&pool->mutex);
	pool->fn(pool->ctx, worker, task);
	pthread_mutex_lock(&pool->mutex);
	pool->busy--;
	if (pool->busy == 0)
		pthread_cond_broadcast(&pool->changed);
}

static void *thread_main(void *arg)
{
	struct pool *pool = arg;
	unsigned worker;

	pthread_mutex_lock(&pool->mutex);
	worker = ++pool->arrived;
	while (!pool->ending) {
		if (pool->waiting > 0) {
			do_one(pool, worker);
			continue;
		}
		pool->asleep++;
		pthread_cond_wait(&pool->changed, &pool->mutex);
		pool->asleep--;
	}
	pthread_mutex_unlock(&pool->mutex);
	return NULL;
}

/* One thread more, if nobody waits for a task. If there can be none, others do the task later. */
static void start_thread(struct pool *pool)
{
	if (pool->asleep == 0 && pool->started + 1 < pool->workers &&
		pthread_create(&pool->threads[pool->started], NULL, thread_main, pool) == 0)
		pool->started++;
}

void pool_push(struct pool *pool, void *task)
{
	pthread_mutex_lock(&pool->mutex);
	pool->tasks[(pool->first + pool->waiting) % RING] = task;
	atomic_fetch_add_explicit(&pool->waiting, 1, memory_order_relaxed);
	start_thread(pool);
	pthread_cond_signal(&pool->changed);
	pthread_mutex_unlock(&pool->mutex);
}

void pool_wait(struct pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	while (pool->waiting > 0 || pool->busy > 0) {
		if (pool->waiting > 0)
			do_one(pool, 0);
		else
			pthread_cond_wait(&pool->changed, &pool->mutex);
	}
	pthread_mutex_unlock(&pool->mutex);
}

void pool_end(struct pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	pool->ending = true;
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->mutex);
	for (unsigned i = 0; i < pool->started; i++)
		pthread_join(pool->threads[i], NULL);
}

unsigned pool_cpus(void)
{
	/* The kernel refuses a set that is smaller than its own. */
	enum { SET_SIZE = 8192 / 8 };
	unsigned char set[SET_SIZE] __attribute__((aligned(sizeof(long)))) = {0};
	int count = 0;

	if (sched_getaffinity(0, sizeof(set), (cpu_set_t *)(void *)set) == 0)
		count = CPU_COUNT_S(sizeof(set), (cpu_set_t *)(void *)set);
	return count > 0 ? (unsigned)count : 1;
}

void pool_lock_init(struct pool_lock *lock)
{
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
	/* Held for a moment only: with glibc it takes this to wait for it without a system call. */
	lock->mutex = (pthread_mutex_t)PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
#else
	pthread_mutex_init(&lock->mutex, NULL);
#endif
}

void pool_lock(struct pool_lock *lock)
{
	pthread_mutex_lock(&lock->mutex);
}

void pool_unlock(struct pool_lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}
