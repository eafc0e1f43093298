/* SPDX-License-Identifier: MIT */
/*
 * progress: the window is resized, the process is stopped, in the background, or ended by a signal.
 *
 * The test sets the time. Link with --wrap= of clock_gettime, __clock_gettime64 and write.
 */
#include "progress.h"

#include <signal.h>

#include "progress_fixture.h"

/* A narrower window folds the line. All its rows are erased. */
static void test_narrower_window(void **state)
{
	static const struct {
		unsigned short columns;
		unsigned ups;
	} rows[] = {
		{80, 0}, {100, 0}, {45, 0}, {44, 0}, {43, 1}, {23, 1}, {22, 1}, {21, 2}, {10, 4}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * 2; i++) {
		struct progress p;
		bool is_erased = i % 2;

		begin(&p, 80, false);
		draw(&p, 1000, "some/long/directory");
		expect_row("0 files, 0 changed, 0/s: some/long/directory");
		terminal_resize(&terminal, rows[i / 2].columns);
		if (is_erased)
			progress_erase(&p);
		else
			draw(&p, 2000, "d");
		terminal_row(&terminal);
		if (terminal.ups != rows[i / 2].ups || terminal.erased_below != (terminal.ups > 0))
			row_wrong("%d columns: %u rows up, expected %u", rows[i / 2].columns,
				terminal.ups, rows[i / 2].ups);
		/* The line is erased only once. */
		progress_erase(&p);
		expect_row("");
		EXPECT(terminal.ups == rows[i / 2].ups);
		end();
	}
	rows_end();
}

/* The time for which the process was stopped does not count. */
static void test_rate_after_a_stop(void **state)
{
	struct progress p;

	(void)state;
	begin(&p, 80, false);
	count(&p, 1000, 0);
	draw(&p, 1000, "d");
	expect_row("1000 files, 0 changed, 1000/s: d");
	EXPECT(kill(getpid(), SIGCONT) == 0);
	count(&p, 200, 0);
	draw(&p, 61200, "d");
	expect_row("1200 files, 0 changed, 1000/s: d");
	count(&p, 1000, 0);
	draw(&p, 62200, "d");
	expect_row("2200 files, 0 changed, 1000/s: d");
	/* The time of a file that takes as long does count. */
	draw(&p, 120000, "d");
	expect_row("2200 files, 0 changed, 36/s: d");
	end();
	rows_end();
}

/* In a session of its own on the terminal, with a child in the foreground. */
static void draw_in_background(void *ctx)
{
	struct progress *p = ctx;
	unsigned calls;
	pid_t child;

	EXPECT(setsid() >= 0 && ioctl(terminal.fd, TIOCSCTTY, 0) == 0);
	draw(p, 1000, "d");
	expect_row("0 files, 0 changed, 0/s: d");
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	EXPECT(child > 0 && setpgid(child, child) == 0 && tcsetpgrp(terminal.fd, child) == 0);
	calls = atomic_load(&writing.calls);
	draw(p, 2000, "e");
	EXPECT(atomic_load(&writing.calls) == calls);
	/* Another process has written to the row by now, so it is left as it is. */
	signal(SIGTTOU, SIG_IGN);
	EXPECT(tcsetpgrp(terminal.fd, getpgrp()) == 0);
	progress_erase(p);
	EXPECT(atomic_load(&writing.calls) == calls);
	draw(p, 3000, "f");
	expect_row("0 files, 0 changed, 0/s: f");
	calls = atomic_load(&writing.calls);
	EXPECT(tcsetpgrp(terminal.fd, child) == 0);
	progress_erase(p);
	EXPECT(atomic_load(&writing.calls) == calls);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void test_background(void **state)
{
	struct progress p;

	(void)state;
	begin(&p, 80, false);
	assert_true(in_child(draw_in_background, &p));
	end();
	rows_end();
}

/* A child whose standard error is the terminal draws, and is sent a signal. */
static void draw_and_be_killed(void *ctx)
{
	const int *sig = ctx;
	struct progress p;

	if (dup2(terminal.fd, STDERR_FILENO) != STDERR_FILENO)
		return;
	memset(&p, 0, sizeof(p));
	progress_start(&p, STDERR_FILENO, &charset_c, PROGRESS_CHANGED);
	draw(&p, 1000, "d");
	raise(*sig);
}

/* The wait status of a child that draws and is sent SIG. */
static int status_after(int sig)
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		draw_and_be_killed(&sig);
		_exit(1);
	}
	EXPECT(pid > 0 && waitpid(pid, &status, 0) == pid);
	return status;
}

/* The line is erased, and the signal still ends the process. An ignored signal stays ignored. */
static void test_signals_that_end_it(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		struct progress p;
		int status;

		begin(&p, 80, false);
		signal(signals[i], SIG_DFL);
		status = status_after(signals[i]);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != signals[i])
			row_wrong("signal %d: status %#x", signals[i], (unsigned)status);
		expect_row("");
		EXPECT(terminal.returns == 2);
		signal(signals[i], SIG_IGN);
		status = status_after(signals[i]);
		if (!WIFEXITED(status))
			row_wrong("signal %d, ignored: status %#x", signals[i], (unsigned)status);
		signal(signals[i], SIG_DFL);
		end();
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_narrower_window),
		cmocka_unit_test(test_rate_after_a_stop),
		cmocka_unit_test(test_background),
		cmocka_unit_test(test_signals_that_end_it),
	};

	fence = fence_make();
	return cmocka_run_group_tests_name("progress_process", tests, NULL, NULL);
}
