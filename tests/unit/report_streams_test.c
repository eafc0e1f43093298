/*
 * report: the buffer, the order of the two streams, terminals, and what becomes of words that
 * cannot be written (SPEC.md 3 and 9).
 *
 * Link with --wrap=write and --wrap=close.
 */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "captured.h"
#include "rows.h"

/* What write(2) does from now on. */
static struct {
	size_t most; /* bytes at a time; 0: all of them */
	int interrupts;
	size_t calls;
} writing;

static int close_err; /* errno of the next close(2), which closes all the same; 0: none */

ssize_t __real_write(int fd, const void *buf, size_t size);
ssize_t __wrap_write(int fd, const void *buf, size_t size);
int __real_close(int fd);
int __wrap_close(int fd);

ssize_t __wrap_write(int fd, const void *buf, size_t size)
{
	writing.calls++;
	if (writing.interrupts > 0) {
		writing.interrupts--;
		errno = EINTR;
		return -1;
	}
	return __real_write(fd, buf, writing.most > 0 && size > writing.most ? writing.most : size);
}

int __wrap_close(int fd)
{
	int ret = __real_close(fd), err = close_err;

	close_err = 0;
	if (err == 0)
		return ret;
	errno = err;
	return -1;
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
		for (size_t most = 0; most < 5000; most += 4999) {
			captured_init(&c, "chmod", APART);
			c.report.verbosity = REPORT_ALL;
			writing.most = most;
			report_record(&c.report, NULL, name, &record);
			if (captured_finish(&c) != 1)
				row_wrong("%zu bytes: status", len);
			writing.most = 0;
			sprintf(out, "'%s' could not be accessed\n", name);
			sprintf(err, "chmod: cannot access '%s': No such file or directory\n",
				name);
			if (strcmp(captured_out(&c), out) != 0)
				row_wrong("%zu bytes, %zu at a time: stdout", len, most);
			if (strcmp(captured_err(&c), err) != 0)
				row_wrong("%zu bytes, %zu at a time: stderr", len, most);
			captured_free(&c);
		}
	}
	rows_end();
}

static void test_interrupted_and_short_writes(void **state)
{
	static struct captured c;

	(void)state;
	captured_init(&c, "chmod", TOGETHER);
	writing.interrupts = 3;
	writing.most = 1;
	report_text(&c.report, "out\n");
	report_error(&c.report, "err");
	assert_int_equal(writing.interrupts, 0);
	writing.interrupts = 1;
	assert_int_equal(captured_finish(&c), 1);
	writing.most = 0;
	writing.interrupts = 0;
	assert_string_equal(captured_out(&c), "out\nchmod: err\n");
	captured_free(&c);
}

/* A thousand lines are few writes, an error brings out what was said before it. */
static void test_order_and_writes(void **state)
{
	static const struct apply_record bad = {.result = APPLY_DANGLING}, good = {0};
	static struct captured c;

	(void)state;
	captured_init(&c, "chmod", TOGETHER);
	c.report.verbosity = REPORT_ALL;
	writing.calls = 0;
	for (int i = 0; i < 1000; i++)
		report_record(&c.report, NULL, "f", &good);
	assert_in_range(writing.calls, 1, 20);
	report_record(&c.report, NULL, "l", &bad);
	assert_non_null(
		strstr(captured_out(&c), "mode of 'f' retained as 0000 (---------)\n"
					 "chmod: cannot operate on dangling symlink 'l'\n"));
	assert_null(strstr(captured_out(&c), "'l' could"));
	captured_finish(&c);
	assert_non_null(strstr(captured_out(&c), "symlink 'l'\n'l' could not be accessed\n"));
	captured_free(&c);
}

/* Notes are written as if they were said only now: in few writes, errors at once. */
static void test_writes_of_notes(void **state)
{
	static const struct apply_record bad = {.result = APPLY_DANGLING}, good = {0};
	static struct captured c;
	struct transcript t;

	(void)state;
	captured_init(&c, "chmod", TOGETHER);
	c.report.verbosity = REPORT_ALL;
	transcript_init(&t);
	assert_true(transcript_reserve(&t, 1024 * 1024));
	writing.calls = 0;
	for (int i = 0; i < 1000; i++)
		report_record(&c.report, &t, "f", &good);
	report_record(&c.report, &t, "l", &bad);
	assert_int_equal(writing.calls, 0);
	transcript_replay(&t, report_print, &c.report);
	transcript_free(&t);
	assert_in_range(writing.calls, 1, 20);
	assert_non_null(
		strstr(captured_out(&c), "mode of 'f' retained as 0000 (---------)\n"
					 "chmod: cannot operate on dangling symlink 'l'\n"));
	assert_null(strstr(captured_out(&c), "'l' could"));
	captured_finish(&c);
	captured_free(&c);
}

/* A terminal, with its other end in *RET_MASTER; or -1. */
static int open_terminal(int *ret_master)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave = -1;

	if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
		slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 && master >= 0)
		close(master);
	*ret_master = master;
	return slave;
}

/* What comes out of MASTER is EXPECTED; patience ends if nothing comes. */
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

/* On a terminal a line is there at once. */
static void test_lines_on_a_terminal(void **state)
{
	static const struct apply_record good = {0};
	int master, slave = open_terminal(&master);
	struct report r;

	(void)state;
	if (slave < 0)
		SKIP_TEST("no pseudo-terminal");
	report_init(&r, "chmod");
	r.out.fd = slave;
	r.verbosity = REPORT_ALL;
	for (int i = 0; i < 3; i++) {
		struct transcript t;

		transcript_init(&t);
		assert_true(transcript_reserve(&t, 100));
		report_record(&r, i == 2 ? &t : NULL, "f", &good);
		transcript_replay(&t, report_print, &r);
		transcript_free(&t);
		expect_on_terminal(master, "mode of 'f' retained as 0000 (---------)\r\n");
	}
	assert_int_equal(report_finish(&r), 0);
	close(master);
}

/* A terminal is not made to obey what was typed. */
static void test_control_characters_on_a_terminal(void **state)
{
	int master, slave = open_terminal(&master);
	struct report r;

	(void)state;
	if (slave < 0)
		SKIP_TEST("no pseudo-terminal");
	report_init(&r, "chmod");
	r.err.fd = slave;
	report_error(
		&r, "%t %c%c %t", "~ a\x1b[2J\x7f\n", '\a', 'z', "\xc3\xa9\xc2\xa0\xc2\x9f\xff.");
	expect_on_terminal(master, "chmod: ~ a?[2J?? ?z \xc3\xa9\xc2\xa0???.\r\n");
	report_finish(&r);
	close(slave);
	close(master);
}

/* -------------------------------------------------------------------------------- write errors */

enum target { FULL, NOT_OPEN, BROKEN, CLOSE_FAILS, FULL_BEFORE };

/* What is said if TEXT was for a standard output that is TARGET. */
static void check_write_error(enum target target, const char *text, const char *err, int status)
{
	static struct captured c;
	int pipe_fds[2];

	captured_init(&c, "chmod", APART);
	if (target == FULL || target == FULL_BEFORE) {
		close(c.report.out.fd);
		c.report.out.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
		assert_true(c.report.out.fd >= 0);
	} else if (target == NOT_OPEN) {
		close(c.report.out.fd);
	} else if (target == BROKEN) {
		assert_int_equal(pipe(pipe_fds), 0);
		close(pipe_fds[0]);
		close(c.report.out.fd);
		c.report.out.fd = pipe_fds[1];
	}
	if (text != NULL)
		report_text(&c.report, "%s", text);
	if (target == FULL_BEFORE)
		report_error(&c.report, "an error");
	close_err = target == CLOSE_FAILS ? EDQUOT : 0;
	c.report.quiet = true; /* hides none of it */
	if (captured_finish(&c) != status)
		row_wrong("%d: status is not %d", (int)target, status);
	close_err = 0;
	if (strcmp(captured_err(&c), err) != 0)
		row_wrong("%d: [%s], expected [%s]", (int)target, captured_err(&c), err);
	captured_free(&c);
}

static void test_write_errors(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	check_write_error(FULL, "text", "chmod: write error: No space left on device\n", 1);
	check_write_error(FULL, NULL, "", 0);
	check_write_error(NOT_OPEN, "text", "chmod: write error: Bad file descriptor\n", 1);
	check_write_error(NOT_OPEN, NULL, "", 0);
	check_write_error(BROKEN, "text", "chmod: write error: Broken pipe\n", 1);
	check_write_error(BROKEN, NULL, "", 0);
	check_write_error(CLOSE_FAILS, "text", "chmod: write error: Disk quota exceeded\n", 1);
	/* Why is not known any more. */
	check_write_error(FULL_BEFORE, "text", "chmod: an error\nchmod: write error\n", 1);
	check_write_error(FULL_BEFORE, NULL, "chmod: an error\n", 1);
	signal(SIGPIPE, SIG_DFL);
	rows_end();
}

/* A message that is lost on standard error is a failure, but there is nobody to tell. */
static void test_standard_error_cannot_be_written(void **state)
{
	static const struct apply_record bad = {.result = APPLY_NO_ACCESS, .err = EIO};
	static struct captured c;

	(void)state;
	for (int i = 0; i < 2; i++) {
		captured_init(&c, "chmod", APART);
		c.report.verbosity = REPORT_ALL;
		c.report.err.fd = open(i == 0 ? "/dev/full" : "/dev/null", O_WRONLY | O_CLOEXEC);
		if (i == 1)
			close(c.report.err.fd);
		report_record(&c.report, NULL, "f", &bad);
		assert_int_equal(captured_finish(&c), 1);
		assert_string_equal(captured_out(&c), "'f' could not be accessed\n");
		if (i == 0)
			close(c.report.err.fd);
		captured_free(&c);
	}
	/* Nothing was said, nothing was lost. */
	captured_init(&c, "chmod", APART);
	c.report.err.fd = -1;
	report_text(&c.report, "text");
	assert_int_equal(captured_finish(&c), 0);
	captured_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_interrupted_and_short_writes),
		cmocka_unit_test(test_order_and_writes),
		cmocka_unit_test(test_writes_of_notes),
		cmocka_unit_test(test_lines_on_a_terminal),
		cmocka_unit_test(test_control_characters_on_a_terminal),
		cmocka_unit_test(test_write_errors),
		cmocka_unit_test(test_standard_error_cannot_be_written),
	};

	setenv("LC_ALL", "C", 1);
	return cmocka_run_group_tests_name("report: streams", tests, NULL, NULL);
}
