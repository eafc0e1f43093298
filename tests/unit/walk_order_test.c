/*
 * walk: random trees, and any number of workers that divide them at random: the same visits, and
 * the same bytes, as with one worker.
 *
 * Link with --wrap= of those of walk_fixture.h and with support/tree.o.
 */
#include "walk.h"

#include "walk_fixture.h"

enum { TREES = 5, ALL = 1000 };

static const unsigned all_jobs[] = {0, 2, 3, 8, 64};

static const struct weather {
	const char *what;
	unsigned clock_step, pauses, not_yet, owing, fds;
	bool sleeps, reads_fail, no_tasks, no_notes, no_workers;
	int threads;
} weathers[] = {
	{"as it is", .clock_step = 100, .threads = -1},
	{"often divided", .clock_step = 3000, .threads = -1},
	{"pauses", .clock_step = 1000, .pauses = 20, .threads = -1},
	{"slow storage", .clock_step = 5000, .pauses = 20, .sleeps = true, .threads = -1},
	{"not yet", .clock_step = 3000, .pauses = 50, .not_yet = 7, .threads = -1},
	{"something is due", .clock_step = 3000, .pauses = 50, .owing = 2, .threads = -1},
	{"both", .clock_step = 3000, .not_yet = 5, .owing = 3, .threads = -1},
	{"read errors", .clock_step = 3000, .pauses = 50, .reads_fail = true, .threads = -1},
	{"no threads", .clock_step = 3000, .threads = 0},
	{"few threads", .clock_step = 3000, .threads = 2},
	{"no memory for tasks", .clock_step = 3000, .no_tasks = true, .threads = -1},
	{"no memory for notes", .clock_step = 3000, .no_notes = true, .threads = -1},
	{"no memory for workers", .clock_step = 3000, .no_workers = true, .threads = -1},
	{"few descriptors", .clock_step = 3000, .pauses = 50, .fds = 10, .threads = -1},
	{"hardly any", .clock_step = 3000, .fds = 5, .threads = -1},
};

static void become(const struct weather *weather)
{
	begin_walk();
	machine.clock_step = weather->clock_step;
	machine.pauses = weather->pauses;
	machine.sleeps = weather->sleeps;
	machine.cpus = 2;
	machine.threads = weather->threads;
	machine.no_tasks = weather->no_tasks;
	machine.no_notes = weather->no_notes;
	machine.no_workers = weather->no_workers;
	machine.reads_fail = weather->reads_fail;
	machine.fds = weather->fds;
	asked.not_yet = weather->not_yet;
	asked.owing = weather->owing;
}

/* Where the output is another one. */
static void expect_output(const char *what, unsigned jobs, const char *expected)
{
	size_t at = 0;

	if (strcmp(seen.text, expected) == 0)
		return;
	while (seen.text[at] == expected[at])
		at++;
	while (at > 0 && expected[at - 1] != '\n')
		at--;
	row_wrong(
		"%s, -j%u: [%.60s] instead of [%.60s]", what, jobs, seen.text + at, expected + at);
}

static void check_weather(const struct weather *weather)
{
	static const char *const operands[] = {
		"tree0", "tree1/", "nope", "tree2", "tree3", "tree4"};
	static char expected[MAX_OUTPUT];
	unsigned visits, leaves, shared = 0;

	become(weather);
	strcpy(expected, walk_with(WALK_OPERAND_LINKS, 1, operands, COUNT(operands)));
	visits = atomic_load(&seen.visits);
	leaves = atomic_load(&seen.leaves);
	EXPECT(atomic_load(&seen.threads) == 0 && visits > ALL / 4 && seen.shares == 0);
	for (size_t i = 0; i < COUNT(all_jobs); i++) {
		become(weather);
		walk_with(WALK_OPERAND_LINKS, all_jobs[i], operands, COUNT(operands));
		expect_output(weather->what, all_jobs[i], expected);
		EXPECT(atomic_load(&seen.visits) == visits && atomic_load(&seen.leaves) == leaves);
		EXPECT(all_jobs[i] == 0 || atomic_load(&seen.threads) < all_jobs[i]);
		shared += atomic_load(&seen.threads);
	}
	if ((shared > 0) != (weather->threads != 0 && !weather->no_workers))
		row_wrong("%s: %u threads", weather->what, shared);
}

static void test_any_weather(void **state)
{
	(void)state;
	scratch_enter(NULL);
	for (unsigned i = 0; i < TREES; i++) {
		char name[16];

		sprintf(name, "tree%u", i);
		make_random_tree(name, ALL / TREES, i * 17 + 3);
	}
	for (size_t i = 0; i < COUNT(weathers); i++)
		check_weather(&weathers[i]);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {SCRATCH_TEST(test_any_weather)};

	umask(022);
	return cmocka_run_group_tests_name("walk: order", tests, NULL, NULL);
}
