/*
 * glob against what POSIX says of patterns (XCU 2.14) and, where that leaves it open, against its
 * header: characters by number, classes of ASCII, bytes that are no UTF-8.
 */
#include "glob.h"

#include <string.h>

#include "rows.h"

/* In which locales a text matches. */
enum matches { NEVER, AS_BYTES, AS_UTF8, ALWAYS };

static const struct row {
	const char *pattern, *text;
	enum matches matches;
} rows[] = {
	/* Characters that stand for themselves: all of the text, with its case. */
	{"", "", ALWAYS},
	{"", "a", NEVER},
	{"a", "", NEVER},
	{"abc", "abc", ALWAYS},
	{"abc", "ab", NEVER},
	{"abc", "abcd", NEVER},
	{"bc", "abc", NEVER},
	{"a", "A", NEVER},
	{"a]b", "a]b", ALWAYS},
	{"{a,b}", "a", NEVER},
	{"{a,b}", "{a,b}", ALWAYS},
	{"!a", "b", NEVER},
	{"!(a)", "!(a)", ALWAYS},
	{"+(a)", "aa", NEVER},
	{"~", "~", ALWAYS},

	/* One character. */
	{"?", "a", ALWAYS},
	{"?", "?", ALWAYS},
	{"?", "*", ALWAYS},
	{"?", "\n", ALWAYS},
	{"?", "", NEVER},
	{"?", "ab", NEVER},
	{"a?c", "abc", ALWAYS},
	{"a?c", "ac", NEVER},
	{"???", "abc", ALWAYS},

	/* Any number of them. */
	{"*", "", ALWAYS},
	{"*", "abc", ALWAYS},
	{"**", "", ALWAYS},
	{"**", "abc", ALWAYS},
	{"a*", "a", ALWAYS},
	{"a*", "b", NEVER},
	{"a*", "ba", NEVER},
	{"*a", "a", ALWAYS},
	{"*a", "ba", ALWAYS},
	{"*a", "ab", NEVER},
	{"*a", "", NEVER},
	{"a*c", "ac", ALWAYS},
	{"a*c", "abbc", ALWAYS},
	{"a*c", "abcb", NEVER},
	{"a*c", "a", NEVER},
	{"*.o", ".o", ALWAYS},
	{"*.o", "a.o.o", ALWAYS},
	{"*.o", "a.oo", NEVER},
	{"*?", "", NEVER},
	{"*?", "a", ALWAYS},
	{"?*?", "a", NEVER},
	{"?*?", "ab", ALWAYS},
	{"*[0-9]", "a12", ALWAYS},
	{"*[0-9]", "a12b", NEVER},

	/* A star that has to give up what it has taken, and two of which either could take it. */
	{"*ab", "aab", ALWAYS},
	{"*ab*", "aaba", ALWAYS},
	{"*aab", "aaaab", ALWAYS},
	{"a*b*c", "abxbxcxc", ALWAYS},
	{"a*b*c", "acb", NEVER},
	{"*a*b*", "xbxaxb", ALWAYS},
	{"*a*b*", "xbxa", NEVER},
	{"*abc*abd", "abcabcabd", ALWAYS},
	{"*x*x", "x", NEVER},
	{"a*a", "a", NEVER},

	/* No character is special to * and the others: neither / nor a leading dot. */
	{"*", "a/b", ALWAYS},
	{"a*b", "a/x/b", ALWAYS},
	{"a?b", "a/b", ALWAYS},
	{"a[/]b", "a/b", ALWAYS},
	{"a[!x]b", "a/b", ALWAYS},
	{"a[.-0]b", "a/b", ALWAYS},
	{"[[:punct:]]", "/", ALWAYS},
	{"*", ".a", ALWAYS},
	{"?a", ".a", ALWAYS},
	{"[.]a", ".a", ALWAYS},
	{"[!x]a", ".a", ALWAYS},
	{"*/*", "a/.b", ALWAYS},
	{"a/?b", "a/.b", ALWAYS},
	{"*", ".", ALWAYS},
	/* A part of a name is no match, as FNM_LEADING_DIR would have it. */
	{"a", "a/b", NEVER},

	/* Behind a backslash a character stands for itself, also one that always does. */
	{"\\*", "*", ALWAYS},
	{"\\*", "a", NEVER},
	{"\\?", "?", ALWAYS},
	{"\\?", "a", NEVER},
	{"\\[a]", "[a]", ALWAYS},
	{"\\[a]", "a", NEVER},
	{"\\\\", "\\", ALWAYS},
	{"\\\\", "\\\\", NEVER},
	{"\\a", "a", ALWAYS},
	{"\\a", "\\a", NEVER},
	{"\\n", "\n", NEVER},
	{"a\\/b", "a/b", ALWAYS},
	{"\\\\*", "\\abc", ALWAYS},
	{"*\\*", "ab*", ALWAYS},
	{"*\\*", "ab", NEVER},
	/* There is none behind the last: nothing can stand for itself. */
	{"\\", "", NEVER},
	{"\\", "\\", NEVER},
	{"a\\", "a", NEVER},
	{"a\\", "a\\", NEVER},
	{"*\\", "a\\", NEVER},

	/* Sets. */
	{"[abc]", "b", ALWAYS},
	{"[abc]", "d", NEVER},
	{"[abc]", "", NEVER},
	{"[abc]", "ab", NEVER},
	{"[abc]", "[abc]", NEVER},
	{"[a]", "a", ALWAYS},
	{"[a][b]", "ab", ALWAYS},
	{"x[ab]y", "xay", ALWAYS},
	{"[*?[]", "*", ALWAYS},
	{"[*?[]", "?", ALWAYS},
	{"[*?[]", "[", ALWAYS},
	{"[*?[]", "a", NEVER},
	{"[[]", "[", ALWAYS},

	/* The complement; not in another place than the first. */
	{"[!abc]", "d", ALWAYS},
	{"[!abc]", "a", NEVER},
	{"[!abc]", "!", ALWAYS},
	{"[!abc]", "", NEVER},
	{"[^abc]", "d", ALWAYS},
	{"[^abc]", "c", NEVER},
	{"[^abc]", "^", ALWAYS},
	{"[a!]", "!", ALWAYS},
	{"[a!]", "b", NEVER},
	{"[a^]", "^", ALWAYS},
	{"[a^]", "b", NEVER},
	{"[!!]", "!", NEVER},
	{"[!!]", "a", ALWAYS},
	{"[^!]", "!", NEVER},
	{"[!^]", "^", NEVER},
	{"[\\!a]", "!", ALWAYS},
	{"[\\!a]", "b", NEVER},
	{"[\\^a]", "^", ALWAYS},
	{"[\\^a]", "b", NEVER},

	/* A ] that is the first of a set does not end it. */
	{"[]]", "]", ALWAYS},
	{"[]]", "a", NEVER},
	{"[]a]", "a", ALWAYS},
	{"[]a]", "]", ALWAYS},
	{"[]a]", "]a]", NEVER},
	{"[!]]", "]", NEVER},
	{"[!]]", "a", ALWAYS},
	{"[!]a]", "a", NEVER},
	{"[^]a]", "]", NEVER},
	{"[a]]", "a]", ALWAYS},
	{"[a]]", "a", NEVER},
	{"[a\\]b]", "]", ALWAYS},
	{"[a\\]b]", "b", ALWAYS},
	{"[a\\]b]", "\\", NEVER},
	{"[a\\]b]", "ab]", NEVER},
	{"[\\]]", "]", ALWAYS},

	/* Backslashes in a set. */
	{"[\\\\]", "\\", ALWAYS},
	{"[\\a]", "a", ALWAYS},
	{"[\\a]", "\\", NEVER},
	{"[\\[]", "[", ALWAYS},
	{"[\\[:alpha:]", ":", ALWAYS},
	{"[\\[:alpha:]", "x", NEVER},

	/* Ranges, both ends included. */
	{"[b-d]", "a", NEVER},
	{"[b-d]", "b", ALWAYS},
	{"[b-d]", "c", ALWAYS},
	{"[b-d]", "d", ALWAYS},
	{"[b-d]", "e", NEVER},
	{"[b-d]", "-", NEVER},
	{"[!b-d]", "c", NEVER},
	{"[!b-d]", "a", ALWAYS},
	{"[b-b]", "b", ALWAYS},
	{"[b-b]", "c", NEVER},
	{"[d-b]", "c", NEVER},
	{"[d-b]", "d", NEVER},
	{"[d-b]", "-", NEVER},
	{"[!d-b]", "d", ALWAYS},
	{"[a-c0-9_]", "5", ALWAYS},
	{"[a-c0-9_]", "b", ALWAYS},
	{"[a-c0-9_]", "_", ALWAYS},
	{"[a-c0-9_]", "d", NEVER},
	{"[a-z]", "Q", NEVER},
	{"[A-z]", "_", ALWAYS},
	{"[]-a]", "^", ALWAYS},
	{"[]-a]", "-", NEVER},
	{"[!]-a]", "_", NEVER},
	/* The ends can be behind a backslash, which makes no difference to what they are. */
	{"[\\b-d]", "c", ALWAYS},
	{"[b-\\d]", "c", ALWAYS},
	{"[b-\\d]", "\\", NEVER},
	{"[b-\\d]", "d", ALWAYS},
	{"[\\[-\\]]", "\\", ALWAYS},
	{"[\\[-\\]]", "]", ALWAYS},
	{"[\\[-\\]]", "-", NEVER},
	{"[+-\\]]", "A", ALWAYS},
	/* A - that stands for itself: the first, the last, behind a backslash, behind a range. */
	{"[-a]", "-", ALWAYS},
	{"[-a]", "a", ALWAYS},
	{"[-a]", "b", NEVER},
	{"[a-]", "-", ALWAYS},
	{"[a-]", "a", ALWAYS},
	{"[a-]", "b", NEVER},
	{"[-]", "-", ALWAYS},
	{"[!-]", "-", NEVER},
	{"[!-]", "a", ALWAYS},
	{"[!-a]", "-", NEVER},
	{"[!-a]", "0", ALWAYS},
	{"[a\\-z]", "m", NEVER},
	{"[a\\-z]", "-", ALWAYS},
	{"[a\\-z]", "z", ALWAYS},
	{"[%--]", "+", ALWAYS},
	{"[--0]", ".", ALWAYS},
	{"[---]", "-", ALWAYS},
	{"[---]", ",", NEVER},

	/* Classes; each of them has rows of its own below. */
	{"[[:digit:]]", "5", ALWAYS},
	{"[[:digit:]]", "a", NEVER},
	{"[![:digit:]]", "5", NEVER},
	{"[^[:digit:]]", "a", ALWAYS},
	{"[x[:digit:]y]", "x", ALWAYS},
	{"[x[:digit:]y]", "y", ALWAYS},
	{"[x[:digit:]y]", "7", ALWAYS},
	{"[x[:digit:]y]", "z", NEVER},
	{"[[:digit:][:upper:]]", "Q", ALWAYS},
	{"[[:digit:][:upper:]]", "q", NEVER},
	{"[[:digit:]a-f]", "e", ALWAYS},
	{"[[:digit:]-]", "-", ALWAYS},
	{"[][:digit:]]", "]", ALWAYS},
	{"[][:digit:]]", "3", ALWAYS},
	{"[[:digit:]][[:digit:]]", "42", ALWAYS},
	{"*[[:digit:]]*", "ab3c", ALWAYS},
	/* An unknown one has no members. */
	{"[[:foo:]]", "f", NEVER},
	{"[[:foo:]]", ":", NEVER},
	{"[[:foo:]]", "[:foo:]", NEVER},
	{"[[:foo:]a]", "a", ALWAYS},
	{"[[::]a]", ":", NEVER},
	{"[[::]a]", "a", ALWAYS},
	{"[[:digi:]]", "5", NEVER},
	{"[[:digits:]]", "5", NEVER},
	{"[[:DIGIT:]]", "5", NEVER},
	/* What is no class: its characters, up to the first ]. */
	{"[:digit:]", "d", ALWAYS},
	{"[:digit:]", ":", ALWAYS},
	{"[:digit:]", "5", NEVER},
	{"[[:digit]", "[", ALWAYS},
	{"[[:digit]", "g", ALWAYS},
	{"[[:digit]", "5", NEVER},
	{"[[:digit]]", "g]", ALWAYS},
	{"[[:a:b:]]", "b]", ALWAYS},
	{"[[:]", ":", ALWAYS},
	{"[[digit:]]", "d]", ALWAYS},
	/* A class is there, but the set has no end behind it. */
	{"[[:digit:]", "5", NEVER},
	{"[[:digit:]", "[d", ALWAYS},

	/* A [ without its ] stands for itself, and what comes behind it is no set. */
	{"[", "[", ALWAYS},
	{"[", "", NEVER},
	{"[", "a", NEVER},
	{"[]", "[]", ALWAYS},
	{"[]", "]", NEVER},
	{"[!]", "[!]", ALWAYS},
	{"[!]", "a", NEVER},
	{"[^]", "[^]", ALWAYS},
	{"[!", "[!", ALWAYS},
	{"[ab", "[ab", ALWAYS},
	{"[ab", "a", NEVER},
	{"[a-", "[a-", ALWAYS},
	{"[a-b", "[a-b", ALWAYS},
	{"[a\\]", "[a]", ALWAYS},
	{"[a-\\]", "[a-]", ALWAYS},
	{"[\\]", "[]", ALWAYS},
	{"[*", "[", ALWAYS},
	{"[*", "[abc", ALWAYS},
	{"[?", "[a", ALWAYS},
	{"[?", "[", NEVER},
	{"*[", "ab[", ALWAYS},
	{"[[a]", "a", ALWAYS},
	{"[\\", "[\\", NEVER},
	{"[a\\", "[a\\", NEVER},
	{"[a-\\", "[a-\\", NEVER},

	/* A character beyond ASCII: one of UTF-8, or as many as it has bytes. */
	{"?", "\xc3\xa9", AS_UTF8},
	{"??", "\xc3\xa9", AS_BYTES},
	{"?", "\xe2\x82\xac", AS_UTF8},
	{"???", "\xe2\x82\xac", AS_BYTES},
	{"?", "\xf0\x9f\x98\x80", AS_UTF8},
	{"????", "\xf0\x9f\x98\x80", AS_BYTES},
	{"a?z", "a\xe2\x82\xacz", AS_UTF8},
	{"\xc3\xa9", "\xc3\xa9", ALWAYS},
	{"\xc3\xa9", "\xc3\xa8", NEVER},
	{"\\\xc3\xa9", "\xc3\xa9", ALWAYS},
	{"\\\xe2\x82\xac*", "\xe2\x82\xac.", ALWAYS},
	{"*\xc3\xa9", "\xc3\xa8\xc3\xa9", ALWAYS},
	{"*\xa9", "\xc3\xa9", AS_BYTES},
	{"\xc3*", "\xc3\xa9", AS_BYTES},
	{"\xc3?", "\xc3\xa9", AS_BYTES},
	{"*?\xac", "\xe2\x82\xac", AS_BYTES},
	/* The same letter in another form is another text. */
	{"\xc3\xa9", "e\xcc\x81", NEVER},
	/* Sets and ranges of such. */
	{"[\xc3\xa9]", "\xc3\xa9", AS_UTF8},
	{"[\xc3\xa9]", "\xc3", AS_BYTES},
	{"[\xc3\xa9]", "\xa9", AS_BYTES},
	{"[!\xc3\xa9]", "\xc3\xa9", NEVER},
	{"[!\xc3\xa9]", "\xc3\xa8", AS_UTF8},
	{"[!a]", "\xc3\xa9", AS_UTF8},
	{"[\\\xc3\xa9]", "\xc3\xa9", AS_UTF8},
	{"[\xc3\xa0-\xc3\xaf]", "\xc3\xa9", AS_UTF8},
	{"[\xc3\xa0-\xc3\xaf]", "\xc3\xb0", NEVER},
	{"[\xc3\xa0-\xc3\xaf]", "\xc3\x9f", NEVER},
	{"[\xc3\xa0-\\\xc3\xaf]", "\xc3\xaf", AS_UTF8},
	{"[\xce\xb1-\xcf\x89]", "\xce\xbb", AS_UTF8},
	{"[a-\xc3\xa9]", "z", ALWAYS},
	{"[a-\xc3\xa9]", "\xc3\xa0", AS_UTF8},
	{"[a-\xf4\x8f\xbf\xbf]", "\xf0\x9f\x98\x80", AS_UTF8},
	{"[a-\xf4\x8f\xbf\xbf]", "A", NEVER},
	/* By the bytes of the range: 0xc3, 0xa0 to 0xc3, 0xaf. */
	{"[\xc3\xa0-\xc3\xaf]", "\xb0", AS_BYTES},
	{"[\xc3\xa0-\xc3\xaf]", "\xc4", NEVER},
	/* Classes are of ASCII. */
	{"[[:alpha:]]", "\xc3\xa9", NEVER},
	{"[[:lower:]]", "\xc3\xa9", NEVER},
	{"[[:space:]]", "\xc2\xa0", NEVER},
	{"[[:cntrl:]]", "\xc2\x80", NEVER},
	{"[[:digit:]]", "\xd9\xa3", NEVER},
	{"[![:alpha:]]", "\xc3\xa9", AS_UTF8},
	{"[![:alpha:]]", "\xe9", ALWAYS},

	/* A byte that is no UTF-8 is one character, which is none of the others. */
	{"?", "\xff", ALWAYS},
	{"?", "\xc3", ALWAYS},
	{"??", "\xff\xfe", ALWAYS},
	{"??", "\xe2\x82", ALWAYS},
	{"?", "\xe2\x82", NEVER},
	{"?\xc3\xa9", "\xc3\xc3\xa9", ALWAYS},
	{"\xff", "\xff", ALWAYS},
	{"\xff", "\xfe", NEVER},
	{"\\\xff", "\xff", ALWAYS},
	{"[\xff]", "\xff", ALWAYS},
	{"[\xff]", "\xfe", NEVER},
	{"[a\xff]", "a", ALWAYS},
	{"[!\xff]", "\xff", NEVER},
	{"[!\xff]", "\xfe", ALWAYS},
	{"\xe9", "\xc3\xa9", NEVER},
	{"\xc3\xa9", "\xe9", NEVER},
	{"[\xe9]", "\xc3\xa9", NEVER},
	{"[\xc3\xa9]", "\xe9", NEVER},
	{"[\xc2\x80-\xf4\x8f\xbf\xbf]", "\xf4\x8f\xbf\xbf", AS_UTF8},
	{"[\xc2\x80-\xf4\x8f\xbf\xbf]", "\xfe", NEVER},
	{"[!\xc2\x80-\xf4\x8f\xbf\xbf]", "\xfe", ALWAYS},
	{"*\xff", "\xc3\xa9\xff", ALWAYS},
	/* Longer than need be, a surrogate: no characters, but three bytes. */
	{"??", "\xc0\xaf", ALWAYS},
	{"???", "\xed\xa0\x80", ALWAYS},
	{"?", "\xed\xa0\x80", NEVER},
};

static void expect(const char *pattern, const char *text, bool utf8, bool expected)
{
	if (glob_matches(pattern, text, utf8) != expected)
		row_wrong("pattern \"%s\", text \"%s\", %s: they %s", pattern, text,
			utf8 ? "UTF-8" : "bytes", expected ? "match" : "do not match");
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];

		expect(row->pattern, row->text, false, row->matches & AS_BYTES);
		expect(row->pattern, row->text, true, row->matches & AS_UTF8);
	}
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

/* Trying all ways for the stars to share the text would take longer than the machine will last. */
static void test_many_stars(void **state)
{
	enum { STARS = 100, LEN = 10000 };
	static char pattern[2 * STARS + 2], text[LEN + 2];

	(void)state;
	for (size_t i = 0; i < STARS; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	memset(text, 'a', LEN);
	assert_true(glob_matches(pattern, text, true));
	pattern[2 * STARS] = 'b';
	assert_false(glob_matches(pattern, text, true));
	text[LEN] = 'b';
	assert_true(glob_matches(pattern, text, true));
	assert_false(glob_matches(pattern, text + LEN - STARS + 1, true));
	assert_true(glob_matches(pattern, text + LEN - STARS, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_every_range),
		cmocka_unit_test(test_many_stars),
	};

	return cmocka_run_group_tests_name("glob", tests, NULL, NULL);
}
