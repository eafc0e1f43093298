/* SPDX-License-Identifier: MIT */
/*
 * Keeps the machine safe from a chmod that is broken: what root tests may not change is read-only.
 */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

/*
 * Gives the process, if it is root's, mounts of its own (mount_namespaces(7)) in which everything is
 * read-only but the directory for trees, /dev/shm, which is empty then, and the working directory.
 * Does nothing the second time, nor where that is not possible: without CAP_SYS_ADMIN, and without
 * mount_setattr(2) of Linux 5.12. Call it before there are threads that are to be guarded.
 */
void guard_machine(void);

/* The directory for trees: $TMPDIR or /tmp. */
const char *guard_tmp(void);

#endif
