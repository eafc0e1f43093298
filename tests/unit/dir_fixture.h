/* SPDX-License-Identifier: MIT */
/*
 * For the tests of dir and of modules above it: directories in a scratch directory, hooks that note
 * their calls, and functions of sys that can be made to fail.
 *
 * Link with --wrap= of sys_identify, sys_open_dir, sys_pin and those of no_memory.h.
 */
#ifndef DIR_FIXTURE_H
#define DIR_FIXTURE_H

#include "dir.h"

#include <stdatomic.h>
#include <stdio.h>

#include "no_memory.h"
#include "scratch.h"

enum { OWING = 1U << 8, TRAIT = 1U << 9, FOUND_AGAIN = 1U << 10, AFTER = 1U << 11 };

/* What fails, and what has been called. */
static struct {
	int open, open_times; /* the errno of OPEN_TIMES calls of sys_open_dir and sys_pin ... */
	int open_after;       /* ... after OPEN_AFTER that succeed */
	atomic_uint opens, closings, returns, identifies;
	int identify; /* an errno, always */
	bool knows_no_birth;
	int64_t births;           /* added to all times of birth */
	ino_t ino;                /* another inode number for all; 0: their own */
	const struct dir *closed; /* the last one */
	void *closed_by;
	bool was_open;
	void (*meanwhile)(void); /* called by sys_identify and by the hook closing() */
} fake;

int __real_sys_open_dir(int dirfd, const char *name, enum sys_follow follow);
int __wrap_sys_open_dir(int dirfd, const char *name, enum sys_follow follow);
int __real_sys_pin(int dirfd, const char *name, enum sys_follow follow);
int __wrap_sys_pin(int dirfd, const char *name, enum sys_follow follow);
int __real_sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth);
int __wrap_sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth);

/* Whether the next call is to fail. */
static inline bool opening_fails(void)
{
	atomic_fetch_add(&fake.opens, 1);
	if (fake.open_times == 0)
		return false;
	if (fake.open_after > 0) {
		fake.open_after--;
		return false;
	}
	fake.open_times--;
	return true;
}

int __wrap_sys_open_dir(int dirfd, const char *name, enum sys_follow follow)
{
	return opening_fails() ? -fake.open : __real_sys_open_dir(dirfd, name, follow);
}

int __wrap_sys_pin(int dirfd, const char *name, enum sys_follow follow)
{
	return opening_fails() ? -fake.open : __real_sys_pin(dirfd, name, follow);
}

int __wrap_sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth)
{
	int err = __real_sys_identify(fd, ret, ret_birth);

	atomic_fetch_add(&fake.identifies, 1);
	if (fake.meanwhile != NULL)
		fake.meanwhile();
	if (fake.identify != 0)
		return -fake.identify;
	/* Not every file system has times of birth. */
	*ret_birth =
		(struct sys_birth){.is_known = !fake.knows_no_birth, .sec = fake.births, .nsec = 5};
	if (fake.ino != 0)
		ret->st_ino = fake.ino;
	return err;
}

/* Fails with ERR in the TIMES calls that come after AFTER others. */
static inline void fail_opens(int err, int times, int after)
{
	fake.open = err;
	fake.open_times = times;
	fake.open_after = after;
}

static inline unsigned note_return(void *ctx, unsigned traits, int fd, const struct stat *st)
{
	struct stat now;

	EXPECT(ctx == &fake);
	EXPECT(fcntl(fd, F_GETFD) == FD_CLOEXEC && fstat(fd, &now) == 0);
	EXPECT(st->st_mode == now.st_mode && st->st_uid == now.st_uid);
	atomic_fetch_add(&fake.returns, 1);
	return (traits & (TRAIT | AFTER)) | FOUND_AGAIN;
}

static inline void note_closing(void *ctx, void *who, struct dir *dir, unsigned traits, int fd)
{
	EXPECT(ctx == &fake && (traits & OWING) != 0);
	atomic_fetch_add(&fake.closings, 1);
	fake.closed = dir;
	fake.closed_by = who;
	fake.was_open = fcntl(fd, F_GETFD) == FD_CLOEXEC;
	if (fake.meanwhile != NULL)
		fake.meanwhile();
}

static struct dirs dirs;
static int fds_before;

static inline void begin(const char *text)
{
	const struct dir_hooks hooks = {.returned = note_return,
		.closing = note_closing,
		.owing = OWING,
		.after = AFTER,
		.ctx = &fake};

	scratch_enter(text);
	memset(&fake, 0, sizeof(fake));
	memset(&dirs, 0xa5, sizeof(dirs));
	dirs_init(&dirs, &hooks);
	fds_before = count_fds();
}

/* Ends a test: all directories must have been left. */
static inline void end(void)
{
	EXPECT(dirs.count == 0);
	EXPECT(count_fds() == fds_before);
	dirs_free(&dirs);
	rows_end();
}

/* Opens NAME in PARENT, which is open, or as an operand. */
static inline struct dir *open_as(struct dir *parent, const char *name, enum sys_follow follow)
{
	int fd = __real_sys_open_dir(parent != NULL ? parent->fd : AT_FDCWD, name, follow);
	struct dir *dir;
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	dir = dir_new(&dirs, parent, name, fd, &st, follow);
	assert_non_null(dir);
	return dir;
}

static inline struct dir *open_in(struct dir *parent, const char *name)
{
	return open_as(parent, name, SYS_NOFOLLOW);
}

/* Releases DIR, and leaves it. */
static inline void leave(struct dir *dir)
{
	dir_release(&dirs, dir, NULL);
	dir_unref(&dirs, dir);
}

/* Whether the descriptor of DIR is one of the right directory. */
static inline bool is_open_right(const struct dir *dir)
{
	struct stat st;

	return dir->fd > 2 && fstat(dir->fd, &st) == 0 && st.st_ino == dir->ino &&
	       st.st_dev == dir->dev;
}

/* Makes a chain of LEVELS directories "n/n/n..." in the working directory. */
static inline void make_chain(unsigned levels)
{
	int at = open(".", O_PATH | O_CLOEXEC);

	for (unsigned i = 0; i < levels; i++) {
		int fd;

		assert_int_equal(mkdirat(at, "n", 0755), 0);
		fd = openat(at, "n", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = fd;
	}
	close(at);
}

/* Enters the first LEVELS of make_chain(), and releases all but the last. */
static inline void enter_chain(struct dir **chain, unsigned levels)
{
	for (unsigned i = 0; i < levels; i++) {
		chain[i] = open_in(i > 0 ? chain[i - 1] : NULL, "n");
		if (i > 0)
			dir_release(&dirs, chain[i - 1], NULL);
	}
}

#endif
