/* SPDX-License-Identifier: MIT */
/*
 * threads: locks, conditions, threads that cannot be started, CPUs, and how often a thread slept.
 *
 * Link with --wrap=pthread_create and with support/tree.o.
 */
#include "threads.h"

#include <sched.h>
#include <sys/syscall.h>
#include <time.h>

#include "../support/answer.h"
#include "scratch.h"

static int create_err; /* an errno; 0: threads can be started */

int __real_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg);
int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg);

int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg)
{
	return create_err != 0 ? create_err : __real_pthread_create(thread, attr, main, arg);
}

enum { THREADS = 4, ROUNDS = 10000 };

static struct lock lock;
static struct condition changed;
static unsigned counter, turn;

static void *count_up(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		lock_take(&lock);
		counter++;
		lock_drop(&lock);
	}
	return arg;
}

static void test_lock(void **state)
{
	struct thread threads[THREADS];

	(void)state;
	lock_init(&lock);
	counter = 0;
	for (int i = 0; i < THREADS; i++)
		assert_true(thread_start(&threads[i], count_up, NULL));
	for (int i = 0; i < THREADS; i++)
		thread_join(&threads[i]);
	assert_int_equal(counter, THREADS * ROUNDS);
}

/* Each waits for its turn, by its number. */
static void *take_turns(void *arg)
{
	unsigned number = *(unsigned *)arg;

	lock_take(&lock);
	for (int i = 0; i < 500; i++) {
		while (turn % THREADS != number)
			condition_wait(&changed, &lock);
		counter++;
		turn++;
		condition_wake_all(&changed);
	}
	lock_drop(&lock);
	return NULL;
}

static void test_condition(void **state)
{
	struct thread threads[THREADS];
	unsigned numbers[THREADS];

	(void)state;
	lock_init(&lock);
	condition_init(&changed);
	counter = turn = 0;
	for (unsigned i = 0; i < THREADS; i++) {
		numbers[i] = i;
		assert_true(thread_start(&threads[i], take_turns, &numbers[i]));
	}
	for (int i = 0; i < THREADS; i++)
		thread_join(&threads[i]);
	assert_int_equal(counter, THREADS * 500);
}

static void test_no_thread(void **state)
{
	struct thread thread;

	(void)state;
	create_err = EAGAIN;
	assert_false(thread_start(&thread, count_up, NULL));
	create_err = 0;
}

/* Those that this process may run on, not those of the machine. */
static void count_cpus(void *ctx)
{
	cpu_set_t all, one;

	(void)ctx;
	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		exit(CHILD_CANNOT);
	EXPECT(thread_cpus() == (unsigned)CPU_COUNT(&all));
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		EXPECT(sched_setaffinity(0, sizeof(one), &one) == 0);
		EXPECT(thread_cpus() == 1);
	}
}

static void test_cpus(void **state)
{
	(void)state;
	if (!in_child(count_cpus, NULL))
		SKIP_TEST("the CPUs cannot be told");
	rows_end();
}

static void sleep_a_moment(void)
{
	const struct timespec moment = {.tv_nsec = 1000 * 1000};

	nanosleep(&moment, NULL);
}

static void *sleep_often(void *arg)
{
	for (int i = 0; i < 20; i++)
		sleep_a_moment();
	return arg;
}

/* Counts how often this thread has slept. Work does not count, nor do other threads. */
static void test_switches(void **state)
{
	struct thread thread;
	struct timespec start, now;
	long before = thread_voluntary_switches();

	(void)state;
	for (int i = 0; i < 5; i++)
		sleep_a_moment();
	assert_in_range(thread_voluntary_switches() - before, 5, 100);
	before = thread_voluntary_switches();
	clock_gettime(CLOCK_MONOTONIC, &start);
	/* Others may take the CPU away meanwhile. */
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < 50);
	assert_int_equal(thread_voluntary_switches(), before);
	assert_true(thread_start(&thread, sleep_often, NULL));
	before = thread_voluntary_switches();
	thread_join(&thread);
	/* Waiting for the thread counts, but only a little. */
	assert_in_range(thread_voluntary_switches() - before, 0, 5);
}

/* A sandbox may refuse both calls. Then there is one CPU, and nothing is counted. */
static void ask_in_a_sandbox(void *ctx)
{
	(void)ctx;
	if (!answer_call(SYS_sched_getaffinity, SECCOMP_RET_ERRNO | EPERM) ||
		!answer_call(SYS_getrusage, SECCOMP_RET_ERRNO | EPERM))
		exit(CHILD_CANNOT);
	EXPECT(thread_cpus() == 1);
	EXPECT(thread_voluntary_switches() == 0);
}

static void test_refused(void **state)
{
	(void)state;
	if (!in_child(ask_in_a_sandbox, NULL))
		SKIP_TEST("no filters for system calls");
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_condition),
		cmocka_unit_test(test_no_thread),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
