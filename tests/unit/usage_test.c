/*
 * usage: the texts of --help and --version hold what GNU's own tests and coding standards ask of
 * them (SPEC.md 8), and --help and the parser know the same options.
 */
#include "usage.h"

#include "cli.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "captured.h"
#include "rows.h"

enum { TEXT_COLUMN = 25, MAX_COLUMNS = 80 };

/* The text of --help or --version for a program of that name; good until the next call. */
static const char *text_of(void (*usage)(struct report *report), const char *program)
{
	static struct captured c;

	captured_init(&c, program, APART);
	usage(&c.report);
	assert_int_equal(captured_finish(&c), 0);
	assert_string_equal(captured_err(&c), "");
	captured_out(&c);
	captured_free(&c);
	return c.out_text;
}

/* Copies line N (from 0) of TEXT to BUF; false if there are not so many. */
static bool get_line(const char *text, size_t n, char buf[static MAX_COLUMNS + 1])
{
	size_t len;

	for (; n > 0; n--) {
		text = strchr(text, '\n');
		if (text == NULL)
			return false;
		text++;
	}
	len = strcspn(text, "\n");
	if (*text == '\0')
		return false;
	if (len > MAX_COLUMNS)
		row_wrong("a line of %zu columns: %.*s", len, (int)len, text);
	sprintf(buf, "%.*s", len < MAX_COLUMNS ? (int)len : MAX_COLUMNS, text);
	return true;
}

/* A line of --help that is about an option. */
static bool is_option_line(const char *line)
{
	size_t blanks = strspn(line, " ");

	return blanks >= 2 && blanks <= 6 && line[blanks] == '-';
}

static void test_both_end_in_a_newline_and_are_plain(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *text = text_of(i == 0 ? usage_help : usage_version, "chmod");

		assert_true(strlen(text) > 100);
		assert_int_equal(text[strlen(text) - 1], '\n');
		for (const char *s = text; *s != '\0'; s++)
			if (*s != '\n' && (*s < ' ' || *s > '~'))
				row_wrong("byte %#x after %.20s", (unsigned char)*s, s);
	}
	rows_end();
}

static void test_help_begins_with_the_forms(void **state)
{
	static const char expected[] = "Usage: x/y z [OPTION]... MODE[,MODE]... FILE...\n"
				       "  or:  x/y z [OPTION]... OCTAL-MODE FILE...\n"
				       "  or:  x/y z [OPTION]... --reference=RFILE FILE...\n";

	(void)state;
	assert_memory_equal(text_of(usage_help, "x/y z"), expected, strlen(expected));
}

/* No line is too long, and the text of an option begins in its column or two blanks on. */
static void test_layout_of_help(void **state)
{
	const char *text = text_of(usage_help, "chmod");
	char line[MAX_COLUMNS + 1];
	size_t options = 0;

	(void)state;
	for (size_t n = 0; get_line(text, n, line); n++) {
		const char *gap = is_option_line(line) ? strstr(line + 6, "  ") : NULL;
		size_t column = gap == NULL ? 0 : (size_t)(gap - line) + strspn(gap, " ");

		if (strlen(line) >= MAX_COLUMNS)
			row_wrong("too long: %s", line);
		if (strlen(line) > 0 && line[strlen(line) - 1] == ' ')
			row_wrong("ends in a blank: %s", line);
		if (!is_option_line(line))
			continue;
		options++;
		if (gap == NULL || column < TEXT_COLUMN ||
			(column > TEXT_COLUMN && strspn(gap, " ") != 2))
			row_wrong("text in column %zu: %s", column, line);
	}
	assert_in_range(options, 15, 40);
	rows_end();
}

/* Whether the parser takes OPTION. */
static bool is_accepted(const char *option)
{
	static struct captured c;
	char element[64], mode[] = "755", file[] = "f", program[] = "chmod";
	char *argv[] = {program, element, mode, file, NULL};
	enum cli_outcome outcome;
	struct cli cli;

	sprintf(element, "%s", option);
	captured_init(&c, "chmod", APART);
	outcome = cli_parse(&cli, 4, argv, &c.report);
	cli_free(&cli);
	captured_finish(&c);
	captured_err(&c);
	captured_free(&c);
	/* --files0-from and FILE do not go together; that is found out after the options. */
	return outcome != CLI_WRONG || strstr(c.err_text, ": extra operand ") != NULL;
}

/*
 * Tries the names in LINE, like "  -j, --jobs=N   text". How many there are. A name with "=" takes
 * an argument, and so does the letter before it; no other does.
 */
static size_t check_names(const char *line)
{
	size_t count = 0;
	const char *s = line + strspn(line, " ");
	const char *text = strstr(s, "  ");
	bool wants = text != NULL && memchr(s, '=', (size_t)(text - s)) != NULL;

	while (*s == '-') {
		int len = (int)strcspn(s, ",= ");
		char plain[64], with[64];

		sprintf(plain, "%.*s", len, s);
		sprintf(with, "%.*s%s1", len, s, s[1] == '-' ? "=" : "");
		if (wants ? !is_accepted(with) : !is_accepted(plain))
			row_wrong("%s is not accepted", wants ? with : plain);
		if (!wants && s[1] == '-' && is_accepted(with))
			row_wrong("%s is accepted", with);
		count++;
		s += len;
		s += strncmp(s, ", ", 2) == 0 ? 2 : 0;
	}
	return count;
}

static void test_every_option_of_help_is_known(void **state)
{
	static char text[16 * 1024];
	char line[MAX_COLUMNS + 1];
	size_t count = 0;

	(void)state;
	strcpy(text, text_of(usage_help, "chmod"));
	for (size_t n = 0; get_line(text, n, line); n++)
		if (is_option_line(line))
			count += check_names(line);
	assert_in_range(count, 21, 60);
	rows_end();
}

static void test_version(void **state)
{
	static const char expected[] = "chmod (surechmod, compatible with GNU "
				       "coreutils) 9.10\n"
				       "surechmod " VERSION "\nCopyright ";
	const char *text = text_of(usage_version, "/usr/bin/chmod");

	(void)state;
	assert_memory_equal(text, expected, strlen(expected));
	assert_non_null(strstr(text, "\nLicense: MIT"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_end_in_a_newline_and_are_plain),
		cmocka_unit_test(test_help_begins_with_the_forms),
		cmocka_unit_test(test_layout_of_help),
		cmocka_unit_test(test_every_option_of_help_is_known),
		cmocka_unit_test(test_version),
	};

	unsetenv("POSIXLY_CORRECT");
	setenv("LC_ALL", "C", 1);
	return cmocka_run_group_tests_name("usage", tests, NULL, NULL);
}
