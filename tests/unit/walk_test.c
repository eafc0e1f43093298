/* SPDX-License-Identifier: MIT */
/*
 * walk: one situation after the other. The order of the file system, links, directories that are
 * moved or removed meanwhile, and how a walk is stopped.
 *
 * Link with --wrap= of those of walk_fixture.h and with support/tree.o.
 */
#include "walk.h"

#include "walk_fixture.h"

/* --------------------------------------------------------------------------- names and operands */

/* Lists the tree below PATH in the order of readdir(3). */
static size_t list_by_readdir(const char *path, char *text)
{
	size_t len = (size_t)sprintf(text, "%s\n", path);
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char below[1024];
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (lstat(below, &st) == 0 && S_ISDIR(st.st_mode))
			len += list_by_readdir(below, text + len);
		else
			len += (size_t)sprintf(text + len, "%s\n", below);
	}
	if (dir != NULL)
		closedir(dir);
	return len;
}

static void test_order_of_the_file_system(void **state)
{
	static char expected[MAX_OUTPUT];

	(void)state;
	scratch_enter(NULL);
	make_random_tree("d", 500, 9);
	list_by_readdir("d", expected);
	begin_walk();
	assert_string_equal(walk_one(WALK_OPERAND_LINKS, 1, "d"), expected);
	assert_string_equal(walk_one(WALK_NO_LINKS, 1, "d"), expected);
	assert_string_equal(walk_one(WALK_ALL_LINKS, 1, "d"), expected);
	rows_end();
}

static void test_operands(void **state)
{
	static const char *const operands[] = {"f", "d///", "nope", "d", "d/f", "./", "l"};

	(void)state;
	scratch_enter("f, d/, d/f, l -> d");
	begin_walk();
	/* Of several slashes at the end one is kept. */
	assert_string_equal(walk_with(WALK_OPERAND_LINKS, 1, operands, 5),
		"f\nd/\nd/f\n!nope: no access\nd\nd/f\nd/f\n");
	assert_string_equal(walk_one(WALK_OPERAND_LINKS, 1, "l"), "l\nl/f\n");
	assert_string_equal(walk_one(WALK_NO_LINKS, 1, "l"), "l\n");
	assert_string_equal(walk_one(WALK_NO_LINKS, 1, "l//"), "l/\nl/f\n");
	assert_string_equal(walk_with(WALK_OPERAND_LINKS, 8, operands, 0), "");
	rows_end();
}

/* A link to a directory above is shown, but not entered. */
static void test_cycles(void **state)
{
	(void)state;
	scratch_enter("d/, d/s/, d/s/up -> .., d/s/f");
	begin_walk();
	for (unsigned jobs = 1; jobs <= 8; jobs += 7) {
		walk_one(WALK_ALL_LINKS, jobs, "d");
		EXPECT(strcmp(seen.text, "d\nd/s\nd/s/up\nd/s/f\n") == 0 ||
			strcmp(seen.text, "d\nd/s\nd/s/f\nd/s/up\n") == 0);
	}
	rows_end();
}

/* --------------------------------------------------------------- what happens to them meanwhile */

static const char *hook_at; /* the name at which that happens */
static void (*at_that)(void);

static void hook(const struct walk_entry *e)
{
	if (hook_at == NULL || strcmp(e->name, hook_at) != 0)
		return;
	hook_at = NULL;
	at_that();
}

static unsigned count_lines(const char *end)
{
	unsigned count = 0;
	size_t len = strlen(end);

	for (const char *s = seen.text; *s != '\0';) {
		size_t line = strcspn(s, "\n");

		count += line >= len && strncmp(s + line - len, end, len) == 0;
		s += line + 1;
	}
	return count;
}

static void move_once(void)
{
	assert_int_equal(rename("0/1", "moved"), 0);
}

/* From below all of them are found again, and the outermost by its name. */
static void test_moved_while_in_it(void **state)
{
	(void)state;
	scratch_enter(NULL);
	make_levels();
	begin_walk();
	asked.hook = hook;
	hook_at = "199";
	at_that = move_once;
	walk_one(WALK_OPERAND_LINKS, 1, "0");
	EXPECT(atomic_load(&seen.visits) == 9 * LEVELS && strchr(seen.text, '!') == NULL);
	rows_end();
}

static void move_twice(void)
{
	int fd = open("0", O_PATH | O_CLOEXEC);

	for (int i = 1; i <= 49; i++) {
		char name[16];
		int below;

		sprintf(name, "%d", i);
		below = openat(fd, name, O_PATH | O_CLOEXEC);
		close(fd);
		fd = below;
	}
	assert_int_equal(renameat(fd, "50", AT_FDCWD, "lower"), 0);
	close(fd);
	move_once();
}

/*
 * A directory that is found neither from below nor from above is lost: there is one message for
 * each, and no file is visited twice.
 */
static void test_moved_twice(void **state)
{
	unsigned lost;

	(void)state;
	scratch_enter(NULL);
	make_levels();
	begin_walk();
	asked.hook = hook;
	hook_at = "199";
	at_that = move_twice;
	walk_one(WALK_OPERAND_LINKS, 1, "0");
	lost = count_lines(": read error");
	/* The directories between 0 and 50 that had entries left are lost. */
	EXPECT(lost > 20 && lost <= 49 && count_lines(": unreadable") == 0);
	EXPECT(count_lines("/f0") + count_lines("/f7") >= 2 * (LEVELS - 49));
	/* Each file of a directory that is not named there was visited. */
	EXPECT(atomic_load(&seen.visits) - lost >= 9 * LEVELS - 8 * lost);
	EXPECT(strlen(seen.text) < 2 * 1024 * 1024);
	rows_end();
}

static void remove_s(void)
{
	assert_int_equal(unlink("d/s/f") | rmdir("d/s"), 0);
}

/* A file that is gone when its turn comes is not reported. */
static void test_removed(void **state)
{
	(void)state;
	scratch_enter("d/, d/s/, d/s/f");
	begin_walk();
	asked.hook = hook;
	hook_at = "s";
	at_that = remove_s;
	assert_string_equal(walk_one(WALK_OPERAND_LINKS, 1, "d"), "d\nd/s\n");
	rows_end();
}

/* ----------------------------------------------------------------------------------------- end */

/* From here on nothing is entered. What is due is done. */
static enum walk_answer stop_at(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	enum walk_answer answer = visit(ctx, e, ret_traits);

	return atomic_load(&seen.visits) >= 100 ? WALK_STOP : answer;
}

static void test_stop(void **state)
{
	(void)state;
	scratch_enter(NULL);
	make_random_tree("d", 2000, 5);
	for (unsigned jobs = 1; jobs <= 8; jobs += 7) {
		const struct walk_options options = {.recursive = true, .jobs = jobs};
		const struct walk_visitor visitor = {.next = next_operand,
			.visit = stop_at,
			.again = again,
			.leave = leave,
			.share = share,
			.print = print,
			.ctx = &asked};
		static const char *const operands[] = {"d", "d"};
		int fds = count_fds();

		begin_walk();
		machine.clock_step = 1000;
		asked.owing = 1;
		asked.operands = operands;
		asked.count = 2;
		memset(&seen, 0, sizeof(seen));
		walk(&options, &visitor);
		EXPECT(count_fds() == fds && atomic_load(&seen.wrong) == 0);
		EXPECT(atomic_load(&seen.visits) < 100 + jobs && seen.leaves > 0);
		EXPECT(jobs > 1 || atomic_load(&seen.visits) == 100);
		/* Those that were entered. */
		EXPECT(count_lines(" is left") == atomic_load(&seen.leaves));
		EXPECT(asked.count == 1);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_order_of_the_file_system),
		SCRATCH_TEST(test_operands),
		SCRATCH_TEST(test_cycles),
		SCRATCH_TEST(test_moved_while_in_it),
		SCRATCH_TEST(test_moved_twice),
		SCRATCH_TEST(test_removed),
		SCRATCH_TEST(test_stop),
	};

	umask(022);
	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
