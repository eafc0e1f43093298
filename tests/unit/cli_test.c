/*
 * cli against the rules of SPEC.md 1: what becomes of a command line, and what is said of a wrong
 * one. Link with --wrap=malloc and --wrap=realloc.
 */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

#include "captured.h"
#include "cli_rows.h"
#include "rows.h"

#define TRY "Try 'chmod --help' for more information.\n"

enum { MAX_ELEMENTS = 16, MAX_TEXT = 512 };

static bool malloc_fails;
static size_t malloc_given; /* bytes, in all */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

void *__wrap_malloc(size_t size)
{
	malloc_given += size;
	return malloc_fails ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return malloc_fails ? NULL : __real_realloc(p, size);
}

/* A command line that was parsed. */
struct parsed {
	char memory[MAX_TEXT]; /* of the elements */
	char *argv[MAX_ELEMENTS + 2];
	int argc;
	struct cli cli;
	struct captured captured;
	enum cli_outcome outcome;
};

/* Parses LINE as the arguments of PROGRAM; its elements are separated by blanks, '' is empty. */
static void parse_as(struct parsed *p, const char *program, const char *line)
{
	static char name[64];

	strcpy(name, program);
	strcpy(p->memory, line);
	p->argv[0] = name;
	p->argc = 1;
	for (char *e = strtok(p->memory, " "); e != NULL; e = strtok(NULL, " ")) {
		assert_true(p->argc < MAX_ELEMENTS);
		if (strcmp(e, "''") == 0)
			*e = '\0';
		p->argv[p->argc++] = e;
	}
	p->argv[p->argc] = NULL;
	captured_init(&p->captured, name, APART);
	memset(&p->cli, 0xa5, sizeof(p->cli));
	p->outcome = cli_parse(&p->cli, p->argc, p->argv, &p->captured.report);
}

static void parse(struct parsed *p, const char *line)
{
	parse_as(p, "chmod", line);
}

static void parsed_free(struct parsed *p)
{
	cli_free(&p->cli);
	captured_free(&p->captured);
}

/* What CLI asks for, in words; good until the next call. */
static const char *described(const struct cli *cli)
{
	static const char *const verbosities[] = {"", "changes ", "verbose "};
	static const char *const walks[] = {"walk=none ", "", "walk=all "};
	static const char *const changes[] = {"", "change=none ", "change=all "};
	static char text[2 * MAX_TEXT];
	char *at = text;

	at += sprintf(at, "%s%s%s%s%s%s", verbosities[cli->verbosity], cli->quiet ? "quiet " : "",
		cli->recursive ? "recursive " : "", cli->preserve_root ? "preserve-root " : "",
		walks[cli->walk_links], changes[cli->apply_links]);
	at += sprintf(at, "%s%s%s%s", cli->dry_run ? "dry-run " : "",
		cli->skip_unchanged ? "skip-unchanged " : "",
		cli->one_file_system ? "one-file-system " : "", cli->progress ? "progress " : "");
	for (size_t i = 0; i < cli->excludes.count; i++)
		at += sprintf(at, "%s%s%s", i == 0 ? "exclude=" : ",", cli->excludes.items[i],
			i + 1 == cli->excludes.count ? " " : "");
	if (cli->jobs != 0)
		at += sprintf(at, "jobs=%u ", cli->jobs);
	if (cli->reference != NULL)
		at += sprintf(at, "reference=%s ", cli->reference);
	if (cli->files0_from != NULL)
		at += sprintf(at, "files0-from=%s ", cli->files0_from);
	if (cli->mode != NULL)
		at += sprintf(
			at, "%s=%s ", cli->mode_is_option ? "option-mode" : "mode", cli->mode);
	at += sprintf(at, "files=");
	for (size_t i = 0; i < cli->operand_count; i++)
		at += sprintf(at, "%s%s", i > 0 ? " " : "", cli->operands[i]);
	return text;
}

static void expect_text(const char *line, const char *what, const char *got, const char *expected)
{
	if (strcmp(got, expected) != 0)
		row_wrong("chmod %s: %s [%s], expected [%s]", line, what, got, expected);
}

/* MEANS: what is asked for, or a message if it is wrong, after which comes MORE. */
static void check_line(const char *line, const char *means, const char *more)
{
	bool is_right = strstr(means, "files=") != NULL;
	static struct parsed p;
	char err[2 * MAX_TEXT];

	parse(&p, line);
	sprintf(err, "chmod: %s\n%s", means, more);
	if (p.outcome != (is_right ? CLI_RUN : CLI_WRONG))
		row_wrong("chmod %s: outcome %d", line, (int)p.outcome);
	else if (is_right)
		expect_text(line, "means", described(&p.cli), means);
	expect_text(line, "stderr", captured_err(&p.captured), is_right ? "" : err);
	if (captured_finish(&p.captured) != !is_right)
		row_wrong("chmod %s: exit status is not %d", line, !is_right);
	expect_text(line, "stdout", captured_out(&p.captured), "");
	parsed_free(&p);
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(line_rows); i++)
		check_line(line_rows[i].line, line_rows[i].means, TRY);
	rows_end();
}

static void test_errors_that_no_help_helps(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(other_error_rows); i++)
		check_line(other_error_rows[i].line, other_error_rows[i].means, "");
	rows_end();
}

static void test_operands_from_a_file_and_the_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(files0_rows); i++)
		check_line(files0_rows[i].line, files0_rows[i].means,
			"file operands cannot be combined with --files0-from\n" TRY);
	rows_end();
}

/* Set is enough, whatever the value. */
static void test_posixly_correct(void **state)
{
	(void)state;
	for (int empty = 0; empty < 2; empty++) {
		setenv("POSIXLY_CORRECT", empty ? "" : "1", 1);
		for (size_t i = 0; i < COUNT(posix_rows); i++)
			check_line(posix_rows[i].line, posix_rows[i].means, TRY);
	}
	unsetenv("POSIXLY_CORRECT");
	rows_end();
}

static void test_help_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(helped_rows); i++) {
		const char *line = helped_rows[i];
		bool is_help = strstr(line, "--hel") != NULL;
		static struct parsed p;

		parse(&p, line);
		if (p.outcome != CLI_HELPED)
			row_wrong("chmod %s: outcome %d", line, (int)p.outcome);
		if (captured_finish(&p.captured) != 0)
			row_wrong("chmod %s: exit status", line);
		expect_text(line, "stderr", captured_err(&p.captured), "");
		if (strncmp(captured_out(&p.captured), is_help ? "Usage: " : "chmod (", 7) != 0)
			row_wrong("chmod %s: stdout [%.50s]", line, captured_out(&p.captured));
		parsed_free(&p);
	}
	rows_end();
}

/* ------------------------------------------------------------------------------- abbreviations */

/* GNU's options in GNU's order, and a line that means the same; NULL: an answer at once. */
static const struct {
	const char *name, *means;
} gnu_options[] = {
	{"changes", "changes mode=755 files=f"},
	{"dereference", "change=all mode=755 files=f"},
	{"recursive", "recursive mode=755 files=f"},
	{"no-dereference", "change=none mode=755 files=f"},
	{"no-preserve-root", "mode=755 files=f"},
	{"preserve-root", "preserve-root mode=755 files=f"},
	{"quiet", "quiet mode=755 files=f"},
	{"reference", "reference=755 files=f"},
	{"silent", "quiet mode=755 files=f"},
	{"verbose", "verbose mode=755 files=f"},
	{"help", NULL},
	{"version", NULL},
};

/* Whether option I may be written as PREFIX by itself; else the message goes to MESSAGE. */
static bool may_be_written(size_t i, const char *prefix, char *message)
{
	size_t count = 0;
	int len = sprintf(message, "option '--%s' is ambiguous; possibilities:", prefix);

	for (size_t k = 0; k < COUNT(gnu_options); k++) {
		if (strncmp(gnu_options[k].name, prefix, strlen(prefix)) != 0)
			continue;
		len += sprintf(message + len, " '--%s'", gnu_options[k].name);
		count++;
	}
	return count == 1 || strcmp(gnu_options[i].name, prefix) == 0;
}

/* Every beginning of each of GNU's options; the options that GNU lacks are in nobody's way. */
static void test_every_abbreviation(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(gnu_options); i++) {
		for (size_t len = 1; len <= strlen(gnu_options[i].name); len++) {
			char prefix[32], line[64], message[MAX_TEXT];

			sprintf(prefix, "%.*s", (int)len, gnu_options[i].name);
			sprintf(line, "--%s 755 f", prefix);
			if (!may_be_written(i, prefix, message)) {
				check_line(line, message, TRY);
			} else if (gnu_options[i].means != NULL) {
				check_line(line, gnu_options[i].means, TRY);
			} else {
				static struct parsed p;
				parse(&p, line);
				if (p.outcome != CLI_HELPED)
					row_wrong("chmod %s: outcome %d", line, (int)p.outcome);
				parsed_free(&p);
			}
		}
	}
	rows_end();
}

/* The options that GNU lacks are never abbreviated. */
static void test_own_options_are_written_out(void **state)
{
	static const char *const beginnings[] = {"j", "jo", "job", "e", "excl", "o", "one", "fi",
		"files", "dr", "pro", "sk", "jobss"};

	(void)state;
	for (size_t i = 0; i < COUNT(beginnings); i++) {
		char line[64], message[64];

		sprintf(line, "--%s 755 f", beginnings[i]);
		sprintf(message, "unrecognized option '--%s'", beginnings[i]);
		check_line(line, message, TRY);
	}
	rows_end();
}

/* ------------------------------------------------------------------------------------ the rest */

/* Every letter that may begin a mode makes its element one; every other is an option or wrong. */
static void test_every_letter(void **state)
{
	(void)state;
	for (int c = '!'; c <= '~'; c++) {
		char line[64], expected[64];

		if (c == '-' || strchr("RcfvhHLPnj", c) != NULL)
			continue;
		sprintf(line, "-%c f", c);
		if (strchr("rwxXstugoa,+=01234567", c) != NULL)
			sprintf(expected, "option-mode=-%c files=f", c);
		else
			sprintf(expected, "invalid option -- '%c'", c);
		check_line(line, expected, TRY);
	}
	rows_end();
}

static void test_program_is_named_as_it_was_called(void **state)
{
	static struct parsed p;

	(void)state;
	parse_as(&p, "/usr/bin/chmod", "-z");
	assert_string_equal(captured_err(&p.captured),
		"/usr/bin/chmod: invalid option -- 'z'\n"
		"Try '/usr/bin/chmod --help' for more information.\n");
	parsed_free(&p);
	/* libtool's additions go, but not where getopt_long(3) speaks */
	parse_as(&p, "/b/.libs/lt-chmod", "");
	assert_string_equal(captured_err(&p.captured),
		"chmod: missing operand\n"
		"Try 'chmod --help' for more information.\n");
	parsed_free(&p);
	parse_as(&p, "/b/.libs/lt-chmod", "-z");
	assert_string_equal(captured_err(&p.captured),
		"/b/.libs/lt-chmod: invalid option -- 'z'\n"
		"Try 'chmod --help' for more information.\n");
	parsed_free(&p);
	parse_as(&p, "", "");
	assert_string_equal(captured_err(&p.captured),
		": missing operand\nTry ' --help' for more information.\n");
	parsed_free(&p);
}

/* What execve(2) could do before Linux 5.18. */
static void test_no_argv0(void **state)
{
	char *argv[] = {NULL, NULL};
	struct captured *c = malloc(sizeof(*c));
	struct cli cli;

	(void)state;
	assert_non_null(c);
	captured_init(c, "chmod", APART);
	assert_int_equal(cli_parse(&cli, 0, argv, &c->report), CLI_WRONG);
	assert_string_equal(captured_err(c),
		"chmod: missing operand\nTry 'chmod --help' for more information.\n");
	cli_free(&cli);
	captured_free(c);
	free(c);
}

static void test_no_memory(void **state)
{
	static struct parsed p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		malloc_fails = true;
		parse(&p, i == 0 ? "-w -x f" : "--exclude=a --exclude=b 755 f");
		malloc_fails = false;
		assert_int_equal(p.outcome, CLI_WRONG);
		assert_string_equal(captured_err(&p.captured), "chmod: memory exhausted\n");
		assert_int_equal(captured_finish(&p.captured), 1);
		parsed_free(&p);
	}

	/* One piece needs none. */
	malloc_fails = true;
	parse(&p, "-w f");
	malloc_fails = false;
	assert_int_equal(p.outcome, CLI_RUN);
	assert_string_equal(p.cli.mode, "-w");
	assert_ptr_equal(p.cli.mode, p.memory);
	parsed_free(&p);
}

/* However many modes there are, each byte of them is copied a few times at most. */
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
	cli_free(&cli);
	captured_finish(&c);
	captured_free(&c);
	rows_end();
}

/* Operands are the elements themselves, so that nothing has to be copied. */
static void test_operands_are_in_argv(void **state)
{
	static struct parsed p;

	(void)state;
	parse(&p, "755 -v f --quiet g");
	assert_int_equal(p.cli.operand_count, 2);
	assert_ptr_equal(p.cli.operands[0], p.memory + strlen("755 -v "));
	assert_ptr_equal(p.cli.operands[1], p.memory + strlen("755 -v f --quiet "));
	assert_true(p.cli.operands >= p.argv && p.cli.operands < p.argv + p.argc);
	assert_null(p.cli.reference);
	parsed_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_errors_that_no_help_helps),
		cmocka_unit_test(test_operands_from_a_file_and_the_line),
		cmocka_unit_test(test_posixly_correct),
		cmocka_unit_test(test_help_at_once),
		cmocka_unit_test(test_every_abbreviation),
		cmocka_unit_test(test_own_options_are_written_out),
		cmocka_unit_test(test_every_letter),
		cmocka_unit_test(test_program_is_named_as_it_was_called),
		cmocka_unit_test(test_no_argv0),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_many_modes),
		cmocka_unit_test(test_operands_are_in_argv),
	};

	unsetenv("POSIXLY_CORRECT");
	setenv("LC_ALL", "C", 1);
	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
