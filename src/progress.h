/* The line of --progress: on a terminal, redrawn five times a second at most, gone at the end. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "charset.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the files that are changed count as. */
enum progress_changes {
	PROGRESS_UNKNOWN, /* not all are looked at first, so nobody knows */
	PROGRESS_CHANGED,
	PROGRESS_TO_CHANGE, /* nothing is really changed */
};

struct progress {
	bool is_on;
	const struct charset *charset;
	enum progress_changes changes;
	int fd;
	int64_t start; /* the clock, in milliseconds; later by what it was stopped */
	/* For all threads, and so no larger than every processor can change at once. */
	atomic_uint next; /* when the line is due again, in milliseconds that wrap around */
	atomic_uint new_seen, new_changed; /* since it was drawn */
	/* For who draws it. */
	uint64_t seen, changed;
	size_t columns; /* of the line that is shown, at least; 0: none is */
};

/*
 * Turns it on if FD is a terminal on which a line can be erased. CHARSET: its user's. Blocks
 * SIGCONT, so it is to be called before threads are started; and what ends the process by a signal
 * takes the line on standard error away first. In the background nothing is drawn.
 */
void progress_start(
	struct progress *p, int fd, const struct charset *charset, enum progress_changes changes);

/* Counts a file. Whether the line is due. For any thread, and without a system call. */
bool progress_count(struct progress *p, bool changed);

/* Draws the line, with the first LEN bytes of PATH as the directory at hand. */
void progress_draw(struct progress *p, const char *path, size_t len);

/* Takes the line away, before anything else is written to the terminal. */
void progress_erase(struct progress *p);

#endif
