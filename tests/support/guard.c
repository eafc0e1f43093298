/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* struct mount_attr of mount_setattr(2), and a bit for its first members. */
struct attributes {
	uint64_t set, clear, propagation, userns;
};
enum { READ_ONLY = 1, RECURSIVE = 0x8000 };

static const char shm[] = "/dev/shm";

const char *guard_tmp(void)
{
	const char *tmp = getenv("TMPDIR");

	return tmp != NULL && *tmp == '/' ? tmp : "/tmp";
}

/* Makes DIR a mount of its own, so that it can be writable where all else is not. */
static void set_apart(const char *dir)
{
	mount(dir, dir, NULL, MS_BIND | MS_REC, NULL);
}

static bool make_read_only(const char *dir, bool is_read_only)
{
	const struct attributes attributes = {
		.set = is_read_only ? READ_ONLY : 0,
		.clear = is_read_only ? 0 : READ_ONLY,
	};

	return syscall(SYS_mount_setattr, AT_FDCWD, dir, RECURSIVE, &attributes,
		       sizeof(attributes)) == 0;
}

/* Makes everything read-only but TMP, CWD, /proc, /dev/pts, and a new /dev/shm. */
static void guard(const char *tmp, const char *cwd)
{
	/* What a sandbox around this has made read-only stays so. */
	bool keeps_tmp = access(tmp, W_OK) == 0;
	bool keeps_cwd = access(cwd, W_OK) == 0 && strcmp(cwd, "/") != 0;
	bool keeps_shm = access(shm, W_OK) == 0;

	if (unshare(CLONE_NEWNS) != 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return;
	set_apart(tmp);
	if (keeps_cwd)
		set_apart(cwd);
	if (!make_read_only("/", true))
		return;
	make_read_only("/proc", false);
	make_read_only("/dev/pts", false);
	if (keeps_tmp)
		make_read_only(tmp, false);
	if (keeps_cwd)
		make_read_only(cwd, false);
	if (keeps_shm)
		mount("tmpfs", shm, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
}

void guard_machine(void)
{
	static bool is_done;
	char *cwd;

	if (is_done || geteuid() != 0)
		return;
	is_done = true;
	cwd = getcwd(NULL, 0);
	if (cwd == NULL)
		return;
	guard(guard_tmp(), cwd);
	/* The working directory is in a mount that is read-only by now. */
	(void)!chdir(cwd);
	free(cwd);
}
