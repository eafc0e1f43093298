/* SPDX-License-Identifier: MIT */
/*
 * Changes files by name, where the kernel has neither fchmodat2(2) nor /proc (SYS_NAME) and there
 * is no open descriptor of the file either: then a name is all there is to pass to chmod(2).
 */
#ifndef BYNAME_H
#define BYNAME_H

#include "sys.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* A file to be changed. The strings and descriptors belong to the caller. */
struct byname {
	int dirfd; /* may be AT_FDCWD */
	const char *name;
	enum sys_follow follow;
	bool is_operand;
	bool is_contested; /* of an entry: others may rename files in DIRFD (DESIGN.md 3.2) */
	bool is_absolute;  /* with SYS_FOLLOW: any file of this type would get the same mode */
	uid_t euid;
};

/*
 * Changes the mode of FILE to MODE, if it is still the file that had attributes ST. May be called
 * by several threads at once. Returns 0, or
 *	-ESTALE		the name was opened and leads to another file by now
 *	-SYS_EUNSAFE	the name could not be opened to make sure of that (the file is not readable,
 *			or opening it might have consequences), and others may have replaced it
 *	-EMFILE, -ENFILE	no descriptor is free; the caller may try again
 *	-errno		any other error of opening or changing the file
 */
int byname_chmod(const struct byname *file, const struct stat *st, mode_t mode);

#endif
