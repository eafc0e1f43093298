/* SPDX-License-Identifier: MIT */
/* Threads, locks and conditions. No other module uses pthreads. */
#ifndef THREADS_H
#define THREADS_H

#include <pthread.h>
#include <stdbool.h>

/* A mutex, made for short critical sections. */
struct lock {
	pthread_mutex_t mutex;
};

void lock_init(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

/* A condition variable. condition_wait() must hold the lock, which is released while it waits. */
struct condition {
	pthread_cond_t cond;
};

void condition_init(struct condition *condition);
void condition_wait(struct condition *condition, struct lock *lock);
void condition_wake_all(struct condition *condition);

struct thread {
	pthread_t id;
};

/*
 * Runs MAIN(ARG) in a new thread, to be ended with thread_join(). Returns false if the system
 * cannot create one.
 */
bool thread_start(struct thread *ret, void *(*main)(void *arg), void *arg);
void thread_join(struct thread *thread);

/* The number of CPUs that this process may run on; at least 1. */
unsigned thread_cpus(void);

/*
 * How often the calling thread has slept in the kernel, waiting for a disk, a server or a lock
 * (ru_nvcsw of getrusage(2)). Losing the CPU to another thread does not count.
 */
long thread_voluntary_switches(void);

#endif
