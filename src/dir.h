/* SPDX-License-Identifier: MIT */
/*
 * The directories of a walk: what is known of each, and its one descriptor.
 *
 * A directory has one descriptor, by which it is examined, changed and read, and which all workers
 * use. It is open as long as somebody holds it. One that nobody holds may be found again, see
 * reopen.h: it is the same one by device, inode number and, where the file system tells it, time of
 * birth, for an inode number may be given to the next file at once.
 */
#ifndef DIR_H
#define DIR_H

#include "listing.h"
#include "names.h"
#include "sys.h"
#include "threads.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct beneath;
struct dir;

/* What the walk does when the descriptor of a directory comes and goes. CTX is its own. */
struct dir_hooks {
	/* A directory with TRAITS has been found again as FD, with ST: its traits from now on. */
	unsigned (*returned)(void *ctx, unsigned traits, int fd, const struct stat *st);
	/* DIR, whose TRAITS have one of `owing`, is closed by WHO; it has lost those. */
	void (*closing)(void *ctx, void *who, struct dir *dir, unsigned traits, int fd);
	unsigned owing;
	unsigned after; /* for traits by which something is due when all in a directory is done */
	const struct beneath *beneath; /* where operands are found again, or NULL */
	void *ctx;
};

/* What a directory that is closed is known again by. */
struct dir_identity {
	dev_t dev;
	ino_t ino;
	struct sys_birth birth;
};

/* What all directories of a walk share. */
struct dirs {
	struct lock lock;
	struct dir_hooks hooks;
	struct dir **slots; /* hash table over device and inode: which directories are on the way */
	size_t slot_count, count;
	struct dir *first_slots[64];
	struct names_pool names;
};

/*
 * It lives until it and all directories below it have been left. Of the members those of the first
 * group do not change; those of the second are guarded by the lock of struct dirs; the others
 * belong to the range that has what is still to be read.
 */
struct dir {
	struct dir *parent; /* NULL: this is an operand */
	dev_t dev;          /* as it was found: in a cycle it is found again */
	ino_t ino;
	enum sys_follow follow; /* whether its name may be a link */
	size_t path_len;        /* of what dir_path() writes */

	struct dir *next_in_slot;
	unsigned refcount; /* ranges of it, and directories in it */
	int fd;            /* -1 if nobody holds it */
	unsigned holders;
	unsigned traits; /* of the visitor, see walk.h */
	struct dir_identity known;
	bool is_lost; /* it cannot be found again */
	bool is_told_as_lost;

	struct listing listing;
	atomic_uint live_batches; /* large ones in memory */

	char name[]; /* in its parent, or the operand */
};

void dirs_init(struct dirs *dirs, const struct dir_hooks *hooks);
void dirs_free(struct dirs *dirs);

/*
 * Directory NAME of PARENT (NULL: an operand) with ST and descriptor FD, which is the directory's
 * from now on; with one use and one holder. NULL: no memory, and FD is still the caller's.
 */
struct dir *dir_new(struct dirs *dirs, struct dir *parent, const char *name, int fd,
	const struct stat *st, enum sys_follow follow);

void dir_ref(struct dirs *dirs, struct dir *dir);

/* One use less. The last one frees it, and ends its use of its parent. */
void dir_unref(struct dirs *dirs, struct dir *dir);

/* Whether the caller's range is all that uses it: everything in it has been done. */
bool dir_is_last_use(struct dirs *dirs, struct dir *dir);

/* The traits of DIR for which something is due when it is closed, or when all in it is done. */
unsigned dir_owes(struct dirs *dirs, struct dir *dir);

/*
 * Whether the directory of descriptor FD with ST is DIR or one above it. An inode number that a
 * removed directory left to another does not count.
 */
bool dir_is_above(struct dirs *dirs, const struct dir *dir, int fd, const struct stat *st);

/*
 * Whether FD is DIR, by what DIR is known again by: 0, -ESTALE if it is another directory, or
 * -errno. *RET_ST: as sys_identify() has it.
 */
int dir_compare(struct dirs *dirs, const struct dir *dir, int fd, struct stat *ret_st);

/* Takes hold of DIR if it is open. */
bool dir_hold(struct dirs *dirs, struct dir *dir);

/*
 * Lets go of DIR for WHO. If nobody else holds it, it is closed, and if others may come back to it,
 * how to know it again is noted.
 */
void dir_release(struct dirs *dirs, struct dir *dir, void *who);

/* For who has failed to reopen DIR: whether nobody else has been told that before. */
bool dir_tell_loss(struct dirs *dirs, struct dir *dir);

/* Writes the path of DIR with a slash at its end, path_len bytes and no NUL, to BUF. */
void dir_path(const struct dir *dir, char *buf);

#endif
