/* SPDX-License-Identifier: MIT */
/*
 * Files to be tried on: a fresh directory under $TMPDIR or /tmp, filled from one line of text, and
 * looked at afterwards through a line of the same kind.
 *
 *	"d/ 755, d/f 644, d/s/ 700, l -> d/f"
 *
 * Entries are separated by ", ", parents before what is in them. An entry is a name, a letter of
 * ls -F for what is no plain file, and the mode (left out: 755 for a directory, else 644):
 *
 *	f 644       file              d/ 755      directory         ./ 755      the directory itself
 *	l -> t      symlink           h => f      hard link to f
 *	p| 644      FIFO              s= 644      socket            n% 666      /dev/null (root
 *only)
 *
 * After all that may come an owner: " (root)" for root's user and group, " (root:)" for the user
 * alone, " (:root)" for the group alone; without one everything belongs to the user for whom the
 * tree is made. Names may hold every byte but ", " and what could be read as the rest; write C
 * escapes in the literal.
 */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <stdbool.h>
#include <sys/types.h>

struct tree {
	char *path; /* absolute */
	int fd;     /* of the directory, O_PATH: it can be got at whatever its mode */
};

/*
 * Makes the directory and what TEXT (NULL: nothing) says. UID and GID own it all. 0 and *RET, to be
 * given to tree_remove(), or a negative errno and nothing left behind: EINVAL if TEXT is wrong,
 * EPERM if it asks for an owner or a device that only root can make.
 */
int tree_make(const char *text, uid_t uid, gid_t gid, struct tree *ret);

/* Makes what TEXT says in the directory DIR, and leaves there what is made if it fails. */
int tree_fill(int dir, const char *text, uid_t uid, gid_t gid);

/* Whether TEXT (may be NULL) asks for what only root can make. */
bool tree_needs_root(const char *text);

/*
 * Compares with what TEXT said, each entry replaced by the one of that name in CHANGED (may be
 * NULL): kinds, and the 12 bits of all but symlinks. NULL if it is so, else lines for a person to
 * be freed. Opens what is closed to us on the way, so it can be done once only.
 */
char *tree_differs(const struct tree *tree, const char *text, const char *changed);

/* Removes the directory with all in it, however deep and whatever the modes, and frees TREE's own.
 */
void tree_remove(struct tree *tree);

#endif
