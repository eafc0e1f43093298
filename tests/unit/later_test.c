/* SPDX-License-Identifier: MIT */
/*
 * later: directories come the deepest first, whoever was added first.
 *
 * Link with --wrap=malloc.
 */
#include "later.h"

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

static const struct stat st = {.st_dev = 3, .st_ino = 5};

static void add(struct later *later, const char *name, mode_t mode)
{
	struct later_dir *dir = later_new(name, &st, mode);

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

static void test_no_memory(void **state)
{
	struct later_dir *dir;

	(void)state;
	has_no_memory = true;
	dir = later_new("d", &st, 0);
	has_no_memory = false;
	assert_null(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
