/* SPDX-License-Identifier: MIT */
/* Modes as text: each of the 4096 is written and read back, and what is no mode is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "meaning.h"
#include "model.h"
#include "modespec.h"

enum { SET_IDS = 06000, UNTOUCHED = 0123456 };

/* Room for a text, with bytes before and after it that must not change. */
struct fenced {
	char bytes[32];
	size_t size;
};

static char *fence(struct fenced *f, size_t size)
{
	memset(f->bytes, '#', sizeof(f->bytes));
	f->size = size;
	return f->bytes + 1;
}

static void assert_fenced(const struct fenced *f)
{
	assert_int_equal(f->bytes[0], '#');
	for (size_t i = f->size + 1; i < sizeof(f->bytes); i++)
		assert_int_equal(f->bytes[i], '#');
}

/* R30 */
static void test_formats(void **state)
{
	(void)state;
	for (mode_t mode = 0; mode <= (S_IFREG | 07777); mode++) {
		struct fenced f;
		char *got = fence(&f, 10), expected[10];

		model_format(mode & 07777, expected);
		assert_ptr_equal(modespec_format(mode, got), got);
		assert_string_equal(got, expected);
		assert_fenced(&f);
	}
}

static void test_formats_are_read(void **state)
{
	(void)state;
	for (mode_t mode = 0; mode < MODEL_MODES; mode++) {
		mode_t got = UNTOUCHED;
		size_t at = 77;
		struct fenced f;
		char *text = fence(&f, 10);

		model_format(mode, text);
		assert_int_equal(modespec_read_format(&got, text, &at), 0);
		assert_int_equal(got, mode);
		assert_int_equal(at, 77);
		got = UNTOUCHED;
		assert_int_equal(modespec_read_format(&got, text, NULL), 0);
		assert_int_equal(got, mode);
	}
}

static void assert_no_format(const char *text, size_t where)
{
	mode_t got = UNTOUCHED;
	size_t at = 77;

	assert_int_equal(modespec_read_format(&got, text, &at), -EINVAL);
	assert_int_equal(at, where);
	assert_int_equal(modespec_read_format(&got, text, NULL), -EINVAL);
	assert_int_equal(got, UNTOUCHED);
}

/* Each byte at each place; texts that are too short, at the end of memory; and one too long. */
static void test_no_formats(void **state)
{
	static const char *const letters[] = {
		"r-", "w-", "xsS-", "r-", "w-", "xsS-", "r-", "w-", "xtT-", ""};

	(void)state;
	for (size_t i = 0; i < 10; i++)
		for (int c = 1; c < 256; c++) {
			char text[] = "rwsr-S--T\0";

			text[i] = (char)c;
			if (strchr(letters[i], c) == NULL)
				assert_no_format(text, i);
		}
	for (size_t len = 0; len < 9; len++) {
		char *cut = strndup("rwsr-S--T", len);

		assert_non_null(cut);
		assert_no_format(cut, len);
		free(cut);
	}
	assert_no_format("drwxr-xr-x", 0);
	assert_no_format("rwxr-xr-x.", 9);
}

/* What TEXT makes of each mode by the interpreter. */
static void interpret(const char *text, bool is_dir, uint16_t ret[static MODEL_MODES])
{
	struct model_where where = {.is_dir = is_dir, .umask = 0125};
	static struct model_result result;
	struct model_spec spec;
	size_t at;

	assert_true(model_read(&spec, text, &at));
	model_apply(&spec, where, &result);
	model_all_modes(&result, ret);
	model_spec_free(&spec);
}

/* Whether TEXT gives MODE to every file of a type, and lets it keep the bits KEPT that it had. */
static bool gives(const char *text, bool is_dir, mode_t mode, mode_t kept)
{
	static uint16_t all[MODEL_MODES];

	interpret(text, is_dir, all);
	for (mode_t old = 0; old < MODEL_MODES; old++)
		if (all[old] != (mode | (old & kept)))
			return false;
	return true;
}

/* Writes MODE like the shell's umask -S, with s and t at the ends. */
static void expect_symbolic(mode_t mode, char ret[static 32])
{
	static const char *const rwx[] = {"", "x", "w", "wx", "r", "rx", "rw", "rwx"};

	sprintf(ret, "u=%s%s,g=%s%s,o=%s%s", rwx[mode >> 6 & 7], mode & S_ISUID ? "s" : "",
		rwx[mode >> 3 & 7], mode & S_ISGID ? "s" : "", rwx[mode & 7],
		mode & S_ISVTX ? "t" : "");
}

static void test_symbolic(void **state)
{
	(void)state;
	for (mode_t mode = 0; mode < MODEL_MODES; mode++) {
		struct fenced f;
		char *got = fence(&f, 21), expected[32];

		expect_symbolic(mode, expected);
		assert_ptr_equal(modespec_symbolic(S_IFDIR | mode, got), got);
		assert_string_equal(got, expected);
		assert_fenced(&f);
		assert_true(gives(got, false, mode, 0));
		assert_true(gives(got, true, mode, SET_IDS));
	}
}

/* An octal of the same value with fewer digits is not exact: a directory may keep set-ID bits. */
static void test_exact(void **state)
{
	(void)state;
	for (mode_t mode = 0; mode < MODEL_MODES; mode++) {
		struct fenced f;
		char *got = fence(&f, 6);

		assert_ptr_equal(modespec_exact(S_IFREG | mode, got), got);
		assert_fenced(&f);
		assert_int_equal(strspn(got, "01234567"), strlen(got));
		assert_int_equal(strtoul(got, NULL, 8), mode);
		assert_true(gives(got, false, mode, 0));
		assert_true(gives(got, true, mode, 0));
		if (got[0] == '0')
			assert_false(gives(got + 1, true, mode, 0));
	}
}

int model_group_text(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_formats_are_read),
		cmocka_unit_test(test_no_formats),
		cmocka_unit_test(test_symbolic),
		cmocka_unit_test(test_exact),
	};

	return cmocka_run_group_tests_name("modes as text", tests, NULL, NULL);
}
