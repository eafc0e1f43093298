/* SPDX-License-Identifier: MIT */
/*
 * Makes the trees that programs are timed on, and puts their modes back between the runs:
 *
 *	make_tree room DIR N			whether DIR's file system has room for N files
 *	make_tree tree|flat|source|deep DIR N	makes DIR, with about N files
 *	make_tree set DIR FMODE DMODE		sets the mode of all files and directories in DIR
 *	make_tree check DIR FMODE DMODE		whether they all have that mode
 *	make_tree own DIR UID			gives them all to a user
 *
 * The same arguments make the same tree. Status 0: yes, or done; 1: no.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* How many levels "source" has at most below a project, and how many directories "deep" has. */
enum { SOURCE_DEPTH = 6, DEEP = 500 };

/* The arguments of set, check and own. */
static mode_t file_mode, dir_mode;
static uid_t uid;

static void die(const char *what)
{
	fprintf(stderr, "make_tree: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int enter(int dirfd, const char *name)
{
	int fd;

	if (mkdirat(dirfd, name, 0700) < 0)
		die(name);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		die(name);
	return fd;
}

/* N files in a directory, with names that begin with PREFIX. */
static void add_files(int dirfd, const char *prefix, unsigned n)
{
	char name[32];

	for (unsigned i = 0; i < n; i++) {
		int fd;

		snprintf(name, sizeof(name), "%s%05u", prefix, i);
		fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			die(name);
		close(fd);
	}
}

/* Directories of a hundred files, in directories of a hundred of those. */
static void make_tree(int top, unsigned files)
{
	for (unsigned group = 0; files > 0; group++) {
		char name[32];
		int group_fd;

		snprintf(name, sizeof(name), "group%u", group);
		group_fd = enter(top, name);
		for (unsigned i = 0; i < 100 && files > 0; i++) {
			unsigned n = files < 100 ? files : 100;
			int fd;

			snprintf(name, sizeof(name), "dir%02u", i);
			fd = enter(group_fd, name);
			add_files(fd, "file", n);
			close(fd);
			files -= n;
		}
		close(group_fd);
	}
}

/* The next of a series of pseudo-random numbers. */
static unsigned next_number(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

/*
 * A few files, perhaps a link, and up to 7 directories that are filled in the same way, with DEPTH
 * levels of them. Ends when *LEFT files have been made.
 */
static void make_source(int dirfd, unsigned depth, uint32_t *seed, long *left)
{
	unsigned files = 1 + next_number(seed) % 24;
	unsigned dirs = depth > 0 ? 1 + next_number(seed) % 7 : 0;

	*left -= files;
	add_files(dirfd, "a_source_file", files);
	if (next_number(seed) % 4 == 0 && symlinkat("a_source_file00000", dirfd, "latest") < 0)
		die("symlink");
	for (unsigned i = 0; *left > 0 && i < dirs; i++) {
		char name[32];
		int fd;

		snprintf(name, sizeof(name), "component%u", i);
		fd = enter(dirfd, name);
		make_source(fd, depth - 1, seed, left);
		close(fd);
	}
}

static void make_sources(int top, unsigned files)
{
	uint32_t seed = 1;
	long left = files;

	for (unsigned i = 0; left > 0; i++) {
		char name[32];
		int fd;

		snprintf(name, sizeof(name), "project%u", i);
		fd = enter(top, name);
		make_source(fd, SOURCE_DEPTH, &seed, &left);
		close(fd);
	}
}

/* A chain of directories, each with the same number of files. */
static void make_deep(int top, unsigned files)
{
	int dirfd = dup(top);

	for (unsigned i = 0; i < DEEP; i++) {
		int fd = enter(dirfd, "d");

		close(dirfd);
		dirfd = fd;
		add_files(dirfd, "f", files / DEEP);
	}
	close(dirfd);
}

static int make(const char *kind, const char *path, unsigned files)
{
	int top = enter(AT_FDCWD, path);

	if (strcmp(kind, "tree") == 0)
		make_tree(top, files);
	else if (strcmp(kind, "flat") == 0)
		add_files(top, "file", files);
	else if (strcmp(kind, "source") == 0)
		make_sources(top, files);
	else
		make_deep(top, files);
	syncfs(top);
	close(top);
	return 0;
}

static int has_room(const char *path, unsigned long files)
{
	struct statvfs vfs;

	if (statvfs(path, &vfs) < 0 || access(path, W_OK) < 0)
		return 1;
	return vfs.f_files == 0 || vfs.f_favail > files ? 0 : 1;
}

/* ------------------------------------------------------------------------- every file of a tree */

/* Does something with the file NAME of a directory. False ends the walk. */
typedef bool file_fn(int dirfd, const char *name, bool is_dir);

static bool set_one(int dirfd, const char *name, bool is_dir)
{
	return fchmodat(dirfd, name, is_dir ? dir_mode : file_mode, 0) == 0;
}

static bool check_one(int dirfd, const char *name, bool is_dir)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (st.st_mode & 07777) == (is_dir ? dir_mode : file_mode);
}

static bool own_one(int dirfd, const char *name, bool is_dir)
{
	(void)is_dir;
	return fchownat(dirfd, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Calls FN for the directory NAME and all below it but links. Takes a descriptor for each level. */
static bool for_each(int dirfd, const char *name, file_fn *fn)
{
	bool ok = fn(dirfd, name, true);
	int fd = ok ? openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL)
		return false;
	while (ok && (entry = readdir(dir)) != NULL) {
		const char *child = entry->d_name;

		if (entry->d_type == DT_REG)
			ok = fn(fd, child, false);
		else if (entry->d_type == DT_DIR && strcmp(child, ".") != 0 &&
			 strcmp(child, "..") != 0)
			ok = for_each(fd, child, fn);
	}
	closedir(dir);
	return ok;
}

/* Sets all modes, and waits until they are on the disk. */
static int set(const char *path)
{
	int fd;

	if (!for_each(AT_FDCWD, path, set_one))
		die(path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || syncfs(fd) < 0)
		die(path);
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned long number = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;

	umask(0);
	if (argc == 5) {
		file_mode = (mode_t)strtoul(argv[3], NULL, 8);
		dir_mode = (mode_t)strtoul(argv[4], NULL, 8);
		if (strcmp(what, "set") == 0)
			return set(argv[2]);
		if (strcmp(what, "check") == 0)
			return !for_each(AT_FDCWD, argv[2], check_one);
	} else if (argc == 4) {
		uid = (uid_t)number;
		if (strcmp(what, "own") == 0)
			return !for_each(AT_FDCWD, argv[2], own_one);
		if (strcmp(what, "room") == 0)
			return has_room(argv[2], number);
		if (strcmp(what, "tree") == 0 || strcmp(what, "flat") == 0 ||
			strcmp(what, "source") == 0 || strcmp(what, "deep") == 0)
			return make(what, argv[2], (unsigned)number);
	}
	fputs("usage: make_tree room|tree|flat|source|deep DIR N\n"
	      "       make_tree set|check DIR FMODE DMODE\n"
	      "       make_tree own DIR UID\n",
		stderr);
	return 2;
}
