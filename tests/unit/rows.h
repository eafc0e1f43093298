/* SPDX-License-Identifier: MIT */
/*
 * For tests that go through rows: each wrong row is reported, and the test fails at its end, so
 * that one run shows all of them.
 */
#ifndef ROWS_H
#define ROWS_H

#include <stdio.h>

#include "../support/cmocka.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { MAX_SHOWN = 20 };

static size_t rows_wrong;

/* Reports a wrong row in the words of printf(3); a newline is added. */
__attribute__((format(printf, 1, 2))) static inline void row_wrong(const char *format, ...)
{
	va_list args;

	if (++rows_wrong > MAX_SHOWN)
		return;
	va_start(args, format);
	vprint_error(format, args);
	va_end(args);
	print_error("\n");
}

/* Ends such a test: fails if a row was wrong. */
static inline void rows_end(void)
{
	size_t wrong = rows_wrong;

	rows_wrong = 0;
	if (wrong > 0)
		fail_msg("%zu wrong rows, at most %d of them shown above", wrong, MAX_SHOWN);
}

/* Ends a test that cannot be run here. */
#define SKIP_TEST(reason)                                                                          \
	do {                                                                                       \
		print_message("skipped: %s\n", reason);                                            \
		skip();                                                                            \
	} while (0)

#endif
