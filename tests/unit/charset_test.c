/* SPDX-License-Identifier: MIT */
/*
 * charset: what is a character and what is printable, compared with glibc if the tests are built
 * with it. utf8_test.c tests what is well-formed UTF-8.
 */
#include "charset.h"

#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include <wctype.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "charset_table.h"
#include "rows.h"

/* Whether there is a UTF-8 locale; from here on it is this process's. */
static bool enter_utf8(void)
{
#ifdef __GLIBC__
	return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
#else
	return true;
#endif
}

static void expect(const struct charset *charset, const char *s, size_t len, uint32_t c)
{
	uint32_t got = 0;
	size_t got_len = charset->decode(s, &got);

	if (got_len != len || got != c)
		row_wrong("%#x...: %zu bytes for %#x, expected %zu for %#x", (unsigned char)*s,
			got_len, got, len, c);
}

/* ASCII is ASCII everywhere; of the other bytes none is a character alone. */
static void test_every_byte(void **state)
{
	(void)state;
	for (unsigned byte = 1; byte <= 0xff; byte++) {
		const char s[] = {(char)byte, '\0'};
		uint32_t c = byte < 0x80 ? byte : CHARSET_NONE;

		expect(&charset_c, s, 1, c);
		expect(&charset_utf8, s, 1, c);
	}
	rows_end();
}

static void test_characters(void **state)
{
	(void)state;
	expect(&charset_utf8, "\xc3\xa9z", 2, 0xe9);
	expect(&charset_utf8, "\xf0\x9f\x98\x80", 4, 0x1f600);
	expect(&charset_utf8, "\xf0\x9f\x98", 1, CHARSET_NONE);
	expect(&charset_utf8, "\xed\xa0\x80", 1, CHARSET_NONE);
	expect(&charset_c, "\xc3\xa9", 1, CHARSET_NONE);
	rows_end();
}

/* The C library decides. The beginning of a character at the end of a name is one piece. */
static void test_of_locale(void **state)
{
	(void)state;
#ifdef __GLIBC__
	if (!enter_utf8())
		SKIP_TEST("no locale C.UTF-8");
	expect(&charset_of_locale, "a", 1, 'a');
	expect(&charset_of_locale, "\xc3\xa9z", 2, 0xe9);
	expect(&charset_of_locale, "\xff z", 1, CHARSET_NONE);
	expect(&charset_of_locale, "\xf0\x9f\x98", 3, CHARSET_NONE);
	expect(&charset_gb18030, "\xc3\xa9z", 2, 0xe9);
	rows_end();
#else
	SKIP_TEST("no glibc to compare with");
#endif
}

static void test_printable_and_quotes(void **state)
{
	(void)state;
	if (!enter_utf8())
		SKIP_TEST("no locale C.UTF-8");
	assert_true(charset_utf8.is_printable(0xe9));
	assert_true(charset_utf8.is_printable(0x200b));
	assert_false(charset_utf8.is_printable(0x85));
	assert_false(charset_utf8.is_printable(0x378));
	assert_false(charset_c.is_printable(0xe9));
	assert_string_equal(charset_utf8.left_quote, "\u2018");
	assert_string_equal(charset_utf8.right_quote, "\u2019");
	assert_string_equal(charset_c.left_quote, "'");
	assert_string_equal(charset_c.right_quote, "'");
}

/*
 * The table was made with glibc 2.36. A later glibc must have all its printable characters, and it
 * must have all those of an earlier glibc.
 */
static void test_table_is_glibcs(void **state)
{
	(void)state;
#ifdef __GLIBC__
	int age = strverscmp(gnu_get_libc_version(), "2.36");
	size_t printable = 0;

	if (!enter_utf8())
		SKIP_TEST("no locale C.UTF-8");
	for (uint32_t c = 0x80; c <= 0x10ffff; c++) {
		bool ours = charset_table_has(c), glibcs = iswprint((wint_t)c) != 0;
		if ((ours && !glibcs && age >= 0) || (glibcs && !ours && age <= 0))
			row_wrong("U+%04X: %d, expected %d", (unsigned)c, ours, glibcs);
		printable += ours;
	}
	/* The letters, signs and ideographs that Unicode has had for long. */
	assert_in_range(printable, 250000, 400000);
	rows_end();
#else
	SKIP_TEST("no glibc to compare with");
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_of_locale),
		cmocka_unit_test(test_printable_and_quotes),
		cmocka_unit_test(test_table_is_glibcs),
	};

	return cmocka_run_group_tests_name("charset", tests, NULL, NULL);
}
