/*
 * Runs the tests of faults against a chmod:
 *
 *	fault PROGRAM [PATTERN]
 *	fault --valgrind PROGRAM [...]  the same for a program under valgrind
 *
 * PATTERN, with * and ?, chooses tests by name: "GROUP: ... (root)". Every file of tests is one
 * group of cmocka. Needs no privilege; some tests are for root, some need a kernel or a tool that
 * may not be there, and say so when they are skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"
#include "main.h"

struct fault_program fault_program;

/* A user without any rights of its own. */
static const struct run_user nobody = {65534, 65534};

/* The tests of a group. */
struct fault_list {
	const char *group;
	struct fault_test **tests;
	size_t n;
};

static void add_one(
	struct fault_list *list, const struct fault_test *test, bool as_user, const char *name)
{
	struct run_user us = {geteuid(), getegid()};
	bool is_root = geteuid() == 0;
	struct fault_test *copy = malloc(sizeof(*copy));

	list->tests = realloc(list->tests, (list->n + 1) * sizeof(*list->tests));
	if (!copy || !list->tests)
		abort();
	*copy = *test;
	copy->as_user = as_user;
	copy->user = as_user && is_root ? nobody : us;
	copy->drop = as_user && is_root;
	if (asprintf(&copy->name, "%s: %s (%s)", list->group, name, as_user ? "user" : "root") < 0)
		abort();
	if (!as_user)
		copy->users = AS_ROOT;
	list->tests[list->n++] = copy;
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

/* In the order in which they run: from the plain to the long. */
static const struct group {
	const char *name;
	fault_group_fn *fill;
} groups[] = {
	{"refused", fault_refused},
	{"errors", fault_errors},
	{"ways", fault_ways},
	{"proc", fault_proc},
	{"directories", fault_directories},
	{"filesystems", fault_filesystems},
	{"descriptors", fault_descriptors},
	{"memory", fault_memory},
	{"workers", fault_workers},
	{"streams", fault_streams},
	{"names", fault_names},
	{"fakeroot", fault_fakeroot},
	{"deep", fault_deep},
	{"ours", fault_ours},
	{"ours-files0", fault_files0},
	{"ours-mounts", fault_mounts},
	{"ours-progress", fault_progress},
};

static int run_group(const struct group *group)
{
	struct fault_list list = {.group = group->name};
	struct CMUnitTest *units;
	int failed;

	group->fill(&list);
	units = calloc(list.n, sizeof(*units));
	if (!units)
		abort();
	for (size_t i = 0; i < list.n; i++)
		units[i] = (struct CMUnitTest){list.tests[i]->name, fault_test_one, fault_setup,
			fault_teardown, list.tests[i]};
	failed = _cmocka_run_group_tests(group->name, units, list.n, NULL, NULL);
	for (size_t i = 0; i < list.n; i++) {
		free(list.tests[i]->name);
		free(list.tests[i]);
	}
	free(list.tests);
	free(units);
	return failed;
}

/* Whether the program asks for no loader. */
static bool is_static(int fd)
{
	Elf64_Ehdr head;
	Elf64_Phdr part;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head))
		return false;
	for (int i = 0; i < head.e_phnum; i++) {
		off_t at = (off_t)head.e_phoff + i * head.e_phentsize;

		if (pread(fd, &part, sizeof(part), at) != sizeof(part) || part.p_type == PT_INTERP)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	int failed = 0;

	fault_program.is_under_valgrind = argc > 1 && strcmp(argv[1], "--valgrind") == 0;
	argv += fault_program.is_under_valgrind;
	argc -= fault_program.is_under_valgrind;
	if (argc < 2 || argc > 3) {
		fputs("usage: fault [--valgrind] PROGRAM [PATTERN]\n", stderr);
		return 2;
	}
	fault_program.fd = run_open_program(argv[1], &fault_program.path);
	if (fault_program.fd < 0) {
		fprintf(stderr, "fault: %s: %s\n", argv[1], strerror(-fault_program.fd));
		return 2;
	}
	fault_program.is_static = is_static(fault_program.fd);
	umask(0);
	if (argc > 2)
		cmocka_set_test_filter(argv[2]);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		failed += run_group(&groups[i]);
	if (failed)
		fprintf(stderr, "fault: %d tests failed\n", failed);
	return failed > 0;
}
