/* SPDX-License-Identifier: MIT */
/*
 * task: where tasks are divided, and what goes to the new one.
 *
 * Link with --wrap= of those of task_fixture.h and with support/tree.o.
 */
#include "task.h"

#include <errno.h>

#include "task_fixture.h"

enum {
	LEVELS = 80,
	NANOSECONDS = 10, /* that an entry takes */
	LONG = 1000000,   /* that it takes in levels with much below */
};

static unsigned char file_type(unsigned i)
{
	(void)i;
	return DT_REG;
}

static unsigned char unknown_type(unsigned i)
{
	(void)i;
	return DT_UNKNOWN;
}

/* The next two: all are files but the last of six. */
static unsigned char link_type(unsigned i)
{
	return i == 5 ? DT_LNK : DT_REG;
}

static unsigned char dir_type(unsigned i)
{
	return i == 5 ? DT_DIR : DT_REG;
}

static struct dir *chain[LEVELS];

/* Enters level K of the chain with COUNT entries of TYPE, and takes TAKEN of them. */
static void enter_level(
	unsigned k, unsigned count, unsigned char (*type)(unsigned i), unsigned taken)
{
	chain[k] = open_in(k > 0 ? chain[k - 1] : NULL, "n");
	made_up = (struct made_up){.count = count, .dots = 0, .type = type};
	made_up_rewind(&made_up);
	push(task, chain[k]);
	EXPECT(take(task, taken) == taken);
}

/* Enters the first COUNT levels, each of which has three files left. */
static void enter_levels_of_files(unsigned count)
{
	for (unsigned k = 0; k < count; k++)
		enter_level(k, 6, file_type, 3);
}

/*
 * Sets the times so that an entry takes OF_ALL nanoseconds by the pace of all entries, OF_TOP by
 * that of the innermost level, and LONG by that of any other. Returns the present.
 */
static int64_t set_pace(int64_t of_all, int64_t of_top)
{
	enum { DONE = 100 };
	int64_t now = 1000 * (int64_t)LONG;

	task->start = now - of_all * DONE;
	task->entries_done = DONE;
	for (struct range *range = task->bottom; range != task->top; range = range->inner) {
		range->start = now - (int64_t)LONG * DONE;
		range->done = DONE;
	}
	task->top->start = now - of_top * DONE;
	task->top->done = DONE;
	return now;
}

static void test_nothing_left(void **state)
{
	(void)state;
	begin_task("d/");
	EXPECT(divide(task) == NULL);
	end_task();
}

/* Half of a level, or its last entry, counts by the pace of the level. */
static void test_pace_of_level(void **state)
{
	(void)state;
	begin_task(NULL);
	make_chain(2);
	for (unsigned taken = 4; taken <= 5; taken++) {
		struct task *part;
		int64_t now;

		enter_level(0, 6, dir_type, taken);
		enter_level(1, 6, NULL, 6);
		now = set_pace(0, 0);
		EXPECT(divide_if(task, now, LONG + 1) == NULL && task->bottom->dir == chain[0]);
		part = divide_if(task, now, LONG);
		assert_non_null(part);
		EXPECT(part->top->is_held && is_open_right(chain[0]));
		expect_rest(part, FIVE);
		end_part(part);
		pop_all(task);
	}
	end_task();
}

/* ------------------------------------------------------------------------------- closed levels */

/*
 * Of the levels whose directories are closed the outer half is given away whole. That takes one
 * call, however many there are.
 */
static void test_closed_levels(void **state)
{
	enum { OPEN = 5 };
	static const struct {
		unsigned levels, given;
	} rows[] = {{1 + OPEN, 1}, {2 + OPEN, 1}, {3 + OPEN, 2}, {4 + OPEN, 2}, {5 + OPEN, 3},
		{40, 18}};

	(void)state;
	begin_task(NULL);
	make_chain(LEVELS);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const unsigned levels = rows[i].levels, given = rows[i].given;
		struct task *part;

		for (unsigned k = 0; k < levels; k++)
			enter_level(k, 6, NULL, 4);
		task_limit_idle(task, OPEN - 1, NULL);
		fake.opens = 0;
		part = divide(task);
		assert_non_null(part);
		EXPECT(fake.opens == 1 && task->idle_count == OPEN - 1);
		EXPECT(part->top->dir == chain[given - 1] && is_open_right(chain[given - 1]));
		EXPECT(part->first_left == part->bottom && part->bottom->dir == chain[0]);
		EXPECT(task->first_left == task->bottom && task->bottom->dir == chain[given]);
		for (unsigned k = given; k-- > 0; task_pop(part, NULL)) {
			EXPECT(part->top->dir == chain[k] && part->top->is_last);
			expect_rest(part, FOUR FIVE);
		}
		EXPECT(part->top == NULL);
		end_part(part);
		for (unsigned k = levels; k-- > given; task_pop(task, NULL)) {
			EXPECT(task->top->dir == chain[k]);
			expect_rest(task, FOUR FIVE);
		}
		EXPECT(task->top == NULL);
	}
	end_task();
}

/* All entries of a closed level count, by its own pace if there are directories among them. */
static void test_pace_of_closed_level(void **state)
{
	struct task *part;
	int64_t now;

	(void)state;
	begin_task(NULL);
	make_chain(2);
	enter_level(0, 6, dir_type, 2);
	enter_level(1, 6, NULL, 6);
	task_limit_idle(task, 0, NULL);
	now = set_pace(0, 0);
	EXPECT(divide_if(task, now, 4 * LONG + 1) == NULL && task->bottom->dir == chain[0]);
	part = divide_if(task, now, 4 * LONG);
	assert_non_null(part);
	expect_rest(part, TWO THREE FOUR FIVE);
	end_part(part);
	end_task();
}

/* The innermost level that is given away is reopened by the way up, or later. */
static void test_reopening(void **state)
{
	static const int errors[] = {0, EMFILE};

	(void)state;
	begin_task(NULL);
	make_chain(2);
	for (size_t i = 0; i < COUNT(errors); i++) {
		struct task *part;

		enter_level(0, 6, NULL, 2);
		enter_level(1, 6, NULL, 0);
		task_limit_idle(task, 0, NULL);
		fail_opens(errors[i], errors[i] != 0, 0);
		part = divide(task);
		assert_non_null(part);
		EXPECT(part->top->dir == chain[0] && part->top->is_held == (errors[i] == 0));
		EXPECT(part->top->is_held == (chain[0]->fd >= 0));
		EXPECT(task->bottom == task->top && task->top->dir == chain[1]);
		EXPECT(task_resume(part, NULL) == 0 && is_open_right(chain[0]));
		expect_rest(part, TWO THREE FOUR FIVE);
		end_part(part);
		pop_all(task);
	}
	end_task();
}

/* -------------------------------------------------------------------- levels with a few files */

/*
 * Of the levels that have a few files left the outer half is given away, if these files are worth
 * it, by the pace of all entries: that of their levels includes what is below.
 */
static void test_outer_half(void **state)
{
	static const struct {
		unsigned levels, given, files;
	} rows[] = {{1, 1, 3}, {2, 1, 3}, {3, 2, 6}, {4, 2, 6}, {40, 20, 60}};

	(void)state;
	begin_task(NULL);
	make_chain(LEVELS);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const unsigned levels = rows[i].levels, given = rows[i].given;
		const int64_t worth = rows[i].files * NANOSECONDS;
		struct task *part;
		int64_t now;

		enter_levels_of_files(levels);
		enter_level(levels, 6, NULL, 2);
		now = set_pace(NANOSECONDS, 0);
		EXPECT(divide_if(task, now, worth + 1) == NULL);
		EXPECT(task->bottom->dir == chain[0] && task->idle_count == levels);
		part = divide_if(task, now, worth);
		assert_non_null(part);
		EXPECT(task->bottom->dir == chain[given] && task->idle_count == levels - given);
		EXPECT(part->top->dir == chain[given - 1] && part->idle_count == given - 1);
		for (unsigned k = given; k-- > 0; task_pop(part, NULL)) {
			EXPECT(part->top->dir == chain[k] && is_open_right(chain[k]));
			expect_rest(part, THREE FOUR FIVE);
		}
		end_part(part);
		pop_all(task);
	}
	end_task();
}

/* The pace of all entries is that of the entries taken in any level, less one that is put back. */
static void test_pace_of_all(void **state)
{
	enum { TAKEN = 3 + 2 - 1, NOW = 100 * TAKEN };
	struct task *part;

	(void)state;
	begin_task(NULL);
	make_chain(2);
	enter_level(0, 6, file_type, 3);
	enter_level(1, 6, NULL, 2);
	task_put_back(task);
	task->top->start = NOW;
	EXPECT(divide_if(task, NOW, 3 * 100 + 1) == NULL);
	part = divide_if(task, NOW, 3 * 100);
	assert_non_null(part);
	expect_rest(part, THREE FOUR FIVE);
	end_part(part);
	end_task();
}

/* What is not worth a task goes along with the half of a level that is. */
static void test_going_along(void **state)
{
	(void)state;
	begin_task(NULL);
	make_chain(LEVELS);
	for (int is_innermost = 0; is_innermost < 2; is_innermost++) {
		struct task *part;
		int64_t now;

		enter_levels_of_files(3);
		enter_level(3, 6, dir_type, 2);
		if (!is_innermost)
			enter_level(4, 6, NULL, 0);
		now = set_pace(NANOSECONDS, LONG);
		EXPECT(divide_if(task, now, 2 * LONG + 1) == NULL && task->bottom->dir == chain[0]);
		part = divide_if(task, now, 2 * LONG);
		assert_non_null(part);
		EXPECT(task->bottom->dir == chain[3] && task->idle_count == !is_innermost);
		EXPECT(part->top->dir == chain[3] && part->idle_count == 3);
		expect_rest(part, FOUR FIVE);
		for (unsigned k = 3; k-- > 0;) {
			task_pop(part, NULL);
			EXPECT(part->top->dir == chain[k] && is_open_right(chain[k]));
			expect_rest(part, THREE FOUR FIVE);
		}
		end_part(part);
		pop_all(task);
	}
	end_task();
}

/* Levels with directories, with many files or with unread entries count by their own pace. */
static void test_other_levels(void **state)
{
	static const struct {
		unsigned count;
		unsigned char (*type)(unsigned i);
		size_t most; /* bytes of a read */
		bool is_split;
	} rows[] = {
		{6, file_type, 0, false},
		{6, dir_type, 0, true},
		{6, link_type, 0, true},
		{6, unknown_type, 0, true},
		{129, file_type, 0, false},
		{130, file_type, 0, true},
		{6, file_type, 200, true},
	};

	(void)state;
	begin_task(NULL);
	make_chain(2);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const unsigned left = rows[i].count - 1;
		struct task *part;
		unsigned given;
		int64_t now;

		chain[0] = open_in(NULL, "n");
		if (rows[i].most > 0)
			chain[0]->listing.kind = LISTING_UNSORTED;
		made_up = (struct made_up){
			.count = rows[i].count, .type = rows[i].type, .most = rows[i].most};
		made_up_rewind(&made_up);
		push(task, chain[0]);
		EXPECT(take(task, 1) == 1);
		enter_level(1, 6, NULL, 6);
		made_up = (struct made_up){.count = 0};
		now = set_pace(NANOSECONDS, LONG);
		/* By its own pace any of these levels is worth as much. */
		part = divide_if(task, now, LONG);
		if ((part != NULL) != rows[i].is_split)
			row_wrong("row %zu: a part is given: %d", i, part != NULL);
		if (part == NULL)
			part = divide_if(task, now, left * NANOSECONDS);
		assert_non_null(part);
		given = take(part, left);
		if (rows[i].most == 0 && (given < left) != rows[i].is_split)
			row_wrong("row %zu: %u of %u", i, given, left);
		end_part(part);
		pop_all(task);
	}
	end_task();
}

/* So many levels are not looked at again and again: the outer half goes, whatever it is worth. */
static void test_many_levels(void **state)
{
	(void)state;
	begin_task(NULL);
	make_chain(LEVELS);
	for (unsigned levels = 64; levels <= 65; levels++) {
		struct task *part;

		enter_level(0, 6, file_type, 3);
		for (unsigned k = 1; k < levels; k++)
			enter_level(k, 6, file_type, 6);
		enter_level(levels, 6, NULL, 0);
		part = divide_if(task, set_pace(NANOSECONDS, 0), LONG);
		EXPECT((part != NULL) == (levels == 65));
		if (part != NULL) {
			EXPECT(task->bottom->dir == chain[33] && task->idle_count == 65 - 33);
			EXPECT(part->top == part->bottom && part->top->dir == chain[0]);
			expect_rest(part, THREE FOUR FIVE);
			end_part(part);
		}
		pop_all(task);
	}
	end_task();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_nothing_left),
		SCRATCH_TEST(test_pace_of_level),
		SCRATCH_TEST(test_closed_levels),
		SCRATCH_TEST(test_pace_of_closed_level),
		SCRATCH_TEST(test_reopening),
		SCRATCH_TEST(test_outer_half),
		SCRATCH_TEST(test_pace_of_all),
		SCRATCH_TEST(test_going_along),
		SCRATCH_TEST(test_other_levels),
		SCRATCH_TEST(test_many_levels),
	};

	umask(022);
	return cmocka_run_group_tests_name("task: cuts", tests, NULL, NULL);
}
