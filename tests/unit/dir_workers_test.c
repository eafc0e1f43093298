/*
 * dir: directories that go from worker to worker, and the set of all that a walk is in.
 *
 * Link with --wrap= of malloc, calloc, sys_dup, sys_open_dir, sys_read_dir and with support/tree.o.
 */
#include "dir.h"

#include "dir_fixture.h"

/* Part and whole have all entries between them, in whichever order they are read. */
static void test_split(void **state)
{
	(void)state;
	begin("d/", 4);
	make_files("d", MAX_FILES);
	for (int row = 0; row < 4; row++) {
		bool part_first = row & 1, waits = row & 2;
		struct dir *d = open_in(NULL, "d"), *parts[64];
		unsigned char type;
		const char *name;
		size_t n = 0;

		d->traits = 7;
		while (dir_next(&ours, d, &name, &type) > 0) {
			struct dir *part;
			size_t rest = dir_rest(d);

			see(name);
			part = rest > 0 && n < COUNT(parts) ? dir_split(&ours, d) : NULL;
			if (part == NULL)
				continue;
			EXPECT(dir_rest(part) == rest && dir_rest(d) == 0);
			EXPECT(part->traits == 7 && strcmp(part->name, "d") == 0);
			EXPECT(part->parent == NULL && is_open_right(part) && part->fd != d->fd);
			if (waits) {
				dir_suspend(&ours, d);
				EXPECT(dirs_make_room(&ours) && dir_resume(&ours, d) == 0);
			}
			dir_take(&theirs, part);
			if (part_first)
				EXPECT(see_rest(&theirs, part) == 0);
			parts[n++] = part;
		}
		EXPECT(n > 5);
		EXPECT(dir_leave(&ours, d) == NULL);
		while (n-- > 0) {
			/* A part is read like any other directory, and may wait. */
			dir_suspend(&theirs, parts[n]);
			EXPECT(dirs_make_room(&theirs));
			EXPECT(dir_resume(&theirs, parts[n]) == 0);
			EXPECT(see_rest(&theirs, parts[n]) == 0);
			EXPECT(dir_leave(&theirs, parts[n]) == NULL);
		}
		expect_seen("split", MAX_FILES);
	}
	end();
}

/* What cannot be split, and is as it was. */
static void test_no_split(void **state)
{
	struct dir *d, *part;
	unsigned char type;
	const char *name;
	size_t rest;

	(void)state;
	begin("d/", 4);
	make_files("d", 600);
	d = open_in(NULL, "d");
	EXPECT(dir_next(&ours, d, &name, &type) == 1);
	see(name);
	rest = dir_rest(d);
	fault.dup = true;
	EXPECT(dir_split(&ours, d) == NULL);
	fault.dup = false;
	fault.malloc = true;
	EXPECT(dir_split(&ours, d) == NULL);
	fault.malloc = false;
	EXPECT(dir_rest(d) == rest);
	part = dir_split(&ours, d);
	EXPECT(part != NULL && dir_split(&theirs, part) == NULL);
	dir_take(&theirs, part);
	EXPECT(see_rest(&theirs, part) == 0);
	dir_leave(&theirs, part);

	EXPECT(dir_next(&ours, d, &name, &type) == 1);
	see(name);
	dir_suspend(&ours, d);
	EXPECT(dir_resume(&ours, d) == 0);
	EXPECT(dir_split(&ours, d) == NULL);
	EXPECT(see_rest(&ours, d) == 0);
	EXPECT(dir_split(&ours, d) == NULL);
	expect_seen("not split", 600);
	dir_leave(&ours, d);
	end();
}

/* Buffers that were given away come back. */
static void test_buffers_are_used_again(void **state)
{
	(void)state;
	begin("d/", 4);
	make_files("d", 600);
	for (int round = 0; round < 100; round++) {
		struct dir *d = open_in(NULL, "d"), *part;
		unsigned char type;
		const char *name;

		EXPECT(dir_next(&ours, d, &name, &type) == 1);
		see(name);
		part = dir_split(&ours, d);
		EXPECT(part != NULL);
		dir_take(&theirs, part);
		EXPECT(see_rest(&ours, d) == 0);
		EXPECT(see_rest(&theirs, part) == 0);
		expect_seen("again", 600);
		dir_leave(&ours, d);
		dir_leave(&theirs, part);
	}
	EXPECT(fault.big_mallocs <= 3);
	end();
}

/* Who is done with a directory of another's parent does not go on with that. */
static void test_parent_of_another(void **state)
{
	struct dir *a, *b, *c, *d;
	char path[16];
	struct stat st;

	(void)state;
	begin("a/, a/b/, a/b/c/, a/b/c/d/", 4);
	a = open_in(NULL, "a");
	dir_suspend(&ours, a);
	b = open_in(a, "b");
	c = open_in(b, "c");
	EXPECT(fstat(b->fd, &st) == 0);
	dir_take(&theirs, c);
	d = open_as(&theirs, c, "d", SYS_NOFOLLOW);
	/* It is left before what is in it. */
	EXPECT(dir_leave(&ours, b) == a);
	EXPECT(dir_resume(&ours, a) == 0);
	EXPECT(dir_leave(&ours, a) == NULL);
	EXPECT(dirs_is_above(&theirs, d, &st));
	EXPECT(d->path_len == strlen("a/b/c/d/"));
	dir_path(d, path);
	EXPECT(memcmp(path, "a/b/c/d/", strlen("a/b/c/d/")) == 0);

	/* The way down leads through what others have left. */
	dir_suspend(&theirs, c);
	EXPECT(dirs_make_room(&theirs));
	EXPECT(rename("a/b/c/d", "d") == 0);
	EXPECT(dir_leave(&theirs, d) == c);
	fault.opened[0] = '\0';
	EXPECT(dir_resume(&theirs, c) == 0);
	EXPECT(strcmp(fault.opened, "a b c ") == 0);
	EXPECT(is_open_right(c));
	EXPECT(dir_leave(&theirs, c) == NULL);
	end();
}

/* What is open of another's is not ours to use; none of it stays open either. */
static void test_way_through_anothers(void **state)
{
	struct dir *a, *b, *c, *d;
	int fds;

	(void)state;
	begin("a/, a/b/, a/b/c/, a/b/c/d/, other/", 4);
	fds = count_fds();
	a = open_as(&theirs, NULL, "a", SYS_NOFOLLOW);
	b = open_as(&theirs, a, "b", SYS_NOFOLLOW);
	dir_take(&ours, b);
	c = open_in(b, "c");
	dir_suspend(&ours, b);
	d = open_in(c, "d");
	dir_suspend(&ours, c);
	EXPECT(dirs_make_room(&ours) && dirs_make_room(&ours));
	EXPECT(rename("a/b/c/d", "other/d") == 0);
	EXPECT(dir_leave(&ours, d) == c);
	fault.opened[0] = '\0';
	EXPECT(dir_resume(&ours, c) == 0);
	EXPECT(strcmp(fault.opened, "a b c ") == 0);
	EXPECT(is_open_right(a) && is_open_right(b) && is_open_right(c));
	EXPECT(count_fds() == fds + 3);
	EXPECT(ours.idle_count == 1);
	EXPECT(dir_leave(&ours, c) == b);
	EXPECT(dir_resume(&ours, b) == 0);
	EXPECT(dir_leave(&ours, b) == NULL);
	EXPECT(dir_leave(&theirs, a) == NULL);
	EXPECT(count_fds() == fds);
	end();
}

/* ---------------------------------------------------------------------- paths, and those above */

static void test_paths(void **state)
{
	static const struct {
		const char *operand, *path;
	} rows[] = {{"a", "a/b/c/"}, {"a/", "a/b/c/"}, {"./a", "./a/b/c/"}, {"a//", "a//b/c/"},
		{"./a/.", "./a/./b/c/"}, {"a/b/..", "a/b/../b/c/"}};

	(void)state;
	begin("a/, a/b/, a/b/c/", 4);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dir *a = open_in(NULL, rows[i].operand), *b = open_in(a, "b");
		struct dir *c = open_in(b, "c");
		char path[64];

		memset(path, '#', sizeof(path));
		dir_path(c, path);
		EXPECT(c->path_len == strlen(rows[i].path));
		if (strncmp(path, rows[i].path, strlen(rows[i].path)) != 0)
			row_wrong("%s: %.*s", rows[i].operand, (int)c->path_len, path);
		EXPECT(path[c->path_len] == '#');
		dir_leave(&ours, c);
		dir_leave(&ours, b);
		dir_leave(&ours, a);
	}
	{
		struct dir *root = open_in(NULL, "/");
		char path[4] = "##";

		dir_path(root, path);
		EXPECT(root->path_len == 1 && strcmp(path, "/#") == 0);
		dir_leave(&ours, root);
	}
	end();
}

static bool is_above(const struct dir *dir, const char *name)
{
	struct stat st;

	EXPECT(stat(name, &st) == 0);
	return dirs_is_above(&ours, dir, &st);
}

static void test_is_above(void **state)
{
	struct dir *a, *b, *c, *e;
	struct stat st;

	(void)state;
	begin("a/, a/b/, a/b/c/, e/, f/", 4);
	a = open_in(NULL, "a");
	b = open_in(a, "b");
	c = open_in(b, "c");
	e = open_in(NULL, "e");
	EXPECT(is_above(c, "a") && is_above(c, "a/b") && is_above(c, "a/b/c"));
	EXPECT(is_above(a, "a") && !is_above(a, "a/b"));
	/* On the way of somebody, but not above this one; or of nobody. */
	EXPECT(!is_above(c, "e") && !is_above(e, "a") && !is_above(c, "f"));
	/* Device and inode both count. */
	EXPECT(stat("a", &st) == 0);
	st.st_dev++;
	EXPECT(!dirs_is_above(&ours, c, &st));
	/* The same directory can be on the way twice. */
	dir_leave(&ours, e);
	e = open_in(NULL, "a/b");
	EXPECT(is_above(c, "a/b") && is_above(e, "a/b") && !is_above(e, "a"));
	dir_leave(&ours, e);
	EXPECT(is_above(c, "a/b"));
	dir_leave(&ours, c);
	EXPECT(!is_above(b, "a/b/c"));
	dir_leave(&ours, b);
	dir_leave(&ours, a);
	end();
}

/* The set grows, if it can, and finds all it holds. */
static void test_many_directories(void **state)
{
	enum { MANY = 1500 };
	static struct dir *dirs[MANY];
	struct stat st;

	(void)state;
	begin("d/", 4);
	EXPECT(stat("d", &st) == 0);
	for (int without_memory = 0; without_memory < 2; without_memory++) {
		dirset_free(&set);
		dirset_init(&set);
		fault.calloc = without_memory;
		for (ino_t i = 0; i < MANY; i++) {
			st.st_ino = i * 64 + 1;
			dirs[i] = dir_new(
				&ours, i > 0 ? dirs[i - 1] : NULL, "d", -1, &st, SYS_NOFOLLOW);
			assert_non_null(dirs[i]);
		}
		for (ino_t i = 0; i < MANY; i++) {
			st.st_ino = i * 64 + 1;
			EXPECT(dirs_is_above(&ours, dirs[MANY - 1], &st));
			EXPECT(dirs_is_above(&ours, dirs[MANY / 2], &st) == (i <= MANY / 2));
			st.st_ino++;
			EXPECT(!dirs_is_above(&ours, dirs[MANY - 1], &st));
		}
		for (size_t i = MANY; i-- > 0;)
			dir_leave(&ours, dirs[i]);
		EXPECT(set.count == 0);
	}
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_split),
		SCRATCH_TEST(test_no_split),
		SCRATCH_TEST(test_buffers_are_used_again),
		SCRATCH_TEST(test_parent_of_another),
		SCRATCH_TEST(test_way_through_anothers),
		SCRATCH_TEST(test_paths),
		SCRATCH_TEST(test_is_above),
		SCRATCH_TEST(test_many_directories),
	};

	umask(022);
	return cmocka_run_group_tests_name("dir: workers", tests, NULL, NULL);
}
