/* SPDX-License-Identifier: MIT */
/*
 * tests/support/guard.h: nothing but trees can be changed. A broken chmod could harm the machine.
 */
#include "../support/guard.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rows.h"

enum { GUARDED, NOT_GUARDED, NOT_WRITABLE };

/* Gives DIR the mode that it has: if DIR is not guarded, only its ctime changes. */
static bool refuses_modes(const char *dir)
{
	struct stat st;

	return stat(dir, &st) != 0 || (chmod(dir, st.st_mode & 07777) != 0 && errno == EROFS);
}

/* As root in mounts of its own. */
static int try_to_harm(void)
{
	char path[4096];

	guard_machine();
	guard_machine();
	if (!refuses_modes("/") || !refuses_modes("/dev") || !refuses_modes("/etc"))
		return NOT_GUARDED;
	if (snprintf(path, sizeof(path), "%s/chmod-test.XXXXXX", guard_tmp()) < 0 ||
		mkdtemp(path) == NULL || rmdir(path) != 0)
		return NOT_WRITABLE;
	return GUARDED;
}

static void test_guard(void **state)
{
	pid_t pid;
	int status;

	(void)state;
	if (geteuid() != 0)
		SKIP_TEST("nobody but root could do harm");
	pid = fork();
	if (pid == 0)
		_exit(try_to_harm());
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), GUARDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guard),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
