/* SPDX-License-Identifier: MIT */
/* -n and --one-file-system where something is mounted, and -n among files of others. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rows.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* -------------------------------------------------------------------- -n foretells the real run */

/* Where something is mounted: a directory with a file, on a file system of their own. */
enum mounts {
	NO_MOUNT,
	READ_ONLY,
	READ_ONLY_BIND,
	/*
	 * No mount, but a namespace in which the user of the program has the number 0, that of
	 * users without a mapping, or no mapping; all others have none.
	 */
	USER_AS_ROOT,
	USER_AS_ANYBODY,
	USER_AS_NONE,
};

struct alike_row {
	const char *tree, *args;
	enum mounts mounts;
	enum fault_users users;
};

#define MOUNTED "d/ 755, d/f 644, d/m/ 755, d/m/f 644, e 644, l -> d/m/f"
#define OTHERS  "d/ 777 (root), d/f 644 (root), d/g 644, d/s/ 755 (root), d/p| 600 (root)"

/* For root alone, so that there are files of others. */
#define NAMESPACE "d/ 755, d/f 644, d/p| 644, d/s/ 755, d/s/o 644, o 644, u 600, o2| 644, e 644"

static const struct alike_row alikes[] = {
	{MOUNTED, "-R go= d e", READ_ONLY, AS_BOTH},
	{MOUNTED, "-R D700,F600 d/m e", READ_ONLY, AS_BOTH},
	{MOUNTED, "600 d/m/f e", READ_ONLY, AS_BOTH},
	{MOUNTED, "600 l e", READ_ONLY, AS_BOTH},
	{MOUNTED, "-R 600 l e", READ_ONLY, AS_BOTH},
	{MOUNTED, "-RL D755,F644 --skip-unchanged d l e", READ_ONLY, AS_BOTH},
	{MOUNTED, "-RL D755,F600 --skip-unchanged d l e", READ_ONLY, AS_BOTH},
	{MOUNTED, "-R --one-file-system go= d e", READ_ONLY, AS_BOTH},
	{MOUNTED, "-R --exclude=m go= d e", READ_ONLY, AS_BOTH},
	{MOUNTED, "-Rf go= d e", READ_ONLY, AS_BOTH},
	{MOUNTED, "-R go= d e", READ_ONLY_BIND, AS_BOTH},
	{MOUNTED, "600 d/m/f e", READ_ONLY_BIND, AS_BOTH},
	{OTHERS, "-R u=rwX,go= d", NO_MOUNT, AS_USER},
	{OTHERS, "-R D777,F644 d", NO_MOUNT, AS_USER},
	{OTHERS, "-R --skip-unchanged D777,F644 d", NO_MOUNT, AS_USER},
	{OTHERS, "-Rf u=rwX,go= d", NO_MOUNT, AS_USER},
	{OTHERS, "600 d/f d/g d/p nope", NO_MOUNT, AS_USER},
	{"f 644, g 600, l -> nowhere", "600 f g l nope", NO_MOUNT, AS_BOTH},
	{"f 777, d/ 777, d/g 777", "-R -w f d", NO_MOUNT, AS_BOTH},
	{"d/ 755, d/f 644, d/s/ 0, d/s/g 644, e 644", "-R go= d e", NO_MOUNT, AS_BOTH},
	{NAMESPACE, "-R u+x,go= d o u o2 e", USER_AS_ROOT, AS_ROOT},
	{NAMESPACE, "-R u+x d o u e", USER_AS_ANYBODY, AS_ROOT},
	{NAMESPACE, "u+x d/f d/s/o o u e", USER_AS_NONE, AS_ROOT},
};

/* Gives the entries of NAMESPACE that have an "o" in their names to another user. */
static void give_away(struct fault_test *t)
{
	if (fchownat(t->tree.fd, "d/s/o", 1, 1, 0) < 0 || fchownat(t->tree.fd, "o", 1, 1, 0) < 0 ||
		fchownat(t->tree.fd, "o2", 1, 1, 0) < 0)
		fault_broken("files of another user", errno);
}

static void enter_namespace(enum mounts mounts)
{
	uid_t uid = geteuid();
	FILE *map;

	if (unshare(CLONE_NEWUSER) < 0)
		_exit(RUN_NOT);
	if (mounts == USER_AS_NONE)
		return;
	map = fopen("/proc/self/uid_map", "we");
	if (!map || fprintf(map, "%d %u 1", mounts == USER_AS_ROOT ? 0 : 65534, uid) < 0 ||
		fclose(map) != 0)
		_exit(RUN_NOT);
}

static void mount_bind(void)
{
	if (mount("d/m", "d/m", NULL, MS_BIND, NULL) < 0 ||
		mount("", "d/m", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		_exit(RUN_NOT);
}

/* A file system with the file "f" on d/m; FLAGS when it has been filled. */
static void mount_new(const struct fault_test *t, unsigned long flags)
{
	int fd;

	if (mount("none", "d/m", "tmpfs", 0, "mode=755") < 0)
		_exit(RUN_NOT);
	fd = open("d/m/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || fchmod(fd, 0644) < 0)
		_exit(RUN_NOT);
	if (t->drop && (fchown(fd, t->user.uid, t->user.gid) < 0 ||
			       chown("d/m", t->user.uid, t->user.gid) < 0))
		_exit(RUN_NOT);
	close(fd);
	if (flags && mount("", "d/m", NULL, MS_REMOUNT | flags, NULL) < 0)
		_exit(RUN_NOT);
}

static void mount_for_alike(void *ctx)
{
	const struct fault_test *t = ctx;
	const struct alike_row *row = t->row;

	if (row->mounts >= USER_AS_ROOT) {
		enter_namespace(row->mounts);
		return;
	}
	run_own_mounts(t->tree.path);
	if (row->mounts == READ_ONLY)
		mount_new(t, MS_RDONLY);
	else
		mount_bind();
}

/* TEXT with what -n says as the real run says it. Kept. */
static char *as_if_real(struct fault_test *t, char *text)
{
	static const char would[] = " would change from ", real[] = " changed from ";
	char *at;

	while ((at = strstr(text, would)))
		text = fault_text(
			t, "%.*s%s%s", (int)(at - text), text, real, at + sizeof(would) - 1);
	return text;
}

static void run_alike(struct fault_test *t, const char *option, struct run_result *ret)
{
	const struct alike_row *row = t->row;
	struct run_how how = fault_how(t, fault_text(t, "%s %s", option, row->args));

	if (row->mounts >= USER_AS_ROOT)
		give_away(t);
	if (row->mounts != NO_MOUNT) {
		how.prepare = mount_for_alike;
		how.ctx = t;
	}
	fault_run(t, &how, NULL, ret);
	fault_check_mounts(ret);
}

static void test_alike(struct fault_test *t)
{
	const struct alike_row *row = t->row;
	struct run_result dry, real;

	run_alike(t, "-n", &dry);
	fault_check_tree(t, NULL);
	fault_new_tree(t, row->tree);
	run_alike(t, "-c", &real);
	fault_check(t, *real.out || *real.err || strstr(row->args, "-RL D755,F644"),
		"this row says nothing");
	fault_check(t, dry.status == real.status, "exit status %d, but %d of the real run",
		dry.status, real.status);
	fault_check_text(t, "stdout", real.out, as_if_real(t, dry.out));
	fault_check_text(t, "stderr", real.err, dry.err);
	run_result_free(&dry);
	run_result_free(&real);
}

static void add_alikes(struct fault_list *list)
{
	static const char *const names[] = {"", ", read-only mount", ", read-only bind mount",
		", user as root", ", user as anybody", ", user as none"};
	struct fault_test test = {.fn = test_alike};

	for (size_t i = 0; i < COUNT(alikes); i++) {
		test.row = &alikes[i];
		test.tree_text = alikes[i].tree;
		test.users = alikes[i].users;
		fault_add_methods(list, &test, 0, "-n foretells %s, %s%s", alikes[i].args,
			alikes[i].tree, names[alikes[i].mounts]);
	}
}

/* ------------------------------------------------------------------------------ idmapped mounts */

/* Not every C library has these. */
enum {
	OPEN_TREE_CLONE_ = 1,
	MOVE_MOUNT_F_EMPTY_PATH_ = 4,
	MOUNT_ATTR_IDMAP_ = 0x100000,
};
struct mount_attributes {
	uint64_t set, clear, propagation, userns_fd;
};

/* What is owned by this number on the file system looks like root's on the mount. */
enum { REAL_OWNER = 1000 };

static void put_map(pid_t pid, const char *name)
{
	char path[64];
	FILE *map;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	map = fopen(path, "we");
	if (!map || fprintf(map, "%d 0 1", REAL_OWNER) < 0 || fclose(map) != 0)
		_exit(RUN_NOT);
}

/* A namespace in which the owner is root. */
static int open_namespace(void)
{
	char path[64], byte;
	int ready[2], fd;
	pid_t pid;

	if (pipe(ready) < 0 || (pid = fork()) < 0)
		_exit(RUN_NOT);
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) == 0 && write(ready[1], "", 1) == 1)
			pause();
		_exit(RUN_NOT);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		_exit(RUN_NOT);
	close(ready[0]);
	put_map(pid, "uid_map");
	put_map(pid, "gid_map");
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return fd;
}

/* A run_how's prepare: d/m, which is REAL_OWNER's, is mounted on itself and looks like root's. */
static void mount_mapped(void *ctx)
{
	const struct fault_test *t = ctx;
	struct mount_attributes attr = {.set = MOUNT_ATTR_IDMAP_};
	int tree, ns = open_namespace();
	struct stat st;

	run_own_mounts(t->tree.path);
	if (ns < 0)
		_exit(RUN_NOT);
	attr.userns_fd = (uint64_t)ns;
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, "d/m", OPEN_TREE_CLONE_ | O_CLOEXEC);
	if (tree < 0 ||
		syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0 ||
		syscall(SYS_move_mount, tree, "", AT_FDCWD, "d/m", MOVE_MOUNT_F_EMPTY_PATH_) < 0 ||
		stat("d/m", &st) < 0 || st.st_uid != 0)
		_exit(RUN_NOT);
	close(tree);
	close(ns);
}

static long check_by_pin(struct fault_test *t, const struct filter_call *call)
{
	fault_check(t, call->args[3] & AT_EMPTY_PATH, "a file was changed by its name");
	return FILTER_GO_ON;
}

static void test_mapped(struct fault_test *t)
{
	struct fault faults[] = {
		{.call = FCHMODAT2, .file = "d/m/f", .act = check_by_pin}, {.call = 0}};
	struct run_how how = fault_how(t, t->row);
	struct run_result result;

	if (fchownat(t->tree.fd, "d/m", REAL_OWNER, REAL_OWNER, 0) < 0 ||
		fchownat(t->tree.fd, "d/m/f", REAL_OWNER, REAL_OWNER, 0) < 0)
		fault_broken("files of another user", errno);
	how.prepare = mount_mapped;
	how.ctx = t;
	fault_run(t, &how, faults, &result);
	fault_check_mounts(&result);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	fault_check_text(t, "stderr", "", result.err);
	fault_check_tree(t, "d/m/f 744");
	run_result_free(&result);
}

static void add_mapped(struct fault_list *list)
{
	static const char *const commands[] = {"-R u+x d", "-R u+x d/m", "-Rv F744 d/m"};
	struct fault_test test = {.tree_text = "d/ 755, d/m/ 755, d/m/f 644",
		.fn = test_mapped,
		.method = METHOD_FCHMODAT2,
		.users = AS_ROOT};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		test.row = commands[i];
		fault_add(list, &test, "%s on an idmapped mount", commands[i]);
	}
}

/* ---------------------------------------------------------------------------- --one-file-system */

struct mount_row {
	const char *args, *out, *after;
};

#define MOUNT_TREE "d/ 755, d/f 644, d/m/ 755, d/m/g 644, k/ 755, k/l -> ../d/m, k/h 644"

/* What is under the mount point is never seen. */
static const struct mount_row mounts[] = {
	{"-Rv --one-file-system go= d", CHANGED("d", 0755, 0700) CHANGED("d/f", 0644, 0600),
		"d/ 700, d/f 600"},
	{"-Rv go= d",
		CHANGED("d", 0755, 0700) CHANGED("d/f", 0644, 0600) CHANGED("d/m", 0755, 0700)
			CHANGED("d/m/f", 0644, 0600),
		"d/ 700, d/f 600"},
	/* An operand is at home on its own file system. */
	{"-Rv --one-file-system go= d/m", CHANGED("d/m", 0755, 0700) CHANGED("d/m/f", 0644, 0600),
		NULL},
	{"-Rv --one-file-system -j4 go= d/m d",
		CHANGED("d/m", 0755, 0700) CHANGED("d/m/f", 0644, 0600) CHANGED("d", 0755, 0700)
			CHANGED("d/f", 0644, 0600),
		"d/ 700, d/f 600"},
	{"-RvL --one-file-system go= k", CHANGED("k", 0755, 0700) CHANGED("k/h", 0644, 0600),
		"k/ 700, k/h 600"},
	{"-nR --one-file-system go= d",
		WOULD_CHANGE("d", 0755, 0700) WOULD_CHANGE("d/f", 0644, 0600), NULL},
	{"-v --one-file-system 700 d d/m", CHANGED("d", 0755, 0700) CHANGED("d/m", 0755, 0700),
		"d/ 700"},
};

static void mount_one(void *ctx)
{
	const struct fault_test *t = ctx;

	run_own_mounts(t->tree.path);
	mount_new(t, 0);
}

static void test_one_file_system(struct fault_test *t)
{
	const struct mount_row *row = t->row;
	struct run_how how = fault_how(t, row->args);
	struct run_result result;

	how.prepare = mount_one;
	how.ctx = t;
	fault_run(t, &how, NULL, &result);
	fault_check_mounts(&result);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	/* Entries come in any order. */
	fault_check_text(t, "stdout, sorted", fault_sorted(t, fault_expand(t, row->out, 0)),
		fault_sorted(t, result.out));
	fault_check_text(t, "stderr", "", result.err);
	fault_check_tree(t, row->after);
	run_result_free(&result);
}

static void add_mounts(struct fault_list *list)
{
	struct fault_test test = {.tree_text = MOUNT_TREE, .fn = test_one_file_system};

	for (size_t i = 0; i < COUNT(mounts); i++) {
		test.row = &mounts[i];
		fault_add_methods(list, &test, 0, "%s", mounts[i].args);
	}
}

void fault_mounts(struct fault_list *list)
{
	add_alikes(list);
	add_mapped(list);
	add_mounts(list);
}
