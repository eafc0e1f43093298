/* SPDX-License-Identifier: MIT */
/*
 * Stands between a program and the kernel: chosen system calls of the program stop until the test
 * has said what becomes of each (seccomp user notification, Linux 5.5; needs no privilege).
 *
 * Between the stop and the answer the program does nothing, so the test may look at its memory and
 * its descriptors, and may change files: what it does is done before the call, surely.
 */
#ifndef TESTS_FILTER_H
#define TESTS_FILTER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "run.h"

/* Linux 6.6; C libraries may not know it yet. */
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

/* Linux 5.6. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* A call that is stopped. */
struct filter_call {
	pid_t pid;
	int nr;
	uint64_t args[6];
};

/* An answer that is no result: the kernel does what was asked for. */
#define FILTER_GO_ON LONG_MIN

/* What becomes of CALL: FILTER_GO_ON, or its result, of which a negative one is an errno. */
typedef long filter_fn(void *ctx, const struct filter_call *call);

/* The most system calls that can be chosen. */
#define FILTER_MAX 64

/*
 * run(), with FN(CTX) asked about every call whose number is among the N of NRS; FN runs in another
 * thread, for one call at a time, and not any more when this returns. Filtering begins before HOW's
 * prepare, but nothing is answered before the exec: what is called on the way there (prepare,
 * chroot, chdir, setuid, execve and their like) cannot be chosen. 0 and *RET, or a negative errno:
 * of run(), or because there is no such filter to be had (EINVAL, ENOSYS, EBUSY, EPERM, EACCES).
 */
int filter_run(const struct run_how *how, const int *nrs, size_t n, filter_fn *fn, void *ctx,
	struct run_result *ret);

/* Reads or writes LEN bytes of the program's memory. How many, or a negative errno. */
ssize_t filter_read(const struct filter_call *call, uint64_t addr, void *buf, size_t len);
ssize_t filter_write(const struct filter_call *call, uint64_t addr, const void *buf, size_t len);

/*
 * The path of the file that CALL is about, as we see it from outside of any chroot: of a descriptor
 * what it stands for, otherwise the name in its directory; symlinks in it are not followed, but a
 * name in /proc/self/fd is taken for the descriptor. False if CALL is about none, or if the path is
 * longer than PATH_MAX.
 */
bool filter_path(const struct filter_call *call, char ret[static PATH_MAX]);

/* The descriptor that CALL works with: AT_FDCWD for a plain path, -1 if it has none. */
int filter_fd(const struct filter_call *call);

/* A descriptor of our own for the open file that descriptor FD of the program stands for. */
int filter_get_fd(const struct filter_call *call, int fd);

#endif
