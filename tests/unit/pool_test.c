/*
 * pool: every task is done once, by whoever is free, and threads exist only for tasks.
 *
 * Nothing here waits for a time to pass, but for something to happen; only a test that fails takes
 * long. Link with --wrap=pthread_create.
 */
#include "pool.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scratch.h"

enum { MAX_TASKS = 200000, PATIENCE = 30 /* seconds */ };

static unsigned threads_made; /* by the tested code; the pool makes them under its lock */
static bool no_threads;

int __real_pthread_create(
	pthread_t *ret, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);
int __wrap_pthread_create(
	pthread_t *ret, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);

int __wrap_pthread_create(
	pthread_t *ret, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	if (no_threads)
		return EAGAIN;
	threads_made++;
	return __real_pthread_create(ret, attr, fn, arg);
}

/* What tasks are done for. */
struct job {
	struct pool pool;
	unsigned workers;
	pthread_t first;
	atomic_uint done[MAX_TASKS];
	atomic_uint total, next;  /* tasks done, and the first number that is free */
	unsigned most;            /* tasks to be made */
	atomic_uint as[POOL_MAX]; /* tasks that are being done as worker N */
	atomic_uint seen;         /* workers that were given tasks */
	atomic_uint wrong;
	atomic_bool gate; /* tasks wait until it is open */
	atomic_uint at_gate;
	struct pool_lock lock;
	unsigned long guarded; /* by the lock */
};

static struct job job;

/* Whether *WHAT becomes LEAST or more before patience ends. */
static bool comes_true(atomic_uint *what, unsigned least)
{
	time_t end = time(NULL) + PATIENCE;

	while (atomic_load(what) < least) {
		if (time(NULL) > end)
			return false;
		sched_yield();
	}
	return true;
}

static void *number(unsigned n)
{
	return (char *)&job + n;
}

/* Counts task N as done by WORKER, if that can be. */
static void count(unsigned worker, unsigned n)
{
	static _Thread_local unsigned me = ~0U;

	if (worker >= job.workers ||
		(worker == 0) != (pthread_equal(pthread_self(), job.first) != 0)) {
		atomic_fetch_add(&job.wrong, 1);
		return;
	}
	if (worker > 0 && me != ~0U && me != worker)
		atomic_fetch_add(&job.wrong, 1);
	if (worker > 0)
		me = worker;
	if (atomic_fetch_add(&job.as[worker], 1) != 0)
		atomic_fetch_add(&job.wrong, 1);
	atomic_fetch_add(&job.done[n], 1);
	atomic_fetch_add(&job.total, 1);
	pool_lock(&job.lock);
	job.guarded++;
	pool_unlock(&job.lock);
	atomic_fetch_sub(&job.as[worker], 1);
}

/* Does task N and others, and leaves some to whoever is in want of them. */
static void grow(void *ctx, unsigned worker, void *task)
{
	unsigned n = (unsigned)((char *)task - (char *)&job);

	if (ctx != &job)
		atomic_fetch_add(&job.wrong, 1);
	for (;;) {
		count(worker, n);
		n = atomic_fetch_add(&job.next, 1);
		while (n < job.most && pool_is_hungry(&job.pool)) {
			pool_push(&job.pool, number(n));
			n = atomic_fetch_add(&job.next, 1);
		}
		if (n >= job.most)
			return;
	}
}

static void wait_at_gate(void *ctx, unsigned worker, void *task)
{
	(void)ctx;
	atomic_fetch_add(&job.at_gate, 1);
	while (!atomic_load(&job.gate))
		sched_yield();
	count(worker, (unsigned)((char *)task - (char *)&job));
}

static void start(unsigned workers, pool_fn *fn, unsigned most)
{
	memset(&job, 0, sizeof(job));
	memset(&job.pool, 0xa5, sizeof(job.pool));
	threads_made = 0;
	job.workers = workers;
	job.first = pthread_self();
	job.most = most;
	pool_lock_init(&job.lock);
	pool_init(&job.pool, workers, fn, &job);
}

/* Tasks 0 to MOST - 1, and no others, have been done once. */
static void expect_all_done(unsigned most)
{
	for (unsigned n = 0; n < MAX_TASKS; n++)
		if (atomic_load(&job.done[n]) != (n < most))
			row_wrong("%u workers: task %u done %u times", job.workers, n,
				atomic_load(&job.done[n]));
	EXPECT(job.guarded == most);
	EXPECT(atomic_load(&job.wrong) == 0);
	EXPECT(threads_made < job.workers);
}

static void test_every_task_once(void **state)
{
	static const unsigned workers[] = {2, 3, 8, POOL_MAX};

	(void)state;
	for (size_t i = 0; i < COUNT(workers); i++) {
		start(workers[i], grow, MAX_TASKS);
		atomic_store(&job.next, 1);
		pool_push(&job.pool, number(0));
		pool_wait(&job.pool);
		expect_all_done(MAX_TASKS);
		pool_end(&job.pool);
	}
	rows_end();
}

/* A pool is waited for after each operand. */
static void test_waiting_again(void **state)
{
	(void)state;
	start(4, grow, 0);
	for (unsigned round = 1; round <= 50; round++) {
		job.most = round * 100;
		pool_push(&job.pool, number(atomic_fetch_add(&job.next, 1)));
		pool_wait(&job.pool);
		/* Numbers beyond the most were taken, too. */
		atomic_store(&job.next, job.most);
		EXPECT(atomic_load(&job.total) == job.most);
		pool_wait(&job.pool);
	}
	pool_end(&job.pool);
	expect_all_done(50 * 100);
	rows_end();
}

static void test_no_thread_without_task(void **state)
{
	(void)state;
	start(POOL_MAX, grow, 1);
	assert_true(pool_is_hungry(&job.pool));
	pool_wait(&job.pool);
	pool_end(&job.pool);
	assert_int_equal(threads_made, 0);
}

/* One task more than there are busy threads makes one thread more, up to the number of workers. */
static void test_a_thread_for_each_task(void **state)
{
	enum { WORKERS = 5 };

	(void)state;
	start(WORKERS, wait_at_gate, 0);
	for (unsigned n = 0; n < WORKERS - 1; n++) {
		pool_push(&job.pool, number(n));
		assert_int_equal(threads_made, n + 1);
		assert_true(comes_true(&job.at_gate, n + 1));
	}
	pool_push(&job.pool, number(WORKERS - 1));
	assert_int_equal(threads_made, WORKERS - 1);
	atomic_store(&job.gate, true);
	pool_wait(&job.pool);
	pool_end(&job.pool);
	expect_all_done(WORKERS);
	rows_end();
}

/* Who waits for tasks takes the next. */
static void test_threads_are_used_again(void **state)
{
	(void)state;
	start(8, wait_at_gate, 0);
	atomic_store(&job.gate, true);
	for (unsigned n = 0; n < 100; n++) {
		time_t end = time(NULL) + PATIENCE;

		pool_push(&job.pool, number(n));
		assert_true(comes_true(&job.total, n + 1));
		for (bool waits = false; !waits && time(NULL) < end;) {
			pthread_mutex_lock(&job.pool.mutex);
			waits = job.pool.asleep > 0;
			pthread_mutex_unlock(&job.pool.mutex);
		}
	}
	EXPECT(threads_made == 1);
	/* Who is busy again is no help. */
	atomic_store(&job.gate, false);
	for (unsigned n = 100; n < 102; n++) {
		pool_push(&job.pool, number(n));
		EXPECT(comes_true(&job.at_gate, n + 1));
	}
	EXPECT(threads_made == 2);
	atomic_store(&job.gate, true);
	pool_wait(&job.pool);
	pool_end(&job.pool);
	expect_all_done(102);
	rows_end();
}

/* Hungry as long as fewer tasks wait than there are workers; nobody's work is counted. */
static void test_hunger(void **state)
{
	(void)state;
	for (unsigned workers = 2; workers <= POOL_MAX; workers *= 2) {
		unsigned pushed = 0, threads = workers - 1;

		start(workers, wait_at_gate, 0);
		while (pushed < threads) {
			assert_true(pool_is_hungry(&job.pool));
			pool_push(&job.pool, number(pushed++));
			assert_true(comes_true(&job.at_gate, pushed));
		}
		while (pushed < threads + workers) {
			EXPECT(pool_is_hungry(&job.pool));
			pool_push(&job.pool, number(pushed++));
		}
		EXPECT(!pool_is_hungry(&job.pool));
		atomic_store(&job.gate, true);
		pool_wait(&job.pool);
		EXPECT(pool_is_hungry(&job.pool));
		pool_end(&job.pool);
		expect_all_done(pushed);
	}
	rows_end();
}

/* All workers may find room for one more at once. */
static void test_room_for_one_more_from_each(void **state)
{
	(void)state;
	no_threads = true;
	start(POOL_MAX, grow, 0);
	for (unsigned n = 0; n < 2 * POOL_MAX - 1; n++)
		pool_push(&job.pool, number(n));
	pool_wait(&job.pool);
	pool_end(&job.pool);
	no_threads = false;
	expect_all_done(2 * POOL_MAX - 1);
	rows_end();
}

static void test_no_thread_to_be_had(void **state)
{
	(void)state;
	no_threads = true;
	start(8, grow, 10000);
	atomic_store(&job.next, 1);
	pool_push(&job.pool, number(0));
	pool_wait(&job.pool);
	pool_end(&job.pool);
	no_threads = false;
	assert_int_equal(threads_made, 0);
	expect_all_done(10000);
	rows_end();
}

/* A single worker never is in want of tasks. */
static void test_one_worker(void **state)
{
	(void)state;
	start(1, grow, 10);
	assert_false(pool_is_hungry(&job.pool));
	atomic_store(&job.next, 1);
	pool_push(&job.pool, number(0));
	assert_false(pool_is_hungry(&job.pool));
	pool_wait(&job.pool);
	pool_end(&job.pool);
	assert_int_equal(threads_made, 0);
	expect_all_done(10);
	rows_end();
}

static void be_on_one_cpu(void *ctx)
{
	cpu_set_t set;

	(void)ctx;
	EXPECT(sched_getaffinity(0, sizeof(set), &set) == 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
	}
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		exit(CHILD_CANNOT);
	EXPECT(pool_cpus() == 1);
}

static void test_cpus(void **state)
{
	cpu_set_t set;

	(void)state;
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		assert_int_equal(pool_cpus(), CPU_COUNT(&set));
	assert_true(pool_cpus() >= 1);
	if (!in_child(be_on_one_cpu, NULL))
		SKIP_TEST("CPUs cannot be chosen");
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_task_once),
		cmocka_unit_test(test_waiting_again),
		cmocka_unit_test(test_no_thread_without_task),
		cmocka_unit_test(test_a_thread_for_each_task),
		cmocka_unit_test(test_threads_are_used_again),
		cmocka_unit_test(test_hunger),
		cmocka_unit_test(test_room_for_one_more_from_each),
		cmocka_unit_test(test_no_thread_to_be_had),
		cmocka_unit_test(test_one_worker),
		cmocka_unit_test(test_cpus),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
