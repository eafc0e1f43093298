/* The line of --progress: on a terminal, redrawn five times a second at most, gone at the end. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	bool is_on;
	bool utf8;
	bool is_dry;
	int fd;
	int64_t start; /* the clock, in nanoseconds */
	/* For all threads, and so no larger than every processor can change at once. */
	atomic_uint next; /* when the line is due again, in milliseconds that wrap around */
	atomic_uint new_seen, new_changed; /* since it was drawn */
	/* For who draws it. */
	uint64_t seen, changed;
	bool is_shown;
};

/*
 * Turns it on if FD is a terminal on which a line can be erased. UTF8: whether its user's locale
 * is. IS_DRY: nothing is really changed.
 */
void progress_start(struct progress *p, int fd, bool utf8, bool is_dry);

/* Counts a file. Whether the line is due. For any thread, and without a system call. */
bool progress_count(struct progress *p, bool changed);

/*
 * Draws the line, with the first LEN bytes of PATH as the directory at hand. One thread at a time.
 */
void progress_draw(struct progress *p, const char *path, size_t len);

/* Takes the line away, before anything else is written to the terminal. */
void progress_erase(struct progress *p);

#endif
