/* The line of --progress: on a terminal, redrawn five times a second at most, gone at the end. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "charset.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool is_on;
	const struct charset *charset;
	bool is_dry;
	int fd;
	int64_t start;        /* the clock, in nanoseconds */
	_Atomic int64_t next; /* when the line is due again */
	atomic_ulong seen, changed;
	bool is_shown;
};

/*
 * Turns it on if FD is a terminal on which a line can be erased. CHARSET: its user's. IS_DRY:
 * nothing is really changed.
 */
void progress_start(struct progress *p, int fd, const struct charset *charset, bool is_dry);

/* Counts a file. Whether the line is due. For any thread, and without a system call. */
bool progress_count(struct progress *p, bool changed);

/* Draws the line, with the first LEN bytes of PATH as the directory at hand. */
void progress_draw(struct progress *p, const char *path, size_t len);

/* Takes the line away, before anything else is written to the terminal. */
void progress_erase(struct progress *p);

#endif
