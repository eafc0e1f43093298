/* SPDX-License-Identifier: MIT */
/*
 * Counts the system calls, threads and memory of a chmod, and compares them with its budgets:
 *
 *	count PROGRAM [--long] [--show] [PATTERN]
 *
 * --long: the tests with a million files, instead of the others; they take about a minute and half
 * a gigabyte of the kernel's memory. --show: prints what was measured. PATTERN, with * and ?,
 * chooses tests by name. Budgets of the static program are skipped for the dynamic one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/cmocka.h"
#include "../support/program.h"
#include "count.h"

struct count_program count_program;

static int usage(void)
{
	fputs("usage: count PROGRAM [--long] [--show] [PATTERN]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	bool is_long = false;
	int failed;

	if (argc < 2)
		return usage();
	count_program.fd =
		program_open("count", argv[1], &count_program.path, &count_program.is_static);
	if (count_program.fd < 0)
		return 2;
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--long") == 0)
			is_long = true;
		else if (strcmp(argv[i], "--show") == 0)
			count_program.shows = true;
		else if (i == argc - 1 && argv[i][0] != '-')
			cmocka_set_test_filter(argv[i]);
		else
			return usage();
	}
	umask(022);
	if (is_long)
		failed = count_group_million();
	else
		failed = count_group_start() + count_group_rows() + count_group_many();
	close(count_program.fd);
	return failed != 0;
}
