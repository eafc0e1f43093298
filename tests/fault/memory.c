/* SPDX-License-Identifier: MIT */
/* No memory: each allocation fails in turn. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rows.h"

struct memory_row {
	const char *tree, *args, *after;
	const char *env;
	unsigned least;   /* how many allocations there are, at least */
	const char *list; /* as in struct fault_row */
	size_t list_size;
};

#define NESTED                                                                                     \
	"d/ 755, d/f 644, d/s/ 755, d/s/g 644, d/s/t/ 755, d/s/t/h 644, d/s/t/u/ 755, "            \
	"d/s/t/u/i 644, d/x/ 755, d/x/j 644, d/l -> f, e 644"
#define X10(text) text text text text text text text text text text

static const struct memory_row rows[] = {
	{.tree = "f 644, g 644", .args = "u+x f g", .after = "f 744, g 744"},
	{.tree = "f 644", .args = X10("u+x,g+w,o-r,") "a+r f", .after = "f 764", .least = 1},
	{.tree = "f 644", .args = X10("-x ") X10("-x ") "f", .least = 3},
	{.tree = "f 644, r 4755", .args = "--reference=r f", .after = "f 4755"},
	{.tree = NESTED,
		.args = "-R go+w d e",
		.after = "d/ 777, d/f 666, d/s/ 777, d/s/g 666, d/s/t/ 777, d/s/t/h 666, d/s/t/u/ "
			 "777, d/s/t/u/i 666, d/x/ 777, d/x/j 666, e 666",
		.least = 5},
	{.tree = NESTED,
		.args = "-Rv u+x d e",
		.after = "d/f 744, d/s/g 744, d/s/t/h 744, d/s/t/u/i 744, d/x/j 744, e 744",
		.least = 5},
	{.tree = NESTED,
		.args = "-RL 700 d e",
		.after = "d/ 700, d/f 700, d/s/ 700, d/s/g 700, d/s/t/ 700, d/s/t/h 700, d/s/t/u/ "
			 "700, d/s/t/u/i 700, d/x/ 700, d/x/j 700, e 700",
		.least = 5},
	/* Without memory there is no locale: the name is shown in escapes. */
	{.tree = "d/ 755, d/s/ 755, d/s/\xe6\x97\xa5 644",
		.args = "-Rv u+x d",
		.after = "d/s/\xe6\x97\xa5 744",
		.env = "LC_ALL=C.UTF-8",
		.least = 3},

	{.tree = "f 644, g 644, list 666",
		.args = "-v --files0-from=list u+x",
		LIST("f\0g\0"),
		.after = "f 744, g 744",
		.least = 1},
	{.tree = "d/ 755, d/f 644, d/s/ 755, d/s/g 644, list 666",
		.args = "-v --beneath=d --modes0-from=list",
		LIST("600 d/f\000100 d/s\000600 d/s/g"),
		.after = "d/f 600, d/s/ 100, d/s/g 600",
		.least = 2},
	{.tree = NESTED ", list 666",
		.args = "-R --files0-from=list go+w",
		LIST("d\0e"),
		.after = "d/ 777, d/f 666, d/s/ 777, d/s/g 666, d/s/t/ 777, d/s/t/h 666, d/s/t/u/ "
			 "777, d/s/t/u/i 666, d/x/ 777, d/x/j 666, e 666",
		.least = 6},
	/* What is left out stays as it is, even if there is no memory to match a pattern. */
	{.tree = NESTED,
		.args = "-R --exclude=t --exclude=x --one-file-system go+w d e",
		.after = "d/ 777, d/f 666, d/s/ 777, d/s/g 666, e 666",
		.least = 4},
	{.tree = "d/ 755, d/\xc3\xa9 644, d/ab 644",
		.args = "-R --exclude=? go= d",
		.after = "d/ 700, d/ab 600",
		.env = "LC_ALL=C.UTF-8",
		.least = 3},
	{.tree = "d/ 755, d/f 644, d/g 644, d/h 644",
		.args = "-R --exclude=d/? go= d",
		.after = "d/ 700",
		.least = 3},
	{.tree = NESTED,
		.args = "-Rv --contents-first go+w d e",
		.after = "d/ 777, d/f 666, d/s/ 777, d/s/g 666, d/s/t/ 777, d/s/t/h 666, d/s/t/u/ "
			 "777, d/s/t/u/i 666, d/x/ 777, d/x/j 666, e 666",
		.least = 5},
	{.tree = NESTED,
		.args = "-R --include=d/s/* --include=e --exclude=u --contents-first go+w d e",
		.after = "d/s/g 666, d/s/t/ 777, d/s/t/h 666, e 666",
		.least = 5},
	{.tree = NESTED,
		.args = "-R --skip-unchanged D755,F744 d e",
		.after = "d/f 744, d/s/g 744, d/s/t/h 744, d/s/t/u/i 744, d/x/j 744, e 744",
		.least = 5},
	{.tree = NESTED, .args = "-R -n --skip-unchanged --exclude=t -j4 go+w d e", .least = 4},
};

/* A tree that is deeper than directories are held open: DEPTH levels, and what changes. */
enum { DEPTH = 70 };
static char *deep_tree, *deep_after;

/* The texts for a tree with a file in each level; NULL if there is no memory for it. */
static void make_deep_texts(void)
{
	char path[2 * DEPTH + 3] = "d";
	size_t len, after_len;
	FILE *tree = open_memstream(&deep_tree, &len);
	FILE *after = open_memstream(&deep_after, &after_len);

	for (int i = 0; tree && after && i < DEPTH; i++) {
		fprintf(tree, "%s%s/ 755, %s/f 644", i ? ", " : "", path, path);
		fprintf(after, "%s%s/f 744", i ? ", " : "", path);
		strcat(path, "/d");
	}
	if (!tree || !after || fclose(tree) || fclose(after))
		abort();
}

static void free_deep_texts(void)
{
	free(deep_tree);
	free(deep_after);
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/*
 * Whatever failed, there is no crash, and either all is done, with a line for each file if lines
 * were asked for, or the status is 1 and an error explains all that was left out.
 */
static void check_outcome(struct fault_test *t, const struct run_result *result, size_t lines)
{
	const struct memory_row *row = t->row;

	fault_check(
		t, result->status == (result->err[0] ? 1 : 0), "exit status %d", result->status);
	if (strcmp(result->err, E("memory exhausted")) == 0) {
		fault_check_text(t, "stdout", "", result->out);
		fault_check_tree(t, NULL);
		return;
	}
	/* The first names could not be read. */
	if (strstr(result->err, E("list: read error: Cannot allocate memory"))) {
		fault_check_text(t, "stdout", "", result->out);
		fault_check_tree(t, NULL);
		return;
	}
	fault_check(t, !result->err[0] || strstr(result->err, "Cannot allocate memory"),
		"an unexpected error: %s", result->err);
	fault_check_covered(t, row->after, result->err);
	fault_check(t, result->status != 0 || count_lines(result->out) == lines,
		"%zu lines instead of %zu", count_lines(result->out), lines);
}

/* The lines that the program prints when nothing fails. */
static size_t count_expected_lines(struct fault_test *t, struct run_how *how)
{
	const struct memory_row *row = t->row;
	struct run_result result;
	size_t lines;

	fault_run(t, how, NULL, &result);
	fault_check(t, result.status == 0, "exit status %d without any fault", result.status);
	fault_check_tree(t, row->after);
	lines = count_lines(result.out);
	run_result_free(&result);
	return lines;
}

/* How the row is run in the tree as it is now. */
static struct run_how how_of(struct fault_test *t)
{
	const struct memory_row *row = t->row;
	struct run_how how = fault_how(t, row->args);

	if (row->list)
		fault_write(t, "list", row->list, row->list_size);
	if (row->env)
		fault_setenv(t, &how, row->env);
	return how;
}

/* ------------------------------------------------------------------------- the dynamic program */

/* Where the preloaded malloc tells that it failed. */
#define TELL "250"

static void keep_tell(void *ctx)
{
	const struct fault_test *t = ctx;

	if (dup2(t->kept_fd, atoi(TELL)) < 0)
		_exit(RUN_NOT);
}

/* One run in which allocation N fails; whether there was one. */
static bool fail_malloc(struct fault_test *t, const char *library, unsigned n, size_t lines)
{
	struct run_how how = how_of(t);
	struct run_result result;
	struct stat told;
	long before = ftell(t->notes.out);

	t->kept_fd = open(t->tree.path, O_TMPFILE | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
	if (t->kept_fd < 0)
		fault_broken("O_TMPFILE", errno);
	fault_setenv(t, &how, fault_text(t, "LD_PRELOAD=%s", library));
	fault_setenv(t, &how, fault_text(t, "MALLOC_FAILS_AT=%u", n));
	fault_setenv(t, &how, "MALLOC_FAILS_FD=" TELL);
	if (t->number)
		fault_setenv(t, &how, "MALLOC_FAILS_ONWARD=1");
	how.prepare = keep_tell;
	how.ctx = t;
	fault_run(t, &how, NULL, &result);
	check_outcome(t, &result, lines);
	run_result_free(&result);
	fault_check(t, ftell(t->notes.out) == before, "when allocation %u fails", n);
	if (fstat(t->kept_fd, &told) < 0)
		told.st_size = 0;
	close(t->kept_fd);
	t->kept_fd = -1;
	return told.st_size > 0;
}

static void test_malloc(struct fault_test *t)
{
	const struct memory_row *row = t->row;
	const char *library = fault_preload("failing_malloc");
	struct run_how how = how_of(t);
	size_t lines = count_expected_lines(t, &how);
	unsigned n = 1;

	if (!library)
		fault_skip("no library to preload: there is no C compiler, or no source");
	fault_new_tree(t, row->tree);
	for (; n < 2000 && fail_malloc(t, library, n, lines); n++)
		fault_new_tree(t, row->tree);
	fault_check(t, n > row->least, "only %u allocations have failed", n - 1);
}

/* ------------------------------------------------------------- the static one, and its threads */

/* One run in which the kernel gives no memory at request N; whether it was asked. */
static bool fail_memory(struct fault_test *t, unsigned n, size_t lines)
{
	struct fault faults[] = {
		{.call = MEMORY, .err = ENOMEM, .nth = n, .onward = t->number, .may_miss = true},
		{.call = 0}};
	struct run_how how = how_of(t);
	struct run_result result;
	long before = ftell(t->notes.out);

	fault_run(t, &how, faults, &result);
	check_outcome(t, &result, lines);
	run_result_free(&result);
	fault_check(t, ftell(t->notes.out) == before, "when request %u fails", n);
	return faults[0].hits > 0;
}

static void test_memory(struct fault_test *t)
{
	const struct memory_row *row = t->row;
	struct run_how how = how_of(t);
	size_t lines = count_expected_lines(t, &how);
	unsigned n = 1;

	fault_new_tree(t, row->tree);
	for (; n < 2000 && fail_memory(t, n, lines); n++)
		fault_new_tree(t, row->tree);
	fault_check(t, n > 1 || row->least == 0, "no request has failed");
}

void fault_memory(struct fault_list *list)
{
	static struct memory_row deep[] = {
		{.args = "-R u+x d", .least = DEPTH}, {.args = "-Rv u+x d", .least = DEPTH}};
	struct fault_test test = {
		.fn = fault_program.is_static ? test_memory : test_malloc, .users = AS_USER};

	if (!deep_tree) {
		make_deep_texts();
		atexit(free_deep_texts);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) + 2; i++) {
		const struct memory_row *row = &rows[i];

		if (i >= sizeof(rows) / sizeof(rows[0])) {
			struct memory_row *next = &deep[i - sizeof(rows) / sizeof(rows[0])];

			next->tree = deep_tree;
			next->after = deep_after;
			row = next;
		}
		test.row = row;
		test.tree_text = row->tree;
		test.in_memory = true;
		for (test.number = 0; test.number < 2; test.number++)
			fault_add(list, &test, "%.40s%s, each allocation fails%s", row->args,
				row->tree == deep_tree ? ", deep" : "",
				test.number ? " and all after it" : "");
	}
}
