/* SPDX-License-Identifier: MIT */
/* modes0: what is a record, and its mode and name. */
#include "modes0.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

static const char *const wrong[] = {
	"",
	" ",
	"f",
	"644",
	"644 ",
	" 644 f",
	" f",
	"644\tf",
	"8 f",
	"648 f",
	"+644 f",
	"-1 f",
	"0x1 f",
	"u+x f",
	"200000 f",
	"0200000 f",
	"777777 f",
	"7777777 f",
	"00000644 f",
	"77777777777 f",
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (modes0_is_record(wrong[i]))
			row_wrong("'%s' is taken for a record", wrong[i]);
	rows_end();
}

/* All modes with all types, in all widths: three digits and four, as find and stat print them. */
static void test_modes(void **state)
{
	static const char *const formats[] = {"%o %s", "%04o %s", "%07o %s"};
	static const char *const names[] = {"f", " ", "644 f", "\n"};
	char record[32];

	(void)state;
	for (unsigned mode = 0; mode <= 0177777; mode++) {
		const char *name = names[mode % COUNT(names)], *got;

		snprintf(record, sizeof(record), formats[mode % COUNT(formats)], mode, name);
		if (!modes0_is_record(record)) {
			row_wrong("'%s' is taken for none", record);
			continue;
		}
		got = modes0_name(record);
		if (strcmp(got, name) != 0 || modes0_mode(got) != (mode & 07777))
			row_wrong("%o %s: %o %s", mode, name, (unsigned)modes0_mode(got), got);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
