/* SPDX-License-Identifier: MIT */
#include "beneath.h"

#include "probe.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int beneath_open(struct beneath *ret, const char *dir)
{
	size_t len = strlen(dir);
	int fd = sys_pin_dir(dir);

	if (fd < 0)
		return fd;
	while (len > 0 && dir[len - 1] == '/')
		len--;
	*ret = (struct beneath){
		.fd = fd, .dir = dir, .dir_len = len, .by_parts = !probe_has_openat2()};
	return 0;
}

/* The part of OPERAND after DIR and slashes; NULL if OPERAND is not beneath DIR. */
static const char *rest_of(const struct beneath *b, const char *operand)
{
	const char *rest = operand + b->dir_len;

	if (strncmp(operand, b->dir, b->dir_len) != 0 || (*rest != '\0' && *rest != '/') ||
		*operand == '\0')
		return NULL;
	for (const char *part = rest; *part != '\0'; part += strcspn(part, "/")) {
		part += strspn(part, "/");
		if (strncmp(part, "..", 2) == 0 && (part[2] == '\0' || part[2] == '/'))
			return NULL;
	}
	return rest + strspn(rest, "/");
}

/* Opens the directory NAME in DIRFD with O_PATH. Returns -ELOOP if it is a symbolic link. */
static int pin_part(int dirfd, const char *name)
{
	int fd = sys_pin(dirfd, name, SYS_NOFOLLOW), err;
	struct stat st;

	if (fd < 0)
		return fd;
	err = sys_pin_stat(fd, &st);
	if (err == 0 && S_ISDIR(st.st_mode))
		return fd;
	close(fd);
	if (err != 0)
		return err;
	return S_ISLNK(st.st_mode) ? -ELOOP : -ENOTDIR;
}

/* Does what sys_pin_beneath() does, one component of PATH at a time. Overwrites PATH. */
static int pin_by_parts(int first, char *path)
{
	int dirfd = first;

	for (char *part = path; *part != '\0';) {
		char *end = part + strcspn(part, "/");
		char *next = end + strspn(end, "/");
		int fd;

		*end = '\0';
		fd = pin_part(dirfd, part);
		if (dirfd != first)
			close(dirfd);
		if (fd < 0)
			return fd;
		dirfd = fd;
		part = next;
	}
	return dirfd;
}

/* Opens the directory whose path below B is the first LEN bytes of PATH with O_PATH. */
static int pin_parent(const struct beneath *b, const char *path, size_t len)
{
	char parent[PATH_MAX];
	int fd = -ENOSYS;

	if (len >= sizeof(parent))
		return -ENAMETOOLONG;
	memcpy(parent, path, len);
	parent[len] = '\0';
	if (!b->by_parts)
		fd = sys_pin_beneath(b->fd, parent);
	/*
	 * Although the probe succeeded, a sandbox may refuse this call, and the kernel returns
	 * EAGAIN if it cannot rule out that a rename has led the lookup outside.
	 */
	if (fd == -ENOSYS || fd == -EPERM || fd == -EAGAIN)
		fd = pin_by_parts(b->fd, parent);
	return fd;
}

int beneath_find(const struct beneath *b, const char *operand, struct beneath_place *ret)
{
	const char *rest, *slash;
	int fd;

	if (b == NULL) {
		*ret = (struct beneath_place){.dirfd = AT_FDCWD, .name = operand};
		return 0;
	}
	rest = rest_of(b, operand);
	if (rest == NULL)
		return -EXDEV;
	slash = strrchr(rest, '/');
	fd = slash == NULL ? b->fd : pin_parent(b, rest, (size_t)(slash - rest));
	if (fd < 0)
		return fd;
	ret->dirfd = fd;
	ret->is_open = fd != b->fd;
	ret->name = slash == NULL ? rest : slash + 1;
	/* A name with a slash at the end means the directory itself, and never a symbolic link. */
	if (*ret->name == '\0')
		ret->name = ".";
	return 0;
}

void beneath_leave(const struct beneath_place *place)
{
	if (place->is_open)
		close(place->dirfd);
}

void beneath_close(struct beneath *b)
{
	close(b->fd);
}
