/* SPDX-License-Identifier: MIT */
/*
 * The system calls that chmod needs, where kernels, C libraries and sandboxes differ.
 *
 * All return 0 (or a descriptor) or a negative errno. Descriptors are close-on-exec and never 0 to
 * 2, so that a closed standard stream stays closed. DIRFD may be AT_FDCWD.
 */
#ifndef SYS_H
#define SYS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Beside the errno values: there is no way that would be sure to change this file and no other. */
#define SYS_EUNSAFE 4096 /* the kernel's own end at 4095 */

/* How a file is changed without following a link; chosen once, by probe_method(). */
enum sys_method {
	/*
	 * fchmodat2(2), Linux 6.6: by name, and by descriptor. What it is refused is tried once
	 * more through /proc: the refusal may be a sandbox's, and not the kernel's.
	 */
	SYS_FCHMODAT2,
	/* Older kernels, or sandboxes that refuse fchmodat2: through /proc/self/fd. */
	SYS_PROCFD,
	/*
	 * What the C library offers, as a preloaded library (fakeroot) may watch; and /proc, also
	 * where the C library has no fchmodat(3) that does not follow (glibc before 2.32).
	 */
	SYS_LIBC,
	/*
	 * Neither fchmodat2 nor /proc: what has been opened, or by name where nobody can interfere.
	 */
	SYS_NAME,
	/* It has not been chosen yet. */
	SYS_UNDECIDED,
};

enum sys_follow { SYS_NOFOLLOW, SYS_FOLLOW };

/* Whether ERR (negative) says that no descriptor is to be had, so that closing one may help. */
static inline bool sys_is_fd_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE;
}

/* How a descriptor was made. */
enum sys_pin { SYS_PATH_PIN, SYS_OPEN_PIN };

/*
 * A descriptor (O_PATH) that stands for the file whatever happens to its name; needs no permission
 * on the file itself, and for "." none to search DIRFD.
 */
int sys_pin(int dirfd, const char *name, enum sys_follow follow);

/* The same of directory NAME, of which links are followed. */
int sys_pin_dir(const char *name);

/*
 * The same of directory PATH below DIRFD, on the way to which no link is followed and DIRFD is not
 * left (openat2(2), Linux 5.6). -ELOOP for a link. -ENOSYS, -EPERM and -EAGAIN say nothing of the
 * path.
 */
int sys_pin_beneath(int dirfd, const char *path);

/*
 * A descriptor of a directory for reading; -ENOTDIR for anything else, links that are not followed.
 */
int sys_open_dir(int dirfd, const char *name, enum sys_follow follow);

/* A descriptor of a file for reading. */
int sys_open_file(const char *name);

/* Whether /proc is what it should be: in a chroot it may be missing, or anybody's directory. */
bool sys_has_proc(void);

/* Another descriptor for what FD stands for. */
int sys_dup(int fd);

/* The attributes of a file by its descriptor, of either kind. */
int sys_pin_stat(int pin, struct stat *ret);

/*
 * Changes the mode of a file by its descriptor: the very file that sys_pin_stat() looked at.
 * -SYS_EUNSAFE for a SYS_PATH_PIN if the way is SYS_NAME: see sys_reopened_chmod().
 */
int sys_pin_chmod(enum sys_method method, int pin, enum sys_pin kind, mode_t mode);

/*
 * For SYS_NAME: opens the file again, which must be the one that ST describes, and changes that.
 * -SYS_EUNSAFE if it cannot be opened without consequences (no regular file, no directory,
 * unreadable); -ESTALE if another file has the name by now.
 */
int sys_reopened_chmod(
	int dirfd, const char *name, enum sys_follow follow, const struct stat *st, mode_t mode);

/* Whether A and B are attributes of the same file; an inode number may be used again later. */
static inline bool sys_is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

int sys_stat(int dirfd, const char *name, enum sys_follow follow, struct stat *ret);

/*
 * Changes the mode of NAME, which is not followed: -EOPNOTSUPP if it is a symbolic link, or if its
 * file system has no modes. Not with SYS_NAME.
 */
int sys_chmod(enum sys_method method, int dirfd, const char *name, mode_t mode);

/* chmod(2) as it always was: follows links. */
int sys_chmod_following(int dirfd, const char *name, mode_t mode);

/*
 * Reads entries of a directory (struct linux_dirent64, see getdents(2)) into BUF, aligned for them.
 * The number of bytes, 0 at the end.
 */
ssize_t sys_read_dir(int fd, void *buf, size_t size);

/* Whether the file system of FD, or its mount, is read-only. */
bool sys_is_read_only(int fd);

/* When a file was made, as far as its file system tells. */
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
 * What a file is known by: st_dev, st_ino, st_mode, st_nlink and st_uid of *RET, the only ones that
 * are filled in, and its birth, by statx(2) where that is to be had (Linux 4.11).
 */
int sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth);

/*
 * A descriptor for reading of the directory that PIN stands for, whatever its name leads to by now:
 * as its entry ".", or through /proc where it cannot be searched. Without both -EACCES.
 */
int sys_open_pinned_dir(int pin);

/*
 * Whether GNU's tools sort the entries of large directories of FD's file system by inode number:
 * not where that saves no time.
 */
bool sys_sorts_by_inode(int fd);

/*
 * Whether the kernel takes the caller for one who may do what the owner may, with a file that has
 * attributes ST: 0 or -EPERM. Another error if that cannot be found out, as the file cannot be
 * opened without consequences or permission.
 */
int sys_try_as_owner(int dirfd, const char *name, enum sys_follow follow, const struct stat *st);

/*
 * Whether the owners and modes of the file system of FD are the kernel's own, so that they are kept
 * and say who can change its directories: not where a server, or another machine, decides, nor
 * where they are made up.
 */
bool sys_perms_are_local(int fd);

#endif
