/* SPDX-License-Identifier: MIT */
/*
 * A line of progress on a terminal. The test sets the time.
 *
 * Link with --wrap= of clock_gettime, __clock_gettime64 and write.
 */
#ifndef PROGRESS_FIXTURE_H
#define PROGRESS_FIXTURE_H

#include "progress.h"

#include <time.h>

#include "fence.h"
#include "scratch.h"
#include "terminal.h"

#define MS INT64_C(1000000)

/* A second about to end: the next is in another member of struct timespec. */
static const int64_t start = INT64_C(86400000000000) - 10 * MS;

static _Atomic int64_t clock_now; /* in nanoseconds */

/* What write(2) does from now on. */
static struct {
	size_t most;   /* bytes at a time; 0: all of them */
	int64_t takes; /* milliseconds */
	atomic_uint calls;
} writing;

static struct terminal terminal;
static char *fence;

int __wrap_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap___clock_gettime64(clockid_t id, struct timespec *ret);
ssize_t __real_write(int fd, const void *buf, size_t size);
ssize_t __wrap_write(int fd, const void *buf, size_t size);

int __wrap_clock_gettime(clockid_t id, struct timespec *ret)
{
	/* Only the monotonic clock may be read: another one stands still. */
	int64_t now = id == CLOCK_MONOTONIC ? atomic_load(&clock_now) : start;

	*ret = (struct timespec){.tv_sec = now / 1000000000, .tv_nsec = now % 1000000000};
	return 0;
}

/* The name in libraries of 32 bits, for times of 64. */
int __wrap___clock_gettime64(clockid_t id, struct timespec *ret)
{
	return __wrap_clock_gettime(id, ret);
}

ssize_t __wrap_write(int fd, const void *buf, size_t size)
{
	atomic_fetch_add(&writing.calls, 1);
	if (size == 0)
		row_wrong("nothing is written, by a call");
	atomic_fetch_add(&clock_now, writing.takes * MS);
	return __real_write(fd, buf, writing.most > 0 && size > writing.most ? writing.most : size);
}

static inline void set_term(const char *value)
{
	assert_int_equal(value != NULL ? setenv("TERM", value, 1) : unsetenv("TERM"), 0);
}

/* Begins with a new terminal, an empty row, and the first time. */
static inline void begin(struct progress *p, unsigned short columns, bool utf8)
{
	if (!terminal_open(&terminal))
		SKIP_TEST("no pseudo terminals");
	terminal_resize(&terminal, columns);
	set_term("xterm");
	atomic_store(&clock_now, start);
	memset(p, 0, sizeof(*p));
	progress_start(p, terminal.fd, utf8 ? &charset_utf8 : &charset_c, PROGRESS_CHANGED);
	assert_true(p->is_on);
}

static inline void end(void)
{
	close(terminal.fd);
	close(terminal.master);
}

/* Draws with PATH, which is at the end of memory, after MS more milliseconds. */
static inline void draw(struct progress *p, int64_t ms, const char *path)
{
	size_t len = strlen(path);

	atomic_store(&clock_now, start + ms * MS);
	for (size_t i = 0; i < len; i++)
		fence[(ptrdiff_t)i - (ptrdiff_t)len] = path[i];
	progress_draw(p, fence - len, len);
}

static inline void count(struct progress *p, unsigned seen, unsigned changed)
{
	for (unsigned i = 0; i < seen; i++)
		progress_count(p, i < changed);
}

static inline void expect_row(const char *expected)
{
	const char *row = terminal_row(&terminal);

	if (strcmp(row, expected) != 0)
		row_wrong("the row is \"%s\", expected \"%s\"", row, expected);
}

#endif
