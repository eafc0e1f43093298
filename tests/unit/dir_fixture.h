/*
 * What the tests of dir work with: the directories of two workers, a scratch directory, and
 * functions below dir that can be made to fail.
 */
#ifndef DIR_FIXTURE_H
#define DIR_FIXTURE_H

#include "dir.h"

#include <stdio.h>

#include "scratch.h"

enum { MAX_FILES = 4000, LONG_NAME = 100 };

/* What fails, and what has been done. */
static struct {
	bool malloc, calloc, dup;
	int open, open_times;  /* an errno, for so many calls */
	int read, read_from;   /* an errno, from that call on */
	int reads;             /* calls */
	size_t big_mallocs;    /* of buffers */
	char opened[8 * 1024]; /* the names, with a blank behind each */
} fault;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
int __real_sys_dup(int fd);
int __wrap_sys_dup(int fd);
int __real_sys_open_dir(int dirfd, const char *name, enum sys_follow follow);
int __wrap_sys_open_dir(int dirfd, const char *name, enum sys_follow follow);
ssize_t __real_sys_read_dir(int fd, void *buf, size_t size);
ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size);

void *__wrap_malloc(size_t size)
{
	fault.big_mallocs += size >= 4096;
	return fault.malloc ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fault.calloc ? NULL : __real_calloc(count, size);
}

int __wrap_sys_dup(int fd)
{
	return fault.dup ? -EMFILE : __real_sys_dup(fd);
}

int __wrap_sys_open_dir(int dirfd, const char *name, enum sys_follow follow)
{
	size_t len = strlen(fault.opened);

	snprintf(fault.opened + len, sizeof(fault.opened) - len, "%s ", name);
	if (fault.open_times > 0) {
		fault.open_times--;
		return -fault.open;
	}
	return __real_sys_open_dir(dirfd, name, follow);
}

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size)
{
	fault.reads++;
	if (fault.read != 0 && fault.reads >= fault.read_from)
		return -fault.read;
	return __real_sys_read_dir(fd, buf, size);
}

static struct dirset set;
static struct dirs ours, theirs;

/* Begins a test, with room for MAX_IDLE directories that wait. */
static inline void begin(const char *text, size_t max_idle)
{
	scratch_enter(text);
	memset(&fault, 0, sizeof(fault));
	memset(&set, 0xa5, sizeof(set));
	dirset_init(&set);
	dirs_init(&ours, &set, max_idle);
	dirs_init(&theirs, &set, max_idle);
}

/* Everything has been left. */
static inline void end(void)
{
	assert_int_equal(set.count, 0);
	dirs_free(&ours);
	dirs_free(&theirs);
	dirset_free(&set);
	rows_end();
}

/* Opens NAME in PARENT, which has a descriptor, or as an operand. */
static inline struct dir *open_as(
	struct dirs *dirs, struct dir *parent, const char *name, enum sys_follow follow)
{
	int fd = __real_sys_open_dir(parent != NULL ? parent->fd : AT_FDCWD, name, follow);
	struct dir *dir;
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(sys_pin_stat(fd, &st), 0);
	dir = dir_new(dirs, parent, name, fd, &st, follow);
	assert_non_null(dir);
	return dir;
}

static inline struct dir *open_in(struct dir *parent, const char *name)
{
	return open_as(&ours, parent, name, SYS_NOFOLLOW);
}

/* Makes COUNT files in DIR whose names are long and end in their number. */
static inline void make_files(const char *dir, int count)
{
	assert_true(count <= MAX_FILES);
	for (int i = 0; i < count; i++) {
		char path[256];
		int fd;

		sprintf(path, "%s/%0*d", dir, LONG_NAME, i);
		fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		close(fd);
	}
}

/* How often the files of make_files() have been read. */
static unsigned char seen[MAX_FILES];

static inline void see(const char *name)
{
	unsigned long n = strlen(name) == LONG_NAME ? strtoul(name, NULL, 10) : MAX_FILES;

	if (n < MAX_FILES)
		seen[n]++;
	else
		row_wrong("a name that does not exist: %s", name);
}

/* Each of COUNT files has been read once. */
static inline void expect_seen(const char *what, int count)
{
	for (int i = 0; i < MAX_FILES; i++)
		if (seen[i] != (i < count))
			row_wrong("%s: file %d was read %d times", what, i, seen[i]);
	memset(seen, 0, sizeof(seen));
}

/* Reads DIR, which holds files of make_files(), to its end; returns what dir_next() did. */
static inline int see_rest(struct dirs *dirs, struct dir *dir)
{
	unsigned char type;
	const char *name;
	int got;

	while ((got = dir_next(dirs, dir, &name, &type)) > 0)
		see(name);
	return got;
}

/* Whether the descriptor of DIR stands for the directory that it should. */
static inline bool is_open_right(const struct dir *dir)
{
	struct stat st;

	return dir->fd > 2 && sys_pin_stat(dir->fd, &st) == 0 && st.st_ino == dir->id.ino &&
	       st.st_dev == dir->id.dev;
}

#endif
