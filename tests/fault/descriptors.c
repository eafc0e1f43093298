/* SPDX-License-Identifier: MIT */
/* Short of descriptors: by a limit, and by each open that fails in turn. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "chain.h"

/* ---------------------------------------------------------------------------------- ulimit -n */

struct limit_row {
	const char *args;
	struct chain chain;
	mode_t dir, file;
};

static const struct limit_row limit_rows[] = {
	{"-R u+x d", {.levels = 300, .files = 2, .siblings = 2}, 0755, 0744},
	{"-R 700 d", {.levels = 300, .files = 2, .siblings = 2}, 0700, 0700},
	{"-R go+w d", {.levels = 300, .files = 2, .siblings = 2}, 0777, 0666},
	{"-RL go+w d", {.levels = 100, .files = 2, .siblings = 2}, 0777, 0666},
	/* Each is found again to be changed last. */
	{"-R --contents-first 700 d", {.levels = 300, .files = 2, .siblings = 2}, 0700, 0700},
	{"-RL --contents-first go+w d", {.levels = 100, .files = 2, .siblings = 2}, 0777, 0666},
	/* More entries than are read at once: the unread rest is kept in memory. */
	{"-R u+x d", {.levels = 8, .files = 1100}, 0755, 0744},
	{"-R --beneath=d u+x d", {.levels = 300, .files = 2, .siblings = 2}, 0755, 0744},
	{"-R --beneath=. u+x ./d/", {.levels = 300, .files = 2, .siblings = 2}, 0755, 0744},
};

/* The fewest are those for one operand, and what is left for the C library. */
static const int limits[] = {64, 16, 12, 8};

static void test_limit(struct fault_test *t)
{
	const struct limit_row *row = t->row;
	struct run_how how = fault_how(t, row->args);
	int err = chain_make(t, &row->chain);

	if (err)
		fault_broken("no tree", err);
	how.prepare = fault_limit_files;
	how.ctx = (void *)(uintptr_t)t->number;
	fault_expect(t, &how, NULL, "", "", 0);
	chain_check(t, &row->chain, row->dir, row->file);
}

/* ----------------------------------------------------------------------- each open in its turn */

struct sweep_row {
	const char *tree, *args, *after;
};

static const struct sweep_row sweeps[] = {
	{"d/ 755, d/f 644, d/s/ 755, d/s/g 644, d/s/t/ 755, d/s/t/h 644, d/l -> f, e 644",
		"-R go+w d e",
		"d/ 777, d/f 666, d/s/ 777, d/s/g 666, d/s/t/ 777, d/s/t/h 666, e 666"},
	{"d/ 777, d/f 644, d/s/ 777, d/s/g 644, d/s/t/ 777, d/s/t/h 644, d/l -> f, e 644",
		"-R u+x d e", "d/f 744, d/s/g 744, d/s/t/h 744, e 744"},
	{"d/ 755, d/f 644, d/s/ 755, d/s/g 644, d/s/t/ 755, d/s/t/h 644, d/l -> f, e 644",
		"-R 700 d e",
		"d/ 700, d/f 700, d/s/ 700, d/s/g 700, d/s/t/ 700, d/s/t/h 700, e 700"},
	/* Everything has two paths. */
	{"d/ 755, d/f 644, d/x/ 755, d/x/g 600, d/x/y/ 755, d/x/y/h 644, d/l -> x, e 644",
		"-RL go+w d e",
		"d/ 777, d/f 666, d/x/ 777, d/x/g 622, d/x/y/ 777, d/x/y/h 666, e 666"},
	{"d/ 755, d/f 644, d/x/ 755, d/l -> x, e 644", "-R --dereference go+w d e",
		"d/ 777, d/f 666, d/x/ 777, e 666"},
	{"a 644, b 644, c 644", "u+x a b c", "a 744, b 744, c 744"},
	{"d/ 755, d/f 644, d/s/ 755, d/s/g 644, d/s/t/ 755, d/s/t/h 644, d/l -> f, e 644",
		"-R --contents-first 700 d e",
		"d/ 700, d/f 700, d/s/ 700, d/s/g 700, d/s/t/ 700, d/s/t/h 700, e 700"},
	{"d/ 755, d/f 644, d/s/ 755, d/s/g 644, d/s/t/ 755, d/s/t/h 644, d/l -> f, e 644",
		"-R --include=[gts] go+w d e", "d/s/ 777, d/s/g 666, d/s/t/ 777"},
	{"d/ 755, d/a 644, d/s/ 755, d/s/b 644, d/s/t/ 755, d/s/t/c 644",
		"--beneath=d u+x d/a d/s/b d/s/t/c", "d/a 744, d/s/b 744, d/s/t/c 744"},
	{"d/ 755, d/f 644, d/s/ 755, d/s/t/ 755, d/s/t/g 644, d/s/t/u/ 755, d/s/t/u/h 644",
		"-R --beneath=d go+w d/s/t d/f",
		"d/f 666, d/s/t/ 777, d/s/t/g 666, d/s/t/u/ 777, d/s/t/u/h 666"},
};

/*
 * One run with a failing open. Whether the fault happened. RECOVERED counts the runs that went well
 * all the same, because something was closed and the open was repeated.
 */
static bool sweep_once(struct fault_test *t, const struct fault *fault, int *recovered)
{
	const struct sweep_row *row = t->row;
	struct fault faults[] = {*fault, {.call = 0}};
	struct run_how how = fault_how(t, row->args);
	struct run_result result;
	long before = ftell(t->notes.out);

	fault_run(t, &how, faults, &result);
	fault_check(t, result.status == (result.err[0] ? 1 : 0), "exit status %d", result.status);
	fault_check(t, !result.err[0] || strstr(result.err, strerror(fault->err)),
		"an unexpected error: %s", result.err);
	fault_check_covered(t, row->after, result.err);
	*recovered += faults[0].hits > 0 && result.status == 0;
	if (fault->onward)
		fault_check(t, !faults[0].hits || result.status == 1, "nothing was missing");
	run_result_free(&result);
	fault_check(t, ftell(t->notes.out) == before, "when open %u fails", fault->nth);
	return faults[0].hits > 0;
}

static void test_sweep(struct fault_test *t)
{
	const struct sweep_row *row = t->row;
	struct fault fault = {.call = ANY_OPEN,
		.err = t->number & 1 ? ENFILE : EMFILE,
		.onward = t->number & 2,
		.nth = 1,
		.may_miss = true};
	int recovered = 0;

	for (; sweep_once(t, &fault, &recovered); fault.nth++)
		fault_new_tree(t, row->tree);
	fault_check(t, fault.nth > 3, "only %u opens have been seen", fault.nth - 1);
	if (!fault.onward && strstr(row->args, "-R ") && strchr(row->tree, 's'))
		fault_check(t, recovered > 0, "no open was ever repeated");
}

void fault_descriptors(struct fault_list *list)
{
	struct fault_test limit = {.fn = test_limit, .in_memory = true};
	struct fault_test sweep = {.fn = test_sweep, .users = AS_USER};

	for (size_t i = 0; i < sizeof(limit_rows) / sizeof(limit_rows[0]); i++) {
		for (size_t j = 0; j < sizeof(limits) / sizeof(limits[0]); j++) {
			limit.row = &limit_rows[i];
			limit.number = limits[j];
			fault_add(list, &limit, "%s, %d levels, %d files in each, ulimit -n %d",
				limit_rows[i].args, limit_rows[i].chain.levels,
				limit_rows[i].chain.files, limits[j]);
		}
	}
	for (size_t i = 0; i < sizeof(sweeps) / sizeof(sweeps[0]); i++) {
		sweep.row = &sweeps[i];
		sweep.tree_text = sweeps[i].tree;
		for (unsigned method = METHOD_FCHMODAT2; method < METHODS; method++) {
			sweep.method = (enum fault_method)method;
			if (method == METHOD_SANDBOX ||
				(method == METHOD_LIBC && fault_program.is_static))
				continue;
			for (sweep.number = 0; sweep.number < 3; sweep.number++)
				fault_add(list, &sweep, "%s, each open fails with %s%s, %s",
					sweeps[i].args, sweep.number & 1 ? "ENFILE" : "EMFILE",
					sweep.number & 2 ? " and all after it" : "",
					fault_method_name(sweep.method));
		}
	}
}
