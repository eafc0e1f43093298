/* SPDX-License-Identifier: MIT */
/* Faults when several workers share a tree, and when there can be no workers. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"

/* Enough for every worker to get some of it. */
static const struct chain wide = {.levels = 4, .files = 2500, .siblings = 40};

struct workers_row {
	const char *args;
	struct fault faults[3];
	const char *err; /* NULL: nothing */
	int status;
	int files; /* the limit of descriptors; 0: none */
	mode_t dir, file;
	int least_left, most_left; /* how many files are left as they were */
	enum fault_method method;
	const char *what;
};

/* Fails unless a thread was started. */
#define WITH_WORKERS                                                                               \
	{                                                                                          \
		.call = CLONE                                                                      \
	}

static long note_clone(struct fault_test *t, const struct filter_call *call)
{
	(void)call;
	fault_check(t, false, "there is more than one worker");
	return -EAGAIN;
}

/* Fails if a thread was started. */
#define WITHOUT_WORKERS                                                                            \
	{                                                                                          \
		.call = CLONE, .act = note_clone, .may_miss = true                                 \
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
	/* A preloaded library may not be made for threads, so none is started unless asked for. */
	{.what = "libc",
		.args = "-R go+w d",
		.faults = {WITHOUT_WORKERS},
		.dir = 0777,
		.file = 0666,
		.method = METHOD_LIBC},
	{.what = "libc without /proc",
		.args = "-R go+w d",
		.faults = {{.call = STATFS, .err = ENOENT}, WITHOUT_WORKERS},
		.dir = 0777,
		.file = 0666,
		.method = METHOD_LIBC},
	{.what = "libc, but asked for",
		.args = "-R -j2 go+w d",
		.faults = {WITH_WORKERS},
		.dir = 0777,
		.file = 0666,
		.method = METHOD_LIBC},
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
	{.what = "contents first",
		.args = "-j4 -R --contents-first 700 d",
		.faults = {WITH_WORKERS},
		.dir = 0700,
		.file = 0700},
	{.what = "contents first, and a directory cannot be opened",
		.args = "-j4 -R --contents-first 700 d",
		.faults = {{.call = OPEN_DIR, .file = "d/d/s7", .err = EIO}, WITH_WORKERS},
		.err = E("cannot read directory 'd/d/s7': Input/output error"),
		.status = 1,
		.dir = 0700,
		.file = 0700,
		.least_left = 1,
		.most_left = 1},
	/* Few descriptors are enough for few workers; where they are not, there is one. */
	{.what = "contents first, ulimit -n 40",
		.args = "-j8 -R --contents-first 700 d",
		.faults = {WITH_WORKERS},
		.files = 40,
		.dir = 0700,
		.file = 0700},
	{.what = "contents first, ulimit -n 8",
		.args = "-j64 -R --contents-first 700 d",
		.faults = {WITHOUT_WORKERS},
		.files = 8,
		.dir = 0700,
		.file = 0700},
	{.what = "ulimit -n 64",
		.args = "-j8 -R go+w d",
		.faults = {WITH_WORKERS},
		.files = 64,
		.dir = 0777,
		.file = 0666},
	{.what = "ulimit -n 40",
		.args = "-j8 -R go+w d",
		.faults = {WITH_WORKERS},
		.files = 40,
		.dir = 0777,
		.file = 0666},
	{.what = "ulimit -n 8",
		.args = "-j64 -R go+w d",
		.faults = {WITHOUT_WORKERS},
		.files = 8,
		.dir = 0777,
		.file = 0666},
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

/* ----------------------------------------- descriptors that the caller has left to the program */

struct inherited_row {
	const char *args;
	int files, inherited; /* how many descriptors there are, and how many of them are taken */
	mode_t dir, file;
	mode_t before; /* of the directories; 0: 755 */
};

static const struct inherited_row inherited_rows[] = {
	{"-R 700 t", 64, 52, 0700, 0700},
	{"-j4 -R u=rwX,go= t", 64, 40, 0700, 0600},
	{"-j8 -R go+w t", 1024, 980, 0777, 0666},
	{"-j2 -R go+w t", 64, 58, 0777, 0666},
	/* They are opened when they have been changed. */
	{"-j4 -R u+rwx t", 64, 54, 0755, 0744, 0055},
};

/* run_how's prepare. */
static void inherit(void *ctx)
{
	const struct inherited_row *row = ctx;

	for (int i = 0; i < row->inherited; i++) {
		if (open("/dev/null", O_RDONLY) < 0)
			_exit(RUN_NOT);
	}
	/* So that the first that is free says little of how many there are. */
	close(3 + row->inherited / 4);
	fault_limit_files((void *)(uintptr_t)row->files);
}

enum { BUSH_LEVELS = 10, BUSH_FILES = 6 };

/* Two directories in each, so that every worker has many that wait. */
static int make_bush(const struct fault_test *t, int fd, const char *name, int levels, mode_t mode)
{
	int dir, err = mkdirat(fd, name, 0755) < 0 ? errno : 0;
	char file[] = "0";

	if (err == 0 && fchownat(fd, name, t->user.uid, t->user.gid, 0) < 0)
		err = errno;
	dir = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (; err == 0 && file[0] < '0' + BUSH_FILES; file[0]++) {
		if (mknodat(dir, file, S_IFREG | 0644, 0) < 0 ||
			fchownat(dir, file, t->user.uid, t->user.gid, 0) < 0)
			err = errno;
	}
	if (err == 0 && levels > 1)
		err = make_bush(t, dir, "a", levels - 1, mode);
	if (err == 0 && levels > 1)
		err = make_bush(t, dir, "b", levels - 1, mode);
	if (err == 0 && fchmod(dir, mode) < 0)
		err = errno;
	if (dir >= 0)
		close(dir);
	return err;
}

/* How many are not as they should be. */
static int count_wrong(int fd, const char *name, int levels, const struct inherited_row *row)
{
	int dir = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), wrong = 0;
	char file[] = "0";
	struct stat st;

	wrong += fstat(dir, &st) < 0 || (st.st_mode & 07777) != row->dir;
	for (; file[0] < '0' + BUSH_FILES; file[0]++)
		wrong += fstatat(dir, file, &st, 0) < 0 || (st.st_mode & 07777) != row->file;
	if (levels > 1)
		wrong += count_wrong(dir, "a", levels - 1, row) +
			 count_wrong(dir, "b", levels - 1, row);
	close(dir);
	return wrong;
}

static void test_inherited(struct fault_test *t)
{
	const struct inherited_row *row = t->row;
	struct run_how how = fault_how(t, row->args);
	/* Without -j it depends on the time that the walk takes. */
	struct fault faults[] = {
		{.call = CLONE, .may_miss = strstr(row->args, "-j") == NULL}, {.call = 0}};
	int wrong,
		err = make_bush(t, t->tree.fd, "t", BUSH_LEVELS, row->before ? row->before : 0755);

	if (err)
		fault_broken("no tree", err);
	how.prepare = inherit;
	how.ctx = (void *)(uintptr_t)row;
	fault_expect(t, &how, faults, "", "", 0);
	wrong = count_wrong(t->tree.fd, "t", BUSH_LEVELS, row);
	fault_check(t, wrong == 0, "%d files were left out", wrong);
}

void fault_workers(struct fault_list *list)
{
	struct fault_test test = {.fn = test_row, .users = AS_USER, .in_memory = true};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test.row = &rows[i];
		test.method = rows[i].method;
		if (!(test.method == METHOD_LIBC && fault_program.is_static))
			fault_add(list, &test, "%s, %s", rows[i].args, rows[i].what);
	}
	test.method = METHOD_ANY;
	test.fn = test_inherited;
	for (size_t i = 0; i < sizeof(inherited_rows) / sizeof(inherited_rows[0]); i++) {
		test.row = &inherited_rows[i];
		fault_add(list, &test, "%s, %d of %d descriptors inherited", inherited_rows[i].args,
			inherited_rows[i].inherited, inherited_rows[i].files);
	}
}
