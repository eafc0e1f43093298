/*
 * text against glibc's words, by name and, where the tests are built with glibc, all of them; and
 * against POSIX's order of the locale variables.
 */
#include "text.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

static const struct {
	int err;
	const char *text;
} errors[] = {
	{EACCES, "Permission denied"},
	{EAGAIN, "Resource temporarily unavailable"},
	{EBADF, "Bad file descriptor"},
	{EBADMSG, "Bad message"},
	{EBUSY, "Device or resource busy"},
	{ECONNABORTED, "Software caused connection abort"},
	{ECONNREFUSED, "Connection refused"},
	{ECONNRESET, "Connection reset by peer"},
	{EDEADLK, "Resource deadlock avoided"},
	{EDQUOT, "Disk quota exceeded"},
	{EEXIST, "File exists"},
	{EFAULT, "Bad address"},
	{EFBIG, "File too large"},
	{EHOSTDOWN, "Host is down"},
	{EHOSTUNREACH, "No route to host"},
	{EINTR, "Interrupted system call"},
	{EINVAL, "Invalid argument"},
	{EIO, "Input/output error"},
	{EISDIR, "Is a directory"},
	{EKEYEXPIRED, "Key has expired"},
	{EKEYREJECTED, "Key was rejected by service"},
	{EKEYREVOKED, "Key has been revoked"},
	{ELOOP, "Too many levels of symbolic links"},
	{EMEDIUMTYPE, "Wrong medium type"},
	{EMFILE, "Too many open files"},
	{EMLINK, "Too many links"},
	{ENAMETOOLONG, "File name too long"},
	{ENETDOWN, "Network is down"},
	{ENETUNREACH, "Network is unreachable"},
	{ENFILE, "Too many open files in system"},
	{ENOBUFS, "No buffer space available"},
	{ENODATA, "No data available"},
	{ENODEV, "No such device"},
	{ENOENT, "No such file or directory"},
	{ENOKEY, "Required key not available"},
	{ENOLCK, "No locks available"},
	{ENOLINK, "Link has been severed"},
	{ENOMEDIUM, "No medium found"},
	{ENOMEM, "Cannot allocate memory"},
	{ENOSPC, "No space left on device"},
	{ENOSYS, "Function not implemented"},
	{ENOTCONN, "Transport endpoint is not connected"},
	{ENOTDIR, "Not a directory"},
	{ENOTEMPTY, "Directory not empty"},
	{ENOTTY, "Inappropriate ioctl for device"},
	{ENXIO, "No such device or address"},
	{EOPNOTSUPP, "Operation not supported"},
	{EOVERFLOW, "Value too large for defined data type"},
	{EPERM, "Operation not permitted"},
	{EPIPE, "Broken pipe"},
	{EPROTO, "Protocol error"},
	{ERANGE, "Numerical result out of range"},
	{EREMOTEIO, "Remote I/O error"},
	{EROFS, "Read-only file system"},
	{ESHUTDOWN, "Cannot send after transport endpoint shutdown"},
	{ESPIPE, "Illegal seek"},
	{ESRCH, "No such process"},
	{ESTALE, "Stale file handle"},
	{ETIME, "Timer expired"},
	{ETIMEDOUT, "Connection timed out"},
	{ETXTBSY, "Text file busy"},
	{EUCLEAN, "Structure needs cleaning"},
	{EUSERS, "Too many users"},
	{EXDEV, "Invalid cross-device link"},
};

static void test_errors_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++)
		if (strcmp(text_error(errors[i].err), errors[i].text) != 0)
			row_wrong("%d: \"%s\", expected \"%s\"", errors[i].err,
				text_error(errors[i].err), errors[i].text);
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
		if (strcmp(text_error(err), expected) != 0)
			row_wrong("%d: \"%s\", expected \"%s\"", err, text_error(err), expected);
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
		if (strcmp(text_error(rows[i]), expected) != 0)
			row_wrong("%d: \"%s\", expected \"%s\"", rows[i], text_error(rows[i]),
				expected);
	}
	rows_end();
}

/* The words of one error stay as they are when those of others are asked for. */
static void test_texts_stay(void **state)
{
	const char *first = text_error(ENOENT), *second = text_error(EACCES);

	(void)state;
	for (int err = -1; err < 600; err++)
		assert_non_null(text_error(err));
	assert_string_equal(first, "No such file or directory");
	assert_string_equal(second, "Permission denied");
}

enum value_kind { NOTHING, PLAIN_C, MISSING, UTF8, MISSING_UTF8 };

/* What LC_ALL, LC_CTYPE and LANG are set to; NULL: not at all. */
static const struct {
	const char *value;
	enum value_kind kind;
} values[] = {
	{NULL, NOTHING},
	{"", NOTHING},
	{"C", PLAIN_C},
	{"POSIX", PLAIN_C},
	{"C.ISO-8859-1", MISSING},
	{"xx_XX", MISSING},
	{"C.UTF-16", MISSING},
	{"C.UTF-80", MISSING},
	{"C.UTF", MISSING},
	{"C.", MISSING},
	{"utf8", MISSING},
	{"C.UTF-8", UTF8},
	{"C.utf8", UTF8},
	{"C.UTF8", UTF8},
	{"C.utf-8", UTF8},
	{"C.UTF-8@euro", UTF8},
	{"xx_XX.UTF-8", MISSING_UTF8},
	{"xx_XX.utf8@euro", MISSING_UTF8},
};

static void set_variable(const char *name, const char *value)
{
	if (value != NULL)
		assert_int_equal(setenv(name, value, 1), 0);
	else
		assert_int_equal(unsetenv(name), 0);
}

/* For the kinds of the values of LC_ALL, LC_CTYPE and LANG. */
static bool is_utf8(enum value_kind all, enum value_kind ctype, enum value_kind lang)
{
	enum value_kind counts = all != NOTHING ? all : ctype != NOTHING ? ctype : lang;

#ifdef __GLIBC__
	/* GNU's tools fall back to C for everything if the locale of any category is missing. */
	if (all == NOTHING && (lang == MISSING || lang == MISSING_UTF8))
		return false;
	return counts == UTF8;
#else
	return counts == UTF8 || counts == MISSING_UTF8;
#endif
}

static const char *or_unset(const char *value)
{
	return value != NULL ? value : "(unset)";
}

/* Every value in each of the three variables: the first that is set and not empty counts. */
static void test_locale(void **state)
{
	(void)state;
#ifdef __GLIBC__
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		SKIP_TEST("no locale C.UTF-8");
#endif
	for (size_t i = 0; i < COUNT(values) * COUNT(values) * COUNT(values); i++) {
		size_t all = i / COUNT(values) / COUNT(values);
		size_t ctype = i / COUNT(values) % COUNT(values), lang = i % COUNT(values);
		bool expected = is_utf8(values[all].kind, values[ctype].kind, values[lang].kind);
		bool got;

		set_variable("LC_ALL", values[all].value);
		set_variable("LC_CTYPE", values[ctype].value);
		set_variable("LANG", values[lang].value);
		assert_non_null(setlocale(LC_ALL, "C"));

		got = text_locale_is_utf8();
		if (got != expected)
			row_wrong("LC_ALL=%s LC_CTYPE=%s LANG=%s: not %d",
				or_unset(values[all].value), or_unset(values[ctype].value),
				or_unset(values[lang].value), expected);
#ifdef __GLIBC__
		/* quote asks iswprint(3) of the locale that was entered. */
		if (got && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
			row_wrong("LC_ALL=%s LC_CTYPE=%s LANG=%s: entered is %s",
				or_unset(values[all].value), or_unset(values[ctype].value),
				or_unset(values[lang].value), nl_langinfo(CODESET));
#endif
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_by_name),
		cmocka_unit_test(test_all_errors_of_glibc),
		cmocka_unit_test(test_errors_without_a_name),
		cmocka_unit_test(test_texts_stay),
		cmocka_unit_test(test_locale),
	};

	unsetenv("LOCPATH");
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
