/* SPDX-License-Identifier: MIT */
/* What the tests share: they run the program, and compare a count with its budget. */
#include "../support/cmocka.h"
#include "../support/fchmodat2.h"
#include "count.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void count_needs_root(void)
{
	if (geteuid() != 0)
		count_skip("is for root");
}

void count_needs_fchmodat2(void)
{
	if (!has_fchmodat2())
		count_skip("there is no fchmodat2 here");
}

void count_run(const struct count_how *how, struct count *ret)
{
	int rc = count_try(how, ret);

	if (rc == -EPERM || rc == -ENOSYS || rc == -EACCES)
		count_skip("ptrace(2) or seccomp(2) is not to be had here");
	if (rc < 0)
		fail_msg("cannot run %s %s: %s", count_program.path, how->args, strerror(-rc));
	if (ret->status != 0 || ret->err[0] != '\0')
		fail_msg("%s: status %d, stderr: %s", how->args, ret->status, ret->err);
}

void count_at_most(const char *what, double seen, double budget, const char *detail)
{
	if (count_program.shows)
		print_message(
			"  %s: %.7g, budget %.7g (%s)\n", what, seen, budget, detail ? detail : "");
	if (seen > budget)
		fail_msg("%s: %.7g, but the budget is %.7g: %s", what, seen, budget,
			detail ? detail : "");
}
