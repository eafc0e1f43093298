/* SPDX-License-Identifier: MIT */
/*
 * Linked into programs that are built with a sanitizer: its options. They cannot be in the
 * environment, as tests give the program an environment of their own. Reports go to files
 * REPORTS.PID, so that none is lost if stderr is closed. A report ends the program with status 99.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#ifndef REPORTS
#define REPORTS "sanitizer-report"
#endif

#define OPTIONS "log_path=" REPORTS ":exitcode=99:"

const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__ubsan_default_options(void);
int __lsan_is_turned_off(void);

/* Some tests preload a library. By default the sanitizer requires to be the first one. */
const char *__asan_default_options(void)
{
	return OPTIONS "verify_asan_link_order=0:strict_string_checks=1";
}

const char *__tsan_default_options(void)
{
	return OPTIONS "halt_on_error=1";
}

const char *__ubsan_default_options(void)
{
	return OPTIONS "print_stacktrace=1";
}

/* The search for leaks uses ptrace(2), which fails if the program is traced or filtered. */
int __lsan_is_turned_off(void)
{
	char text[4096] = "";
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

	if (fd >= 0)
		close(fd);
	return n <= 0 || !strstr(text, "\nTracerPid:\t0\n") || !strstr(text, "\nSeccomp:\t0\n");
}
