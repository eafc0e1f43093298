/* SPDX-License-Identifier: MIT */
/* The options that are our own, when the kernel, a limit or the sandbox refuses. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "chain.h"
#include "rows.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define NO_SUCH_FILE "No such file or directory"

/* ------------------------------------------------- --skip-unchanged, --exclude: what is refused */

/* Only d/g has another mode than is asked for. */
#define ONE_WRONG "d/ 755, d/f 644, d/g 600, d/p| 644, d/l -> f"
/* The same where others may write, so that files are pinned. */
#define CONTESTED "d/ 777, d/f 644, d/g 600"

static const struct fault_row rows[] = {
	{.tree = ONE_WRONG,
		.args = "-R --skip-unchanged D755,F644 d",
		.faults = {{.call = PIN | STAT, .file = "d/f", .err = ERRS}},
		ERRNOS(EACCES, EIO, EPERM),
		FAILS("cannot access 'd/f': {E}"),
		.after = "d/g 644"},
	{.tree = ONE_WRONG,
		.args = "-R --skip-unchanged D755,F644 d",
		.faults = {{.call = CHANGE, .err = ERRS}},
		ERRNOS(EPERM, EROFS, EIO, EACCES),
		FAILS("changing permissions of 'd/g': {E}")},
	{.tree = CONTESTED,
		.args = "-Rv --skip-unchanged D777,F644 d",
		.faults = {{.call = CHANGE, .err = EROFS}},
		.out = RETAINED("d", 0777) RETAINED("d/f", 0644) FAILED("d/g", 0600, 0644),
		FAILS("changing permissions of 'd/g': Read-only file system")},
	{.tree = CONTESTED,
		.args = "-R --skip-unchanged D777,F644 d",
		.faults = {{.call = PIN, .file = "d/g", .err = ERRS}},
		ERRNOS(EACCES, EIO, ELOOP),
		FAILS("cannot access 'd/g': {E}")},
	/* It is examined by its name, and once more by its pin. */
	{.tree = CONTESTED,
		.args = "-R --skip-unchanged D777,F644 d",
		.faults = {{.call = STAT, .file = "d/g", .nth = 2, .err = ERRS}},
		ERRNOS(EACCES, EIO, EPERM),
		FAILS("cannot access 'd/g': {E}")},
	{.tree = "f 644, g 600",
		.args = "--skip-unchanged 644 f g",
		.faults = {{.call = CHANGE, .err = EPERM}},
		FAILS("changing permissions of 'g': Operation not permitted")},
	{.tree = "f 644, g 600",
		.args = "-f --skip-unchanged 644 f g",
		.faults = {{.call = CHANGE, .err = EPERM}},
		.status = 1},
	{.tree = "f 644, g 600",
		.args = "--skip-unchanged 644 f g",
		.faults = {{.call = STAT, .file = "f", .err = EIO}},
		FAILS("cannot access 'f': Input/output error"),
		.after = "g 644"},

	/* The types of entries are not known. */
	{.tree = "d/ 755, d/f 644, d/x/ 755, d/x/g 644",
		.args = "-R --exclude=x --exclude=*/f go+w d",
		.faults = {{.call = GETDENTS, .file = "d", .act = act_hide_types}},
		.after = "d/ 777"},
	{.tree = ONE_WRONG,
		.args = "-R --skip-unchanged D755,F644 d",
		.faults = {{.call = GETDENTS, .file = "d", .act = act_hide_types}},
		.after = "d/g 644"},
	{.tree = ONE_WRONG,
		.args = "-nR D755,F644 d",
		.faults = {{.call = GETDENTS, .file = "d", .act = act_hide_types}},
		.out = WOULD_CHANGE("d/g", 0600, 0644)},

	/* -n: what cannot be examined, and what cannot be printed. */
	{.tree = "d/ 755, d/f 644, d/s/ 755, d/s/g 644",
		.args = "-nR go= d",
		.faults = {{.call = OPEN_DIR, .file = "d/s", .err = ERRS}},
		ERRNOS(EACCES, EIO, ELOOP),
		.out = WOULD_CHANGE("d", 0755, 0700) WOULD_CHANGE("d/f", 0644, 0600)
			WOULD_CHANGE("d/s", 0755, 0700),
		FAILS("cannot read directory 'd/s': {E}")},
	{.tree = "f 644, g 644",
		.args = "-n 600 f g",
		.faults = {{.call = PIN | STAT, .file = "f", .err = ERRS}},
		ERRNOS(EACCES, EIO),
		.out = WOULD_CHANGE("g", 0644, 0600),
		FAILS("cannot access 'f': {E}")},
	{.tree = "d/ 755, d/f 644",
		.args = "-nR -j1 go= d",
		.faults = {{.call = WRITE, .file = "<1>", .err = ERRS}},
		ERRNOS(ENOSPC, EIO, EPIPE, EBADF),
		FAILS("write error: {E}")},
	/* --progress on something that is no terminal. */
	{.tree = "d/ 755, d/f 644",
		.args = "-R --progress go= d",
		.faults = {{.call = IOCTL, .file = "<2>", .err = ERRS, .may_miss = true}},
		ERRNOS(EPERM, EBADF),
		.after = "d/ 700, d/f 600"},
};

/* ------------------------------------------------------------------ calls that must not be made */

struct never_row {
	const char *tree, *args, *out, *err;
	int status;
	const char *after;
	struct fault never;  /* the call that must not be seen */
	const char *without; /* the arguments with which it is seen, as a proof that it can be */
};

#define CHANGING                                                                                   \
	.never = {                                                                                 \
		.call = CHANGE | FCHMODAT2,                                                        \
	}
#define LOOKING_AT(name)                                                                           \
	.never = {                                                                                 \
		.call = ANY_OPEN | STAT | CHANGE | GETDENTS,                                       \
		.file = name,                                                                      \
	}
#define SOME "d/ 755, d/f 644, d/s/ 755, d/s/g 644, d/x/ 755, d/x/h 644, d/l -> f, f 644"

static const struct never_row nevers[] = {
	/* All modes are right. */
	{"d/ 755, d/f 644, d/s/ 755, d/s/g 644, d/p| 644", "-R --skip-unchanged D755,F644 d",
		CHANGING, .without = "-R D755,F644 d"},
	{"d/ 777, d/f 644, d/s/ 777, d/s/g 644", "-Rv --skip-unchanged u+r d",
		.out = RETAINED("d", 0777) RETAINED("d/f", 0644) RETAINED("d/s", 0777)
			RETAINED("d/s/g", 0644),
		CHANGING, .without = "-R u+r d"},
	{"f 644, l -> f", "--skip-unchanged 644 f l", CHANGING, .without = "644 f l"},
	{"f 644, r 644", "--skip-unchanged --reference=r f", CHANGING,
		.without = "--reference=r f"},
	/* The clause is for the other type of files. */
	{"f 644", "D755 f", CHANGING, .without = "F755 f"},
	{"d/ 755", "-R F644 d", CHANGING, .without = "-R D644 d"},

	{SOME, "-n 700 d/f f", .out = WOULD_CHANGE("d/f", 0644, 0700) WOULD_CHANGE("f", 0644, 0700),
		CHANGING, .without = "700 d/f f"},
	{SOME, "-n u+r d f", CHANGING, .without = "u+r d f"},
	{SOME, "-R --dry-run -v -j 4 --exclude=[sx] go= d nope f",
		.out = WOULD_CHANGE("d", 0755, 0700) WOULD_CHANGE("d/f", 0644, 0600) NEITHER("d/l")
			NO_ACCESS("nope") WOULD_CHANGE("f", 0644, 0600),
		.err = E("cannot access 'nope': " NO_SUCH_FILE), .status = 1, CHANGING,
		.without = "-R -v -j 4 --exclude=[sx] go= d nope f"},
	{SOME, "-nRL --exclude=[sx] 600 d/l", .out = WOULD_CHANGE("d/l", 0644, 0600), CHANGING,
		.without = "-RL 600 d/l"},
	{SOME, "-nR --dereference -H 600 d/x d/l",
		.out = WOULD_CHANGE("d/x", 0755, 0600) WOULD_CHANGE("d/x/h", 0644, 0600)
			WOULD_CHANGE("d/l", 0644, 0600),
		CHANGING, .without = "-R 600 d/l"},
	{"f 644, r 600", "-n --reference=r f", .out = WOULD_CHANGE("f", 0644, 0600), CHANGING,
		.without = "--reference=r f"},
	{"f 777", "-n -w f", .out = WOULD_CHANGE("f", 0777, 0577),
		.err = E("f: new permissions are r-xrwxrwx, not r-xr-xr-x"), .status = 1, CHANGING,
		.without = "-w f"},

	/* What is left out is neither examined, changed nor entered. */
	{SOME, "-R --exclude=x --exclude=nothing go= d",
		.after = "d/ 700, d/f 600, d/s/ 700, d/s/g 600", LOOKING_AT("d/x"),
		.without = "-R go= d"},
	{SOME, "-R --exclude=d/s/* --skip-unchanged go= d",
		.after = "d/ 700, d/f 600, d/s/ 700, d/x/ 700, d/x/h 600", LOOKING_AT("d/s/g"),
		.without = "-R go= d"},
	{SOME, "-R --include=f --exclude=x go= d", .after = "d/f 600", LOOKING_AT("d/s/g"),
		.without = "-R go= d"},
	{SOME, "-R --include=g --include=x go= d", .after = "d/s/g 600, d/x/ 700",
		LOOKING_AT("d/f"), .without = "-R go= d"},
	{SOME, "-R F600 --exclude=s --exclude=x d", .after = "d/f 600", LOOKING_AT("d/s/g"),
		.without = "-R F600 d"},
};

static long note_call(struct fault_test *t, const struct filter_call *call)
{
	fault_check(t, false, "system call %d must not be made", call->nr);
	return -EPERM;
}

/* The second run shows that the call would have been seen. */
static void test_never(struct fault_test *t)
{
	const struct never_row *row = t->row;
	struct fault faults[] = {row->never, {.call = 0}};
	struct run_how how = fault_how(t, row->args);
	struct run_result result;

	faults[0].act = note_call;
	faults[0].may_miss = true;
	fault_expect(t, &how, faults, fault_expand(t, row->out, 0), row->err ? row->err : "",
		row->status);
	fault_check_tree(t, row->after);
	fault_new_tree(t, row->tree);
	faults[0] = row->never;
	how = fault_how(t, row->without);
	fault_run(t, &how, faults, &result);
	run_result_free(&result);
}

static void add_nevers(struct fault_list *list)
{
	struct fault_test test = {.fn = test_never};

	for (size_t i = 0; i < COUNT(nevers); i++) {
		test.row = &nevers[i];
		test.tree_text = nevers[i].tree;
		fault_add_methods(list, &test, SAFE_METHODS | IN(METHOD_NAME),
			"%s, what must not be seen", nevers[i].args);
	}
}

/* --------------------------------------------------------------------------------------- -j, -n */

/* Enough for every worker to get some of it. */
static const struct chain wide = {.levels = 4, .files = 2500, .siblings = 40};

struct jobs_row {
	const char *what, *args;
	struct fault fault;
	int limit;
	mode_t dir, file;
	int lines; /* that say what would be changed */
};

/* How many of f0 to f2499 begin with f1: f1, f10..., f100..., f1000... */
enum { BEGIN_WITH_F1 = 1 + 10 + 100 + 1000 };

static const struct jobs_row jobs[] = {
	/* The first may be quick enough for all, so that no other is asked for. */
	{"one thread and no more", "-j 64 -R go+w d",
		.fault = {.call = CLONE, .err = EAGAIN, .nth = 2, .onward = true, .may_miss = true},
		.dir = 0777, .file = 0666},
	{"a sandbox without threads", "-j 64 -R --skip-unchanged --progress go+w d",
		.fault = {.call = CLONE, .err = EPERM}, .dir = 0777, .file = 0666},
	{"no call that changes anything", "-R -n --skip-unchanged --exclude=f1* -j 4 D755,F600 d",
		.fault = {.call = CHANGE | FCHMODAT2, .act = note_call, .may_miss = true},
		.dir = 0755, .file = 0644, .lines = 4 * (2500 - BEGIN_WITH_F1 + 40)},
	{"threads", "-R -n --skip-unchanged --exclude=f1* -j 4 D755,F600 d",
		.fault = {.call = CLONE}, .dir = 0755, .file = 0644,
		.lines = 4 * (2500 - BEGIN_WITH_F1 + 40)},
	{"no threads", "-R -n --skip-unchanged --exclude=f1* -j 4 D755,F600 d",
		.fault = {.call = CLONE, .err = EAGAIN}, .dir = 0755, .file = 0644,
		.lines = 4 * (2500 - BEGIN_WITH_F1 + 40)},
	{"ulimit -n 40", "-R -n --skip-unchanged --exclude=f1* -j 4 D755,F600 d", .limit = 40,
		.fault = {.call = CLONE}, .dir = 0755, .file = 0644,
		.lines = 4 * (2500 - BEGIN_WITH_F1 + 40)},
};

/* Checks that the lines are whole, and of files that are not left out, each once. How many. */
static int check_lines(struct fault_test *t, const char *text)
{
	const char *end = fault_expand(t, "would change from {0644} to {0600}", 0);
	char *all = fault_sorted(t, text), *save = NULL, *before = NULL;
	int n = 0;

	for (char *line = strtok_r(all, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *name = strrchr(line, '/'), *rest = name ? strstr(name, "' ") : NULL;
		bool ok = strncmp(line, "mode of 'd/", 11) == 0 && rest &&
			  strcmp(rest + 2, end) == 0 && strncmp(name, "/f1", 3) != 0;

		if (!fault_check(
			    t, ok && (!before || strcmp(line, before) != 0), "the line %s", line))
			break;
		before = line;
		n++;
	}
	return n;
}

static void test_jobs(struct fault_test *t)
{
	const struct jobs_row *row = t->row;
	struct fault faults[] = {row->fault, {.call = 0}};
	struct run_how how = fault_how(t, row->args);
	struct run_result result;
	int lines, err = chain_make(t, &wide);

	if (err)
		fault_broken("no tree", err);
	if (row->limit) {
		how.prepare = fault_limit_files;
		how.ctx = (void *)(uintptr_t)row->limit;
	}
	fault_run(t, &how, faults, &result);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	fault_check_text(t, "stderr", "", result.err);
	lines = check_lines(t, result.out);
	fault_check(t, lines == row->lines, "%d lines instead of %d", lines, row->lines);
	run_result_free(&result);
	chain_check(t, &wide, row->dir, row->file);
}

/* ------------------------------------------------------------------------------------------ all */

/* A disk that is really full. */
static void test_full(struct fault_test *t)
{
	struct run_how how = fault_how(t, t->row);

	how.out = RUN_FULL;
	fault_expect(t, &how, NULL, "", E("write error: No space left on device"), 1);
	fault_check_tree(t, NULL);
}

void fault_ours(struct fault_list *list)
{
	struct fault_test full = {.tree_text = SOME, .fn = test_full};
	struct fault_test job = {.fn = test_jobs, .users = AS_USER, .in_memory = true};

	fault_add_rows(list, rows, COUNT(rows));
	add_nevers(list);
	full.row = "-nR go= d";
	fault_add(list, &full, "-nR into a full disk");
	full.row = "-nv u+r f";
	fault_add(list, &full, "-nv into a full disk");
	for (size_t i = 0; i < COUNT(jobs); i++) {
		job.row = &jobs[i];
		fault_add(list, &job, "%s, %s", jobs[i].args, jobs[i].what);
	}
}
