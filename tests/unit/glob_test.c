/*
 * glob against what POSIX says of patterns (XCU 2.14) and, where that leaves it open, against its
 * header: characters by number, classes of ASCII, bytes that are no UTF-8.
 */
#include "glob.h"

#include <locale.h>
#include <string.h>

#include "fence.h"
#include "glob_rows.h"
#include "rows.h"

static void expect(const char *pattern, const char *text, bool utf8, bool expected)
{
	if (glob_matches(pattern, text, utf8 ? &charset_utf8 : &charset_c) != expected)
		row_wrong("pattern \"%s\", text \"%s\", %s: they %s", pattern, text,
			utf8 ? "UTF-8" : "bytes", expected ? "match" : "do not match");
}

/* A pattern that ends in the middle of something must not lead behind its NUL. */
static void test_rows(void **state)
{
	char *patterns = fence_make(), *texts = fence_make();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *pattern = fence_put(patterns, rows[i].pattern);
		const char *text = fence_put(texts, rows[i].text);

		expect(pattern, text, false, rows[i].matches & AS_BYTES);
		expect(pattern, text, true, rows[i].matches & AS_UTF8);
	}
	fence_free(patterns);
	fence_free(texts);
	rows_end();
}

/* Members of the classes in the POSIX locale (XBD 7.3.1): first and last of each range. */
static const struct {
	const char *name, *ranges;
} classes[] = {
	{"alnum", "09AZaz"},
	{"alpha", "AZaz"},
	{"blank", "\t\t  "},
	{"cntrl", "\x01\x1f\x7f\x7f"},
	{"digit", "09"},
	{"graph", "!~"},
	{"lower", "az"},
	{"print", " ~"},
	{"punct", "!/:@[`{~"},
	{"space", "\t\r  "},
	{"upper", "AZ"},
	{"xdigit", "09AFaf"},
};

static bool is_member(const char *ranges, unsigned c)
{
	for (; *ranges != '\0'; ranges += 2)
		if ((unsigned char)ranges[0] <= c && c <= (unsigned char)ranges[1])
			return true;
	return false;
}

/* Every byte there is; from 0x80 up none is in a class, whatever it is taken for. */
static void test_classes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(classes) * 255; i++) {
		unsigned c = 1 + (unsigned)(i % 255);
		bool expected = is_member(classes[i / 255].ranges, c);
		const char text[] = {(char)c, '\0'};
		char pattern[32];

		sprintf(pattern, "[[:%s:]]", classes[i / 255].name);
		expect(pattern, text, false, expected);
		expect(pattern, text, true, expected);
		sprintf(pattern, "[![:%s:]]", classes[i / 255].name);
		expect(pattern, text, false, !expected);
		expect(pattern, text, true, !expected);
	}
	rows_end();
}

/* All pairs of bytes: one as a pattern, bare and escaped, and in a set, for the other. */
static void test_every_byte(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 255 * 255; i++) {
		const char c = (char)(1 + i / 255), text[] = {(char)(1 + i % 255), '\0'};
		const char bare[] = {c, '\0'}, escaped[] = {'\\', c, '\0'};
		const char set[] = {'[', '\\', c, ']', '\0'};

		for (int utf8 = 0; utf8 < 2; utf8++) {
			expect(escaped, text, utf8, c == text[0]);
			expect(set, text, utf8, c == text[0]);
			if (strchr("*?\\", c) == NULL)
				expect(bare, text, utf8, c == text[0]);
		}
	}
	rows_end();
}

/* All ranges of ASCII. */
static void test_every_range(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 127 * 127; i++) {
		const char first = (char)(1 + i / 127), last = (char)(1 + i % 127);
		const char pattern[] = {'[', '\\', first, '-', '\\', last, ']', '\0'};

		for (char c = 1; c < 127; c++) {
			const char text[] = {c, '\0'};

			expect(pattern, text, i % 2, first <= c && c <= last);
		}
	}
	rows_end();
}

/* The beginning of a character at the end is as many characters as it has bytes. */
static void test_unfinished_character(void **state)
{
	(void)state;
#ifdef __GLIBC__
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		SKIP_TEST("no locale C.UTF-8");
	assert_true(glob_matches("\xf0\x9f\x98", "\xf0\x9f\x98", &charset_of_locale));
	assert_false(glob_matches("\xf0\x9f\x98", "\xf0\x9f\x97", &charset_of_locale));
	assert_false(glob_matches("?", "\xf0\x9f\x98", &charset_of_locale));
	assert_true(glob_matches("?\x9f?", "\xf0\x9f\x98", &charset_of_locale));
	assert_true(glob_matches("?", "\xf0\x9f\x98\x80", &charset_of_locale));
#else
	SKIP_TEST("no glibc to compare with");
#endif
}

/* Trying all ways for the stars to share the text would take longer than the machine will last. */
static void test_many_stars(void **state)
{
	enum { STARS = 100, LEN = 10000 };
	static char pattern[2 * STARS + 2], text[LEN + 2];

	(void)state;
	for (size_t i = 0; i < STARS; i++)
		strcpy(pattern + 2 * i, "*a");
	memset(text, 'a', LEN);
	assert_true(glob_matches(pattern, text, &charset_utf8));
	pattern[2 * STARS] = 'b';
	assert_false(glob_matches(pattern, text, &charset_utf8));
	text[LEN] = 'b';
	assert_true(glob_matches(pattern, text, &charset_utf8));
	assert_false(glob_matches(pattern, text + LEN - STARS + 1, &charset_utf8));
	assert_true(glob_matches(pattern, text + LEN - STARS, &charset_utf8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_every_range),
		cmocka_unit_test(test_unfinished_character),
		cmocka_unit_test(test_many_stars),
	};

	return cmocka_run_group_tests_name("glob", tests, NULL, NULL);
}
