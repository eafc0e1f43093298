/* SPDX-License-Identifier: MIT */
/*
 * Trees to test with: a fresh directory under $TMPDIR or /tmp, made from one line of text, and
 * compared afterwards with such a line.
 *
 *	"d/ 755, d/f 644, d/s/ 700, l -> d/f"
 *
 * Entries are separated by ", "; a directory comes before what is in it. An entry is a name, a sign
 * for its type (as of ls -F), and its mode (default: 755 for a directory, 644 for others):
 *
 *	f 644       file              d/ 755      directory         ./ 755      the directory itself
 *	l -> t      symlink           h => f      hard link to f
 *	p| 644      FIFO              s= 644      socket            n% 666      /dev/null, by root
 *
 * An owner may follow: " (root)" for root's user and group, " (root:)" for the user alone, "
 * (:root)" for the group alone. Otherwise the entry belongs to the user for whom the tree is made.
 * A name may have any bytes but ", " and an end that reads as type, mode or owner.
 */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <stdbool.h>
#include <sys/types.h>

struct tree {
	char *path; /* absolute */
	int fd;     /* of the directory, O_PATH: it serves whatever the mode */
};

/*
 * Makes the directory and what TEXT (NULL: nothing) says, owned by UID and GID. 0 and *RET, to be
 * given to tree_remove(), or a negative errno and nothing left behind: EINVAL if TEXT is wrong,
 * EPERM if it needs root.
 */
int tree_make(const char *text, uid_t uid, gid_t gid, struct tree *ret);

/* Makes what TEXT says in the directory DIR. If that fails, what was made stays there. */
int tree_fill(int dir, const char *text, uid_t uid, gid_t gid);

/* Whether TEXT (may be NULL) asks for what only root can make. */
bool tree_needs_root(const char *text);

/*
 * Compares TREE with TEXT: the types, and the 12 mode bits of all but symlinks. If an entry is also
 * in CHANGED (may be NULL), it has to be as CHANGED says. NULL if all is as expected, otherwise a
 * line for each difference, to be freed. This changes the modes of directories that cannot be
 * searched, so it can be called only once.
 */
char *tree_differs(const struct tree *tree, const char *text, const char *changed);

/*
 * Removes the directory with all that is in it, whatever its depth and modes, and frees TREE's own.
 */
void tree_remove(struct tree *tree);

#endif
