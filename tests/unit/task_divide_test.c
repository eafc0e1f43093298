/* SPDX-License-Identifier: MIT */
/*
 * task: how tasks are divided, and that their order is the order of one worker.
 *
 * Link with --wrap= of those of task_fixture.h and with support/tree.o.
 */
#include "task.h"

#include <errno.h>

#include "task_fixture.h"

/* ------------------------------------------------------------------------------------- the rule */

/* The later half of the only level, down to two. */
static void test_innermost(void **state)
{
	static const struct {
		unsigned taken;
		const char *kept, *given;
	} rows[] = {
		{1, ONE TWO THREE, FOUR FIVE},
		{3, THREE FOUR, FIVE},
		{4, FOUR, FIVE},
		{5, FIVE, NULL},
		{6, "", NULL},
	};

	(void)state;
	begin_task("d/");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dir *d = open_in(NULL, "d");
		struct task *part;

		push_six(task, d);
		EXPECT(take(task, rows[i].taken) == rows[i].taken);
		part = divide(task);
		if ((part != NULL) != (rows[i].given != NULL)) {
			row_wrong("row %zu: a part is given: %d", i, part != NULL);
			if (part != NULL)
				end_part(part);
			pop_all(task);
			continue;
		}
		if (part != NULL) {
			EXPECT(is_open_right(d) && d->holders == 2);
			EXPECT(part->top->dir == d && part->top->is_last);
			EXPECT(!task->top->is_last);
			expect_rest(part, rows[i].given);
			end_part(part);
		}
		expect_rest(task, rows[i].kept);
		pop_all(task);
	}
	end_task();
}

/* A single entry with a long name can be given away. */
static void test_long_name(void **state)
{
	struct task *part;

	(void)state;
	begin_task("d/");
	made_up = (struct made_up){.count = 1, .dots = 0};
	made_up_rewind(&made_up);
	push(task, open_in(NULL, "d"));
	assert_true(task_top_needs_dir(task));
	/* The entry that was read is still in this task. */
	EXPECT(take(task, 1) == 1);
	task_put_back(task);
	part = divide(task);
	EXPECT(part == NULL);
	if (part != NULL)
		end_part(part);
	expect_rest(task, ZERO);
	end_task();
}

/* What has not been read is given away first, with what is due after it. */
static void test_unread(void **state)
{
	struct task *part, *other;
	struct dir *d;
	size_t count;

	(void)state;
	begin_task("d/");
	d = open_in(NULL, "d");
	made_up = (struct made_up){.count = 3000, .most = 4096};
	made_up_rewind(&made_up);
	d->listing.kind = LISTING_UNSORTED;
	push(task, d);
	/* Nothing is known of the unread rest: it may be empty. */
	EXPECT(divide(task) == NULL);
	EXPECT(take(task, 1) == 1);
	reads = 0;
	part = divide(task);
	assert_non_null(part);
	EXPECT(reads == 0);
	EXPECT(part->top->has_unread && part->top->is_last);
	EXPECT(!task->top->has_unread && !task->top->is_last && task_top_needs_dir(task));
	other = divide(task);
	assert_non_null(other);
	EXPECT(!other->top->has_unread && !other->top->is_last);
	count = 1 + take(task, 3000);
	EXPECT(take(task, 1) == 0);
	count += take(other, 3000);
	EXPECT(reads == 0);
	EXPECT(count + take(part, 3000) == 3000 && reads > 1);
	end_part(other);
	end_part(part);
	end_task();
}

/* The outermost level that has anything left, until nothing is left of it; then the next one. */
static void test_outermost(void **state)
{
	struct task *parts[16];
	struct dir *d, *s;
	size_t n = 0;
	static const char *const expected[] = {FOUR FIVE, TWO THREE, FOUR FIVE, TWO THREE};

	(void)state;
	begin_task("d/, d/s/, d/s/t/");
	d = open_in(NULL, "d");
	push_six(task, d);
	EXPECT(take(task, 2) == 2);
	s = open_in(d, "s");
	push_six(task, s);
	EXPECT(take(task, 2) == 2);
	push_six(task, open_in(s, "t"));
	EXPECT(take(task, 5) == 5);
	while (n < COUNT(parts) && (parts[n] = divide(task)) != NULL)
		n++;
	EXPECT(n == COUNT(expected));
	for (size_t i = 0; i < n; i++) {
		struct task *part = parts[i];

		EXPECT(part->top->dir == (i < 2 ? d : s));
		/* The first one given is the last of its directory. */
		EXPECT(part->top->is_last == (i % 2 == 0));
		if (i < COUNT(expected))
			expect_rest(part, expected[i]);
		end_part(part);
	}
	expect_rest(task, FIVE);
	/* The level above is done; it has been moved away, or waits with nothing left. */
	task_pop(task, NULL);
	EXPECT(task->top == NULL || !task_top_needs_dir(task));
	end_task();
}

/* A read error that has not been reported still comes after the same entries. */
static void test_error_goes_along(void **state)
{
	struct task *part;

	(void)state;
	begin_task("d/");
	push_six(task, open_in(NULL, "d"));
	read_err = EIO;
	read_err_after = 1;
	EXPECT(take(task, 2) == 2);
	part = divide(task);
	assert_non_null(part);
	expect_rest(task, TWO THREE);
	expect_rest(part, FOUR FIVE "!5 ");
	end_part(part);
	end_task();
}

/* An outer level may have nothing left but its read error, and no names in memory. */
static void test_error_alone(void **state)
{
	struct task *part;
	struct dir *d;

	(void)state;
	begin_task("d/, d/s/");
	d = open_in(NULL, "d");
	push_six(task, d);
	read_err = EIO;
	read_err_after = 1;
	EXPECT(take(task, 6) == 6);
	push(task, open_in(d, "s"));
	part = divide(task);
	assert_non_null(part);
	expect_rest(part, "!5 ");
	end_part(part);
	end_task();
}

/* A level that is done ends if nothing is due. Otherwise it is given away, too, to be left last. */
static void test_levels_that_are_done(void **state)
{
	(void)state;
	for (int owes = 0; owes < 4; owes++) {
		struct dir *d, *s, *t;
		struct task *part;

		begin_task("d/, d/s/, d/s/t/");
		d = open_in(NULL, "d");
		d->traits = owes & 1 ? OWING : TRAIT;
		push_six(task, d);
		EXPECT(take(task, 6) == 6 && take(task, 1) == 0);
		s = open_in(d, "s");
		s->traits = owes & 2 ? OWING : TRAIT;
		push_six(task, s);
		EXPECT(take(task, 6) == 6 && take(task, 1) == 0);
		t = open_in(s, "t");
		push_six(task, t);
		EXPECT(take(task, 2) == 2);
		part = divide(task);
		assert_non_null(part);
		EXPECT(task->top->dir == t && task->top == task->bottom && task->idle_count == 0);
		EXPECT(part->top->dir == t);
		EXPECT(part->bottom->dir == (owes & 1 ? d : owes & 2 ? s : t));
		EXPECT(part->idle_count == (size_t)(owes & 1) + (size_t)(owes >> 1));
		EXPECT(fake.closings == 0);
		expect_rest(part, FOUR FIVE);
		pop_all(part);
		EXPECT(fake.closings == (unsigned)(owes & 1) + (unsigned)(owes >> 1));
		task_free(part);
		expect_rest(task, TWO THREE);
		end_task();
		scratch_leave(state);
	}
}

static void test_no_memory(void **state)
{
	struct task *part;
	unsigned failed = 1;

	(void)state;
	begin_task("d/");
	push_six(task, open_in(NULL, "d"));
	EXPECT(take(task, 2) == 2);
	for (int good = 0; failed > 0; good++) {
		memory_limit(good, true);
		part = divide(task);
		failed = memory_unlimit();
		if (part == NULL)
			EXPECT(failed > 0 && task->top->is_last && task->top->dir->refcount == 1);
	}
	expect_rest(task, TWO THREE);
	expect_rest(part, FOUR FIVE);
	end_part(part);
	end_task();
}

/* -------------------------------------------------------------------------------- large batches */

/* At most two large batches of a directory are in memory, except for the head. */
static void test_too_early(void **state)
{
	enum { BATCH = 100000 };
	struct task *second, *third;
	struct entry entry;
	struct dir *d;
	int err;

	(void)state;
	begin_task("d/");
	d = open_in(NULL, "d");
	made_up = (struct made_up){.count = 3 * BATCH};
	made_up_rewind(&made_up);
	push(task, d);
	EXPECT(take(task, 1) == 1 && d->live_batches == 1);
	second = divide(task);
	assert_non_null(second);
	EXPECT(task_next(second, &entry, &err) == TASK_ENTRY && d->live_batches == 2);
	third = divide(second);
	assert_non_null(third);
	reads = 0;
	EXPECT(task_next(third, &entry, &err) == TASK_TOO_EARLY && reads == 0);
	EXPECT(task_next(third, &entry, &err) == TASK_TOO_EARLY);
	/* It goes on when one of them is done... */
	EXPECT(take(task, BATCH) == BATCH - 1);
	pop_all(task);
	EXPECT(d->live_batches == 1);
	EXPECT(task_next(third, &entry, &err) == TASK_ENTRY && d->live_batches == 2);
	EXPECT(take(third, BATCH) == BATCH - 1);
	EXPECT(take(second, BATCH) == BATCH - 1);
	end_part(second);
	end_part(third);
	end_task();
}

static void test_head_is_never_too_early(void **state)
{
	struct task *second, *third;
	struct entry entry;
	int err;

	(void)state;
	begin_task("d/");
	made_up = (struct made_up){.count = 300000};
	made_up_rewind(&made_up);
	push(task, open_in(NULL, "d"));
	EXPECT(take(task, 1) == 1);
	second = divide(task);
	EXPECT(task_next(second, &entry, &err) == TASK_ENTRY);
	third = divide(second);
	EXPECT(task_next(third, &entry, &err) == TASK_TOO_EARLY);
	atomic_store(&third->is_head, true);
	EXPECT(task_next(third, &entry, &err) == TASK_ENTRY);
	end_part(second);
	end_part(third);
	end_task();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_innermost),
		SCRATCH_TEST(test_long_name),
		SCRATCH_TEST(test_unread),
		SCRATCH_TEST(test_outermost),
		SCRATCH_TEST(test_error_goes_along),
		SCRATCH_TEST(test_error_alone),
		SCRATCH_TEST(test_levels_that_are_done),
		SCRATCH_TEST(test_no_memory),
		SCRATCH_TEST(test_too_early),
		SCRATCH_TEST(test_head_is_never_too_early),
	};

	umask(022);
	return cmocka_run_group_tests_name("task: division", tests, NULL, NULL);
}
