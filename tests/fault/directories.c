/* SPDX-License-Identifier: MIT */
/* Directories that end too early, hide what is in them, or are moved away while they are walked. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts.h"
#include "rows.h"

#define TYPES                                                                                      \
	"d/ 755, d/f 644, d/s/ 755, d/s/g 600, d/l -> f, d/m -> s, d/x -> nope, d/p| 644, "        \
	"t/ 755, t/h 600, d/o -> ../t"
#define HIDE_TYPES  .faults = {{.call = GETDENTS, .act = act_hide_types}}
#define WRONG_TYPES .faults = {{.call = GETDENTS, .act = act_call_dirs_files}}
#define NESTED      "d/ 700, d/s/ 2700, d/s/t/ 700, d/s/t/f 600"

static const struct fault_row rows[] = {
	/* A file system that does not tell types. */
	{.tree = TYPES,
		.args = "-R go+w d",
		HIDE_TYPES,
		.after = "d/ 777, d/f 666, d/s/ 777, d/s/g 622, d/p| 666"},
	/* One that calls directories files: they are changed as directories, and entered. */
	{.tree = NESTED,
		.args = "-R go=rX d",
		WRONG_TYPES,
		.after = "d/ 755, d/s/ 2755, d/s/t/ 755, d/s/t/f 644"},
	{.tree = NESTED,
		.args = "-Rc D711,F640 d",
		WRONG_TYPES,
		.out = CHANGED("d", 0700, 0711) CHANGED("d/s", 2700, 2711)
			CHANGED("d/s/t", 0700, 0711) CHANGED("d/s/t/f", 0600, 0640),
		.after = "d/ 711, d/s/ 2711, d/s/t/ 711, d/s/t/f 640"},
	{.tree = NESTED,
		.args = "-Rc a+x d",
		WRONG_TYPES,
		.out = CHANGED("d", 0700, 0711) CHANGED("d/s", 2700, 2711)
			CHANGED("d/s/t", 0700, 0711) CHANGED("d/s/t/f", 0600, 0711),
		.after = "d/ 711, d/s/ 2711, d/s/t/ 711, d/s/t/f 711"},
	{.tree = TYPES, .args = "-R go+r d", HIDE_TYPES, .after = "d/s/g 644"},
	{.tree = TYPES,
		.args = "-R 700 d",
		HIDE_TYPES,
		.after = "d/ 700, d/f 700, d/s/ 700, d/s/g 700, d/p| 700"},
	{.tree = TYPES,
		.args = "-RP 700 d/l d",
		HIDE_TYPES,
		.after = "d/ 700, d/f 700, d/s/ 700, d/s/g 700, d/p| 700"},
	{.tree = TYPES,
		.args = "-RL go+r d",
		HIDE_TYPES,
		.err = E("cannot operate on dangling symlink 'd/x'"),
		.status = 1,
		.after = "d/s/g 644, t/h 644"},
	{.tree = "d/ 755, d/f 644, t 600, d/o -> ../t, d/g 644",
		.args = "-R --dereference go+r d",
		HIDE_TYPES,
		.after = "t 644"},
	{.tree = "d/ 777, d/f 644, d/s/ 777, d/s/g 600, d/l -> f, d/m -> s",
		.args = "-R go+r d",
		HIDE_TYPES,
		.after = "d/s/g 644"},
	{.tree = "d/ 755, d/l -> f",
		.args = "-Rv go+r d",
		HIDE_TYPES,
		.out = RETAINED("d", 0755) NEITHER("d/l")},

	/* What vanishes between two calls is no error. */
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .act = act_make_file},
			{.call = STAT, .file = "d/v", .act = act_remove, .nth = 1}},
		.after = "d/f 744, e 744"},
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-R 700 d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .act = act_make_file},
			{.call = CHANGE, .file = "d/v", .act = act_remove, .nth = 1}},
		.after = "d/ 700, d/f 700, e 700",
		.methods = IN(METHOD_FCHMODAT2)},
	{.tree = "d/ 777, d/f 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .act = act_make_file},
			{.call = PIN, .file = "d/v", .act = act_remove, .nth = 1}},
		.after = "d/f 744, e 744"},
	{.tree = "d/ 777, d/f 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .act = act_make_file},
			{.call = CHANGE, .file = "d/v", .act = act_remove, .nth = 1}},
		.after = "d/f 744, e 744",
		.methods = IN(METHOD_FCHMODAT2)},
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .act = act_make_dir},
			{.call = OPEN_DIR, .file = "d/v", .act = act_remove, .nth = 1}},
		.after = "d/f 744, e 744"},
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .act = act_make_dir},
			{.call = GETDENTS, .file = "d/v", .act = act_remove, .nth = 1}},
		.after = "d/f 744, e 744"},
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .act = act_make_dir},
			{.call = STAT | CHANGE, .file = "d/v/f", .act = act_remove, .nth = 1}},
		.after = "d/f 744, e 744",
		.methods = IN(METHOD_FCHMODAT2)},

	/* Before it could be opened, by its pin. */
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .act = act_make_dir},
			{.call = OPEN_DIR, .file = "d/v", .err = EACCES, .nth = 1},
			{.call = CHANGE, .file = "d/v", .act = act_remove, .nth = 1}},
		.after = "d/f 744, e 744",
		.methods = IN(METHOD_FCHMODAT2) | IN(METHOD_PROCFD) | IN(METHOD_LIBC)},

	/* Another directory, or a link, in its place. The one that was changed is not entered. */
	{.tree = "d/ 755, d/s/ 755, d/s/f 644, x/ 755, x/f 600, e 644",
		.args = "-R a-r d e",
		.faults = {{.call = OPEN_DIR, .file = "d/s", .act = act_exchange, .nth = 2}},
		.after = "d/ 311, d/s/ 755, d/s/f 600, x/ 311, x/f 200, e 200",
		.users = AS_ROOT},
	{.tree = "d/ 755, d/s/ 755, d/s/f 644, x/ 755, x/f 600, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = CHANGE, .file = "d/s", .act = act_exchange, .nth = 1}},
		.after = "d/s/f 600, x/f 744, e 744"},
	{.tree = "d/ 755, d/s/ 755, t/ 755, t/f 600, x -> ../t, e 644",
		.args = "-R g+w d e",
		.faults = {{.call = OPEN_DIR, .file = "d/s", .act = act_exchange, .nth = 1}},
		.after = "d/ 775, e 664, d/s -> t, x/ 755"},
};

/* ------------------------------------------------------------------------- in the middle of many
 */

enum { MANY = 3000 };

static void make_many(struct fault_test *t)
{
	char name[32];

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "d/file%d", i);
		if (mknodat(t->tree.fd, name, S_IFREG | 0644, 0) < 0 ||
			fchownat(t->tree.fd, name, t->user.uid, t->user.gid, 0) < 0)
			fault_broken(name, errno);
	}
}

static int count_changed(struct fault_test *t)
{
	char name[32];
	struct stat st;
	int n = 0;

	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "d/file%d", i);
		n += fstatat(t->tree.fd, name, &st, 0) == 0 && (st.st_mode & 07777) == 0744;
	}
	return n;
}

static void test_many(struct fault_test *t)
{
	struct fault faults[] = {
		{.call = GETDENTS, .file = "d", .nth = 2, .err = EIO}, {.call = 0}};
	struct run_how how = fault_how(t, "-R u+x d e");
	int changed;

	make_many(t);
	fault_expect(t, &how, faults, "", E("d: Input/output error"), 1);
	fault_check_tree(t, "e 744");
	changed = count_changed(t);
	fault_check(t, changed > 0 && changed < MANY, "%d files were changed", changed);
}

/* ---------------------------------------------------------------------------------- moved away */

#define CHAIN                                                                                      \
	"top/ 755, top/f1 644, top/f2 644, top/a/ 755, top/a/f1 644, top/a/f2 644, top/a/b/ 755, " \
	"top/a/b/f1 644, top/a/b/f2 644, top/a/b/c/ 755, top/a/b/c/f1 644, top/a/b/c/d/ 755, "     \
	"top/a/b/c/d/f1 644, top/a/b/c/d/e/ 755, top/a/b/c/d/e/f1 644, top/a/b/c/d/e/g/ 755, "     \
	"top/a/b/c/d/e/g/h/ 755, top/a/b/c/d/e/g/h/f1 644, x/ 755, last 644"

/* Moves b out of a, which the program is below. */
static long move_out(struct fault_test *t, const struct filter_call *call)
{
	(void)call;
	fault_check(t, renameat(t->tree.fd, "top/a/b", t->tree.fd, "x/b") == 0, "rename: %s",
		strerror(errno));
	return FILTER_GO_ON;
}

/* The same, and a has another name. */
static long move_both(struct fault_test *t, const struct filter_call *call)
{
	move_out(t, call);
	fault_check(t, renameat(t->tree.fd, "top/a", t->tree.fd, "top/z") == 0, "rename: %s",
		strerror(errno));
	return FILTER_GO_ON;
}

/* The same, and another directory has a's name, and files of the same names. */
static long replace(struct fault_test *t, const struct filter_call *call)
{
	move_both(t, call);
	fault_check(t,
		mkdirat(t->tree.fd, "top/a", 0755) == 0 &&
			mknodat(t->tree.fd, "top/a/f1", S_IFREG | 0600, 0) == 0 &&
			mknodat(t->tree.fd, "top/a/f2", S_IFREG | 0600, 0) == 0 &&
			fchownat(t->tree.fd, "top/a", t->user.uid, t->user.gid, 0) == 0 &&
			fchownat(t->tree.fd, "top/a/f1", t->user.uid, t->user.gid, 0) == 0 &&
			fchownat(t->tree.fd, "top/a/f2", t->user.uid, t->user.gid, 0) == 0,
		"broken fixture: %s", strerror(errno));
	return FILTER_GO_ON;
}

struct move {
	const char *name;
	long (*act)(struct fault_test *t, const struct filter_call *call);
	bool must_find; /* all of it */
	const char *a;  /* where a is then */
};

static const struct move moves[] = {
	{"b is moved away", move_out, true, "top/a"},
	{"a and b are moved away", move_both, false, "top/z"},
	{"a is replaced", replace, false, "top/z"},
};

static mode_t mode_of(struct fault_test *t, const char *dir, const char *name)
{
	struct stat st;
	const char *path = fault_text(t, "%s/%s", dir, name);

	return fault_check(t, fstatat(t->tree.fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0, "%s: %s",
		       path, strerror(errno))
		       ? st.st_mode & 07777
		       : 0;
}

/* That all of NAMES in DIR have the mode 744. */
static void check_changed(struct fault_test *t, const char *dir, const char *const *names)
{
	for (; *names; names++) {
		mode_t mode = mode_of(t, dir, *names);

		fault_check(t, mode == 0744, "%s/%s: mode %04o", dir, *names, mode);
	}
}

static void test_move(struct fault_test *t)
{
	static const char *const in_top[] = {"f1", "f2", NULL};
	static const char *const in_b[] = {
		"f1", "f2", "c/f1", "c/d/f1", "c/d/e/f1", "c/d/e/g/h/f1", NULL};
	const struct move *move = t->row;
	struct fault faults[] = {
		{.call = GETDENTS, .file = "top/a/b/c/d/e/g/h", .nth = 1, .act = move->act},
		{.call = 0}};
	struct run_how how = fault_how(t, "-R u+x top last");
	struct run_result result;
	mode_t f1, f2;

	how.prepare = fault_limit_files;
	how.ctx = (void *)8;
	fault_run(t, &how, faults, &result);
	check_changed(t, "top", in_top);
	check_changed(t, "x/b", in_b);
	fault_check(t, mode_of(t, ".", "last") == 0744, "last was not changed");
	f1 = mode_of(t, move->a, "f1");
	f2 = mode_of(t, move->a, "f2");
	if (move->must_find || (f1 == 0744 && f2 == 0744)) {
		fault_check(t, f1 == 0744 && f2 == 0744, "f1: %04o, f2: %04o in a", f1, f2);
		fault_check(t, result.status == 0, "exit status %d", result.status);
		fault_check_text(t, "stderr", "", result.err);
	} else {
		fault_check(t, result.status == 1, "exit status %d", result.status);
		fault_check_text(t, "stderr", E("top/a: Stale file handle"), result.err);
	}
	if (move->act == replace)
		fault_check(t,
			mode_of(t, "top/a", "f1") == 0600 && mode_of(t, "top/a", "f2") == 0600,
			"files of the other directory were changed");
	run_result_free(&result);
}

/* ------------------------------------------------------------------------------------- cycles */

static void bind_cycle(void *ctx)
{
	const struct fault_test *t = ctx;

	run_own_mounts(t->tree.path);
	if (mount("d", "d/s/b", NULL, MS_BIND, NULL) < 0)
		_exit(RUN_NOT);
}

static void test_cycle(struct fault_test *t)
{
	const char *args = t->row;
	struct run_how how = fault_how(t, args);
	struct run_result result;

	how.prepare = bind_cycle;
	how.ctx = t;
	fault_run(t, &how, NULL, &result);
	fault_check_mounts(&result);
	fault_check(t, result.status == 1, "exit status %d", result.status);
	fault_check_text(t, "stderr",
		"chmod: WARNING: Circular directory structure.\n"
		"This almost certainly means that you have a corrupted file system.\n"
		"NOTIFY YOUR SYSTEM MANAGER.\n"
		"The following directory is part of the cycle:\n  d/s/b\n\n",
		result.err);
	fault_check_tree(t, "d/ 775, d/a 664, d/s/ 775, e 664");
	run_result_free(&result);
}

void fault_directories(struct fault_list *list)
{
	static const char *const cycles[] = {"-R g+w d e", "-Rf g+w d e", "-RP g+w d e"};
	struct fault_test many = {.tree_text = "d/ 755, e 644", .fn = test_many};
	struct fault_test move = {.tree_text = CHAIN, .fn = test_move};
	struct fault_test cycle = {
		.tree_text = "d/ 755, d/a 644, d/s/ 755, d/s/b/ 755, e 644", .fn = test_cycle};

	fault_add_rows(list, rows, sizeof(rows) / sizeof(rows[0]));
	fault_add(list, &many, "a read error in the middle of %d entries", MANY);
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		move.row = &moves[i];
		fault_add(list, &move, "%s while below, with 8 descriptors", moves[i].name);
	}
	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++) {
		cycle.row = cycles[i];
		fault_add(list, &cycle, "%s with a bind mount in itself", cycles[i]);
	}
}
