/* SPDX-License-Identifier: MIT */
/* One test: its fixture, and what is noted of the outcome. */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/cmocka.h"
#include "race.h"

/* The status of a program that was ended by its alarm, see run.h. */
enum { HUNG = 128 + SIGALRM };

/* The call that the program never came to, or NULL. */
static const char *missed(const struct race_test *test)
{
	return test->swap < RACE_SWAPS ? test->row->swaps[test->swap].at : NULL;
}

/* Notes what the fixture lacks. */
static void check_fixture(struct race_test *test, int rc)
{
	if (rc == -ECANCELED)
		return;
	if (rc < 0)
		race_problem(test, "the program could not be held: %s", strerror(-rc));
	else if (test->result.status == RUN_NOT)
		race_problem(test, "the program could not be started");
	else if (missed(test))
		race_problem(test, "the program never came to \"%s\"; status %d, stderr \"%s\"",
			missed(test), test->result.status, test->result.err);
	else if (!race_machine.is_host && test->method == RACE_FCHMODAT2 && !test->has_probed &&
		 strstr(test->row->args, "-R"))
		race_problem(test, "the program did not ask for fchmodat2");
	else if (!race_machine.is_host && test->method == RACE_LIBC && test->has_probed)
		race_problem(test, "the program does not care for preloaded libraries");
	else if (test->by_several && !test->has_several)
		race_problem(test, "the program has started no other workers");
}

int race_setup(void **state)
{
	struct race_test *test = *state;
	const char *notes;
	int rc;

	test->tree = (struct tree){.fd = -1};
	notes_begin(&test->notes);
	if (test->skip)
		return 0;
	rc = race_make_tree(test);
	if (rc < 0) {
		race_problem(test, "no tree: %s", strerror(-rc));
	} else {
		rc = race_play(test);
		if (rc == 0 && race_machine.is_host && missed(test))
			test->skip = "this program has no such window";
		else if (rc < 0 || test->result.status != HUNG)
			check_fixture(test, rc);
	}
	notes = notes_all(&test->notes);
	if (!notes)
		return 0;
	print_error("%s: broken fixture\n%s", test->name, notes);
	race_teardown(state); /* cmocka will not */
	return -1;
}

static void check_victims(struct race_test *test)
{
	char path[64], where[PATH_MAX];
	struct stat st;

	for (size_t i = 0; i < test->n_victims; i++) {
		ssize_t len;

		if (fstat(test->victims[i], &st) == 0 && st.st_mode == test->victim_modes[i])
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", test->victims[i]);
		len = readlink(path, where, sizeof(where));
		race_problem(test, "victim %zu, now %.*s: mode %06o instead of %06o", i + 1,
			len > 0 ? (int)len : 0, where, (unsigned)st.st_mode,
			(unsigned)test->victim_modes[i]);
	}
}

static mode_t unwanted_mode; /* for count_unwanted(), as nftw() hands it nothing */
static unsigned unwanted;

static int count_unwanted(const char *path, const struct stat *st, int type, struct FTW *level)
{
	(void)path;
	(void)level;
	if (type != FTW_SL && (st->st_mode & 07777) == unwanted_mode)
		unwanted++;
	return 0;
}

static void check_all_done(struct race_test *test)
{
	unwanted_mode = test->row->nothing_left;
	unwanted = 0;
	if (nftw(test->tree.path, count_unwanted, 32, FTW_PHYS) != 0)
		race_problem(test, "the tree cannot be read: %s", strerror(errno));
	else if (unwanted > 0)
		race_problem(test, "%u files were left at %04o", unwanted, (unsigned)unwanted_mode);
}

static void check_outcome(struct race_test *test)
{
	const struct race_run *run = test->run;
	char *text = run->after ? race_tree_text(run->after) : NULL;
	const char *err = run->err ? run->err : "";

	if (test->result.status == HUNG) {
		race_problem(test, "the program did not come to an end");
		return;
	}
	if (run->status == RACE_ANY_STATUS ? test->result.status > 1
					   : test->result.status != run->status)
		race_problem(
			test, "exit status %d instead of %d", test->result.status, run->status);
	if (run->status != RACE_ANY_STATUS &&
		(run->err ? !strstr(test->result.err, err) : *test->result.err != '\0'))
		race_problem(
			test, "standard error is \"%s\" instead of \"%s\"", test->result.err, err);
	if (test->not_refused)
		race_problem(test, "not refused: \"%s\"", test->not_refused);
	check_victims(test);
	if (test->row->nothing_left)
		check_all_done(test);
	if (text)
		notes_tree(&test->notes, &test->tree, NULL, text);
	free(text);
}

void race_test(void **state)
{
	struct race_test *test = *state;
	const char *notes;

	if (test->skip)
		notes_skip(test->skip);
	check_outcome(test);
	notes = notes_all(&test->notes);
	if (notes) {
		print_error("%s: does not hold\n%s", test->name, notes);
		_fail(test->row->file, test->row->line);
	}
}

int race_teardown(void **state)
{
	struct race_test *test = *state;

	notes_end(&test->notes);
	run_result_free(&test->result);
	while (test->n_places > 0)
		free(test->places[--test->n_places]);
	while (test->n_victims > 0)
		close(test->victims[--test->n_victims]);
	if (test->tree.path)
		tree_remove(&test->tree);
	return 0;
}
