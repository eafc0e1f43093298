/* SPDX-License-Identifier: MIT */
/*
 * What is printed, and in which order, on both streams together: the same bytes with any number of
 * workers, and those of GNU's program where there is one.
 *
 * The trees are random. They have all that makes a program print something: files of others,
 * directories that cannot be read, dangling links, hard links, entries that cannot be looked up. On
 * FUSE each call takes a random time, so that workers meet in another order each time.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage.h"

enum { ENTRIES_MAX = 3000, ENTRIES_SLOW = 250, NAME = 256, DELAY = 20 };

static const struct run_user user = {65534, 65534};
static const char *const jobs[] = {"-j1", "-j2", "-j8", "-j64", ""};
enum { JOBS = sizeof(jobs) / sizeof(jobs[0]) };

/* What GNU's program is to be compared in. */
enum gnu { WITHOUT_GNU, WITH_GNU };

struct command {
	const char *args;
	enum gnu gnu;
};

#define OPERANDS "top nowhere top/l0 lost file top2"

static const struct command commands[] = {
	{"-Rv 755 top", WITH_GNU},
	{"-Rc u=rwX,go=rX " OPERANDS, WITH_GNU},
	{"-R u=rwX,go=rX " OPERANDS, WITH_GNU},
	{"-Rv u=g,g=o,o= top top2", WITH_GNU},
	{"-Rv a-r top", WITH_GNU},
	{"-Rc g+w top top2", WITH_GNU},
	{"-Rcf 711 top", WITH_GNU},
	{"-Rn u=rwX,go=rX " OPERANDS, WITHOUT_GNU},
	{"-RLc 750 top", WITHOUT_GNU},
	{"-Rv --skip-unchanged 644 top top2", WITHOUT_GNU},
	{"-Rv --contents-first 755 top", WITHOUT_GNU},
	{"-R --contents-first a-rwx " OPERANDS, WITHOUT_GNU},
	{"-Rc --contents-first g+w top top2", WITHOUT_GNU},
	{"-RLc --contents-first 750 top", WITHOUT_GNU},
	{"-Rn --contents-first --include=[df]?* --exclude=d2 u=rwX,go=rX " OPERANDS, WITHOUT_GNU},
	{"-Rv --include=f1* --include=top/t?/d? 755 " OPERANDS, WITHOUT_GNU},
};

/* An entry of the tree: what it was, so that it can be made so again. */
struct entry {
	char path[NAME];
	mode_t mode;
};

struct order {
	struct fault_test *t;
	struct storage *storage;
	struct entry *entries; /* NULL: all are 0600, directories 0700 */
	size_t n, most;
	unsigned seed;
};

/* ------------------------------------------------------------------------------------ the tree */

static unsigned chance(struct order *order, unsigned n)
{
	return (unsigned)rand_r(&order->seed) / 7 % n;
}

/* Makes an entry of type MODE (a hard or symbolic link to TARGET if there is one), notes it. */
static void add(struct order *order, const char *path, mode_t mode, const char *target)
{
	int dir = order->storage->dir, rc;

	if (S_ISLNK(mode))
		rc = symlinkat(target, dir, path);
	else if (target)
		rc = linkat(dir, target, dir, path, 0);
	else if (S_ISDIR(mode))
		rc = mkdirat(dir, path, 0700);
	else
		rc = mknodat(dir, path, (mode & S_IFMT) | 0600, 0);
	if (rc < 0)
		fault_broken(path, errno);
	if (S_ISLNK(mode) || target)
		return;
	/* A few belong to another user. */
	if (chance(order, 12) > 0 &&
		fchownat(dir, path, user.uid, user.gid, AT_SYMLINK_NOFOLLOW) < 0)
		fault_broken(path, errno);
	order->entries[order->n].mode = mode & 07777;
	snprintf(order->entries[order->n++].path, NAME, "%s", path);
}

static mode_t some_mode(struct order *order)
{
	static const mode_t modes[] = {0755, 0700, 0644, 0600, 0777, 0666, 0, 0750, 02755, 01777};

	return modes[chance(order, sizeof(modes) / sizeof(modes[0]))];
}

/* An entry in DIR that is no directory. */
static void add_leaf(struct order *order, const char *dir, unsigned number)
{
	char path[NAME];
	unsigned what = chance(order, 20);
	const struct entry *other = &order->entries[chance(order, (unsigned)order->n)];
	struct stat st;

	snprintf(path, sizeof(path), "%.200s/%s%u", dir, what == 0 ? "bad" : "f", number);
	if (what == 1)
		add(order, path, S_IFLNK, "nowhere");
	else if (what == 2)
		add(order, path, S_IFLNK, "..");
	else if (what == 3)
		add(order, path, S_IFIFO | some_mode(order), NULL);
	else if (what <= 5 && fstatat(order->storage->dir, other->path, &st, 0) == 0 &&
		 S_ISREG(st.st_mode))
		add(order, path, S_IFREG, other->path);
	else
		add(order, path, S_IFREG | some_mode(order), NULL);
}

/* Entries in DIR, and directories with more of them. */
static void add_level(struct order *order, const char *dir, unsigned levels)
{
	unsigned files = chance(order, 3) ? chance(order, 8) : chance(order, 60);
	unsigned dirs = levels ? chance(order, 5) : 0;

	for (unsigned i = 0; i < files + dirs && order->n < order->most; i++) {
		char path[NAME];

		if (chance(order, files + dirs) < files) {
			add_leaf(order, dir, i);
			continue;
		}
		snprintf(path, sizeof(path), "%.200s/d%u", dir, i);
		add(order, path, S_IFDIR | some_mode(order), NULL);
		add_level(order, path, levels - 1);
	}
}

static void make_random(struct order *order)
{
	add(order, "top", S_IFDIR | 0755, NULL);
	add(order, "top2", S_IFDIR | 0777, NULL);
	add(order, "file", S_IFREG | 0666, NULL);
	add(order, "lost", S_IFLNK, "nowhere");
	add(order, "top/l0", S_IFLNK, "../file");
	for (int i = 0; order->n < order->most; i++) {
		char path[NAME];

		snprintf(path, sizeof(path), "top/t%d", i);
		add(order, path, S_IFDIR | (i ? some_mode(order) : 0755), NULL);
		add_level(order, path, 5);
	}
	order->most += ENTRIES_SLOW;
	add_level(order, "top2", 2);
	if (fchownat(order->storage->dir, "top", user.uid, user.gid, 0) < 0)
		fault_broken("top", errno);
}

/* For nftw(). */
static int set_plain(const char *path, const struct stat *st, int type, struct FTW *level)
{
	(void)type;
	(void)level;
	return (st->st_uid != user.uid && lchown(path, user.uid, user.gid) < 0) ||
	       chmod(path, S_ISDIR(st->st_mode) ? 0700 : 0600);
}

static void set_modes(const struct order *order)
{
	if (!order->entries &&
		nftw(fault_text(order->t, "%s/top", order->storage->path), set_plain, 64, FTW_PHYS))
		fault_broken("modes cannot be set", errno);
	for (size_t i = 0; i < order->n; i++) {
		if (fchmodat(order->storage->dir, order->entries[i].path, order->entries[i].mode,
			    0) < 0)
			fault_broken(order->entries[i].path, errno);
	}
}

/* -------------------------------------------------------------------------------- transcripts */

/* From now on the server is slow, and names are broken, or not. */
static void disturb(struct storage *storage, bool on)
{
	storage->fuse.shared->delay = on ? DELAY : 0;
	storage->fuse.shared->mended = !on;
}

/* Both streams of PROGRAM, and the status as a line. To be freed. */
static char *transcript(const struct order *order, const char *program, const char *args)
{
	struct run_how how = storage_how(order->t, order->storage, args, 0);
	struct run_result result;
	char *text;
	int rc;

	set_modes(order);
	if (order->storage->fuse.pid)
		disturb(order->storage, true);
	how.path = program;
	how.user = &user;
	how.err = RUN_WITH_STDOUT;
	rc = run(&how, &result);
	if (order->storage->fuse.pid)
		disturb(order->storage, false);
	if (rc < 0)
		fault_broken(program, rc);
	if (asprintf(&text, "%sstatus %d\n", result.out, result.status) < 0)
		abort();
	run_result_free(&result);
	return text;
}

/* Notes the first line in which SEEN is not as EXPECTED. */
static void compare(struct fault_test *t, const char *args, const char *whose, const char *expected,
	const char *seen)
{
	size_t at = 0, line = 1, begin = 0;

	if (strcmp(expected, seen) == 0)
		return;
	for (; expected[at] && expected[at] == seen[at]; at++) {
		if (expected[at] == '\n') {
			line++;
			begin = at + 1;
		}
	}
	fault_check(t, false, "chmod %s: line %zu is \"%.*s\" instead of %s \"%.*s\"", args, line,
		(int)strcspn(seen + begin, "\n"), seen + begin, whose,
		(int)strcspn(expected + begin, "\n"), expected + begin);
}

/* GNU's program, or NULL. */
static const char *gnu_program(void)
{
	static char *argv[] = {(char *)"chmod", (char *)"--version", NULL}, *env[] = {NULL};
	struct run_how how = {.path = "/usr/bin/chmod", .argv = argv, .env = env};
	struct run_result result;
	bool is_gnu;

	if (run(&how, &result) < 0)
		return NULL;
	is_gnu = strstr(result.out, "(GNU coreutils)") != NULL;
	run_result_free(&result);
	return is_gnu ? how.path : NULL;
}

/* COMMAND with every number of workers, and by GNU's program. */
static void check_command(struct order *order, const struct command *command)
{
	const char *gnu = command->gnu == WITH_GNU ? gnu_program() : NULL;
	char args[256], *first = NULL, *next;

	for (size_t i = 0; i < JOBS; i++) {
		snprintf(args, sizeof(args), "%s %s", jobs[i], command->args);
		next = transcript(order, fault_program.path, args);
		if (first)
			compare(order->t, args, "-j1's", first, next);
		else
			first = strdup(next);
		free(next);
	}
	if (gnu) {
		next = transcript(order, gnu, command->args);
		compare(order->t, command->args, "GNU's", next, first);
		free(next);
	}
	free(first);
}

static void begin(struct fault_test *t, enum storage_kind kind, struct order *ret)
{
	static const struct slowfs_how how = {
		.jitter = true, .timeout_ms = 1000, .permissions = true, .broken = "bad*"};

	*ret = (struct order){.t = t, .storage = storage_mount(t, kind, &how)};
	if (ret->storage->fuse.pid)
		disturb(ret->storage, false);
}

struct random_row {
	enum storage_kind kind;
	const struct command *command;
};

static void test_random(struct fault_test *t)
{
	const struct random_row *row = t->row;
	struct order order;

	begin(t, row->kind, &order);
	order.seed = (unsigned)t->number;
	order.most = row->kind == STORAGE_FUSE ? ENTRIES_SLOW : ENTRIES_MAX;
	/* With what may come when there are so many. */
	order.entries = fault_keep(t, calloc(order.most + 2 * ENTRIES_SLOW, sizeof(struct entry)));
	make_random(&order);
	storage_show(t, order.storage);
	check_command(&order, row->command);
}

/* ------------------------------------------------------------------------------- wide, and deep */

struct wide_row {
	enum storage_kind kind;
	int files, levels;
	struct command command;
};

static const struct wide_row wide_rows[] = {
	{STORAGE_TMPFS, 12000, 0, {"-Rv 755 top", WITH_GNU}},
	{STORAGE_EXT4, 9000, 0, {"-Rv 755 top", WITH_GNU}},
	{STORAGE_EXT4, 12000, 0, {"-Rv 755 top", WITH_GNU}},
	{STORAGE_EXT4, 12000, 0, {"-Rc u=rwX,go=rX top", WITH_GNU}},
	{STORAGE_EXT4, 12000, 0, {"-Rn u=rwX,go=rX top", WITHOUT_GNU}},
	{STORAGE_EXT4, 115000, 0, {"-Rv 755 top", WITH_GNU}},
	{STORAGE_EXT4, 8, 400, {"-Rv 755 top", WITH_GNU}},
	{STORAGE_EXT4, 8, 400, {"-Rv --contents-first a-rwx top", WITHOUT_GNU}},
	{STORAGE_FUSE, 4, 100, {"-Rv --contents-first 755 top", WITHOUT_GNU}},
	{STORAGE_TMPFS, 8, 400, {"-Rc u=rwX,go=rX top", WITH_GNU}},
	{STORAGE_FUSE, 500, 0, {"-Rv 755 top", WITH_GNU}},
};

/* As deep as LEVELS, a directory in the middle of each, or wide. */
static void make_wide(struct order *order, int levels, int files)
{
	int dir = storage_make_dir(order->storage->dir, "top", 0700);

	for (int level = 0; level <= levels; level++) {
		int next = -1;

		storage_make_files(dir, "f", files / 2, 0600);
		if (level < levels)
			next = storage_make_dir(dir, "d", 0700);
		storage_make_files(dir, "g", files / 2, 0600);
		close(dir);
		dir = next;
	}
}

static void test_wide(struct fault_test *t)
{
	const struct wide_row *row = t->row;
	struct order order;

	begin(t, row->kind, &order);
	make_wide(&order, row->levels, row->files);
	check_command(&order, &row->command);
}

/* ------------------------------------------------------------------------------ by inode number */

enum { LARGE = 12000 };

/* How often a file is reported after one with a larger inode number. */
static int inversions(const struct order *order, const char *text)
{
	ino_t last = 0;
	int files = 0, wrong = 0;

	for (const char *line = text; (line = strstr(line, "'top/")) != NULL; line++) {
		char path[NAME];
		struct stat st;

		snprintf(path, sizeof(path), "%.*s", (int)strcspn(line + 1, "'"), line + 1);
		if (fstatat(order->storage->dir, path, &st, 0) < 0)
			fault_broken(path, errno);
		wrong += st.st_ino < last;
		last = st.st_ino;
		files++;
	}
	fault_check(order->t, files == LARGE, "%d files are reported", files);
	return wrong;
}

/* SPEC.md 5.1: large directories are sorted on tmpfs only where all links are followed. */
static void test_by_inode(struct fault_test *t)
{
	struct order order;

	begin(t, STORAGE_TMPFS, &order);
	make_wide(&order, 0, LARGE);
	for (size_t i = 0; i < JOBS; i++) {
		char *plain = transcript(
			&order, fault_program.path, fault_text(t, "%s -Rv 755 top", jobs[i]));
		char *sorted = transcript(
			&order, fault_program.path, fault_text(t, "%s -RLv 755 top", jobs[i]));

		fault_check(t, inversions(&order, plain) > 0, "sorted without -L");
		fault_check(t, inversions(&order, sorted) == 0, "not sorted with -L %s", jobs[i]);
		free(plain);
		free(sorted);
	}
}

void storage_order(struct fault_list *list)
{
	enum { COMMANDS = sizeof(commands) / sizeof(commands[0]), SEEDS = 1 };
	static const enum storage_kind kinds[] = {STORAGE_TMPFS, STORAGE_EXT4, STORAGE_FUSE};
	static struct random_row rows[3 * COMMANDS];
	struct fault_test test = {.fn = test_random, .users = AS_ROOT};

	for (unsigned i = 0; i < 3 * COMMANDS; i++) {
		rows[i] = (struct random_row){kinds[i / COMMANDS], &commands[i % COMMANDS]};
		test.row = &rows[i];
		for (unsigned seed = 1; seed <= SEEDS; seed++) {
			test.number = (int)(i * SEEDS + seed);
			fault_add(list, &test, "%s, tree %d: %s", storage_name(rows[i].kind),
				test.number, rows[i].command->args);
		}
	}
	test.fn = test_wide;
	for (size_t i = 0; i < sizeof(wide_rows) / sizeof(wide_rows[0]); i++) {
		test.row = &wide_rows[i];
		fault_add(list, &test, "%s, %d files at each of %d levels: %s",
			storage_name(wide_rows[i].kind), wide_rows[i].files,
			wide_rows[i].levels + 1, wide_rows[i].command.args);
	}
	test.fn = test_by_inode;
	fault_add(list, &test, "%s, %d files: -L", storage_name(STORAGE_TMPFS), LARGE);
}
