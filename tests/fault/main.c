/* SPDX-License-Identifier: MIT */
/*
 * Runs the tests of faults, or of storage, against a chmod:
 *
 *	fault PROGRAM [PATTERN]
 *	fault --valgrind PROGRAM [...]    the same for a program under valgrind
 *	fault --qemu CPU PROGRAM [...]    the same for one of another processor, see cross/
 *	storage --seconds N PROGRAM [...] each storm lasts N seconds
 *
 * PATTERN chooses tests by name, see group.h: "GROUP: ... (root)". Every file of tests is a group
 * of cmocka. No privilege is needed, but tests that are for root, or need a kernel or a tool that
 * is not there, are skipped with a reason.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/group.h"
#include "../support/program.h"
#include "fault.h"
#include "main.h"

struct fault_program fault_program;

/* A user without privileges. */
static const struct run_user nobody = {65534, 65534};

/* The tests of a group. */
struct fault_list {
	const char *group;
	struct test_group tests;
};

static void add_one(
	struct fault_list *list, const struct fault_test *test, bool as_user, const char *name)
{
	static const struct CMUnitTest unit = {
		NULL, fault_test_one, fault_setup, fault_teardown, NULL};
	struct run_user us = {geteuid(), getegid()};
	bool is_root = geteuid() == 0;
	struct fault_test *copy = malloc(sizeof(*copy));

	if (!copy)
		abort();
	*copy = *test;
	copy->as_user = as_user;
	copy->user = as_user && is_root ? nobody : us;
	copy->drop = as_user && is_root;
	if (asprintf(&copy->name, "%s: %s (%s)", list->group, name, as_user ? "user" : "root") < 0)
		abort();
	if (!as_user)
		copy->users = AS_ROOT;
	group_add(&list->tests, &unit, copy->name, copy);
}

void fault_add(struct fault_list *list, const struct fault_test *test, const char *format, ...)
{
	va_list args;
	char *name;

	va_start(args, format);
	if (vasprintf(&name, format, args) < 0)
		abort();
	va_end(args);
	if (test->users != AS_USER)
		add_one(list, test, false, name);
	if (test->users != AS_ROOT)
		add_one(list, test, true, name);
	free(name);
}

static int run_group(const struct fault_group *group)
{
	struct fault_list list = {.group = group->name};

	group->fill(&list);
	return group_run(&list.tests, group->name);
}

/* Reads the options before the program. How many words they are. */
static int take_options(int argc, char **argv)
{
	int at = 1;

	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--valgrind") == 0)
			fault_program.is_under_valgrind = true;
		else if (strcmp(argv[at], "--qemu") == 0 && at + 1 < argc)
			fault_program.qemu = argv[++at];
		else if (strcmp(argv[at], "--seconds") == 0 && at + 1 < argc)
			fault_program.seconds = (unsigned)strtoul(argv[++at], NULL, 10);
		else
			return argc;
	}
	return at - 1;
}

int main(int argc, char **argv)
{
	int failed = 0, options = take_options(argc, argv);

	argv += options;
	argc -= options;
	if (argc < 2 || argc > 3) {
		fputs("usage: fault [--valgrind | --qemu CPU] [--seconds N] PROGRAM [PATTERN]\n",
			stderr);
		return 2;
	}
	fault_program.fd =
		program_open("fault", argv[1], &fault_program.path, &fault_program.is_static);
	if (fault_program.fd < 0)
		return 2;
	umask(0);
	if (argc > 2)
		group_choose(argv[2]);
	for (const struct fault_group *group = fault_groups; group->name; group++)
		failed += run_group(group);
	if (failed)
		fprintf(stderr, "fault: %d tests failed\n", failed);
	return failed > 0;
}
