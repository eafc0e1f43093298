/* SPDX-License-Identifier: MIT */
/*
 * modespec: without memory, and what a failure leaves as it was. All else is tested by tests/model.
 *
 * Link with --wrap=calloc.
 */
#include "modespec.h"

#include <errno.h>
#include <string.h>

#include "rows.h"

static bool calloc_fails;
static size_t calloc_calls;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
	calloc_calls++;
	return calloc_fails ? NULL : __real_calloc(count, size);
}

/* Compiles SPEC without memory. The result must be EXPECTED. */
static void check(const char *spec, int expected)
{
	struct modespec m, untouched;
	int err;

	memset(&m, 0x5a, sizeof(m));
	memset(&untouched, 0x5a, sizeof(m));
	calloc_calls = 0;
	calloc_fails = true;
	err = modespec_compile(&m, spec, NULL);
	calloc_fails = false;
	if (err != expected)
		row_wrong("\"%s\": %d, expected %d", spec, err, expected);
	if (calloc_calls != (expected == -ENOMEM))
		row_wrong("\"%s\": %zu allocations", spec, calloc_calls);
	if (err != 0 && memcmp(&m, &untouched, sizeof(m)) != 0)
		row_wrong("\"%s\": *RET was written to", spec);
	if (err == 0)
		modespec_free(&m);
}

/* Up to six actions need no memory. */
static void test_without_memory(void **state)
{
	static const char *const shorts[] = {"755", "00000000000755", "u+x", "=rw",
		"+-=+-=", "u=rwx,g=rx,o=", "u+r,u+w,u+x,g+r,g+w,g+x", "u+r+w+x-r-w-x"};
	static const char *const longs[] = {"+-=+-=+", "u+r,u+w,u+x,g+r,g+w,g+x,o+r",
		"+r+r+r+r+r+r=0", "u+r,u+w,a+x-r-w-x+rwx"};
	static const char *const wrong[] = {"", "u+z", "755,", "10000"};

	(void)state;
	for (size_t i = 0; i < COUNT(shorts); i++)
		check(shorts[i], 0);
	for (size_t i = 0; i < COUNT(longs); i++)
		check(longs[i], -ENOMEM);
	for (size_t i = 0; i < COUNT(wrong); i++)
		check(wrong[i], -EINVAL);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_without_memory)};

	return cmocka_run_group_tests_name("modespec", tests, NULL, NULL);
}
