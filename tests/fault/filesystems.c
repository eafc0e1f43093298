/* SPDX-License-Identifier: MIT */
/* File systems that refuse: read-only mounts, immutable files, files of others, files without
 * modes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts.h"
#include "rows.h"

#define EROFS_TEXT "Read-only file system"

/* A read-only mount of d/ro in its own place. */
static const struct fault_row mounts[] = {
	{.tree = "d/ 755, d/f 644, d/ro/ 755, d/ro/f 644, e 644",
		.args = "-R g+w d e",
		.err = E("changing permissions of 'd/ro': " EROFS_TEXT)
			E("changing permissions of 'd/ro/f': " EROFS_TEXT),
		.status = 1,
		.after = "d/ 775, d/f 664, e 664"},
	{.tree = "d/ 755, d/f 644, d/ro/ 755, d/ro/f 644, e 644",
		.args = "-R 700 d e",
		.err = E("changing permissions of 'd/ro': " EROFS_TEXT)
			E("changing permissions of 'd/ro/f': " EROFS_TEXT),
		.status = 1,
		.after = "d/ 700, d/f 700, e 700"},
	{.tree = "d/ 777, d/ro/ 777, d/ro/f 644",
		.args = "-Rv 777 d",
		.out = RETAINED("d", 0777) FAILED("d/ro", 0777, 0777) FAILED("d/ro/f", 0644, 0777),
		.err = E("changing permissions of 'd/ro': " EROFS_TEXT)
			E("changing permissions of 'd/ro/f': " EROFS_TEXT),
		.status = 1},
	{.tree = "d/ 755, d/ro/ 755, d/ro/f 644, d/ro/l -> f, e 644",
		.args = "u+x d/ro/f d/ro/l e",
		.err = E("changing permissions of 'd/ro/f': " EROFS_TEXT)
			E("changing permissions of 'd/ro/l': " EROFS_TEXT),
		.status = 1,
		.after = "e 744"},
	{.tree = "d/ 755, d/f 644, d/ro/ 755, d/ro/f 644, e 644",
		.args = "-Rf g+w d e",
		.status = 1,
		.after = "d/ 775, d/f 664, e 664"},
};

static void mount_read_only(void *ctx)
{
	const struct fault_test *t = ctx;

	run_own_mounts(t->tree.path);
	if (mount("d/ro", "d/ro", NULL, MS_BIND, NULL) < 0 ||
		mount("", "d/ro", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		_exit(RUN_NOT);
}

static void check_row(struct fault_test *t, const struct run_how *how)
{
	const struct fault_row *row = t->row;
	struct run_result result;

	fault_run(t, how, NULL, &result);
	fault_check_mounts(&result);
	fault_check(t, result.status == row->status, "exit status %d", result.status);
	fault_check_text(t, "stdout", fault_expand(t, row->out, 0), result.out);
	fault_check_text(t, "stderr", fault_expand(t, row->err, 0), result.err);
	run_result_free(&result);
}

static void test_mount(struct fault_test *t)
{
	const struct fault_row *row = t->row;
	struct run_how how = fault_how(t, row->args);

	how.prepare = mount_read_only;
	how.ctx = t;
	check_row(t, &how);
	fault_check_tree(t, row->after);
}

/* d/f is immutable. */
static const struct fault_row immutable[] = {
	{.tree = "d/ 755, d/f 644, d/g 644, e 644",
		.args = "-R u+x d e",
		FAILS("changing permissions of 'd/f': Operation not permitted"),
		.after = "d/g 744, e 744"},
	{.tree = "d/ 755, d/f 644, d/g 644, e 644",
		.args = "-R 700 d e",
		FAILS("changing permissions of 'd/f': Operation not permitted"),
		.after = "d/ 700, d/g 700, e 700"},
	{.tree = "d/ 777, d/f 644, d/g 644, e 644",
		.args = "-R u+x d e",
		FAILS("changing permissions of 'd/f': Operation not permitted"),
		.after = "d/g 744, e 744"},
	{.tree = "d/ 777, d/f 644, e 644",
		.args = "-v 644 d/f e",
		.out = FAILED("d/f", 0644, 0644) RETAINED("e", 0644),
		FAILS("changing permissions of 'd/f': Operation not permitted")},
};

static int set_immutable(int fd, bool on)
{
	int flags;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0)
		return -errno;
	flags = on ? flags | FS_IMMUTABLE_FL : flags & ~FS_IMMUTABLE_FL;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0 ? -errno : 0;
}

static void test_immutable(struct fault_test *t)
{
	const struct fault_row *row = t->row;
	struct run_how how = fault_how(t, row->args);
	int rc;

	t->kept_fd = openat(t->tree.fd, "d/f", O_RDONLY | O_CLOEXEC);
	rc = t->kept_fd < 0 ? -errno : set_immutable(t->kept_fd, true);
	if (rc < 0)
		fault_skip(fault_text(t, "files cannot be made immutable: %s", strerror(-rc)));
	check_row(t, &how);
	rc = set_immutable(t->kept_fd, false);
	fault_check(t, rc == 0, "the file stays immutable: %s", strerror(-rc));
	fault_check_tree(t, row->after);
}

/* A file of another user. */
static const struct fault_row others[] = {
	{.tree = "d/ 755, d/f 644 (root), d/g 644, e 644",
		.args = "-R u+x d e",
		FAILS("changing permissions of 'd/f': Operation not permitted"),
		.after = "d/g 744, e 744",
		.methods = SAFE_METHODS | IN(METHOD_NAME),
		.users = AS_USER},
	{.tree = "d/ 755, d/f 644 (root), d/p| 644 (root), d/s/ 755 (root), d/s/g 644, e 644",
		.args = "-Rf 700 d e",
		.status = 1,
		.after = "d/ 700, d/s/g 700, e 700",
		.methods = SAFE_METHODS | IN(METHOD_NAME),
		.users = AS_USER},
	{.tree = "d/ 777 (root), d/f 644 (root), d/g 644, e 644",
		.args = "-R u+x d/f d/g e",
		FAILS("changing permissions of 'd/f': Operation not permitted"),
		.after = "d/g 744, e 744",
		.methods = SAFE_METHODS | IN(METHOD_NAME),
		.users = AS_USER},
};

/* --------------------------------------------------------------------- modes that are ignored */

/* The file system answers 0 and does nothing, as ntfs-3g; -v and -c show what there is. */
#define CLAIMED                                                                                    \
	{                                                                                          \
		.call = CHANGE, .act = act_claim                                                   \
	}
#define ON_A_NETWORK                                                                               \
	{                                                                                          \
		.call = FSTATFS, .act = act_pretend_network                                        \
	}
#define DEAF "d/ 755, d/f 644, d/s/ 755, d/s/g 644, t 600, d/l -> ../t, e 644"

static const struct fault_row deaf[] = {
	{.tree = DEAF,
		.args = "-Rv go+w d e",
		.faults = {CLAIMED, ON_A_NETWORK},
		.out = RETAINED("d", 0755) RETAINED("d/f", 0644) RETAINED("d/s", 0755)
			RETAINED("d/s/g", 0644) NEITHER("d/l") RETAINED("e", 0644)},
	{.tree = DEAF,
		.args = "-Rv 700 d e",
		.faults = {CLAIMED, ON_A_NETWORK},
		.out = RETAINED("d", 0755) RETAINED("d/f", 0644) RETAINED("d/s", 0755)
			RETAINED("d/s/g", 0644) NEITHER("d/l") RETAINED("e", 0644)},
	{.tree = DEAF, .args = "-RLc 700 d e", .faults = {CLAIMED, ON_A_NETWORK}},
	{.tree = DEAF,
		.args = "-v go+w d/f d/l e d",
		.faults = {CLAIMED},
		.out = RETAINED("d/f", 0644) RETAINED("d/l", 0600) RETAINED("e", 0644)
			RETAINED("d", 0755)},
	/* One of them alone is. */
	{.tree = DEAF,
		.args = "-Rc go+w d e",
		.faults = {{.call = CHANGE, .file = "d/f", .act = act_claim}, ON_A_NETWORK},
		.out = CHANGED("d", 0755, 0777) CHANGED("d/s", 0755, 0777)
			CHANGED("d/s/g", 0644, 0666) CHANGED("e", 0644, 0666),
		.after = "d/ 777, d/s/ 777, d/s/g 666, e 666"},
	/* It is said, and no failure. */
	{.tree = DEAF, .args = "-R go+w d e", .faults = {CLAIMED}},
};

/* ------------------------------------------------------------------------- files without modes */

#define EVENT_FD "250"

static void keep_event(void *ctx)
{
	const struct fault_test *t = ctx;

	if (dup2(t->kept_fd, atoi(EVENT_FD)) < 0)
		_exit(RUN_NOT);
}

/* An eventfd answers EOPNOTSUPP where the kernel is new enough, and is no symlink. */
static void test_event(struct fault_test *t)
{
	const char *path = "/proc/self/fd/" EVENT_FD;
	struct run_how how = fault_how(t, t->row);
	int rc;

	t->kept_fd = eventfd(0, EFD_CLOEXEC);
	rc = chmod(fault_text(t, "/proc/self/fd/%d", t->kept_fd), 0600);
	if (t->kept_fd < 0 || rc == 0 || errno != EOPNOTSUPP)
		fault_skip("this kernel changes the mode of an eventfd");
	how.prepare = keep_event;
	how.ctx = t;
	fault_expect(t, &how, NULL, NULL,
		fault_text(t, E("changing permissions of '%s': Operation not supported"), path), 1);
	fault_check_tree(t, "e 700");
}

static void add(struct fault_list *list, const struct fault_row *rows, size_t n, const char *what,
	struct fault_test test)
{
	for (const struct fault_row *row = rows; row < rows + n; row++) {
		test.tree_text = row->tree;
		test.row = row;
		for (test.method = METHOD_FCHMODAT2; test.method < METHODS; test.method++) {
			if (test.method == METHOD_LIBC && fault_program.is_static)
				continue;
			fault_add(list, &test, "%s, %s, %s", row->args, what,
				fault_method_name(test.method));
		}
	}
}

#define ROWS(rows) rows, sizeof(rows) / sizeof((rows)[0])

void fault_filesystems(struct fault_list *list)
{
	struct fault_test event = {
		.tree_text = "e 644", .fn = test_event, .row = "700 /proc/self/fd/" EVENT_FD " e"};

	add(list, ROWS(mounts), "read-only mount", (struct fault_test){.fn = test_mount});
	add(list, ROWS(immutable), "immutable file", (struct fault_test){.fn = test_immutable});
	fault_add_rows(list, ROWS(others));
	fault_add_rows(list, ROWS(deaf));
	for (event.method = METHOD_FCHMODAT2; event.method <= METHOD_SANDBOX; event.method++)
		fault_add(list, &event, "an eventfd, %s", fault_method_name(event.method));
}
