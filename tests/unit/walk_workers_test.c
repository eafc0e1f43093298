/* SPDX-License-Identifier: MIT */
/*
 * walk: how many workers there are, what is given to them, and how many descriptors they keep.
 *
 * Link with --wrap= of those of walk_fixture.h and with support/tree.o.
 */
#include "walk.h"

#include <sys/resource.h>

#include "walk_fixture.h"

static int next_fd(void)
{
	int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	close(fd);
	return fd;
}

/* Walks "d" with JOBS and no more than so many descriptors. */
static void walk_with_files(rlim_t files, unsigned jobs)
{
	struct rlimit before, few;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){(rlim_t)next_fd() + files, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	walk_one(WALK_OPERAND_LINKS, jobs, "d");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

/* By default other workers are started only if the walk takes long. */
static void test_small_trees(void **state)
{
	(void)state;
	scratch_enter(NULL);
	make_random_tree("d", 300, 5);
	begin_walk();
	machine.cpus = 8;
	walk_one(WALK_OPERAND_LINKS, 0, "d");
	EXPECT(seen.shares == 0 && atomic_load(&seen.threads) == 0);
	/* They are started after some time, with -j at once, if there is enough to do. */
	machine.clock_step = 1000;
	walk_one(WALK_OPERAND_LINKS, 0, "d");
	EXPECT(seen.shares == 1 && atomic_load(&seen.threads) > 0);
	walk_one(WALK_OPERAND_LINKS, 2, "d");
	EXPECT(seen.shares == 1 && atomic_load(&seen.threads) == 1);
	machine.clock_step = 0;
	walk_one(WALK_OPERAND_LINKS, 2, "d");
	EXPECT(seen.shares == 1 && atomic_load(&seen.threads) == 0);
	machine.clock_step = 1000;
	walk_one(WALK_OPERAND_LINKS, 1, "d");
	EXPECT(seen.shares == 0 && atomic_load(&seen.threads) == 0);
	/* There are descriptors for two workers only. */
	walk_with_files(36, 8);
	EXPECT(seen.shares == 1 && atomic_load(&seen.threads) == 1);
	walk_with_files(28, 8);
	EXPECT(seen.shares == 1 && atomic_load(&seen.threads) == 0);
	/* None are started if the visitor says that the order matters. */
	asked.may_share = false;
	walk_one(WALK_OPERAND_LINKS, 8, "d");
	EXPECT(seen.shares == 1 && atomic_load(&seen.threads) == 0);
	rows_end();
}

/*
 * As many workers as CPUs if calls do not sleep, even on a slow machine; otherwise more and more.
 */
static void test_slow_storage(void **state)
{
	unsigned threads;

	(void)state;
	scratch_enter(NULL);
	make_random_tree("d", 2000, 5);
	for (unsigned cpus = 1; cpus <= 4; cpus++) {
		begin_walk();
		machine.clock_step = 5000;
		machine.pauses = 10;
		machine.cpus = cpus;
		walk_one(WALK_OPERAND_LINKS, 0, "d");
		EXPECT(atomic_load(&seen.threads) <= cpus - 1);
		machine.sleeps = true;
		walk_one(WALK_OPERAND_LINKS, 0, "d");
		threads = atomic_load(&seen.threads);
		if (threads <= cpus || threads >= 32)
			row_wrong("%u CPUs: %u threads", cpus, threads);
	}
	/* With -j there are as many as it says. */
	walk_one(WALK_OPERAND_LINKS, 3, "d");
	EXPECT(atomic_load(&seen.threads) == 2);
	rows_end();
}

static struct disk {
	unsigned every, microseconds; /* one visit in EVERY waits so long */
	bool is_busy;                 /* not for the disk, but for the CPU */
	bool is_slow;                 /* more workers are wanted */
} disk;

static void read_disk(const struct walk_entry *e)
{
	(void)e;
	atomic_fetch_add(&now, 4 * 1000);
	if (atomic_load(&seen.visits) % disk.every != 0)
		return;
	atomic_fetch_add(&now, disk.microseconds * 1000LL);
	switches += !disk.is_busy;
}

/*
 * A disk is read in blocks of many inodes, so few visits sleep. What counts is how much of the time
 * they sleep.
 */
static void test_disks(void **state)
{
	static const struct disk rows[] = {
		{1, 30, false, true},
		{20, 8000, false, true},
		{64, 1000, false, true},
		{64, 544, false, true},
		{256, 8000, false, true},
		{307, 8000, false, true},
		{64, 60, false, false},
		{3000, 8000, false, false},
		{300, 300, false, false},
		{1, 100, true, false},
		{64, 8000, true, false},
	};

	(void)state;
	scratch_enter(NULL);
	make_random_tree("d", 12000, 5);
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin_walk();
		machine.cpus = 1;
		machine.threads = 0;
		disk = rows[i];
		asked.hook = read_disk;
		walk_one(WALK_OPERAND_LINKS, 0, "d");
		if ((atomic_load(&seen.highest_target) > 1) != rows[i].is_slow)
			row_wrong("row %zu: %u workers are wanted", i,
				atomic_load(&seen.highest_target));
	}
	rows_end();
}

enum { BLOCK = 16 };
static unsigned phase; /* the inode of each block for which the block is read */

/* From a certain visit on one of each block sleeps. The average time of a visit stays the same. */
static void read_block(const struct walk_entry *e)
{
	enum { FIRST = 1000, VISIT = 1450, READ = 5000 };
	unsigned visit = atomic_load(&seen.visits);
	bool sleeps = visit > FIRST && visit % BLOCK == phase;

	(void)e;
	atomic_fetch_add(&now, visit > FIRST ? VISIT + sleeps * BLOCK * READ : VISIT + READ);
	switches += sleeps;
}

/* Whichever visit of a block sleeps, it is measured now and then. */
static void test_blocks(void **state)
{
	(void)state;
	scratch_enter(NULL);
	make_random_tree("d", 3000, 5);
	for (phase = 0; phase < BLOCK; phase++) {
		begin_walk();
		machine.cpus = 1;
		machine.threads = 0;
		asked.hook = read_block;
		walk_one(WALK_OPERAND_LINKS, 0, "d");
		if (atomic_load(&seen.highest_target) < 2)
			row_wrong("visit %u of %d sleeps: one worker is wanted", phase, BLOCK);
	}
	rows_end();
}

/* More workers would wait for each other even longer. */
static void test_locks(void **state)
{
	(void)state;
	scratch_enter(NULL);
	make_random_tree("d", 3000, 5);
	begin_walk();
	machine.cpus = 1;
	machine.threads = 0;
	machine.locks_sleep = true;
	walk_one(WALK_OPERAND_LINKS, 0, "d");
	EXPECT(seen.shares == 1 && atomic_load(&seen.highest_target) == 0);
	rows_end();
}

static void stop_sleeping(const struct walk_entry *e)
{
	(void)e;
	if (atomic_load(&seen.visits) > 1000)
		machine.sleeps = false;
}

/* If storage becomes fast, there are no more workers than CPUs again. */
static void test_storage_that_becomes_fast(void **state)
{
	(void)state;
	scratch_enter(NULL);
	make_random_tree("d", 12000, 5);
	for (unsigned cpus = 2; cpus <= 5; cpus += 3) {
		begin_walk();
		machine.clock_step = 5000;
		machine.pauses = 10;
		machine.cpus = cpus;
		machine.sleeps = true;
		asked.hook = stop_sleeping;
		walk_one(WALK_OPERAND_LINKS, 0, "d");
		if (atomic_load(&seen.highest_target) < 16 || atomic_load(&seen.target) != cpus)
			row_wrong("%u CPUs: up to %u workers, then %u", cpus,
				atomic_load(&seen.highest_target), atomic_load(&seen.target));
	}
	rows_end();
}

/* ------------------------------------------------------------------------------------- operands */

enum { OPERANDS = 300 };

static size_t operands, operands_given;

/* A visitor's next(), which gives all operands at once: "f0", "f1"... */
static char *next_of_many(void *ctx, bool may_wait)
{
	static char names[OPERANDS][24];
	size_t i = operands_given++;

	expect_in_thread(ctx == &asked && (may_wait || i > 0));
	if (i >= operands)
		return NULL;
	snprintf(names[i], sizeof(names[i]), "f%zu", i);
	return names[i];
}

static enum walk_sharing share_all(void *ctx)
{
	share(ctx);
	return WALK_SHARE_ALL;
}

static bool is_no_barrier(void *ctx, const struct stat *st)
{
	expect_in_thread(ctx == &asked && st->st_mode != 0);
	return false;
}

/* Walks the first COUNT operands; what was printed. */
static const char *walk_list(unsigned jobs, size_t count, bool recursive)
{
	const struct walk_options options = {
		.by_name = !recursive, .recursive = recursive, .jobs = jobs};
	const struct walk_visitor visitor = {.next = next_of_many,
		.visit = visit,
		.again = again,
		.share = share_all,
		.is_barrier = is_no_barrier,
		.print = print,
		.ctx = &asked};
	int fds = count_fds();

	memset(&seen, 0, sizeof(seen));
	operands = count;
	operands_given = 0;
	walk(&options, &visitor);
	EXPECT(atomic_load(&seen.wrong) == 0 && count_fds() == fds);
	return seen.text;
}

/* A list is shared in the same way: by default after some time, and only work that takes some. */
static void test_list(void **state)
{
	static const struct {
		unsigned clock_step, jobs, shares;
		bool has_threads;
	} rows[] = {{0, 0, 0, false}, {1000, 0, 1, true}, {0, 2, 1, false}, {1000, 2, 1, true},
		{1000, 1, 0, false}};
	static char expected[OPERANDS * 8];

	(void)state;
	scratch_enter(NULL);
	for (int i = 0; i < OPERANDS; i++) {
		char name[16];

		sprintf(name, "f%d", i);
		sprintf(expected + strlen(expected), "%s\n", name);
		close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin_walk();
		machine.cpus = 2;
		machine.clock_step = rows[i].clock_step;
		assert_string_equal(walk_list(rows[i].jobs, OPERANDS, false), expected);
		if (seen.shares != rows[i].shares ||
			(atomic_load(&seen.threads) > 0) != rows[i].has_threads)
			row_wrong("row %zu: asked %u times, %u threads", i, seen.shares,
				atomic_load(&seen.threads));
	}
	rows_end();
}

/*
 * Operands may become directories after they were looked at: no barriers, but to be entered. The
 * first operand is visited alone, and so is the last of two.
 */
static void test_list_of_new_directories(void **state)
{
	static const size_t counts[] = {2, 3, OPERANDS};
	static char expected[OPERANDS * 24];

	(void)state;
	scratch_enter(NULL);
	for (int i = 0; i < OPERANDS; i++) {
		char name[16];

		sprintf(name, "f%d", i);
		assert_int_equal(mkdir(name, 0755), 0);
		strcat(name, "/in");
		close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	}
	for (size_t i = 0; i < COUNT(counts); i++) {
		expected[0] = '\0';
		for (size_t k = 0; k < counts[i]; k++)
			sprintf(expected + strlen(expected), "f%zu\nf%zu/in\n", k, k);
		for (unsigned jobs = 1; jobs <= 8; jobs += 7) {
			begin_walk();
			machine.clock_step = 1000;
			assert_string_equal(walk_list(jobs, counts[i], true), expected);
			EXPECT(jobs == 1 || counts[i] < OPERANDS || atomic_load(&seen.threads) > 0);
		}
	}
	rows_end();
}

/* ---------------------------------------------------------------------------------- descriptors */

static int highest_fd;

static void note_fd(const struct walk_entry *e)
{
	highest_fd = e->dirfd > highest_fd ? e->dirfd : highest_fd;
}

/* How many directories that wait stay open: the share of each worker, but no more than 64. */
static void test_waiting_directories(void **state)
{
	static const struct {
		unsigned jobs;
		rlim_t files;
		int least, most;
	} rows[] = {{1, 900, 64, 67}, {2, 900, 64, 131}, {8, 112, 6, 14}, {64, 900, 6, 14}};

	(void)state;
	scratch_enter("d -> 0");
	make_levels();
	for (size_t i = 0; i < COUNT(rows); i++) {
		int first = next_fd(), open;

		begin_walk();
		machine.threads = 0;
		asked.hook = note_fd;
		highest_fd = first;
		walk_with_files(rows[i].files, rows[i].jobs);
		open = highest_fd - first + 1;
		if (open < rows[i].least || open > rows[i].most)
			row_wrong("row %zu: %d are open", i, open);
		EXPECT(atomic_load(&seen.visits) == 9 * LEVELS);
	}
	rows_end();
}

/* A task that becomes the head while it looks for a descriptor can have those of others. */
static void test_late_head(void **state)
{
	enum { ATTEMPTS = 20 };
	unsigned late_heads = 0;

	(void)state;
	scratch_enter("d/, d/a/, d/b/");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(chdir(i == 0 ? "d/a" : "d/b"), 0);
		make_levels();
		assert_int_equal(chdir("../.."), 0);
	}
	for (int i = 0; i < ATTEMPTS && late_heads == 0; i++) {
		begin_walk();
		machine.clock_step = 1000;
		machine.pauses = 20;
		machine.fds = 40;
		machine.runs_short = true;
		walk_one(WALK_OPERAND_LINKS, 2, "d");
		late_heads += atomic_load(&seen.late_heads);
		EXPECT(strchr(seen.text, '!') == NULL);
		EXPECT(atomic_load(&seen.visits) == 3 + 2 * 9 * LEVELS);
	}
	EXPECT(late_heads > 0);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_small_trees),
		SCRATCH_TEST(test_slow_storage),
		SCRATCH_TEST(test_disks),
		SCRATCH_TEST(test_blocks),
		SCRATCH_TEST(test_locks),
		SCRATCH_TEST(test_storage_that_becomes_fast),
		SCRATCH_TEST(test_list),
		SCRATCH_TEST(test_list_of_new_directories),
		SCRATCH_TEST(test_waiting_directories),
		SCRATCH_TEST(test_late_head),
	};

	umask(022);
	return cmocka_run_group_tests_name("walk: workers", tests, NULL, NULL);
}
