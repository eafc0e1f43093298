/* SPDX-License-Identifier: MIT */
/*
 * listing: the order of GNU's tools (SPEC.md 5.1), however the entries are read, and what happens
 * to names when there is no memory.
 *
 * Link with --wrap= of calloc, malloc, realloc, sys_read_dir, sys_sorts_by_inode.
 */
#include "listing.h"

#include <stdlib.h>
#include <string.h>

#include "made_up.h"
#include "no_memory.h"
#include "rows.h"

#define EXPECT(condition)                                                                          \
	((condition) ? (void)0                                                                     \
		     : row_wrong("%s:%d: it is not so that %s", __FILE__, __LINE__, #condition))

enum { FD = 1234, THRESHOLD = 10000, BATCH = 100000, MOST = 2 * BATCH + 20000 };

static struct made_up dir;
static bool sorts_by_inode;
static unsigned sort_calls;
/* If not 0: so many entries with names of one byte and falling inode numbers are read, not DIR. */
static unsigned shortest;

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size);
bool __wrap_sys_sorts_by_inode(int fd);

static ssize_t read_shortest(char *buf, size_t size)
{
	struct {
		uint64_t ino;
		int64_t off;
		unsigned short len;
		unsigned char type;
		char name[5];
	} raw = {.type = DT_REG};
	size_t len = 0;

	for (; shortest > 1 && size - len >= sizeof(raw); len += sizeof(raw)) {
		raw.ino = --shortest;
		raw.len = sizeof(raw);
		sprintf(raw.name, "%u", shortest % 10);
		memcpy(buf + len, &raw, sizeof(raw));
	}
	return (ssize_t)len;
}

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size)
{
	if (fd != FD || size < 4096)
		row_wrong("a read of %d into %zu bytes", fd, size);
	if (shortest > 0)
		return read_shortest(buf, size);
	return made_up_read(&dir, buf, size);
}

bool __wrap_sys_sorts_by_inode(int fd)
{
	sort_calls++;
	return fd == FD && sorts_by_inode;
}

/* ----------------------------------------------------------------------------- the order of GNU */

static int compare_inos(const void *a, const void *b)
{
	unsigned i = *(const unsigned *)a, k = *(const unsigned *)b;
	uint64_t x = made_up_ino(&dir, i), y = made_up_ino(&dir, k);

	return x != y ? (x < y ? -1 : 1) : i < k ? -1 : i > k;
}

/* The numbers of the entries in their order. */
static const unsigned *expected_order(bool is_sorted)
{
	static unsigned order[MOST];

	for (unsigned i = 0; i < dir.count; i++)
		order[i] = i;
	if (!is_sorted || dir.count <= THRESHOLD)
		return order;
	for (unsigned at = 0; at < dir.count; at += BATCH) {
		unsigned count = dir.count - at < BATCH ? dir.count - at : BATCH;

		if (count > THRESHOLD)
			qsort(order + at, count, sizeof(*order), compare_inos);
	}
	return order;
}

/* --------------------------------------------------------------------------------- ways to read */

static struct names_pool pool;

/* The numbers of the entries that were taken. */
static unsigned got[MOST + 1], got_count;

/* Takes COUNT entries from *AT on, or as many as there are. */
static void take(const struct names *names, size_t *at, unsigned count)
{
	struct entry entry;

	while (count-- > 0 && names_next(names, at, names_end(names), &entry)) {
		unsigned i = made_up_number(entry.name);
		char name[100];

		made_up_name(i, name);
		if (got_count == MOST || strcmp(name, entry.name) != 0 ||
			entry.type != made_up_type(i)) {
			row_wrong("entry %u is %s, type %d", got_count, entry.name, entry.type);
			return;
		}
		got[got_count++] = i;
	}
}

/* A batch at a time, each into memory of its own. */
static bool read_batches(struct listing *listing)
{
	struct names *names = NULL;
	size_t at = 0;

	do {
		struct names *next = names_new(&pool);

		if (next == NULL || (names != NULL && !names_append(next, names, at))) {
			names_unref(&pool, next);
			names_unref(&pool, names);
			return false;
		}
		names_unref(&pool, names);
		names = next;
		listing_read(listing, FD, names);
		at = 0;
		take(names, &at, MOST);
	} while (!listing->at_end);
	names_unref(&pool, names);
	return true;
}

/* TAKEN entries, and then all the rest at once. */
static bool read_rest(struct listing *listing, unsigned taken)
{
	struct names *names = names_new(&pool), *rest;
	size_t at = 0;

	if (names == NULL)
		return false;
	listing_read(listing, FD, names);
	take(names, &at, taken);
	rest = names_new(&pool);
	if (rest == NULL || !names_append(rest, names, at)) {
		names_unref(&pool, rest);
		names_unref(&pool, names);
		return false;
	}
	names_unref(&pool, names);
	while (!listing->at_end)
		listing_read(listing, FD, rest);
	at = 0;
	take(rest, &at, MOST);
	names_unref(&pool, rest);
	return true;
}

/* Reads by one of several methods. False: no memory, which LISTING does not record. */
static bool read_by(unsigned method, struct listing *listing)
{
	made_up_rewind(&dir);
	got_count = sort_calls = 0;
	switch (method) {
	case 0: return read_batches(listing);
	case 1: return read_rest(listing, 0);
	case 2: return read_rest(listing, 7);
	case 3: return read_rest(listing, MOST);
	default: return read_rest(listing, dir.count / 2);
	}
}

enum { WAYS = 5 };

static void check_order(bool is_sorted, bool sorts_always)
{
	const unsigned *expected = expected_order(is_sorted);

	for (unsigned method = 0; method < WAYS; method++) {
		struct listing listing = {.sorts_always = sorts_always};
		unsigned wrong = 0;

		EXPECT(read_by(method, &listing));
		while (wrong < got_count && wrong < dir.count && got[wrong] == expected[wrong])
			wrong++;
		if (got_count != dir.count || wrong != dir.count)
			row_wrong("%u entries, method %u, sorted %d: %u entries, wrong from %u on",
				dir.count, method, is_sorted, got_count, wrong);
		EXPECT(listing.at_end && listing.err == -dir.err);
		EXPECT(listing.has_entries == (dir.count > 0 || dir.dots != NO_DOTS));
		EXPECT(sort_calls == (dir.count > THRESHOLD && !sorts_always));
	}
}

static void test_order(void **state)
{
	static const unsigned counts[] = {0, 1, 2, 500, THRESHOLD - 1, THRESHOLD, THRESHOLD + 1,
		BATCH - 1, BATCH, BATCH + 1, BATCH + 500, BATCH + THRESHOLD, BATCH + THRESHOLD + 1,
		2 * BATCH, 2 * BATCH + THRESHOLD + 5};

	(void)state;
	names_pool_init(&pool);
	for (size_t i = 0; i < COUNT(counts); i++) {
		dir = (struct made_up){.count = counts[i], .dots = 0, .most = 32 * 1024};
		sorts_by_inode = true;
		check_order(true, false);
		sorts_by_inode = false;
		check_order(false, false);
		check_order(true, true);
	}
	names_pool_free(&pool);
	rows_end();
}

/* . and .. are no entries, wherever they come. How much a call reads makes no difference. */
static void test_dots_and_reads(void **state)
{
	static const unsigned counts[] = {0, 3, THRESHOLD, THRESHOLD + 1, BATCH, BATCH + 1};
	static const size_t sizes[] = {5000, 4096, 0};

	(void)state;
	names_pool_init(&pool);
	sorts_by_inode = true;
	for (size_t i = 0; i < COUNT(counts); i++) {
		const int dots[] = {NO_DOTS, 0, 1, (int)counts[i] / 2, (int)counts[i]};

		/* Many take long to make. */
		size_t size_count = counts[i] < BATCH ? COUNT(sizes) : 1;

		for (size_t k = 0; k < COUNT(dots) * size_count; k++) {
			dir = (struct made_up){.count = counts[i],
				.dots = dots[k % COUNT(dots)] <= (int)counts[i]
						? dots[k % COUNT(dots)]
						: NO_DOTS,
				.most = sizes[k / COUNT(dots)]};
			check_order(true, false);
		}
	}
	names_pool_free(&pool);
	rows_end();
}

static uint64_t all_equal(unsigned i)
{
	return i - i;
}

static uint64_t backwards(unsigned i)
{
	return MOST - i;
}

/* Each number has one byte that is not 0, at one of the eight places. */
static uint64_t one_byte(unsigned i)
{
	return (uint64_t)(i * 37 & 0xff) << i % 8 * 8;
}

static uint64_t highest_bytes(unsigned i)
{
	return ~((uint64_t)(i % 300) << 55);
}

static uint64_t lowest_bit(unsigned i)
{
	return 4 + i % 2;
}

static uint64_t second_first(unsigned i)
{
	return i == 1 ? 5 : 500;
}

/* Entries with equal numbers, such as hard links, stay in their order. */
static void test_inode_numbers(void **state)
{
	uint64_t (*const inos[])(unsigned) = {
		all_equal, backwards, one_byte, highest_bytes, lowest_bit, second_first};

	(void)state;
	names_pool_init(&pool);
	sorts_by_inode = true;
	for (size_t i = 0; i < COUNT(inos); i++) {
		dir = (struct made_up){.count = BATCH + THRESHOLD + 1, .dots = 1, .ino = inos[i]};
		check_order(true, false);
	}
	names_pool_free(&pool);
	rows_end();
}

/* Names of one byte take the least memory: they must still be found to be enough to be sorted. */
static void test_shortest_names(void **state)
{
	struct listing listing = {.err = 0};
	struct names *names;
	struct entry entry;
	size_t at = 0;
	unsigned i = 0;

	(void)state;
	names_pool_init(&pool);
	sorts_by_inode = true;
	shortest = THRESHOLD + 2;
	names = names_new(&pool);
	listing_read(&listing, FD, names);
	for (; names_next(names, &at, names_end(names), &entry); i++)
		EXPECT(atoi(entry.name) == (int)(i + 1) % 10);
	EXPECT(i == THRESHOLD + 1 && listing.at_end && listing.kind == LISTING_SORTED);
	names_unref(&pool, names);
	shortest = 0;
	names_pool_free(&pool);
	rows_end();
}

/* ------------------------------------------------------------------------------------ failures */

/* The entries that could be read come before the error. A directory that is gone just ends. */
static void test_read_errors(void **state)
{
	static const unsigned counts[] = {0, 1, 700, THRESHOLD + 1, BATCH, BATCH + 3};

	(void)state;
	names_pool_init(&pool);
	sorts_by_inode = true;
	for (size_t i = 0; i < COUNT(counts); i++) {
		dir = (struct made_up){.count = counts[i], .dots = NO_DOTS, .err = EIO};
		check_order(true, false);
		for (unsigned method = 0; method < WAYS; method++) {
			struct listing listing = {.err = 0};

			dir.err = ENOENT;
			EXPECT(read_by(method, &listing));
			EXPECT(listing.at_end && listing.err == 0 && got_count == dir.count);
			dir.err = EIO;
		}
	}
	names_pool_free(&pool);
	rows_end();
}

/* Whether the first COUNT entries were taken, in any order, and no others. */
static bool are_the_first(unsigned count)
{
	static unsigned char seen[MOST];
	bool is_so = true;

	memset(seen, 0, sizeof(seen));
	for (unsigned i = 0; i < count; i++) {
		is_so &= got[i] < count && seen[got[i]] == 0;
		seen[got[i]] = 1;
	}
	return is_so;
}

/* Nothing is lost in silence, and nothing comes twice. */
static void test_no_memory(void **state)
{
	static const unsigned counts[] = {
		3, 5000, THRESHOLD + 1, BATCH + 10, BATCH + THRESHOLD + 1};
	unsigned method = 0, done = 0;

	(void)state;
	sorts_by_inode = true;
	for (size_t i = 0; i < COUNT(counts) * 2; i++) {
		dir = (struct made_up){.count = counts[i / 2], .dots = 2, .most = 32 * 1024};
		for (method = 0; method < WAYS; method++) {
			for (int good = 0, failed = 1; failed > 0; good++) {
				struct listing listing = {.err = 0};
				bool has_ended;

				names_pool_init(&pool);
				memory_limit(good, i % 2);
				has_ended = read_by(method, &listing);
				failed = (int)memory_unlimit();
				names_pool_free(&pool);
				done++;
				if ((has_ended && !are_the_first(got_count)) ||
					(got_count < dir.count && has_ended &&
						listing.err != -ENOMEM) ||
					(failed == 0 && got_count < dir.count))
					row_wrong("%u entries, method %u, %d allocations: %u "
						  "entries, "
						  "errno %d",
						dir.count, method, good, got_count, -listing.err);
				/* If one block could not be had, reading need not end. */
				if (i % 2 == 0 && good > 2 && has_ended && listing.err != 0 &&
					got_count == 0)
					row_wrong("%u entries, method %u, %d allocations: nothing",
						dir.count, method, good);
			}
		}
	}
	assert_true(done > 100);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_dots_and_reads),
		cmocka_unit_test(test_inode_numbers),
		cmocka_unit_test(test_shortest_names),
		cmocka_unit_test(test_read_errors),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
