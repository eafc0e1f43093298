#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Linux 6.6. New system calls have one number, but for the offsets of a few architectures. */
#ifndef SYS_fchmodat2
#if defined(__alpha__)
#define SYS_fchmodat2 562
#elif defined(__NR_Linux) /* MIPS */
#define SYS_fchmodat2 (__NR_Linux + 452)
#elif defined(__x86_64__) && defined(__ILP32__)
#define SYS_fchmodat2 (__X32_SYSCALL_BIT + 452)
#else
#define SYS_fchmodat2 452
#endif
#endif

/* Linux 5.6. */
#ifndef SYS_openat2
#if defined(__alpha__)
#define SYS_openat2 547
#elif defined(__NR_Linux) /* MIPS */
#define SYS_openat2 (__NR_Linux + 437)
#elif defined(__x86_64__) && defined(__ILP32__)
#define SYS_openat2 (__X32_SYSCALL_BIT + 437)
#else
#define SYS_openat2 437
#endif
#endif

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
 * Calls that a preloaded library may watch. Nothing is preloaded into the static program: what musl
 * puts around them, for flags and cancellation, would be a kilobyte of its 64 for nothing.
 */
#ifdef STATIC_BUILD
#ifndef SYS_fcntl
#define SYS_fcntl SYS_fcntl64
#endif
#define LIBC(name, ...) syscall(SYS_##name, __VA_ARGS__)
#else
#define LIBC(name, ...) name(__VA_ARGS__)
#endif

/* "/proc/self/fd/N" */
struct proc_path {
	char text[32];
};

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

/* Whether /proc is what it should be: in a chroot it may be missing, or anybody's directory. */
static bool has_proc(void)
{
	struct statfs fs;

	return statfs("/proc/self/fd", &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static void pass_over(int signal)
{
	(void)signal;
}

/*
 * A call that no kernel can carry out: only one that has CALL finds fault with its LAST argument.
 * The errno of a real call could not tell: old sandboxes answer EPERM to what they do not know, and
 * FUSE servers ENOSYS for one file. Others send SIGSYS, and the call returns something or other.
 */
static bool has_call(long call, unsigned last)
{
	const struct sigaction pass = {.sa_handler = pass_over};
	struct sigaction before;
	int err;

	sigaction(SIGSYS, &pass, &before);
	errno = 0;
	err = result(syscall(call, -1, "", 0, last));
	sigaction(SIGSYS, &before, NULL);
	return err == -EINVAL;
}

static bool has_fchmodat2(void)
{
	return has_call(SYS_fchmodat2, ~0U); /* flags */
}

bool sys_has_openat2(void)
{
	return has_call(SYS_openat2, 0); /* the size of a structure */
}

enum sys_method sys_init(enum sys_preload preload, enum sys_use use)
{
	if (preload == SYS_PRELOADED)
		return has_proc() ? SYS_LIBC : SYS_NAME;
	if (use == SYS_OPERANDS && has_proc())
		return SYS_PROCFD;
	if (has_fchmodat2())
		return SYS_FCHMODAT2;
	return use == SYS_TREES && has_proc() ? SYS_PROCFD : SYS_NAME;
}

int sys_dup(int fd)
{
	return result(LIBC(fcntl, fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

/* FD or -errno, but never a descriptor of 0 to 2: those are streams, even if they are closed. */
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

int sys_open_file(const char *name)
{
	return open_at(AT_FDCWD, name, O_RDONLY | O_NOCTTY);
}

static bool has_variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

#ifdef STATIC_BUILD

enum sys_preload sys_find_preload(void)
{
	return has_variable("LD_PRELOAD") || has_variable("FAKEROOTKEY") ? SYS_PRELOAD_IGNORED
									 : SYS_NO_PRELOAD;
}

#else

/* Whether /etc/ld.so.preload names anything: blanks and comments do not. */
static bool has_preload_file(void)
{
	char buf[4096];
	int fd = sys_open_file("/etc/ld.so.preload");
	ssize_t len = fd >= 0 ? read(fd, buf, sizeof(buf)) : 0;
	bool is_comment = false, found = false;

	for (ssize_t i = 0; i < len && !found; i++) {
		if (buf[i] == '#' || buf[i] == '\n')
			is_comment = buf[i] == '#';
		else
			found = !is_comment && strchr(" \t:", buf[i]) == NULL;
	}
	if (fd >= 0)
		close(fd);
	return found || len == sizeof(buf);
}

enum sys_preload sys_find_preload(void)
{
	return has_variable("LD_PRELOAD") || has_preload_file() ? SYS_PRELOADED : SYS_NO_PRELOAD;
}

#endif

int sys_pin(int dirfd, const char *name, enum sys_follow follow)
{
	int fd = open_at(dirfd, name, O_PATH | (follow == SYS_FOLLOW ? 0 : O_NOFOLLOW));

	/* A directory that cannot be searched has no entry ".", but DIRFD stands for it. */
	return fd == -EACCES && dirfd >= 0 && strcmp(name, ".") == 0 ? sys_dup(dirfd) : fd;
}

int sys_pin_dir(const char *name)
{
	return open_at(AT_FDCWD, name, O_PATH | O_DIRECTORY);
}

int sys_pin_beneath(int dirfd, const char *path)
{
	/* struct open_how of openat2(2), and bits for its last member. */
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
	return open_at(dirfd, name,
		O_RDONLY | O_DIRECTORY | O_NOCTTY | O_NONBLOCK |
			(follow == SYS_FOLLOW ? 0 : O_NOFOLLOW));
}

int sys_pin_stat(int pin, struct stat *ret)
{
	return result(fstat(pin, ret));
}

/* Through /proc, a file that is no link. */
static int chmod_pin_by_proc(int pin, mode_t mode)
{
	struct proc_path path;

	return result(chmod(proc_path(&path, pin), mode));
}

/* What fchmodat2 does, in four calls. */
static int chmod_by_proc(int dirfd, const char *name, mode_t mode)
{
	struct stat st;
	int pin = sys_pin(dirfd, name, SYS_NOFOLLOW);
	int err;

	if (pin < 0)
		return pin;
	err = sys_pin_stat(pin, &st);
	/* /proc/self/fd leads to the link itself, whose mode some kernels would change. */
	if (err == 0 && S_ISLNK(st.st_mode))
		err = -EOPNOTSUPP;
	if (err == 0)
		err = chmod_pin_by_proc(pin, mode);
	close(pin);
	return err;
}

/*
 * Whether it is worth another try through /proc: ERR can be the answer of a sandbox, of a kernel
 * with an fchmodat2 of its own, or of a C library, and not that of the file system.
 */
static bool may_retry(enum sys_method method, int err)
{
	switch (err) {
	case -EPERM:
	case -EFAULT:
	case -EINVAL:
	case -ENOSYS: return has_proc();
	/* glibc before 2.32; a link is no less one to /proc. */
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

/* Opens what has attributes ST for reading; -SYS_EUNSAFE if that may have consequences. */
static int open_again(
	int dirfd, const char *name, enum sys_follow follow, const struct stat *st, int more_flags)
{
	/* Other types may do something when they are opened. */
	if (!S_ISREG(st->st_mode) && !S_ISDIR(st->st_mode))
		return -SYS_EUNSAFE;
	return open_at(dirfd, name,
		O_RDONLY | O_NOCTTY | O_NONBLOCK | more_flags |
			(follow == SYS_FOLLOW ? 0 : O_NOFOLLOW));
}

int sys_reopened_chmod(
	int dirfd, const char *name, enum sys_follow follow, const struct stat *st, mode_t mode)
{
	struct stat now;
	int fd = open_again(dirfd, name, follow, st, 0), err;

	if (fd < 0)
		return fd == -EACCES ? -SYS_EUNSAFE : fd;
	err = sys_pin_stat(fd, &now);
	if (err == 0 && (now.st_dev != st->st_dev || now.st_ino != st->st_ino))
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

bool sys_has_capability(unsigned caps)
{
	enum { VERSION_3 = 0x20080522 };
	struct {
		uint32_t version;
		int pid;
	} header = {.version = VERSION_3};
	struct {
		uint32_t effective, permitted, inheritable;
	} data[2] = {{0}};

	return syscall(SYS_capget, &header, data) == 0 && (data[0].effective & caps) != 0;
}

uid_t sys_unmapped_uid(void)
{
	enum { OVERFLOW_UID = 65534 }; /* the kernel's, unless somebody has set another */
	static const char all[] = "         0          0 4294967295\n";
	char map[sizeof(all)];
	int fd = sys_open_file("/proc/self/uid_map");
	ssize_t len = fd >= 0 ? read(fd, map, sizeof(map)) : -1;

	if (fd >= 0)
		close(fd);
	return len == sizeof(all) - 1 && memcmp(map, all, sizeof(all) - 1) == 0 ? 0 : OVERFLOW_UID;
}

int sys_try_as_owner(int dirfd, const char *name, enum sys_follow follow, const struct stat *st)
{
	/* To leave the time of access alone takes the same right as to change the mode. */
	int fd = open_again(dirfd, name, follow, st, O_NOATIME);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

bool sys_may_map_owners(void)
{
	enum { MOUNT_POINT = 4, OPTIONS = 5 };
	static const char mapped[] = "idmapped";
	bool has_root = false, has_mapped = false;
	int fd = sys_open_file("/proc/self/mountinfo");
	unsigned field = 0;
	size_t same = 0;
	char buf[1024], before = '\0';
	ssize_t len = -1;

	while (fd >= 0 && (len = read(fd, buf, sizeof(buf))) > 0)
		for (const char *p = buf; p < buf + len; p++) {
			same = *p == mapped[same] ? same + 1 : *p == mapped[0];
			has_mapped |= field == OPTIONS && mapped[same] == '\0';
			has_root |= field == MOUNT_POINT && *p == ' ' && before == '/';
			field = *p == '\n' ? 0 : field + (*p == ' ');
			before = *p;
		}
	if (fd >= 0)
		close(fd);
	/* In a chroot the mount that it is in may not be shown. */
	return len < 0 || !has_root || has_mapped;
}

bool sys_perms_are_local(int fd)
{
	static const uint32_t others[] = {
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
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		/* On some processors f_type is signed. */
		if ((uint32_t)fs.f_type == others[i])
			return false;
	return true;
}

/* struct statx of statx(2), for C libraries without it. */
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

/* By fstat(2) where statx(2) is missing or a sandbox refuses it. */
static int identify_by_fstat(int fd, struct stat *ret, struct sys_birth *ret_birth)
{
	*ret_birth = (struct sys_birth){.is_known = false};
	return result(fstat(fd, ret));
}

int sys_identify(int fd, struct stat *ret, struct sys_birth *ret_birth)
{
	enum { TYPE = 1, MODE = 2, NLINK = 4, UID = 8, INO = 0x100, BTIME = 0x800 };
	struct kernel_statx sx;

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, TYPE | MODE | NLINK | UID | INO | BTIME,
		    &sx) != 0)
		return identify_by_fstat(fd, ret, ret_birth);
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

	if (fd != -EACCES || !has_proc())
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
