/* SPDX-License-Identifier: MIT */
#include "probe.h"

#include "sysnr.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void ignore(int signal)
{
	(void)signal;
}

/*
 * Makes CALL with a LAST argument that is invalid, to which only a kernel that has the call replies
 * with EINVAL. The errno of a valid call would not tell: some sandboxes reply with EPERM to unknown
 * calls, and a FUSE server may reply with ENOSYS for one file. Other sandboxes send SIGSYS, and the
 * call returns any value.
 */
static bool has_call(long call, unsigned last)
{
	const struct sigaction ignoring = {.sa_handler = ignore};
	struct sigaction before;
	int err;

	sigaction(SIGSYS, &ignoring, &before);
	errno = 0;
	err = syscall(call, -1, "", 0, last) < 0 ? errno : 0;
	sigaction(SIGSYS, &before, NULL);
	return err == EINVAL;
}

static bool has_fchmodat2(void)
{
	return has_call(SYS_fchmodat2, ~0U); /* flags */
}

bool probe_has_openat2(void)
{
	return has_call(SYS_openat2, 0); /* the size of a structure */
}

enum sys_method probe_method(enum probe_preload preload, enum probe_use use)
{
	if (preload == PROBE_PRELOADED)
		return sys_has_proc() ? SYS_LIBC : SYS_NAME;
	if (use == PROBE_OPERANDS && sys_has_proc())
		return SYS_PROCFD;
	if (has_fchmodat2())
		return SYS_FCHMODAT2;
	return use == PROBE_TREES && sys_has_proc() ? SYS_PROCFD : SYS_NAME;
}

static bool has_variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0';
}

#ifdef STATIC_BUILD

enum probe_preload probe_find_preload(void)
{
	return has_variable("LD_PRELOAD") || has_variable("FAKEROOTKEY") ? PROBE_PRELOAD_IGNORED
									 : PROBE_NO_PRELOAD;
}

#else

/* Whether /etc/ld.so.preload has anything but blanks and comments. */
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

enum probe_preload probe_find_preload(void)
{
	return has_variable("LD_PRELOAD") || has_preload_file() ? PROBE_PRELOADED
								: PROBE_NO_PRELOAD;
}

#endif

bool probe_has_capability(unsigned caps)
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

uid_t probe_unmapped_uid(void)
{
	enum { OVERFLOW_UID = 65534 }; /* the default of /proc/sys/kernel/overflowuid */
	static const char all[] = "         0          0 4294967295\n";
	char map[sizeof(all)];
	int fd = sys_open_file("/proc/self/uid_map");
	ssize_t len = fd >= 0 ? read(fd, map, sizeof(map)) : -1;

	if (fd >= 0)
		close(fd);
	return len == sizeof(all) - 1 && memcmp(map, all, sizeof(all) - 1) == 0 ? 0 : OVERFLOW_UID;
}

bool probe_may_map_owners(void)
{
	enum { MOUNT_POINT = 4, OPTIONS = 5 };
	static const char mapped[] = "idmapped";
	bool has_root = false, has_mapped = false;
	int fd = sys_open_file("/proc/self/mountinfo");
	unsigned field = 0;
	size_t same = 0;
	char buf[1024], before = '\0';
	ssize_t len = -1;

	/* By character, as a line may be longer than any buffer. SAME: how many of MAPPED match. */
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
	/* In a chroot mountinfo may not show the mount of the root directory. */
	return len < 0 || !has_root || has_mapped;
}
