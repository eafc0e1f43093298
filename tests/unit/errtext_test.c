/* SPDX-License-Identifier: MIT */
/* errtext against glibc's words, by name and, where the tests are built with glibc, all of them. */
#include "errtext.h"

#include <errno.h>
#include <string.h>

#include "rows.h"

/* Some for which C libraries have words of their own. */
static const struct {
	int err;
	const char *text;
} errors[] = {
	{EAGAIN, "Resource temporarily unavailable"},
	{EIO, "Input/output error"},
	{ENODATA, "No data available"},
	{ENOSYS, "Function not implemented"},
	{EOPNOTSUPP, "Operation not supported"},
	{ESTALE, "Stale file handle"},
	{ETXTBSY, "Text file busy"},
	{EUCLEAN, "Structure needs cleaning"},
	{EXDEV, "Invalid cross-device link"},
};

static void test_errors_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++)
		if (strcmp(errtext(errors[i].err), errors[i].text) != 0)
			row_wrong("%d: \"%s\", expected \"%s\"", errors[i].err,
				errtext(errors[i].err), errors[i].text);
	rows_end();
}

static void test_all_errors_of_glibc(void **state)
{
	(void)state;
#ifdef __GLIBC__
	size_t known = 0;

	for (int err = 0; err <= 140; err++) {
		char expected[128];
		strcpy(expected, strerror(err));
		known += strncmp(expected, "Unknown error", strlen("Unknown error")) != 0;
		if (strcmp(errtext(err), expected) != 0)
			row_wrong("%d: \"%s\", expected \"%s\"", err, errtext(err), expected);
	}
	/* 0 to 133, without 41 and 58 */
	assert_in_range(known, 132, 141);
	rows_end();
#else
	SKIP_TEST("no glibc to compare with");
#endif
}

/* A file system in user space may say any number; the kernel's own 524 gets out of NFS at times. */
static void test_errors_without_a_name(void **state)
{
	static const int rows[] = {41, 58, 512, 524, 4095, 1000000, -1};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char expected[64];
		sprintf(expected, "Unknown error %d", rows[i]);
		if (strcmp(errtext(rows[i]), expected) != 0)
			row_wrong(
				"%d: \"%s\", expected \"%s\"", rows[i], errtext(rows[i]), expected);
	}
	rows_end();
}

/* The words of one error stay as they are when those of others are asked for. */
static void test_texts_stay(void **state)
{
	const char *first = errtext(ENOENT), *second = errtext(EACCES);

	(void)state;
	for (int err = -1; err < 600; err++)
		assert_non_null(errtext(err));
	assert_string_equal(first, "No such file or directory");
	assert_string_equal(second, "Permission denied");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_by_name),
		cmocka_unit_test(test_all_errors_of_glibc),
		cmocka_unit_test(test_errors_without_a_name),
		cmocka_unit_test(test_texts_stay),
	};

	return cmocka_run_group_tests_name("errtext", tests, NULL, NULL);
}
