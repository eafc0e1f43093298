/*
 * walk by one worker: every name is visited once, in the order of the file system, directories
 * before what is in them; nothing that happens to one file ends it.
 *
 * Link with --wrap=sys_read_dir and with support/tree.o.
 */
#include "walk.h"

#include <dirent.h>
#include <stdio.h>

#include "walk_reading.h"

enum { MAX_TEXT = 64 * 1024 };

/* ---------------------------------------------------------------------------------- one worker */

/* A walk by one worker. */
static struct {
	const char *const *operands;
	size_t count;
	char operand[256]; /* the last one that was handed out */
	bool looks;        /* a file may be a directory */
	const char *unwanted;
	void (*hook)(void); /* is called when this path is visited */
	char *hook_at;
	char shown[MAX_TEXT]; /* the path of every entry that was visited, an event, "; " */
	size_t shown_len;
} one;

static char *next_of_one(void *ctx)
{
	EXPECT(ctx == &one);
	if (one.count == 0)
		return NULL;
	/* It is only valid until the next call. */
	memset(one.operand, '#', sizeof(one.operand) - 1);
	strcpy(one.operand, *one.operands++);
	one.count--;
	return one.operand;
}

static bool wanted_by_one(void *ctx, const struct walk_entry *e)
{
	(void)ctx;
	return strcmp(e->name, one.unwanted) != 0;
}

static enum walk_answer visit_one(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	static const char *const events[] = {
		"", ": dangling", ": no access", ": unreadable", ": read error", ": cycle"};
	struct stat st;

	(void)ctx;
	*ret_traits = (unsigned)strlen(e->name);
	if (one.looks && e->pin < 0 && e->event == WALK_FILE &&
		fstatat(e->dirfd, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return WALK_LOOK;
	one.shown_len += (size_t)snprintf(one.shown + one.shown_len, MAX_TEXT - one.shown_len,
		"%s%s; ", walk_path(e), events[e->event]);
	assert_true(one.shown_len < MAX_TEXT);
	if (one.hook != NULL && strcmp(walk_path(e), one.hook_at) == 0)
		one.hook();
	return WALK_ENTER;
}

/* Walks with one worker; what was shown. */
static const char *walk_one(enum walk_links links, const char *const *operands, size_t count)
{
	const struct walk_visitor visitor = {
		.next = next_of_one,
		.wants = one.unwanted != NULL ? wanted_by_one : NULL,
		.visit = visit_one,
	};

	one.operands = operands;
	one.count = count;
	one.shown_len = 0;
	one.shown[0] = '\0';
	walk(links, 1, &visitor, &one);
	return one.shown;
}

static const char *walk_from(enum walk_links links, const char *operand)
{
	return walk_one(links, &operand, 1);
}

/* The same by readdir(3). */
static size_t list_by_readdir(const char *path, char *text)
{
	size_t len = (size_t)sprintf(text, "%s; ", path);
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char below[1024];
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		sprintf(below, "%s/%s", path, entry->d_name);
		if (lstat(below, &st) == 0 && S_ISDIR(st.st_mode))
			len += list_by_readdir(below, text + len);
		else
			len += (size_t)sprintf(text + len, "%s; ", below);
	}
	if (dir != NULL)
		closedir(dir);
	return len;
}

#define TREE                                                                                       \
	"d/, d/a, d/b/, d/b/x, d/b/y/, d/b/y/z, d/c/, d/e, d/l -> ../t, d/p|, t/, t/f, d/g/, "     \
	"d/g/1, d/g/2, d/g/3/, d/g/3/4, d/h -> nope"

static void test_order_of_the_file_system(void **state)
{
	static char expected[MAX_TEXT];

	(void)state;
	memset(&reading, 0, sizeof(reading));
	scratch_enter(TREE);
	for (int i = 0; i < 600; i++) {
		char name[128];
		sprintf(name, "d/g/%0100d", i);
		EXPECT(mkdir(name, 0700) == 0);
	}
	list_by_readdir("d", expected);
	assert_string_equal(walk_from(WALK_OPERAND_LINKS, "d"), expected);
	assert_string_equal(walk_from(WALK_NO_LINKS, "d"), expected);

	/* Without types, and with wrong ones. */
	reading.hides_types = true;
	assert_string_equal(walk_from(WALK_OPERAND_LINKS, "d"), expected);
	reading.hides_types = false;
	reading.hides_dirs = one.looks = true;
	assert_string_equal(walk_from(WALK_OPERAND_LINKS, "d"), expected);
	reading.hides_dirs = one.looks = false;
	rows_end();
}

static void test_operands(void **state)
{
	static const char *const operands[] = {"f", "nope", "d", "f/x", "", "d", "l", "dang"};

	(void)state;
	scratch_enter("f, d/, d/a, l -> d, dang -> nope");
	assert_string_equal(walk_one(WALK_OPERAND_LINKS, operands, COUNT(operands)),
		"f; nope: no access; d; d/a; f/x: no access; : no access; d; d/a; l; l/a; "
		"dang: dangling; ");
	assert_string_equal(walk_one(WALK_NO_LINKS, operands, COUNT(operands)),
		"f; nope: no access; d; d/a; f/x: no access; : no access; d; d/a; l; dang; ");
	assert_string_equal(walk_one(WALK_OPERAND_LINKS, NULL, 0), "");
	rows_end();
}

/* Of the slashes at the end of an operand one is kept. */
static void test_slashes(void **state)
{
	static const struct {
		const char *operand, *shown;
	} rows[] = {
		{"d", "d; d/a; "},
		{"d/", "d/; d/a; "},
		{"d//", "d/; d/a; "},
		{"d////", "d/; d/a; "},
		{"./d///", "./d/; ./d/a; "},
		{"d/.", "d/.; d/./a; "},
		{"d//.//", "d//./; d//./a; "},
		{"../d", "../d; ../d/a; "},
		{"../..//s//d", "../..//s//d; ../..//s//d/a; "},
		{"f", "f; "},
		{"f/", "f/: no access; "},
		{"f///", "f/: no access; "},
		{"nope//", "nope/: no access; "},
	};

	(void)state;
	scratch_enter("s/, s/d/, s/d/a, s/f, d/, d/a, s/s/");
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *shown;

		/* "../d" is the d beside us. */
		EXPECT(chdir("s") == 0);
		if (strncmp(rows[i].operand, "../..", 5) == 0)
			EXPECT(chdir("s") == 0);
		shown = walk_from(WALK_OPERAND_LINKS, rows[i].operand);
		if (strcmp(shown, rows[i].shown) != 0)
			row_wrong("%s: %s", rows[i].operand, shown);
		EXPECT(fchdir(scratch.fd) == 0);
	}
	rows_end();
}

static const char *unentered_root;

static enum walk_answer visit_root(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	(void)ctx, (void)ret_traits;
	unentered_root = strcmp(walk_path(e), "/") == 0    ? "/"
			 : strcmp(walk_path(e), "//") == 0 ? "//"
							   : "another";
	return WALK_PASS;
}

static void test_slashes_of_the_root(void **state)
{
	static const char *const rows[][2] = {
		{"/", "/"}, {"//", "//"}, {"///", "/"}, {"////", "/"}};
	const struct walk_visitor visitor = {.next = next_of_one, .visit = visit_root};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		one.operands = &rows[i][0];
		one.count = 1;
		walk(WALK_OPERAND_LINKS, 1, &visitor, &one);
		EXPECT(strcmp(unentered_root, rows[i][1]) == 0);
	}
	rows_end();
}

static void test_links(void **state)
{
	(void)state;
	scratch_enter(
		"d/, d/l -> ../t, d/up -> .., t/, t/f, t/dang -> nope, ld -> t, x/, x/in -> in");
	assert_string_equal(walk_from(WALK_NO_LINKS, "ld"), "ld; ");
	assert_string_equal(walk_from(WALK_NO_LINKS, "x"), "x; x/in; ");
	assert_string_equal(walk_from(WALK_ALL_LINKS, "x"), "x; x/in: no access; ");
	/* A link to what is above is visited, but not entered. */
	walk_from(WALK_ALL_LINKS, "d");
	EXPECT(strstr(one.shown, "d/l; ") != NULL && strstr(one.shown, "d/l/f; ") != NULL);
	EXPECT(strstr(one.shown, "d/l/dang: dangling; ") != NULL);
	EXPECT(strstr(one.shown, "d/up; ") != NULL && strstr(one.shown, "d/up/d; ") != NULL);
	EXPECT(strstr(one.shown, "d/up/t/f; ") != NULL && strstr(one.shown, "d/up/d/") == NULL);
	walk_from(WALK_OPERAND_LINKS, "d");
	EXPECT(strcmp(one.shown, "d; d/l; d/up; ") == 0 ||
		strcmp(one.shown, "d; d/up; d/l; ") == 0);
	rows_end();
}

static void test_unwanted_entries(void **state)
{
	(void)state;
	scratch_enter("d/, d/s/, d/s/x, d/s/s/");
	one.unwanted = "s";
	assert_string_equal(walk_from(WALK_OPERAND_LINKS, "d"), "d; ");
	assert_string_equal(walk_from(WALK_OPERAND_LINKS, "d/s"), "d/s; d/s/x; ");
	one.unwanted = "d";
	EXPECT(strstr(walk_from(WALK_OPERAND_LINKS, "d"), "d/s/x; ") != NULL);
	one.unwanted = NULL;
	rows_end();
}

/* A directory that cannot be read is told of when it is left; the walk goes on. */
static void test_read_errors(void **state)
{
	struct stat st;

	(void)state;
	memset(&reading, 0, sizeof(reading));
	scratch_enter("d/, d/s/, d/s/x, e/, e/f");
	for (int row = 0; row < 4; row++) {
		static const char *const operands[] = {"d", "e"};
		static const char *const shown[] = {
			"d; d: unreadable; e; e/f; ",
			"d; d/s; d/s/x; d: read error; e; e/f; ",
			"d; d/s; d/s: unreadable; e; e/f; ",
			"d; d/s; d/s/x; d/s: read error; e; e/f; ",
		};

		EXPECT(stat(row < 2 ? "d" : "d/s", &st) == 0);
		reading.bad = st.st_ino;
		reading.good_reads = row % 2;
		reading.reads = 0;
		reading.err = EIO;
		walk_one(WALK_OPERAND_LINKS, operands, 2);
		if (strcmp(one.shown, shown[row]) != 0)
			row_wrong("row %d: %s", row, one.shown);
	}
	reading.err = 0;
	rows_end();
}

enum { LEVELS = 80, MOVED = 7 };

/* The path of that level, "d/d/...". */
static const char *level_path(int level)
{
	static char path[2 * LEVELS + 2];

	for (int i = 0; i <= level; i++)
		strcpy(path + 2 * i, "d/");
	path[2 * level + 1] = '\0';
	return path;
}

/*
 * Moves the directory of a level and the one above it away, and puts another there, while the walk
 * is below and has closed both.
 */
static void move_away(void)
{
	EXPECT(rename(level_path(MOVED), "other/below") == 0);
	EXPECT(rename(level_path(MOVED - 1), "other/above") == 0);
	EXPECT(mkdir(level_path(MOVED - 1), 0700) == 0);
	EXPECT(mkdir(level_path(MOVED), 0700) == 0);
}

/* What cannot be found again is told of; all that is above it goes on. */
static void test_moved_away(void **state)
{
	static char expected[MAX_TEXT];
	size_t len = 0;

	(void)state;
	scratch_enter("d/, other/");
	for (int i = 1; i < LEVELS; i++)
		EXPECT(mkdir(level_path(i), 0700) == 0);
	for (int i = 0; i < LEVELS; i++)
		len += (size_t)sprintf(expected + len, "%s; ", level_path(i));
	sprintf(expected + len, "%s: read error; ", level_path(MOVED - 1));
	one.hook_at = strdup(level_path(LEVELS - 1));
	one.hook = move_away;
	walk_from(WALK_OPERAND_LINKS, "d");
	free(one.hook_at);
	one.hook = NULL;
	assert_string_equal(one.shown, expected);
	rows_end();
}

static void walk_closed(void *ctx)
{
	(void)ctx;
	be_nobody();
	walk_from(WALK_OPERAND_LINKS, "d");
	EXPECT(strcmp(one.shown, "d; d/c; d/c: unreadable; d/x; d/x/f: no access; ") == 0 ||
		strcmp(one.shown, "d; d/x; d/x/f: no access; d/c; d/c: unreadable; ") == 0);
}

static void test_closed_directories(void **state)
{
	(void)state;
	memset(&reading, 0, sizeof(reading));
	scratch_enter_for_child("d/, d/c/ 300, d/c/f, d/x/ 600, d/x/f");
	/* So that x has to be looked for. */
	reading.hides_types = true;
	if (!in_child(walk_closed, NULL))
		SKIP_TEST("nobody else to be");
	reading.hides_types = false;
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_order_of_the_file_system),
		SCRATCH_TEST(test_operands),
		SCRATCH_TEST(test_slashes),
		SCRATCH_TEST(test_slashes_of_the_root),
		SCRATCH_TEST(test_links),
		SCRATCH_TEST(test_unwanted_entries),
		SCRATCH_TEST(test_read_errors),
		SCRATCH_TEST(test_moved_away),
		SCRATCH_TEST(test_closed_directories),
	};

	umask(022);
	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
