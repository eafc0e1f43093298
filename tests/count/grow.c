/* SPDX-License-Identifier: MIT */
/* Trees of many entries that are alike. */
#include "count.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* File systems limit the links of an inode; ext4 to 65,000. */
enum { LINKS_PER_INODE = 30000 };

void count_name(unsigned i, char ret[static COUNT_NAME])
{
	snprintf(ret, COUNT_NAME, "e%06u", i);
}

static int open_dir(int dirfd, const char *name)
{
	return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int make_file(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? -1 : close(fd);
}

/* Some file systems list directories in the order in which they were made, others in reverse. */
static int make_between(int dirfd, const char *name)
{
	if (make_file(dirfd, "before") < 0 || mkdirat(dirfd, name, 0700) < 0)
		return -1;
	return make_file(dirfd, "behind");
}

static bool is_nested(const struct count_entries *entries)
{
	return entries->kind == COUNT_CHAIN || entries->kind == COUNT_COMB;
}

static int make_one(int dirfd, const char *name, const struct count_entries *entries)
{
	int rc = -1;

	switch (entries->kind) {
	case COUNT_FILES: rc = make_file(dirfd, name); break;
	case COUNT_LINKS: rc = symlinkat("../target", dirfd, name); break;
	case COUNT_FIFOS: rc = mkfifoat(dirfd, name, 0600); break;
	case COUNT_DIRS:
	case COUNT_CHAIN: rc = mkdirat(dirfd, name, 0700); break;
	case COUNT_COMB: rc = make_between(dirfd, name); break;
	}
	if (rc == 0 && entries->uid != (uid_t)-1)
		rc = fchownat(dirfd, name, entries->uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW);
	if (rc == 0 && entries->kind != COUNT_LINKS)
		rc = fchmodat(dirfd, name, entries->mode, 0);
	return rc;
}

int count_grow(const char *path, const struct count_entries *entries)
{
	int dirfd = open_dir(AT_FDCWD, path);
	int rc = dirfd < 0 ? -1 : 0;

	for (unsigned i = 0; rc == 0 && i < entries->n; i++) {
		char name[COUNT_NAME];

		count_name(i, name);
		rc = make_one(dirfd, name, entries);
		if (rc == 0 && is_nested(entries)) {
			int next = open_dir(dirfd, name);

			close(dirfd);
			dirfd = next;
			rc = next < 0 ? -1 : 0;
		}
	}
	rc = rc < 0 ? -errno : 0;
	if (dirfd >= 0)
		close(dirfd);
	return rc;
}

unsigned count_differing(const char *path, const struct count_entries *entries, mode_t mode)
{
	int dirfd = open_dir(AT_FDCWD, path);
	unsigned differing = 0;

	for (unsigned i = 0; entries->kind != COUNT_LINKS && i < entries->n; i++) {
		char name[COUNT_NAME];
		struct stat st;

		count_name(i, name);
		if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			(st.st_mode & 07777) != mode)
			differing++;
		if (is_nested(entries)) {
			int next = open_dir(dirfd, name);

			close(dirfd);
			dirfd = next;
		}
	}
	if (dirfd >= 0)
		close(dirfd);
	return differing;
}

/* Makes one file that has the names number FROM to TO - 1. */
static int grow_names(int dirfd, unsigned from, unsigned to)
{
	char first[COUNT_NAME], name[COUNT_NAME];
	int rc;

	count_name(from, first);
	rc = make_file(dirfd, first);
	for (unsigned i = from + 1; rc == 0 && i < to; i++) {
		count_name(i, name);
		rc = linkat(dirfd, first, dirfd, name, 0);
	}
	return rc;
}

/* Makes directory number I with FILES names. */
static int grow_dir(int top, unsigned i, unsigned files)
{
	char name[COUNT_NAME];
	int dirfd, rc;

	count_name(i, name);
	if (mkdirat(top, name, 0755) < 0)
		return -1;
	dirfd = open_dir(top, name);
	if (dirfd < 0)
		return -1;
	rc = grow_names(dirfd, 0, files);
	close(dirfd);
	return rc;
}

int count_grow_names(const char *path, unsigned dirs, unsigned files)
{
	int top = open_dir(AT_FDCWD, path);
	int rc = top < 0 ? -1 : 0;

	for (unsigned i = 0; rc == 0 && i < dirs; i++)
		rc = grow_dir(top, i, files / dirs);
	for (unsigned from = 0; rc == 0 && dirs == 0 && from < files; from += LINKS_PER_INODE)
		rc = grow_names(
			top, from, files - from < LINKS_PER_INODE ? files : from + LINKS_PER_INODE);
	rc = rc < 0 ? -errno : 0;
	if (top >= 0)
		close(top);
	return rc;
}
