/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include "quote.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum {
	INTERVAL = 200, /* milliseconds */
	MOST_COLUMNS = 512,
};

/* The line to be drawn. It takes whole characters, as long as they fit. */
struct line {
	const struct charset *charset;
	/* The width of the line if all non-ASCII characters were wide, and its limit. */
	size_t columns, most_columns;
	size_t least_columns; /* the width if none was */
	size_t len;
	bool is_cut; /* a character did not fit */
	char text[4 * MOST_COLUMNS + 16];
};

/* The time in milliseconds, from the vDSO and so without a system call. */
static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* How many milliseconds the line is overdue at TIME; negative if it is not due yet. */
static int overdue(struct progress *p, int64_t time)
{
	return (int)((unsigned)time - atomic_load_explicit(&p->next, memory_order_relaxed));
}

/* Errors are ignored: there is no other place to report them. */
static void write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

/*
 * Whether this process is in a background process group of the terminal FD. False if FD is not its
 * controlling terminal.
 */
static bool is_in_background(int fd)
{
	pid_t foreground;

	return ioctl(fd, TIOCGPGRP, &foreground) == 0 && foreground != getpgrp();
}

/* The handler of signals that end the process. SA_RESETHAND makes the second signal end it. */
static void erase_and_end(int signal)
{
	if (!is_in_background(STDERR_FILENO))
		write_all(STDERR_FILENO, "\r\033[K", 4);
	kill(getpid(), signal);
}

static sigset_t only(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	return set;
}

static void handle_signals(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM};
	struct sigaction old, ours = {.sa_handler = erase_and_end, .sa_flags = (int)SA_RESETHAND};
	sigset_t cont = only(SIGCONT);

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &ours, NULL);
	(void)pthread_sigmask(SIG_BLOCK, &cont, NULL);
}

/* Whether the process has been stopped and continued since the last call: SIGCONT is pending. */
static bool was_stopped(void)
{
	static const struct timespec at_once;
	sigset_t cont = only(SIGCONT);

	return sigtimedwait(&cont, NULL, &at_once) == SIGCONT;
}

void progress_start(
	struct progress *p, int fd, const struct charset *charset, enum progress_changes changes)
{
	const char *term = getenv("TERM");

	if (!isatty(fd) || term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
		return;
	p->is_on = true;
	p->charset = charset;
	p->changes = changes;
	p->fd = fd;
	p->start = now();
	atomic_store(&p->next, (unsigned)p->start + INTERVAL);
	handle_signals();
}

bool progress_count(struct progress *p, bool changed)
{
	atomic_fetch_add_explicit(&p->new_seen, 1, memory_order_relaxed);
	if (changed)
		atomic_fetch_add_explicit(&p->new_changed, 1, memory_order_relaxed);
	/* Checked for each file: reading the clock is cheap, and a file may take long. */
	return overdue(p, now()) >= 0;
}

/* A quote_put_fn. */
static void put(void *ctx, const char *bytes, size_t len)
{
	struct line *line = ctx;

	for (size_t i = 0; i < len && !line->is_cut;) {
		size_t size = 1, columns = 1;
		if ((unsigned char)bytes[i] >= 0x80) {
			uint32_t c;
			columns = 2;
			size = line->charset->decode(bytes + i, &c);
		}
		if (line->columns + columns > line->most_columns) {
			line->is_cut = true;
			break;
		}
		memcpy(line->text + line->len, bytes + i, size);
		line->len += size;
		line->columns += columns;
		line->least_columns++;
		i += size;
	}
}

static void put_string(struct line *line, const char *string)
{
	put(line, string, strlen(string));
}

static void put_number(struct line *line, uint64_t number)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	put(line, digits + at, sizeof(digits) - at);
}

/*
 * Puts the longest end of PATH that fits: all of it, or "..." and what is left when its first
 * directories are removed.
 */
static void put_path(struct progress *p, struct line *line, const char *path, size_t len)
{
	char name[MOST_COLUMNS + sizeof(".../")];
	struct line before = *line;
	const char *end = path + len, *rest = path;

	if (len > MOST_COLUMNS)
		rest = memchr(end - MOST_COLUMNS, '/', MOST_COLUMNS);
	for (; rest != NULL; rest = memchr(rest + 1, '/', (size_t)(end - rest - 1))) {
		size_t dots = rest == path ? 0 : strlen("...");
		memcpy(name, "...", dots);
		memcpy(name + dots, rest, (size_t)(end - rest));
		name[dots + (size_t)(end - rest)] = '\0';
		*line = before;
		quote(QUOTE_SHELL, p->charset, name, put, line);
		if (!line->is_cut || rest + 1 >= end)
			return;
	}
}

static size_t terminal_columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col < MOST_COLUMNS ? size.ws_col : MOST_COLUMNS;
}

/*
 * Moves the cursor to the beginning of the line on the screen. If the window has become narrower,
 * terminals may have wrapped the line into several rows.
 */
static void go_back(struct progress *p, size_t columns)
{
	size_t rows = p->columns > 0 ? (p->columns - 1) / columns : 0;

	for (size_t i = 0; i < rows; i++)
		write_all(p->fd, "\033[A", 3);
	if (rows > 0)
		write_all(p->fd, "\r\033[J", 4);
	else
		write_all(p->fd, "\r", 1);
}

/* Puts the numbers of files, and how many of them were done a second up to TIME. */
static void put_counts(struct progress *p, struct line *line, int64_t time)
{
	int64_t elapsed = time - p->start; /* INTERVAL or more */

	p->seen += atomic_exchange(&p->new_seen, 0);
	p->changed += atomic_exchange(&p->new_changed, 0);

	put_number(line, p->seen);
	put_string(line, " files, ");
	if (p->changes != PROGRESS_UNKNOWN) {
		put_number(line, p->changed);
		put_string(line, p->changes == PROGRESS_CHANGED ? " changed, " : " to change, ");
	}
	put_number(line, p->seen * 1000 / (uint64_t)elapsed);
	put_string(line, "/s: ");
}

void progress_draw(struct progress *p, const char *path, size_t len)
{
	int64_t time = now();
	int late = overdue(p, time);
	size_t columns = terminal_columns(p->fd);
	struct line line = {.charset = p->charset, .most_columns = columns - 1};

	if (late < 0)
		return; /* another thread has drawn it in the meantime */
	atomic_store(&p->next, (unsigned)time + INTERVAL);
	if (was_stopped())
		p->start += late;
	if (is_in_background(p->fd)) {
		p->columns = 0; /* the foreground process may have written over the line */
		return;
	}
	put_counts(p, &line, time);
	put_path(p, &line, path, len);
	go_back(p, columns);
	write_all(p->fd, line.text, line.len);
	write_all(p->fd, "\033[K", 3);
	p->columns = line.least_columns;
	/* Other threads may have waited for it, and a slow terminal must not take all the time. */
	atomic_store(&p->next, (unsigned)now() + INTERVAL);
}

void progress_erase(struct progress *p)
{
	if (p->columns > 0 && !is_in_background(p->fd)) {
		go_back(p, terminal_columns(p->fd));
		write_all(p->fd, "\033[K", 3);
	}
	p->columns = 0;
}
