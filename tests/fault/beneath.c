/* SPDX-License-Identifier: MIT */
/* --beneath: openat2 that is missing, is refused or fails, before or in the middle. */
#include <errno.h>
#include <unistd.h>

#include "../support/answer.h"
#include "rows.h"

#define TREE "d/ 755, d/f 644, d/s/ 755, d/s/t/ 755, d/s/t/g 644, d/l -> s, out/ 755, out/v 644"
#define ARGS "--beneath=d u+x d/f d/s/t/g d/l/t/g d/l d/s/t out/v d/../out/v d/f/x"
#define ERR                                                                                        \
	E("cannot access 'd/l/t/g': Too many levels of symbolic links")                            \
	E("'out/v' is not beneath 'd'")                                                            \
	E("'d/../out/v' is not beneath 'd'") E("cannot access 'd/f/x': Not a directory")
#define AFTER "d/f 744, d/s/t/g 744"

#define ALL (SAFE_METHODS | IN(METHOD_SANDBOX) | IN(METHOD_NAME))

/* Errors that say nothing about the path, so that it is resolved part by part. */
#define MISSING_ERRNOS ERRNOS(ENOSYS, EPERM, EAGAIN)
#define OTHER_ERRNOS   ERRNOS(EIO, EACCES, ENOMEM, ESTALE, ENOENT)

/* Without openat2(2) a component before the last cannot be opened or examined. */
#define BY_PARTS(which, component)                                                                 \
	{                                                                                          \
		.tree = TREE, .args = "--beneath=d u+x d/s/t/g d/f",                               \
		.faults = {{.call = PROBE_OPENAT2, .err = ENOSYS},                                 \
			{.call = which, .file = component, .err = ERRS}},                          \
		ERRNOS(EPERM, EIO, EACCES, ENOMEM, ESTALE, ENOENT),                                \
		FAILS("cannot access 'd/s/t/g': {E}"), .after = "d/f 744"                          \
	}

static const struct fault_row rows[] = {
	{.tree = TREE, .args = ARGS, .err = ERR, .status = 1, .after = AFTER, .methods = ALL},
	{.tree = TREE,
		.args = ARGS,
		.faults = {{.call = PROBE_OPENAT2, .err = ERRS},
			{.call = OPENAT2, .err = EIO, .may_miss = true}},
		ERRNOS(ENOSYS, EPERM, EACCES, EBADF, EFAULT),
		.err = ERR,
		.status = 1,
		.after = AFTER,
		.methods = ALL},
	{.tree = TREE,
		.args = ARGS,
		.faults = {{.call = OPENAT2, .err = ERRS}},
		MISSING_ERRNOS,
		.err = ERR,
		.status = 1,
		.after = AFTER},
	{.tree = TREE,
		.args = ARGS,
		.faults = {{.call = OPENAT2, .file = "d/s/t", .err = ERRS, .nth = 1}},
		MISSING_ERRNOS,
		.err = ERR,
		.status = 1,
		.after = AFTER},
	/* Errors of the path. */
	{.tree = TREE,
		.args = "--beneath=d u+x d/s/t/g d/f",
		.faults = {{.call = OPENAT2, .file = "d/s/t", .err = ERRS}},
		OTHER_ERRNOS,
		FAILS("cannot access 'd/s/t/g': {E}"),
		.after = "d/f 744"},
	BY_PARTS(PIN, "d/s"),
	BY_PARTS(STAT, "d/s/t"),
	{.tree = TREE,
		.args = "--beneath=d u+x d/s/t/g d/f",
		.faults = {{.call = PIN, .file = "d/s/t/g", .err = ERRS}},
		ERRNOS(EIO, EACCES, ENOENT),
		FAILS("cannot access 'd/s/t/g': {E}"),
		.after = "d/f 744"},
	{.tree = TREE,
		.args = "--beneath=d u+x d/s/t/g d/f",
		.faults = {{.call = CHANGE, .file = "d/s/t/g", .err = ERRS}},
		ERRNOS(EROFS, EIO, EACCES),
		FAILS("changing permissions of 'd/s/t/g': {E}"),
		.after = "d/f 744"},
	/* DIR itself cannot be opened. */
	{.tree = TREE,
		.args = "--beneath=d u+x d/f",
		.faults = {{.call = PIN, .file = "d", .err = ERRS}},
		ERRNOS(EIO, EACCES, ENOMEM, EMFILE),
		FAILS("cannot access 'd': {E}")},
	/* What can be changed by its name alone, and what cannot be opened. */
	{.tree = "d/ 755, d/p| 644, d/s/ 755, d/s/q| 644, q| 600",
		.args = "--beneath=d u+x d/p d/s/q",
		.after = "d/p| 744, d/s/q| 744",
		.methods = ALL},
	{.tree = "d/ 777, d/p| 644, d/f 644",
		.args = "--beneath=d 755 d/p d/f",
		FAILS(UNSAFE("d/p")),
		.after = "d/f 755",
		.methods = IN(METHOD_NAME)},
};

/* A run_how's prepare: openat2(2) is answered by SIGSYS. */
static void trap_openat2(void *ctx)
{
	(void)ctx;
	if (!answer_call(SYS_openat2, SECCOMP_RET_TRAP))
		_exit(RUN_NOT);
}

static void test_trap(struct fault_test *t)
{
	struct run_how how = fault_how(t, ARGS);

	how.prepare = trap_openat2;
	fault_expect(t, &how, NULL, "", ERR, 1);
	fault_check_tree(t, AFTER);
}

void fault_beneath(struct fault_list *list)
{
	const struct fault_test trap = {.tree_text = TREE, .fn = test_trap};

	fault_add_rows(list, rows, sizeof(rows) / sizeof(rows[0]));
	fault_add(list, &trap, "--beneath in a sandbox that sends SIGSYS for openat2");
}
