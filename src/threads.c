/* SPDX-License-Identifier: MIT */
#include "threads.h"

#include <sched.h>
#include <stddef.h>
#include <sys/resource.h>

void lock_init(struct lock *lock)
{
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
	/* glibc's default mutex sleeps at once; this kind spins for a short while first. */
	lock->mutex = (pthread_mutex_t)PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
#else
	pthread_mutex_init(&lock->mutex, NULL);
#endif
}

void lock_take(struct lock *lock)
{
	pthread_mutex_lock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}

void condition_init(struct condition *condition)
{
	pthread_cond_init(&condition->cond, NULL);
}

void condition_wait(struct condition *condition, struct lock *lock)
{
	pthread_cond_wait(&condition->cond, &lock->mutex);
}

void condition_wake_all(struct condition *condition)
{
	pthread_cond_broadcast(&condition->cond);
}

bool thread_start(struct thread *ret, void *(*main)(void *arg), void *arg)
{
	return pthread_create(&ret->id, NULL, main, arg) == 0;
}

void thread_join(struct thread *thread)
{
	pthread_join(thread->id, NULL);
}

unsigned thread_cpus(void)
{
	/* The kernel fails with EINVAL if the set is smaller than its own; cpu_set_t may be. */
	enum { SET_SIZE = 8192 / 8 };
	unsigned char set[SET_SIZE] __attribute__((aligned(sizeof(long)))) = {0};
	int count = 0;

	if (sched_getaffinity(0, sizeof(set), (cpu_set_t *)(void *)set) == 0)
		count = CPU_COUNT_S(sizeof(set), (cpu_set_t *)(void *)set);
	return count > 0 ? (unsigned)count : 1;
}

long thread_voluntary_switches(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}
