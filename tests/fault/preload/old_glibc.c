/* SPDX-License-Identifier: MIT */
/*
 * fchmodat(3) as glibc had it before 2.32: it follows links, or fails. To be preloaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int fchmodat(int dirfd, const char *name, mode_t mode, int flags)
{
	if (flags != 0) {
		errno = flags == AT_SYMLINK_NOFOLLOW ? ENOTSUP : EINVAL;
		return -1;
	}
	return (int)syscall(SYS_fchmodat, dirfd, name, mode);
}
