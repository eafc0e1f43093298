/* SPDX-License-Identifier: MIT */
/* results: which of them are reported. The messages are tested by runs of the program. */
#include "results.h"

#include <errno.h>
#include <stdlib.h>

#include "captured.h"
#include "rows.h"

/*
 * The path is made only if the file is reported, as that takes time. A result that is not reported
 * is no error.
 */
static void test_what_is_told(void **state)
{
	static const struct apply_record records[] = {{.result = APPLY_DONE},
		{.result = APPLY_DONE,
			.old = 0644,
			.requested = 0755,
			.actual = 0755,
			.unmasked = 0755},
		{.result = APPLY_DONE,
			.old = 0777,
			.requested = 0577,
			.actual = 0577,
			.unmasked = 0555},
		{.result = APPLY_DONE, .restat_err = EIO}, {.result = APPLY_LINK},
		{.result = APPLY_VANISHED}, {.result = APPLY_NOT_CHANGED, .err = EPERM},
		{.result = APPLY_UNSAFE}, {.result = APPLY_NO_ACCESS, .err = EIO},
		{.result = APPLY_DANGLING}, {.result = APPLY_NO_REFERENT, .err = ELOOP},
		{.result = APPLY_UNREADABLE, .err = EIO}, {.result = APPLY_READ_ERROR, .err = EIO},
		{.result = APPLY_ROOT}, {.result = APPLY_CYCLE}};
	static struct captured c;

	(void)state;
	for (size_t i = 0; i < 12 * COUNT(records); i++) {
		const struct apply_record *record = &records[i / 12];
		bool silent, told, says, failed;

		captured_init(&c, "chmod", TOGETHER);
		c.report.verbosity = (enum report_verbosity)(i % 3);
		c.report.quiet = i / 3 % 2;
		c.report.dry_run = i / 6 % 2;
		silent = results_are_silent(&c.report, record);
		told = results_are_told(&c.report, record);
		results_tell(&c.report, NULL, "f", record);
		results_count(&c.report, record);
		failed = captured_finish(&c) != 0;
		says = *captured_out(&c) != '\0';
		if (told != says)
			row_wrong("record %zu, way %zu: told %d, says %d", i / 12, i % 12, told,
				says);
		if (silent && (says || failed))
			row_wrong("record %zu, way %zu: not silent", i / 12, i % 12);
		captured_free(&c);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_told),
	};

	setenv("LC_ALL", "C", 1);
	return cmocka_run_group_tests_name("results", tests, NULL, NULL);
}
