/* SPDX-License-Identifier: MIT */
/* The slow file system itself: without it being as it says, the tests that use it show nothing. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "storage.h"

static mode_t mode_of(const struct storage *storage, const char *name)
{
	struct stat st;

	return fstatat(storage->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_mode;
}

static ino_t inode_of(const struct storage *storage, const char *name)
{
	struct stat st;

	return fstatat(storage->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? 0 : st.st_ino;
}

static void test_calls(struct fault_test *t)
{
	struct slowfs_how how = {.dirs = 3, .files = 2};
	struct storage *storage = storage_mount(t, STORAGE_FUSE, &how);
	int dir = storage->dir;
	char target[8] = "";
	struct stat st;

	storage_fill(storage, "t/ 755, t/f 640, t/g => t/f, t/l -> f, t/p| 600, t/s/ 711");
	storage_check(t, storage, "t/ 755, t/f 640, t/g 640, t/l -> f, t/p| 600, t/s/ 711", NULL);
	fault_check(t, mode_of(storage, "d00002/f00001") == (S_IFREG | 0644), "not filled");
	fault_check(t, mode_of(storage, "d00003") == 0 && errno == ENOENT, "too full");
	fault_check(t, fstatat(dir, "t/f", &st, 0) == 0 && st.st_nlink == 2, "one link");
	fault_check(t, readlinkat(dir, "t/l", target, sizeof(target)) == 1 && *target == 'f',
		"no target");
	fault_check(t, unlinkat(dir, "t", AT_REMOVEDIR) < 0 && errno == ENOTEMPTY, "not empty");
	fault_check(t, renameat(dir, "t/s", dir, "s") == 0 && mode_of(storage, "s"), "not moved");
	fault_check(t,
		renameat2(dir, "s", dir, "t/f", RENAME_EXCHANGE) == 0 &&
			S_ISDIR(mode_of(storage, "t/f")) && S_ISREG(mode_of(storage, "s")),
		"not exchanged");
	fault_check(t,
		unlinkat(dir, "s", 0) == 0 && unlinkat(dir, "t/f", AT_REMOVEDIR) == 0 &&
			mode_of(storage, "t/g") == (S_IFREG | 0640),
		"not removed");
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Several look-ups in one directory at once, each by a child. */
static void test_side_by_side(struct fault_test *t)
{
	enum { CALLERS = 16, DELAY = 100000 };
	struct slowfs_how how = {.delay = DELAY, .files = CALLERS};
	struct storage *storage = storage_mount(t, STORAGE_FUSE, &how);
	pid_t callers[CALLERS];
	double start, seconds;

	slowfs_reset(&storage->fuse);
	start = now();
	for (int i = 0; i < CALLERS; i++) {
		callers[i] = fork();
		if (callers[i] == 0)
			_exit(mode_of(storage, fault_text(t, "f%05d", i)) == 0);
	}
	for (int i = 0, status; i < CALLERS; i++) {
		waitpid(callers[i], &status, 0);
		fault_check(t, status == 0, "a caller ended with %d", status);
	}
	seconds = now() - start;
	fault_check(t, seconds >= DELAY / 1e6, "%.3f seconds, less than a request", seconds);
	fault_check(t, storage->fuse.shared->counts[FUSE_LOOKUP] == CALLERS, "%lu look-ups",
		storage->fuse.shared->counts[FUSE_LOOKUP]);
	/* The machine may be busy, but not so busy. */
	fault_check(t,
		storage->fuse.shared->most_under_way >= CALLERS / 2 &&
			storage->fuse.shared->most_under_way <= CALLERS,
		"%u under way at once", storage->fuse.shared->most_under_way);
}

static void test_switches(struct fault_test *t)
{
	struct slowfs_how how = {.new_inodes = true, .broken = "bad*", .files = 1};
	struct storage *storage = storage_mount(t, STORAGE_FUSE, &how);
	ino_t before = inode_of(storage, "f00000");

	fault_check(t, fchmodat(storage->dir, "f00000", 0600, 0) == 0, "not changed");
	fault_check(t, before && inode_of(storage, "f00000") > before, "the same inode number");
	fault_check(t, mode_of(storage, "bad") == 0 && errno == EIO, "not broken");
}

/* The names that are read after the first READ of N, when those have been removed. */
static size_t read_after_removal(const struct storage *storage, size_t n, size_t read)
{
	DIR *dir = fdopendir(dup(storage->dir));
	size_t left = 0;

	for (size_t i = 0; i < read + 2; i++)
		(void)readdir(dir);
	for (size_t i = 0; i < read; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%05zu", i);
		unlinkat(storage->dir, name, 0);
	}
	/* What is in the buffer is forgotten by that. */
	seekdir(dir, telldir(dir));
	while (left <= n && readdir(dir))
		left++;
	closedir(dir);
	return left;
}

static void test_positions(struct fault_test *t)
{
	struct slowfs_how how = {.files = 10, .positions_shift = t->number != 0};
	struct storage *storage = storage_mount(t, STORAGE_FUSE, &how);
	size_t left = read_after_removal(storage, 10, 4), expected = t->number ? 2 : 6;

	fault_check(t, left == expected, "%zu entries instead of %zu", left, expected);
}

static void test_stuck(struct fault_test *t)
{
	struct slowfs_how how = {.files = 3, .stuck = "f00001"};
	struct storage *storage = storage_mount(t, STORAGE_FUSE, &how);
	struct slowfs_shared *shared = storage->fuse.shared;
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(fchmodat(storage->dir, "f00001", 0600, 0) < 0);
	for (double start = now(); shared->stuck == 0 && now() < start + 10;)
		usleep(1000);
	fault_check(t, shared->stuck == 1, "%u are stuck", shared->stuck);
	fault_check(t, fchmodat(storage->dir, "f00002", 0600, 0) == 0, "all are stuck");
	fault_check(t, waitpid(pid, &status, WNOHANG) == 0, "the caller has been answered");
	shared->released = true;
	waitpid(pid, &status, 0);
	fault_check(t, status == 0 && mode_of(storage, "f00001") == (S_IFREG | 0600),
		"the caller ended with %d", status);
}

void storage_server(struct fault_list *list)
{
	struct fault_test test = {.users = AS_ROOT, .fn = test_calls};

	fault_add(list, &test, "what calls do");
	test.fn = test_side_by_side;
	fault_add(list, &test, "requests side by side, counted, each slow");
	test.fn = test_switches;
	fault_add(list, &test, "inode numbers that change, names that are broken");
	test.fn = test_positions;
	fault_add(list, &test, "positions that stay");
	test.number = 1;
	fault_add(list, &test, "positions that shift");
	test.fn = test_stuck;
	fault_add(list, &test, "a request that is not answered");
}
