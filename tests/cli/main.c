/* SPDX-License-Identifier: MIT */
/*
 * Runs the rows against a chmod:
 *
 *	cli PROGRAM [PATTERN]           all must pass; LD_PRELOAD is handed on to the program
 *	cli --old-kernel PROGRAM [...]  the same where the kernel does not know fchmodat2(2)
 *	cli --valgrind PROGRAM [...]    the same for a program under valgrind, which sets argv[0]
 *	cli --host PROGRAM [PATTERN]    GNU's: rows may differ if they say so, and are listed
 *	cli --beside GNUS PROGRAM [...] GNU's and ours give the same output, in six locales
 *
 * PATTERN chooses tests by name, see group.h. A file of rows is a group of cmocka. A row
 * is one test, or two if it is for both users. What tests print that pass goes to stdout alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../support/answer.h"
#include "../support/filter.h"
#include "../support/group.h"
#include "../support/jail.h"
#include "../support/program.h"
#include "beside.h"
#include "cli.h"

/* clang-format off */
/* X(GROUP): one for each rows_GROUP.c, in the order in which they run. */
#define GROUPS                                                                                     \
	X(options) X(modelike) X(modes) X(verbose) X(errors) X(quoting) X(locales) X(catalogs)     \
	X(walk) X(links) X(root) X(output) X(docs) X(kernel) X(scale) X(texts) X(shell) X(ours)    \
	X(first) X(beneath) X(modes0)
/* clang-format on */

#define X(name) extern const struct cli_group cli_##name;
GROUPS
#undef X

struct cli_program cli_program;

/* A user without privileges. */
static const struct run_user nobody = {65534, 65534};

static const char *jail_trouble; /* why there can be no jail */
static bool has_utf8;

/* A test that GNU's program must not pass. */
static struct listed {
	char reason[256];
	char *name;
	size_t order;
} * listed;

static size_t n_listed;

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "cli: %s: %s\n", what, why);
	return 2;
}

/* The version in "chmod (GNU coreutils) 9.1", as 901; -1 if it is none. */
static int gnu_version(const char *line)
{
	static const char start[] = "chmod (GNU coreutils) ";
	int major, minor;

	if (strncmp(line, start, sizeof(start) - 1) != 0 ||
		sscanf(line + sizeof(start) - 1, "%d.%d", &major, &minor) != 2)
		return -1;
	return major * 100 + minor;
}

/* Runs PROGRAM --version, in ROOT if not NULL. */
static int ask_version(const char *root, struct run_result *ret)
{
	char *argv[] = {"chmod", "--version", NULL}, *env[] = {NULL};
	struct run_how how = {.path = cli_program.path,
		.fd = cli_program.fd,
		.argv = argv,
		.env = env,
		.root = root};

	return run(&how, ret);
}

static int look_at_program(const char *name, bool is_host)
{
	struct run_result result;
	int rc;

	cli_program.is_host = is_host;
	cli_program.fd = program_open("cli", name, &cli_program.path, &cli_program.is_static);
	if (cli_program.fd < 0)
		return 2;
	rc = ask_version(NULL, &result);
	if (rc < 0)
		return complain(name, strerror(-rc));
	if (is_host) {
		cli_program.version = gnu_version(result.out);
		if (cli_program.version < 0)
			return complain(name, "is not GNU's chmod");
	}
	run_result_free(&result);
	return 0;
}

/* Tries whether the program starts in a jail. */
static void look_at_jail(void)
{
	struct tree tree;
	struct run_result result;

	jail_trouble = "the program cannot be started in a chroot";
	if (geteuid() != 0)
		jail_trouble = "a chroot needs root";
	else if (tree_make(NULL, 0, 0, &tree) == 0) {
		if (jail_fill(tree.path, cli_program.path, NULL) == 0 &&
			ask_version(tree.path, &result) == 0) {
			/* A sanitizer complains of the missing /proc. */
			if (result.status == 0 && *result.err == '\0')
				jail_trouble = NULL;
			run_result_free(&result);
		}
		tree_remove(&tree);
	}
}

static const char *reason_to_skip(const struct cli_row *row, bool as_user)
{
	bool is_root = geteuid() == 0;

	if (!as_user && !is_root)
		return "is for root";
	if (row->jail && jail_trouble)
		return jail_trouble;
	if (!is_root && tree_needs_root(row->tree))
		return "the tree can only be made by root";
	if (row->argv0 && cli_program.is_under_valgrind)
		return "valgrind sets argv[0]";
	if (row->env && strstr(row->env, "UTF-8") && !has_utf8)
		return "there is no locale C.UTF-8";
	return NULL;
}

static void put_word(FILE *out, const char *word)
{
	fputc(' ', out);
	for (const char *p = word; *p; p++)
		fprintf(out, *p < ' ' || *p > '~' ? "\\%03o" : "%c", (unsigned char)*p);
}

/* "walk 57: -R 755 d (user)": what is no printable ASCII is escaped. */
static char *test_name(const char *group, const struct cli_row *row, bool as_user)
{
	char *name;
	size_t len;
	FILE *out = open_memstream(&name, &len);

	fprintf(out, "%s %d:", group, row->line);
	if (row->name || !row->words)
		put_word(out, row->name ? row->name : row->args);
	for (size_t i = 0; !row->name && row->words && row->words[i]; i++)
		put_word(out, row->words[i]);
	fputs(as_user ? " (user)" : " (root)", out);
	fclose(out);
	return name;
}

/* Adds TEST to those that differ on the host. */
static void list(const struct cli_test *test)
{
	const struct cli_row *row = test->row;
	struct listed *new;

	listed = realloc(listed, (n_listed + 1) * sizeof(*listed));
	if (!listed)
		abort();
	new = &listed[n_listed];
	*new = (struct listed){.name = strdup(test->name), .order = n_listed};
	n_listed++;
	if (row->differs == HOST_TOO_OLD)
		snprintf(new->reason, sizeof(new->reason), "since %d.%d: %s", row->version / 100,
			row->version % 100, row->why);
	else
		snprintf(new->reason, sizeof(new->reason), "departure %s: %s", row->departure,
			row->why);
}

static int compare_listed(const void *a, const void *b)
{
	const struct listed *one = a, *other = b;
	int by_reason = strcmp(one->reason, other->reason);

	return by_reason ? by_reason : (one->order > other->order) - (one->order < other->order);
}

/* Prints the names of the tests that differed as they said, by reasons. */
static void put_differences(void)
{
	if (listed)
		qsort(listed, n_listed, sizeof(*listed), compare_listed);
	printf("\n%zu tests differ on %s %d.%d, as listed:\n", n_listed, cli_program.path,
		cli_program.version / 100, cli_program.version % 100);
	for (size_t i = 0; i < n_listed; i++) {
		if (i == 0 || strcmp(listed[i].reason, listed[i - 1].reason) != 0)
			printf("%s\n", listed[i].reason);
		printf("\t%s\n", listed[i].name);
		free(listed[i].name);
	}
	free(listed);
}

/* Adds the test of ROW, if it is chosen. */
static void add(
	struct test_group *tests, const char *group, const struct cli_row *row, bool as_user)
{
	const struct CMUnitTest unit = {NULL, beside.locale ? beside_test_row : cli_test_row,
		cli_setup, cli_teardown, NULL};
	struct run_user us = {geteuid(), getegid()};
	bool drop = as_user && us.uid == 0;
	char *name = test_name(group, row, as_user);
	struct cli_test *test;

	if (!group_is_chosen(name) || (beside.locale && !beside_takes(row, as_user))) {
		free(name);
		return;
	}
	test = calloc(1, sizeof(*test));
	if (!test)
		abort();
	*test = (struct cli_test){
		.row = row,
		.name = name,
		.as_user = as_user,
		.user = drop ? nobody : us,
		.drop = drop,
		.skip = reason_to_skip(row, as_user),
	};
	if (!test->skip && cli_differs_on(&cli_program, row))
		list(test);
	group_add(tests, &unit, name, test);
}

/* Adds the number of tests to *RET. How many failed. */
static int run_groups(size_t *ret)
{
#define X(name) &cli_##name,
	static const struct cli_group *const groups[] = {GROUPS};
#undef X
	int failed = 0;

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		struct test_group tests = {0};
		char name[64];

		for (size_t i = 0; i < groups[g]->n; i++) {
			const struct cli_row *row = &groups[g]->rows[i];

			if (row->users != AS_USER)
				add(&tests, groups[g]->name, row, false);
			if (row->users != AS_ROOT)
				add(&tests, groups[g]->name, row, true);
		}
		*ret += tests.n;
		snprintf(name, sizeof(name), "%s%s%s", groups[g]->name, beside.locale ? " in " : "",
			beside.locale ? beside.locale : "");
		failed += group_run(&tests, name);
	}
	if (cli_program.is_host)
		put_differences();
	return failed;
}

static int run_all(void)
{
	size_t n = 0;
	int failed = 0;

	if (!beside.host.is_host)
		failed = run_groups(&n);
	for (size_t i = 0; beside.host.is_host && i < BESIDE_LOCALES; i++) {
		beside_begin(beside_locales[i]);
		failed += run_groups(&n);
		beside_end();
	}
	fprintf(stderr, "cli: %d of %zu tests failed\n", failed, n);
	/* With --beside a group may have no row that both programs pass. */
	return failed > 0 || (n == 0 && !beside.host.is_host);
}

/* From now on fchmodat2(2) is unknown to this process and all that it starts. */
static bool forget_fchmodat2(void)
{
	return answer_call(SYS_fchmodat2, SECCOMP_RET_ERRNO | ENOSYS) &&
	       syscall(SYS_fchmodat2, -1, "", 0, ~0U) != 0 && errno == ENOSYS;
}

int main(int argc, char **argv)
{
	bool is_host = argc > 1 && strcmp(argv[1], "--host") == 0;
	bool is_old = argc > 1 && strcmp(argv[1], "--old-kernel") == 0;
	bool is_beside = argc > 2 && strcmp(argv[1], "--beside") == 0;
	bool has_option;
	int rc;

	cli_program.is_under_valgrind = argc > 1 && strcmp(argv[1], "--valgrind") == 0;
	has_option = is_host || is_old || cli_program.is_under_valgrind;
	argv += has_option + 2 * is_beside;
	argc -= has_option + 2 * is_beside;
	if (argc < 2 || argc > 3)
		return complain("usage", "cli [--host | --old-kernel | --valgrind | --beside GNUS] "
					 "PROGRAM [PATTERN]");
	if (is_old && !forget_fchmodat2())
		return complain("fchmodat2", "cannot be taken away");
	if (argc > 2)
		group_choose(argv[2]);
	umask(0);
	has_utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
	setlocale(LC_CTYPE, "C");
	if (is_beside) {
		rc = look_at_program(argv[0], true);
		if (rc)
			return rc;
		beside.host = cli_program;
		cli_program.version = 0;
	}
	rc = look_at_program(argv[1], is_host);
	if (rc)
		return rc;
	look_at_jail();
	return run_all();
}
