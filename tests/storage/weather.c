/* SPDX-License-Identifier: MIT */
/* Several workers when what they share blocks, goes away, or cannot be had. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../support/pty.h"
#include "storage.h"

#define SPEC "u=g,g=o,o="
enum { START = 0764, ONCE = 0640, DIR_START = 0755, DIRS = 20, FILES = 30 };

static bool nap_until(double *left)
{
	usleep(10000);
	*left -= 0.01;
	return *left > 0;
}

static mode_t mode_of(const struct storage *storage, const char *name)
{
	struct stat st;

	return fstatat(storage->dir, name, &st, 0) < 0 ? 0 : st.st_mode & 07777;
}

/* ------------------------------------------------------------------ a request is never answered */

/* Makes d0... with FILES each, "stuck" in the first, and in each "bad", which can be broken. */
static void make_dirs(const struct storage *storage)
{
	char name[32];

	for (int i = 0; i < DIRS; i++) {
		int dir;

		snprintf(name, sizeof(name), "d%d", i);
		dir = storage_make_dir(storage->dir, name, DIR_START);
		storage_make_files(dir, "f", FILES, START);
		if (i == 0)
			mknodat(dir, "stuck", S_IFREG | START, 0);
		mknodat(dir, "bad", S_IFREG | START, 0);
		close(dir);
	}
}

/* A file that is not done, in one of the directories from FIRST on; or NULL. */
static const char *not_done(struct fault_test *t, const struct storage *storage, int first)
{
	for (int i = first; i < DIRS; i++) {
		for (int f = 0; f < FILES; f++) {
			char *name = fault_text(t, "d%d/f%05d", i, f);

			if (mode_of(storage, name) != ONCE)
				return name;
		}
	}
	return NULL;
}

static void set_modes(struct fault_test *t, const struct storage *storage)
{
	fchmod(storage->dir, DIR_START);
	fchmodat(storage->dir, "d0/stuck", START, 0);
	for (int i = 0; i < DIRS; i++) {
		fchmodat(storage->dir, fault_text(t, "d%d", i), DIR_START, 0);
		for (int f = 0; f < FILES; f++)
			fchmodat(storage->dir, fault_text(t, "d%d/f%05d", i, f), START, 0);
	}
}

/* A server that does not answer SETATTR of "stuck". */
static struct storage *mount_stuck(struct fault_test *t)
{
	static const struct slowfs_how slow = {
		.delay = 50, .timeout_ms = 60000, .broken = "bad", .stuck = "stuck"};
	struct storage *storage = storage_mount(t, STORAGE_FUSE, &slow);

	storage->fuse.shared->mended = true;
	storage->fuse.shared->released = true;
	make_dirs(storage);
	set_modes(t, storage);
	storage->fuse.shared->mended = false;
	return storage;
}

static void test_stuck(struct fault_test *t)
{
	struct storage *storage = mount_stuck(t);
	struct slowfs_shared *shared = storage->fuse.shared;
	const char *args = t->row, *left;
	struct run_how first = storage_how(t, storage, fault_text(t, "-j1 %s", args), 0);
	struct run_how second = storage_how(t, storage, fault_text(t, "-j8 %s", args), 0);
	struct run_result expected, result;
	struct run run_of;
	double patience = 15;

	first.err = second.err = RUN_WITH_STDOUT;
	if (run(&first, &expected) < 0)
		fault_broken("not run", errno);
	set_modes(t, storage);
	shared->released = false;
	if (run_start(&second, &run_of) < 0)
		fault_broken("not run", errno);
	while (shared->stuck == 0 && nap_until(&patience))
		;
	/* At least the later half, which is given away first. */
	while ((left = not_done(t, storage, DIRS / 2)) && nap_until(&patience))
		;
	fault_check(t, shared->stuck == 1, "broken fixture: nothing is stuck");
	fault_check(t, !left, "%s waits for a file that is stuck", left ? left : "");
	shared->released = true;
	run_finish(&run_of, &result);
	fault_check(t, expected.status == 1 && result.status == 1, "exit status %d, then %d",
		expected.status, result.status);
	fault_check(t, strstr(expected.out, "/bad': Input/output error") != NULL,
		"broken fixture: nothing is broken");
	fault_check(t, !not_done(t, storage, 0), "not all is done in the end");
	fault_check_text(t, "both streams", expected.out, result.out);
	fault_check(t, mode_of(storage, "d0/stuck") == ONCE, "what was stuck has not been done");
	run_result_free(&expected);
	run_result_free(&result);
}

/* -------------------------------------------------------------------- SIGINT, with a line drawn */

/* A run_how's prepare: standard error is the terminal. */
static void use_terminal(void *ctx)
{
	const struct fault_test *t = ctx;

	if (dup2(t->kept_fd, STDERR_FILENO) < 0)
		_exit(RUN_NOT);
}

static void test_interrupted(struct fault_test *t)
{
	struct storage *storage = mount_stuck(t);
	struct slowfs_shared *shared = storage->fuse.shared;
	struct run_how how = storage_how(t, storage, "-j8 --progress -R " SPEC " .", 0);
	struct run_result result;
	struct run run_of;
	int master = pty_open(&t->kept_fd);
	double patience = 15;
	char drawn[4096] = "";

	if (master < 0)
		fault_skip("there is no pseudo terminal");
	shared->released = false;
	/* Slow enough for a line to be drawn. */
	shared->delay = 5000;
	how.prepare = use_terminal;
	how.ctx = t;
	fault_setenv(t, &how, "TERM=xterm");
	if (run_start(&how, &run_of) < 0)
		fault_broken("not run", errno);
	while ((shared->stuck == 0 || not_done(t, storage, DIRS / 2)) && nap_until(&patience))
		;
	usleep(300000);
	kill(run_of.pid, SIGINT);
	run_finish(&run_of, &result);
	fault_check(t, result.status == 128 + SIGINT, "exit status %d", result.status);
	fault_check(t, patience > 0, "the others have not been done");
	fcntl(master, F_SETFL, O_NONBLOCK);
	if (read(master, drawn, sizeof(drawn) - 1) < 0)
		drawn[0] = '\0';
	close(master);
	fault_check(t, strstr(drawn, " files, "), "no line was drawn, but \"%s\"", drawn);
	/* The terminal is left as it was: nothing was hidden, nothing switched. */
	fault_check(t, !strstr(drawn, "\033[?"), "the terminal is left with \"%s\"", drawn);
	run_result_free(&result);
}

/* ------------------------------------------------------------- nobody reads the pipe */

enum { LINES = 40000, MOST_KB = 20 << 10 };

/* The peak of memory of the program, in KiB. */
static long peak_of(pid_t pid)
{
	char path[64], line[128];
	long peak = -1;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	status = fopen(path, "re");
	while (status && peak < 0 && fgets(line, sizeof(line), status))
		sscanf(line, "VmHWM: %ld", &peak);
	if (status)
		fclose(status);
	return peak;
}

static void test_unread(struct fault_test *t)
{
	struct storage *storage = storage_mount(t, STORAGE_TMPFS, NULL);
	struct run_how how = storage_how(t, storage, t->row, 0);
	struct run_result result;
	struct run run_of;
	int dir = dup(storage->dir), next, lines = 0;
	long peak;

	/* Long paths, so that there is much to be printed of few names in memory: 40 MB. */
	for (int i = 0; i < 4; i++) {
		char name[251];

		memset(name, 'a' + i, sizeof(name) - 1);
		name[sizeof(name) - 1] = '\0';
		next = storage_make_dir(dir, name, DIR_START);
		close(dir);
		dir = next;
	}
	storage_make_files(dir, "f", LINES, START);
	close(dir);
	if (run_start(&how, &run_of) < 0)
		fault_broken("not run", errno);
	sleep(1);
	peak = peak_of(run_of.pid);
	run_finish(&run_of, &result);
	for (const char *p = result.out; (p = strchr(p, '\n')); p++)
		lines++;
	fault_check(t, peak > 0 && peak < MOST_KB, "%ld KiB of memory while nobody reads", peak);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	fault_check(t, lines == LINES + 5, "%d lines", lines);
	run_result_free(&result);
}

enum { AHEAD_DIRS = 1500, AHEAD_FILES = 10 };

/* How many of the files that test_ahead() made may be written to by their group. */
static unsigned count_opened(int dir)
{
	unsigned count = 0;

	for (int i = 0; i < AHEAD_DIRS * AHEAD_FILES; i++) {
		char path[64];
		struct stat st;

		snprintf(path, sizeof(path), "d%d/f%05d", i / AHEAD_FILES, i % AHEAD_FILES);
		count += fstatat(dir, path, &st, 0) == 0 && (st.st_mode & S_IWGRP);
	}
	return count;
}

/* Workers whose turn to print has not come go on, also if directories get their last bits later. */
static void test_ahead(struct fault_test *t)
{
	struct storage *storage = storage_mount(t, STORAGE_TMPFS, NULL);
	struct run_how how = storage_how(t, storage, t->row, 0);
	struct run_result result;
	struct run run_of;
	double patience = 5;
	unsigned opened;

	for (int i = 0; i < AHEAD_DIRS; i++) {
		char name[16];
		int dir;

		snprintf(name, sizeof(name), "d%d", i);
		dir = storage_make_dir(storage->dir, name, 0755);
		storage_make_files(dir, "f", AHEAD_FILES, 0644);
		close(dir);
	}
	if (run_start(&how, &run_of) < 0)
		fault_broken("not run", errno);
	do
		opened = count_opened(storage->dir);
	while (opened <= AHEAD_DIRS * AHEAD_FILES / 2 && nap_until(&patience));
	run_finish(&run_of, &result);
	fault_check(t, opened > AHEAD_DIRS * AHEAD_FILES / 2,
		"%u files are changed while nobody reads", opened);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	run_result_free(&result);
}

/* ----------------------------------------------------- what cannot be had: threads, descriptors */

struct lacking_row {
	const char *args;
	struct fault fault;
	unsigned files;
};

static const struct lacking_row lacking[] = {
	{"-j8 -Rv " SPEC " .", {.call = CLONE, .err = EAGAIN}, 0},
	{"-j8 -Rv " SPEC " .", {.call = CLONE, .err = EAGAIN, .nth = 2, .onward = true}, 0},
	{"-j64 -Rv " SPEC " .", {.call = CLONE}, 40},
	{"-j64 -R " SPEC " .", {0}, 6},
	{"-Rv " SPEC " .", {0}, 6},
	{"-j8 -Rv " SPEC " .", {.call = OPEN_DIR, .err = EMFILE, .nth = 3}, 0},
	{"-j8 -Rv " SPEC " .", {.call = OPEN_DIR, .err = ENFILE, .nth = 5}, 0},
	{"-j8 -Rv " SPEC " .", {.call = OPEN_DIR, .err = EMFILE, .nth = 5}, 40},
};

static void test_lacking(struct fault_test *t)
{
	const struct lacking_row *row = t->row;
	struct storage *storage = storage_mount(t, STORAGE_TMPFS, NULL);
	const char *plain = strchr(row->args, 'R') - 1;
	struct run_how first = storage_how(t, storage, fault_text(t, "-j1 %s", plain), 0);
	struct run_how second = storage_how(t, storage, row->args, row->files);
	struct fault faults[] = {row->fault, {0}};
	struct run_result expected, result;
	const char *left;

	make_dirs(storage);
	if (run(&first, &expected) < 0)
		fault_broken("not run", errno);
	set_modes(t, storage);
	for (int i = 0; i < DIRS; i++)
		fchmodat(storage->dir, fault_text(t, "d%d/bad", i), START, 0);
	fault_run(t, &second, faults, &result);
	left = not_done(t, storage, 0);
	fault_check(t, !left, "%s was left out", left);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	fault_check_text(t, "stdout", expected.out, result.out);
	fault_check_text(t, "stderr", "", result.err);
	run_result_free(&expected);
	run_result_free(&result);
}

/* ------------------------------------------ a directory that goes while it is shared */

enum { WIDE = 3000 };
enum goes { REMOVED, MOVED, EXCHANGED };

struct goes_row {
	enum goes how;
	const char *args;
	unsigned files;
};

static const char *const goes_names[] = {"removed", "moved", "exchanged"};

static void remove_all(int dir)
{
	DIR *list = fdopendir(dir);
	struct dirent *entry;

	while ((entry = readdir(list)))
		unlinkat(dir, entry->d_name, 0);
	closedir(list);
}

static long make_go(struct fault_test *t, const struct filter_call *call)
{
	const struct goes_row *row = t->row;
	const struct storage *storage = t->end_ctx;
	int dir = storage->dir, rc = 0;

	(void)call;
	switch (row->how) {
	case REMOVED:
		remove_all(openat(dir, "top/wide", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		rc = unlinkat(dir, "top/wide", AT_REMOVEDIR);
		break;
	case MOVED: rc = renameat(dir, "top/wide", dir, "else"); break;
	case EXCHANGED: rc = renameat2(dir, "top/wide", dir, "else", RENAME_EXCHANGE); break;
	}
	t->number = rc == 0;
	return FILTER_GO_ON;
}

/* How many of the N files PREFIX00000... in DIR do not have MODE. */
static int count_others(
	const struct storage *storage, const char *dir, const char *prefix, int n, mode_t mode)
{
	char name[64];
	int others = 0;

	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s/%s%05d", dir, prefix, i);
		others += mode_of(storage, name) != mode;
	}
	return others;
}

static void make_shared(const struct storage *storage)
{
	static const char *const names[] = {"top/a", "top/wide", "top/z", "else"};

	close(storage_make_dir(storage->dir, "top", DIR_START));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int dir = storage_make_dir(storage->dir, names[i], DIR_START);

		storage_make_files(dir, i == 1 ? "w" : "f", i == 1 ? WIDE : 300, START);
		close(dir);
	}
}

static void test_goes(struct fault_test *t)
{
	const struct goes_row *row = t->row;
	struct storage *storage = storage_mount(t, STORAGE_TMPFS, NULL);
	struct fault faults[] = {
		{.call = CHANGE, .file = "m/top/wide/w01500", .nth = 1, .act = make_go},
		/* Without -j it depends on the time that the walk takes. */
		{.call = CLONE, .may_miss = strstr(row->args, "-j") == NULL}, {0}};
	struct run_how how = storage_how(t, storage, row->args, row->files);
	const char *strangers = row->how == EXCHANGED ? "top/wide" : "else";
	struct run_result result;
	int left;

	make_shared(storage);
	if (row->how == MOVED && renameat(storage->dir, "else", storage->dir, "away") < 0)
		fault_broken("not made", errno);
	fault_run(t, &how, faults, &result);
	fault_check(t, t->number, "broken fixture: it has not gone");
	fault_check(t, result.status <= 1, "exit status %d", result.status);
	fault_check(t,
		count_others(storage, "top/a", "f", 300, ONCE) == 0 &&
			count_others(storage, "top/z", "f", 300, ONCE) == 0,
		"what is beside it has not been done, or not once");
	if (row->how != MOVED)
		fault_check(t, count_others(storage, strangers, "f", 300, START) == 0,
			"a stranger's files have been changed");
	if (row->how != REMOVED) {
		left = count_others(storage, "else", "w", WIDE, ONCE);
		fault_check(t, left == WIDE - count_others(storage, "else", "w", WIDE, START),
			"files were changed twice");
		fault_check(t, left == 0 || strstr(result.err, "top/wide"),
			"%d files were left out, and nothing says so", left);
	}
	run_result_free(&result);
}

void storage_weather(struct fault_list *list)
{
	static const char *const stuck[] = {"-Rc " SPEC " .", "-Rv " SPEC " .", "-R " SPEC " ."};
	static const char *const unread[] = {"-Rv 755 .", "-j2 -Rv 755 .", "-j8 -Rv 755 ."};
	static const char *const going[] = {
		"-R " SPEC " top", "-j8 -R " SPEC " top", "-j8 -Rv " SPEC " top"};
	static struct goes_row goes[18];
	struct fault_test test = {.users = AS_ROOT, .fn = test_stuck};

	for (size_t i = 0; i < 3; i++) {
		test.row = stuck[i];
		fault_add(list, &test, "a request is not answered: -j8 %s", stuck[i]);
	}
	test.fn = test_interrupted;
	fault_add(list, &test, "SIGINT while one is not answered, with --progress");
	test.fn = test_unread;
	for (size_t i = 0; i < 3; i++) {
		test.row = unread[i];
		fault_add(list, &test, "nobody reads the pipe: %s", unread[i]);
	}
	test.row = "-j2 -Rv g+w .";
	test.fn = test_ahead;
	fault_add(list, &test, "nobody reads the pipe: -j2 -Rv g+w .");
	test.fn = test_lacking;
	for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
		test.row = &lacking[i];
		fault_add(list, &test, "%zu, %s: %s, ulimit -n %u", i, lacking[i].args,
			lacking[i].fault.err ? strerror(lacking[i].fault.err) : "nothing fails",
			lacking[i].files);
	}
	test.fn = test_goes;
	for (unsigned i = 0; i < 18; i++) {
		goes[i] = (struct goes_row){(enum goes)(i / 6), going[i % 3], i % 6 < 3 ? 0 : 40};
		test.row = &goes[i];
		fault_add(list, &test, "a directory is %s while it is shared: %s%s",
			goes_names[goes[i].how], goes[i].args,
			goes[i].files ? ", ulimit -n 40" : "");
	}
}
