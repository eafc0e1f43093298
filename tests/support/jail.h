/* SPDX-License-Identifier: MIT */
/*
 * Directories to chroot into, with just enough in them for the program under test to start: copies
 * of its loader and its shared libraries. All are copies, so whatever the program does to "/", the
 * machine's own files are out of its reach.
 */
#ifndef TESTS_JAIL_H
#define TESTS_JAIL_H

/*
 * Puts what PROGRAM (absolute path) needs into DIR, and the program itself as DIR/AS (NULL: not).
 * 0 or a negative errno. Asks the dynamic loader of glibc what it is; a static program needs
 * nothing.
 */
int jail_fill(const char *dir, const char *program, const char *as);

#endif
