/* SPDX-License-Identifier: MIT */
/* /proc is missing, is read-only, or is a plain directory that looks like it. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "../support/jail.h"
#include "rows.h"

enum proc { ABSENT, READ_ONLY, FAKE };

/* A command line in a chroot. */
struct jail_row {
	enum proc proc;
	enum fault_method method;
	const char *args;
	const char *err;
	int status;
	const char *after;
	/* Only that nothing is left undone in silence: AFTER is what would be right. */
	bool may_fail;
};

#define TREE                                                                                       \
	"./ 755, d/ 755, d/f 644, d/s/ 755, d/s/g 644, d/l -> f, c/ 777, c/f 644, c/s/ 777, "      \
	"c/s/g 644, e 644, l -> e, p| 644, proc/ 755"
/* The trap: the program must not take these files for its descriptors. */
#define FAKE_TREE                                                                                  \
	TREE ", proc/self/ 755, proc/self/fd/ 755, proc/self/fd/0 600, proc/self/fd/1 600, "       \
	     "proc/self/fd/2 600, proc/self/fd/3 600, proc/self/fd/4 600, proc/self/fd/5 600, "    \
	     "proc/self/fd/6 600, proc/self/fd/7 600, proc/self/fd/8 600, proc/self/fd/9 600, "    \
	     "proc/self/fd/10 600, proc/self/fd/11 600, proc/self/fd/12 600"

#define ALL_DONE "d/ 775, d/f 664, d/s/ 775, d/s/g 664, c/ 777, c/f 664, c/s/ 777, c/s/g 664, e 664"

static const struct jail_row rows[] = {
	{.proc = ABSENT, .method = METHOD_FCHMODAT2, .args = "-R g+w d c l", .after = ALL_DONE},
	{.proc = ABSENT, .method = METHOD_FCHMODAT2, .args = "g+w p", .after = "p| 664"},
	{.proc = ABSENT, .method = METHOD_PROCFD, .args = "-R g+w d c l", .after = ALL_DONE},
	{.proc = ABSENT,
		.method = METHOD_SANDBOX,
		.args = "-R 700 d c",
		.after = "d/ 700, d/f 700, d/s/ 700, d/s/g 700, c/ 700, c/f 700, c/s/ 700, c/s/g "
			 "700"},
	{.proc = ABSENT, .method = METHOD_PROCFD, .args = "g+w p e", .after = "p| 664, e 664"},
	{.proc = ABSENT,
		.method = METHOD_LIBC,
		.args = "-R g+w d c e",
		.after = ALL_DONE,
		.may_fail = true},
	{.proc = ABSENT,
		.method = METHOD_LIBC,
		.args = "-R 700 d c",
		.after = "d/ 700, d/f 700, d/s/ 700, d/s/g 700, c/ 700, c/f 700, c/s/ 700, c/s/g "
			 "700",
		.may_fail = true},
	{.proc = READ_ONLY, .method = METHOD_FCHMODAT2, .args = "-R g+w d c l", .after = ALL_DONE},
	{.proc = READ_ONLY, .method = METHOD_PROCFD, .args = "-R g+w d c l", .after = ALL_DONE},
	{.proc = READ_ONLY, .method = METHOD_PROCFD, .args = "g+w p", .after = "p| 664"},
	{.proc = READ_ONLY,
		.method = METHOD_LIBC,
		.args = "-R g+w d c l p",
		.after = ALL_DONE ", p| 664"},
	{.proc = FAKE, .method = METHOD_FCHMODAT2, .args = "-R g+w d c l", .after = ALL_DONE},
	{.proc = FAKE, .method = METHOD_PROCFD, .args = "-R g+w d c l", .after = ALL_DONE},
	{.proc = FAKE, .method = METHOD_PROCFD, .args = "777 p e", .after = "p| 777, e 777"},
	{.proc = FAKE,
		.method = METHOD_LIBC,
		.args = "-R g+w d c e",
		.after = ALL_DONE,
		.may_fail = true},
	{.proc = FAKE,
		.method = METHOD_LIBC,
		.args = "777 p e",
		.after = "p| 777, e 777",
		.may_fail = true},
};

/* A run_how's prepare: a /proc in the tree that this program alone sees. */
static void mount_proc(void *ctx)
{
	run_own_mounts("/");
	if (mount("proc", ctx, "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		_exit(RUN_NOT);
}

static void test_jail(struct fault_test *t)
{
	const struct jail_row *row = t->row;
	struct run_how how = fault_how(t, row->args);
	struct run_result result;
	int rc = jail_fill(t->tree.path, fault_program.path, NULL);

	if (rc < 0)
		fault_broken("no jail", rc);
	how.root = t->tree.path;
	how.cwd = "/";
	if (row->proc == READ_ONLY) {
		how.prepare = mount_proc;
		how.ctx = fault_text(t, "%s/proc", t->tree.path);
	}
	fault_run(t, &how, NULL, &result);
	fault_check_mounts(&result);
	if (!row->may_fail) {
		fault_check(t, result.status == row->status, "exit status %d", result.status);
		fault_check_text(t, "stderr", row->err ? row->err : "", result.err);
		fault_check_tree(t, row->after);
	} else {
		fault_check(
			t, result.status == (*result.err ? 1 : 0), "exit status %d", result.status);
		fault_check_covered(t, row->after, result.err);
	}
	run_result_free(&result);
}

void fault_proc(struct fault_list *list)
{
	static const char *const names[] = {"absent", "read-only", "fake"};

	for (const struct jail_row *row = rows; row < rows + sizeof(rows) / sizeof(rows[0]);
		row++) {
		struct fault_test test = {
			.tree_text = row->proc == FAKE ? FAKE_TREE : TREE,
			.fn = test_jail,
			.row = row,
			.method = row->method,
			.users = AS_ROOT,
		};

		if (row->method == METHOD_LIBC && fault_program.is_static)
			continue;
		fault_add(list, &test, "%s, /proc is %s, %s", row->args, names[row->proc],
			fault_method_name(row->method));
	}
}
