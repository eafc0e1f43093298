/* SPDX-License-Identifier: MIT */
/* Inode numbers that do not tell one file: they change with its mode, or another one gets them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage.h"

/* ------------------------------------------------------------------ they change with every mode */

#define TREE                                                                                       \
	"top/ 700, top/f 600, top/a/ 777, top/a/f 600, top/a/b/ 777, top/a/b/c/ 700, "             \
	"top/a/b/c/d/ 700, top/a/b/c/d/e/ 700, top/a/b/c/d/e/f 600, top/a/b/g 600, top/z/ 750, "   \
	"top/z/f 600, l -> top, x 600"
#define ALL_755                                                                                    \
	"top/ 755, top/f 755, top/a/ 755, top/a/f 755, top/a/b/ 755, top/a/b/c/ 755, "             \
	"top/a/b/c/d/ 755, top/a/b/c/d/e/ 755, top/a/b/c/d/e/f 755, top/a/b/g 755, top/z/ 755, "   \
	"top/z/f 755"
#define ALL_GROUP                                                                                  \
	"top/ 770, top/f 660, top/a/ 770, top/a/f 660, top/a/b/ 770, top/a/b/c/ 770, "             \
	"top/a/b/c/d/ 770, top/a/b/c/d/e/ 770, top/a/b/c/d/e/f 660, top/a/b/g 660, top/z/ 770, "   \
	"top/z/f 660"

struct changing_row {
	const char *args;
	unsigned files;
	const char *after;
};

static const struct changing_row changing[] = {
	{"-R 755 top", 0, ALL_755},
	{"-R 755 l", 0, ALL_755},
	{"-RL 755 l", 0, ALL_755},
	{"-R 755 top x", 0, ALL_755 ", x 755"},
	{"-R --one-file-system 755 top", 0, ALL_755},
	{"-R ug=rwX,o= top", 0, ALL_GROUP},
	{"-j4 -R ug=rwX,o= top", 0, ALL_GROUP},
	{"-R ug=rwX,o= top", 6, ALL_GROUP},
	{"-j4 -R 755 top", 6, ALL_755},
};

static void test_changing(struct fault_test *t)
{
	static const struct slowfs_how how = {.new_inodes = true};
	const struct changing_row *row = t->row;
	struct storage *storage = storage_mount(t, STORAGE_FUSE, &how);
	struct run_how run_how = storage_how(t, storage, row->args, row->files);

	storage_fill(storage, TREE);
	fault_expect(t, &run_how, NULL, "", "", 0);
	storage_check(t, storage, TREE, row->after);
}

/* -------------------------------------------- that of a removed directory goes to a new one */

enum { LEVELS = 80, BESIDE = 5000, NEW = 3000, TRIES = 500 };

static void remove_all(int dir)
{
	DIR *list = fdopendir(dup(dir));
	struct dirent *entry;

	while ((entry = readdir(list)))
		unlinkat(dir, entry->d_name, 0);
	closedir(list);
}

/* Makes directory NAME with inode number INO, if that is to be had; else/ gets what has another. */
static bool make_with_number(int base, const char *name, ino_t ino, mode_t mode)
{
	char aside[32];
	struct stat st;

	for (int i = 0; i < TRIES; i++) {
		if (mkdirat(base, name, mode) < 0 || fstatat(base, name, &st, 0) < 0)
			fault_broken("it cannot be made anew", errno);
		if (st.st_ino == ino)
			return true;
		snprintf(aside, sizeof(aside), "else/%d", i);
		renameat(base, name, base, aside);
	}
	return false;
}

/* Removes top/p and makes it once more. Whether it has got the same inode number. */
static bool make_anew(int base)
{
	int old = openat(base, "top/p", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat was;

	if (fstat(old, &was) < 0 || renameat(base, "top/p/c", base, "else/c") < 0)
		fault_broken("it cannot be moved", errno);
	remove_all(old);
	close(old);
	if (unlinkat(base, "top/p", AT_REMOVEDIR) < 0)
		fault_broken("it cannot be removed", errno);
	return make_with_number(base, "top/p", was.st_ino, 0700);
}

/* The program is below top/p/c. The new files have names that it has read in the old directory. */
static long replace(struct fault_test *t, const struct filter_call *call)
{
	const struct storage *storage = t->end_ctx;
	int new;

	(void)call;
	t->number = make_anew(storage->dir);
	if (!t->number)
		return FILTER_GO_ON;
	new = openat(storage->dir, "top/p", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	storage_make_files(new, "a", NEW, 0600);
	close(new);
	return FILTER_GO_ON;
}

static void make_deep(const struct storage *storage)
{
	int top = storage_make_dir(storage->dir, "top", 0755), p = storage_make_dir(top, "p", 0755),
	    deep;

	close(storage_make_dir(storage->dir, "else", 0755));
	storage_make_files(p, "a", BESIDE, 0600);
	deep = storage_make_dir(p, "c", 0755);
	for (int i = 0; i < LEVELS; i++) {
		int next = storage_make_dir(deep, "d", 0755);

		close(deep);
		deep = next;
	}
	storage_make_files(deep, "x", 1, 0600);
	close(deep);
	close(p);
	close(top);
}

static int count_changed(const struct storage *storage)
{
	char name[32];
	struct stat st;
	int n = 0;

	for (int i = 0; i < NEW; i++) {
		snprintf(name, sizeof(name), "top/p/a%05d", i);
		n += fstatat(storage->dir, name, &st, 0) < 0 || (st.st_mode & 07777) != 0600;
	}
	return n;
}

static void test_reuse(struct fault_test *t)
{
	struct storage *storage = storage_mount(t, STORAGE_EXT4, NULL);
	const char *args = t->row;
	char file[64 + 2 * LEVELS] = "m/top/p/c/";
	struct fault faults[] = {{.call = CHANGE, .file = file, .nth = 1, .act = replace}, {0}};
	/* The number of a directory that is open is not given away. */
	struct run_how how = storage_how(t, storage, args, 6);
	struct run_result result;

	for (int i = 0; i < LEVELS; i++)
		strcat(file, "d/");
	strcat(file, "x00000");
	make_deep(storage);
	fault_run(t, &how, faults, &result);
	fault_check(t, result.status <= 1, "exit status %d", result.status);
	run_result_free(&result);
	fault_check(t, t->number, "broken fixture: another inode number was given");
	fault_check(t, count_changed(storage) == 0, "%d files of a stranger were changed",
		count_changed(storage));
}

/* A directory of a list is made anew before it gets its mode in the end. */
static long replace_listed(struct fault_test *t, const struct filter_call *call)
{
	const struct storage *storage = t->end_ctx;
	struct stat was;

	(void)call;
	if (fstatat(storage->dir, "s", &was, 0) < 0 ||
		unlinkat(storage->dir, "s", AT_REMOVEDIR) < 0)
		fault_broken("it cannot be removed", errno);
	fault_check(t, make_with_number(storage->dir, "s", was.st_ino, 0755),
		"broken fixture: the inode number is not to be had");
	return FILTER_GO_ON;
}

static void test_reuse_in_list(struct fault_test *t)
{
	static const char list[] = "500 s\000600 f";
	struct storage *storage = storage_mount(t, STORAGE_EXT4, NULL);
	struct fault faults[] = {{.call = CHANGE, .file = "m/f", .act = replace_listed}, {0}};
	struct run_how how = storage_how(t, storage, "-j1 --modes0-from=list", 0);
	int fd;

	storage_fill(storage, "s/ 755, f 644, else/ 755, list 644");
	fd = openat(storage->dir, "list", O_WRONLY | O_CLOEXEC);
	if (write(fd, list, sizeof(list)) != sizeof(list))
		fault_broken("list", errno);
	close(fd);
	fault_expect(t, &how, faults, "", E("changing permissions of 's': Stale file handle"), 1);
	storage_check(t, storage, "s/ 755, f 600", NULL);
}

void storage_inodes(struct fault_list *list)
{
	static const char *const reuse[] = {
		"-v -R go=rX,u=rwX top", "-R go=rX,u=rwX top", "-j4 -R 755 top"};
	struct fault_test test = {.users = AS_ROOT, .fn = test_changing};

	for (size_t i = 0; i < sizeof(changing) / sizeof(changing[0]); i++) {
		test.row = &changing[i];
		fault_add(list, &test, "they change: %s%s", changing[i].args,
			changing[i].files ? ", ulimit -n 6" : "");
	}
	test.fn = test_reuse_in_list;
	fault_add(list, &test, "another gets it: --modes0-from");
	test.fn = test_reuse;
	for (size_t i = 0; i < sizeof(reuse) / sizeof(reuse[0]); i++) {
		test.row = reuse[i];
		fault_add(list, &test, "another gets it: %s", reuse[i]);
	}
}
