/* SPDX-License-Identifier: MIT */
/*
 * names: positions in them, halves, and the memory that they share.
 *
 * Link with --wrap= of calloc, malloc, realloc, sys_read_dir, sys_sorts_by_inode.
 */
#include "listing.h"

#include "made_up.h"
#include "no_memory.h"
#include "rows.h"

#define EXPECT(condition)                                                                          \
	((condition) ? (void)0                                                                     \
		     : row_wrong("%s:%d: it is not so that %s", __FILE__, __LINE__, #condition))

enum { LARGE = 10001 };

static struct made_up dir;
static struct names_pool pool;

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size);
bool __wrap_sys_sorts_by_inode(int fd);

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size)
{
	(void)fd;
	return made_up_read(&dir, buf, size);
}

bool __wrap_sys_sorts_by_inode(int fd)
{
	return fd >= 0;
}

/* COUNT entries, read to their end; more than 10,000 are sorted. */
static struct names *read_names(unsigned count, int dots)
{
	struct names *names = names_new(&pool);
	struct listing listing = {.err = 0};

	assert_non_null(names);
	dir = (struct made_up){.count = count, .dots = dots};
	made_up_rewind(&dir);
	while (!listing.at_end)
		listing_read(&listing, 3, names);
	assert_int_equal(listing.err, 0);
	assert_int_equal(names->order != NULL, count >= LARGE);
	return names;
}

/* Counts the entries between two positions one by one, with a sum of their contents in *RET_SUM. */
static unsigned walk_places(const struct names *names, size_t at, size_t end, uint64_t *ret_sum)
{
	struct entry entry;
	unsigned count = 0;

	*ret_sum = 0;
	for (; names_next(names, &at, end, &entry); count++)
		*ret_sum = *ret_sum * 31 + made_up_number(entry.name);
	EXPECT(at == end);
	return count;
}

/* -------------------------------------------------------------------------------------- halves */

/* Halves names between AT and END down to single entries. Returns how many there were. */
static unsigned halve(const struct names *names, size_t at, size_t end, unsigned depth)
{
	size_t middle = names_middle(names, at, end);
	struct entry entry;
	size_t next = at;
	uint64_t sum;

	EXPECT(at <= middle && middle < end && depth < 64);
	if (middle == at) {
		/* A single entry, or . or .. */
		bool is_entry = names_next(names, &next, end, &entry);

		EXPECT(next == end && walk_places(names, at, end, &sum) == is_entry);
		return is_entry;
	}
	return halve(names, at, middle, depth + 1) + halve(names, middle, end, depth + 1);
}

static void test_middle(void **state)
{
	static const unsigned counts[] = {1, 2, 3, 4, 5, 31, 1000, LARGE};

	(void)state;
	names_pool_init(&pool);
	for (size_t i = 0; i < 2 * COUNT(counts); i++) {
		unsigned count = counts[i / 2], first;
		struct names *names = read_names(count, i % 2 == 0 ? 0 : NO_DOTS);
		size_t middle = names_middle(names, 0, names_end(names));
		uint64_t sum;

		EXPECT(halve(names, 0, names_end(names), 0) == count);
		/* The first part is about a half, as names are of similar lengths. */
		first = walk_places(names, 0, middle, &sum);
		if (count > 3 && (first < count / 4 || first > count - count / 4))
			row_wrong("%u of %u entries are in the first half", first, count);
		names_unref(&pool, names);
	}
	names_pool_free(&pool);
	rows_end();
}

/* A guess from the size, or the exact number. It is 0 only if there are no names. */
static void test_count(void **state)
{
	static const unsigned counts[] = {1, 2, 100, 5000, LARGE};

	(void)state;
	names_pool_init(&pool);
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct names *names = read_names(counts[i], NO_DOTS);
		size_t end = names_end(names), guess = names_count(names, 0, end);

		if (names->order != NULL ? guess != counts[i]
					 : guess < counts[i] / 2 || guess > 3 * (size_t)counts[i])
			row_wrong("%u entries are counted as %zu", counts[i], guess);
		EXPECT(names_count(names, end, end) == 0);
		EXPECT(guess > 0);
		names_unref(&pool, names);
	}
	names_pool_free(&pool);
	rows_end();
}

/* -------------------------------------------------------------------------------------- memory */

/* The names that are left stay the same, and take no more memory than they need. */
static void test_shrink(void **state)
{
	(void)state;
	names_pool_init(&pool);
	for (unsigned left = 0; left < 200; left += left < 5 ? 1 : 39) {
		struct names *names = read_names(200, 0);
		size_t at = 0, end = names_end(names), size = names->size;
		uint64_t sum, expected;
		struct entry entry;

		for (unsigned i = left; i < 200; i++)
			EXPECT(names_next(names, &at, end, &entry));
		if (left > 50)
			end = names_middle(names, at, end);
		walk_places(names, at, end, &expected);
		names_shrink(&pool, &names, &at, &end);
		EXPECT(names->size < size / 2 && names->size == end - at);
		walk_places(names, at, end, &sum);
		EXPECT(sum == expected);
		EXPECT(pool.count == 1);
		names_unref(&pool, names);
		/* The small block is not kept in the pool. */
		EXPECT(pool.count == 1);
	}
	names_pool_free(&pool);
	rows_end();
}

/* Names do not shrink if they are shared, large, sorted or not complete, or without memory. */
static void test_no_shrink(void **state)
{
	enum { SHARED, TOO_LARGE, SORTED, NO_MEMORY, MORE };

	(void)state;
	names_pool_init(&pool);
	for (int why = SHARED; why <= (int)MORE; why++) {
		struct names *names = read_names(why == TOO_LARGE ? 5000
						 : why == SORTED  ? LARGE
								  : 100,
			0);
		struct names *before = names;
		size_t at = names_middle(names, 0, names_end(names)), end = names_end(names);
		const size_t at_before = at, end_before = end;

		if (why == SHARED)
			names_ref(names);
		if (why == MORE)
			names->batch_end = end = at;
		memory_limit(why == NO_MEMORY ? 0 : -1, true);
		names_shrink(&pool, &names, &at, &end);
		memory_unlimit();
		EXPECT(names == before && at == at_before);
		EXPECT(end == (why == MORE ? at_before : end_before));
		if (why == SHARED)
			names_unref(&pool, names);
		names_unref(&pool, names);
	}
	names_pool_free(&pool);
	rows_end();
}

/* Blocks are used again for other directories, but only a few are kept, and no large ones. */
static void test_pool(void **state)
{
	enum { MANY = 40 };
	struct names *all[MANY], *again;

	(void)state;
	names_pool_init(&pool);
	names_unref(&pool, NULL);
	for (int i = 0; i < MANY; i++)
		all[i] = read_names(10, 0);
	for (int i = 0; i < MANY; i++)
		names_unref(&pool, all[i]);
	EXPECT(pool.count > 0 && pool.count < MANY);
	memory_limit(0, true);
	again = names_new(&pool);
	EXPECT(again != NULL && memory_unlimit() == 0);
	EXPECT(names_end(again) == 0 && again->order == NULL && again->live == NULL);
	/* It can be shared as well. */
	EXPECT(names_ref(again) == again);
	names_unref(&pool, again);
	EXPECT(names_end(again) == 0);
	names_unref(&pool, again);
	names_pool_free(&pool);

	names_pool_init(&pool);
	names_unref(&pool, read_names(5000, 0));
	names_unref(&pool, read_names(LARGE, 0));
	EXPECT(pool.count == 0 && pool.spares == NULL);
	names_pool_free(&pool);
	rows_end();
}

/* The batches in memory are counted. One that is not shared does not count for its own user. */
static void test_live(void **state)
{
	struct names *one, *two;
	atomic_uint live = 0, other = 0;

	(void)state;
	names_pool_init(&pool);
	one = read_names(3, 0);
	two = read_names(3, 0);
	names_count_in(one, &live);
	EXPECT(names_live_beside(NULL, &live) == 1);
	EXPECT(names_live_beside(one, &live) == 0);
	EXPECT(names_live_beside(two, &live) == 1);
	names_count_in(two, &live);
	EXPECT(names_live_beside(two, &live) == 1);
	EXPECT(names_live_beside(one, &other) == 0);
	/* It is shared. */
	names_ref(one);
	EXPECT(names_live_beside(one, &live) == 2);
	names_unref(&pool, one);
	EXPECT(names_live_beside(NULL, &live) == 2);
	names_unref(&pool, one);
	EXPECT(names_live_beside(NULL, &live) == 1);
	names_unref(&pool, two);
	EXPECT(names_live_beside(NULL, &live) == 0);
	/* The next names in the same block are not counted. */
	names_unref(&pool, read_names(3, 0));
	EXPECT(names_live_beside(NULL, &live) == 0);
	names_pool_free(&pool);
	rows_end();
}

/* Appends to names, which may have been sorted. Without memory they stay as they were. */
static void test_append(void **state)
{
	static const unsigned counts[] = {1, 300, LARGE};

	(void)state;
	names_pool_init(&pool);
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct names *from = read_names(counts[i], 0), *to;
		size_t at = names_middle(from, 0, names_end(from));
		uint64_t sum, expected;
		unsigned count = walk_places(from, at, names_end(from), &expected);

		to = names_new(&pool);
		memory_limit(0, true);
		if (!names_append(to, from, at))
			EXPECT(names_end(to) == 0 && memory_unlimit() > 0);
		else
			EXPECT(memory_unlimit() == 0 && counts[i] < LARGE);
		names_unref(&pool, to);
		to = names_new(&pool);
		EXPECT(names_append(to, from, at));
		names_unref(&pool, from);
		EXPECT(walk_places(to, 0, names_end(to), &sum) == count && sum == expected);
		names_unref(&pool, to);
	}
	names_pool_free(&pool);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_middle),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_shrink),
		cmocka_unit_test(test_no_shrink),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_append),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
