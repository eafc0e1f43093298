/* SPDX-License-Identifier: MIT */
/*
 * For the tests of order: tasks that print numbers one after the other. The later half of a task's
 * numbers can become another task.
 *
 * Link with --wrap= of condition_wake_all, pthread_create and those of dir_fixture.h.
 */
#ifndef ORDER_FIXTURE_H
#define ORDER_FIXTURE_H

#include "order.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "dir_fixture.h"

enum { MAX_WORKERS = 64, MAX_TASKS = 4096, MAX_OUTPUT = 256 * 1024, PATIENCE = 20 };

/* A task, and the numbers from AT to END that it has to print. */
struct numbers {
	struct task *task;
	int at, end;
	unsigned starts; /* how often a worker took it up */
};

static struct {
	struct numbers all[MAX_TASKS];
	int count;
	struct lock lock; /* of all and count */
	/* What all workers have printed; and whether one is printing. */
	char text[MAX_OUTPUT];
	atomic_size_t len;
	atomic_bool is_printing;
	atomic_uint is_at_work[MAX_WORKERS];
	atomic_uint most_workers, workers; /* that took a task at once */
	atomic_uint highest;               /* number of a worker */
	int threads;                       /* how many can be started; below 0: any number */
	/* What a worker does with a task; NULL: prints its numbers. */
	enum order_outcome (*work)(struct numbers *numbers);
} doing;

static struct order order;
static atomic_uint wakes;

void __real_condition_wake_all(struct condition *condition);
void __wrap_condition_wake_all(struct condition *condition);

void __wrap_condition_wake_all(struct condition *condition)
{
	atomic_fetch_add(&wakes, 1);
	__real_condition_wake_all(condition);
}

int __real_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg);
int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg);

int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg)
{
	if (doing.threads == 0)
		return EAGAIN;
	doing.threads--;
	return __real_pthread_create(thread, attr, main, arg);
}

/* EXPECT() is for one thread only. */
static atomic_uint wrong;

static inline void expect_in_thread(bool so)
{
	if (!so)
		atomic_fetch_add(&wrong, 1);
}

static inline void print(void *ctx, enum transcript_stream stream, const char *text, size_t len)
{
	size_t at = atomic_load(&doing.len);

	/* Only one at a time ever prints. */
	expect_in_thread(ctx == &doing && !atomic_exchange(&doing.is_printing, true));
	if (at + len + 2 < MAX_OUTPUT) {
		if (stream == TRANSCRIPT_ERR)
			doing.text[at++] = '!';
		memcpy(doing.text + at, text, len);
		doing.text[at + len] = '\0';
		atomic_store(&doing.len, at + len);
	}
	atomic_store(&doing.is_printing, false);
}

static inline struct numbers *new_numbers(int at, int end)
{
	int i;

	lock_take(&doing.lock);
	i = doing.count++;
	assert_true(i < MAX_TASKS);
	doing.all[i] = (struct numbers){.task = task_new(&dirs), .at = at, .end = end};
	assert_non_null(doing.all[i].task);
	lock_drop(&doing.lock);
	return &doing.all[i];
}

static inline struct numbers *numbers_of(const struct task *task)
{
	int i;

	lock_take(&doing.lock);
	i = doing.count;
	/* A task that has ended may have had the same address. */
	while (i-- > 0 && doing.all[i].task != task)
		continue;
	lock_drop(&doing.lock);
	return i >= 0 ? &doing.all[i] : NULL;
}

/* Prints TEXT for TASK, or adds it to its transcript. */
static inline void say(struct task *task, enum transcript_stream stream, const char *text)
{
	if (!task_is_head(task)) {
		lock_take(&task->transcript.lock);
		if (!task_is_head(task)) {
			expect_in_thread(transcript_reserve(&task->transcript, strlen(text)));
			transcript_add(&task->transcript, stream, text, strlen(text));
			lock_drop(&task->transcript.lock);
			return;
		}
		lock_drop(&task->transcript.lock);
	}
	print(&doing, stream, text, strlen(text));
}

/* Every seventh goes to standard error. */
static inline void say_number(struct numbers *numbers)
{
	char text[16];

	sprintf(text, "%d ", numbers->at);
	say(numbers->task, numbers->at % 7 == 0 ? TRANSCRIPT_ERR : TRANSCRIPT_OUT, text);
	numbers->at++;
}

/* Makes a task of the later half of NUMBERS. Returns it, or NULL if there are too few. */
static inline struct numbers *give_half(struct numbers *numbers)
{
	int middle = numbers->at + (numbers->end - numbers->at) / 2;
	struct numbers *part;

	if (numbers->end - numbers->at < 2)
		return NULL;
	part = new_numbers(middle, numbers->end);
	numbers->end = middle;
	order_give(&order, numbers->task, part->task);
	return part;
}

static inline enum order_outcome work(void *ctx, unsigned number, struct task *task)
{
	struct numbers *numbers = numbers_of(task);
	unsigned at_once = atomic_fetch_add(&doing.workers, 1) + 1;
	enum order_outcome outcome = ORDER_DONE;

	expect_in_thread(ctx == &doing && numbers != NULL && number < MAX_WORKERS);
	expect_in_thread(atomic_exchange(&doing.is_at_work[number], 1) == 0);
	expect_in_thread(task->state == TASK_RUNNING);
	if (at_once > atomic_load(&doing.most_workers))
		atomic_store(&doing.most_workers, at_once);
	if (number > atomic_load(&doing.highest))
		atomic_store(&doing.highest, number);
	numbers->starts++;
	if (doing.work != NULL)
		outcome = doing.work(numbers);
	else
		while (numbers->at < numbers->end)
			say_number(numbers);
	atomic_store(&doing.is_at_work[number], 0);
	atomic_fetch_sub(&doing.workers, 1);
	return outcome;
}

static inline void begin_order(const char *text)
{
	const struct order_callbacks callbacks = {
		.work = work, .ctx = &doing, .print = print, .print_ctx = &doing};

	begin(text);
	memset(&doing, 0, sizeof(doing));
	doing.threads = -1;
	lock_init(&doing.lock);
	atomic_store(&wrong, 0);
	memset(&order, 0xa5, sizeof(order));
	order_init(&order, &callbacks);
}

static inline void end_order(void)
{
	order_end(&order);
	EXPECT(order.first == NULL && order.task_count == 0);
	EXPECT(order.ready_count == 0 && order.running_count == 0);
	EXPECT(atomic_load(&wrong) == 0);
	end();
}

/* Checks that the numbers up to END were printed, in their order. */
static inline void expect_numbers(const char *what, int end)
{
	static char expected[MAX_OUTPUT];
	size_t len = 0, at = 0;

	expected[0] = '\0';
	for (int i = 0; i < end; i++)
		len += (size_t)sprintf(expected + len, "%s%d ", i % 7 == 0 ? "!" : "", i);
	if (strcmp(doing.text, expected) == 0)
		return;
	while (doing.text[at] == expected[at])
		at++;
	row_wrong("%s: [%.20s] instead of [%.20s]", what, doing.text + at, expected + at);
}

static inline bool is_over(time_t end)
{
	sched_yield();
	return time(NULL) > end;
}

static inline enum task_state state_of(const struct task *t)
{
	enum task_state state;

	lock_take(&order.lock);
	state = t->state;
	lock_drop(&order.lock);
	return state;
}

/* Waits until CONDITION, but not for ever. */
#define WAIT_FOR(condition)                                                                        \
	do {                                                                                       \
		time_t end_of_patience = time(NULL) + PATIENCE;                                    \
		while (!(condition) && !is_over(end_of_patience))                                  \
			continue;                                                                  \
		expect_in_thread(condition);                                                       \
	} while (0)

#endif
