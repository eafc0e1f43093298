/* SPDX-License-Identifier: MIT */
/*
 * Finds out, without changing anything, what the kernel, a sandbox and a user namespace allow, and
 * chooses the method of changing files accordingly.
 */
#ifndef PROBE_H
#define PROBE_H

#include "sys.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * A preloaded library replaces functions of the C library, and may need to see every call: fakeroot
 * keeps modes of its own. It does not see system calls that are made in another way.
 */
enum probe_preload {
	PROBE_NO_PRELOAD,
	PROBE_PRELOADED,
	PROBE_PRELOAD_IGNORED, /* one is to be preloaded, but this program is static */
};

/* By the environment (LD_PRELOAD; for the static program also fakeroot's) and ld.so.preload. */
enum probe_preload probe_find_preload(void);

/* What is changed: operands, which are pinned, or trees, in which files are changed by name. */
enum probe_use { PROBE_OPERANDS, PROBE_TREES };

/*
 * Chooses the method. For PROBE_OPERANDS fchmodat2(2) is not even tried if there is /proc, because
 * some sandboxes kill a program for an unknown call. To be called before threads are started, as it
 * may handle SIGSYS for a moment.
 */
enum sys_method probe_method(enum probe_preload preload, enum probe_use use);

/* Whether sys_pin_beneath() can work. To be called before threads are started, for that reason. */
bool probe_has_openat2(void);

/* Capabilities, as the bits of <linux/capability.h>, which not every C library provides. */
enum {
	PROBE_CAP_DAC_OVERRIDE = 1 << 1,
	PROBE_CAP_DAC_READ_SEARCH = 1 << 2,
	PROBE_CAP_FOWNER = 1 << 3,
};

/* Whether any of CAPS, a combination of these, is effective for the calling thread. */
bool probe_has_capability(unsigned caps);

/*
 * The user ID that stat(2) shows for all owners that have none in the caller's user namespace, or 0
 * if every owner has one.
 */
uid_t probe_unmapped_uid(void);

/*
 * Whether there may be a mount that shows other user IDs than its file system has (MOUNT_ATTR_IDMAP
 * of mount_setattr(2), Linux 5.12): because there is one, or because it cannot be found out.
 */
bool probe_may_map_owners(void);

#endif
