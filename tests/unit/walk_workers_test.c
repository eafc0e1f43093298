/*
 * walk by many workers: every entry is visited once, directories before what is in them, with few
 * descriptors and at any depth.
 *
 * Link with --wrap=sys_read_dir and with support/tree.o.
 */
#include "walk.h"

#include <stdatomic.h>
#include <sys/resource.h>

#include "pool.h"
#include "walk_trees.h"

/* Walks the trees of walk_trees.h with JOBS workers; each entry is visited once. */
static void walk_many(unsigned jobs, bool waits_for_second)
{
	const struct walk_visitor visitor = {.next = next_of_many, .visit = visit_many};

	begin_many();
	many.share_at = waits_for_second ? 4000 : 0;
	walk(WALK_OPERAND_LINKS, jobs, &visitor, &many);
	expect_all_visited(jobs);
	if (waits_for_second && atomic_load(&many.threads) < 2)
		row_wrong("%u workers: only one had work", jobs);
}

static const unsigned job_rows[] = {1, 2, 3, 8, POOL_MAX, 0};

/* One directory with many entries is a matter for all. */
static void test_workers_in_a_flat_directory(void **state)
{
	(void)state;
	make_trees(1, 0, 12000);
	for (size_t i = 0; i < COUNT(job_rows); i++)
		walk_many(job_rows[i], job_rows[i] > 1);
	rows_end();
}

static void test_workers_in_many_directories(void **state)
{
	(void)state;
	make_trees(1, 100, 60);
	for (size_t i = 0; i < COUNT(job_rows); i++)
		walk_many(job_rows[i], job_rows[i] > 1);
	/* Types that are not known make no difference. */
	reading.hides_types = true;
	walk_many(8, true);
	reading.hides_types = false;
	rows_end();
}

/* The second operand is not begun before the first is done. */
static void test_workers_and_operands(void **state)
{
	(void)state;
	make_trees(3, 0, 6000);
	walk_many(4, true);
	walk_many(1, false);
	rows_end();
}

/* Nothing under a few thousand entries pays for a thread. */
static void test_no_thread_for_little(void **state)
{
	(void)state;
	make_trees(1, 10, 100);
	walk_many(POOL_MAX, false);
	EXPECT(atomic_load(&many.threads) == 1);
	rows_end();
}

/* Every third directory cannot be read; the paths of the errors are right, whoever tells them. */
static void test_workers_and_errors(void **state)
{
	struct stat st;

	(void)state;
	make_trees(1, 100, 60);
	EXPECT(stat("0", &st) == 0);
	reading.operand = st.st_ino;
	reading.err = EACCES;
	reading.bad_third = true;
	for (size_t i = 0; i < COUNT(job_rows); i++)
		walk_many(job_rows[i], false);
	reading.err = 0;
	reading.bad_third = false;
	rows_end();
}

static void walk_with_few_descriptors(void *ctx)
{
	struct rlimit limit;

	EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = *(rlim_t *)ctx;
	EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	for (size_t i = 0; i < COUNT(job_rows); i++)
		walk_many(job_rows[i], false);
}

static void test_workers_with_few_descriptors(void **state)
{
	static rlim_t rows[] = {16, 24, 33, 64};

	(void)state;
	make_trees(1, 100, 60);
	for (size_t i = 0; i < COUNT(rows); i++)
		in_child(walk_with_few_descriptors, &rows[i]);
	rows_end();
}

/* --------------------------------------------------------------------------------------- depth */

enum { LEVELS = 1200 };

static atomic_uint visited_levels[LEVELS + 1][2];

static char *next_of_deep(void *ctx)
{
	static char operand[] = "d";
	static bool is_done;

	(void)ctx;
	is_done = !is_done;
	return is_done ? operand : NULL;
}

/* Level N has the path "d/d/d..." with N times d, and a file f. */
static enum walk_answer visit_level(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	const char *path = walk_path(e);
	size_t len = strlen(path), level = len / 2;
	bool is_file = path[len - 1] == 'f';

	(void)ctx, (void)ret_traits;
	for (size_t i = 0; i + 1 < len; i++)
		if (path[i] != (i % 2 == 0 ? 'd' : '/'))
			return WALK_PASS;
	if (e->event == WALK_FILE && len % 2 == 1 && level <= LEVELS)
		atomic_fetch_add(&visited_levels[level][is_file], 1);
	return is_file ? WALK_PASS : WALK_ENTER;
}

static void walk_deep(void *ctx)
{
	const struct walk_visitor visitor = {.next = next_of_deep, .visit = visit_level};
	struct rlimit limit;

	EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = 16;
	EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	walk(WALK_OPERAND_LINKS, *(unsigned *)ctx, &visitor, NULL);
	for (size_t i = 0; i < LEVELS; i++)
		if (atomic_load(&visited_levels[i][0]) != 1 ||
			atomic_load(&visited_levels[i + 1][1]) != 1)
			row_wrong("level %zu was not visited once", i);
}

static void test_depth(void **state)
{
	static unsigned jobs[] = {1, 4};
	int fd = AT_FDCWD;

	(void)state;
	memset(&reading, 0, sizeof(reading));
	scratch_enter("d/");
	for (int i = 0; i < LEVELS; i++) {
		int next;

		if (i > 0)
			assert_int_equal(mkdirat(fd, "d", 0700), 0);
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(next >= 0);
		if (fd != AT_FDCWD)
			close(fd);
		fd = next;
		close(openat(fd, "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	}
	close(fd);
	for (size_t i = 0; i < COUNT(jobs); i++)
		in_child(walk_deep, &jobs[i]);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_workers_in_a_flat_directory),
		SCRATCH_TEST(test_workers_in_many_directories),
		SCRATCH_TEST(test_workers_and_operands),
		SCRATCH_TEST(test_no_thread_for_little),
		SCRATCH_TEST(test_workers_and_errors),
		SCRATCH_TEST(test_workers_with_few_descriptors),
		SCRATCH_TEST(test_depth),
	};

	umask(022);
	return cmocka_run_group_tests_name("walk: workers", tests, NULL, NULL);
}
