/* SPDX-License-Identifier: MIT */
#include "byname.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Opens the directory of NAME with O_PATH. Sets *RET_BASE to the last component of NAME. */
static int pin_parent(int dirfd, const char *name, const char **ret_base)
{
	const char *slash = strrchr(name, '/');
	char parent[PATH_MAX];
	size_t len = slash == NULL ? 0 : (size_t)(slash - name) + 1;

	*ret_base = name + len;
	if (len == 0)
		return sys_pin(dirfd, ".", SYS_FOLLOW);
	if (len >= sizeof(parent))
		return -ENAMETOOLONG;
	memcpy(parent, name, len);
	parent[len] = '\0';
	return sys_pin(dirfd, parent, SYS_FOLLOW);
}

/*
 * Changes an operand if nobody else can rename files in its directory. That directory is examined
 * here, because the walk does not examine it.
 */
static int change_operand(const struct byname *file, const struct stat *st, mode_t mode)
{
	const char *base;
	struct stat dir, now;
	int parent = pin_parent(file->dirfd, file->name, &base), err = -SYS_EUNSAFE;

	if (parent < 0)
		return sys_is_fd_shortage(parent) ? parent : -SYS_EUNSAFE;
	if (sys_pin_stat(parent, &dir) == 0 &&
		!sys_others_may_rename(file->euid, &dir, dir.st_mode) &&
		sys_perms_are_local(parent) && sys_stat(parent, base, SYS_NOFOLLOW, &now) == 0 &&
		sys_is_same_file(&now, st))
		err = sys_chmod_following(parent, base, mode);
	close(parent);
	return err;
}

int byname_chmod(const struct byname *file, const struct stat *st, mode_t mode)
{
	int err = sys_reopened_chmod(file->dirfd, file->name, file->follow, st, mode);

	if (err != -SYS_EUNSAFE)
		return err;
	/*
	 * The user asked to follow the name. Whatever it leads to by now gets the mode that the
	 * user asked for, because the mode does not depend on the file.
	 */
	if (file->follow == SYS_FOLLOW && file->is_absolute)
		return sys_chmod_following(file->dirfd, file->name, mode);
	if (file->is_operand)
		return change_operand(file, st, mode);
	/* The name is no link, and nobody can replace it by one. */
	if (file->follow == SYS_NOFOLLOW && !file->is_contested)
		return sys_chmod_following(file->dirfd, file->name, mode);
	return err;
}
