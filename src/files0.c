#include "files0.h"

#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_SIZE = 64 * 1024 };

int files0_open(struct files0 *ret, const char *name)
{
	int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : sys_open_file(name);

	if (fd < 0)
		return fd;
	*ret = (struct files0){.fd = fd};
	return 0;
}

/* Room for one more byte at least, behind what is there. */
static bool make_room(struct files0 *f)
{
	size_t len = f->end - f->start;
	size_t size = len < f->size ? f->size : f->size > 0 ? f->size * 2 : FIRST_SIZE;
	char *buf = size > f->size ? malloc(size) : f->buf;

	if (buf == NULL)
		return false;
	if (len > 0)
		memmove(buf, f->buf + f->start, len);
	if (buf != f->buf)
		free(f->buf);
	f->buf = buf;
	f->size = size;
	f->start = 0;
	f->end = len;
	return true;
}

/* 0 or -errno. */
static int read_more(struct files0 *f)
{
	ssize_t n;

	do
		n = read(f->fd, f->buf + f->end, f->size - f->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0 && f->end > f->start)
		f->buf[f->end++] = '\0'; /* the last may have none */
	if (n == 0)
		f->at_end = true;
	f->end += (size_t)n;
	return 0;
}

int files0_next(struct files0 *f, char **ret_name)
{
	for (size_t seen = 0;;) {
		char *name = f->buf + f->start;
		size_t len = f->end - f->start;
		char *nul = len > seen ? memchr(name + seen, '\0', len - seen) : NULL;
		int err;

		if (nul != NULL) {
			*ret_name = name;
			f->start += (size_t)(nul - name) + 1;
			return 1;
		}
		if (f->at_end)
			return 0;
		seen = len;
		err = make_room(f) ? read_more(f) : -ENOMEM;
		if (err != 0) {
			f->at_end = true;
			f->start = f->end;
			return err;
		}
	}
}

bool files0_has_name(const struct files0 *f)
{
	return f->end > f->start && memchr(f->buf + f->start, '\0', f->end - f->start) != NULL;
}

void files0_close(struct files0 *f)
{
	if (f->fd != STDIN_FILENO)
		close(f->fd);
	free(f->buf);
}
