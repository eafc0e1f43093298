/* SPDX-License-Identifier: MIT */
#include "sys.h"

#include "sysnr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef PROC_SUPER_MAGIC
#define PROC_SUPER_MAGIC 0x9fa0
#endif

static int result(long ret)
{
	return ret < 0 ? -errno : (int)ret;
}

static int raw_fchmodat2(int dirfd, const char *name, mode_t mode, unsigned flags)
{
	return result(syscall(SYS_fchmodat2, dirfd, name, mode, flags));
}

/*
 * A call of the C library, which a preloaded library may replace. Nothing can be preloaded into the
 * static program, which calls the kernel directly: musl's wrappers, for flags and for cancellation,
 * would add a kilobyte to it.
 */
#ifdef STATIC_BUILD
#ifndef SYS_fcntl
#define SYS_fcntl SYS_fcntl64
#endif
#define LIBC(name, ...) syscall(SYS_##name, __VA_ARGS__)
#else
#define LIBC(name, ...) name(__VA_ARGS__)
#endif

/* Room for "/proc/self/fd/N". */
struct proc_path {
	char text[32];
};

/* Writes it for FD. snprintf(3) would add 12 KiB to the static program. */
static const char *proc_path(struct proc_path *path, int fd)
{
	static const char prefix[] = "/proc/self/fd/";
	char digits[12];
	size_t n = 0, at = sizeof(prefix) - 1;

	for (size_t i = 0; i < at; i++)
		path->text[i] = prefix[i];
	do
		digits[n++] = (char)('0' + fd % 10);
	while ((fd /= 10) > 0);
	while (n > 0)
		path->text[at++] = digits[--n];
	path->text[at] = '\0';
	return path->text;
}

bool sys_has_proc(void)
{
	struct statfs fs;

	return statfs("/proc/self/fd", &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

int sys_dup(int fd)
{
	return result(LIBC(fcntl, fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/* Moves FD, unless it is an errno, above the standard streams, which may be closed. */
static int above_streams(int fd)
{
	int moved;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	moved = sys_dup(fd);
	close(fd);
	return moved;
}

static int open_at(int dirfd, const char *name, int flags)
{
	return above_streams(result(LIBC(openat, dirfd, name, flags | O_CLOEXEC | O_LARGEFILE)));
}

/* Opens a file for reading, with MORE_FLAGS. A FIFO or a device does not block. */
static int open_to_read(int dirfd, const char *name, enum sys_follow follow, int more_flags)
{
	return open_at(dirfd, name,
		O_RDONLY | O_NOCTTY | O_NONBLOCK | more_flags |
			(follow == SYS_FOLLOW ? 0 : O_NOFOLLOW));
}

int sys_open_file(const char *name)
{
	return open_at(AT_FDCWD, name, O_RDONLY | O_NOCTTY);
}

int sys_pin(int dirfd, const char *name, enum sys_follow follow)
{
	int fd = open_at(dirfd, name, O_PATH | (follow == SYS_FOLLOW ? 0 : O_NOFOLLOW));

	/* Looking up "." needs search permission. DIRFD stands for the same directory without. */
	return fd == -EACCES && dirfd >= 0 && strcmp(name, ".") == 0 ? sys_dup(dirfd) : fd;
}

int sys_pin_dir(const char *name)
{
	return open_at(AT_FDCWD, name, O_PATH | O_DIRECTORY);
}

int sys_pin_beneath(int dirfd, const char *path)
{
	/* Flags of openat2(2), whose <linux/openat2.h> not every system has. */
	enum { NO_MAGICLINKS = 2, NO_SYMLINKS = 4, BENEATH = 8 };
	const struct {
		uint64_t flags, mode, resolve;
	} how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = NO_MAGICLINKS | NO_SYMLINKS | BENEATH,
	};

	return above_streams(result(syscall(SYS_openat2, dirfd, path, &how, sizeof(how))));
}

int sys_open_dir(int dirfd, const char *name, enum sys_follow follow)
{
	return open_to_read(dirfd, name, follow, O_DIRECTORY);
}

int sys_pin_stat(int pin, struct stat *ret)
{
	return result(fstat(pin, ret));
}

/* Changes a file by its descriptor through /proc. It must not be a symbolic link. */
static int chmod_pin_by_proc(int pin, mode_t mode)
{
	struct proc_path path;

	return result(chmod(proc_path(&path, pin), mode));
}

/* Does the work of sys_chmod() through /proc. */
static int chmod_by_proc(int dirfd, const char *name, mode_t mode)
{
	struct stat st;
	int pin = sys_pin(dirfd, name, SYS_NOFOLLOW);
	int err;

	if (pin < 0)
		return pin;
	err = sys_pin_stat(pin, &st);
	/* chmod(2) would reach the link itself, whose mode some kernels change. */
	if (err == 0 && S_ISLNK(st.st_mode))
		err = -EOPNOTSUPP;
	if (err == 0)
		err = chmod_pin_by_proc(pin, mode);
	close(pin);
	return err;
}

/*
 * Whether to try again through /proc, because ERR need not come from the file system. It may come
 * from a sandbox, from the C library, or from a kernel that has another call with this number.
 */
static bool may_retry(enum sys_method method, int err)
{
	switch (err) {
	case -EPERM:
	case -EFAULT:
	case -EINVAL:
	case -ENOSYS: return sys_has_proc();
	/* glibc before 2.32 says so for any file. For a link the second try says so again. */
	case -EOPNOTSUPP: return method == SYS_LIBC;
	default: return false;
	}
}

int sys_pin_chmod(enum sys_method method, int pin, enum sys_pin kind, mode_t mode)
{
	int err;

	if (kind == SYS_OPEN_PIN)
		return result(LIBC(fchmod, pin, mode));
	switch (method) {
	case SYS_FCHMODAT2:
		err = raw_fchmodat2(pin, "", mode, AT_EMPTY_PATH);
		return may_retry(method, err) ? chmod_pin_by_proc(pin, mode) : err;
	case SYS_PROCFD:
	case SYS_LIBC: return chmod_pin_by_proc(pin, mode);
	case SYS_UNDECIDED:
	case SYS_NAME: break;
	}
	return -SYS_EUNSAFE;
}

/*
 * Opens NAME for reading if ST says that this has no consequences: opening a device or a FIFO may
 * have some. Otherwise returns -SYS_EUNSAFE.
 */
static int open_harmless(
	int dirfd, const char *name, enum sys_follow follow, const struct stat *st, int more_flags)
{
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return -SYS_EUNSAFE;
	return open_to_read(dirfd, name, follow, more_flags);
}

int sys_reopened_chmod(
	int dirfd, const char *name, enum sys_follow follow, const struct stat *st, mode_t mode)
{
	struct stat now;
	int fd = open_harmless(dirfd, name, follow, st, 0), err;

	if (fd < 0)
		return fd == -EACCES ? -SYS_EUNSAFE : fd;
	err = sys_pin_stat(fd, &now);
	if (err == 0 && !sys_is_same_file(&now, st))
		err = -ESTALE;
	if (err == 0)
		err = result(LIBC(fchmod, fd, mode));
	close(fd);
	return err;
}

int sys_stat(int dirfd, const char *name, enum sys_follow follow, struct stat *ret)
{
	return result(fstatat(dirfd, name, ret, follow == SYS_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW));
}

int sys_chmod(enum sys_method method, int dirfd, const char *name, mode_t mode)
{
	int err;

	switch (method) {
	case SYS_FCHMODAT2: err = raw_fchmodat2(dirfd, name, mode, AT_SYMLINK_NOFOLLOW); break;
	case SYS_PROCFD: return chmod_by_proc(dirfd, name, mode);
#ifndef STATIC_BUILD
	case SYS_LIBC: err = result(fchmodat(dirfd, name, mode, AT_SYMLINK_NOFOLLOW)); break;
#endif
	default: return -SYS_EUNSAFE;
	}
	return may_retry(method, err) ? chmod_by_proc(dirfd, name, mode) : err;
}

int sys_chmod_following(int dirfd, const char *name, mode_t mode)
{
	return result(LIBC(fchmodat, dirfd, name, mode, 0));
}

ssize_t sys_read_dir(int fd, void *buf, size_t size)
{
	return result(syscall(SYS_getdents64, fd, buf, size));
}

bool sys_is_read_only(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (fs.f_flags & ST_RDONLY) != 0;
}

int sys_try_as_owner(int dirfd, const char *name, enum sys_follow follow, const struct stat *st)
{
	int fd = open_harmless(dirfd, name, follow, st, O_NOATIME);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

bool sys_perms_are_local(int fd)
{
	/* Others decide, or owners and modes are made up, or an ACL allows what no mode shows. */
	static const uint32_t not_local[] = {
		0x00006969, /* NFS */
		0xff534d42, /* CIFS */
		0xfe534d42, /* SMB 2 */
		0x0000517b, /* SMB */
		0x01021997, /* 9p */
		0x5346414f, /* AFS */
		0x6b414653, /* kAFS */
		0x73757245, /* Coda */
		0x00c36400, /* Ceph */
		0x0bd00bd0, /* Lustre */
		0x47504653, /* GPFS */
		0x65735546, /* FUSE */
		0x786f4256, /* VirtualBox */
		0x0000564c, /* NCP */
		0x00c0ffee, /* hostfs of User Mode Linux */
		0x19830326, /* BeeGFS */
		0x20030528, /* OrangeFS */
		0x7c7c6673, /* Parallels */
		0xaad7aaea, /* PanFS */
		0xbacbacbc, /* VMware */
		0xbeefdead, /* StorNext */
		0x00004d44, /* FAT */
		0x2011bab0, /* exFAT */
		0x7366746e, /* NTFS */
		0x00004244, /* HFS */
		0x2fc12fc1, /* ZFS */
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof(not_local) / sizeof(not_local[0]); i++)
		/* On some processors f_type is signed. */
		if ((uint32_t)fs.f_type == not_local[i])
			return false;
	return true;
}

/* struct statx of statx(2), which not every C library has. */
struct kernel_statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, spare0;
	uint64_t ino, size, blocks, attributes_mask;
	struct {
		int64_t sec;
		uint32_t nsec;
		int32_t spare;
	} atime, btime, ctime, mtime;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t spare[14];
};

int sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth)
{
	enum { TYPE = 1, MODE = 2, NLINK = 4, UID = 8, INO = 0x100, BTIME = 0x800 };
	struct kernel_statx sx;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, TYPE | MODE | NLINK | UID | INO | BTIME,
		    &sx) != 0) {
		/* The kernel has no statx(2), or a sandbox refuses it. */
		*ret_birth = (struct sys_birth){.is_known = false};
		return sys_pin_stat(fd, ret);
	}
	ret->st_dev = makedev(sx.dev_major, sx.dev_minor);
	ret->st_ino = sx.ino;
	ret->st_mode = sx.mode;
	ret->st_nlink = sx.nlink;
	ret->st_uid = sx.uid;
	*ret_birth = (struct sys_birth){
		.is_known = (sx.mask & BTIME) != 0,
		.sec = sx.btime.sec,
		.nsec = sx.btime.nsec,
	};
	return 0;
}

int sys_open_pinned_dir(int pin)
{
	struct proc_path path;
	int fd = sys_open_dir(pin, ".", SYS_NOFOLLOW);

	if (fd != -EACCES || !sys_has_proc())
		return fd;
	return sys_open_dir(AT_FDCWD, proc_path(&path, pin), SYS_FOLLOW);
}

bool sys_sorts_by_inode(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return true;
	switch ((unsigned long)fs.f_type & 0xffffffffUL) {
	case 0x01021994: /* tmpfs */
	case 0x00006969: /* NFS */
	case 0xff534d42: /* CIFS */
	case 0x0bd00bd0: /* Lustre */ return false;
	default: return true;
	}
}
