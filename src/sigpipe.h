/* The signal that ends a program whose output nobody reads, held back while work is owed. */
#ifndef SIGPIPE_H
#define SIGPIPE_H

#include <stdbool.h>

/* Private. */
struct sigpipe {
	bool is_held;
	bool is_settled; /* whether it is held has been decided */
};

/*
 * From now on writing to a broken pipe is an error (EPIPE) that ends nothing, if it would have
 * ended the program; twice is as good as once. The first time not for several threads at once.
 */
void sigpipe_hold(struct sigpipe *s);

/* Ends the program as the signal would have, had it not been held back. */
void sigpipe_end_program(const struct sigpipe *s);

#endif
