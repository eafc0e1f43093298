/* SPDX-License-Identifier: MIT */
/*
 * message: which of GNU's messages is looked up for a format, and how a translation is used. The
 * catalogs are invented.
 *
 * Link with --wrap=userlocale_translation.
 */
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rows.h"

/* The catalog: one message; and quotes, "" for those that it does not have. */
static struct {
	const char *msgid, *text;
	const char *left, *right;
	enum userlocale_domain domain;
	char asked[MESSAGE_MAX_ID]; /* what was looked up, but for quotes */
	size_t n_asked;
} catalog;

const char *__wrap_userlocale_translation(
	struct userlocale *l, enum userlocale_domain domain, const char *msgid);

const char *__wrap_userlocale_translation(
	struct userlocale *l, enum userlocale_domain domain, const char *msgid)
{
	assert_non_null(l);
	if (strcmp(msgid, "`") == 0 || strcmp(msgid, "'") == 0) {
		assert_int_equal(domain, USERLOCALE_GNU);
		return *msgid == '`' ? catalog.left : catalog.right;
	}
	catalog.n_asked++;
	assert_true(strlen(msgid) < sizeof(catalog.asked));
	strcpy(catalog.asked, msgid);
	return domain == catalog.domain ? catalog.text : NULL;
}

struct sink {
	char text[4096];
	size_t len;
};

static void put(void *ctx, const char *bytes, size_t len)
{
	struct sink *sink = ctx;

	assert_true(len > 0);
	assert_true(sink->len + len < sizeof(sink->text));
	memcpy(sink->text + sink->len, bytes, len);
	sink->len += len;
	sink->text[sink->len] = '\0';
}

/* The message for FORMAT, with TEXT in the catalog. */
static const char *said(enum message_kind kind, const struct charset *charset, const char *text,
	const char *format, ...)
{
	static struct sink sink;
	struct userlocale locale = {.charset = charset, .language = USERLOCALE_FOREIGN};
	const struct message_output out = {put, &sink, -1, &locale, "prog"};
	va_list args;

	sink = (struct sink){.len = 0};
	catalog.text = text;
	catalog.domain = kind == MESSAGE_OPTION ? USERLOCALE_LIBC : USERLOCALE_GNU;
	catalog.n_asked = 0;
	*catalog.asked = '\0';
	va_start(args, format);
	message_put(&out, kind, format, &args);
	va_end(args);
	return sink.text;
}

static void expect(const char *what, const char *got, const char *expected)
{
	if (strcmp(got, expected) != 0)
		row_wrong("%s: [%s], expected [%s]", what, got, expected);
}

/* ----------------------------------------------------------------------- what is looked up */

static void test_ids(void **state)
{
	(void)state;
	said(MESSAGE_ERROR, &charset_c, NULL, "cannot access %q%e", "f", ENOENT);
	expect("error", catalog.asked, "cannot access %s");
	said(MESSAGE_LINE, &charset_c, NULL, "mode of %q changed from %o (%m) to %o (%m)", "f",
		(mode_t)0, (mode_t)0, (mode_t)0, (mode_t)0);
	expect("line", catalog.asked, "mode of %s changed from %04lo (%s) to %04lo (%s)\n");
	said(MESSAGE_TEXT, &charset_c, NULL, "a text");
	expect("text", catalog.asked, "a text");
	said(MESSAGE_ERROR, &charset_c, NULL, "%n:%u: a %w %t %s\n", "f", 1UL, "w", "t", "s");
	expect("the rest", catalog.asked, "%s:%lu: a %s %s %s\n");
	said(MESSAGE_OPTION, &charset_c, NULL, "invalid option -- '%c'", 'z');
	expect("option", catalog.asked, "%s: invalid option -- '%c'\n");
	said(MESSAGE_OPTION, &charset_c, NULL, "option '%s%t' is ambiguous; possibilities:%a", "--",
		"re", " '--a'");
	expect("list", catalog.asked, "%s: option '%s%s' is ambiguous; possibilities:");
	rows_end();
}

/*
 * The empty message is not looked up, as it would be the header of a catalog. Nor is a very long
 * one, but it is written.
 */
static void test_not_looked_up(void **state)
{
	char format[2000];

	(void)state;
	expect("own", said(MESSAGE_OWN, &charset_c, "X", "a %s", "b"), "a b");
	assert_int_equal(catalog.n_asked, 0);
	expect("empty", said(MESSAGE_ERROR, &charset_c, "X", ""), "prog: \n");
	assert_int_equal(catalog.n_asked, 0);
	expect("only an errno", said(MESSAGE_ERROR, &charset_c, "X", "%e", ENOENT),
		"prog: : No such file or directory\n");
	assert_int_equal(catalog.n_asked, 0);
	for (size_t len = MESSAGE_MAX_ID - 40; len < sizeof(format) - sizeof("%o"); len++) {
		char expected[sizeof(format) + 16];

		memset(format, 'x', len);
		strcpy(format + len, "%o");
		sprintf(expected, "prog: %.*s0755\n", (int)len, format);
		expect("long", said(MESSAGE_OPTION, &charset_c, NULL, format, (mode_t)0755),
			expected);
		if (len >= MESSAGE_MAX_ID)
			assert_int_equal(catalog.n_asked, 0);
	}
	rows_end();
}

/* ------------------------------------------------------------------------------ what is taken */

/* Translations of "%q and %o by %u%e", an error. NULL: English. */
static const struct {
	const char *text, *becomes;
} taken[] = {
	{"%s und %04lo von %lu", "'f' und 0644 von 7: No such file or directory"},
	{"%1$s, %2$04lo, %3$lu", "'f', 0644, 7: No such file or directory"},
	{"%3$lu %1$s%2$04lo", "7 'f'0644: No such file or directory"},
	{"%%%s%%%04lo%lu%%", "%'f'%06447%: No such file or directory"},
	{"%s%04lo%lu", "'f'06447: No such file or directory"},
	{"%s\n\t%04lo\n%lu.", "'f'\n\t0644\n7.: No such file or directory"},
	{"\xc3\xa4 %s \xff %04lo %lu", "\xc3\xa4 'f' \xff 0644 7: No such file or directory"},
	/* Others, fewer, more. */
	{"", NULL},
	{"no arguments", NULL},
	{"%s", NULL},
	{"%s %04lo", NULL},
	{"%s %04lo %lu %s", NULL},
	{"%s %04lo %lu %lu", NULL},
	{"%s %04lo %lu %e", NULL},
	{"%n %04lo %lu", NULL},
	{"%s %04lo %lu%n", NULL},
	{"%999999s %04lo %lu", NULL},
	{"%-5s %04lo %lu", NULL},
	{"%*s %04lo %lu", NULL},
	{"%.3s %04lo %lu", NULL},
	{"%ls %04lo %lu", NULL},
	{"%s %lo %lu", NULL},
	{"%s %o %lu", NULL},
	{"%s %4lo %lu", NULL},
	{"%s %04lu %lu", NULL}, /* Danish had this */
	{"%s %04lo %u", NULL},
	{"%s %04lo %'lu", NULL},
	{"%04lo %s %lu", NULL},
	{"%s %04lo %lu %", NULL},
	{"%", NULL},
	{"%s %04lo %l", NULL},
	{"%S %04lo %lu", NULL},
	{"%S", NULL},
	/* Numbers. */
	{"%1$s %2$04lo", NULL},
	{"%1$s %2$04lo %2$04lo", NULL},
	{"%1$s %1$s %2$04lo %3$lu", NULL},
	{"%1$s %2$04lo %1$s", NULL},
	{"%1$s %2$04lo %4$s", NULL},
	{"%1$s %2$04lo %4$", NULL},
	{"%0$s %2$04lo %3$lu", NULL},
	{"%1$s %2$04lo %9$lu", NULL},
	{"%1$s %2$04lo %10$lu", NULL},
	{"%1$s %2$04lo %99999999999999999999$lu", NULL},
	{"%1s %04lo %lu", NULL},
	{"%s %2$04lo %3$lu", NULL},
	{"%s %04lo %3$lu", NULL},
	{"%2$s %1$04lo %3$lu", NULL},
	{"%1$s %2$04lo %3$", NULL},
	{"%1$%", NULL},
	/* What a terminal would obey. */
	{"\033[2J%s %04lo %lu", NULL},
	{"%s %04lo %lu\r", NULL},
	{"%s %04lo %lu\b", NULL},
	{"%s \177 %04lo %lu", NULL},
	{"%s \302\233 %04lo %lu", NULL},
	{"%s \233 %04lo %lu", NULL},
	/* A line more than the message. */
	{"%s %04lo %lu\n", NULL},
};

static void test_translations(void **state)
{
	static const char english[] = "'f' and 0644 by 7: No such file or directory";

	(void)state;
	for (size_t i = 0; i < COUNT(taken); i++) {
		char expected[256];

		sprintf(expected, "prog: %s\n",
			taken[i].becomes != NULL ? taken[i].becomes : english);
		expect(taken[i].text,
			said(MESSAGE_ERROR, &charset_utf8, taken[i].text, "%q and %o by %u%e", "f",
				(mode_t)(S_IFREG | 0644), 7UL, ENOENT),
			expected);
	}
	rows_end();
}

/* If a message of GNU's ends in a newline, its translation must do so. It is written once. */
static void test_newlines(void **state)
{
	(void)state;
	expect("line", said(MESSAGE_LINE, &charset_c, "X %s\n", "a %s", "b"), "X b\n");
	expect("no line", said(MESSAGE_LINE, &charset_c, "X %s", "a %s", "b"), "a b\n");
	expect("two lines", said(MESSAGE_LINE, &charset_c, "X\n%s\n", "a %s", "b"), "X\nb\n");
	expect("only a newline", said(MESSAGE_LINE, &charset_c, "\n", "a"), "\n");
	expect("text", said(MESSAGE_TEXT, &charset_c, "X", "a"), "X");
	expect("text with newline", said(MESSAGE_TEXT, &charset_c, "X\n", "a\n"), "X\n");
	expect("cycle", said(MESSAGE_ERROR, &charset_c, "X:\n %s\n", "a:\n  %n\n", "d"),
		"prog: X:\n d\n\n");
	expect("cycle, no newline", said(MESSAGE_ERROR, &charset_c, "X %s", "a:\n  %n\n", "d"),
		"prog: a:\n  d\n\n");
	rows_end();
}

/* Messages of getopt_long(3) are the C library's, and have the name of the program in them. */
static void test_options(void **state)
{
	static const char list[] = "option '%s%t' is ambiguous; possibilities:%a";

	(void)state;
	expect("letter", said(MESSAGE_OPTION, &charset_c, "%s : X \xab%c\xbb\n", "bad '%c'", 'z'),
		"prog : X \xabz\xbb\n");
	expect("numbered", said(MESSAGE_OPTION, &charset_c, "X %2$c (%1$s)\n", "bad '%c'", 'z'),
		"X z (prog)\n");
	expect("no program", said(MESSAGE_OPTION, &charset_c, "X %c\n", "bad '%c'", 'z'),
		"prog: bad 'z'\n");
	expect("no newline", said(MESSAGE_OPTION, &charset_c, "%s: X %c", "bad '%c'", 'z'),
		"prog: bad 'z'\n");
	expect("list", said(MESSAGE_OPTION, &charset_c, "%s: X %s%s:", list, "--", "r", " '--a'"),
		"prog: X --r: '--a'\n");
	expect("list in English", said(MESSAGE_OPTION, &charset_c, NULL, list, "--", "r", " a"),
		"prog: option '--r' is ambiguous; possibilities: a\n");
	expect("list, as an argument",
		said(MESSAGE_OPTION, &charset_c, "%s: X %s%s%s:", list, "--", "r", " a"),
		"prog: option '--r' is ambiguous; possibilities: a\n");
	rows_end();
}

/* Each quote is the catalog's if it has one, else the charset's. */
static void test_quotes(void **state)
{
	(void)state;
	catalog.left = "<<";
	catalog.right = "'>";
	expect("both", said(MESSAGE_TEXT, &charset_utf8, NULL, "%w", "a'>b'"), "<<a\\'>b''>");
	catalog.right = NULL;
	expect("left", said(MESSAGE_TEXT, &charset_utf8, NULL, "%w", "a"), "<<a\xe2\x80\x99");
	catalog.left = NULL;
	expect("none", said(MESSAGE_TEXT, &charset_c, NULL, "%w", "a"), "'a'");
	catalog.left = "<<";
	expect("names", said(MESSAGE_TEXT, &charset_c, NULL, "%q %n", "a b", "c d"), "'a b' 'c d'");
	catalog.left = "\033[2J";
	catalog.right = "\n";
	expect("controls", said(MESSAGE_TEXT, &charset_c, NULL, "%w", "a"), "'a'");
	catalog.left = catalog.right = NULL;
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_not_looked_up),
		cmocka_unit_test(test_translations),
		cmocka_unit_test(test_newlines),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_quotes),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
