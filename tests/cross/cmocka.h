/* SPDX-License-Identifier: MIT */
/*
 * As much of cmocka as tests/model needs, for processors that no package of cmocka is there for.
 * The sums are lines as tests/run-tests reads them.
 */
#ifndef TESTS_CROSS_CMOCKA_H
#define TESTS_CROSS_CMOCKA_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*test)(void **state);
};

/* Where the group goes on after a failure. */
static jmp_buf cmocka_failed;

static inline int cmocka_run(const struct CMUnitTest *tests, size_t n)
{
	volatile size_t failed = 0;

	for (volatile size_t i = 0; i < n; i++) {
		if (setjmp(cmocka_failed) == 0) {
			tests[i].test(NULL);
			continue;
		}
		printf("[  FAILED  ] %s\n", tests[i].name);
		failed++;
	}
	printf("[  PASSED  ] %zu test(s).\n", n - failed);
	if (failed > 0)
		printf("[  FAILED  ] %zu test(s)\n", failed);
	return (int)failed;
}

static inline void cmocka_check(int ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	printf("%s:%d: %s\n", file, line, what);
	longjmp(cmocka_failed, 1);
}

#define CMOCKA_CHECK(ok, what) cmocka_check(ok, what, __FILE__, __LINE__)

/* clang-format off */
#define cmocka_unit_test(fn) {#fn, fn}
/* clang-format on */
#define cmocka_run_group_tests_name(name, tests, setup, teardown)                                  \
	cmocka_run(tests, sizeof(tests) / sizeof((tests)[0]))

/* All tests are run here. */
#define cmocka_set_test_filter(pattern) ((void)(pattern))

#define print_message(...)        printf(__VA_ARGS__)
#define print_error(...)          printf(__VA_ARGS__)
#define fail_msg(...)             (printf(__VA_ARGS__), CMOCKA_CHECK(0, ""))
#define assert_true(ok)           CMOCKA_CHECK((ok) ? 1 : 0, #ok)
#define assert_false(ok)          CMOCKA_CHECK((ok) ? 0 : 1, "not " #ok)
#define assert_non_null(p)        CMOCKA_CHECK((p) != NULL, #p)
#define assert_int_equal(a, b)    CMOCKA_CHECK((a) == (b), #a " == " #b)
#define assert_ptr_equal(a, b)    CMOCKA_CHECK((a) == (b), #a " == " #b)
#define assert_string_equal(a, b) CMOCKA_CHECK(strcmp(a, b) == 0, #a " is " #b)

#endif
