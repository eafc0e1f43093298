/* SPDX-License-Identifier: MIT */
/* Whether the kernel has fchmodat2(2), Linux 6.6. */
#ifndef TESTS_FCHMODAT2_H
#define TESTS_FCHMODAT2_H

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "sysnr.h"

/* The flags are wrong, and only a kernel that knows the call says so. False in some sandboxes. */
static inline bool has_fchmodat2(void)
{
	return syscall(SYS_fchmodat2, -1, "", 0, ~0U) < 0 && errno == EINVAL;
}

#endif
