/* SPDX-License-Identifier: MIT */
/*
 * A pseudo terminal and one row of its screen. What is written changes the row as on a terminal.
 * What does not fit into the row is an error.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "../support/pty.h"
#include "rows.h"
#include "utf8.h"

enum { TERMINAL_MOST = 2048, TERMINAL_PATIENCE = 30 * 1000 /* milliseconds */ };

struct terminal {
	int master, fd;
	size_t columns, at;
	char cells[TERMINAL_MOST][5]; /* a character that is wide has the next cell, which is "" */
	unsigned returns;             /* carriage returns that have come */
	unsigned ups;                 /* how often the cursor has gone up a row */
	unsigned erased_below;        /* how often the rows below have been erased as well */
	char row[4 * TERMINAL_MOST];
};

/* COLUMNS is what the terminal tells. 0: it does not know, which is taken for 80. */
static inline void terminal_resize(struct terminal *t, unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};

	assert_int_equal(ioctl(t->fd, TIOCSWINSZ, &size), 0);
	t->columns = columns > 0 ? columns : 80;
}

/* False if there are no pseudo terminals here. */
static inline bool terminal_open(struct terminal *t)
{
	memset(t, 0, sizeof(*t));
	t->master = pty_open(&t->fd);
	if (t->master < 0)
		return false;
	terminal_resize(t, 80);
	return true;
}

/* Carries out the character or command at S. Returns how many bytes it has. */
static inline size_t terminal_obey(struct terminal *t, const char *s)
{
	static const char erase[] = "\033[K", erase_below[] = "\033[J", up[] = "\033[A";
	uint32_t c = (unsigned char)*s;
	size_t len = c < 0x80 ? 1 : utf8_decode(s, &c), width;

	if (*s == '\r') {
		t->returns++;
		t->at = 0;
		return 1;
	}
	if (strncmp(s, up, strlen(up)) == 0) {
		t->ups++;
		return strlen(up);
	}
	if (strncmp(s, erase, strlen(erase)) == 0 ||
		strncmp(s, erase_below, strlen(erase_below)) == 0) {
		t->erased_below += strncmp(s, erase_below, strlen(erase_below)) == 0;
		memset(t->cells[t->at], 0, (TERMINAL_MOST - t->at) * sizeof(t->cells[0]));
		return strlen(erase);
	}
	if (c == 0 || len == 0 || wcwidth((wchar_t)c) < 0) {
		row_wrong("byte %#x gets to the terminal", (unsigned char)*s);
		return 1;
	}
	width = (size_t)wcwidth((wchar_t)c);
	/* In the last column the cursor stays where it is, or goes to the next row. */
	if (t->at + width >= t->columns || t->at + width >= TERMINAL_MOST) {
		row_wrong("%zu columns are too few at \"%s\"", t->columns, s);
		return len;
	}
	if (width == 0) /* belongs to the character before it */
		return len;
	memset(t->cells[t->at], 0, width * sizeof(t->cells[0]));
	memcpy(t->cells[t->at], s, len);
	t->at += width;
	return len;
}

/* The row, after all that has been written has arrived. */
static inline const char *terminal_row(struct terminal *t)
{
	static const char mark = '\006';
	static char text[64 * 1024];
	size_t len = 0;
	char *end = t->row;

	if (write(t->fd, &mark, 1) != 1)
		fail_msg("the terminal takes nothing");
	while (len == 0 || text[len - 1] != mark) {
		struct pollfd pollfd = {.fd = t->master, .events = POLLIN};
		ssize_t n = -1;

		if (poll(&pollfd, 1, TERMINAL_PATIENCE) == 1)
			n = read(t->master, text + len, sizeof(text) - 1 - len);
		if (n <= 0)
			fail_msg("what is written to the terminal does not arrive");
		len += (size_t)n;
	}
	text[len - 1] = '\0';
	for (const char *s = text; s < text + len - 1;)
		s += terminal_obey(t, s);
	*end = '\0';
	for (size_t i = 0; i < TERMINAL_MOST; i++)
		end = stpcpy(end, t->cells[i]);
	return t->row;
}

#endif
