/* SPDX-License-Identifier: MIT */
/* A million files: memory does not grow with them, but for the names of one directory. */
#include "../support/cmocka.h"
#include "count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { FILES = 1000 * 1000, DIRS = 10 * 1000 };

/* Budgets. */
enum {
	FLAT_KIB = 8 * 1024,  /* of the static program; less than that */
	TREE_KIB = 1024,      /* where directories are small */
	NOTES_KIB = 4 * 1024, /* more for lines of workers that wait for their turn */
};

/* A few files are in "few", all the others in "million". */
enum { FEW = 10 };

static struct tree tree;

/* Chooses where the trees are made: in memory if it has room for so many names. */
static void choose_place(void)
{
	struct statvfs vfs;

	if (statvfs("/dev/shm", &vfs) == 0 && access("/dev/shm", W_OK) == 0 &&
		(vfs.f_files == 0 || vfs.f_favail > FILES + 10 * DIRS))
		setenv("TMPDIR", "/dev/shm", 1);
}

static int grow(const char *name, unsigned dirs, unsigned files)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", tree.path, name);
	return count_grow_names(path, dirs, files);
}

static int make_tree(unsigned dirs)
{
	int rc;

	choose_place();
	rc = tree_make("few/ 755, million/ 755", (uid_t)-1, (gid_t)-1, &tree);
	if (rc == 0) {
		rc = grow("few", 0, FEW);
		if (rc == 0)
			rc = grow("million", dirs, FILES);
		if (rc < 0)
			tree_remove(&tree);
	}
	if (rc < 0)
		print_error("no tree: %s\n", strerror(-rc));
	return rc;
}

static int setup_flat(void **state)
{
	(void)state;
	return make_tree(0);
}

static int setup_tree(void **state)
{
	(void)state;
	return make_tree(DIRS);
}

static int teardown(void **state)
{
	(void)state;
	tree_remove(&tree);
	return 0;
}

static unsigned long peak_of(const char *args, const char *dir)
{
	const char *more[] = {dir, NULL};
	struct count_how how = {.what = COUNT_MEMORY, .args = args, .more = more, .cwd = tree.path};
	struct count seen;

	count_run(&how, &seen);
	assert_true(seen.peak_kib > 0);
	return seen.peak_kib;
}

/* Changes the test's tree with one worker and with two, which may take PEAK_KIB of memory. */
static void memory(unsigned long peak_kib)
{
	static const char *const commands[] = {
		"-R -c u+r", "-R -j 1 755", "-R -j 2 755", "-R -j 2 u=rwX,go=rX", "-R -j 2 -L a+r"};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		unsigned long budget = peak_kib + (strstr(commands[i], "-c") ? NOTES_KIB : 0);
		unsigned long few = peak_of(commands[i], "few");
		unsigned long million = peak_of(commands[i], "million");

		if (count_program.is_static)
			count_at_most(
				"KiB of memory", (double)million, (double)budget - 1, commands[i]);
		count_at_most("KiB of memory more than for a few files",
			(double)million - (double)few, (double)budget, commands[i]);
	}
}

static void memory_flat(void **state)
{
	(void)state;
	memory(FLAT_KIB);
}

static void memory_tree(void **state)
{
	(void)state;
	memory(TREE_KIB);
}

int count_group_million(void)
{
	const struct CMUnitTest tests[] = {
		{"million: names in one directory", memory_flat, setup_flat, teardown, NULL},
		{"million: names in a tree", memory_tree, setup_tree, teardown, NULL},
	};

	return cmocka_run_group_tests_name("million", tests, NULL, NULL);
}
