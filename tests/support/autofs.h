/* SPDX-License-Identifier: MIT */
/*
 * A directory at which something is mounted when it is first looked into (a direct mount of
 * autofs), by a process of its own. Takes root.
 */
#ifndef TESTS_AUTOFS_H
#define TESTS_AUTOFS_H

#include <stdatomic.h>
#include <sys/types.h>

struct autofs {
	atomic_uint *triggered; /* so many times it has been mounted */
	char *mountpoint;
	pid_t pid;
};

/*
 * SOURCE will be bind-mounted at MOUNTPOINT (both absolute) in the mounts that we have now. 0 and
 * *RET, to be stopped, or a negative errno: ENODEV if there is no autofs.
 */
int autofs_start(const char *mountpoint, const char *source, struct autofs *ret);

void autofs_stop(struct autofs *autofs);

#endif
