/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

#include "compare.h"
#include "edge.h"
#include "glob.h"
#include "model.h"
#include "pattern.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* How many differences a test shows, and after how many it ends. */
enum { MAX_SHOWN = 10, ENOUGH = 200 };

enum { LONG_TEXT = 4000 };

static size_t wrong;

static void differ(const char *pattern, const char *text, bool utf8, bool expected, const char *by)
{
	char shown[2][400];

	if (++wrong <= MAX_SHOWN)
		print_error("[%s] and [%s] (%s): expected %d by %s\n",
			compare_shown(pattern, shown[0], sizeof(shown[0])),
			compare_shown(text, shown[1], sizeof(shown[1])), utf8 ? "UTF-8" : "bytes",
			expected, by);
}

static void end(void)
{
	size_t n = wrong;

	wrong = 0;
	if (n > 0)
		fail_msg("%zu differ or more; %d at most are shown", n, MAX_SHOWN);
}

static bool matches(const char *pattern, const char *text, bool utf8)
{
	return glob_matches(edge_copy(EDGE_PATTERN, pattern), edge_copy(EDGE_TEXT, text),
		utf8 ? &charset_utf8 : &charset_c);
}

/* Compares with the model, and with fnmatch(3) in the C locale if it is glibc's. */
static void compare(const char *pattern, const char *text, bool utf8)
{
	bool expected = pattern_matches(pattern, text, utf8);

	if (matches(pattern, text, utf8) != expected)
		differ(pattern, text, utf8, expected, "the model");
#ifdef __GLIBC__
	if (!utf8 && !pattern_is_odd(pattern)) {
		bool theirs = fnmatch(pattern, text, 0) == 0;

		if (theirs != expected)
			differ(pattern, text, utf8, theirs, "fnmatch(3)");
	}
#endif
}

/* Number N among the strings of LETTERS, shorter ones first. */
static void string_number(size_t n, const char *letters, char *string)
{
	size_t base = strlen(letters);

	for (; n > 0; n = (n - 1) / base)
		*string++ = letters[(n - 1) % base];
	*string = '\0';
}

/* How many strings of up to LEN of that many letters there are. */
static size_t strings(size_t letters, size_t len)
{
	size_t n = 1;

	while (len-- > 0)
		n = n * letters + 1;
	return n;
}

static void compare_all(
	const char *in_patterns, size_t pattern_len, const char *in_texts, size_t text_len)
{
	size_t patterns = strings(strlen(in_patterns), pattern_len);
	size_t texts = strings(strlen(in_texts), text_len);

	for (size_t p = 0; p < patterns && wrong < ENOUGH; p++) {
		for (size_t t = 0; t < texts; t++) {
			char pattern[16], text[16];

			string_number(p, in_patterns, pattern);
			string_number(t, in_texts, text);
			compare(pattern, text, false);
		}
	}
}

static void test_every_short_pattern(void **state)
{
	bool is_long = model_options.is_long;

	(void)state;
	compare_all("a*?", is_long ? 8 : 6, "ab", 5);
	compare_all("a[]!-\\*", is_long ? 6 : 5, "a]-", 2);
	compare_all("ac-[]^\\", is_long ? 6 : 5, "b\\", 2);
	end();
}

/* A pattern, and a text that it matches and one that it does not (either may be NULL). */
static const struct row {
	const char *pattern, *yes, *no;
	bool utf8;
} rows[] = {
	{"", "", "a", false},
	{"*", "", NULL, false},
	{"*", ".git", NULL, false},
	{"*", "a/b", NULL, false},
	{"a*b", "a/x/b", "a/x/c", false},
	{"?", "/", "", false},
	{"?", ".", "ab", false},
	{"*.o", ".o", "o", false},
	{"*a*", "banana", "bonobo", false},
	{"**", "", NULL, false},
	{"*?", "x", "", false},
	{"a**b", "ab", "a", false},
	{"[.]*", ".git", "git", false},
	{"[/]", "/", ".", false},
	{"[!a]", "/", "a", false},
	{"[^a]", "b", "a", false},
	{"[!a]", "!", "", false},
	{"[a!]", "!", "b", false},
	{"[a^]", "^", "b", false},
	{"[]]", "]", "[]]", false},
	{"[]a]", "a", "]a]", false},
	{"[!]]", "a", "]", false},
	{"[!]a]", "b", "a", false},
	{"[]-a]", "^", "-", false},
	{"[a-c]", "b", "-", false},
	{"[a-c]", "a", "d", false},
	{"[a-c]", "c", "`", false},
	{"[c-a]", NULL, "b", false},
	{"[c-a]", NULL, "c", false},
	{"[c-a]", NULL, "-", false},
	{"[!c-a]", "b", "", false},
	{"[a-]", "-", "b", false},
	{"[-a]", "-", "b", false},
	{"[a-c-e]", "-", "d", false},
	{"[a-c-e]", "e", "d", false},
	{"[--/]", ".", "0", false},
	{"[+--]", ",", "*", false},
	{"[a\\]b]", "]", "\\", false},
	{"[\\]-a]", "^", "\\", false},
	{"[a-\\]", "[a-]", "a", false},
	{"[[-\\]]", "\\", "-", false},
	{"[Z-\\]]", "\\", "^", false},
	{"[\\-a]", "-", "\\", false},
	{"[\\!a]", "!", "b", false},
	{"[[]", "[", "]", false},
	{"[[a]", "a", "]", false},
	{"[a[]", "[", "]", false},
	{"[*]", "*", "a", false},
	{"[?]", "?", "a", false},
	{"[", "[", "a", false},
	{"[a", "[a", "a", false},
	{"[a-", "[a-", "a", false},
	{"[!", "[!", "a", false},
	{"[]", "[]", "]", false},
	{"[!]", "[!]", "a", false},
	{"[a*", "[abc", "abc", false},
	{"*[a", "x[a", "xa", false},
	{"[[:alpha:]", "[:", "a", false},
	{"[[:alpha", "[[:alpha", "a", false},
	{"\\", NULL, "\\", false},
	{"a\\", NULL, "a", false},
	{"a\\", NULL, "a\\", false},
	{"*\\", NULL, "\\", false},
	{"\\a", "a", "\\a", false},
	{"\\*", "*", "a", false},
	{"\\?", "?", "a", false},
	{"\\[a]", "[a]", "a", false},
	{"\\\\", "\\", "\\\\", false},
	{"a]", "a]", "a", false},
	{"[[:digit:]]", "7", "a", false},
	{"[![:digit:]]", "a", "7", false},
	{"[x[:digit:]y]", "y", ":", false},
	{"[[:digit:]-]", "-", "a", false},
	{"[[:upper:][:digit:]]", "7", "a", false},
	{"[[:upper:]]", "A", "\303\204", true},
	{"[[:nonsense:]]", NULL, "n", false},
	{"[a[:nonsense:]b]", "b", "n", false},
	{"[[:alph:]]", NULL, "a", false},
	{"[[:alphas:]]", NULL, "a", false},
	{"[[::]]", NULL, ":", false},
	{"[:alpha:]", "a", "z", false},
	{"[[:alpha]", ":", "z", false},
	{"[a:b:]", "a", "x", false},
	{"[a:b:]", ":", "]", false},
	{"[[ab:]", "[", "x", false},
	{"[[ab:]", ":", "]", false},
	{"[[:a:b]", "b", "x", false},
	{"[[:a:b]]", "b]", "b", false},
	{"[[:", "[[:", ":", false},
	{"[[:a", "[[:a", "a", false},
	{"[[:a:", "[[:a:", "a", false},
	{"[a\\", NULL, "[a\\", false},
	{"[a-\\", NULL, "[a-\\", false},
	{"\001", "\001", "\002", false},
	{"\\\001", "\001", "\002", false},
	{"[\\\001]", "\001", "\\", false},
	{"[a-\\\001]", NULL, "\001", false},
	{"[\001-\\\002]", "\002", "\\", false},
	{"[\001-\003]", "\002", "-", false},
	{"?", "\303\251", "\303\251\303\251", true},
	{"??", "\303\251", "\303", false},
	{"?", "\342\202\254", "", true},
	{"?", "\360\237\230\200", "\360\237\230", true},
	{"???", "\360\237\230", "\360\237\230\200", true},
	{"?", "\377", "\377\377", true},
	{"?", "\303", NULL, true},
	{"\303\251", "\303\251", "\303", true},
	{"[\303\251]", "\303\251", "\303", true},
	{"[\303\251]", "\303", "\303\251", false},
	{"[\303\240-\303\251]", "\303\245", "\303\252", true},
	{"[a-\303\251]", "\303\200", "\303\252", true},
	{"[!a]", "\303\251", "a", true},
	{"[\377]", "\377", "\303\277", true},
	{"[\303\277]", "\303\277", "\377", true},
	{"[a-\364\217\277\277]", "\303\251", "\377", true},
	{"\\\303\251", "\303\251", "\\\303\251", true},
	{"*\251", NULL, "\303\251", true},
	{"*\251", "\303\251", "\303", false},
	{"*\251", "\251", NULL, true},
	{"*\303\251", "\303\303\251", "\303", true},
	{"?", NULL, "\355\240\200", true},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		const struct row *r = &rows[i];

		if (r->yes != NULL && !matches(r->pattern, r->yes, r->utf8))
			differ(r->pattern, r->yes, r->utf8, true, "its row");
		if (r->no != NULL && matches(r->pattern, r->no, r->utf8))
			differ(r->pattern, r->no, r->utf8, false, "its row");
	}
	end();
}

/* P7 */
static void test_every_byte_in_every_class(void **state)
{
	static const char *const classes[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph",
		"lower", "print", "punct", "space", "upper", "xdigit", "ascii", "word", ""};

	(void)state;
	for (size_t i = 0; i < LENGTH(classes); i++) {
		for (unsigned byte = 1; byte <= 0xff; byte++) {
			char text[] = {(char)byte, '\0'}, pattern[32];

			snprintf(pattern, sizeof(pattern), "[[:%s:]]", classes[i]);
			compare(pattern, text, false);
			compare(pattern, text, true);
			snprintf(pattern, sizeof(pattern), "[^x[:%s:]]", classes[i]);
			compare(pattern, text, false);
			compare(pattern, text, true);
		}
	}
	end();
}

/* P9: what is one character, with the bytes at which the answer changes. */
static void test_what_is_a_character(void **state)
{
	static const char bytes[] = "a\177\200\217\220\237\240\277\300\301\302\337\340\341\354"
				    "\355\356\357\360\361\363\364\365\377";
	static const char *const patterns[] = {"?", "??", "???", "[!a]", "[\200-\377]"};
	size_t texts = strings(strlen(bytes), model_options.is_long ? 5 : 4);

	(void)state;
	for (size_t t = 0; t < texts && wrong < ENOUGH; t++) {
		char text[8];

		string_number(t, bytes, text);
		for (size_t i = 0; i < LENGTH(patterns); i++)
			compare(patterns[i], text, true);
	}
	end();
}

/* There are too many ways to match these to try one after the other. */
static void test_many_stars(void **state)
{
	static char text[LONG_TEXT + 1], pattern[LONG_TEXT + 1];

	(void)state;
	memset(text, 'a', LONG_TEXT);
	for (size_t i = 0; i < LONG_TEXT; i++)
		pattern[i] = "a*"[i % 2];
	assert_true(glob_matches(pattern, text, &charset_c));
	pattern[LONG_TEXT - 1] = 'b';
	assert_false(glob_matches(pattern, text, &charset_utf8));
	text[LONG_TEXT - 1] = 'b';
	assert_true(glob_matches(pattern, text, &charset_utf8));
}

int model_group_glob(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_short_pattern),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_every_byte_in_every_class),
		cmocka_unit_test(test_what_is_a_character),
		cmocka_unit_test(test_many_stars),
	};

	return cmocka_run_group_tests_name("glob and its model", tests, NULL, NULL);
}
