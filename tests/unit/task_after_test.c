/* SPDX-License-Identifier: MIT */
/*
 * task: directories for which something is due after their contents.
 *
 * Link with --wrap= of those of task_fixture.h and with support/tree.o.
 */
#include "task.h"

#include "task_fixture.h"

enum { LEVELS = 40 };

/* Enters LEVELS levels with nothing left in them. All but the innermost are closed. */
static void enter_levels(struct dir **chain)
{
	make_chain(LEVELS + 1);
	for (unsigned i = 0; i < LEVELS; i++) {
		chain[i] = open_in(i > 0 ? chain[i - 1] : NULL, "n");
		chain[i]->traits = AFTER;
		push_six(task, chain[i]);
		EXPECT(take(task, 6) == 6 && take(task, 1) == 0);
		task_limit_idle(task, 0, NULL);
	}
}

/* The last range of a directory needs it even with no entries left. */
static void test_needs_dir(void **state)
{
	struct dir *d;

	(void)state;
	begin_task("d/, d/s/");
	d = open_in(NULL, "d");
	push_six(task, d);
	EXPECT(take(task, 6) == 6 && take(task, 1) == 0 && !task_top_needs_dir(task));
	d->traits = OWING;
	EXPECT(!task_top_needs_dir(task));
	d->traits = AFTER;
	EXPECT(task_top_needs_dir(task));
	task->top->is_last = false;
	EXPECT(!task_top_needs_dir(task));
	task->top->is_last = true;
	/* It is still due after the directory was closed. */
	push(task, open_in(d, "s"));
	EXPECT(task_evict(task, NULL) && d->fd < 0 && dir_owes(&dirs, d) == AFTER);
	EXPECT(atomic_load(&fake.closings) == 0);
	task_pop(task, NULL);
	EXPECT(task_top_needs_dir(task) && task_resume(task, NULL) == 0 && is_open_right(d));
	end_task();
}

/* Outer levels are opened again one by one, each from the one that is about to be left. */
static void test_resume_outer(void **state)
{
	struct dir *chain[LEVELS];

	(void)state;
	begin_task(NULL);
	enter_levels(chain);
	EXPECT(count_fds() == fds_before + 1);
	for (unsigned i = LEVELS - 1; i > 0; i--) {
		fake.opens = 0;
		EXPECT(task_resume_outer(task, NULL) == 0);
		EXPECT(fake.opens == 1 && is_open_right(chain[i - 1]));
		EXPECT(task->idle_count == 1 && count_fds() == fds_before + 2);
		/* Once is enough. */
		EXPECT(task_resume_outer(task, NULL) == 0 && fake.opens == 1);
		task_pop(task, NULL);
		EXPECT(task->top->is_held && task->below == NULL && task->idle_count == 0);
	}
	/* There is no outer level. */
	EXPECT(task_resume_outer(task, NULL) == 0 && fake.opens == 1);
	end_task();
}

/* An outer level is opened only if it is needed; without a descriptor, later. */
static void test_resume_outer_or_not(void **state)
{
	struct dir *chain[LEVELS];

	(void)state;
	begin_task(NULL);
	enter_levels(chain);
	task->top->outer->is_last = false;
	fake.opens = 0;
	EXPECT(task_resume_outer(task, NULL) == 0 && fake.opens == 0 && chain[LEVELS - 2]->fd < 0);
	task->top->outer->is_last = true;
	fail_opens(EMFILE, 1, 0);
	EXPECT(task_resume_outer(task, NULL) == -EMFILE && !task->top->outer->is_held);
	EXPECT(task->idle_count == 0 && task->top->is_held);
	EXPECT(task_resume_outer(task, NULL) == 0 && is_open_right(chain[LEVELS - 2]));
	/* It can be evicted like other levels that wait. */
	EXPECT(task_evict(task, NULL) && chain[LEVELS - 2]->fd < 0);
	end_task();
}

/* What is due for the levels around comes after the entries that are given away. */
static void test_divide(void **state)
{
	struct dir *chain[LEVELS];
	const struct range *range;
	struct task *part;

	(void)state;
	begin_task(NULL);
	enter_levels(chain);
	push_six(task, open_in(chain[LEVELS - 1], "n"));
	EXPECT(take(task, 2) == 2);
	part = divide(task);
	assert_non_null(part);
	range = part->bottom;
	for (unsigned i = 0; i < LEVELS; i++, range = range->inner)
		EXPECT(range->dir == chain[i] && range->is_last);
	EXPECT(task->top == task->bottom && !task->top->is_last && part->top->is_last);
	EXPECT(part->top->outer->dir == chain[LEVELS - 1]);
	pop_all(task);
	pop_all(part);
	EXPECT(part->below == NULL);
	task_free(part);
	end_task();
}

/*
 * Of the levels outside, those for which nothing is due are gone after a division. The way back
 * leads over them, by one look-up for each that is left.
 */
static void test_way_back_in_a_part(void **state)
{
	struct dir *chain[LEVELS];
	struct task *part;

	(void)state;
	begin_task(NULL);
	enter_levels(chain);
	for (unsigned i = 1; i < LEVELS; i += 2)
		chain[i]->traits = 0;
	push_six(task, open_in(chain[LEVELS - 1], "n"));
	EXPECT(take(task, 2) == 2);
	task_limit_idle(task, 0, NULL);
	part = divide(task);
	assert_non_null(part);
	EXPECT(take(part, 6) > 0);
	for (unsigned i = LEVELS / 2; i-- > 0;) {
		fake.opens = 0;
		/* Before the innermost level is left, or after that. */
		if (i % 2 == 0)
			EXPECT(task_resume_outer(part, NULL) == 0);
		task_pop(part, NULL);
		EXPECT(task_resume(part, NULL) == 0 && is_open_right(chain[2 * i]));
		if (fake.opens != 1)
			row_wrong("level %u: %u calls", 2 * i, fake.opens);
	}
	pop_all(part);
	task_free(part);
	end_task();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_needs_dir),
		SCRATCH_TEST(test_resume_outer),
		SCRATCH_TEST(test_resume_outer_or_not),
		SCRATCH_TEST(test_divide),
		SCRATCH_TEST(test_way_back_in_a_part),
	};

	umask(022);
	return cmocka_run_group_tests_name("task: after", tests, NULL, NULL);
}
