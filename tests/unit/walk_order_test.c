/* SPDX-License-Identifier: MIT */
/*
 * walk: random trees, which any number of workers divide at random. The visits and the output are
 * the same as with one worker.
 *
 * Link with --wrap= of those of walk_fixture.h and with support/tree.o.
 */
#include "walk.h"

#include "walk_fixture.h"

enum { TREES = 5, ALL = 1000 };

static const unsigned all_jobs[] = {0, 2, 3, 8, 64};

static const struct weather {
	const char *what;
	unsigned clock_step, pauses, not_yet, owing, after, wordy, fds;
	bool sleeps, reads_fail, no_tasks, no_transcripts, no_transcripts_in_visits, no_workers;
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
	{"no memory for transcripts", .clock_step = 3000, .no_transcripts = true, .threads = -1},
	{"no memory for transcripts in visits", .clock_step = 3000, .wordy = 3,
		.no_transcripts_in_visits = true, .threads = -1},
	{"no memory for workers", .clock_step = 3000, .no_workers = true, .threads = -1},
	{"few descriptors", .clock_step = 3000, .pauses = 50, .fds = 10, .threads = -1},
	{"hardly any", .clock_step = 3000, .fds = 5, .threads = -1},
	{"contents first", .clock_step = 3000, .pauses = 50, .after = 1, .threads = -1},
	{"contents first, no threads", .clock_step = 3000, .after = 1, .threads = 0},
	{"contents first of some", .clock_step = 3000, .not_yet = 7, .owing = 3, .after = 2,
		.threads = -1},
	{"contents first, read errors", .clock_step = 3000, .reads_fail = true, .after = 1,
		.threads = -1},
	{"contents first, no memory for tasks", .clock_step = 3000, .no_tasks = true, .after = 1,
		.threads = -1},
	{"contents first, few descriptors", .clock_step = 3000, .pauses = 50, .fds = 10, .after = 1,
		.threads = -1},
	{"contents first, hardly any", .clock_step = 3000, .fds = 5, .not_yet = 5, .after = 1,
		.threads = -1},
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
	machine.no_transcripts = weather->no_transcripts;
	machine.no_transcripts_in_visits = weather->no_transcripts_in_visits;
	machine.no_workers = weather->no_workers;
	machine.reads_fail = weather->reads_fail;
	machine.fds = weather->fds;
	asked.not_yet = weather->not_yet;
	asked.owing = weather->owing;
	asked.after = weather->after;
	asked.wordy = weather->wordy;
}

/* Reports where the output differs from EXPECTED. */
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

/* The line of a directory comes after those of all that is in it. */
static void expect_contents_first(const struct weather *weather)
{
	unsigned count = 0;

	for (const char *line = seen.text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n"), tail = strlen(" is done");
		char inside[512];

		if (len < tail || strncmp(line + len - tail, " is done", tail) != 0)
			continue;
		count++;
		snprintf(inside, sizeof(inside), "\n%.*s%s", (int)(len - tail), line,
			line[len - tail - 1] == '/' ? "" : "/");
		if (strstr(line + len, inside) != NULL)
			row_wrong("%s: after [%.*s] comes what is in it", weather->what, (int)len,
				line);
	}
	EXPECT((count > 0) == (weather->after > 0));
}

static void check_weather(const struct weather *weather)
{
	static const char *const operands[] = {
		"tree0", "tree1/", "nope", "tree2", "tree3", "tree4"};
	static char expected[MAX_OUTPUT];
	unsigned visits, leaves, shared = 0;

	become(weather);
	strcpy(expected, walk_with(WALK_OPERAND_LINKS, 1, operands, COUNT(operands)));
	expect_contents_first(weather);
	visits = atomic_load(&seen.visits);
	leaves = atomic_load(&seen.leaves);
	EXPECT(atomic_load(&seen.threads) == 0 && visits > ALL / 4 && seen.shares == 0);
	EXPECT((strstr(expected, ": read error\n") != NULL) == weather->reads_fail);
	EXPECT((strstr(expected, ": unreadable\n") != NULL) == weather->reads_fail);
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

/* As long as names can be. */
static void make_long_names(const char *dir)
{
	enum { NAMES = 120, LONGEST = 255 };

	for (int i = 0; i < NAMES; i++) {
		char path[512];

		sprintf(path, "%s/%0*d", dir, LONGEST, i);
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	}
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
	make_long_names("tree1");
	for (size_t i = 0; i < COUNT(weathers); i++)
		check_weather(&weathers[i]);
	rows_end();
}

/* Whether an error line tells of a directory above the path in LINE (LEN bytes). */
static bool is_told(const char *line, size_t len)
{
	for (const char *s = seen.text; *s != '\0'; s += strcspn(s, "\n") + 1) {
		size_t dir_len = s[0] == '!' ? strcspn(s + 1, ":") : 0;

		if (dir_len > 0 && dir_len < len && strncmp(line, s + 1, dir_len) == 0 &&
			(line[dir_len] == '/' || line[dir_len - 1] == '/'))
			return true;
	}
	return false;
}

/* A line may be missing below a directory that a message names. All others are in order, once. */
static void expect_told(unsigned jobs, const char *expected, unsigned *ret_missing)
{
	const char *got = seen.text;

	for (const char *line = expected; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n") + 1;

		while (*got == '!')
			got += strcspn(got, "\n") + 1;
		if (strncmp(got, line, len) == 0) {
			got += len;
			continue;
		}
		++*ret_missing;
		if (!is_told(line, len))
			row_wrong("-j%u: [%.*s] is missing", jobs, (int)len - 1, line);
	}
	while (*got == '!')
		got += strcspn(got, "\n") + 1;
	if (*got != '\0')
		row_wrong("-j%u: [%.40s] is out of order", jobs, got);
}

/* If allocations fail now and then, nothing is lost without a message. AFTER: see asked. */
static void check_no_memory(unsigned after)
{
	static char expected[MAX_OUTPUT];
	unsigned missing = 0;

	begin_walk();
	asked.after = after;
	strcpy(expected, walk_one(WALK_OPERAND_LINKS, 1, "tree"));
	for (unsigned chance = 3; chance < 200; chance += chance / 2) {
		for (unsigned jobs = 1; jobs <= 8; jobs += 7) {
			begin_walk();
			machine.clock_step = 3000;
			machine.no_memory = chance;
			asked.after = after;
			walk_one(WALK_OPERAND_LINKS, jobs, "tree");
			expect_told(jobs, expected, &missing);
		}
	}
	EXPECT(missing > 100);
}

static void test_no_memory(void **state)
{
	(void)state;
	scratch_enter(NULL);
	make_random_tree("tree", 800, 77);
	check_no_memory(0);
	check_no_memory(1);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_any_weather),
		SCRATCH_TEST(test_no_memory),
	};

	umask(022);
	return cmocka_run_group_tests_name("walk: order", tests, NULL, NULL);
}
