/* SPDX-License-Identifier: MIT */
/*
 * visit: directories that cannot be opened or kept, descriptors that run out, cycles, other
 * devices, and paths.
 *
 * Link with --wrap= of those of visit_calls.h and with support/tree.o.
 */
#include "visit.h"

#include "visit_calls.h"

#define TREE "d/, d/s/, d/s/t/, d/f, d/l -> s/t, e/, f"

static const struct entry dir_s = {"s", DT_DIR}, file_f = {"f", DT_REG};

static void make_fail(struct failing *f, int err, int times)
{
	*f = (struct failing){.err = err, .times = times};
}

/* --------------------------------------------------------------------------------- to be opened */

static const struct open_row {
	/* An errno of each call and how often; 0: they succeed. */
	int open, open_times, pin, pin_times, pinned, pinned_times, stat_times;
	const char *shown;
	bool is_entered;
} open_rows[] = {
	{.shown = "visit dir d/s open; ", .is_entered = true},
	/* A directory that cannot be opened is pinned, and opened by the pin after its change. */
	{.open = EACCES, .open_times = 1, .shown = "visit dir d/s pin; ", .is_entered = true},
	{.open = EIO, .open_times = 1, .shown = "visit dir d/s pin; ", .is_entered = true},
	{.open = EACCES,
		.open_times = 2,
		.pinned = EACCES,
		.pinned_times = 2,
		.shown = "visit dir d/s pin; unreadable dir d/s pin: EACCES; "},
	/* In the end it is opened by its name. */
	{.open = EACCES,
		.open_times = 1,
		.pinned = EACCES,
		.pinned_times = 2,
		.shown = "visit dir d/s pin; ",
		.is_entered = true},
	{.open = EACCES,
		.open_times = 1,
		.pinned = EIO,
		.pinned_times = 2,
		.shown = "visit dir d/s pin; unreadable dir d/s pin: EIO; "},
	/* It exists, but has been moved from its name. */
	{.open = EACCES,
		.open_times = 1,
		.pinned = ENOENT,
		.pinned_times = 2,
		.shown = "visit dir d/s pin; unreadable dir d/s pin: ESTALE; "},
	/* Nothing is known of it. */
	{.open = ENOENT,
		.open_times = 1,
		.pin = ENOENT,
		.pin_times = 1,
		.shown = "no access dir d/s: ENOENT; "},
	{.open = EACCES,
		.open_times = 1,
		.pin = EACCES,
		.pin_times = 1,
		.shown = "no access dir d/s: EACCES; "},
	{.stat_times = 2, .shown = "no access dir d/s: EIO; "},
};

static void test_opening(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(open_rows); i++) {
		const struct open_row *row = &open_rows[i];
		struct dir *in, *dir = NULL;
		enum visit_outcome outcome;

		begin(TREE, WALK_OPERAND_LINKS, RECURSE);
		in = enter("d", true);
		make_fail(&open_dir, row->open, row->open_times);
		make_fail(&pin, row->pin, row->pin_times);
		make_fail(&open_pinned, row->pinned, row->pinned_times);
		make_fail(&pin_stat, EIO, row->stat_times);
		outcome = visit_entry(&w, in, &dir_s, &dir);
		EXPECT((outcome == VISIT_DESCEND) == row->is_entered);
		expect_shown("d/s", row->shown);
		if (row->is_entered)
			EXPECT(dir->fd > 2 && fcntl(dir->fd, F_GETFL) >= 0);
		drop(row->is_entered ? dir : NULL);
		leave_all();
		end();
	}
	rows_end();
}

/* Another directory gets the name before it is opened. */
static void exchange(const struct walk_entry *e)
{
	if (e->event == WALK_FILE)
		EXPECT(rename("d/s", "d/was") == 0 && mkdir("d/s", 0755) == 0);
}

static void test_exchanged(void **state)
{
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	in = enter("d", true);
	make_fail(&open_dir, EACCES, 1);
	make_fail(&open_pinned, EACCES, 2);
	does.hook = exchange;
	EXPECT(visit_entry(&w, in, &dir_s, &dir) == VISIT_DONE);
	expect_shown("d/s", "visit dir d/s pin; unreadable dir d/s pin: ESTALE; ");
	leave_all();
	end();
	rows_end();
}

/* After its change a directory is opened once more, to get the kernel's error. */
static void test_reopened(void **state)
{
	struct dir *dir = NULL;

	(void)state;
	for (int as_operand = 0; as_operand < 2; as_operand++) {
		struct dir *in;

		begin(TREE, WALK_OPERAND_LINKS, RECURSE);
		in = enter("d", true);
		does.answer = WALK_DESCEND_REOPEN;
		does.traits = WALK_OWING | 3;
		make_fail(&open_dir, EACCES, 0);
		does.hook = NULL;
		if (as_operand) {
			/* The first one succeeds. */
			int outcome = visit_operand(&w, "e", NULL, &dir);

			EXPECT(outcome == VISIT_DESCEND && open_dir.calls == 2);
			EXPECT(dir->traits == (WALK_OWING | 3));
			drop(dir);
			EXPECT(does.leaves == 1);
		} else {
			make_fail(&open_pinned, EACCES, 1);
			make_fail(&open_dir, 0, 0);
			EXPECT(visit_entry(&w, in, &dir_s, &dir) == VISIT_DESCEND);
			drop(dir);
			does.shown[0] = '\0';
			/* What is due is done, although nothing is read. */
			does.leaves = 0;
			make_fail(&open_pinned, EIO, 1);
			EXPECT(visit_entry(&w, in, &dir_s, &dir) == VISIT_DONE);
			expect_shown("d/s", "visit dir d/s open; unreadable dir d/s open: EIO; ");
			EXPECT(does.leaves == 1);
		}
		leave_all();
		end();
	}
	rows_end();
}

/* No memory for a directory: an error, and what is due is done. */
static void test_no_memory(void **state)
{
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	in = enter("d", true);
	does.traits = WALK_OWING;
	memory_limit(1, true); /* the path can be shown */
	EXPECT(visit_entry(&w, in, &dir_s, &dir) == VISIT_DONE);
	EXPECT(memory_unlimit() > 0);
	expect_shown("d/s", "visit dir d/s open; unreadable dir d/s open: ENOMEM; ");
	EXPECT(does.leaves == 1);
	leave_all();
	end();
	rows_end();
}

/* ---------------------------------------------------------------------------------- descriptors */

/*
 * Without descriptors, the head closes directories that wait, or reports an error. Other tasks are
 * put down.
 */
static void test_no_descriptors(void **state)
{
	struct dir *in, *s = NULL, *dir = NULL;

	(void)state;
	for (int is_head = 0; is_head < 2; is_head++) {
		begin(TREE, WALK_OPERAND_LINKS, RECURSE);
		in = enter("d", is_head);
		make_fail(&open_dir, EMFILE, 100);
		make_fail(&pin, EMFILE, 100);
		EXPECT(visit_entry(&w, in, &dir_s, &dir) == (is_head ? VISIT_DONE : VISIT_NOT_YET));
		expect_shown("d/s", is_head ? "no access dir d/s: EMFILE; " : "");
		EXPECT(order_is_short(&order));
		/* One level waits: it is closed, and then there is room. */
		make_fail(&open_dir, EMFILE, 0);
		make_fail(&pin, EMFILE, 0);
		EXPECT(visit_entry(&w, in, &dir_s, &s) == VISIT_DESCEND);
		assert_true(task_push(w.task, s, 0));
		does.shown[0] = '\0';
		make_fail(&open_dir, EMFILE, 1);
		EXPECT(in->fd > 2);
		{
			const struct entry t = {"t", DT_DIR};

			EXPECT(visit_entry(&w, s, &t, &dir) == VISIT_DESCEND);
		}
		expect_shown("d/s/t", "visit dir d/s/t open; ");
		EXPECT(in->fd < 0);
		drop(dir);
		leave_all();
		end();
	}
	/* For an operand there is no directory to close. */
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	make_fail(&open_dir, ENFILE, 1);
	make_fail(&pin, ENFILE, 1);
	EXPECT(visit_operand(&w, "d", NULL, &dir) == VISIT_DONE);
	expect_shown("d", "no access unknown d operand: another errno; ");
	end();
	rows_end();
}

/*
 * A directory that was changed, and then cannot be opened because descriptors are short, is entered
 * all the same if it is not its turn: it is closed until then. The head reports.
 */
static void test_no_descriptors_after_a_change(void **state)
{
	static const struct {
		enum walk_answer answer;
		int err; /* of the open before the change */
		const char *shown, *unreadable;
	} rows[] = {
		{WALK_DESCEND, EACCES, "visit dir d/s pin; ",
			"visit dir d/s pin; unreadable dir d/s pin: EMFILE; "},
		{WALK_DESCEND_REOPEN, 0, "visit dir d/s open; ",
			"visit dir d/s open; unreadable dir d/s open: EMFILE; "},
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		bool is_head = i % 2;
		struct dir *in, *s = NULL;
		enum visit_outcome outcome;

		begin(TREE, WALK_OPERAND_LINKS, RECURSE);
		in = enter("d", is_head);
		does.answer = rows[i / 2].answer;
		does.traits = WALK_OWING | 5;
		make_fail(&open_dir, rows[i / 2].err, rows[i / 2].err != 0);
		make_fail(&open_pinned, EMFILE, 1);
		outcome = visit_entry(&w, in, &dir_s, &s);
		EXPECT(outcome == (is_head ? VISIT_DONE : VISIT_DESCEND));
		expect_shown("d/s", is_head ? rows[i / 2].unreadable : rows[i / 2].shown);
		/* What is due when it is closed is done. */
		EXPECT(does.leaves == 1);
		if (outcome == VISIT_DESCEND) {
			EXPECT(s->fd < 0 && s->holders == 0 && s->traits == 5);
			assert_true(task_push(w.task, s, 0));
			EXPECT(!w.task->top->is_held && task_top_needs_dir(w.task));
			EXPECT(task_resume(w.task, &w) == 0 && s->fd > 2);
		}
		leave_all();
		end();
	}
	rows_end();
}

/* --------------------------------------------------------------------------- cycles and devices */

static void test_cycles(void **state)
{
	static const struct {
		enum walk_links links;
		const char *shown;
	} rows[] = {
		/* If links are followed, it is visited, but not entered. */
		{WALK_ALL_LINKS, "visit dir d/s/up followed open; "},
		{WALK_OPERAND_LINKS, "cycle dir d/s/up open; "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct entry up = {"up", DT_LNK}, loop = {"up", DT_DIR};
		struct dir *in, *s = NULL, *dir = NULL;

		begin("d/, d/s/, d/s/up -> ..", rows[i].links, RECURSE);
		in = enter("d", true);
		EXPECT(visit_entry(&w, in, &dir_s, &s) == VISIT_DESCEND);
		assert_true(task_push(w.task, s, 0));
		does.shown[0] = '\0';
		if (rows[i].links == WALK_ALL_LINKS) {
			EXPECT(visit_entry(&w, s, &up, &dir) == VISIT_DONE);
		} else {
			/* Without links the file system must be broken. */
			struct dir *other = w.task->top->dir;
			struct stat st;

			assert_int_equal(unlink("d/s/up") | mkdir("d/s/up", 0755), 0);
			assert_int_equal(stat("d/s/up", &st), 0);
			dir = dir_new(&dirs, NULL, "d", open("d/s/up", O_RDONLY | O_CLOEXEC), &st,
				SYS_NOFOLLOW);
			other->parent = dir;
			EXPECT(visit_entry(&w, s, &loop, &dir) == VISIT_DONE);
			dir = other->parent;
			other->parent = in;
			drop(dir);
		}
		expect_shown("up", rows[i].shown);
		leave_all();
		end();
		scratch_leave(state);
	}
	rows_end();
}

/* What is on another device is left out, and is not opened. */
static void test_one_file_system(void **state)
{
	static const char *const names[] = {"s", "l"};
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_ALL_LINKS, RECURSE);
	options.one_file_system = true;
	in = enter("d", true);
	for (int is_elsewhere = 0; is_elsewhere < 2; is_elsewhere++) {
		for (size_t i = 0; i < COUNT(names); i++) {
			const struct entry entry = {names[i], i == 0 ? DT_DIR : DT_LNK};

			open_dir.calls = open_pinned.calls = 0;
			in->dev += (dev_t)is_elsewhere;
			EXPECT(visit_entry(&w, in, &entry, &dir) ==
				(is_elsewhere ? VISIT_DONE : VISIT_DESCEND));
			in->dev -= (dev_t)is_elsewhere;
			/* It is always examined first. */
			EXPECT(open_dir.calls == 0);
			EXPECT(open_pinned.calls == (is_elsewhere ? 0 : 1));
			EXPECT((does.shown[0] == '\0') == is_elsewhere);
			if (!is_elsewhere)
				drop(dir);
			does.shown[0] = '\0';
		}
	}
	/* That does not concern files and operands. */
	in->dev++;
	EXPECT(visit_entry(&w, in, &file_f, &dir) == VISIT_DONE);
	expect_shown("d/f", "visit file d/f; ");
	in->dev--;
	leave_all();
	end();
	rows_end();
}

/* ------------------------------------------------------------------------------------- paths */

static const struct walk_entry *entry_in(struct dir *in, const char *name)
{
	static struct walk_entry e;

	e = (struct walk_entry){.name = name, .dir = in, .worker = &w};
	return &e;
}

static void test_paths(void **state)
{
	struct dir *d, *s = NULL, *t = NULL;
	const struct entry dir_t = {"t", DT_DIR};

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	d = enter("d/", true);
	EXPECT(visit_entry(&w, d, &dir_s, &s) == VISIT_DESCEND);
	EXPECT(visit_entry(&w, s, &dir_t, &t) == VISIT_DESCEND);
	/* Also after another path was shown. */
	for (int i = 0; i < 2; i++) {
		assert_string_equal(walk_path(entry_in(t, "x")), "d/s/t/x");
		assert_string_equal(walk_path(entry_in(t, "a long name")), "d/s/t/a long name");
		assert_string_equal(walk_path(entry_in(d, "f")), "d/f");
		assert_string_equal(walk_path(entry_in(s, "f")), "d/s/f");
		assert_string_equal(walk_path(entry_in(t, "")), "d/s/t/");
		assert_string_equal(walk_path(entry_in(NULL, "o/p")), "o/p");
		assert_string_equal(walk_path(entry_in(s, "g")), "d/s/g");
		worker_forget(&w, i == 0 ? t : s);
	}
	/* Without memory for the path, the name is shown. */
	free(w.path);
	w.path = NULL;
	w.path_size = 0;
	w.path_dir = NULL;
	memory_limit(0, true);
	assert_string_equal(walk_path(entry_in(t, "x")), "x");
	EXPECT(memory_unlimit() == 1);
	assert_string_equal(walk_path(entry_in(t, "x")), "d/s/t/x");
	/* A directory that was left: its memory may belong to another one. */
	worker_forget(&w, t);
	drop(t);
	drop(s);
	leave_all();
	end();
	rows_end();
}

/* What is due may belong to another task, which may free its directory at any time. */
static void test_leave(void **state)
{
	struct dir *in;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	in = enter("d", true);
	assert_string_equal(walk_path(entry_in(in, "x")), "d/x");
	EXPECT(w.path_dir == in);
	visit_leave(&w, in, WALK_OWING | 5, in->fd);
	EXPECT(does.leaves == 1 && w.path_dir == NULL);
	leave_all();
	end();
	rows_end();
}

static void test_read_errors(void **state)
{
	struct dir *in;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	in = enter("d", true);
	visit_read_error(&w, in, -EIO);
	expect_shown("d", "unreadable dir d operand: EIO; ");
	in->listing.has_entries = true;
	visit_read_error(&w, in, -EIO);
	expect_shown("d", "read error dir d operand: EIO; ");
	leave_all();
	end();
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_opening),
		SCRATCH_TEST(test_exchanged),
		SCRATCH_TEST(test_reopened),
		SCRATCH_TEST(test_no_memory),
		SCRATCH_TEST(test_no_descriptors),
		SCRATCH_TEST(test_no_descriptors_after_a_change),
		SCRATCH_TEST(test_cycles),
		SCRATCH_TEST(test_one_file_system),
		SCRATCH_TEST(test_paths),
		SCRATCH_TEST(test_leave),
		SCRATCH_TEST(test_read_errors),
	};

	umask(022);
	return cmocka_run_group_tests_name("visit: failures", tests, NULL, NULL);
}
