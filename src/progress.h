/* SPDX-License-Identifier: MIT */
/* The line of --progress on a terminal: redrawn at most five times a second, erased at the end. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "charset.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the line says of changes. */
enum progress_changes {
	PROGRESS_UNKNOWN,   /* nothing, as files are changed without examining their old modes */
	PROGRESS_CHANGED,   /* "N changed" */
	PROGRESS_TO_CHANGE, /* "N to change", in a dry run */
};

struct progress {
	bool is_on;
	const struct charset *charset;
	enum progress_changes changes;
	int fd;
	int64_t start; /* the clock in milliseconds, moved on by the time the process was stopped */
	/* Used by all threads. 64-bit atomics would not be lock-free on every processor. */
	atomic_uint next;                  /* the time to redraw, in milliseconds; wraps around */
	atomic_uint new_seen, new_changed; /* files counted since the line was drawn */
	/* Used by the thread that draws. */
	uint64_t seen, changed;
	size_t columns; /* the least width that the line on the screen may have; 0: no line */
};

/*
 * Turns progress on if FD is a terminal on which a line can be erased. CHARSET is the user's and
 * must outlive *P. Blocks SIGCONT, so it must be called before threads are started. Handles the
 * signals that end the process, to erase the line on standard error first. While the process is in
 * the background nothing is drawn.
 */
void progress_start(
	struct progress *p, int fd, const struct charset *charset, enum progress_changes changes);

/*
 * Counts a file. Returns whether it is time to call progress_draw(). May be called by any thread
 * and makes no system call.
 */
bool progress_count(struct progress *p, bool changed);

/*
 * Draws the line, with the first LEN bytes of PATH as the current directory. Only for one thread at
 * a time, as is progress_erase().
 */
void progress_draw(struct progress *p, const char *path, size_t len);

/* Erases the line. To be called before anything else is written to the terminal. */
void progress_erase(struct progress *p);

#endif
