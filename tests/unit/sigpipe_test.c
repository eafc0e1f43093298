/* SPDX-License-Identifier: MIT */
/*
 * sigpipe: the signal is held back once, whatever its action was, and ends the program only if that
 * was its action.
 *
 * Link with --wrap=sigaction.
 */
#include "sigpipe.h"

#include <signal.h>

#include "../support/cmocka.h"

static unsigned calls;

int __real_sigaction(int signum, const struct sigaction *act, struct sigaction *old);
int __wrap_sigaction(int signum, const struct sigaction *act, struct sigaction *old);

int __wrap_sigaction(int signum, const struct sigaction *act, struct sigaction *old)
{
	calls++;
	return __real_sigaction(signum, act, old);
}

static void set(void (*handler)(int))
{
	const struct sigaction action = {.sa_handler = handler};

	assert_int_equal(__real_sigaction(SIGPIPE, &action, NULL), 0);
}

/* Some walks hold it back for each directory: that must cost no further calls. */
static void test_once(void **state)
{
	void (*const before[])(int) = {SIG_DFL, SIG_IGN};

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		struct sigpipe s = {.is_held = false};

		set(before[i]);
		calls = 0;
		sigpipe_hold(&s);
		sigpipe_hold(&s);
		sigpipe_hold(&s);
		assert_int_equal(calls, 1);
		assert_int_equal(s.is_held, before[i] == SIG_DFL);
		set(SIG_DFL);
	}
}

static void test_ignored_does_not_end(void **state)
{
	struct sigpipe s = {.is_held = false};

	(void)state;
	set(SIG_IGN);
	sigpipe_hold(&s);
	sigpipe_end_program(&s);
	set(SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_ignored_does_not_end),
	};

	return cmocka_run_group_tests_name("sigpipe", tests, NULL, NULL);
}
