/*
 * Names from a file, each ended by a NUL, as find -print0 writes them: one at a time, any number.
 */
#ifndef FILES0_H
#define FILES0_H

#include <stdbool.h>
#include <stddef.h>

struct files0 {
	int fd;
	bool at_end;
	size_t limit; /* every name is shorter; PATH_MAX, unless the caller makes it larger */
	char *buf;
	size_t start, end; /* of what has been read and not been handed out */
};

/* Opens file NAME, "-" for standard input. 0 or -errno; files0_close() is due after 0. */
int files0_open(struct files0 *ret, const char *name);

/*
 * The next name, without its NUL; the last needs none. 1 and a name that is valid, and may be
 * written to, until something is read; 0 at the end; -ENAMETOOLONG for a name that is longer than
 * any path can be, which is passed over; any other -errno if the file cannot be read, and then
 * nothing more comes.
 */
int files0_next(struct files0 *f, char **ret_name);

/*
 * The name that files0_next() would return without reading, so that the last one stays where it is;
 * NULL if it would have to read, or not return a name.
 */
const char *files0_peek(const struct files0 *f);

void files0_close(struct files0 *f);

#endif
