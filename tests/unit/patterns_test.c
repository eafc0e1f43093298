/* SPDX-License-Identifier: MIT */
/*
 * patterns: the same results as if each pattern were tried by itself, but few of them are tried.
 *
 * Link with --wrap= of calloc and glob_matches.
 */
#include "patterns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "glob.h"
#include "rows.h"

static bool no_memory;
static size_t tried; /* how often a text was compared with a pattern */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
bool __real_glob_matches(const char *pattern, const char *text, const struct charset *charset);
bool __wrap_glob_matches(const char *pattern, const char *text, const struct charset *charset);

void *__wrap_calloc(size_t count, size_t size)
{
	return no_memory ? NULL : __real_calloc(count, size);
}

bool __wrap_glob_matches(const char *pattern, const char *text, const struct charset *charset)
{
	tried++;
	return __real_glob_matches(pattern, text, charset);
}

static size_t below(unsigned *seed, size_t end)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % end;
}

/* Writes up to MOST of PIECES to TEXT. */
static void random_text(
	unsigned *seed, const char *const *pieces, size_t count, size_t most, char *text)
{
	*text = '\0';
	for (size_t n = 1 + below(seed, most); n > 0; n--)
		text = stpcpy(text, pieces[below(seed, count)]);
}

enum { MOST_PATTERNS = 12, TEXT_SIZE = 64 };

/* The expected result, by one pattern after the other. */
static bool is_matched(const char *const *patterns, size_t count, const char *path,
	const char *name, const struct charset *charset)
{
	for (size_t i = 0; i < count; i++)
		if (__real_glob_matches(
			    patterns[i], strchr(patterns[i], '/') != NULL ? path : name, charset))
			return true;
	return false;
}

static void compare(
	const char *const *patterns, size_t count, const char *path, const struct charset *charset)
{
	const char *name = strrchr(path, '/') + 1;
	bool expected = is_matched(patterns, count, path, name, charset);
	struct patterns *x;
	enum patterns_answer answer;

	assert_int_equal(patterns_new(&x, patterns, count, charset), 0);
	answer = patterns_name(x, name);
	if (answer == PATTERNS_ASK_PATH)
		answer = patterns_path(x, path, name) ? PATTERNS_YES : PATTERNS_NO;
	if ((answer == PATTERNS_YES) != expected) {
		row_wrong("%s: not %d, of %zu patterns:", path, expected, count);
		for (size_t i = 0; i < count; i++)
			row_wrong("\t%s", patterns[i]);
	}
	patterns_free(x);
}

/* Short patterns and texts of few letters, so that many match or nearly do. */
static void test_same_as_each_by_itself(void **state)
{
	static const char *const of_patterns[] = {"a", "b", "a", "b", "*", "*", "?", "[ab]", "[!a]",
		"[", "]", "\\", "\\*", "/", "ab", "\xc3\xa9", "\xa9"};
	static const char *const of_names[] = {
		"a", "b", "a", "b", "*", "[", "]", "\\", "ab", "\xc3\xa9", "\xc3"};
	unsigned seed = 7;
	size_t matched = 0;

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		char texts[MOST_PATTERNS][TEXT_SIZE], name[TEXT_SIZE], path[2 * TEXT_SIZE];
		const char *patterns[MOST_PATTERNS];
		const struct charset *charset = i % 2 ? &charset_utf8 : &charset_c;
		size_t count = 1 + below(&seed, MOST_PATTERNS);

		for (size_t n = 0; n < count; n++) {
			random_text(&seed, of_patterns, COUNT(of_patterns), 6, texts[n]);
			patterns[n] = texts[n];
		}
		random_text(&seed, of_names, COUNT(of_names), 4, name);
		sprintf(path, "%s/%s", name, name + below(&seed, strlen(name)));
		compare(patterns, count, path, charset);
		matched += is_matched(patterns, count, path, strrchr(path, '/') + 1, charset);
	}
	/* Neither is rare. */
	assert_in_range(matched, 20000, 80000);
	rows_end();
}

/* Of thousands of patterns hardly any is tried on a name that it does not fit. */
static void test_few_are_tried(void **state)
{
	enum { PATTERNS = 2000, NAMES = 1000 };
	static const struct {
		const char *format, *name;
	} rows[] = {
		{"pat%04u", "pat%04ux"},
		{"pat%04u", "file%u"},
		{"*.x%04u", "file.x%05u"},
		{"pat%04u*", "pat%03u"},
		{"*middle%04u*", "a-file-of-another-kind%u"},
		{"[a-z]*end%04u", "file-end%05u"},
		{"some/path/pat%04u", "file%05u"},
		{"*/x%04u", "x%05u"},
	};
	static char texts[PATTERNS][TEXT_SIZE];
	static const char *patterns[PATTERNS];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct patterns *x;

		for (unsigned n = 0; n < PATTERNS; n++) {
			sprintf(texts[n], rows[i].format, n);
			patterns[n] = texts[n];
		}
		assert_int_equal(patterns_new(&x, patterns, PATTERNS, &charset_c), 0);
		tried = 0;
		for (unsigned n = 0; n < NAMES; n++) {
			char name[TEXT_SIZE];

			/* Numbers that no pattern has. */
			sprintf(name, rows[i].name, n + 90000);
			if (patterns_name(x, name) != PATTERNS_NO)
				row_wrong("%s, of %s: not answered", name, rows[i].format);
		}
		if (tried > NAMES)
			row_wrong("%s: %zu tried for %d names", rows[i].format, tried, NAMES);
		patterns_free(x);
	}
	rows_end();
}

/* To make a path takes long. */
static void test_paths_are_asked_for_if_the_name_fits(void **state)
{
	static const char *const patterns[] = {"*/x", "a/b/c.[ch]z", "*.o"};
	struct patterns *x;

	(void)state;
	assert_int_equal(patterns_new(&x, patterns, COUNT(patterns), &charset_c), 0);
	assert_int_equal(patterns_name(x, "d"), PATTERNS_NO);
	assert_int_equal(patterns_name(x, "xd"), PATTERNS_NO);
	assert_int_equal(patterns_name(x, "x"), PATTERNS_ASK_PATH);
	assert_int_equal(patterns_name(x, "c.hz"), PATTERNS_ASK_PATH);
	assert_int_equal(patterns_name(x, "x.o"), PATTERNS_YES);
	assert_true(patterns_path(x, "t/x", "x"));
	assert_true(patterns_path(x, "a/b/c.hz", "c.hz"));
	assert_false(patterns_path(x, "a/c/c.hz", "c.hz"));
	patterns_free(x);
}

static void test_need_of_a_charset(void **state)
{
	static const struct {
		const char *pattern;
		bool needs;
	} rows[] = {{"a", false}, {"\xc3\xa9/x", false}, {"", false}, {"a?", true}, {"*", true},
		{"[a]", true}, {"\\a", true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const patterns[] = {"plain", rows[i].pattern};

		if (patterns_need_charset(patterns, 2) != rows[i].needs)
			row_wrong("%s: not %d", rows[i].pattern, rows[i].needs);
	}
	rows_end();
}

static void test_no_memory(void **state)
{
	static const char *const patterns[] = {"a"};
	struct patterns *x;

	(void)state;
	no_memory = true;
	assert_int_equal(patterns_new(&x, patterns, 1, &charset_c), -ENOMEM);
	no_memory = false;
	patterns_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_each_by_itself),
		cmocka_unit_test(test_few_are_tried),
		cmocka_unit_test(test_paths_are_asked_for_if_the_name_fits),
		cmocka_unit_test(test_need_of_a_charset),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests_name("patterns", tests, NULL, NULL);
}
