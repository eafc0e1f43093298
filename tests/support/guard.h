/* SPDX-License-Identifier: MIT */
/*
 * Keeps the machine safe from a chmod that is broken: root's tests can change nothing but trees.
 */
#ifndef TESTS_GUARD_H
#define TESTS_GUARD_H

/*
 * Gives a process of root mounts of its own (mount_namespaces(7)), in which everything is read-only
 * but the directory for trees, an empty /dev/shm, and the working directory. Does nothing if it has
 * been called before, and where it is not possible: without CAP_SYS_ADMIN, or before Linux 5.12,
 * which brought mount_setattr(2). Threads that are there already are not guarded.
 */
void guard_machine(void);

/* The directory for trees: $TMPDIR or /tmp. */
const char *guard_tmp(void);

#endif
