/* SPDX-License-Identifier: MIT */
/* How many requests are under way at once on slow storage, and how many threads there are. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "storage.h"

enum { WITH_TREE, WITH_FLAT, WITH_LIST };

static int count_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) < 0 ? 1 : CPU_COUNT(&set);
}

static void use_one_cpu(void *ctx)
{
	cpu_set_t set;

	(void)ctx;
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		_exit(RUN_NOT);
}

/* --------------------------------------------------------------------------- of a slow server */

struct slow_row {
	int shape;
	const char *args;
	int least; /* under way at once; 0: more than there are CPUs */
	bool one_cpu;
};

static const struct slow_row slow_rows[] = {
	{WITH_TREE, "-j64 -R 700 .", 48, false},
	{WITH_TREE, "-j64 -Rv u+x,go= .", 48, false},
	{WITH_FLAT, "-j64 -R 700 .", 48, false},
	{WITH_FLAT, "-j64 -Rc u+x,go= .", 48, false},
	{WITH_LIST, "-j64 --files0-from=../list 700", 48, false},
	{WITH_LIST, "-j64 --files0-from=../list u+x,go=", 48, false},
	{WITH_TREE, "-R 700 .", 0, false},
	{WITH_TREE, "-Rv 700 .", 0, false},
	{WITH_FLAT, "-R 700 .", 0, false},
	{WITH_LIST, "--files0-from=../list 700", 0, false},
	{WITH_TREE, "-R 700 .", 2, true},
};

/* Writes the names of N files that are there. */
static void write_list(struct fault_test *t, int n)
{
	FILE *list = fopen(fault_text(t, "%s/list", t->tree.path), "we");

	for (int i = 0; list && i < n; i++)
		fprintf(list, "f%05d%c", i, 0);
	if (!list || fclose(list) != 0)
		fault_broken("no list", errno);
}

static int count_wrong(const struct storage *storage, const struct slowfs_how *how)
{
	char name[32];
	struct stat st;
	int wrong = 0;

	for (unsigned i = 0; i < how->files; i++) {
		for (unsigned d = 0; d < (how->dirs ? how->dirs : 1); d++) {
			snprintf(name, sizeof(name), "d%05u/f%05u", d, i);
			wrong += fstatat(storage->dir, how->dirs ? name : name + 7, &st, 0) < 0 ||
				 (st.st_mode & 07777) != 0700;
		}
	}
	return wrong;
}

static void test_slow(struct fault_test *t)
{
	const struct slow_row *row = t->row;
	bool is_tree = row->shape == WITH_TREE;
	struct slowfs_how slow = {.delay = 1000,
		.timeout_ms = 60000,
		.dirs = is_tree ? 60 : 0,
		.files = is_tree ? 30 : 1800};
	struct storage *storage = storage_mount(t, STORAGE_FUSE, &slow);
	struct run_how how = storage_how(t, storage, row->args, 0);
	int least = row->least ? row->least : count_cpus() + 1, most, wrong;
	struct run_result result;
	int rc;

	write_list(t, 1800);
	how.prepare = row->one_cpu ? use_one_cpu : NULL;
	slowfs_reset(&storage->fuse);
	rc = run(&how, &result);
	if (rc < 0)
		fault_broken("not run", rc);
	most = (int)storage->fuse.shared->most_under_way;
	wrong = count_wrong(storage, &slow);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	fault_check_text(t, "stderr", "", result.err);
	fault_check(t, wrong == 0, "%d files were left out", wrong);
	fault_check(t, most >= least, "%d requests under way at once, not %d", most, least);
	run_result_free(&result);
}

/* --------------------------------------------------------- threads, from the cache */

enum { DIRS = 60, FILES = 400, BUSY = 6 };

struct quick_row {
	const char *args;
	bool one_cpu, is_busy;
};

static const struct quick_row quick_rows[] = {
	{"-R 700 .", false, false},
	{"-Rv u=rwX,go= .", false, false},
	{"-R 700 .", true, false},
	{"-Rv u=rwX,go= .", true, false},
	{"-R 700 .", false, true},
	{"-Rc u=rwX,go= .", false, true},
};

/* A filter_fn: counts threads. */
static long count_thread(void *ctx, const struct filter_call *call)
{
	(void)call;
	++*(int *)ctx;
	return FILTER_GO_ON;
}

static void be_busy(pid_t *ret, int n)
{
	for (int i = 0; i < n; i++) {
		ret[i] = fork();
		if (ret[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (volatile unsigned long k = 0;; k++)
				;
		}
	}
}

static void test_quick(struct fault_test *t)
{
	static const int clones[] = {SYS_clone, SYS_clone3};
	const struct quick_row *row = t->row;
	struct storage *storage = storage_mount(t, STORAGE_TMPFS, NULL);
	struct run_how how = storage_how(t, storage, row->args, 0);
	pid_t busy[BUSY];
	int threads = 1, most = row->one_cpu ? 1 : count_cpus(), rc;
	struct run_result result;
	char name[16];

	for (int i = 0; i < DIRS; i++) {
		int dir;

		snprintf(name, sizeof(name), "d%d", i);
		dir = storage_make_dir(storage->dir, name, 0755);
		storage_make_files(dir, "f", FILES, 0644);
		close(dir);
	}
	how.prepare = row->one_cpu ? use_one_cpu : NULL;
	be_busy(busy, row->is_busy ? BUSY : 0);
	rc = filter_run(&how, clones, 2, count_thread, &threads, &result);
	for (int i = 0; row->is_busy && i < BUSY; i++) {
		kill(busy[i], SIGKILL);
		waitpid(busy[i], NULL, 0);
	}
	if (rc < 0)
		fault_skip("no seccomp user notification here");
	fault_check(t, result.status == 0, "exit status %d", result.status);
	fault_check(t, threads <= most, "%d threads, but %d CPUs", threads, most);
	run_result_free(&result);
}

void storage_under_way(struct fault_list *list)
{
	static const char *const shapes[] = {"a tree", "a flat directory", "a list"};
	struct fault_test test = {.users = AS_ROOT, .fn = test_slow};

	for (size_t i = 0; i < sizeof(slow_rows) / sizeof(slow_rows[0]); i++) {
		test.row = &slow_rows[i];
		fault_add(list, &test, "1 ms a request, %s: %s%s", shapes[slow_rows[i].shape],
			slow_rows[i].args, slow_rows[i].one_cpu ? ", one CPU" : "");
	}
	test.fn = test_quick;
	for (size_t i = 0; i < sizeof(quick_rows) / sizeof(quick_rows[0]); i++) {
		test.row = &quick_rows[i];
		fault_add(list, &test, "threads on tmpfs: %s%s%s", quick_rows[i].args,
			quick_rows[i].one_cpu ? ", one CPU" : "",
			quick_rows[i].is_busy ? ", a busy machine" : "");
	}
}
