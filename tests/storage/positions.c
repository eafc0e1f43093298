/* SPDX-License-Identifier: MIT */
/*
 * A wide directory with a deep one in the middle: while the program is deep below, entries of the
 * wide one that are done are removed, or others are made. On some file systems the positions of
 * those that are still to come shift by that. Each must be done all the same, and once.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage.h"

enum { BESIDE = 3000, LEVELS = 80, BELOW = 100, TOUCHED = 2500 };

/* Told from that which it makes of itself (0400), and from 0 times. */
#define SPEC "u=g,g=o,o="
enum { START = 0764, ONCE = 0640 };

enum what { DELETED, INSERTED };

struct row {
	enum storage_kind kind;
	enum what what;
	unsigned files; /* descriptors */
	const char *options;
};

static const char *const names[] = {[DELETED] = "deleted", [INSERTED] = "made"};

/* Of an overlay the directory itself is below, its entries above: they are merged each time. */
static void make_wide(struct fault_test *t, struct storage *storage)
{
	int wide = storage_make_dir(storage->dir, "wide", 0755), deep, next;

	close(wide);
	storage_show(t, storage);
	wide = openat(storage->dir, "wide", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	storage_make_files(wide, "a", BESIDE, START);
	deep = storage_make_dir(wide, "s", 0755);
	for (int i = 0; i < LEVELS; i++) {
		next = storage_make_dir(deep, "d", 0755);
		close(deep);
		deep = next;
	}
	storage_make_files(deep, "x", BELOW, START);
	close(deep);
	storage_make_files(wide, "b", BESIDE, START);
	close(wide);
}

/* Removes entries that have been changed. */
static int remove_done(int wide)
{
	DIR *dir = fdopendir(wide);
	struct dirent *entry;
	struct stat st;
	int n = 0;

	while (n < TOUCHED && (entry = readdir(dir))) {
		if (strchr("ab", entry->d_name[0]) && fstatat(wide, entry->d_name, &st, 0) == 0 &&
			(st.st_mode & 07777) == ONCE)
			n += unlinkat(wide, entry->d_name, 0) == 0;
	}
	closedir(dir);
	return n;
}

/* The program is deep below. */
static long touch(struct fault_test *t, const struct filter_call *call)
{
	const struct row *row = t->row;
	const struct storage *storage = t->end_ctx;
	int wide = openat(storage->dir, "wide", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)call;
	if (row->what == DELETED) {
		t->number = remove_done(wide);
		return FILTER_GO_ON;
	}
	storage_make_files(wide, "z", TOUCHED, START);
	t->number = TOUCHED;
	close(wide);
	return FILTER_GO_ON;
}

/* How many untouched files have not been changed once, and how many others twice. */
static int count_wrong(const struct storage *storage)
{
	DIR *dir = fdopendir(openat(storage->dir, "wide", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *entry;
	struct stat st;
	int wrong = 0;

	while ((entry = readdir(dir))) {
		mode_t mode;

		if (!strchr("abz", entry->d_name[0]))
			continue;
		wrong += fstatat(dirfd(dir), entry->d_name, &st, 0) < 0;
		mode = st.st_mode & 07777;
		wrong += mode != ONCE && !(entry->d_name[0] == 'z' && mode == START);
	}
	closedir(dir);
	return wrong;
}

static void test(struct fault_test *t)
{
	const struct row *row = t->row;
	struct storage *storage = storage_mount(t, row->kind, NULL);
	char args[64], file[64 + 2 * LEVELS] = "m/wide/s/";
	struct fault faults[] = {{.call = CHANGE, .file = file, .nth = 1, .act = touch}, {0}};
	struct run_how how;
	struct run_result result;
	int wrong;

	for (int i = 0; i < LEVELS; i++)
		strcat(file, "d/");
	strcat(file, "x00000");
	make_wide(t, storage);
	snprintf(args, sizeof(args), "%s -R " SPEC " wide", row->options);
	how = storage_how(t, storage, args, row->files);
	fault_run(t, &how, faults, &result);
	wrong = count_wrong(storage);
	fault_check(t, t->number > 0, "broken fixture: nothing was touched");
	fault_check(t, result.status == 0, "exit status %d", result.status);
	fault_check_text(t, "stderr", "", result.err);
	fault_check(t, wrong == 0, "%d files were not changed, or not once (%d %s)", wrong,
		t->number, names[row->what]);
	run_result_free(&result);
}

void storage_positions(struct fault_list *list)
{
	static struct row rows[STORAGES * 8];
	struct fault_test one = {.fn = test, .users = AS_ROOT};

	for (unsigned i = 0; i < STORAGES * 8; i++) {
		struct row *row = &rows[i];

		*row = (struct row){(enum storage_kind)(i / 8), i & 1 ? INSERTED : DELETED,
			i & 2 ? 6 : 1024, i & 4 ? "-j4" : "-v"};
		one.row = row;
		fault_add(list, &one, "%s, %s %s, ulimit -n %u", storage_name(row->kind),
			row->options, names[row->what], row->files);
	}
}
