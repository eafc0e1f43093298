/* Faults when several workers share a tree, and when there can be no workers. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "chain.h"

/* Enough for every worker to get some of it. */
static const struct chain wide = {.levels = 4, .files = 2500, .siblings = 40};

struct workers_row {
	const char *args;
	struct fault faults[3];
	const char *err; /* NULL: nothing */
	int status;
	int files; /* a limit; 0: none */
	mode_t dir, file;
	int least_left, most_left; /* so many files are left as they were */
	const char *what;
};

/* Shows that there were other workers. */
#define WITH_WORKERS                                                                               \
	{                                                                                          \
		.call = CLONE                                                                      \
	}

static const struct workers_row rows[] = {
	{.what = "nothing",
		.args = "-j4 -R go+w d",
		.faults = {WITH_WORKERS},
		.dir = 0777,
		.file = 0666},
	{.what = "no thread can be started",
		.args = "-j4 -R go+w d",
		.faults = {{.call = CLONE, .err = EAGAIN}},
		.dir = 0777,
		.file = 0666},
	{.what = "a file cannot be changed",
		.args = "-j4 -R go+w d",
		.faults = {{.call = CHANGE, .file = "d/d/s7/f", .err = EIO}, WITH_WORKERS},
		.err = E("changing permissions of 'd/d/s7/f': Input/output error"),
		.status = 1,
		.dir = 0777,
		.file = 0666,
		.least_left = 1,
		.most_left = 1},
	{.what = "a directory cannot be opened",
		.args = "-j4 -R go+w d",
		.faults = {{.call = OPEN_DIR, .file = "d/d/s7", .err = EIO}, WITH_WORKERS},
		.err = E("cannot read directory 'd/d/s7': Input/output error"),
		.status = 1,
		.dir = 0777,
		.file = 0666,
		.least_left = 1,
		.most_left = 1},
	{.what = "a directory cannot be read",
		.args = "-j4 -R go+w d",
		.faults = {{.call = GETDENTS, .file = "d/d/s7", .err = EIO, .nth = 1},
			WITH_WORKERS},
		.err = E("cannot read directory 'd/d/s7': Input/output error"),
		.status = 1,
		.dir = 0777,
		.file = 0666,
		.least_left = 1,
		.most_left = 1},
	{.what = "a large directory cannot be read any further",
		.args = "-j4 -R go+w d",
		.faults = {{.call = GETDENTS, .file = "d/d/d", .err = EIO, .nth = 2}, WITH_WORKERS},
		.err = E("d/d/d: Input/output error"),
		.status = 1,
		.dir = 0777,
		.file = 0666,
		.least_left = 1,
		.most_left = 6000},
	{.what = "ulimit -n 64", .args = "-j8 -R go+w d", .files = 64, .dir = 0777, .file = 0666},
	{.what = "ulimit -n 16", .args = "-j8 -R go+w d", .files = 16, .dir = 0777, .file = 0666},
	{.what = "ulimit -n 8", .args = "-j64 -R go+w d", .files = 8, .dir = 0777, .file = 0666},
};

static void test_row(struct fault_test *t)
{
	const struct workers_row *row = t->row;
	struct fault faults[3];
	struct run_how how = fault_how(t, row->args);
	int left, err = chain_make(t, &wide);

	if (err)
		fault_broken("no tree", err);
	memcpy(faults, row->faults, sizeof(faults));
	how.prepare = row->files ? fault_limit_files : NULL;
	how.ctx = (void *)(uintptr_t)row->files;
	fault_expect(t, &how, faults, "", row->err ? row->err : "", row->status);
	if (!row->most_left) {
		chain_check(t, &wide, row->dir, row->file);
		return;
	}
	left = chain_count_wrong(t, &wide, row->dir, row->file);
	fault_check(t, row->least_left <= left && left <= row->most_left, "%d files were left out",
		left);
}

void fault_workers(struct fault_list *list)
{
	struct fault_test test = {.fn = test_row, .users = AS_USER, .in_memory = true};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test.row = &rows[i];
		fault_add(list, &test, "%s, %s", rows[i].args, rows[i].what);
	}
}
