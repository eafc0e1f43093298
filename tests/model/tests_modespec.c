/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/stat.h>

#include "compare.h"
#include "generate.h"
#include "meaning.h"
#include "model.h"
#include "modespec.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* How many differences a test shows, and after how many it ends. */
enum { MAX_SHOWN = 10, ENOUGH = 200 };

static const mode_t umasks[] = {000, 022, 027, 077, 0777, 0125};
static const mode_t two_types[] = {S_IFDIR, S_IFREG};
static const mode_t all_types[] = {
	S_IFDIR, S_IFREG, S_IFIFO, S_IFLNK, S_IFSOCK, S_IFBLK, S_IFCHR, 0};

/* All modes, both types, all umasks. */
static const struct compare_how everything = {
	.types = two_types,
	.type_count = LENGTH(two_types),
	.umasks = umasks,
	.umask_count = LENGTH(umasks),
	.absolute = ABSOLUTE_ALWAYS,
};

/* The counts of a test. */
struct tally {
	unsigned long valid, invalid, different;
	char shortest[GENERATE_SIZE]; /* the shortest spec that differs */
};

static void count(struct tally *tally, enum compare_kind kind, const char *spec, const char *why)
{
	switch (kind) {
	case COMPARE_VALID: tally->valid++; return;
	case COMPARE_INVALID: tally->invalid++; return;
	case COMPARE_DIFFERS: break;
	}
	if (++tally->different <= MAX_SHOWN)
		print_error("%s\n", why);
	if (tally->different == 1 || strlen(spec) < strlen(tally->shortest))
		snprintf(tally->shortest, sizeof(tally->shortest), "%s", spec);
}

static void try_spec(struct tally *tally, const char *spec, const struct compare_how *how)
{
	char why[4096];

	count(tally, compare_spec(spec, how, why, sizeof(why)), spec, why);
}

/* Ends a test: prints its counts, and fails if there was a difference. */
static void end(const struct tally *tally)
{
	char shown[GENERATE_SIZE];

	print_message("%lu valid specs, %lu invalid\n", tally->valid, tally->invalid);
	if (tally->different > 0)
		fail_msg("%lu specs differ or more; %d at most are shown; the shortest is \"%s\"",
			tally->different, MAX_SHOWN,
			compare_shown(tally->shortest, shown, sizeof(shown)));
}

/* Every string of up to MAX letters of ALPHABET, the empty one too. */
static void try_all(
	struct tally *tally, const char *alphabet, size_t max, const struct compare_how *how)
{
	size_t letters = strlen(alphabet);

	for (size_t len = 0; len <= max; len++) {
		size_t strings = 1;

		for (size_t i = 0; i < len; i++)
			strings *= letters;
		for (size_t n = 0; n < strings && tally->different < ENOUGH; n++) {
			char spec[16] = "";
			size_t rest = n;

			for (size_t i = 0; i < len; i++, rest /= letters)
				spec[i] = alphabet[rest % letters];
			try_spec(tally, spec, how);
		}
	}
}

static void test_every_short_spec(void **state)
{
	struct tally tally = {0};

	(void)state;
	try_all(&tally, "ugoa+-=rwxXst,01478DF ", model_options.is_long ? 4 : 3, &everything);
	end(&tally);
}

/* Longer specs of a few letters: numbers, and clauses with and without D and F. */
static void test_longer_specs_of_few_letters(void **state)
{
	static const mode_t modes[] = {0, 0111, 0644, 0750, 04755, 02070, 06777, 01777, 07777};
	struct compare_how how = everything;
	struct tally tally = {0};

	(void)state;
	how.modes = modes;
	how.mode_count = LENGTH(modes);
	how.umask_count = 2;
	try_all(&tally, "07=,", 6, &how);
	try_all(&tally, "DF7+,", 6, &how);
	try_all(&tally, "u+rg,4", 5, &how);
	try_all(&tally, "Xsx-=a", 5, &how);
	try_all(&tally, "Du=o", 6, &how);
	end(&tally);
}

/* Of a file's type only counts whether it is a directory. */
static void test_every_type(void **state)
{
	static const char *const specs[] = {"755", "2755", "00755", "=", "=755", "+6000", "+X",
		"a+X", "u=X", "u=s", "g=u", "o=t", "-s", "a=rwX,u-s", "D755", "F755", "D2755,F644",
		"D00755", "F00755", "D=755", "Dg+s", "Fa-x,u+x", "D+X,F-X", "Du=Xs,F="};
	struct compare_how how = everything;
	struct tally tally = {0};

	(void)state;
	how.types = all_types;
	how.type_count = LENGTH(all_types);
	for (size_t i = 0; i < LENGTH(specs); i++)
		try_spec(&tally, specs[i], &how);
	assert_int_equal(tally.invalid, 0);
	end(&tally);
}

static void test_specs_by_chance(void **state)
{
	struct compare_how how = everything;
	struct tally tally = {0};
	struct generator g;

	(void)state;
	print_message("MODEL_SEED=%llu MODEL_COUNT=%lu\n", (unsigned long long)model_options.seed,
		model_options.count);
	generator_init(&g, model_options.seed);
	how.umask_count = 1;
	for (unsigned long n = 0; n < model_options.count && tally.different < ENOUGH; n++) {
		mode_t modes[8], mask = umasks[generator_below(&g, LENGTH(umasks))];
		mode_t types[] = {S_IFDIR, S_IFREG};
		char spec[GENERATE_SIZE];

		generate_spec(&g, spec);
		for (size_t i = 0; i < LENGTH(modes); i++)
			modes[i] = (mode_t)generator_below(&g, MODEL_MODES);
		if (n % 2 == 1) {
			types[0] = S_IFREG;
			types[1] = S_IFDIR;
		}
		how.absolute = n % 4 < 2 || model_options.is_long ? ABSOLUTE_ONCE : ABSOLUTE_NEVER;
		how.modes = modes;
		how.mode_count = LENGTH(modes);
		how.umasks = &mask;
		how.types = types;
		try_spec(&tally, spec, &how);
	}
	end(&tally);
}

/* The memory that malloc(3) has given, if the C library tells. */
static size_t memory_in_use(void)
{
#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 33)
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
#endif
#endif
	return 0;
}

/* A spec of many actions, valid or not, leaves no memory behind. */
static void test_memory_is_given_back(void **state)
{
	static char spec[20000];
	size_t before;

	(void)state;
	for (int is_valid = 0; is_valid <= 1; is_valid++) {
		struct modespec m;
		int err = -EINVAL;

		memset(spec, '+', sizeof(spec) - 1);
		if (!is_valid)
			spec[sizeof(spec) - 2] = '!';
		before = memory_in_use();
		for (int i = 0; i < 3; i++) {
			err = modespec_compile(&m, spec, NULL);
			if (err == 0)
				modespec_free(&m);
		}
		assert_int_equal(err, is_valid ? 0 : -EINVAL);
		assert_int_equal(memory_in_use(), before);
	}
}

/* The header promises nothing about a spec after modespec_free(), but its use must do no harm. */
static void test_what_is_left_behind(void **state)
{
	static const char *const specs[] = {"a+rwx", "a+rwx,a+rwx,a+rwx,a+rwx,a+rwx,a+rwx,a+rwx"};

	(void)state;
	for (size_t i = 0; i < LENGTH(specs); i++) {
		struct modespec m;

		assert_int_equal(modespec_compile(&m, specs[i], NULL), 0);
		modespec_free(&m);
		assert_int_equal(modespec_apply(&m, S_IFREG, 0), 0);
		modespec_free(&m);
	}
}

/* R29: every mode of a file, given to every other. */
static void test_modes_of_files(void **state)
{
	struct compare_how how = everything;
	struct tally tally = {0};
	char why[4096];

	(void)state;
	how.umask_count = 1;
	how.absolute = model_options.is_long ? ABSOLUTE_ALWAYS : ABSOLUTE_NEVER;
	for (mode_t bits = 0; bits < MODEL_MODES && tally.different < ENOUGH; bits++)
		count(&tally, compare_mode(bits, &how, why, sizeof(why)), "", why);
	count(&tally, compare_mode(S_IFREG | 06755, &everything, why, sizeof(why)), "", why);
	end(&tally);
}

int model_group_modespec(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_short_spec),
		cmocka_unit_test(test_longer_specs_of_few_letters),
		cmocka_unit_test(test_every_type),
		cmocka_unit_test(test_specs_by_chance),
		cmocka_unit_test(test_memory_is_given_back),
		cmocka_unit_test(test_what_is_left_behind),
		cmocka_unit_test(test_modes_of_files),
	};

	return cmocka_run_group_tests_name("modespec and its model", tests, NULL, NULL);
}
