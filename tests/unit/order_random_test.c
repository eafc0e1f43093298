/* SPDX-License-Identifier: MIT */
/*
 * order: the output is the same as by one worker, however tasks are divided and put down, and
 * however long they take; and descriptors that have run out.
 *
 * Link with --wrap= of those of order_fixture.h and with support/tree.o.
 */
#include "order.h"

#include "order_fixture.h"
#include "random_tree.h"

/* ---------------------------------------------------------------------------------- at random */

static const struct chances {
	const char *what;
	unsigned workers, limit;
	/* One in so many numbers; 0: never. */
	unsigned divide, put_down, pause, target;
	bool only_if_wanted;
	int threads;
} rows[] = {
	{"one worker", 1, 1, 3, 0, 0, 0, false, -1},
	{"two", 2, 2, 2, 0, 0, 0, true, -1},
	{"two that pause", 2, 2, 2, 0, 10, 0, true, -1},
	{"two that put down", 2, 2, 2, 5, 20, 0, true, -1},
	{"eight", 8, 8, 1, 0, 10, 0, true, -1},
	{"eight that put down", 8, 8, 1, 3, 10, 0, true, -1},
	{"more than is wanted", 4, 4, 4, 3, 10, 0, false, -1},
	{"64", 64, 64, 1, 10, 10, 0, true, -1},
	{"more and fewer", 1, 16, 2, 10, 10, 7, true, -1},
	{"few threads", 16, 16, 1, 10, 10, 0, true, 3},
};

static const struct chances *now;
static atomic_uint divisions;

static bool happens(uint64_t *seed, unsigned chance)
{
	return chance != 0 && random_below(seed, chance) == 0;
}

static enum order_outcome do_at_random(struct numbers *numbers)
{
	const struct timespec pause = {.tv_nsec = 20 * 1000};
	uint64_t seed = (unsigned)numbers->at * 31U + (unsigned)numbers->end + numbers->starts * 7;

	while (numbers->at < numbers->end) {
		if ((!now->only_if_wanted || order_is_wanting(&order)) &&
			happens(&seed, now->divide) && give_half(numbers) != NULL)
			atomic_fetch_add(&divisions, 1);
		if (happens(&seed, now->target))
			order_set_target(&order, 1 + random_below(&seed, 20));
		say_number(numbers);
		if (happens(&seed, now->pause))
			nanosleep(&pause, NULL);
		if (happens(&seed, now->put_down))
			return ORDER_PUT_DOWN;
	}
	return ORDER_DONE;
}

static void test_random(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3 * COUNT(rows); i++) {
		now = &rows[i % COUNT(rows)];
		begin_order(NULL);
		atomic_store(&divisions, 0);
		doing.threads = now->threads;
		doing.work = do_at_random;
		if (now->limit > 1)
			order_share(&order, now->workers, now->limit);
		/* One operand after the other. */
		order_run(&order, new_numbers(0, 1000)->task);
		order_run(&order, new_numbers(1000, 2000)->task);
		expect_numbers(now->what, 2000);
		if (atomic_load(&divisions) == 0 || doing.highest >= now->limit)
			row_wrong("%s: %u divisions, worker %u", now->what, atomic_load(&divisions),
				atomic_load(&doing.highest));
		end_order();
		scratch_leave(state);
	}
}

/* --------------------------------------------------------------------------------- descriptors */

static struct dir *waiting_dir, *busy_dir;
static atomic_int step;

/* Adds a task with an open directory after that of NUMBERS. */
static struct numbers *give_with_dir(struct numbers *numbers, const char *name, struct dir **ret)
{
	struct numbers *given = new_numbers(numbers->end - 1, numbers->end);

	*ret = open_in(NULL, name);
	assert_true(task_push(given->task, *ret, 0));
	numbers->end--;
	order_give(&order, numbers->task, given->task);
	return given;
}

static enum order_outcome finish(struct numbers *numbers)
{
	while (numbers->at < numbers->end)
		say_number(numbers);
	if (numbers->task->top != NULL)
		task_pop(numbers->task, NULL);
	return ORDER_DONE;
}

/* The only worker has the head: it closes the directories of the tasks that wait. */
static enum order_outcome free_what_waits(struct numbers *numbers)
{
	if (numbers->at > 0)
		return finish(numbers);
	/* After it comes another task, which has nothing open. */
	order_give(&order, numbers->task, new_numbers(numbers->end - 1, numbers->end)->task);
	numbers->end--;
	give_with_dir(numbers, "d", &waiting_dir);
	EXPECT(is_open_right(waiting_dir) && !order_is_short(&order));
	EXPECT(order_free_fds(&order, numbers->task, NULL));
	EXPECT(waiting_dir->fd < 0 && count_fds() == fds_before && order_is_short(&order));
	/* There is nothing more to close. */
	EXPECT(!order_free_fds(&order, numbers->task, NULL));
	EXPECT(!order_is_wanting(&order));
	return finish(numbers);
}

static void test_free_fds(void **state)
{
	(void)state;
	begin_order("d/");
	doing.work = free_what_waits;
	order_run(&order, new_numbers(0, 10)->task);
	expect_numbers("short", 10);
	end_order();
}

/* The head waits until all other workers have put down their tasks. Then one works at a time. */
static enum order_outcome free_what_runs(struct numbers *numbers)
{
	if (numbers->at == 0) {
		give_with_dir(numbers, "e", &waiting_dir);
		give_with_dir(numbers, "d", &busy_dir);
		WAIT_FOR(atomic_load(&step) == 1);
		expect_in_thread(order_free_fds(&order, numbers->task, NULL));
		expect_in_thread(waiting_dir->fd < 0 && busy_dir->fd < 0);
		expect_in_thread(atomic_load(&doing.workers) == 1);
		atomic_store(&doing.most_workers, 1);
		return finish(numbers);
	}
	if (!order_is_short(&order)) {
		atomic_store(&step, 1);
		WAIT_FOR(order_is_short(&order));
		/* A task that is not the head cannot wait for others. */
		expect_in_thread(!order_free_fds(&order, numbers->task, NULL));
		return ORDER_PUT_DOWN;
	}
	expect_in_thread(task_is_head(numbers->task));
	return finish(numbers);
}

static void test_free_fds_of_others(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		begin_order("d/, e/");
		order_share(&order, 2, 2);
		step = 0;
		doing.work = free_what_runs;
		order_run(&order, new_numbers(0, 10)->task);
		expect_numbers("short", 10);
		EXPECT(doing.most_workers == 1);
		end_order();
		scratch_leave(state);
	}
}

/* Descriptors run out at any time, for any worker. */
static enum order_outcome run_short(struct numbers *numbers)
{
	uint64_t seed = (unsigned)numbers->at * 31U + (unsigned)numbers->end;

	while (numbers->at < numbers->end) {
		if (!task_is_head(numbers->task) && order_is_short(&order))
			return ORDER_PUT_DOWN;
		if (order_is_wanting(&order))
			give_half(numbers);
		say_number(numbers);
		if (numbers->at > 300 && happens(&seed, 50) &&
			!order_free_fds(&order, numbers->task, NULL) &&
			!task_is_head(numbers->task))
			return ORDER_PUT_DOWN;
	}
	return ORDER_DONE;
}

static void test_run_short(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		begin_order(NULL);
		order_share(&order, 8, 8);
		doing.work = run_short;
		order_run(&order, new_numbers(0, 2000)->task);
		expect_numbers("short at random", 2000);
		EXPECT(order_is_short(&order));
		end_order();
		scratch_leave(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_random),
		SCRATCH_TEST(test_free_fds),
		SCRATCH_TEST(test_free_fds_of_others),
		SCRATCH_TEST(test_run_short),
	};

	return cmocka_run_group_tests_name("order: random", tests, NULL, NULL);
}
