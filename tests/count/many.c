/* SPDX-License-Identifier: MIT */
/* 20,000 files: when threads are started, what they cost, how output is written, and memory. */
#include "../support/cmocka.h"
#include "count.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files are in DIRS directories of "tree", and all in the one directory "flat". */
enum {
	FILES = 20000,
	DIRS = 200,
	SMALL_FILES = 500,
	SMALL_DIRS = 10,
	FEW_FILES = 20,
	TREES = 200, /* operands, all the same */
	LONG_LIST = 1000 * 1000
};

/* Budgets. */
enum {
	BYTES_PER_WRITE = 4096, /* of output, at the least */
	PEAK_KIB = 512,         /* of the static program; less than that */
	BYTES_PER_NAME = 32,    /* in a large directory, whose names are sorted by inode */
	FLAT_KIB = PEAK_KIB + FILES * BYTES_PER_NAME / 1024,
	NOTES_KIB = 4 * 1024,   /* lines of workers that wait for their turn */
	GROWTH_KIB = 1024,      /* of each program, from hundreds of files to thousands */
	BYTES_PER_LEVEL = 600,  /* of a deep tree */
	DIRECTORY = 6,          /* calls for each directory, as in rows.c */
	ENTRIES_PER_READ = 500, /* of a flat directory, at the least */
	READS = FILES / ENTRIES_PER_READ,
	AHEAD = 6,     /* for each directory of a list: it is examined ahead, and memory */
	CONSTANT = 60, /* calls for all the rest, with those of the dynamic loader */
};

/* More calls for each record: it is examined ahead; and a few for all of them together. */
static const double look_ahead = 1.05;

/* Two workers may make so many times the calls of one. */
static const double more_by_workers = 1.03;

static struct tree tree;

/* Some entries of each level are still to come while the program is below it. */
static const struct count_entries deep = {COUNT_COMB, 4000, 0700, (uid_t)-1};

/* Files with one name each. A file with several names waits for its turn if lines are printed. */
static const struct count_entries own = {COUNT_FILES, 5000, 0600, (uid_t)-1};

/* Makes a list for --files0-from that has ENTRY N times. */
static int make_list(const char *name, const char *entry, int n)
{
	char path[256];
	FILE *list;

	snprintf(path, sizeof(path), "%s/%s", tree.path, name);
	list = fopen(path, "we");
	if (!list)
		return -errno;
	for (int i = 0; i < n; i++)
		fwrite(entry, 1, strlen(entry) + 1, list);
	return fclose(list) == 0 ? 0 : -errno;
}

/* Makes a list for --modes0-from that has a record for each file in "own". */
static int make_records(void)
{
	char path[256];
	FILE *list;

	snprintf(path, sizeof(path), "%s/records", tree.path);
	list = fopen(path, "we");
	if (!list)
		return -errno;
	for (unsigned i = 0; i < own.n; i++)
		fprintf(list, "600 own/e%06u%c", i, 0);
	return fclose(list) == 0 ? 0 : -errno;
}

static int setup(void **state)
{
	char path[256];
	int rc = tree_make("tree/ 755, flat/ 755, small/ 755, few/ 755, deep/ 755, own/ 755",
		(uid_t)-1, (gid_t)-1, &tree);

	(void)state;
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/tree", tree.path);
		rc = count_grow_names(path, DIRS, FILES);
	}
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/flat", tree.path);
		rc = count_grow_names(path, 0, FILES);
	}
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/small", tree.path);
		rc = count_grow_names(path, SMALL_DIRS, SMALL_FILES);
	}
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/few", tree.path);
		rc = count_grow_names(path, 0, FEW_FILES);
	}
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/deep", tree.path);
		rc = count_grow(path, &deep);
	}
	if (rc == 0) {
		snprintf(path, sizeof(path), "%s/own", tree.path);
		rc = count_grow(path, &own);
	}
	if (rc == 0)
		rc = make_list("short", "own", SMALL_FILES);
	if (rc == 0)
		rc = make_list("long", "own", LONG_LIST);
	if (rc == 0)
		rc = make_list("trees", "few", TREES);
	if (rc == 0)
		rc = make_records();
	if (rc < 0)
		print_error("no tree: %s\n", strerror(-rc));
	return rc;
}

static int teardown(void **state)
{
	(void)state;
	if (tree.path)
		tree_remove(&tree);
	return 0;
}

static void run_with(const char *args, struct count *ret)
{
	struct count_how how = {.args = args, .cwd = tree.path};

	count_run(&how, ret);
}

/* ------------------------------------------------------------------------------------- threads */

/* With ARGS the program must start no thread. */
static void no_thread(const char *args)
{
	struct count seen;

	run_with(args, &seen);
	assert_true(seen.calls > SMALL_FILES);
	count_at_most(args, (double)seen.threads, 0, "threads");
}

/*
 * Threads are started after some time, and counting makes the program slow: on a busy machine it
 * may take long enough even for a few files. So this is tried more than once.
 */
static void no_thread_for_a_few(void **state)
{
	enum { TRIES = 10 };
	struct count seen = {.threads = 1};

	(void)state;
	for (int i = 0; i < TRIES && seen.threads > 0; i++)
		run_with("-R 755 few", &seen);
	assert_true(seen.calls > FEW_FILES);
	count_at_most("the least of some runs", (double)seen.threads, 0, "threads");
}

static void no_thread_for_one_worker(void **state)
{
	(void)state;
	no_thread("-R -j 1 755 tree");
	no_thread("-R -j 1 755 flat");
	no_thread("-R -v -j 1 755 tree");
}

/* Two workers: one thread more, and not many calls more than one worker makes. */
static void two_workers(const char *one, const char *two)
{
	struct count alone, shared;
	char list[1024];

	run_with(one, &alone);
	run_with(two, &shared);
	assert_int_equal(alone.threads, 0);
	assert_int_equal(shared.threads, 1);
	count_list(&shared, &alone, 1, list, sizeof(list));
	count_at_most("calls of two workers for each of one",
		(double)shared.calls / (double)alone.calls, more_by_workers, list);
}

static void two_workers_in_a_tree(void **state)
{
	(void)state;
	two_workers("-R -j 1 755 tree", "-R -j 2 755 tree");
}

static void two_workers_relative(void **state)
{
	(void)state;
	two_workers("-R -j 1 u=rwX,go=rX tree", "-R -j 2 u=rwX,go=rX tree");
}

static void two_workers_with_words(void **state)
{
	(void)state;
	two_workers("-R -v -j 1 755 own", "-R -v -j 2 755 own");
}

static void two_workers_in_one_directory(void **state)
{
	(void)state;
	two_workers("-R -j 1 755 flat", "-R -j 2 755 flat");
}

static unsigned long calls_but_waits(const struct count *seen)
{
	return seen->calls - seen->by_nr[SYS_futex % COUNT_NRS];
}

/* Operands are examined ahead, but not again and again. */
static void two_workers_with_a_list_of_trees(void **state)
{
	struct count alone, shared;
	char list[1024];

	(void)state;
	run_with("-R -j 1 --files0-from=trees 755", &alone);
	run_with("-R -j 2 --files0-from=trees 755", &shared);
	assert_true(alone.calls > TREES * FEW_FILES);
	count_list(&shared, &alone, 1, list, sizeof(list));
	count_at_most("calls more for each operand",
		((double)calls_but_waits(&shared) - (double)calls_but_waits(&alone)) / TREES, AHEAD,
		list);
}

/* Before a file is changed, it must be known whether another record is for the same file. */
static void two_workers_with_a_list_of_modes(void **state)
{
	struct count alone, shared;
	char list[1024];

	(void)state;
	run_with("-j 1 --modes0-from=records", &alone);
	run_with("-j 2 --modes0-from=records", &shared);
	assert_true(alone.calls > own.n);
	count_list(&shared, &alone, 1, list, sizeof(list));
	count_at_most("calls more for each record",
		((double)calls_but_waits(&shared) - (double)calls_but_waits(&alone)) / own.n,
		look_ahead, list);
}

/* --------------------------------------------------------------------------------------- calls */

static void total(const char *args, double budget)
{
	struct count seen;
	char list[1024];

	count_needs_fchmodat2();
	run_with(args, &seen);
	count_list(&seen, NULL, 1, list, sizeof(list));
	assert_true(seen.calls > FILES);
	count_at_most("calls", (double)seen.calls, budget, list);
}

static void total_of_a_tree(void **state)
{
	(void)state;
	total("-R -j 1 755 tree", FILES + (DIRS + 1) * DIRECTORY + CONSTANT);
}

static void total_of_one_directory(void **state)
{
	(void)state;
	total("-R -j 1 755 flat", FILES + READS + CONSTANT);
}

static void writes_of(const char *args)
{
	struct count seen;
	char list[1024];

	run_with(args, &seen);
	count_list(&seen, NULL, 1, list, sizeof(list));
	assert_true(seen.out_bytes > FILES);
	count_at_most("writes", (double)count_writes(&seen),
		(double)seen.out_bytes / BYTES_PER_WRITE + 1, list);
}

static void writes(void **state)
{
	(void)state;
	writes_of("-R -v -j 1 755 tree");
	writes_of("-R -v -j 1 700 flat");
}

/* -------------------------------------------------------------------------------------- memory */

static unsigned long peak_of(const char *args)
{
	struct count_how how = {.what = COUNT_MEMORY, .args = args, .cwd = tree.path};
	struct count seen;

	count_run(&how, &seen);
	assert_true(seen.peak_kib > 0);
	return seen.peak_kib;
}

static void memory(void **state)
{
	static const struct {
		const char *args;
		double less_than;
	} rows[] = {
		{"-R -j 1 755 tree", PEAK_KIB},
		{"-R -j 2 755 tree", PEAK_KIB},
		{"-R -v -j 1 700 tree", PEAK_KIB},
		{"-R -v -j 2 755 tree", PEAK_KIB + NOTES_KIB},
		{"-R -j 1 755 flat", FLAT_KIB},
		{"-R -j 2 755 flat", FLAT_KIB},
	};

	(void)state;
	if (!count_program.is_static)
		count_skip("the program is not static");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		count_at_most("KiB of memory", (double)peak_of(rows[i].args), rows[i].less_than - 1,
			rows[i].args);
}

/* More files need no more memory. With one worker, as each worker needs some. */
static void memory_grows(const char *small, const char *big)
{
	count_at_most("KiB of memory more", (double)peak_of(big) - (double)peak_of(small),
		GROWTH_KIB, big);
}

static void memory_and_files(void **state)
{
	(void)state;
	memory_grows("-R -j 1 755 small", "-R -j 1 755 tree");
	memory_grows("-R -j 1 755 small", "-R -j 1 755 flat");
	memory_grows("-j 1 --files0-from=short 755", "-j 1 --files0-from=long 755");
	memory_grows("-j 2 --files0-from=short 755", "-j 2 --files0-from=long 755");
	memory_grows("-R -v -j 1 755 small", "-R -v -j 1 700 flat");
}

static void memory_and_levels(void **state)
{
	double few = (double)peak_of("-R -j 1 755 few");

	(void)state;
	count_at_most("bytes of memory for each level",
		((double)peak_of("-R -j 1 755 deep") - few) * 1024 / deep.n, BYTES_PER_LEVEL,
		"-R -j 1 755 deep");
}

int count_group_many(void)
{
	const struct CMUnitTest tests[] = {
		{"many: no thread for a few", no_thread_for_a_few, NULL, NULL, NULL},
		{"many: no thread for one worker", no_thread_for_one_worker, NULL, NULL, NULL},
		{"many: two workers in a tree", two_workers_in_a_tree, NULL, NULL, NULL},
		{"many: two workers relative", two_workers_relative, NULL, NULL, NULL},
		{"many: two workers with words", two_workers_with_words, NULL, NULL, NULL},
		{"many: two workers in one directory", two_workers_in_one_directory, NULL, NULL,
			NULL},
		{"many: two workers with a list of trees", two_workers_with_a_list_of_trees, NULL,
			NULL, NULL},
		{"many: two workers with a list of modes", two_workers_with_a_list_of_modes, NULL,
			NULL, NULL},
		{"many: total of a tree", total_of_a_tree, NULL, NULL, NULL},
		{"many: total of one directory", total_of_one_directory, NULL, NULL, NULL},
		{"many: writes", writes, NULL, NULL, NULL},
		{"many: memory", memory, NULL, NULL, NULL},
		{"many: memory and files", memory_and_files, NULL, NULL, NULL},
		{"many: memory and levels", memory_and_levels, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("many", tests, setup, teardown);
}
