/* SPDX-License-Identifier: MIT */
#include "unpinned.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

bool unpinned_others_may_rename(uid_t euid, const struct stat *st, mode_t after)
{
	return (st->st_uid != 0 && st->st_uid != euid) || ((st->st_mode | after) & 0022) != 0;
}

/* The directory that NAME in DIRFD is in, as a descriptor; the name in it in *RET_BASE. */
static int open_parent(int dirfd, const char *name, const char **ret_base)
{
	const char *slash = strrchr(name, '/');
	char parent[PATH_MAX];
	size_t len = slash == NULL ? 0 : (size_t)(slash - name) + 1;

	if (len >= sizeof(parent))
		return -ENAMETOOLONG;
	memcpy(parent, len > 0 ? name : ".", len > 0 ? len : 1);
	parent[len > 0 ? len : 1] = '\0';
	*ret_base = name + len;
	return sys_pin(dirfd, parent, SYS_FOLLOW);
}

/* By its name in a directory where nobody else can rename it, if that is where the operand is. */
static int change_operand(const struct unpinned *u, const struct stat *st, mode_t mode)
{
	const char *base;
	struct stat dir, now;
	int parent = open_parent(u->dirfd, u->name, &base), err = -SYS_EUNSAFE;

	if (parent < 0)
		return -SYS_EUNSAFE;
	if (sys_pin_stat(parent, &dir) == 0 &&
		!unpinned_others_may_rename(u->euid, &dir, dir.st_mode) &&
		sys_perms_are_local(parent) && sys_stat(parent, base, SYS_NOFOLLOW, &now) == 0 &&
		sys_is_same_file(&now, st))
		err = sys_chmod_following(parent, base, mode);
	close(parent);
	return err;
}

int unpinned_chmod(const struct unpinned *u, const struct stat *st, mode_t mode)
{
	int err = sys_reopened_chmod(u->dirfd, u->name, u->follow, st, mode);

	if (err != -SYS_EUNSAFE)
		return err;
	/* Whatever is there by now is what the caller has named, and gets what he has asked for. */
	if (u->follow == SYS_FOLLOW && u->is_absolute)
		return sys_chmod_following(u->dirfd, u->name, mode);
	if (u->is_operand)
		return change_operand(u, st, mode);
	if (u->follow == SYS_NOFOLLOW && !u->is_contested)
		return sys_chmod_following(u->dirfd, u->name, mode);
	return err;
}
