/* SPDX-License-Identifier: MIT */
/*
 * The system calls that chmod needs, where kernels, C libraries and sandboxes differ.
 *
 * Functions return 0, or a descriptor that the caller closes, or a negative errno. Descriptors are
 * close-on-exec and never 0 to 2, so that a standard stream that was closed stays closed. DIRFD may
 * be AT_FDCWD. All functions may be called by several threads at once.
 *
 * Linux 3.6 is needed, which has fstat(2) for descriptors opened with O_PATH. Newer system calls
 * are named with the version that introduced them, and something takes the place of each.
 */
#ifndef SYS_H
#define SYS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * Used like an errno: no method at hand is certain to change this file and no other. Values of the
 * kernel end at 4095.
 */
#define SYS_EUNSAFE 4096

/* How a file is changed without following a link. probe_method() chooses once. */
enum sys_method {
	/*
	 * fchmodat2(2), Linux 6.6. If it fails with an error that may come from a sandbox instead
	 * of the kernel, /proc/self/fd is tried.
	 */
	SYS_FCHMODAT2,
	/* A descriptor opened with O_PATH, and chmod(2) of its name in /proc/self/fd. */
	SYS_PROCFD,
	/*
	 * Functions of the C library, which a preloaded library (fakeroot) may replace. Where the
	 * C library cannot do it (fchmodat(3) of glibc before 2.32), /proc/self/fd is tried.
	 */
	SYS_LIBC,
	/* Neither fchmodat2 nor /proc: only files that can be opened for reading; see byname.h. */
	SYS_NAME,
	/* It has not been chosen yet. */
	SYS_UNDECIDED,
};

/* Whether a symbolic link as the last component of a name is followed. */
enum sys_follow { SYS_NOFOLLOW, SYS_FOLLOW };

/* How a descriptor was opened: with O_PATH, or for reading. */
enum sys_pin { SYS_PATH_PIN, SYS_OPEN_PIN };

/* Whether ERR, a negative errno, says that no descriptor is free, so that closing one may help. */
static inline bool sys_is_fd_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE;
}

/* -------------------------------------------------------------------------- opening descriptors */

/*
 * Opens NAME with O_PATH. The descriptor stands for the file whatever happens to its name. No
 * permission on the file itself is needed, and for "." no search permission on DIRFD.
 */
int sys_pin(int dirfd, const char *name, enum sys_follow follow);

/* Opens directory NAME with O_PATH and follows links. */
int sys_pin_dir(const char *name);

/*
 * Opens directory PATH below DIRFD with O_PATH, without following links and without leaving DIRFD,
 * by openat2(2), Linux 5.6. Returns -ELOOP if there is a link in PATH. -ENOSYS, -EPERM and -EAGAIN
 * say nothing about PATH: the call is missing or refused, or a rename meanwhile made the result
 * uncertain.
 */
int sys_pin_beneath(int dirfd, const char *path);

/*
 * Opens directory NAME for reading. Returns -ENOTDIR if it is anything else, a link that is not
 * followed included.
 */
int sys_open_dir(int dirfd, const char *name, enum sys_follow follow);

/*
 * Opens for reading the directory that PIN stands for, wherever its name leads by now: as its entry
 * "." or, if it cannot be searched, through /proc. Returns -EACCES if neither is possible.
 */
int sys_open_pinned_dir(int pin);

/* Opens a file for reading and follows links. */
int sys_open_file(const char *name);

/* Duplicates FD. */
int sys_dup(int fd);

/* Whether /proc is procfs. In a chroot it may be missing, or an ordinary directory. */
bool sys_has_proc(void);

/* ----------------------------------------------------------------------------------- attributes */

int sys_stat(int dirfd, const char *name, enum sys_follow follow, struct stat *ret);

/* Gets the attributes of a file by its descriptor, of either kind. */
int sys_pin_stat(int pin, struct stat *ret);

/*
 * Whether A and B are attributes of the same file. If it was closed in between, it may also be
 * another file that was given its inode number.
 */
static inline bool sys_is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

/* When a file was created, if its file system records that. */
struct sys_birth {
	bool is_known;
	int64_t sec;
	uint32_t nsec;
};

/* Whether files with births A and B may be the same one. */
static inline bool sys_is_same_birth(const struct sys_birth *a, const struct sys_birth *b)
{
	return !a->is_known || !b->is_known || (a->sec == b->sec && a->nsec == b->nsec);
}

/*
 * Gets what identifies the file open as FD: its time of birth, by statx(2) (Linux 4.11) where that
 * is available, and of *RET the members st_dev, st_ino, st_mode, st_nlink and st_uid alone.
 */
int sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth);

/* ------------------------------------------------------------------------------- changing modes */

/*
 * Changes the mode of NAME without following it. Returns -EOPNOTSUPP if it is a symbolic link or if
 * its file system has no modes, and -SYS_EUNSAFE if METHOD is SYS_NAME.
 */
int sys_chmod(enum sys_method method, int dirfd, const char *name, mode_t mode);

/* Changes the mode of NAME and follows links, as chmod(2) does. */
int sys_chmod_following(int dirfd, const char *name, mode_t mode);

/*
 * Changes the mode of a file by its descriptor. Returns -SYS_EUNSAFE for a SYS_PATH_PIN if METHOD
 * is SYS_NAME.
 */
int sys_pin_chmod(enum sys_method method, int pin, enum sys_pin kind, mode_t mode);

/*
 * For SYS_NAME: opens NAME for reading and changes the mode of what was opened, if that is the file
 * that had attributes ST. Returns -ESTALE if it is another file, and -SYS_EUNSAFE if it is neither
 * a regular file nor a directory, which might have consequences when it is opened, or not readable.
 */
int sys_reopened_chmod(
	int dirfd, const char *name, enum sys_follow follow, const struct stat *st, mode_t mode);

/*
 * Finds out whether the kernel treats the caller as the owner of NAME, which has attributes ST: by
 * opening it with O_NOATIME, which needs the same privilege as chmod(2). Returns 0 if so, -EPERM if
 * not, and another error, such as -SYS_EUNSAFE, if the file cannot be opened.
 */
int sys_try_as_owner(int dirfd, const char *name, enum sys_follow follow, const struct stat *st);

/* ----------------------------------------------------------- directories and their file systems */

/*
 * Reads entries of a directory by getdents64(2) into BUF, aligned for struct linux_dirent64.
 * Returns the number of bytes, 0 at the end.
 */
ssize_t sys_read_dir(int fd, void *buf, size_t size);

/*
 * Whether GNU's tools sort the entries of large directories of FD's file system by inode number.
 * They do not where that saves no time.
 */
bool sys_sorts_by_inode(int fd);

/* Whether the file system of FD, or its mount, is read-only. */
bool sys_is_read_only(int fd);

/*
 * Whether the kernel itself keeps the owners and modes of FD's file system, so that they say who
 * may change its directories. That is not so where a server or another machine decides, where
 * owners and modes are made up, or where ACLs do not show in modes. False if it cannot be found
 * out.
 */
bool sys_perms_are_local(int fd);

/*
 * Where sys_perms_are_local(): whether somebody other than EUID and root may rename what is in the
 * directory with attributes ST, before its mode changes to AFTER or afterwards. That is its owner,
 * and anybody whom a write bit of group or others lets in. A POSIX ACL that lets others write shows
 * in the group's write bit. The sticky bit is no protection, because the owners of entries may
 * rename them nevertheless.
 */
static inline bool sys_others_may_rename(uid_t euid, const struct stat *st, mode_t after)
{
	return (st->st_uid != 0 && st->st_uid != euid) || ((st->st_mode | after) & 0022) != 0;
}

#endif
