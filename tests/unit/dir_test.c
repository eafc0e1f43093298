/*
 * dir: directories are read completely whatever happens between two entries, and what is opened
 * again is what had been open.
 *
 * Link with --wrap= of malloc, calloc, sys_dup, sys_open_dir, sys_read_dir and with support/tree.o.
 */
#include "dir.h"

#include <dirent.h>

#include "dir_fixture.h"

/* ------------------------------------------------------------------------------------- reading */

static void test_entries_and_types(void **state)
{
	static const struct {
		const char *name;
		unsigned char type;
	} rows[] = {{"...", DT_REG}, {"..a", DT_REG}, {".a", DT_REG}, {"f", DT_REG}, {"l", DT_LNK},
		{"p", DT_FIFO}, {"s", DT_DIR}};
	unsigned char type, found = 0;
	const char *name;
	struct dir *d;

	(void)state;
	begin("d/, d/..., d/..a, d/.a, d/f, d/l -> f, d/p|, d/s/, e/", 4);
	d = open_in(NULL, "d");
	while (dir_next(&ours, d, &name, &type) == 1) {
		for (size_t i = 0; i < COUNT(rows); i++) {
			if (strcmp(rows[i].name, name) != 0)
				continue;
			EXPECT((found & 1 << i) == 0);
			found |= 1 << i;
			/* Not every file system knows the types. */
			EXPECT(type == rows[i].type || type == DT_UNKNOWN);
		}
	}
	EXPECT(found == (1 << COUNT(rows)) - 1);
	EXPECT(dir_next(&ours, d, &name, &type) == 0);
	EXPECT(dir_leave(&ours, d) == NULL);
	d = open_in(NULL, "e");
	EXPECT(dir_next(&ours, d, &name, &type) == 0);
	EXPECT(dir_leave(&ours, d) == NULL);
	end();
}

static void test_many_entries(void **state)
{
	struct dir *d;
	const char *name;
	unsigned char type;
	size_t rest = 0;

	(void)state;
	begin("d/", 4);
	make_files("d", MAX_FILES);
	d = open_in(NULL, "d");
	EXPECT(dir_rest(d) == 0);
	while (dir_next(&ours, d, &name, &type) == 1) {
		EXPECT(dir_rest(d) < rest || rest == 0);
		rest = dir_rest(d);
		see(name);
	}
	EXPECT(dir_rest(d) == 0);
	expect_seen("many", MAX_FILES);
	EXPECT(fault.reads > 5);
	dir_leave(&ours, d);
	end();
}

static void test_read_errors(void **state)
{
	(void)state;
	begin("d/", 4);
	make_files("d", 1000);
	for (int from = 1; from <= 3; from++) {
		struct dir *d = open_in(NULL, "d");
		size_t count = 0;
		int got;

		fault.read = EIO;
		fault.read_from = from;
		fault.reads = 0;
		got = see_rest(&ours, d);
		EXPECT(got == -EIO);
		EXPECT(d->has_entries == (from > 1));
		for (size_t i = 0; i < MAX_FILES; i++)
			count += seen[i];
		EXPECT(from == 1 ? count == 0 : count > 0 && count < 1000);
		/* It is an end. */
		fault.read = 0;
		EXPECT(see_rest(&ours, d) == 0);
		memset(seen, 0, sizeof(seen));
		dir_leave(&ours, d);
	}
	end();
}

/* The place to go on at cannot be found: here, for a pipe has taken the descriptor. */
static void test_seek_error(void **state)
{
	int pipe_fds[2];
	struct dir *d;
	const char *name;
	unsigned char type;

	(void)state;
	begin("d/", 4);
	make_files("d", 600);
	d = open_in(NULL, "d");
	EXPECT(dir_next(&ours, d, &name, &type) == 1);
	fault.malloc = true;
	dir_suspend(&ours, d);
	fault.malloc = false;
	EXPECT(dir_resume(&ours, d) == 0);
	EXPECT(pipe2(pipe_fds, O_CLOEXEC) == 0);
	EXPECT(dup3(pipe_fds[0], d->fd, O_CLOEXEC) == d->fd);
	EXPECT(dir_next(&ours, d, &name, &type) == -ESPIPE);
	EXPECT(dir_next(&ours, d, &name, &type) == 0);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	dir_leave(&ours, d);
	end();
}

static void test_no_memory(void **state)
{
	struct stat st;
	struct dir *d;
	int fds;

	(void)state;
	begin("d/, d/f", 4);
	d = open_in(NULL, "d");
	fault.malloc = true;
	EXPECT(see_rest(&ours, d) == -ENOMEM);
	fds = count_fds();
	EXPECT(stat("d", &st) == 0);
	EXPECT(dir_new(&ours, NULL, "d", d->fd, &st, SYS_NOFOLLOW) == NULL);
	EXPECT(dir_new(&ours, d, "d", d->fd, &st, SYS_NOFOLLOW) == NULL);
	fault.malloc = false;
	EXPECT(count_fds() == fds);
	dir_leave(&ours, d);
	EXPECT(count_fds() == fds - 1);
	end();
}

/* ------------------------------------------------------------------------------------- waiting */

/* Reads another directory meanwhile, through the same buffer. */
static void read_other(struct dir *parent)
{
	struct dir *s = open_in(parent, "s");
	unsigned char type;
	const char *name;

	while (dir_next(&ours, s, &name, &type) > 0)
		EXPECT(strlen(name) == 1);
	EXPECT(dir_leave(&ours, s) == parent);
}

/* Wherever a directory waits, and whatever becomes of it meanwhile, it goes on behind that entry.
 */
static void test_waiting(void **state)
{
	(void)state;
	begin("d/, d/s/, d/s/x, d/s/y", 4);
	make_files("d", 600);
	for (int row = 0; row < 8; row++) {
		bool is_shed = row & 1, without_memory = row & 2, at_each = row & 4;
		struct dir *d = open_in(NULL, "d");
		unsigned char type;
		const char *name;
		char what[64];
		int n = 0;

		while (dir_next(&ours, d, &name, &type) > 0) {
			if (strcmp(name, "s") != 0)
				see(name);
			if (!at_each && n++ % 37 != 0)
				continue;
			read_other(d);
			fault.malloc = without_memory;
			dir_suspend(&ours, d);
			fault.malloc = false;
			EXPECT(ours.idle_count == 1);
			if (is_shed) {
				EXPECT(dirs_make_room(&ours));
				EXPECT(d->fd == -1);
			}
			EXPECT(dir_resume(&ours, d) == 0);
			EXPECT(ours.idle_count == 0);
		}
		sprintf(what, "%s%s%s", is_shed ? "closed, " : "",
			without_memory ? "no memory, " : "", at_each ? "at each" : "at some");
		expect_seen(what, 600);
		EXPECT(dir_leave(&ours, d) == NULL);
	}
	end();
}

/* Opens a chain of COUNT directories 0/1/2..., all but the last of which wait. */
static void open_chain(struct dirs *dirs, struct dir **chain, int count)
{
	for (int i = 0; i < count; i++) {
		char name[16];

		sprintf(name, "%d", i);
		chain[i] = open_as(dirs, i > 0 ? chain[i - 1] : NULL, name, SYS_NOFOLLOW);
		if (i > 0)
			dir_suspend(dirs, chain[i - 1]);
	}
}

#define CHAIN "0/, 0/1/, 0/1/2/, 0/1/2/3/, 0/1/2/3/4/, 0/1/2/3/4/5/"
enum { LENGTH = 6 };

/* Leaves DIR and all above it. */
static void leave_chain(struct dir *dir)
{
	while (dir != NULL) {
		dir = dir_leave(&ours, dir);
		EXPECT(dir == NULL || dir_resume(&ours, dir) == 0);
		EXPECT(dir == NULL || is_open_right(dir));
	}
}

static void test_limit_of_those_that_wait(void **state)
{
	struct dir *chain[LENGTH];

	(void)state;
	begin(CHAIN, 3);
	EXPECT(!dirs_make_room(&ours));
	open_chain(&ours, chain, LENGTH);
	/* Those that have waited longest are closed. */
	for (int i = 0; i < LENGTH; i++)
		EXPECT((chain[i]->fd >= 0) == (i >= 2));
	EXPECT(dirs_make_room(&ours));
	EXPECT(chain[2]->fd == -1 && chain[3]->fd >= 0);
	dirs_share(&ours, 1);
	EXPECT(chain[3]->fd == -1 && chain[4]->fd >= 0);
	EXPECT(dirs_make_room(&ours));
	/* Now it is for other workers to close some, for which one can wait, but not for ever. */
	ours.patience = 2;
	EXPECT(dirs_make_room(&ours) && dirs_make_room(&ours));
	EXPECT(!dirs_make_room(&ours));
	EXPECT(chain[4]->fd == -1 && chain[5]->fd >= 0);
	leave_chain(chain[5]);
	end();
}

/* On the way up every parent is opened from the directory below it, for that is the shortest way.
 */
static void test_up_again(void **state)
{
	(void)state;
	begin(CHAIN, 4);
	for (size_t most = 0; most < LENGTH; most++) {
		struct dir *chain[LENGTH];
		char expected[256] = "";
		int fds = count_fds();

		dirs_share(&ours, most);
		open_chain(&ours, chain, LENGTH);
		EXPECT(count_fds() == fds + 1 + (int)(most < LENGTH - 1 ? most : LENGTH - 1));
		fault.opened[0] = '\0';
		leave_chain(chain[LENGTH - 1]);
		EXPECT(count_fds() == fds);
		for (size_t i = most; i < LENGTH - 1 && most > 0; i++)
			strcat(expected, ".. ");
		if (most > 0 && strcmp(fault.opened, expected) != 0)
			row_wrong("%zu wait: opened %s", most, fault.opened);
	}
	end();
}

/* ---------------------------------------------------------------------------------- from above */

/* A chain of which OPEN directories from the top are open still. */
static void open_closed_chain(struct dir **chain, int open)
{
	dirs_share(&ours, LENGTH);
	open_chain(&ours, chain, LENGTH);
	/* The oldest are closed first, and those are at the top. */
	for (int i = 0; i < LENGTH - 1; i++)
		EXPECT(dirs_make_room(&ours));
	for (int i = 0; i < open; i++) {
		EXPECT(dir_resume(&ours, chain[i]) == 0);
		dir_suspend(&ours, chain[i]);
	}
	fault.opened[0] = '\0';
}

/* If the directory below was moved away, the parent is found by the names that led to it. */
static void test_from_above(void **state)
{
	static const char *const opened[] = {
		".. 0 1 2 3 4 ", ".. 1 2 3 4 ", ".. 2 3 4 ", ".. 3 4 ", ".. 4 "};

	(void)state;
	begin(CHAIN ", other/", 0);
	for (int open = 0; open < LENGTH - 1; open++) {
		struct dir *chain[LENGTH];
		int fds = count_fds();

		open_closed_chain(chain, open);
		EXPECT(rename("0/1/2/3/4/5", "other/5") == 0);
		EXPECT(dir_leave(&ours, chain[5]) == chain[4]);
		EXPECT(chain[4]->fd == -1);
		EXPECT(dir_resume(&ours, chain[4]) == 0);
		if (strcmp(fault.opened, opened[open]) != 0)
			row_wrong("%d open: opened %s", open, fault.opened);
		EXPECT(is_open_right(chain[4]));
		/* Those on the way are open now, and wait. */
		for (int i = 0; i < LENGTH - 2; i++)
			EXPECT(is_open_right(chain[i]) && chain[i]->is_idle);
		leave_chain(chain[4]);
		EXPECT(count_fds() == fds);
		EXPECT(rename("other/5", "0/1/2/3/4/5") == 0);
	}
	end();
}

/* What is done to the directory 0/1/2 meanwhile, and what opening it again comes to. */
static const struct {
	const char *what;
	bool with_dir, with_file, with_link;
	int err;
} replaced_rows[] = {
	{"gone", false, false, false, -ESTALE},
	{"another directory", true, false, false, -ESTALE},
	{"a file", false, true, false, -ENOTDIR},
	{"a link to itself", false, false, true, -ENOTDIR},
};

static void test_replaced(void **state)
{
	(void)state;
	begin(CHAIN ", other/", 0);
	for (size_t i = 0; i < COUNT(replaced_rows); i++) {
		struct dir *chain[LENGTH], *dir;
		int fds = count_fds();

		open_closed_chain(chain, 0);
		EXPECT(rename("0/1/2/3/4/5", "other/5") == 0);
		EXPECT(rename("0/1/2", "other/2") == 0);
		if (replaced_rows[i].with_dir)
			EXPECT(mkdir("0/1/2", 0700) == 0 && mkdir("0/1/2/3", 0700) == 0);
		if (replaced_rows[i].with_file)
			close(open("0/1/2", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		if (replaced_rows[i].with_link)
			EXPECT(symlink("../../other/2", "0/1/2") == 0);
		dir = dir_leave(&ours, chain[5]);
		for (int k = 4; k >= 2; k--) {
			EXPECT(dir == chain[k]);
			if (dir_resume(&ours, dir) != replaced_rows[i].err)
				row_wrong("%s: %d is opened again", replaced_rows[i].what, k);
			EXPECT(dir->fd == -1);
			dir = dir_leave(&ours, dir);
		}
		/* What is above was not touched. */
		EXPECT(dir == chain[1] && dir_resume(&ours, dir) == 0);
		EXPECT(is_open_right(dir));
		leave_chain(dir);
		EXPECT(count_fds() == fds);
		rmdir("0/1/2/3");
		EXPECT(rmdir("0/1/2") == 0 || unlink("0/1/2") == 0 || errno == ENOENT);
		EXPECT(rename("other/2", "0/1/2") == 0);
		EXPECT(rename("other/5", "0/1/2/3/4/5") == 0);
	}
	end();
}

/* An operand that is a link is one still when it is opened again; where it leads counts. */
static void test_operand_that_is_a_link(void **state)
{
	(void)state;
	begin("t/, t/s/, t2/, l -> t, other/", 0);
	for (int is_moved = 0; is_moved < 2; is_moved++) {
		struct dir *l = open_as(&ours, NULL, "l", SYS_FOLLOW), *s = open_in(l, "s");

		dir_suspend(&ours, l);
		EXPECT(l->fd == -1);
		if (is_moved)
			EXPECT(unlink("l") == 0 && symlink("t2", "l") == 0);
		EXPECT(rename("t/s", "other/s") == 0);
		EXPECT(dir_leave(&ours, s) == l);
		EXPECT(dir_resume(&ours, l) == (is_moved ? -ESTALE : 0));
		EXPECT(dir_leave(&ours, l) == NULL);
		EXPECT(rename("other/s", "t/s") == 0);
	}
	end();
}

static void test_shortage_when_opening_again(void **state)
{
	struct dir *chain[LENGTH], *e;

	(void)state;
	begin(CHAIN ", e/, other/", 8);
	for (int times = 1; times <= 2; times++) {
		/* One that waits and is not needed on the way can be given up. */
		open_closed_chain(chain, 0);
		ours.patience = 0;
		e = open_in(NULL, "e");
		dir_suspend(&ours, e);
		EXPECT(rename("0/1/2/3/4/5", "other/5") == 0);
		fault.open = times == 1 ? EMFILE : ENFILE;
		EXPECT(dir_leave(&ours, chain[5]) == chain[4]);
		fault.open_times = times;
		EXPECT(dir_resume(&ours, chain[4]) == (times == 1 ? 0 : -ENFILE));
		EXPECT(e->fd == -1);
		fault.open_times = 0;
		leave_chain(chain[4]);
		EXPECT(dir_resume(&ours, e) == 0);
		dir_leave(&ours, e);
		EXPECT(rename("other/5", "0/1/2/3/4/5") == 0);
	}
	/* No memory for the way. */
	open_closed_chain(chain, 0);
	EXPECT(rename("0/1/2/3/4/5", "other/5") == 0);
	EXPECT(dir_leave(&ours, chain[5]) == chain[4]);
	fault.malloc = true;
	EXPECT(dir_resume(&ours, chain[4]) == -ENOMEM);
	fault.malloc = false;
	leave_chain(chain[4]);
	end();
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_entries_and_types),
		SCRATCH_TEST(test_many_entries),
		SCRATCH_TEST(test_read_errors),
		SCRATCH_TEST(test_seek_error),
		SCRATCH_TEST(test_no_memory),
		SCRATCH_TEST(test_waiting),
		SCRATCH_TEST(test_limit_of_those_that_wait),
		SCRATCH_TEST(test_up_again),
		SCRATCH_TEST(test_from_above),
		SCRATCH_TEST(test_replaced),
		SCRATCH_TEST(test_operand_that_is_a_link),
		SCRATCH_TEST(test_shortage_when_opening_again),
	};

	umask(022);
	return cmocka_run_group_tests_name("dir", tests, NULL, NULL);
}
