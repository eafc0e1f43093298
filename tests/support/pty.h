/* SPDX-License-Identifier: MIT */
/* A pseudo terminal that passes every byte on as it is. */
#ifndef TESTS_PTY_H
#define TESTS_PTY_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* Opens one: its master, and the terminal in *RET_FD; or a negative errno. */
static inline int pty_open(int *ret_fd)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), fd = -1, err;
	struct termios raw;
	char name[64];

	if (master < 0)
		return -errno;
	if (grantpt(master) == 0 && unlockpt(master) == 0 &&
		ptsname_r(master, name, sizeof(name)) == 0)
		fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0 && tcgetattr(fd, &raw) == 0) {
		cfmakeraw(&raw);
		if (tcsetattr(fd, TCSANOW, &raw) == 0) {
			*ret_fd = fd;
			return master;
		}
	}
	err = errno;
	if (fd >= 0)
		close(fd);
	close(master);
	return -err;
}

#endif
