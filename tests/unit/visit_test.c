/*
 * visit: what the visitor is shown of every kind of name, and what its answers come to.
 *
 * Link with --wrap= of malloc, realloc, sys_pin_stat and with support/tree.o.
 */
#include "visit.h"

#include <dirent.h>
#include <stdio.h>

#include "visit_fixture.h"
#include "visit_rows.h"

/* ----------------------------------------------------------------------- what the visitor sees */

static const char letters[] = "PHL";

static void test_operands(void **state)
{
	(void)state;
	for (int links = 0; links < 3; links++) {
		begin(TREE, (enum walk_links)links);
		for (size_t i = 0; i < COUNT(operand_rows); i++) {
			int fds = count_fds();

			if (strchr(operand_rows[i].links, letters[links]) == NULL)
				continue;
			EXPECT(visit_operand(&ours, operand_rows[i].name) == NULL);
			expect_shown(operand_rows[i].name, operand_rows[i].shown);
			EXPECT(count_fds() == fds);
		}
		end();
	}
	rows_end();
}

static void test_entries(void **state)
{
	(void)state;
	for (int links = 0; links < 3; links++) {
		struct dir *d;

		begin(TREE, (enum walk_links)links);
		d = enter(&ours, "d");
		for (size_t i = 0; i < COUNT(entry_rows); i++) {
			int fds = count_fds();

			if (strchr(entry_rows[i].links, letters[links]) == NULL)
				continue;
			EXPECT(visit_entry(&ours, d, entry_rows[i].name, entry_rows[i].type) ==
				NULL);
			expect_shown(entry_rows[i].name, entry_rows[i].shown);
			EXPECT(count_fds() == fds);
		}
		leave(&ours, d);
		end();
	}
	rows_end();
}

static bool wants_no_s(void *ctx, const struct walk_entry *e)
{
	EXPECT(ctx == &visitor_does);
	EXPECT(e->pin < 0 && !e->operand);
	EXPECT(strncmp(walk_path(e), "d/", 2) == 0);
	return strcmp(e->name, "s") != 0;
}

/* What is not wanted is not even opened; operands are not asked about. */
static void test_unwanted(void **state)
{
	static const unsigned char types[] = {DT_DIR, DT_REG, DT_UNKNOWN, DT_LNK};
	struct dir *d;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS);
	visitor.wants = wants_no_s;
	d = enter(&ours, "d");
	for (size_t i = 0; i < COUNT(types); i++) {
		EXPECT(visit_entry(&ours, d, "s", types[i]) == NULL);
		expect_shown("s", "");
	}
	EXPECT(visit_entry(&ours, d, "f", DT_REG) == NULL);
	expect_shown("f", "visit file d/f; ");
	leave(&ours, d);
	EXPECT(visit_operand(&ours, "d/s") == NULL);
	expect_shown("d/s", "visit dir d/s operand followed other pin; ");
	end();
	rows_end();
}

/* ------------------------------------------------------------------------------------- answers */

static void test_entering(void **state)
{
	static const enum walk_answer answers[] = {WALK_ENTER, WALK_ENTER_AGAIN};
	struct dir *d, *s;
	struct stat st;

	(void)state;
	begin(TREE, WALK_ALL_LINKS);
	EXPECT(stat("d/s", &st) == 0);
	visitor_does.traits = 5;
	d = enter(&ours, "d");
	EXPECT(d->parent == NULL && d->follow == SYS_FOLLOW && d->traits == 5);
	for (int i = 0; i < 6; i++) {
		static const unsigned char types[] = {DT_DIR, DT_UNKNOWN, DT_LNK};
		int fds = count_fds();

		visitor_does.answer = answers[i % 2];
		visitor_does.traits = 9;
		s = visit_entry(&ours, d, types[i / 2] == DT_LNK ? "ls" : "s", types[i / 2]);
		EXPECT(s != NULL && s->parent == d && s->traits == 9);
		EXPECT(visitor_does.dir_traits == 5);
		EXPECT(s->id.ino == st.st_ino && s->id.dev == st.st_dev);
		EXPECT(s->fd > 2 && (fcntl(s->fd, F_GETFL) & O_PATH) == 0);
		EXPECT(s->follow == (types[i / 2] == DT_DIR ? SYS_NOFOLLOW : SYS_FOLLOW));
		/* The descriptor that was shown is read, unless it has to be another. */
		EXPECT((s->fd == visitor_does.pin) ==
			(types[i / 2] == DT_DIR && answers[i % 2] == WALK_ENTER));
		EXPECT(count_fds() == fds + 1);
		leave(&ours, s);
		EXPECT(count_fds() == fds);
	}
	/* Only directories are entered. */
	EXPECT(visit_entry(&ours, d, "f", DT_REG) == NULL);
	EXPECT(visit_entry(&ours, d, "f", DT_UNKNOWN) == NULL);
	EXPECT(visit_entry(&ours, d, "dang", DT_LNK) == NULL);
	EXPECT(visit_operand(&ours, "f") == NULL);
	leave(&ours, d);
	end();
	rows_end();
}

/* Who finds a directory where there should be none asks to be shown it as one. */
static void test_looking(void **state)
{
	struct dir *d, *s;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS);
	d = enter(&ours, "d");
	visitor_does.first_answer = WALK_LOOK;
	visitor_does.answer = WALK_ENTER;
	s = visit_entry(&ours, d, "s", DT_REG);
	EXPECT(s != NULL);
	expect_shown("s", "visit file d/s; visit dir d/s open; ");
	leave(&ours, s);
	visitor_does.answer = WALK_LOOK;
	EXPECT(visit_entry(&ours, d, "s", DT_REG) == NULL);
	expect_shown("s", "visit file d/s; visit dir d/s open; ");
	leave(&ours, d);
	end();
	rows_end();
}

static void replace_with_directory(const struct walk_entry *e)
{
	if (e->event == WALK_FILE)
		EXPECT(rename("d/s", "old") == 0 && mkdir("d/s", 0700) == 0);
}

static void replace_with_link(const struct walk_entry *e)
{
	if (e->event == WALK_FILE)
		EXPECT(rename("d/s", "old") == 0 && symlink("../old", "d/s") == 0);
}

static void remove_it(const struct walk_entry *e)
{
	if (e->event == WALK_FILE)
		EXPECT(rename("d/s", "old") == 0);
}

/* What is read is what was visited, or nothing. */
static void test_replaced_while_visited(void **state)
{
	static const struct {
		void (*hook)(const struct walk_entry *e);
		const char *err;
	} rows[] = {{replace_with_directory, "ESTALE"}, {replace_with_link, "ENOTDIR"},
		{remove_it, "ENOENT"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int is_operand = 0; is_operand < 2; is_operand++) {
			char expected[128];
			struct dir *d;
			int fds;

			begin(TREE, WALK_NO_LINKS);
			d = enter(&ours, "d");
			visitor_does.hook = rows[i].hook;
			visitor_does.answer = WALK_ENTER_AGAIN;
			fds = count_fds();
			EXPECT((is_operand ? visit_operand(&ours, "d/s")
					   : visit_entry(&ours, d, "s", DT_DIR)) == NULL);
			sprintf(expected,
				is_operand ? "visit dir d/s operand other pin; "
					     "unreadable dir d/s operand other pin: %s; "
					   : "visit dir d/s open; "
					     "unreadable dir d/s open: %s; ",
				rows[i].err);
			expect_shown("replaced", expected);
			EXPECT(count_fds() == fds);
			leave(&ours, d);
			end();
			rmdir("d/s");
			unlink("d/s");
			EXPECT(rename("old", "d/s") == 0);
		}
	}
	rows_end();
}

static void open_it(const struct walk_entry *e)
{
	EXPECT(chmod(e->operand ? "c" : "d/c", 0700) == 0);
}

static void close_it(const struct walk_entry *e)
{
	if (e->event == WALK_FILE)
		EXPECT(chmod("d/s", 0) == 0);
}

/* The visitor may open a directory, or close it. */
static void visit_closed(void *ctx)
{
	struct dir *d, *c, *s;

	(void)ctx;
	be_nobody();
	begin(NULL, WALK_OPERAND_LINKS);
	d = enter(&ours, "d");
	visitor_does.answer = WALK_ENTER;
	EXPECT(visit_entry(&ours, d, "c", DT_DIR) == NULL);
	expect_shown("c", "visit dir d/c pin; unreadable dir d/c pin: EACCES; ");
	visitor_does.hook = open_it;
	c = visit_entry(&ours, d, "c", DT_DIR);
	EXPECT(c != NULL);
	leave(&ours, c);
	c = visit_operand(&ours, "c");
	EXPECT(c != NULL);
	leave(&ours, c);

	visitor_does.hook = close_it;
	s = visit_entry(&ours, d, "s", DT_DIR);
	EXPECT(s != NULL);
	leave(&ours, s);
	EXPECT(chmod("d/s", 0700) == 0);
	visitor_does.shown[0] = '\0';
	visitor_does.answer = WALK_ENTER_AGAIN;
	EXPECT(visit_entry(&ours, d, "s", DT_DIR) == NULL);
	expect_shown("s", "visit dir d/s open; unreadable dir d/s open: EACCES; ");
	/* Nothing can be examined in a directory without x. */
	EXPECT(chmod("d", 0400) == 0);
	EXPECT(visit_entry(&ours, d, "s", DT_DIR) == NULL);
	expect_shown("s", "no access dir d/s: EACCES; ");
	leave(&ours, d);
	end();
}

static void test_closed_directories(void **state)
{
	(void)state;
	begin("c/ 000, d/, d/c/ 000, d/s/ 755", WALK_OPERAND_LINKS);
	end();
	if (!in_child(visit_closed, NULL))
		SKIP_TEST("nobody else to be");
	rows_end();
}

/* A directory within itself: IN says that it is what NAME is found to be. */
static void test_cycles(void **state)
{
	(void)state;
	for (int links = 0; links < 3; links++) {
		struct dir *d, *cycle;
		struct stat st;

		begin(TREE ", d/s/t/", (enum walk_links)links);
		d = enter(&ours, "d");
		EXPECT(stat("d/s", &st) == 0);
		cycle = dir_new(&ours.dirs, d, "s", sys_open_dir(AT_FDCWD, "d", SYS_NOFOLLOW), &st,
			SYS_NOFOLLOW);
		assert_non_null(cycle);
		visitor_does.answer = WALK_ENTER;
		EXPECT(visit_entry(&ours, cycle, "s", DT_DIR) == NULL);
		expect_shown("s", links == WALK_ALL_LINKS ? "visit dir d/s/s open; "
							  : "cycle dir d/s/s open; ");
		EXPECT(visit_entry(&ours, cycle, "s", DT_UNKNOWN) == NULL);
		leave(&ours, cycle);
		leave(&ours, d);
		end();
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_operands),
		SCRATCH_TEST(test_entries),
		SCRATCH_TEST(test_unwanted),
		SCRATCH_TEST(test_entering),
		SCRATCH_TEST(test_looking),
		SCRATCH_TEST(test_replaced_while_visited),
		SCRATCH_TEST(test_closed_directories),
		SCRATCH_TEST(test_cycles),
	};

	umask(022);
	return cmocka_run_group_tests_name("visit", tests, NULL, NULL);
}
