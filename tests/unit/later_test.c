/* SPDX-License-Identifier: MIT */
/*
 * later: the deepest directories come first, in whatever order they were added, and directories are
 * recognized.
 *
 * Link with --wrap=malloc, --wrap=sys_identify.
 */
#include "later.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

static bool has_no_memory;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
	return has_no_memory ? NULL : __real_malloc(size);
}

static struct sys_birth birth; /* of every file */

int __wrap_sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth);

int __wrap_sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth)
{
	(void)ret;
	if (fd < 0)
		return -EBADF;
	*ret_birth = birth;
	return 0;
}

static const struct stat st = {.st_dev = 3, .st_ino = 5};

static void add(struct later *later, const char *name, mode_t mode)
{
	struct later_dir *dir = later_new(name, &st, -1, mode);

	assert_non_null(dir);
	later_add(later, dir);
}

static void test_order(void **state)
{
	static const char *const sorted[] = {
		"a//b/c/", "a/b/c", "/a/b", "a/b", "a/c/", "b/", "a", "b", "//", "/"};
	enum { N = sizeof(sorted) / sizeof(sorted[0]) };
	/* By parts first, then by name. */
	static const size_t depths[N] = {3, 3, 2, 2, 2, 1, 1, 1, 0, 0};
	const char *expected[N] = {
		"a//b/c/", "a/b/c", "/a/b", "a/b", "a/c/", "a", "b", "b/", "/", "//"};

	(void)state;
	for (size_t step = 1; step < N; step += 2) {
		struct later later;
		const struct later_dir *dir;
		size_t i = 0;

		if (step == 5)
			continue; /* not every name would be added */
		later_init(&later);
		for (size_t n = 0; n < N; n++)
			add(&later, sorted[n * step % N], 0100);
		later_sort(&later);
		for (dir = later.first; dir != NULL && i < N; dir = dir->next, i++)
			if (strcmp(dir->name, expected[i]) != 0 || dir->depth != depths[i])
				row_wrong("%zu: %s", i, dir->name);
		if (dir != NULL || i != N)
			row_wrong("%zu directories", i);
		later_free(&later);
	}
	rows_end();
}

static void test_depth(void **state)
{
	static const struct {
		const char *name;
		size_t depth;
	} rows[] = {{".", 0}, {"./", 0}, {"/.//./", 0}, {"./a", 1}, {"a/./b/.", 2}, {"..", 1},
		{".a/b./...", 3}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct later_dir *dir = later_new(rows[i].name, &st, -1, 0);

		assert_non_null(dir);
		if (dir->depth != rows[i].depth)
			row_wrong("%s: %zu", rows[i].name, dir->depth);
		free(dir);
	}
	rows_end();
}

/* One that was added several times keeps that order. */
static void test_repeated(void **state)
{
	static const mode_t modes[] = {0500, 0, 0100, 0400, 0};
	const struct later_dir *dir;
	struct later later;
	size_t i = 0;

	(void)state;
	later_init(&later);
	for (; i < sizeof(modes) / sizeof(modes[0]); i++)
		add(&later, "d", modes[i]);
	later_sort(&later);
	for (dir = later.first, i = 0; dir != NULL; dir = dir->next, i++)
		assert_int_equal(dir->mode, modes[i]);
	assert_int_equal(i, sizeof(modes) / sizeof(modes[0]));
	later_free(&later);
}

static void test_many(void **state)
{
	enum { N = 10000, PRIME = 7919 };
	struct later later;
	char name[16], last[16] = "";
	size_t count = 0;

	(void)state;
	later_init(&later);
	later_sort(&later);
	assert_null(later.first);
	for (unsigned i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "d%05u", i * PRIME % N);
		add(&later, name, i % 8);
	}
	later_sort(&later);
	for (const struct later_dir *dir = later.first; dir != NULL; dir = dir->next, count++) {
		if (strcmp(last, dir->name) >= 0 || dir->dev != st.st_dev || dir->ino != st.st_ino)
			row_wrong("%s after %s", dir->name, last);
		strcpy(last, dir->name);
	}
	assert_int_equal(count, N);
	later_free(&later);
	assert_null(later.first);
	rows_end();
}

/* A directory is recognized by its numbers, and its time of birth if that is known. */
static void test_is(void **state)
{
	static const struct sys_birth births[] = {{true, 7, 8}, {true, 7, 9}, {true, 6, 8}};
	static const struct stat others[] = {
		{.st_dev = 3, .st_ino = 4}, {.st_dev = 2, .st_ino = 5}};
	enum { PIN = 9, NONE = -1 };
	struct later_dir *dir, *unknown = later_new("d", &st, NONE, 0);

	(void)state;
	birth = births[0];
	dir = later_new("d", &st, PIN, 0);
	assert_non_null(dir);
	assert_non_null(unknown);
	for (size_t i = 0; i < sizeof(births) / sizeof(births[0]); i++) {
		birth = births[i];
		if (later_is(dir, &st, PIN) != (i == 0) || !later_is(unknown, &st, PIN))
			row_wrong("birth %zu", i);
	}
	birth = births[0];
	assert_true(later_is(dir, &st, NONE));
	assert_false(later_is(dir, &others[0], PIN));
	assert_false(later_is(dir, &others[1], PIN));
	free(dir);
	free(unknown);
	rows_end();
}

static void test_no_memory(void **state)
{
	struct later_dir *dir;

	(void)state;
	has_no_memory = true;
	dir = later_new("d", &st, -1, 0);
	has_no_memory = false;
	assert_null(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_is),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
