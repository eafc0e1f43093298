/* SPDX-License-Identifier: MIT */
/*
 * The input is a pattern and a text, each ended by a NUL. glob_matches() must agree with the model
 * of tests/model, and with glibc's fnmatch(3) where POSIX says what the pattern means.
 */
#include "fuzz.h"

#include <fnmatch.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../model/pattern.h"
#include "glob.h"

static void expect(const char *pattern, const char *text, bool utf8, bool expected, const char *by)
{
	if (glob_matches(pattern, text, utf8 ? &charset_utf8 : &charset_c) != expected)
		fuzz_fail("pattern %s, text %s, %s: by %s they %s", fuzz_shown(pattern),
			fuzz_shown(text), utf8 ? "UTF-8" : "bytes", by,
			expected ? "match" : "do not match");
}

#ifdef __GLIBC__
static bool matches_in(const char *locale, const char *pattern, const char *text)
{
	if (setlocale(LC_ALL, locale) == NULL)
		fuzz_fail("no locale %s", locale);
	return fnmatch(pattern, text, 0) == 0;
}

/* glibc 2.36 finds no character past U+00FF, such as a Greek letter, in a range of such. */
static bool has_range_beyond_latin1(const char *pattern, const char *text)
{
	bool beyond = false;

	for (const char *s = pattern; *s != '\0'; s++)
		beyond = beyond || (unsigned char)*s >= 0xc4;
	for (const char *s = text; *s != '\0'; s++)
		beyond = beyond || (unsigned char)*s >= 0xc4;
	return beyond && strchr(pattern, '[') != NULL && strchr(pattern, '-') != NULL;
}

/* In UTF-8, glibc's classes have all letters of Unicode; ours have those of ASCII. */
static bool has_class_beyond_ascii(const char *pattern, const char *text)
{
	bool beyond = false;

	for (const char *s = text; *s != '\0'; s++)
		beyond = beyond || (unsigned char)*s >= 0x80;
	return beyond && strstr(pattern, "[:") != NULL;
}

static void compare_with_fnmatch(const char *pattern, const char *text)
{
	/* The locale C has no character beyond 0x7f in its classes. */
	bool as_bytes = matches_in("C", pattern, text), as_utf8;

	expect(pattern, text, false, as_bytes, "fnmatch(3) in C");
	if (!pattern_is_utf8(pattern) || !pattern_is_utf8(text) ||
		has_range_beyond_latin1(pattern, text) || has_class_beyond_ascii(pattern, text))
		return;
	/* glibc tries bytes if characters do not match, so that ?? matches an e with an accent. */
	as_utf8 = matches_in("C.UTF-8", pattern, text);
	if (!as_utf8 || !as_bytes)
		expect(pattern, text, true, as_utf8, "fnmatch(3) in UTF-8");
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	char *pattern = fuzz_word(&data, end), *text = fuzz_word(&data, end);

	expect(pattern, text, false, pattern_matches(pattern, text, false), "the model");
	expect(pattern, text, true, pattern_matches(pattern, text, true), "the model");
#ifdef __GLIBC__
	if (!pattern_is_odd(pattern))
		compare_with_fnmatch(pattern, text);
#endif
	free(pattern);
	free(text);
	return 0;
}
