/* SPDX-License-Identifier: MIT */
/*
 * The part of cmocka that the tests need, for processors for which there is no package of cmocka.
 * It prints its sums as tests/run-tests reads them. Weak variables let each source of a program
 * include this header, and share them.
 */
#ifndef TESTS_CROSS_CMOCKA_H
#define TESTS_CROSS_CMOCKA_H

#include <fnmatch.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CMOCKA_SHARED __attribute__((weak))

struct CMUnitTest {
	const char *name;
	void (*test_func)(void **state);
	int (*setup_func)(void **state);
	int (*teardown_func)(void **state);
	void *initial_state;
};

enum cmocka_end { CMOCKA_PASSED, CMOCKA_FAILED, CMOCKA_SKIPPED, CMOCKA_ENDS };

/* Where a failed or skipped test returns to. */
CMOCKA_SHARED jmp_buf cmocka_leave;
CMOCKA_SHARED const char *cmocka_filter;

static inline void cmocka_set_test_filter(const char *pattern)
{
	cmocka_filter = pattern;
}

static inline enum cmocka_end cmocka_run_one(const struct CMUnitTest *test)
{
	void *state = test->initial_state;
	volatile int end;

	if (test->setup_func && test->setup_func(&state) != 0)
		return CMOCKA_FAILED;
	end = setjmp(cmocka_leave);
	if (end == CMOCKA_PASSED)
		test->test_func(&state);
	if (test->teardown_func && test->teardown_func(&state) != 0)
		end = CMOCKA_FAILED;
	return (enum cmocka_end)end;
}

static inline int _cmocka_run_group_tests(const char *group, const struct CMUnitTest *tests,
	size_t n, int (*setup)(void **state), int (*teardown)(void **state))
{
	static const char *const names[CMOCKA_ENDS] = {"  PASSED  ", "  FAILED  ", "  SKIPPED "};
	size_t ends[CMOCKA_ENDS] = {0};
	void *state = NULL;

	if (setup && setup(&state) != 0) {
		printf("[  FAILED  ] %s\n[  FAILED  ] %zu test(s)\n", group, n);
		return (int)n;
	}
	for (size_t i = 0; i < n; i++) {
		struct CMUnitTest test = tests[i];
		enum cmocka_end end;

		if (cmocka_filter && fnmatch(cmocka_filter, test.name, 0) != 0)
			continue;
		if (!test.initial_state)
			test.initial_state = state;
		end = cmocka_run_one(&test);
		if (end != CMOCKA_PASSED)
			printf("[%s] %s\n", names[end], test.name);
		fflush(stdout);
		ends[end]++;
	}
	if (teardown && teardown(&state) != 0)
		printf("[  FAILED  ] %s: what was set up\n", group);
	for (size_t i = 0; i < CMOCKA_ENDS; i++)
		printf("[%s] %zu test(s)%s\n", names[i], ends[i], i == CMOCKA_PASSED ? "." : "");
	return (int)ends[CMOCKA_FAILED];
}

__attribute__((noreturn)) static inline void _fail(const char *file, int line)
{
	printf("%s:%d: failed\n", file, line);
	longjmp(cmocka_leave, CMOCKA_FAILED);
}

static inline void cmocka_check(int ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	printf("%s\n", what);
	_fail(file, line);
}

#define CMOCKA_CHECK(ok, what) cmocka_check(ok, what, __FILE__, __LINE__)

/* clang-format off */
#define cmocka_unit_test(fn) {#fn, fn, NULL, NULL, NULL}
#define cmocka_unit_test_setup(fn, up) {#fn, fn, up, NULL, NULL}
#define cmocka_unit_test_teardown(fn, down) {#fn, fn, NULL, down, NULL}
/* clang-format on */
#define cmocka_run_group_tests_name(name, tests, setup, teardown)                                  \
	_cmocka_run_group_tests(name, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
	cmocka_run_group_tests_name(#tests, tests, setup, teardown)

#define print_message(...)         printf(__VA_ARGS__)
#define print_error(...)           printf(__VA_ARGS__)
#define vprint_error(format, args) vprintf(format, args)
#define fail()                     _fail(__FILE__, __LINE__)
#define fail_msg(...)              (printf(__VA_ARGS__), puts(""), fail())
#define skip()                     longjmp(cmocka_leave, CMOCKA_SKIPPED)
#define assert_true(ok)            CMOCKA_CHECK((ok) ? 1 : 0, #ok)
#define assert_false(ok)           CMOCKA_CHECK((ok) ? 0 : 1, "not " #ok)
#define assert_non_null(p)         CMOCKA_CHECK((p) != NULL, #p)
#define assert_null(p)             CMOCKA_CHECK((p) == NULL, #p " is NULL")
#define assert_int_equal(a, b)     CMOCKA_CHECK((uintmax_t)(a) == (uintmax_t)(b), #a " == " #b)
#define assert_ptr_equal(a, b)     CMOCKA_CHECK((a) == (b), #a " == " #b)
#define assert_in_range(n, low, high)                                                              \
	CMOCKA_CHECK((uintmax_t)(n) - (uintmax_t)(low) <= (uintmax_t)(high) - (uintmax_t)(low),    \
		#n " is in " #low " to " #high)
#define assert_string_equal(a, b) CMOCKA_CHECK(strcmp(a, b) == 0, #a " is " #b)

#endif
