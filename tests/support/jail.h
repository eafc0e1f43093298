/* SPDX-License-Identifier: MIT */
/*
 * Directories to chroot into. They have what the program under test needs to start: its loader and
 * its shared libraries. All of it is copied, so nothing that the program does to "/" reaches the
 * files of the machine.
 */
#ifndef TESTS_JAIL_H
#define TESTS_JAIL_H

/*
 * Copies what PROGRAM (absolute path) needs into DIR, and the program itself to DIR/AS unless AS is
 * NULL. 0 or a negative errno. glibc's loader tells what is needed; a static program needs nothing.
 */
int jail_fill(const char *dir, const char *program, const char *as);

#endif
