/* SPDX-License-Identifier: MIT */
/*
 * report: names about as long as its buffer, and terminals. What is printed, and what happens if it
 * cannot be written, is tested by runs of the program.
 *
 * Link with --wrap=write.
 */
#include "results.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/pty.h"
#include "captured.h"
#include "rows.h"

static size_t most; /* bytes that write(2) takes at a time; 0: all of them */

ssize_t __real_write(int fd, const void *buf, size_t size);
ssize_t __wrap_write(int fd, const void *buf, size_t size);

ssize_t __wrap_write(int fd, const void *buf, size_t size)
{
	return __real_write(fd, buf, most > 0 && size > most ? most : size);
}

/* ---------------------------------------------------------------------------------- the buffer */

/* Names as long as the buffer, and longer, arrive as they are on both streams. */
static void test_long_names(void **state)
{
	enum { BUF = sizeof(((struct report_stream *)NULL)->buf), MOST = 3 * BUF };
	static const struct apply_record record = {.result = APPLY_NO_ACCESS, .err = ENOENT};
	static struct captured c;
	static char name[MOST + 1], out[MOST + 100], err[MOST + 100];

	(void)state;
	for (size_t len = BUF - 70; len <= MOST; len += len < BUF + 5 ? 1 : BUF - 6) {
		memset(name, 'x', len);
		name[len] = '\0';
		for (most = 0; most < 5000; most += 4999) {
			captured_init(&c, "chmod", APART);
			c.report.verbosity = REPORT_ALL;
			results_tell(&c.report, NULL, name, &record);
			captured_finish(&c);
			sprintf(out, "'%s' could not be accessed\n", name);
			sprintf(err, "chmod: cannot access '%s': No such file or directory\n",
				name);
			if (strcmp(captured_out(&c), out) != 0)
				row_wrong("%zu bytes, %zu at a time: stdout", len, most);
			if (strcmp(captured_err(&c), err) != 0)
				row_wrong("%zu bytes, %zu at a time: stderr", len, most);
			captured_free(&c);
		}
		most = 0;
	}
	rows_end();
}

/* Reads EXPECTED from MASTER. Gives up after some time if nothing comes. */
static void expect_on_terminal(int master, const char *expected)
{
	char buf[256] = "";
	struct pollfd poll_fd = {.fd = master, .events = POLLIN};

	for (size_t len = 0; len < strlen(expected);) {
		ssize_t n;

		if (poll(&poll_fd, 1, 10000) != 1)
			fail_msg("only [%s], expected [%s]", buf, expected);
		n = read(master, buf + len, strlen(expected) - len);
		assert_true(n > 0);
		len += (size_t)n;
	}
	assert_string_equal(buf, expected);
}

/* On a terminal each line is written at once. */
static void test_lines_on_a_terminal(void **state)
{
	static const struct apply_record good = {0};
	int slave = -1, master = pty_open(&slave);
	struct report r;

	(void)state;
	if (master < 0)
		SKIP_TEST("no pseudo-terminal");
	report_init(&r, "chmod");
	r.out.fd = slave;
	r.verbosity = REPORT_ALL;
	for (int i = 0; i < 3; i++) {
		struct transcript t;

		transcript_init(&t);
		assert_true(transcript_reserve(&t, 100));
		results_tell(&r, i == 2 ? &t : NULL, "f", &good);
		transcript_replay(&t, report_print, &r);
		transcript_free(&t);
		expect_on_terminal(master, "mode of 'f' retained as 0000 (---------)\n");
	}
	assert_int_equal(report_finish(&r), 0);
	close(master);
}

/* Control characters in what the user typed do not reach the terminal. */
static void test_control_characters_on_a_terminal(void **state)
{
	int slave = -1, master = pty_open(&slave);
	struct report r;

	(void)state;
	if (master < 0)
		SKIP_TEST("no pseudo-terminal");
	report_init(&r, "chmod");
	r.err.fd = slave;
	report_error(
		&r, "%t %c%c %t", "~ a\x1b[2J\x7f\n", '\a', 'z', "\xc3\xa9\xc2\xa0\xc2\x9f\xff.");
	expect_on_terminal(master, "chmod: ~ a?[2J?? ?z \xc3\xa9\xc2\xa0???.\n");
	report_finish(&r);
	close(slave);
	close(master);
}

/* The report as main() needs it, before the command line is read. */
static void test_init(void **state)
{
	static struct report r;

	(void)state;
	memset(&r, 0xa5, sizeof(r));
	report_init(&r, "chmod");
	assert_int_equal(r.out.fd, STDOUT_FILENO);
	assert_int_equal(r.err.fd, STDERR_FILENO);
	assert_int_equal(r.verbosity, REPORT_ERRORS);
	assert_false(r.quiet);
	assert_string_equal(r.program, "chmod");
	assert_int_equal(report_finish(&r), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_lines_on_a_terminal),
		cmocka_unit_test(test_control_characters_on_a_terminal),
	};

	setenv("LC_ALL", "C", 1);
	return cmocka_run_group_tests_name("report: streams", tests, NULL, NULL);
}
