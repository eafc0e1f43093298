/* SPDX-License-Identifier: MIT */
/*
 * What kernel, sandbox and user namespace allow, and which method of changing files follows from
 * that. Nothing is changed to find it out.
 */
#ifndef PROBE_H
#define PROBE_H

#include "sys.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * A library that is preloaded stands between a program and the kernel. It sees calls of the C
 * library only, and may need to see them all (fakeroot keeps modes of its own).
 */
enum probe_preload {
	PROBE_NO_PRELOAD,
	PROBE_PRELOADED,
	PROBE_PRELOAD_IGNORED, /* one is asked for, but this program is static */
};

enum probe_preload probe_find_preload(void);

/* What there is to be changed. */
enum probe_use {
	PROBE_OPERANDS, /* through descriptors alone */
	PROBE_TREES,
};

/*
 * Chooses the method; before there are other threads. For PROBE_OPERANDS fchmodat2 is not so much
 * as tried where there is /proc: there are sandboxes that end a program for it.
 */
enum sys_method probe_method(enum probe_preload preload, enum probe_use use);

/* Whether there is sys_pin_beneath(); before there are other threads. */
bool probe_has_openat2(void);

/* Capabilities: the bits of <linux/capability.h>, which not every C library comes with. */
enum {
	PROBE_CAP_DAC_OVERRIDE = 1 << 1,
	PROBE_CAP_DAC_READ_SEARCH = 1 << 2,
	PROBE_CAP_FOWNER = 1 << 3,
};

/* Whether the caller has one of CAPS, which are ored, in effect. */
bool probe_has_capability(unsigned caps);

/*
 * The number that stands for all owners without one in the caller's user namespace; 0 if none is.
 */
uid_t probe_unmapped_uid(void);

/*
 * Whether a mount may show owners under other numbers than their file system has for them (see
 * MOUNT_ATTR_IDMAP in mount_setattr(2)): one does, or it cannot be found out.
 */
bool probe_may_map_owners(void);

#endif
