/* SPDX-License-Identifier: MIT */
/*
 * task: random trees, divided, closed, opened again and without memory at random. What the tasks do
 * one after the other must be what one task does alone.
 *
 * Link with --wrap= of those of task_fixture.h and with support/tree.o.
 */
#include "task.h"

#include "task_fixture.h"

#include "random_tree.h"

enum { MAX_LOG = 64 * 1024, MAX_TASKS = 64, NOW = 1000 };

/* A task, and what it has done. */
struct doer {
	struct task *task;
	struct doer *next;
	char log[MAX_LOG];
	size_t len;
	bool waits; /* for those before it */
};

/* How often something happens, one in so many steps; 0: never. */
struct chances {
	unsigned divide, evict, close_all, no_memory;
};

static struct doer *first;
static unsigned errors;                     /* no memory */
static unsigned divisions, closings, whole; /* in all walks; WHOLE: walks without errors */

static void log_line(struct doer *doer, char sign, const char *name)
{
	int len = snprintf(doer->log + doer->len, MAX_LOG - doer->len, "%c%.8s\n", sign, name);

	doer->len += (size_t)len;
	assert_true(doer->len < MAX_LOG);
}

static struct doer *new_doer(struct task *t)
{
	struct doer *doer = malloc(sizeof(*doer));

	assert_non_null(doer);
	doer->task = t;
	doer->next = NULL;
	doer->len = 0;
	doer->log[0] = '\0';
	doer->waits = false;
	return doer;
}

/* Logs what is due after a directory; see dir_hooks. */
static void log_closing(void *ctx, void *who, struct dir *dir, unsigned traits, int fd)
{
	(void)ctx;
	EXPECT((traits & OWING) != 0);
	EXPECT(fcntl(fd, F_GETFD) >= 0);
	log_line(who, ')', dir->name);
}

static bool happens(uint64_t *seed, unsigned chance)
{
	return chance != 0 && random_below(seed, chance) == 0;
}

/* Enters directory ENTRY of the level that DOER is in. */
static void enter(struct doer *doer, const struct entry *entry, bool owes)
{
	struct dir *dir;
	int good = memory.good;

	memory.good = -1;
	dir = open_in(doer->task->top->dir, entry->name);
	memory.good = good;
	dir->traits = owes ? OWING : 0;
	dir->listing.kind = LISTING_UNSORTED;
	if (task_push(doer->task, dir, 0))
		return;
	errors++;
	dir_release(&dirs, dir, doer);
	dir_unref(&dirs, dir);
}

/* A step of the walk: opens a closed level again, does an entry, or leaves the level. */
static void step(struct doer *doer, bool owes)
{
	struct task *t = doer->task;
	struct entry entry;
	int err;

	if (!t->top->is_held && task_top_needs_dir(t)) {
		err = task_resume(t, doer);
		if (err == -ENOMEM)
			return; /* once more */
		EXPECT(err == 0);
	}
	switch (task_next(t, &entry, &err)) {
	case TASK_ENTRY:
		log_line(doer, ' ', entry.name);
		if (entry.type == DT_DIR)
			enter(doer, &entry, owes);
		break;
	case TASK_ERROR:
		EXPECT(err == -ENOMEM);
		errors++;
		break;
	case TASK_END:
		/* What is due comes after all that is in the directory. */
		if (t->top->is_last && dir_owes(&dirs, t->top->dir) &&
			!dir_is_last_use(&dirs, t->top->dir))
			doer->waits = true;
		else
			task_pop(t, doer);
		break;
	case TASK_TOO_EARLY: EXPECT(!"too early"); break;
	}
}

static void divide_doer(struct doer *doer, uint64_t *seed)
{
	struct task_cut cut;
	struct task *part = NULL;
	struct doer *other;

	/* Whether something is worth it decides which of the levels goes whole. */
	if (task_find_cut(doer->task, NOW, random_below(seed, 2 * NOW), &cut))
		part = task_divide(doer->task, &cut, doer);

	if (part == NULL)
		return;
	divisions++;
	memory.good = -1;
	other = new_doer(part);
	other->next = doer->next;
	doer->next = other;
}

/* Chooses one of those that have something left. The first one never waits. */
static struct doer *choose(uint64_t *seed)
{
	struct doer *ready[MAX_TASKS];
	unsigned count = 0;

	for (struct doer *doer = first; doer != NULL && count < MAX_TASKS; doer = doer->next) {
		if (doer->task->top == NULL)
			continue;
		if (count == 0)
			doer->waits = false;
		if (!doer->waits)
			ready[count++] = doer;
	}
	return count > 0 ? ready[random_below(seed, count)] : NULL;
}

/* Walks the tree; the log of all tasks in their order. */
static char *walk_tree(const struct chances *chances, bool owes, uint64_t seed)
{
	const struct dir_hooks hooks = {
		.returned = note_return, .closing = log_closing, .owing = OWING, .ctx = &fake};
	char *log = calloc(1, MAX_LOG);
	struct dir *dir;
	size_t len = 0;

	dirs_init(&dirs, &hooks);
	first = new_doer(task_new(&dirs));
	dir = open_in(NULL, "tree");
	dir->traits = owes ? OWING : 0;
	dir->listing.kind = LISTING_UNSORTED;
	push(first->task, dir);
	for (struct doer *doer; (doer = choose(&seed)) != NULL;) {
		memory_limit(happens(&seed, chances->no_memory) ? (int)random_below(&seed, 3) : -1,
			true);
		if (happens(&seed, chances->divide))
			divide_doer(doer, &seed);
		if (happens(&seed, chances->evict))
			closings += task_evict(doer->task, doer);
		if (happens(&seed, chances->close_all))
			closings += task_close_all(doer->task, doer);
		step(doer, owes);
		memory_unlimit();
	}
	while (first != NULL) {
		struct doer *next = first->next;

		assert_true(len + first->len < MAX_LOG);
		memcpy(log + len, first->log, first->len + 1);
		len += first->len;
		task_free(first->task);
		free(first);
		first = next;
	}
	EXPECT(dirs.count == 0);
	dirs_free(&dirs);
	return log;
}

/* Reports where two logs differ. */
static void expect_same(const char *what, uint64_t seed, const char *got, const char *expected)
{
	size_t at = 0;

	if (strcmp(got, expected) == 0)
		return;
	while (got[at] == expected[at])
		at++;
	row_wrong("%s, seed %u: [%.40s] instead of [%.40s] at %zu of %zu", what, (unsigned)seed,
		got + at, expected + at, at, strlen(expected));
}

/* Whether the lines of GOT are in EXPECTED, in their order. */
static bool are_lines_of(const char *got, const char *expected)
{
	while (*got != '\0') {
		size_t len = strcspn(got, "\n") + 1;

		while (*expected != '\0' && strncmp(got, expected, len) != 0)
			expected += strcspn(expected, "\n") + 1;
		if (*expected == '\0')
			return false;
		expected += len;
		got += len;
	}
	return true;
}

static void check_trees(const char *what, const struct chances *chances, bool owes)
{
	static const struct chances none = {0};
	enum { TREES = 6, WALKS = 30 };
	const unsigned sizes[TREES] = {3, 20, 60, 150, 400, 400};

	begin(NULL);
	/* A few entries at a time, so that something is unread everywhere. */
	read_most = 400;
	divisions = closings = whole = 0;
	for (unsigned tree = 0; tree < TREES; tree++) {
		char *expected, command[32];

		make_random_tree("tree", sizes[tree], tree * 31 + 7);
		expected = walk_tree(&none, owes, 1);
		for (uint64_t seed = 1; seed <= WALKS; seed++) {
			char *got;

			errors = 0;
			got = walk_tree(chances, owes, seed);
			whole += errors == 0;
			if (errors == 0)
				expect_same(what, seed, got, expected);
			else if (chances->no_memory == 0 || !are_lines_of(got, expected))
				row_wrong("%s, seed %u: lines are out of order", what,
					(unsigned)seed);
			free(got);
			if (count_fds() != fds_before)
				row_wrong(
					"%s, seed %u: descriptors are left", what, (unsigned)seed);
		}
		free(expected);
		sprintf(command, "tree%u", tree);
		assert_int_equal(rename("tree", command), 0);
	}
	/* It has happened. */
	EXPECT(chances->divide == 0 || divisions > TREES * WALKS);
	EXPECT(chances->evict == 0 || closings > TREES * WALKS);
	EXPECT(whole > 0 && (whole < TREES * WALKS) == (chances->no_memory > 0));
	rows_end();
}

static void test_divisions(void **state)
{
	const struct chances often = {.divide = 2}, rarely = {.divide = 20};

	(void)state;
	check_trees("often", &often, true);
	scratch_leave(state);
	check_trees("rarely", &rarely, true);
}

static void test_closed_directories(void **state)
{
	const struct chances chances = {.evict = 2, .close_all = 5};

	(void)state;
	check_trees("closed", &chances, false);
}

static void test_both(void **state)
{
	const struct chances chances = {.divide = 3, .evict = 3, .close_all = 9};

	(void)state;
	check_trees("both", &chances, false);
}

static void test_without_memory(void **state)
{
	const struct chances chances = {.divide = 3, .evict = 5, .close_all = 9, .no_memory = 30};

	(void)state;
	check_trees("no memory", &chances, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_divisions),
		SCRATCH_TEST(test_closed_directories),
		SCRATCH_TEST(test_both),
		SCRATCH_TEST(test_without_memory),
	};

	umask(022);
	return cmocka_run_group_tests_name("task: order", tests, NULL, NULL);
}
