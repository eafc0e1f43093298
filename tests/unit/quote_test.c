/* SPDX-License-Identifier: MIT */
/*
 * quote: compared with the rules of SPEC.md 4.4, byte by byte, and with bash, which has to read
 * back every name. What GNU's chmod prints is in rows of tests/cli.
 */
#include "quote.h"

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "rows.h"

enum { LONG_NAME = 200000, MAX_QUOTED = 8 * LONG_NAME };

static const char *const style_names[] = {"always", "if needed", "words"};

/* Joins the pieces of a quoted name. */
struct sink {
	size_t len;
	char bytes[MAX_QUOTED];
};

static void put(void *ctx, const char *bytes, size_t len)
{
	struct sink *sink = ctx;

	assert_true(sink->len + len < sizeof(sink->bytes));
	memcpy(sink->bytes + sink->len, bytes, len);
	sink->len += len;
}

/* NAME, quoted. Valid until the next call but one. */
static const char *quoted(enum quote_style style, bool utf8, const char *name)
{
	static struct sink sinks[2];
	static int last;
	struct sink *sink = &sinks[last = !last];

	sink->len = 0;
	quote(style, utf8 ? &charset_utf8 : &charset_c, name, put, sink);
	sink->bytes[sink->len] = '\0';
	if (strlen(sink->bytes) != sink->len)
		row_wrong("a NUL is handed on");
	return sink->bytes;
}

/*
 * BYTES for a message, with octal escapes for all but ASCII. Valid until the next call but three.
 */
static const char *shown(const char *bytes)
{
	static char texts[4][256];
	static int last;
	char *text = texts[last = (last + 1) % 4];
	size_t len = 0;

	for (; *bytes != '\0' && len < sizeof(texts[0]) - 5; bytes++)
		len += (size_t)sprintf(text + len,
			' ' <= *bytes && *bytes <= '~' && *bytes != '\\' ? "%c" : "\\%03o",
			(unsigned char)*bytes);
	text[len] = '\0';
	return text;
}

static void check(enum quote_style style, bool utf8, const char *name, const char *expected)
{
	const char *got = quoted(style, utf8, name);

	if (strcmp(got, expected) != 0)
		row_wrong("[%s] %s, %s: [%s], expected [%s]", shown(name), style_names[style],
			utf8 ? "UTF-8" : "C", shown(got), shown(expected));
}

/* Whether there is a UTF-8 locale; from here on it is this process's. */
static bool enter_utf8(void)
{
#ifdef __GLIBC__
	return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
#else
	return true;
#endif
}

static int back_to_c(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C") != NULL ? 0 : -1;
}

/* Writes to BUF how a byte that cannot be printed is shown. */
static void escape(char *buf, unsigned byte)
{
	static const char *const names[] = {"\\a", "\\b", "\\t", "\\n", "\\v", "\\f", "\\r"};

	if ('\a' <= byte && byte <= '\r')
		strcpy(buf, names[byte - '\a']);
	else
		sprintf(buf, "\\%03o", byte);
}

static bool among(unsigned byte, const char *bytes)
{
	return byte != '\0' && byte < 0x80 && strchr(bytes, (int)byte) != NULL;
}

/* Each byte alone, between two letters, and before and after a single quote. */
static void check_byte(unsigned byte, bool utf8)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789%+,-./:]_@ '";
	static const char asks[] = " !\"$&'()*:;<=>?[\\^|`";
	const char *left = utf8 ? "\342\200\230" : "'", *right = utf8 ? "\342\200\231" : "'";
	bool printable = 0x20 <= byte && byte < 0x7f;
	char name[16], expected[64], body[8], words[16];

	if (printable)
		sprintf(body, "%c", (char)byte);
	else
		escape(body, byte);
	sprintf(words, byte == '\\' || (byte == '\'' && !utf8) ? "\\%s" : "%s", body);

	sprintf(name, "%c", (char)byte);
	if (byte == '\'')
		strcpy(expected, "\"'\"");
	else
		sprintf(expected, printable ? "'%s'" : "''$'%s'", body);
	check(QUOTE_SHELL_ALWAYS, utf8, name, expected);
	check(QUOTE_SHELL, utf8, name,
		printable && !among(byte, asks) && !among(byte, "#~{}") ? name : expected);
	sprintf(expected, "%s%s%s", left, words, right);
	check(QUOTE_LOCALE, utf8, name, expected);

	sprintf(name, "a%c1", (char)byte);
	if (byte == '\'')
		strcpy(expected, "\"a'1\"");
	else
		sprintf(expected, printable ? "'a%s1'" : "'a'$'%s''1'", body);
	check(QUOTE_SHELL_ALWAYS, utf8, name, expected);
	check(QUOTE_SHELL, utf8, name, printable && !among(byte, asks) ? name : expected);
	sprintf(expected, "%sa%s1%s", left, words, right);
	check(QUOTE_LOCALE, utf8, name, expected);

	sprintf(name, "a'%c", (char)byte);
	if (among(byte, harmless))
		sprintf(expected, "\"%s\"", name);
	else
		sprintf(expected, printable ? "'a'\\''%s'" : "'a'\\'''$'%s'", body);
	check(QUOTE_SHELL_ALWAYS, utf8, name, expected);
	check(QUOTE_SHELL, utf8, name, expected);

	sprintf(name, "%c'", (char)byte);
	if (among(byte, harmless) || among(byte, "#~"))
		sprintf(expected, "\"%s\"", name);
	else
		sprintf(expected, printable ? "'%s'\\'''" : "''$'%s'\\'''", body);
	check(QUOTE_SHELL_ALWAYS, utf8, name, expected);
	check(QUOTE_SHELL, utf8, name, expected);
}

static void test_every_byte_in_c(void **state)
{
	(void)state;
	for (unsigned byte = 1; byte <= 0xff; byte++)
		check_byte(byte, false);
	rows_end();
}

/* No byte from 0x80 up is a character by itself. */
static void test_every_byte_in_utf8(void **state)
{
	(void)state;
	if (!enter_utf8())
		SKIP_TEST("no locale C.UTF-8");
	for (unsigned byte = 1; byte <= 0xff; byte++)
		check_byte(byte, true);
	rows_end();
}

static void test_nothing_shortens_a_long_name(void **state)
{
	static char name[LONG_NAME + 1], expected[LONG_NAME * 4 + 64];
	char *end;

	(void)state;
	memset(name, 'a', LONG_NAME);
	check(QUOTE_SHELL, false, name, name);
	sprintf(expected, "'%s'", name);
	check(QUOTE_SHELL_ALWAYS, false, name, expected);
	check(QUOTE_LOCALE, false, name, expected);

	memset(name, '\033', LONG_NAME);
	end = stpcpy(expected, "''$'");
	for (size_t i = 0; i < LONG_NAME; i++)
		end = stpcpy(end, "\\033");
	strcpy(end, "'");
	check(QUOTE_SHELL_ALWAYS, false, name, expected);
	check(QUOTE_SHELL, false, name, expected);
	rows_end();
}

static size_t below(unsigned *seed, size_t end)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % end;
}

enum { NAME_SIZE = 64 };

/* Writes a name of up to 12 pieces that have a meaning for shells, terminals or decoders. */
static void random_name(unsigned *seed, char *name)
{
	static const char *const pieces[] = {"a", "Z", "7", " ", "'", "\"", "\\", "$", "`", "!",
		"#", "~", "{", "}", ",", "*", "?", "[", "]", "(", ")", "<", ">", "|", "&", ";", ":",
		"=", "-", "%s", "\\n", "$(", "${", "{a,b}", "..", "\n", "\t", "\033[", "\001",
		"\177", "\200", "\303", "\342\200", "\360\237\230", "\377", "\303\251",
		"\346\227\245", "\342\200\230", "\342\200\231", "\342\200\250", "\302\205",
		"\360\237\230\200", "\355\240\200"};
	char *end = name;

	for (size_t n = below(seed, 13); n > 0; n--) {
		if (below(seed, 4) == 0)
			*end++ = (char)(1 + below(seed, 255));
		else
			end = stpcpy(end, pieces[below(seed, COUNT(pieces))]);
	}
	*end = '\0';
}

/* Whether every character of TEXT can be printed, as iswprint(3) sees it, or as ASCII. */
static bool all_printable(const char *text, bool utf8)
{
	mbstate_t none = {0};

	while (*text != '\0') {
		wchar_t c = (unsigned char)*text;
		size_t len = 1;

		if (utf8)
			len = mbrtowc(&c, text, strlen(text), &none);
		if (len == (size_t)-1 || len == (size_t)-2)
			return false;
		if (utf8 ? !iswprint((wint_t)c) : c < 0x20 || c > 0x7e)
			return false;
		text += len;
	}
	return true;
}

static void check_properties(bool utf8)
{
	unsigned seed = 1;

	for (int i = 0; i < 20000; i++) {
		char name[NAME_SIZE];
		const char *bare, *always;
		bool same;

		random_name(&seed, name);
		for (int style = 0; style < 3; style++)
			if (!all_printable(quoted((enum quote_style)style, utf8, name), utf8))
				row_wrong("[%s] %s: [%s] has what cannot be printed", shown(name),
					style_names[style],
					shown(quoted((enum quote_style)style, utf8, name)));
		always = quoted(QUOTE_SHELL_ALWAYS, utf8, name);
		bare = quoted(QUOTE_SHELL, utf8, name);
		if (strcmp(bare, always) != 0 && strcmp(bare, name) != 0)
			row_wrong("[%s] if needed: neither itself nor quoted: [%s]", shown(name),
				shown(bare));
		if (*always != '\'' && *always != '"')
			row_wrong("[%s] always: no quotes: [%s]", shown(name), shown(always));
		same = strcmp(quoted(QUOTE_SHELL_ALWAYS, false, name),
			       quoted(QUOTE_SHELL_ALWAYS, true, name)) == 0;
		if (!same && !quote_needs_locale(QUOTE_SHELL_ALWAYS, name))
			row_wrong("[%s]: needs the locale", shown(name));
	}
	rows_end();
}

static void test_nothing_unprintable_in_c(void **state)
{
	(void)state;
	check_properties(false);
}

static void test_nothing_unprintable_in_utf8(void **state)
{
	(void)state;
	if (!enter_utf8())
		SKIP_TEST("no locale C.UTF-8");
#ifndef __GLIBC__
	SKIP_TEST("iswprint(3) is not glibc's");
#endif
	check_properties(true);
}

/* Runs SCRIPT in bash. Its output goes to OUT; returns the length. */
static size_t run_bash(const char *script, char *out, size_t size)
{
	int ends[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		unsetenv("BASH_ENV");
		unsetenv("POSIXLY_CORRECT");
		setenv("LC_ALL", "C", 1);
		if (dup2(ends[1], STDOUT_FILENO) < 0)
			_exit(126);
		/* Without braces: GNU leaves the name {a,b} bare, though bash would expand it. */
		execlp("bash", "bash", "--norc", "--noprofile", "+B", "-c", script, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while (len < size && (n = read(ends[0], out + len, size - len)) > 0)
		len += (size_t)n;
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		row_wrong("bash ended with %#x", (unsigned)status);
	return len;
}

static void check_that_bash_reads_back(enum quote_style style, bool utf8)
{
	enum { BATCHES = 20, BATCH = 250 };
	static char names[BATCH][NAME_SIZE], script[BATCH * NAME_SIZE * 8], out[BATCH * NAME_SIZE];
	unsigned seed = 99;

	for (int batch = 0; batch < BATCHES; batch++) {
		char *end = stpcpy(script, "printf '%s\\0'");
		const char *at = out;
		size_t len;

		for (int i = 0; i < BATCH; i++) {
			random_name(&seed, names[i]);
			*end++ = ' ';
			end = stpcpy(end, quoted(style, utf8, names[i]));
		}
		len = run_bash(script, out, sizeof(out) - 1);
		out[len] = '\0';
		for (int i = 0; i < BATCH; i++) {
			if (at >= out + len || strcmp(at, names[i]) != 0) {
				row_wrong("bash reads [%s] %s as [%s]", shown(names[i]),
					style_names[style], at < out + len ? shown(at) : "nothing");
				break;
			}
			at += strlen(at) + 1;
		}
	}
}

static void test_bash_reads_back_every_name(void **state)
{
	(void)state;
	if (system("bash -c 'exit 0' 2>/dev/null") != 0)
		SKIP_TEST("no bash");
	check_that_bash_reads_back(QUOTE_SHELL_ALWAYS, false);
	check_that_bash_reads_back(QUOTE_SHELL, false);
	if (enter_utf8()) {
		check_that_bash_reads_back(QUOTE_SHELL_ALWAYS, true);
		check_that_bash_reads_back(QUOTE_SHELL, true);
	}
	rows_end();
}

static void test_needs_locale(void **state)
{
	static const struct {
		enum quote_style style;
		const char *name;
		bool expected;
	} rows[] = {
		{QUOTE_SHELL_ALWAYS, "", false},
		{QUOTE_SHELL_ALWAYS, "plain", false},
		{QUOTE_SHELL_ALWAYS, "it's\n\033\177", false},
		{QUOTE_SHELL_ALWAYS, "\200", true},
		{QUOTE_SHELL_ALWAYS, "a\303\251", true},
		{QUOTE_SHELL_ALWAYS, "\377b", true},
		{QUOTE_SHELL, "", false},
		{QUOTE_SHELL, "a b", false},
		{QUOTE_SHELL, "\177", false},
		{QUOTE_SHELL, "\377", true},
		{QUOTE_SHELL, "plain \303\251", true},
		{QUOTE_LOCALE, "", true},
		{QUOTE_LOCALE, "755", true},
		{QUOTE_LOCALE, "\303\251", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (quote_needs_locale(rows[i].style, rows[i].name) != rows[i].expected)
			row_wrong("[%s] %s: not %d", shown(rows[i].name),
				style_names[rows[i].style], rows[i].expected);
	for (unsigned byte = 1; byte <= 0xff; byte++) {
		char name[4] = {'a', (char)byte, 'b', '\0'};
		if (quote_needs_locale(QUOTE_SHELL_ALWAYS, name) != (byte >= 0x80) ||
			quote_needs_locale(QUOTE_SHELL, name) != (byte >= 0x80))
			row_wrong("[%s]: not %d", shown(name), byte >= 0x80);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_every_byte_in_c, back_to_c),
		cmocka_unit_test_setup(test_every_byte_in_utf8, back_to_c),
		cmocka_unit_test_setup(test_nothing_shortens_a_long_name, back_to_c),
		cmocka_unit_test_setup(test_nothing_unprintable_in_c, back_to_c),
		cmocka_unit_test_setup(test_nothing_unprintable_in_utf8, back_to_c),
		cmocka_unit_test_setup(test_bash_reads_back_every_name, back_to_c),
		cmocka_unit_test_setup(test_needs_locale, back_to_c),
	};

	return cmocka_run_group_tests_name("quote", tests, NULL, NULL);
}
