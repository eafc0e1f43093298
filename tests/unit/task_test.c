/* SPDX-License-Identifier: MIT */
/*
 * task: levels, what is left of them, and directories that are closed and opened again.
 *
 * Link with --wrap= of those of task_fixture.h and with support/tree.o.
 */
#include "task.h"

#include "task_fixture.h"

/* ------------------------------------------------------------------------------------- entries */

static void test_next(void **state)
{
	struct entry entry;
	int err;

	(void)state;
	begin_task("d/");
	push_six(task, open_in(NULL, "d"));
	EXPECT(task_top_needs_dir(task));
	EXPECT(take(task, 2) == 2);
	EXPECT(task_next(task, &entry, &err) == TASK_ENTRY && made_up_number(entry.name) == 2);
	EXPECT(entry.type == made_up_type(2) && task->top->done == 3);
	/* An entry that was put back comes again. */
	task_put_back(task);
	EXPECT(task->top->done == 2);
	expect_rest(task, TWO THREE FOUR FIVE);
	EXPECT(task->top->done == 6 && !task_top_needs_dir(task));
	expect_rest(task, "");
	end_task();
}

/* The error comes once, after what could be read. */
static void test_read_errors(void **state)
{
	static const struct {
		int after;
		const char *rest;
	} rows[] = {{0, "!5 "}, {1, ZERO ONE TWO THREE FOUR FIVE "!5 "}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin_task("d/");
		push_six(task, open_in(NULL, "d"));
		read_err = EIO;
		read_err_after = rows[i].after;
		EXPECT(task_top_needs_dir(task));
		expect_rest(task, rows[i].rest);
		EXPECT(!task_top_needs_dir(task));
		EXPECT(task->top->dir->listing.has_entries == (rows[i].after > 0));
		expect_rest(task, "");
		end_task();
		scratch_leave(state);
	}
}

static void test_levels(void **state)
{
	struct dir *d, *s, *t;

	(void)state;
	begin_task("d/, d/s/, d/s/t/, d/s/t/f");
	d = open_in(NULL, "d");
	push(task, d);
	expect_rest(task, "s ");
	s = open_in(d, "s");
	push(task, s);
	EXPECT(task->top->dir == s && task->bottom->dir == d && task->idle_count == 1);
	expect_rest(task, "t ");
	t = open_in(s, "t");
	push(task, t);
	EXPECT(task->idle_count == 2);
	expect_rest(task, "f ");
	EXPECT(count_fds() == fds_before + 3);
	task_pop(task, NULL);
	EXPECT(task->top->dir == s && task->idle_count == 1 && is_open_right(s));
	task_pop(task, NULL);
	EXPECT(task->top->dir == d && task->idle_count == 0 && dirs.count == 1);
	end_task();
}

static void test_no_memory_for_a_level(void **state)
{
	struct dir *d;

	(void)state;
	begin_task("d/");
	d = open_in(NULL, "d");
	memory_limit(0, true);
	EXPECT(!task_push(task, d, 0));
	EXPECT(task_new(&dirs) == NULL);
	memory_unlimit();
	EXPECT(task->top == NULL && task->bottom == NULL);
	push_six(task, d);
	EXPECT(take(task, 1) == 1);
	memory_limit(0, true);
	/* If a level cannot be entered, the one around it stays as it was. */
	EXPECT(!task_push(task, d, 0));
	memory_unlimit();
	EXPECT(task->idle_count == 0);
	expect_rest(task, ONE TWO THREE FOUR FIVE);
	end_task();
}

/* ------------------------------------------------------------------------------------ eviction */

/* Directories without an unread rest are closed first, then the outermost, whose rest is read. */
static void test_evict(void **state)
{
	struct dir *d, *s, *t, *u;

	(void)state;
	begin_task("d/, d/s/, d/s/t/, d/s/t/u/");
	d = open_in(NULL, "d");
	s = open_in(d, "s");
	t = open_in(s, "t");
	u = open_in(t, "u");
	EXPECT(!task_evict(task, NULL));
	push(task, d);
	EXPECT(!task_evict(task, NULL)); /* it does not wait */
	push(task, s);
	made_up = (struct made_up){.count = 6};
	made_up_rewind(&made_up);
	EXPECT(take(task, 6) == 6 && take(task, 1) == 0);
	push(task, t);
	push(task, u);
	EXPECT(task->idle_count == 3);
	/* s has been read: nothing is read when it is closed. */
	reads = 0;
	EXPECT(task_evict(task, NULL) && s->fd < 0 && is_open_right(d) && reads == 0);
	made_up_rewind(&made_up);
	EXPECT(task_evict(task, NULL) && d->fd < 0 && is_open_right(t) && reads > 0);
	made_up_rewind(&made_up);
	EXPECT(task_evict(task, NULL) && t->fd < 0);
	EXPECT(!task_evict(task, NULL) && is_open_right(u) && task->idle_count == 0);
	/* None of it is read again. */
	reads = 0;
	task_pop(task, NULL);
	EXPECT(task_resume(task, NULL) == 0 && is_open_right(t));
	expect_rest(task, ZERO ONE TWO THREE FOUR FIVE);
	task_pop(task, NULL);
	EXPECT(!task_top_needs_dir(task));
	task_pop(task, NULL);
	EXPECT(task_resume(task, NULL) == 0 && is_open_right(d));
	expect_rest(task, ZERO ONE TWO THREE FOUR FIVE);
	EXPECT(reads == 0);
	end_task();
}

/* A rest that cannot be read is an error. */
static void test_evict_and_read_errors(void **state)
{
	struct dir *d;

	(void)state;
	begin_task("d/, d/s/");
	d = open_in(NULL, "d");
	push_six(task, d);
	push(task, open_in(d, "s"));
	read_err = EIO;
	read_err_after = 1;
	EXPECT(task_evict(task, NULL) && d->fd < 0);
	task_pop(task, NULL);
	EXPECT(task_top_needs_dir(task) && task_resume(task, NULL) == 0);
	expect_rest(task, ZERO ONE TWO THREE FOUR FIVE "!5 ");
	end_task();
}

enum { TAKEN = 3 };

/*
 * Takes TAKEN entries of D, enters "s" in it, and closes D when only GOOD allocations succeed. Then
 * goes back to D. Returns how many allocations have failed.
 */
static unsigned evict_with_memory(struct dir *d, int good)
{
	unsigned failed;

	push(task, d);
	EXPECT(take(task, TAKEN) == TAKEN);
	push(task, open_in(d, "s"));
	memory_limit(good, true);
	EXPECT(task_evict(task, NULL) && d->fd < 0);
	failed = memory_unlimit();
	task_pop(task, NULL);
	EXPECT(task_resume(task, NULL) == 0);
	return failed;
}

/* Without memory for the rest: an error after the entries that are kept, and no entry twice. */
static void test_evict_without_memory(void **state)
{
	enum { MANY = 50000 };
	unsigned shortest = MANY;

	(void)state;
	for (int good = 0; good < 12; good++) {
		struct dir *d;
		struct entry entry;
		unsigned next = TAKEN;
		int err = 0;

		begin_task("d/, d/s/");
		d = open_in(NULL, "d");
		made_up = (struct made_up){.count = MANY, .most = 32 * 1024};
		made_up_rewind(&made_up);
		/* More than 10,000 are sorted, and this one's numbers are in order. */
		d->listing.kind = LISTING_UNSORTED;
		evict_with_memory(d, good);
		reads = 0;
		while (task_next(task, &entry, &err) == TASK_ENTRY)
			EXPECT(made_up_number(entry.name) == next++);
		EXPECT(next == MANY ? err == 0 : err == -ENOMEM);
		/* The entries that had been read are not lost. */
		EXPECT(next > 100 && reads == 0);
		if (next < shortest)
			shortest = next;
		expect_rest(task, "");
		end_task();
		scratch_leave(state);
	}
	assert_in_range(shortest, 100, MANY - 1);
}

/* Without memory for a copy of a large batch, that is kept. A sanitizer would see a leak. */
static void test_evict_without_memory_for_a_copy(void **state)
{
	enum { BATCH = 100000, ALLOCATIONS = 2 };

	(void)state;
	for (int good = 0; good <= ALLOCATIONS; good++) {
		struct dir *d;
		struct entry entry;
		unsigned left = 0;
		int err = 0;

		begin_task("d/, d/s/");
		d = open_in(NULL, "d");
		made_up = (struct made_up){.count = BATCH + BATCH / 2};
		made_up_rewind(&made_up);
		EXPECT(evict_with_memory(d, good) > 0);
		while (task_next(task, &entry, &err) == TASK_ENTRY)
			left++;
		EXPECT(left == BATCH - TAKEN && err == -ENOMEM);
		expect_rest(task, "");
		end_task();
		scratch_leave(state);
	}
}

static void test_limit_idle(void **state)
{
	static struct dir *chain[20];

	(void)state;
	begin_task(NULL);
	make_chain(20);
	for (unsigned i = 0; i < 20; i++) {
		chain[i] = open_in(i > 0 ? chain[i - 1] : NULL, "n");
		push(task, chain[i]);
		task_limit_idle(task, 4, NULL);
		EXPECT(task->idle_count == (i < 4 ? i : 4));
		EXPECT(count_fds() == fds_before + (i < 4 ? (int)i : 4) + 1);
	}
	task_limit_idle(task, 0, NULL);
	EXPECT(count_fds() == fds_before + 1 && is_open_right(chain[19]));
	end_task();
}

/* The innermost directory can be found again, even if no other task holds it. */
static void test_closed_top_is_known(void **state)
{
	(void)state;
	begin_task("d/");
	push_six(task, open_in(NULL, "d"));
	EXPECT(take(task, 4) == 4);
	EXPECT(task_close_all(task, NULL));
	/* Another one with its inode number. */
	fake.births = 1;
	EXPECT(task_resume(task, NULL) == -ESTALE);
	EXPECT(count_fds() == fds_before);
	end_task();
}

/* All directories of a waiting task are closed, and it goes on as before. */
static void test_close_all(void **state)
{
	struct dir *d, *s, *t;

	(void)state;
	begin_task("d/, d/s/, d/s/t/");
	d = open_in(NULL, "d");
	s = open_in(d, "s");
	t = open_in(s, "t");
	EXPECT(!task_close_all(task, NULL));
	push_six(task, d);
	EXPECT(take(task, 4) == 4);
	push_six(task, s);
	EXPECT(take(task, 5) == 5);
	push_six(task, t);
	EXPECT(task_close_all(task, NULL));
	EXPECT(count_fds() == fds_before && !task->top->is_held);
	EXPECT(!task_close_all(task, NULL));
	/* It has work in each level. */
	reads = 0;
	EXPECT(task_resume(task, NULL) == 0 && is_open_right(t) && s->fd < 0);
	expect_rest(task, ZERO ONE TWO THREE FOUR FIVE);
	task_pop(task, NULL);
	EXPECT(task->below == t);
	/* The directory that was kept open for the way back is closed, too. */
	EXPECT(task_close_all(task, NULL) && count_fds() == fds_before);
	EXPECT(task_resume(task, NULL) == 0 && is_open_right(s));
	expect_rest(task, FIVE);
	task_pop(task, NULL);
	EXPECT(task_resume(task, NULL) == 0 && is_open_right(d));
	expect_rest(task, FOUR FIVE);
	EXPECT(reads == 0);
	end_task();
}

/* --------------------------------------------------------------------------------- the way back */

enum { LEVELS = 40 };

/* Enters LEVELS levels. Only the outermost has entries left; all but the innermost are closed. */
static struct dir *enter_closed_levels(void)
{
	static struct dir *chain[LEVELS];

	make_chain(LEVELS);
	for (unsigned i = 0; i < LEVELS; i++) {
		chain[i] = open_in(i > 0 ? chain[i - 1] : NULL, "n");
		push_six(task, chain[i]);
		EXPECT(take(task, i == 0 ? 5 : 6) == (i == 0 ? 5 : 6));
		EXPECT(task_top_needs_dir(task) == (i == 0));
		task_limit_idle(task, 0, NULL);
	}
	return chain[0];
}

/* Levels without anything left are passed by one look-up. */
static void test_way_back_over_empty_levels(void **state)
{
	struct dir *d;

	(void)state;
	begin_task(NULL);
	d = enter_closed_levels();
	fake.opens = 0;
	for (unsigned i = 1; i < LEVELS; i++) {
		EXPECT(!task_top_needs_dir(task));
		task_pop(task, NULL);
		/* The innermost one is kept open until the outermost is open again. */
		EXPECT(count_fds() == fds_before + 1);
	}
	EXPECT(task->top->dir == d);
	EXPECT(task_resume(task, NULL) == 0);
	EXPECT(fake.opens == 1 && is_open_right(d) && count_fds() == fds_before + 1);
	EXPECT(dirs.count == 1);
	expect_rest(task, FIVE);
	end_task();
}

/* If ".." fails they are found from the operand; without descriptors, later. */
static void test_way_back_that_fails(void **state)
{
	struct dir *d;

	(void)state;
	begin_task(NULL);
	d = enter_closed_levels();
	for (unsigned i = 1; i < LEVELS; i++)
		task_pop(task, NULL);
	fail_opens(EMFILE, 1, 0);
	EXPECT(task_resume(task, NULL) == -EMFILE && task->below != NULL);
	fail_opens(EACCES, 1, 0);
	EXPECT(task_resume(task, NULL) == 0 && is_open_right(d) && task->below == NULL);
	expect_rest(task, FIVE);
	end_task();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_next),
		SCRATCH_TEST(test_read_errors),
		SCRATCH_TEST(test_levels),
		SCRATCH_TEST(test_no_memory_for_a_level),
		SCRATCH_TEST(test_evict),
		SCRATCH_TEST(test_evict_and_read_errors),
		SCRATCH_TEST(test_evict_without_memory),
		SCRATCH_TEST(test_evict_without_memory_for_a_copy),
		SCRATCH_TEST(test_limit_idle),
		SCRATCH_TEST(test_closed_top_is_known),
		SCRATCH_TEST(test_close_all),
		SCRATCH_TEST(test_way_back_over_empty_levels),
		SCRATCH_TEST(test_way_back_that_fails),
	};

	umask(022);
	return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
