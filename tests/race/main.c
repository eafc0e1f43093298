/* SPDX-License-Identifier: MIT */
/*
 * Runs the rows against a chmod:
 *
 *	race PROGRAM [PATTERN]                 all must pass
 *	race --host PROGRAM [PATTERN]          GNU's program: shows that rows can fail
 *	race PROGRAM --free-run SECONDS        swaps without pause instead, see free_run.c
 *
 * PATTERN chooses tests by name, see group.h. A file of rows is a group of cmocka. A row is a
 * test for each of its specs, each method and each prefix.
 */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/group.h"
#include "../support/program.h"
#include "race.h"

/* X(GROUP): one for each rows_GROUP.c, in the order in which they run. */
#define GROUPS                                                                                     \
	X(files)                                                                                   \
	X(directories)                                                                             \
	X(last) X(first) X(moves) X(workers) X(operands) X(links) X(beneath) X(modes0)

#define X(name) extern const struct race_group race_##name;
GROUPS
#undef X

struct race_machine race_machine;

/*
 * Words before those of the row; every row is run with each. The number of workers is always given,
 * because to the program a call that is held looks like slow storage.
 */
static const struct prefix {
	const char *words;
	bool by_several;
} prefixes[] = {{"-j 1 ", false}, {"-j 4 ", true}};

enum { PREFIXES = sizeof(prefixes) / sizeof(prefixes[0]) };

static const char *trouble; /* why nothing can be held here */

/* ------------------------------------------------------------------------------ the machine */

/* For dl_iterate_phdr(): the C library that we run with, which the program has as well. */
static int note_libc(struct dl_phdr_info *info, size_t size, void *ctx)
{
	const char *slash = strrchr(info->dlpi_name, '/');

	(void)size;
	(void)ctx;
	if (!slash || (strncmp(slash, "/libc.", 6) != 0 && strncmp(slash, "/ld-musl", 8) != 0))
		return 0;
	race_machine.libc = strdup(info->dlpi_name);
	return 1;
}

static int do_nothing(void *ctx)
{
	(void)ctx;
	return 0;
}

static int look_at_machine(const char *program)
{
	static const struct run_user nobody = {65534, 65534};
	int fd, err;

	fd = program_open("race", program, &race_machine.program, &race_machine.is_static);
	if (fd < 0)
		return 2;
	close(fd);
	dl_iterate_phdr(note_libc, NULL);
	race_machine.attacker = (struct run_user){geteuid(), getegid()};
	if (geteuid() == 0 && run_as(&nobody, do_nothing, NULL) == 0) {
		race_machine.two_users = true;
		race_machine.attacker = nobody;
	}
	printf("The program runs as user %u, files are swapped by user %u%s.\n", geteuid(),
		race_machine.attacker.uid,
		race_machine.two_users ? "" : ": both the same, for we are not root");
	err = hold_works(race_machine.program);
	if (filter_is_missing(err) &&
		asprintf((char **)&trouble, "no seccomp user notification here: %s",
			strerror(-err)) < 0)
		abort();
	return 0;
}

/* ------------------------------------------------------------------------------- the tests */

static const char *reason_to_skip(const struct race_row *row, enum race_method method)
{
	if (trouble)
		return trouble;
	if (row->users == RACE_TWO_USERS && !race_machine.two_users)
		return "takes root and another user";
	return race_method_trouble(method);
}

/* "files 57: before its first look: -R 755 top [procfd]" */
static char *test_name(const char *group, const struct race_test *test)
{
	const char *args = test->row->args, *spec = strstr(args, "SPEC");
	char *name;

	if (asprintf(&name, "%s %d: %s: %s%.*s%s%s [%s]", group, test->row->line, test->row->name,
		    test->prefix, (int)(spec - args), args, test->run->spec, spec + strlen("SPEC"),
		    race_method_name(test->method)) < 0)
		abort();
	return name;
}

static void add(struct test_group *tests, const char *group, const struct race_test *made)
{
	static const struct CMUnitTest unit = {NULL, race_test, race_setup, race_teardown, NULL};
	struct race_test *test = malloc(sizeof(*test));

	if (!test)
		abort();
	*test = *made;
	test->skip = reason_to_skip(test->row, test->method);
	test->name = test_name(group, test);
	group_add(tests, &unit, test->name, test);
}

static bool suits(const struct race_group *group, const struct race_row *row,
	enum race_method method, const struct prefix *prefix)
{
	if (row->not_methods & RACE_BIT(method))
		return false;
	if (!prefix->by_several)
		return group->workers != RACE_SEVERAL;
	/* The first differs only in how the program finds out; the second is a last resort. */
	if (method == RACE_PROCFD_EPERM || method == RACE_NAME)
		return false;
	return race_machine.crowd.path && group->workers != RACE_ONE &&
	       strcmp(row->args, "-R SPEC top") == 0;
}

static void add_row(
	struct test_group *tests, const struct race_group *group, const struct race_row *row)
{
	size_t methods = race_machine.is_host ? 1 : RACE_METHODS;

	for (size_t method = 0; method < methods; method++) {
		for (size_t i = 0; i < PREFIXES * RACE_RUNS; i++) {
			const struct prefix *prefix = &prefixes[i / RACE_RUNS];
			struct race_test test = {
				.row = row,
				.run = &row->runs[i % RACE_RUNS],
				.method = (enum race_method)method,
				.prefix = race_machine.is_host ? "" : prefix->words,
				.by_several = prefix->by_several,
			};

			if (test.run->spec && suits(group, row, test.method, prefix))
				add(tests, group->name, &test);
		}
	}
}

static int run_group(const struct race_group *group)
{
	struct test_group tests = {0};

	for (size_t i = 0; i < group->n; i++)
		add_row(&tests, group, &group->rows[i]);
	return group_run(&tests, group->name);
}

/* Makes the directory that gets several workers to work. 0, or 2 and a message. */
static int make_crowd(void)
{
	enum { ENTRIES = 2700 };
	size_t len;
	int rc = 0;
	char *text;
	FILE *out = open_memstream(&text, &len);

	fputs("./ 755", out);
	for (int i = 0; i < ENTRIES; i++)
		fprintf(out, ", %d -> .", i);
	fclose(out);
	race_machine.crowd = (struct tree){.fd = -1};
	if (!race_machine.is_host)
		rc = tree_make(text, geteuid(), getegid(), &race_machine.crowd);
	free(text);
	if (rc < 0)
		fprintf(stderr, "race: no tree: %s\n", strerror(-rc));
	return rc < 0 ? 2 : 0;
}

static int usage(void)
{
	fputs("usage: race [--host] PROGRAM [PATTERN | --free-run SECONDS]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
#define X(name) &race_##name,
	static const struct race_group *const groups[] = {GROUPS};
#undef X
	int at = 1, failed = 0;
	unsigned seconds = 0;

	if (at < argc && strcmp(argv[at], "--host") == 0) {
		race_machine.is_host = true;
		at++;
	}
	if (at == argc)
		return usage();
	if (argc == at + 3 && strcmp(argv[at + 1], "--free-run") == 0)
		seconds = (unsigned)strtoul(argv[at + 2], NULL, 10);
	else if (argc == at + 2)
		group_choose(argv[at + 1]);
	else if (argc > at + 1)
		return usage();
	if (look_at_machine(argv[at]) != 0 || make_crowd() != 0)
		return 2;
	fflush(stdout);
	if (seconds > 0)
		failed = race_free_run(seconds);
	for (size_t i = 0; seconds == 0 && i < sizeof(groups) / sizeof(groups[0]); i++)
		failed += run_group(groups[i]);
	if (race_machine.crowd.path)
		tree_remove(&race_machine.crowd);
	return failed > 0;
}
