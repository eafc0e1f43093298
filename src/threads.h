/*
 * Threads, and what they need to share data. All that has to do with pthreads is here.
 */
#ifndef THREADS_H
#define THREADS_H

#include <pthread.h>
#include <stdbool.h>

/* Mutual exclusion, held for a moment only. */
struct lock {
	pthread_mutex_t mutex;
};

void lock_init(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

/* Something that threads wait for, with a lock held that is dropped while they wait. */
struct condition {
	pthread_cond_t cond;
};

void condition_init(struct condition *condition);
void condition_wait(struct condition *condition, struct lock *lock);
void condition_wake_one(struct condition *condition);
void condition_wake_all(struct condition *condition);

struct thread {
	pthread_t id;
};

/* Runs MAIN(ARG) in a thread of its own. False if the system has none to give. */
bool thread_start(struct thread *ret, void *(*main)(void *arg), void *arg);
void thread_join(struct thread *thread);

/* The CPUs that this process may run on, 1 or more. */
unsigned thread_cpus(void);

/*
 * How often the calling thread has gone to sleep in the kernel: each time that it had to wait for
 * a disk, a server or a lock, but not when it only lost its CPU to others.
 */
long thread_voluntary_switches(void);

#endif
