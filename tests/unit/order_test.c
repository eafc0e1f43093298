/* SPDX-License-Identifier: MIT */
/*
 * order: which worker does which task, and which output comes next, one situation after the other.
 *
 * Link with --wrap= of those of order_fixture.h and with support/tree.o.
 */
#include "order.h"

#include "order_fixture.h"

/* --------------------------------------------------------------------------------- one worker */

static enum order_outcome give_twice(struct numbers *numbers)
{
	if (numbers->end - numbers->at == 8) {
		EXPECT(!order_is_wanting(&order));
		EXPECT(task_is_head(numbers->task));
		give_half(numbers);
		EXPECT(order.first == numbers->task && order.task_count == 2);
		give_half(numbers);
		/* The new task comes right after the one that was divided. */
		EXPECT(numbers_of(order.first->next)->at == 2);
		EXPECT(numbers_of(order.first->next->next)->at == 4);
		EXPECT(order.first->next->next->prev == order.first->next);
	}
	while (numbers->at < numbers->end)
		say_number(numbers);
	return ORDER_DONE;
}

static void test_one_worker(void **state)
{
	(void)state;
	begin_order(NULL);
	order_run(&order, new_numbers(0, 5)->task);
	expect_numbers("one task", 5);
	doing.len = 0;
	doing.work = give_twice;
	order_run(&order, new_numbers(0, 8)->task);
	expect_numbers("three tasks", 8);
	EXPECT(order_target(&order) == 1 && order.threads == 0 && doing.highest == 0);
	end_order();
}

static enum order_outcome do_nothing(struct numbers *numbers)
{
	EXPECT(task_is_head(numbers->task));
	return ORDER_DONE;
}

/* Other workers are not woken when the only task ends, which worker 0 has done. */
static void test_nobody_is_woken(void **state)
{
	(void)state;
	begin_order(NULL);
	order_share(&order, 8, 8);
	atomic_store(&wakes, 0);
	doing.work = do_nothing;
	order_run(&order, new_numbers(0, 5)->task);
	EXPECT(atomic_load(&wakes) == 0);
	end_order();
	rows_end();
}

/* A single worker takes up the head again after it has put it down. */
static enum order_outcome put_down_often(struct numbers *numbers)
{
	EXPECT(task_is_head(numbers->task));
	say_number(numbers);
	return numbers->at < numbers->end ? ORDER_PUT_DOWN : ORDER_DONE;
}

static void test_head_goes_on(void **state)
{
	struct numbers *numbers;

	(void)state;
	begin_order(NULL);
	doing.work = put_down_often;
	numbers = new_numbers(0, 10);
	order_run(&order, numbers->task);
	EXPECT(numbers->starts == 10);
	expect_numbers("put down", 10);
	end_order();
}

/* ---------------------------------------------------------------------------------- two workers */

static struct numbers *part;
static atomic_int step;

/* The head waits with its own numbers until all others are in transcripts. */
static enum order_outcome print_late(struct numbers *numbers)
{
	if (numbers->at == 0) {
		struct task *given = give_half(numbers)->task;

		WAIT_FOR(atomic_load(&step) == 1);
		WAIT_FOR(state_of(given) == TASK_DONE);
		expect_in_thread(atomic_load(&doing.len) == 0 && order.task_count == 2);
	} else {
		expect_in_thread(!task_is_head(numbers->task));
	}
	while (numbers->at < numbers->end)
		say_number(numbers);
	atomic_fetch_add(&step, 1);
	return ORDER_DONE;
}

static void test_notes_are_printed_in_order(void **state)
{
	(void)state;
	begin_order(NULL);
	order_share(&order, 2, 2);
	step = 0;
	doing.work = print_late;
	order_run(&order, new_numbers(0, 100)->task);
	expect_numbers("late", 100);
	EXPECT(doing.highest == 1);
	end_order();
}

/* A task becomes the head while its worker does something that takes long. */
static enum order_outcome be_crowned(struct numbers *numbers)
{
	if (numbers->at == 0) {
		give_half(numbers);
		WAIT_FOR(atomic_load(&step) == 1);
		while (numbers->at < numbers->end)
			say_number(numbers);
		return ORDER_DONE;
	}
	say_number(numbers);
	expect_in_thread(!task_is_head(numbers->task));
	atomic_store(&step, 1);
	/* The other worker prints its transcript, and then this task is the head. */
	WAIT_FOR(task_is_head(numbers->task));
	expect_in_thread(strstr(doing.text, "5 ") != NULL);
	while (numbers->at < numbers->end)
		say_number(numbers);
	expect_in_thread(numbers->task->transcript.used == 0);
	return ORDER_DONE;
}

static void test_head_while_at_work(void **state)
{
	(void)state;
	begin_order(NULL);
	order_share(&order, 2, 2);
	step = 0;
	doing.work = be_crowned;
	order_run(&order, new_numbers(0, 10)->task);
	expect_numbers("crowned", 10);
	end_order();
}

/* A task that was put down is not taken up until it is the head. */
static enum order_outcome put_down_once(struct numbers *numbers)
{
	if (numbers->at == 0) {
		struct task *given;

		part = give_half(numbers);
		given = part->task;
		WAIT_FOR(state_of(given) == TASK_DOWN);
		for (int i = 0; i < 100; i++)
			sched_yield();
		expect_in_thread(state_of(given) == TASK_DOWN && part->starts == 1);
	} else if (numbers->starts == 1) {
		say_number(numbers);
		return ORDER_PUT_DOWN;
	} else {
		expect_in_thread(task_is_head(numbers->task));
	}
	while (numbers->at < numbers->end)
		say_number(numbers);
	return ORDER_DONE;
}

static void test_put_down(void **state)
{
	(void)state;
	begin_order(NULL);
	order_share(&order, 2, 2);
	doing.work = put_down_once;
	order_run(&order, new_numbers(0, 10)->task);
	EXPECT(part->starts == 2);
	expect_numbers("put down", 10);
	end_order();
}

/* ------------------------------------------------------------------------------------- threads */

static enum order_outcome divide_if_wanted(struct numbers *numbers)
{
	while (numbers->at < numbers->end) {
		if (order_is_wanting(&order))
			give_half(numbers);
		say_number(numbers);
	}
	return ORDER_DONE;
}

/* If a thread cannot be started, this is not tried again. */
static void test_no_threads(void **state)
{
	(void)state;
	for (int threads = 0; threads < 3; threads++) {
		begin_order(NULL);
		doing.threads = threads;
		doing.work = divide_if_wanted;
		order_share(&order, 8, 8);
		order_run(&order, new_numbers(0, 1000)->task);
		expect_numbers("few threads", 1000);
		EXPECT(doing.highest <= (unsigned)threads);
		EXPECT((int)order.threads <= threads);
		if (threads == 0)
			EXPECT(doing.count == 2 && order_target(&order) == 1);
		end_order();
		scratch_leave(state);
	}
}

static void test_no_memory(void **state)
{
	(void)state;
	begin_order(NULL);
	memory_limit(0, true);
	order_share(&order, 8, 8);
	EXPECT(memory_unlimit() == 1);
	doing.work = divide_if_wanted;
	order_run(&order, new_numbers(0, 100)->task);
	expect_numbers("no memory", 100);
	EXPECT(doing.count == 1 && order_target(&order) == 1);
	end_order();
}

static enum order_outcome change_target(struct numbers *numbers)
{
	/* One worker is enough at first. */
	expect_in_thread(!order_is_wanting(&order));
	order_set_target(&order, 3);
	expect_in_thread(order_target(&order) == 3 && order_is_wanting(&order));
	order_set_target(&order, 100);
	expect_in_thread(order_target(&order) == 4);
	order_set_target(&order, 1);
	expect_in_thread(order_target(&order) == 1 && !order_is_wanting(&order));
	while (numbers->at < numbers->end)
		say_number(numbers);
	return ORDER_DONE;
}

static void test_target(void **state)
{
	(void)state;
	begin_order(NULL);
	order_share(&order, 1, 4);
	doing.work = change_target;
	order_run(&order, new_numbers(0, 10)->task);
	expect_numbers("target", 10);
	end_order();
}

/* Surplus workers take no more tasks, but do so when more workers are wanted again. */
static enum order_outcome shrink(struct numbers *numbers)
{
	if (numbers->at == 0 && numbers->starts == 1) {
		for (int i = 0; i < 3; i++)
			give_half(numbers);
		WAIT_FOR(atomic_load(&doing.workers) == 4);
		order_set_target(&order, 1);
		atomic_store(&step, 1);
		WAIT_FOR(atomic_load(&doing.workers) == 1);
		atomic_store(&doing.highest, 0);
		for (int i = 0; i < 3; i++)
			give_half(numbers);
		for (int i = 0; i < 100; i++)
			sched_yield();
		expect_in_thread(atomic_load(&doing.highest) == 0);
		order_set_target(&order, 4);
		WAIT_FOR(atomic_load(&doing.highest) > 0);
	} else if (atomic_load(&step) == 0) {
		WAIT_FOR(atomic_load(&step) == 1);
	}
	while (numbers->at < numbers->end)
		say_number(numbers);
	return ORDER_DONE;
}

static enum order_outcome put_down_as_head(struct numbers *numbers)
{
	if (numbers->at == 0) {
		part = give_half(numbers);
		WAIT_FOR(atomic_load(&step) == 1);
		order_set_target(&order, 1);
	} else if (numbers->starts == 1) {
		atomic_store(&step, 1);
		/* It decides to wait, and has no need to any more. */
		WAIT_FOR(task_is_head(numbers->task));
		for (int i = 0; i < 100; i++)
			sched_yield();
		return ORDER_PUT_DOWN;
	}
	while (numbers->at < numbers->end)
		say_number(numbers);
	return ORDER_DONE;
}

/* If a surplus worker puts down the head, another worker takes it up. */
static void test_surplus_puts_head_down(void **state)
{
	(void)state;
	begin_order(NULL);
	order_share(&order, 2, 2);
	step = 0;
	doing.work = put_down_as_head;
	order_run(&order, new_numbers(0, 10)->task);
	EXPECT(part->starts == 2);
	expect_numbers("put down as head", 10);
	end_order();
}

static void test_surplus(void **state)
{
	(void)state;
	begin_order(NULL);
	order_share(&order, 4, 4);
	step = 0;
	doing.work = shrink;
	order_run(&order, new_numbers(0, 1000)->task);
	expect_numbers("surplus", 1000);
	end_order();
}

/* Whether a worker wants a task within a short time. */
static bool is_wanting_soon(void)
{
	struct timespec moment = {.tv_nsec = 1000 * 1000};

	for (int i = 0; i < 200 && !order_is_wanting(&order); i++)
		nanosleep(&moment, NULL);
	return order_is_wanting(&order);
}

/* The list of tasks does not grow without limit: each may have a transcript and names. */
static enum order_outcome give_many(struct numbers *numbers)
{
	int count = 0;

	if (numbers->at == 0 && numbers->starts == 1) {
		/* The other workers put down their tasks. */
		for (; count < 400 && is_wanting_soon(); count++) {
			struct numbers *given = new_numbers(numbers->end - 1, numbers->end);

			numbers->end--;
			order_give(&order, numbers->task, given->task);
		}
		expect_in_thread(count >= 4 && count < 100);
	} else if (!task_is_head(numbers->task)) {
		say_number(numbers);
		return ORDER_PUT_DOWN;
	}
	while (numbers->at < numbers->end)
		say_number(numbers);
	return ORDER_DONE;
}

static void test_not_too_many(void **state)
{
	(void)state;
	begin_order(NULL);
	order_share(&order, 3, 3);
	step = 0;
	doing.work = give_many;
	order_run(&order, new_numbers(0, 500)->task);
	expect_numbers("many", 500);
	end_order();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_one_worker),
		SCRATCH_TEST(test_head_goes_on),
		SCRATCH_TEST(test_notes_are_printed_in_order),
		SCRATCH_TEST(test_head_while_at_work),
		SCRATCH_TEST(test_put_down),
		SCRATCH_TEST(test_no_threads),
		SCRATCH_TEST(test_no_memory),
		SCRATCH_TEST(test_target),
		SCRATCH_TEST(test_nobody_is_woken),
		SCRATCH_TEST(test_surplus),
		SCRATCH_TEST(test_surplus_puts_head_down),
		SCRATCH_TEST(test_not_too_many),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
