/* SPDX-License-Identifier: MIT */
#include "files0.h"

#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for many names, so that only a small part of the buffer is ever moved to its front. */
enum { SIZE = 16 * PATH_MAX };

int files0_open(struct files0 *ret, const char *name)
{
	int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : sys_open_file(name);

	if (fd < 0)
		return fd;
	*ret = (struct files0){.fd = fd, .limit = PATH_MAX};
	return 0;
}

/*
 * Reads more after the bytes in the buffer, which must be fewer than f->limit. Returns 0 or -errno.
 */
static int read_more(struct files0 *f)
{
	ssize_t n;

	if (f->buf == NULL)
		f->buf = malloc(SIZE);
	if (f->buf == NULL)
		return -ENOMEM;
	if (f->end == SIZE) {
		memmove(f->buf, f->buf + f->start, f->end - f->start);
		f->end -= f->start;
		f->start = 0;
	}
	do
		n = read(f->fd, f->buf + f->end, SIZE - f->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0 && f->end > f->start)
		f->buf[f->end++] = '\0'; /* the last name may have no NUL */
	if (n == 0)
		f->at_end = true;
	f->end += (size_t)n;
	return 0;
}

int files0_next(struct files0 *f, char **ret_name)
{
	bool too_long = false;

	for (size_t seen = 0;;) {
		char *name = f->buf + f->start;
		size_t len = f->end - f->start;
		char *nul = len > seen ? memchr(name + seen, '\0', len - seen) : NULL;
		int err;

		if (nul != NULL) {
			f->start += (size_t)(nul - name) + 1;
			*ret_name = name;
			return too_long || (size_t)(nul - name) >= f->limit ? -ENAMETOOLONG : 1;
		}
		if (f->at_end)
			return too_long ? -ENAMETOOLONG : 0;
		if (len >= f->limit) {
			too_long = true;
			f->start = f->end = len = 0;
		}
		seen = len;
		err = read_more(f);
		if (err != 0) {
			f->at_end = true;
			f->start = f->end;
			return err;
		}
	}
}

const char *files0_peek(const struct files0 *f)
{
	const char *name = f->buf + f->start;
	size_t len = f->end - f->start;
	const char *nul = len > 0 ? memchr(name, '\0', len) : NULL;

	return nul != NULL && (size_t)(nul - name) < f->limit ? name : NULL;
}

void files0_close(struct files0 *f)
{
	if (f->fd != STDIN_FILENO)
		close(f->fd);
	free(f->buf);
}
