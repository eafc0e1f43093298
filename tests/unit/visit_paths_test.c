/*
 * visit: the paths that are shown, and what is shown when descriptors, memory or directories fail.
 *
 * Link with --wrap= of malloc, realloc, sys_pin_stat and with support/tree.o.
 */
#include "visit.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>

#include "visit_fixture.h"

static void test_no_memory_for_a_directory(void **state)
{
	struct dir *d;
	int fds;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS);
	d = enter(&ours, "d");
	/* The path is not what is short of memory. */
	EXPECT(visit_entry(&ours, d, "a long name", DT_REG) == NULL);
	visitor_does.shown[0] = '\0';
	fds = count_fds();
	visitor_does.answer = WALK_ENTER;
	no_memory = true;
	EXPECT(visit_entry(&ours, d, "s", DT_DIR) == NULL);
	no_memory = false;
	/* The descriptor that was shown is closed by then. */
	expect_shown("s", "visit dir d/s open; unreadable dir d/s open: ENOMEM; ");
	EXPECT(count_fds() == fds);
	leave(&ours, d);
	end();
	rows_end();
}

static void test_no_attributes(void **state)
{
	struct dir *d;
	int fds;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS);
	d = enter(&ours, "d");
	fds = count_fds();
	no_stat = true;
	EXPECT(visit_entry(&ours, d, "s", DT_DIR) == NULL);
	EXPECT(visit_entry(&ours, d, "f", DT_UNKNOWN) == NULL);
	EXPECT(visit_operand(&ours, "f") == NULL);
	no_stat = false;
	expect_shown("f", "no access dir d/s: EIO; no access unknown d/f: EIO; "
			  "no access unknown f operand: EIO; ");
	EXPECT(count_fds() == fds);
	leave(&ours, d);
	end();
	rows_end();
}

static void shed_all(const struct walk_entry *e)
{
	EXPECT(walk_make_room(e));
	EXPECT(walk_make_room(e));
	EXPECT(!walk_make_room(e));
}

/* What waits gives its descriptor up for what is visited now; by itself, or if the visitor asks. */
static void test_few_descriptors(void **state)
{
	struct dir *d, *s, *t;
	struct rlimit limit, few;

	(void)state;
	begin(TREE ", d/s/t/", WALK_OPERAND_LINKS);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	d = enter(&ours, "d");
	visitor_does.answer = WALK_ENTER;
	s = visit_entry(&ours, d, "s", DT_DIR);
	dir_suspend(&ours.dirs, d);
	EXPECT(s != NULL);
	few = limit;
	few.rlim_cur = (rlim_t)dup(0);
	close((int)few.rlim_cur);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	t = visit_entry(&ours, s, "t", DT_DIR);
	EXPECT(t != NULL && d->fd == -1);
	leave(&ours, t);
	t = visit_entry(&ours, s, "t", DT_UNKNOWN);
	/* One for the pin, one to read by: there is only one left. */
	EXPECT(t == NULL);
	visitor_does.shown[0] = '\0';
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){3, limit.rlim_max});
	EXPECT(visit_entry(&ours, s, "t", DT_UNKNOWN) == NULL);
	expect_shown("t", "no access unknown d/s/t: EMFILE; ");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);

	EXPECT(dir_resume(&ours.dirs, d) == 0);
	dir_suspend(&ours.dirs, d);
	dir_suspend(&ours.dirs, s);
	visitor_does.hook = shed_all;
	visitor_does.answer = WALK_PASS;
	EXPECT(visit_operand(&ours, "f") == NULL);
	EXPECT(d->fd == -1 && s->fd == -1);
	EXPECT(dir_resume(&ours.dirs, s) == 0);
	leave(&ours, s);
	EXPECT(dir_resume(&ours.dirs, d) == 0);
	leave(&ours, d);
	end();
	rows_end();
}

static void test_read_errors(void **state)
{
	struct dir *d, *s;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS);
	visitor_does.traits = 3;
	d = enter(&ours, "d");
	visitor_does.answer = WALK_ENTER;
	s = visit_entry(&ours, d, "s", DT_DIR);
	visitor_does.shown[0] = '\0';
	visit_read_error(&ours, d, -EIO);
	expect_shown("d", "unreadable dir d operand: EIO; ");
	EXPECT(visitor_does.dir_traits == 0 && visitor_does.pin == -1);
	visit_read_error(&ours, s, -EACCES);
	expect_shown("s", "unreadable dir d/s: EACCES; ");
	EXPECT(visitor_does.dir_traits == 3);
	d->has_entries = s->has_entries = true;
	visit_read_error(&ours, d, -EIO);
	expect_shown("d", "read error dir d operand: EIO; ");
	visit_read_error(&ours, s, -ESTALE);
	expect_shown("s", "read error dir d/s: ESTALE; ");
	leave(&ours, s);
	leave(&ours, d);
	end();
	rows_end();
}

/* --------------------------------------------------------------------------------------- paths */

static void test_paths(void **state)
{
	static const char *const operands[] = {"d", "d/", "./d", "d/.", "ld", ".", "/", "d//."};

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS);
	for (size_t i = 0; i < COUNT(operands); i++) {
		struct dir *d = enter(&ours, operands[i]);
		bool has_slash = operands[i][strlen(operands[i]) - 1] == '/';
		char expected[128];

		for (int k = 0; k < 3; k++) {
			static const char *const names[] = {"f", "a longer name", "p"};
			visit_entry(&ours, d, names[k], DT_REG);
			sprintf(expected, "visit file %s%s%s; ", operands[i], has_slash ? "" : "/",
				names[k]);
			expect_shown(operands[i], expected);
		}
		leave(&ours, d);
	}
	end();
	rows_end();
}

static char long_path[16 * 1024];

static void expect_long_path(const struct walk_entry *e)
{
	EXPECT(strcmp(walk_path(e), long_path) == 0);
	EXPECT(walk_path(e) == walk_path(e));
}

/* Longer than PATH_MAX, and with no memory for it the name alone. */
static void test_long_paths(void **state)
{
	enum { LEVELS = 40, NAME = 200 };
	struct dir *dirs[LEVELS];
	char name[NAME + 1];
	int at;

	(void)state;
	begin("d/", WALK_OPERAND_LINKS);
	memset(name, 'n', NAME);
	name[NAME] = '\0';
	dirs[0] = enter(&ours, "d");
	at = sprintf(long_path, "d");
	visitor_does.hook = expect_long_path;
	for (int i = 1; i < LEVELS; i++) {
		at += sprintf(long_path + at, "/%s", name);
		EXPECT(mkdirat(dirs[i - 1]->fd, name, 0700) == 0);
		visitor_does.answer = WALK_ENTER;
		dirs[i] = visit_entry(&ours, dirs[i - 1], name, DT_DIR);
		assert_non_null(dirs[i]);
	}
	visitor_does.hook = NULL;
	visitor_does.shown[0] = '\0';
	dir_take(&theirs.dirs, dirs[LEVELS - 1]);
	no_memory = true;
	visit_entry(&theirs, dirs[LEVELS - 1], "f", DT_REG);
	no_memory = false;
	expect_shown("f", "visit file f; ");
	for (int i = LEVELS; i-- > 0;)
		leave(i == LEVELS - 1 ? &theirs : &ours, dirs[i]);
	end();
	rows_end();
}

/* A path is not remembered longer than the directory that it was of; see visit_forget(). */
static void test_path_of_a_directory_that_is_gone(void **state)
{
	struct dir *d, *s;

	(void)state;
	begin("d/, d/s/, e/", WALK_OPERAND_LINKS);
	/* Of our own ... */
	for (int i = 0; i < 2; i++) {
		d = enter(&ours, i == 0 ? "d" : "e");
		visit_entry(&ours, d, "f", DT_REG);
		expect_shown("f", i == 0 ? "visit file d/f; " : "visit file e/f; ");
		leave(&ours, d);
	}
	/* ... and of another's, of which an error below it was the last that we told. */
	d = enter(&ours, "d");
	visitor_does.answer = WALK_ENTER;
	s = visit_entry(&ours, d, "s", DT_DIR);
	EXPECT(s != NULL);
	visitor_does.shown[0] = '\0';
	dir_take(&theirs.dirs, s);
	visit_read_error(&theirs, s, -EIO);
	expect_shown("s", "unreadable dir d/s: EIO; ");
	leave(&theirs, s);
	leave(&ours, d);
	d = enter(&ours, "e");
	dir_take(&theirs.dirs, d);
	visit_entry(&theirs, d, "f", DT_REG);
	expect_shown("f", "visit file e/f; ");
	leave(&theirs, d);
	end();
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_no_memory_for_a_directory),
		SCRATCH_TEST(test_no_attributes),
		SCRATCH_TEST(test_few_descriptors),
		SCRATCH_TEST(test_read_errors),
		SCRATCH_TEST(test_paths),
		SCRATCH_TEST(test_long_paths),
		SCRATCH_TEST(test_path_of_a_directory_that_is_gone),
	};

	umask(022);
	return cmocka_run_group_tests_name("visit: paths", tests, NULL, NULL);
}
