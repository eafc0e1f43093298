/* SPDX-License-Identifier: MIT */
/*
 * Changing a file that nothing but its name stands for: where there is neither fchmodat2(2) nor
 * /proc (SYS_NAME), and it is not open.
 */
#ifndef UNPINNED_H
#define UNPINNED_H

#include "sys.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct unpinned {
	int dirfd;
	const char *name;
	enum sys_follow follow;
	bool is_operand;
	bool is_contested; /* others may put another file in the place of the name, in DIRFD */
	bool is_absolute;  /* for SYS_FOLLOW: the mode does not depend on which file it is */
	uid_t euid;
};

/*
 * Changes file U, which had attributes ST when it was looked at, to MODE. -SYS_EUNSAFE if it cannot
 * be opened without consequences (it may be a device) or permission, and the name might lead to
 * another file by now; -ESTALE if it does.
 */
int unpinned_chmod(const struct unpinned *u, const struct stat *st, mode_t mode);

/*
 * Contested: whether somebody other than EUID and root may rename what is in the directory with ST:
 * its owner, and whoever its mode lets write, before or AFTER it was changed. A POSIX ACL that lets
 * others write shows in the group's bits. The sticky bit protects entries from those who do not own
 * them, not from those who do.
 */
bool unpinned_others_may_rename(uid_t euid, const struct stat *st, mode_t after);

#endif
