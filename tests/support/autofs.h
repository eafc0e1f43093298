/* SPDX-License-Identifier: MIT */
/*
 * A directory at which something is mounted when it is first used (a direct mount of autofs). A
 * process of its own does that. Needs root.
 */
#ifndef TESTS_AUTOFS_H
#define TESTS_AUTOFS_H

#include <stdatomic.h>
#include <sys/types.h>

struct autofs {
	atomic_uint *triggered; /* how often it has been mounted */
	char *mountpoint;
	pid_t pid;
};

/*
 * From now on the first use of MOUNTPOINT bind-mounts SOURCE there, in the caller's mount
 * namespace. Both paths are absolute. 0 and *RET, to be stopped, or a negative errno: ENODEV if
 * there is no autofs.
 */
int autofs_start(const char *mountpoint, const char *source, struct autofs *ret);

void autofs_stop(struct autofs *autofs);

#endif
