/* SPDX-License-Identifier: MIT */
/*
 * Stops a program at chosen system calls until the test has said what becomes of each (seccomp user
 * notification, Linux 5.5; needs no privilege).
 *
 * The thread that is stopped waits for the answer. So the test may look at the memory and the
 * descriptors of the program, and what it does to files is done before the call.
 */
#ifndef TESTS_FILTER_H
#define TESTS_FILTER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "run.h"
#include "sysnr.h"

/* A call at which the program is stopped. */
struct filter_call {
	pid_t pid;
	int nr;
	uint64_t args[6];
};

/* The answer by which the kernel carries out the call. */
#define FILTER_GO_ON LONG_MIN

/* Answers CALL: FILTER_GO_ON, or the result that the program gets, where negative means errno. */
typedef long filter_fn(void *ctx, const struct filter_call *call);

/* The most system calls that can be chosen. */
#define FILTER_MAX 64

/*
 * Does run(), and asks FN(CTX) about every call whose number is one of the N in NRS. FN runs in
 * another thread, for one call at a time; when this returns it runs no more. Calls are stopped from
 * before HOW's prepare, but answered only after the exec, so none that is made before it (by
 * prepare, chroot, chdir, setuid, execve and the like) may be chosen. 0 and *RET, or a negative
 * errno: of run(), or see filter_is_missing().
 */
int filter_run(const struct run_how *how, const int *nrs, size_t n, filter_fn *fn, void *ctx,
	struct run_result *ret);

/* Whether ERR, a negative errno of filter_run(), says that this machine has no such filter. */
bool filter_is_missing(int err);

/* Reads or writes LEN bytes of the program's memory. How many, or a negative errno. */
ssize_t filter_read(const struct filter_call *call, uint64_t addr, void *buf, size_t len);
ssize_t filter_write(const struct filter_call *call, uint64_t addr, const void *buf, size_t len);

/*
 * The path of the file that CALL is about, as it is outside of any chroot: that of the open file
 * for a descriptor, otherwise the name in its directory. A symlink at its end is not followed, but
 * a name in /proc/self/fd stands for that descriptor. False if CALL is about no file, or if the
 * path is longer than PATH_MAX.
 */
bool filter_path(const struct filter_call *call, char ret[static PATH_MAX]);

/* The descriptor argument of CALL: AT_FDCWD for a plain path, -1 if it has none. */
int filter_fd(const struct filter_call *call);

/* A descriptor of the test for what the program's descriptor FD stands for, or a negative errno. */
int filter_get_fd(const struct filter_call *call, int fd);

#endif
