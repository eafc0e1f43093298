/* SPDX-License-Identifier: MIT */
/*
 * Reads names from a file, each ended by a NUL, as find -print0 writes them: one at a time and any
 * number of them.
 */
#ifndef FILES0_H
#define FILES0_H

#include <stdbool.h>
#include <stddef.h>

struct files0 {
	int fd;
	bool at_end;
	size_t limit; /* names must be shorter; PATH_MAX, unless the caller changes it */
	char *buf;
	size_t start, end; /* the part of buf that has been read and not been returned yet */
};

/*
 * Opens the file NAME, or standard input for "-". Returns 0, and the caller calls files0_close();
 * or -errno.
 */
int files0_open(struct files0 *ret, const char *name);

/*
 * Gets the next name. The last one need not have a NUL. Returns
 *	1		*RET_NAME is the name; the caller may write to it, and it is valid until
 *			files0_next() has to read from the file
 *	0		there are no more names
 *	-ENAMETOOLONG	a name as long as the limit or longer, which has been skipped
 *	-errno		the file cannot be read; there are no more names
 */
int files0_next(struct files0 *f, char **ret_name);

/*
 * Returns the name that files0_next() would return, if it need not read from the file for it, so
 * that names returned before stay valid. Otherwise NULL.
 */
const char *files0_peek(const struct files0 *f);

void files0_close(struct files0 *f);

#endif
