/* SPDX-License-Identifier: MIT */
/*
 * cli: what a run of the program cannot show, such as how much memory it takes. tests/cli tests
 * what command lines mean.
 *
 * Link with --wrap=malloc.
 */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "captured.h"
#include "rows.h"

static bool malloc_fails;
static size_t malloc_given; /* bytes, in all */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

/* Is put after the memory that malloc() gave last, and must still be there later. */
static const char canary[8] = "canary";
static char *malloc_end;

static void check_canary(void)
{
	if (malloc_end != NULL && memcmp(malloc_end, canary, sizeof(canary)) != 0)
		row_wrong("something is written past the end of memory");
}

void *__wrap_malloc(size_t size)
{
	char *memory = malloc_fails ? NULL : __real_malloc(size + sizeof(canary));

	check_canary();
	if (memory == NULL)
		return NULL;
	malloc_given += size;
	malloc_end = memory + size;
	memcpy(malloc_end, canary, sizeof(canary));
	return memory;
}

/* Before Linux 5.18, execve(2) could start a program without argv[0]. */
static void test_no_argv0(void **state)
{
	char *argv[] = {NULL, NULL};
	static struct captured c;
	struct cli cli;

	(void)state;
	captured_init(&c, "chmod", APART);
	assert_int_equal(cli_parse(&cli, 0, argv, &c.report), CLI_USAGE_ERROR);
	assert_string_equal(captured_err(&c),
		"chmod: missing operand\nTry 'chmod --help' for more information.\n");
	cli_free(&cli);
	captured_free(&c);
}

/* Each byte of a mode is copied a few times at most, even if there are many modes. */
static void test_many_modes(void **state)
{
	enum { MODES = 10000 };
	static char *argv[1 + MODES + 2], program[] = "chmod", mode[] = "-w,+x", file[] = "f";
	static struct captured c;
	struct cli cli;

	(void)state;
	argv[0] = program;
	for (size_t i = 1; i <= MODES; i++)
		argv[i] = mode;
	argv[1 + MODES] = file;
	captured_init(&c, "chmod", APART);
	malloc_given = 0;
	assert_int_equal(cli_parse(&cli, 1 + MODES + 1, argv, &c.report), CLI_RUN);
	assert_int_equal(strlen(cli.mode), MODES * sizeof(mode) - 1);
	for (size_t i = 0; i < MODES; i++)
		if (strncmp(cli.mode + i * sizeof(mode), i + 1 < MODES ? "-w,+x," : "-w,+x",
			    sizeof(mode)) != 0)
			row_wrong("mode %zu is another", i);
	assert_in_range(malloc_given, 0, 8 * MODES * sizeof(mode));
	malloc_end = NULL;
	cli_free(&cli);
	captured_finish(&c);
	captured_free(&c);
	rows_end();
}

/* Three modes, of any length, have the memory that they need together. */
static void test_lengths_of_modes(void **state)
{
	enum { MOST = 24 };
	static const char rights[] = "-rwxrwxrwxrwxrwxrwxrwxrwx";

	(void)state;
	for (int i = 0; i < MOST * MOST * MOST; i++) {
		const int lens[] = {1 + i % MOST, 1 + i / MOST % MOST, 1 + i / MOST / MOST};
		char modes[3][MOST + 2], expected[3 * (MOST + 2)], program[] = "chmod", f[] = "f";
		char *argv[] = {program, modes[0], modes[1], modes[2], f, NULL};
		static struct captured c;
		struct cli cli;

		for (int k = 0; k < 3; k++)
			sprintf(modes[k], "%.*s", 1 + lens[k], rights);
		sprintf(expected, "%s,%s,%s", modes[0], modes[1], modes[2]);
		captured_init(&c, "chmod", APART);
		assert_int_equal(cli_parse(&cli, 5, argv, &c.report), CLI_RUN);
		if (strcmp(cli.mode, expected) != 0)
			row_wrong("%s: the modes are \"%s\"", expected, cli.mode);
		check_canary();
		malloc_end = NULL;
		cli_free(&cli);
		captured_finish(&c);
		captured_free(&c);
	}
	rows_end();
}

/* The usual command line needs no memory, and operands are not copied. */
static void test_no_memory(void **state)
{
	char program[] = "chmod", mode[] = "-w", f[] = "f", g[] = "g";
	char *argv[] = {program, mode, f, g, NULL};
	static struct captured c;
	struct cli cli;

	(void)state;
	captured_init(&c, "chmod", APART);
	malloc_fails = true;
	assert_int_equal(cli_parse(&cli, 4, argv, &c.report), CLI_RUN);
	malloc_fails = false;
	assert_ptr_equal(cli.mode, mode);
	assert_ptr_equal(cli.operands, argv + 1);
	assert_ptr_equal(cli.operands[0], f);
	assert_ptr_equal(cli.operands[1], g);
	assert_int_equal(cli.operand_count, 2);
	cli_free(&cli);
	captured_finish(&c);
	captured_free(&c);
}

/* An option sets one thing. If it set something else as well, most runs would not show it. */
static void test_one_thing_each(void **state)
{
	static const char *const options[] = {"-R", "-f", "-n", "--preserve-root",
		"--skip-unchanged", "--one-file-system", "--progress"};

	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		char program[] = "chmod", option[32], mode[] = "755", f[] = "f";
		char *argv[] = {program, option, mode, f, NULL};
		static struct captured c;
		struct cli cli;

		strcpy(option, options[i]);
		captured_init(&c, "chmod", APART);
		assert_int_equal(cli_parse(&cli, 4, argv, &c.report), CLI_RUN);
		const bool got[] = {cli.recursive, cli.quiet, cli.dry_run, cli.preserve_root,
			cli.skip_unchanged, cli.one_file_system, cli.progress};
		for (size_t k = 0; k < COUNT(got); k++)
			if (got[k] != (k == i))
				row_wrong("%s: field %zu is %d", options[i], k, got[k]);
		cli_free(&cli);
		captured_finish(&c);
		captured_free(&c);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_argv0),
		cmocka_unit_test(test_many_modes),
		cmocka_unit_test(test_lengths_of_modes),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_one_thing_each),
	};

	unsetenv("POSIXLY_CORRECT");
	setenv("LC_ALL", "C", 1);
	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
