/*
 * modespec against GNU's table, against the words of SPEC.md 1.3, 1.4, 2.1 and 2.2, and against
 * an interpreter that shares no code with it. Link with -Wl,--wrap=calloc.
 */
#include "modespec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "modespec_model.h"
#include "modespec_rows.h"
#include "modespec_table.h"
#include "rows.h"

enum { ALL = 07777, INLINE_ACTIONS = 6 };

static bool calloc_fails;
static size_t calloc_calls;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
	calloc_calls++;
	return calloc_fails ? NULL : __real_calloc(count, size);
}

/* What SPEC makes of a file of mode OLD (with its type); NO_MODE if it is no mode. */
static mode_t applied(const char *spec, mode_t old, mode_t umask)
{
	struct modespec m;
	mode_t new;

	if (modespec_compile(&m, spec, NULL) != 0)
		return NO_MODE;
	new = modespec_apply(&m, old, umask);
	modespec_free(&m);
	return new;
}

static void test_every_row_of_gnus_table(void **state)
{
	(void)state;
	assert_int_equal(COUNT(gnu_rows), 325);
	for (size_t i = 0; i < COUNT(gnu_rows); i++) {
		const struct gnu_row *r = &gnu_rows[i];
		mode_t new = applied(r->spec, r->type | r->old, r->umask);
		if (new != r->new)
			row_wrong("row %d: \"%s\" on %04o (%s), umask %03o: %04o, expected %04o",
				r->number, r->spec, r->old, S_ISDIR(r->type) ? "dir" : "file",
				r->umask, new, r->new);
	}
	rows_end();
}

static void test_examples_of_the_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(example_rows); i++) {
		const struct example_row *r = &example_rows[i];
		mode_t new = applied(r->spec, r->old, r->umask);
		if (new != r->new)
			row_wrong("\"%s\" on %06o, umask %03o: %04o, expected %04o", r->spec,
				r->old, r->umask, new, r->new);
	}
	rows_end();
}

static void test_valid_specs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(valid_rows); i++) {
		struct modespec m;
		size_t at = 99;
		int r = modespec_compile(&m, valid_rows[i], &at);
		if (r != 0)
			row_wrong("\"%s\": %d at %zu, expected 0", valid_rows[i], r, at);
		else
			modespec_free(&m);
		if (!model_is_valid(valid_rows[i]))
			row_wrong("\"%s\": the test's own grammar refuses it", valid_rows[i]);
	}
	rows_end();
}

static void test_invalid_specs_and_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(invalid_rows); i++) {
		const struct invalid_row *r = &invalid_rows[i];
		struct modespec m, untouched;
		size_t at = 99;
		int error;

		memset(&m, 0xa5, sizeof(m));
		memset(&untouched, 0xa5, sizeof(m));
		error = modespec_compile(&m, r->spec, &at);
		if (error != -EINVAL || at != r->at)
			row_wrong("\"%s\": %d at %zu, expected %d at %zu", r->spec, error, at,
				-EINVAL, r->at);
		if (memcmp(&m, &untouched, sizeof(m)) != 0)
			row_wrong("\"%s\": *RET was written to", r->spec);
		if (modespec_compile(&m, r->spec, NULL) != -EINVAL)
			row_wrong("\"%s\": not -EINVAL without RETERR_AT", r->spec);
		if (model_is_valid(r->spec) || model_error_at(r->spec) != r->at)
			row_wrong("\"%s\": the test's own grammar differs", r->spec);
	}
	rows_end();
}

static void check_against_model(const char *spec, mode_t old, mode_t umask)
{
	mode_t new = applied(spec, old, umask), expected = model_apply(spec, old, umask);

	if (new != expected)
		row_wrong("\"%s\" on %06o, umask %03o: %04o, expected %04o", spec, old, umask, new,
			expected);
}

/* Every string of up to 3 of these letters, and longer ones of a few: a mode or not, and where not.
 */
static void test_all_short_specs(void **state)
{
	static const struct {
		const char *alphabet;
		size_t max, strings;
	} rows[] = {
		{"ugoa+-=rwxXst,0178 ", 3, 1 + 19 + 19 * 19 + 19 * 19 * 19},
		{"u+r,4", 6, (5 * 5 * 5 * 5 * 5 * 5 * 5 - 1) / 4},
		{"7+=,", 7, ((1 << 16) - 1) / 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char spec[8] = "";
		size_t strings = 0, valid = 0;
		do {
			struct modespec m;
			size_t at = 99;
			int r = modespec_compile(&m, spec, &at);

			strings++;
			if (r == 0)
				modespec_free(&m);
			if (r != (model_is_valid(spec) ? 0 : -EINVAL))
				row_wrong("\"%s\": %d, the grammar says %s", spec, r,
					model_is_valid(spec) ? "valid" : "invalid");
			else if (r != 0 && at != model_error_at(spec))
				row_wrong("\"%s\": wrong at %zu, the grammar says at %zu", spec, at,
					model_error_at(spec));
			if (r != 0)
				continue;
			valid++;
			check_against_model(spec, S_IFREG | 06644, 0022);
			check_against_model(spec, S_IFDIR | 03571, 0027);
		} while (model_next_spec(spec, rows[i].max, rows[i].alphabet));
		assert_int_equal(strings, rows[i].strings);
		assert_true(valid > 100);
	}
	rows_end();
}

/* All 4096 modes, file and directory, under several umasks. */
static void test_random_specs_on_every_mode(void **state)
{
	static const mode_t umasks[] = {0000, 0022, 0027, 0152, 0777};
	unsigned seed = 20240817;

	(void)state;
	for (int i = 0; i < 100; i++) {
		char spec[128];
		mode_t umask = umasks[i % (int)COUNT(umasks)];
		struct modespec m;
		model_random_spec(&seed, spec);
		if (modespec_compile(&m, spec, NULL) != 0) {
			row_wrong("\"%s\" is said to be invalid", spec);
			continue;
		}
		for (mode_t old = 0; old < 2 * (ALL + 1); old++) {
			mode_t from = old <= ALL ? S_IFREG | old : S_IFDIR | (old & ALL);
			mode_t new = modespec_apply(&m, from, umask);
			mode_t expected = model_apply(spec, from, umask);
			if (new != expected) {
				row_wrong("\"%s\" on %06o, umask %03o: %04o, expected %04o", spec,
					from, umask, new, expected);
				break;
			}
		}
		modespec_free(&m);
	}
	rows_end();
}

/* FIRST, then N times MIDDLE, then LAST. Free with free(). */
static char *long_spec(const char *first, size_t n, const char *middle, const char *last)
{
	size_t len = strlen(middle);
	char *spec = malloc(strlen(first) + n * len + strlen(last) + 1);
	char *end;

	assert_non_null(spec);
	end = stpcpy(spec, first);
	for (size_t i = 0; i < n; i++)
		end = mempcpy(end, middle, len);
	strcpy(end, last);
	return spec;
}

static void test_long_specs(void **state)
{
	static const size_t counts[] = {0, 1, 3, 4, 5, 6, 7, 8, 9, 100, 5000, 50000};

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		size_t n = counts[i], at = 0;
		struct modespec m;
		char *spec;

		/* N + 2 actions, of which the first and the last count */
		spec = long_spec("u=rwx,", n, "g-w,", "o+t");
		if (applied(spec, S_IFREG | 0066, 0) != (n > 0 ? 01746u : 01766u))
			row_wrong("u=rwx, %zu clauses, o+t: %04o", n, applied(spec, 0066, 0));
		free(spec);

		/* the same in one clause */
		spec = long_spec("a=rwx", n, "-w", "+s");
		if (applied(spec, S_IFREG | 0006, 0) != (n > 0 ? 06555u : 06777u))
			row_wrong("a=rwx, %zu actions, +s: %04o", n, applied(spec, 0006, 0));
		free(spec);

		/* each action sees the result of the one before: the x moves on by a class each */
		spec = long_spec("a=x,u=", n, ",u=g,g=o,o=u", "");
		if (applied(spec, S_IFREG | 0644, 0) != model_apply(spec, S_IFREG | 0644, 0))
			row_wrong(
				"%zu rounds of copies: %04o", n, applied(spec, S_IFREG | 0644, 0));
		free(spec);

		spec = long_spec("", n, "u+x,", "u+z");
		if (modespec_compile(&m, spec, &at) != -EINVAL || at != 4 * n + 2)
			row_wrong("%zu clauses, u+z: wrong at %zu", n, at);
		free(spec);

		/* many digits are a number of its value, and an exact one from 5 on */
		spec = long_spec("", n, "0", "755");
		if (applied(spec, S_IFDIR | 06000, 0) != (n >= 2 ? 0755u : 06755u))
			row_wrong("%zu zeros, 755: %04o", n, applied(spec, S_IFDIR | 06000, 0));
		free(spec);

		spec = long_spec("=", n, "0", "10000");
		if (modespec_compile(&m, spec, &at) != -EINVAL || at != n + 5)
			row_wrong("=, %zu zeros, 10000: wrong at %zu", n, at);
		free(spec);
	}
	rows_end();
}

static void test_without_memory(void **state)
{
	static const char *const shorts[] = {"755", "00000000000755", "u+x", "=rw",
		"+-=+-=", "u=rwx,g=rx,o=", "u+r,u+w,u+x,g+r,g+w,g+x", "u+r+w+x-r-w-x", ""};
	static const char *const longs[] = {"+-=+-=+", "u+r,u+w,u+x,g+r,g+w,g+x,o+r",
		"+r+r+r+r+r+r=0", "u+r,u+w,a+x-r-w-x+rwx"};

	(void)state;
	calloc_calls = 0;
	calloc_fails = true;
	for (size_t i = 0; i < COUNT(shorts); i++) {
		struct modespec m;
		int r = modespec_compile(&m, shorts[i], NULL);
		if (r != (*shorts[i] == '\0' ? -EINVAL : 0))
			row_wrong("\"%s\": %d", shorts[i], r);
		if (r == 0)
			modespec_free(&m);
	}
	if (calloc_calls != 0)
		row_wrong("specs of up to %d actions asked for memory", INLINE_ACTIONS);
	for (size_t i = 0; i < COUNT(longs); i++) {
		struct modespec m, untouched;
		int r;

		memset(&m, 0x5a, sizeof(m));
		memset(&untouched, 0x5a, sizeof(m));
		calloc_calls = 0;
		r = modespec_compile(&m, longs[i], NULL);
		if (calloc_calls == 0)
			row_wrong("\"%s\" asked for no memory, so nothing is proved", longs[i]);
		if (r != -ENOMEM || memcmp(&m, &untouched, sizeof(m)) != 0)
			row_wrong("\"%s\" without memory: %d, expected %d", longs[i], r, -ENOMEM);
	}
	calloc_fails = false;
	for (size_t i = 0; i < COUNT(longs); i++)
		check_against_model(longs[i], S_IFREG | 0123, 0);
	rows_end();
}

static void test_from_mode_is_exact(void **state)
{
	static const mode_t olds[] = {S_IFREG | 00000, S_IFREG | 07777, S_IFDIR | 00000,
		S_IFDIR | 07777, S_IFDIR | 06755, S_IFDIR | 01000, S_IFBLK | 02640};

	(void)state;
	for (mode_t bits = 0; bits <= ALL; bits++) {
		struct modespec m;
		mode_t got = NO_MODE;

		modespec_from_mode(&m, (bits % 2 ? S_IFDIR : S_IFREG) | bits);
		for (size_t i = 0; i < COUNT(olds); i++)
			if (modespec_apply(&m, olds[i], 0777) != bits)
				row_wrong("%04o on %06o: %04o", bits, olds[i],
					modespec_apply(&m, olds[i], 0777));
		if (modespec_uses_umask(&m))
			row_wrong("%04o uses the umask", bits);
		if (bits % 64 == 0 &&
			(!modespec_is_absolute(&m, S_IFDIR, 0022, &got) || got != bits))
			row_wrong("%04o is not absolute, or as %04o", bits, got);
		modespec_free(&m);
	}
	rows_end();
}

static void test_type_of_file(void **state)
{
	static const mode_t others[] = {S_IFIFO, S_IFCHR, S_IFBLK, S_IFSOCK, S_IFLNK};
	static const char *const specs[] = {
		"755", "a+X", "u=rwX,go=rX", "=", "a=", "u=rwx", "g=u", "+", "+7777", "00000"};

	(void)state;
	for (size_t i = 0; i < COUNT(specs); i++) {
		struct modespec m;
		assert_int_equal(modespec_compile(&m, specs[i], NULL), 0);
		for (size_t k = 0; k < COUNT(others); k++)
			for (mode_t old = 0; old <= ALL; old++) {
				mode_t new = modespec_apply(&m, others[k] | old, 0022);
				if (new != modespec_apply(&m, S_IFREG | old, 0022) || new > ALL)
					row_wrong("\"%s\" on %06o: %04o", specs[i], others[k] | old,
						new);
			}
		modespec_free(&m);
	}
	rows_end();
}

/* Whether two umasks give different modes, by the model. */
static bool umask_matters(const char *spec)
{
	static const mode_t umasks[] = {0777, 0700, 0070, 0007, 0444, 0222, 0111, 0022};

	for (mode_t old = 0; old <= ALL; old += 37)
		for (size_t i = 0; i < COUNT(umasks); i++)
			if (model_apply(spec, S_IFREG | old, umasks[i]) !=
					model_apply(spec, S_IFREG | old, 0) ||
				model_apply(spec, S_IFDIR | old, umasks[i]) !=
					model_apply(spec, S_IFDIR | old, 0))
				return true;
	return false;
}

static void test_uses_umask(void **state)
{
	static const struct {
		const char *spec;
		bool expected;
	} rows[] = {{"+x", true}, {"-w", true}, {"=rw", true}, {"+X", true}, {"=u", true},
		{"+g", true}, {"-o", true}, {"u+x,+w", true}, {"-w,u+x", true}, {"=600,+x", true},
		{"+r,u+x", true}, {"755", false}, {"00755", false}, {"=755", false},
		{"+0111", false}, {"-022", false}, {"u+x", false}, {"a=rwx", false}, {"a=", false},
		{"ugo+rwx", false}, {"u=rwX,go=rX", false}, {"g=u", false}, {"a-s", false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec m;
		bool matters = umask_matters(rows[i].spec);

		assert_int_equal(modespec_compile(&m, rows[i].spec, NULL), 0);
		if (modespec_uses_umask(&m) != rows[i].expected)
			row_wrong("\"%s\": not %d", rows[i].spec, rows[i].expected);
		if (matters != rows[i].expected)
			row_wrong("\"%s\": the row is wrong", rows[i].spec);
		modespec_free(&m);
	}

	/* Whatever it says of others ("=": the umask makes no difference), it never forgets one. */
	for (unsigned i = 0, seed = 4711; i < 100; i++) {
		char spec[128];
		struct modespec m;

		model_random_spec(&seed, spec);
		assert_int_equal(modespec_compile(&m, spec, NULL), 0);
		if (umask_matters(spec) && !modespec_uses_umask(&m))
			row_wrong("\"%s\": the umask makes a difference", spec);
		modespec_free(&m);
	}
	rows_end();
}

/* Whether SPEC gives one mode alone, by the model, and which. */
static bool is_one_mode(const char *spec, mode_t type, mode_t umask, mode_t *ret)
{
	*ret = model_apply(spec, type, umask);
	for (mode_t old = 1; old <= ALL; old++)
		if (model_apply(spec, type | old, umask) != *ret)
			return false;
	return true;
}

static void test_is_absolute(void **state)
{
	static const char *const specs[] = {"755", "0755", "00755", "2755", "4755", "6755", "6000",
		"7777", "0", "00000", "=755", "=0", "+7777", "-7777", "+777", "-777", "-6000,u=rw",
		"-6000,=rw", "=", "+", "-", "=rw", "=rwxst", "+rwxst", "-rwxst", "a=", "a=rx",
		"a=rX", "a+X", "a=r,a+X", "a=x,a+X", "a=x,+rX", "a=rwxst", "a+rwxst", "a-rwxst",
		"u=rwx", "u=rwx,go=rx", "u=rwx,go=rx,a-s", "u=rwX,go=rX", "u=rw,g=r",
		"ug=rw,o=", "ug=s,o=", "ug=s,o=t", "g=u", "u=rw,g=u,o=g", "u=rw,go=u", "a=u",
		"a=u,a-u", "a=u-u", "ug=rws,o=u", "u+x,=600", "=600,u+X", "=600,g+X", "-x+X",
		"a-x,a+X", "a-x,u=rw,go=r", "u+s", "o=u,u=o,g=o,a-rwx", "-w,a-w", "u-g,go=,a-st"};
	size_t absolute = 0, tries = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(specs) * 4; i++) {
		const char *spec = specs[i / 4];
		mode_t type = i % 2 ? S_IFDIR : S_IFREG, umask = i / 2 % 2 ? 0027 : 0000;
		mode_t got = NO_MODE, expected = NO_MODE;
		struct modespec m;
		bool is, should_be = is_one_mode(spec, type, umask, &expected);

		assert_int_equal(modespec_compile(&m, spec, NULL), 0);
		is = modespec_is_absolute(&m, type, umask, &got);
		modespec_free(&m);
		if (is != should_be || got != (should_be ? expected : NO_MODE))
			row_wrong("\"%s\" for %06o, umask %03o: %d (%04o), expected %d (%04o)",
				spec, type, umask, is, got, should_be, expected);
		absolute += should_be;
		tries++;
	}
	/* the list has enough of both kinds */
	assert_in_range(absolute, tries / 4, tries * 3 / 4);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_of_gnus_table),
		cmocka_unit_test(test_examples_of_the_text),
		cmocka_unit_test(test_valid_specs),
		cmocka_unit_test(test_invalid_specs_and_where),
		cmocka_unit_test(test_all_short_specs),
		cmocka_unit_test(test_random_specs_on_every_mode),
		cmocka_unit_test(test_long_specs),
		cmocka_unit_test(test_without_memory),
		cmocka_unit_test(test_from_mode_is_exact),
		cmocka_unit_test(test_type_of_file),
		cmocka_unit_test(test_uses_umask),
		cmocka_unit_test(test_is_absolute),
	};

	return cmocka_run_group_tests_name("modespec", tests, NULL, NULL);
}
