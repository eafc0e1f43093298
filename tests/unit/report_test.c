/*
 * report: what is said of every outcome in every verbosity, on which stream and in which order. The
 * sentences are those of SPEC.md 3 and 4.
 */
#include "report.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "captured.h"
#include "report_rows.h"
#include "rows.h"

enum { MAX_TEXT = 4096 };

/* ------------------------------------------------------------------------------------- records */

/* Copies LINE as --dry-run has it to BUF. */
static const char *as_dry(const char *line, char *buf)
{
	static const char *const words[][2] = {{" changed from ", " would change from "},
		{" retained as ", " would be retained as "}};

	strcpy(buf, line);
	for (size_t i = 0; i < COUNT(words); i++) {
		const char *at = strstr(line, words[i][0]);
		if (at != NULL)
			sprintf(buf, "%.*s%s%s", (int)(at - line), line, words[i][1],
				at + strlen(words[i][0]));
	}
	return buf;
}

static const char *or_nothing(const char *text)
{
	return text != NULL ? text : "";
}

static void expect_text(const char *what, const char *stream, const char *got, const char *expected)
{
	if (strcmp(got, expected) != 0)
		row_wrong("%s: %s [%s], expected [%s]", what, stream, got, expected);
}

/* Notes a record in a transcript: nothing is written until that is its turn. */
static void note_and_print(struct captured *c, const struct record_row *row, bool wants)
{
	struct transcript t;

	transcript_init(&t);
	assert_true(transcript_reserve(&t, MAX_TEXT));
	report_record(&c->report, &t, row->path, &row->record);
	expect_text(row->what, "both before its turn", captured_out(c), "");
	if ((t.used > 0) != wants)
		row_wrong("%s: %zu bytes are noted", row->what, t.used);
	transcript_replay(&t, report_print, &c->report);
	transcript_free(&t);
}

static void check_record(
	const struct record_row *row, enum report_verbosity verbosity, bool quiet, bool is_dry)
{
	static struct captured apart, together, noted;
	struct captured *const ways[] = {&apart, &together, &noted};
	bool has_line = row->line != NULL &&
			(verbosity == REPORT_ALL ||
				(row->is_change && (verbosity == REPORT_CHANGES || is_dry)));
	char what[128], line[MAX_TEXT], err[MAX_TEXT], all[MAX_TEXT], dry[MAX_TEXT];

	sprintf(what, "%s, verbosity %d%s%s", row->what, (int)verbosity, quiet ? ", quiet" : "",
		is_dry ? ", dry" : "");
	sprintf(line, "%s", has_line ? row->line : "");
	if (is_dry)
		strcpy(line, as_dry(line, dry));
	sprintf(err, "%s%s", quiet ? "" : or_nothing(row->error), or_nothing(row->warning));
	sprintf(all, "%s%s%s", quiet ? "" : or_nothing(row->error), line, or_nothing(row->warning));
	for (int i = 0; i < 3; i++) {
		struct captured *c = ways[i];
		bool wants;

		captured_init(c, "chmod", i == 0 ? APART : TOGETHER);
		c->report.verbosity = verbosity;
		c->report.quiet = quiet;
		c->report.is_dry = is_dry;
		wants = report_wants(&c->report, &row->record);
		if (wants != (all[0] != '\0'))
			row_wrong("%s: report_wants() is %d", what, wants);
		if (c == &noted)
			note_and_print(c, row, wants);
		else
			report_record(&c->report, NULL, row->path, &row->record);
		if (captured_finish(c) != row->status)
			row_wrong("%s: status is not %d", what, row->status);
	}
	expect_text(what, "stdout", captured_out(&apart), line);
	expect_text(what, "stderr", captured_err(&apart), err);
	expect_text(what, "both", captured_out(&together), all);
	expect_text(what, "both, noted first", captured_out(&noted), all);
	captured_free(&apart);
	captured_free(&together);
	captured_free(&noted);
}

static void test_every_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(record_rows); i++)
		for (int k = 0; k < 12; k++)
			check_record(
				&record_rows[i], (enum report_verbosity)(k % 3), k / 3 % 2, k / 6);
	rows_end();
}

/* The bytes of several records in one transcript, and what is said beside it, keep their order. */
static void test_transcript_among_others(void **state)
{
	static const struct apply_record bad = {.result = APPLY_NO_ACCESS, .err = EIO},
					 good = {.old = 0600, .now = 0644};
	static struct captured c;
	struct transcript t;

	(void)state;
	captured_init(&c, "chmod", TOGETHER);
	c.report.verbosity = REPORT_ALL;
	transcript_init(&t);
	assert_true(transcript_reserve(&t, MAX_TEXT));
	report_record(&c.report, &t, "b", &bad);
	report_record(&c.report, &t, "c", &good);
	report_record(&c.report, &t, "d", &bad);
	report_record(&c.report, NULL, "a", &good);
	transcript_replay(&t, report_print, &c.report);
	assert_int_equal(t.used, 0);
	report_record(&c.report, NULL, "e", &bad);
	assert_int_equal(captured_finish(&c), 1);
	assert_string_equal(captured_out(&c),
		"mode of 'a' changed from 0600 (rw-------) to 0644 (rw-r--r--)\n"
		"chmod: cannot access 'b': Input/output error\n"
		"'b' could not be accessed\n"
		"mode of 'c' changed from 0600 (rw-------) to 0644 (rw-r--r--)\n"
		"chmod: cannot access 'd': Input/output error\n"
		"'d' could not be accessed\n"
		"chmod: cannot access 'e': Input/output error\n"
		"'e' could not be accessed\n");
	transcript_free(&t);
	captured_free(&c);
}

/* A failure that is only noted counts at once: several threads note at the same time. */
static void test_notes_count_for_the_status(void **state)
{
	static const struct apply_record bad = {.result = APPLY_NO_ACCESS, .err = EIO};
	static struct captured c;
	struct transcript t;

	(void)state;
	captured_init(&c, "chmod", TOGETHER);
	transcript_init(&t);
	assert_true(transcript_reserve(&t, MAX_TEXT));
	report_record(&c.report, &t, "f", &bad);
	transcript_free(&t);
	assert_int_equal(captured_finish(&c), 1);
	assert_string_equal(captured_out(&c), "");
	captured_free(&c);
}

/* Before threads share it, it knows the locale, which takes what is not safe in threads. */
static void test_share(void **state)
{
	static struct captured c;

	(void)state;
	captured_init(&c, "chmod", TOGETHER);
	assert_null(c.report.locale.charset);
	report_share(&c.report);
	assert_non_null(c.report.locale.charset);
	assert_int_equal(captured_finish(&c), 0);
	captured_free(&c);
}

/* What need not be said has to be counted all the same. */
static void test_count(void **state)
{
	static struct captured c;

	(void)state;
	for (size_t i = 0; i < COUNT(record_rows); i++) {
		const struct record_row *row = &record_rows[i];

		captured_init(&c, "chmod", TOGETHER);
		report_count(&c.report, &row->record);
		if (captured_finish(&c) != row->status)
			row_wrong("%s: status is not %d", row->what, row->status);
		expect_text(row->what, "both", captured_out(&c), "");
		captured_free(&c);
	}
	rows_end();
}

/* A failure is not forgotten when successes follow. */
static void test_status_stays(void **state)
{
	static const struct apply_record bad = {.result = APPLY_NO_ACCESS, .err = EIO}, good = {0};
	static struct captured c;

	(void)state;
	captured_init(&c, "chmod", TOGETHER);
	report_record(&c.report, NULL, "f", &bad);
	report_record(&c.report, NULL, "f", &good);
	report_count(&c.report, &good);
	assert_int_equal(captured_finish(&c), 1);
	captured_free(&c);
}

/* ------------------------------------------------------------------------------------- formats */

static void test_conversions(void **state)
{
	static struct captured c;

	(void)state;
	captured_init(&c, "x/chmod", APART);
	report_error(&c.report, "");
	report_error(&c.report, "s %s%s.", "a", "");
	report_error(&c.report, "c %c%c", 'z', '\xc3');
	report_error(&c.report, "e%e%e", ENOENT, 524);
	report_error(&c.report, "q %q %q %q", "a", "it's", "\xc3\xa9");
	report_error(&c.report, "n %n %n %n", "a", "a b", "\xc3\xa9");
	report_error(&c.report, "w %w %w %w", "a", "it's", "\xc3\xa9");
	report_error(&c.report, "o %o %o %o", (mode_t)0, (mode_t)04755, (mode_t)(S_IFDIR | 070));
	report_error(&c.report, "m %m", (mode_t)07543);
	report_error(&c.report, "u %u %u", 0UL, 4294967295UL);
	report_error(&c.report, "t %t %t", "a\x1b", "\xc3\xa9\xff");
	report_bare_line(&c.report, "a line");
	report_try_help(&c.report);
	assert_string_equal(captured_err(&c),
		"x/chmod: \n"
		"x/chmod: s a.\n"
		"x/chmod: c z\xc3\n"
		"x/chmod: e: No such file or directory: Unknown error 524\n"
		"x/chmod: q 'a' \"it's\" ''$'\\303\\251'\n"
		"x/chmod: n a 'a b' ''$'\\303\\251'\n"
		"x/chmod: w 'a' 'it\\'s' '\\303\\251'\n"
		"x/chmod: o 0000 4755 0070\n"
		"x/chmod: m r-sr-S-wt\n"
		"x/chmod: u 0 4294967295\n"
		"x/chmod: t a\x1b \xc3\xa9\xff\n"
		"a line\n"
		"Try 'x/chmod --help' for more information.\n");
	assert_int_equal(captured_finish(&c), 1);
	assert_string_equal(captured_out(&c), "");
	captured_free(&c);
}

/* Every kind of error makes the exit status 1, by itself. */
static void test_errors_make_the_status(void **state)
{
	static struct captured c;

	(void)state;
	captured_init(&c, "chmod", TOGETHER);
	report_option_error(&c.report, "a");
	assert_int_equal(captured_finish(&c), 1);
	captured_free(&c);
	captured_init(&c, "chmod", TOGETHER);
	report_error(&c.report, "a");
	assert_int_equal(captured_finish(&c), 1);
	captured_free(&c);
	/* These go on with an error. */
	captured_init(&c, "chmod", TOGETHER);
	report_bare_line(&c.report, "a");
	report_try_help(&c.report);
	assert_int_equal(captured_finish(&c), 0);
	captured_free(&c);
}

static void test_text_goes_to_standard_output(void **state)
{
	static struct captured c;

	(void)state;
	captured_init(&c, "chmod", APART);
	report_text(&c.report, "%s and %q", "a", "b");
	report_text(&c.report, "!\n");
	assert_string_equal(captured_out(&c), "");
	assert_int_equal(captured_finish(&c), 0);
	assert_string_equal(captured_out(&c), "a and 'b'!\n");
	assert_string_equal(captured_err(&c), "");
	captured_free(&c);
}

/* The locale is looked at once, and only if it makes a difference. */
static void test_locale(void **state)
{
	static struct captured c;

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		SKIP_TEST("no locale C.UTF-8");
	setlocale(LC_CTYPE, "C");
	captured_init(&c, "chmod", APART);
	report_error(&c.report, "%q", "a");
	assert_null(c.report.locale.charset);
	setenv("LC_ALL", "C.UTF-8", 1);
	report_error(&c.report, "%q", "\xc3\xa9");
	setenv("LC_ALL", "C", 1);
	report_error(&c.report, "%q %w", "\xc3\xa9", "a");
	assert_string_equal(captured_err(&c), "chmod: 'a'\n"
					      "chmod: '\xc3\xa9'\n"
					      "chmod: '\xc3\xa9' \xe2\x80\x98"
					      "a\xe2\x80\x99\n");
	captured_finish(&c);
	captured_free(&c);
	setlocale(LC_CTYPE, "C");
}

static void test_init(void **state)
{
	static struct report r;

	(void)state;
	memset(&r, 0xa5, sizeof(r));
	report_init(&r, "chmod");
	assert_int_equal(r.out.fd, STDOUT_FILENO);
	assert_int_equal(r.err.fd, STDERR_FILENO);
	assert_int_equal(r.verbosity, REPORT_ERRORS);
	assert_false(r.quiet);
	assert_string_equal(r.program, "chmod");
	assert_int_equal(report_finish(&r), 0);
}

/* What GNU's tools call themselves when libtool has made them; option errors know nothing of it. */
static void test_names_of_the_program(void **state)
{
	static const struct {
		const char *argv0, *shown;
	} rows[] = {
		{"chmod", "chmod"},
		{"/usr/bin/chmod", "/usr/bin/chmod"},
		{"", ""},
		{"/b/.libs/chmod", "chmod"},
		{"/b/.libs/lt-chmod", "chmod"},
		{"/.libs/lt-chmod", "chmod"},
		{"lt-chmod", "lt-chmod"},
		{".libs/lt-chmod", ".libs/lt-chmod"},
		{"/b/.libs/x/lt-chmod", "/b/.libs/x/lt-chmod"},
		{"/x.libs/chmod", "/x.libs/chmod"},
		{"/b/.libs/", ""},
	};
	static struct captured c;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char expected[256];

		captured_init(&c, rows[i].argv0, APART);
		report_error(&c.report, "a");
		report_option_error(&c.report, "b");
		report_try_help(&c.report);
		sprintf(expected, "%s: a\n%s: b\nTry '%s --help' for more information.\n",
			rows[i].shown, rows[i].argv0, rows[i].shown);
		expect_text(rows[i].argv0, "stderr", captured_err(&c), expected);
		captured_finish(&c);
		captured_free(&c);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_record),
		cmocka_unit_test(test_transcript_among_others),
		cmocka_unit_test(test_notes_count_for_the_status),
		cmocka_unit_test(test_share),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_status_stays),
		cmocka_unit_test(test_conversions),
		cmocka_unit_test(test_errors_make_the_status),
		cmocka_unit_test(test_text_goes_to_standard_output),
		cmocka_unit_test(test_locale),
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_names_of_the_program),
	};

	setenv("LC_ALL", "C", 1);
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
