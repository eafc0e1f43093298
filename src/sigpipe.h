/* SPDX-License-Identifier: MIT */
/*
 * Holds SIGPIPE back: the signal would end the program when nobody reads its output any more, but
 * there may be changes that must be completed first.
 */
#ifndef SIGPIPE_H
#define SIGPIPE_H

#include <stdbool.h>

/* Private. */
struct sigpipe {
	bool is_held;    /* the signal would have ended the program, and is ignored now */
	bool is_settled; /* sigpipe_hold() has been called */
};

/*
 * Ignores SIGPIPE from now on, so that writing to a broken pipe only fails with EPIPE. If the
 * caller's parent had it ignored already, nothing changes. Later calls have no effect; the first
 * must not be made by several threads at once.
 */
void sigpipe_hold(struct sigpipe *s);

/* Ends the program by SIGPIPE if that was held back; otherwise returns. */
void sigpipe_end_program(const struct sigpipe *s);

#endif
