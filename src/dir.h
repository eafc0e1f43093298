/* SPDX-License-Identifier: MIT */
/*
 * The directories of a walk: what is known of each, and its descriptor.
 *
 * A directory has one descriptor, by which all workers examine, change and read it. The descriptor
 * is open as long as somebody holds the directory. After that the directory can be reopened (see
 * reopen.h). Then it must have the same device and inode number as before and, where the file
 * system has birth times, the same time of birth: some file systems give the inode number of a
 * removed directory to the next file.
 *
 * References and holds are counted separately. A reference keeps struct dir in memory, a hold keeps
 * the descriptor open. A hold needs a reference.
 *
 * Except for dirs_init() and dirs_free() the functions may be called by several threads at once.
 * CALLER is passed on to the hook closing().
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

/* What the walk does when a directory is closed and reopened. CTX is the walk's own. */
struct dir_hooks {
	/* Returns the new traits of a directory with TRAITS that was reopened as FD, with ST. */
	unsigned (*returned)(void *ctx, unsigned traits, int fd, const struct stat *st);
	/*
	 * DIR, whose TRAITS include some of `owing`, is about to be closed. DIR has already lost
	 * these traits. FD stays open until the hook returns.
	 */
	void (*closing)(void *ctx, void *caller, struct dir *dir, unsigned traits, int fd);
	unsigned owing;                /* traits for which closing() is called */
	unsigned after;                /* traits for which something is done after all entries */
	const struct beneath *beneath; /* where operands are looked up again, or NULL */
	void *ctx;
};

/* By what a directory is recognised when it is reopened. */
struct dir_identity {
	dev_t dev;
	ino_t ino;
	struct sys_birth birth;
};

/* What all directories of a walk share. */
struct dirs {
	struct lock lock;
	struct dir_hooks hooks;
	struct dir **slots; /* a hash table of all directories in memory, by device and inode */
	size_t slot_count, count;
	struct dir *first_slots[64];
	struct names_pool names;
};

/* A directory. It has a reference to its parent, so its ancestors stay in memory. */
struct dir {
	/* These do not change. */
	struct dir *parent; /* NULL: this is an operand */
	dev_t dev;          /* as it was first found; a cycle leads to these numbers again */
	ino_t ino;
	enum sys_follow follow; /* whether its name may be a symbolic link */
	size_t path_len;        /* the number of bytes that dir_path() writes */

	/* The lock of struct dirs guards these. A holder may read fd and traits without it. */
	struct dir *next_in_slot;
	unsigned refcount; /* ranges of this directory, and directories in it */
	int fd;            /* -1 if nobody holds it */
	unsigned holders;
	unsigned traits; /* of the visitor, see walk.h */
	struct dir_identity known;
	bool is_recorded; /* known is newer than the first change of the directory */
	bool is_lost;     /* it could not be reopened by name, which is not tried again */
	bool is_told_as_lost;

	/* These belong to the worker of the range that has the unread entries. */
	struct listing listing;
	atomic_uint live_batches; /* sorted batches in memory, of all ranges */

	char name[]; /* in its parent, or the operand */
};

void dirs_init(struct dirs *dirs, const struct dir_hooks *hooks);

/* No directory may be left. */
void dirs_free(struct dirs *dirs);

/*
 * Returns directory NAME of PARENT (NULL: an operand), which has attributes ST and is open as FD.
 * The caller has one reference to it and holds it; FD belongs to it. Returns NULL if there is no
 * memory; then FD is still the caller's.
 */
struct dir *dir_new(struct dirs *dirs, struct dir *parent, const char *name, int fd,
	const struct stat *st, enum sys_follow follow);

/* Adds a reference. */
void dir_ref(struct dirs *dirs, struct dir *dir);

/* Drops a reference. The last one frees DIR and drops its reference to its parent. */
void dir_unref(struct dirs *dirs, struct dir *dir);

/* Whether the caller's reference is the only one, so that everything in DIR has been done. */
bool dir_is_last_use(struct dirs *dirs, struct dir *dir);

/* The traits of DIR that are in `owing` or `after` of the hooks. */
unsigned dir_owes(struct dirs *dirs, struct dir *dir);

/*
 * Whether the directory open as FD, with ST, is DIR or an ancestor of DIR. It is not if it only has
 * the inode number of an ancestor that was removed.
 */
bool dir_is_above(struct dirs *dirs, const struct dir *dir, int fd, const struct stat *st);

/*
 * Compares the directory open as FD with the identity of DIR. Returns 0 if it is DIR, -ESTALE if it
 * is another one, or -errno if it cannot be examined. After 0 and -ESTALE *RET_ST has the members
 * that sys_identify() sets.
 */
int dir_compare(struct dirs *dirs, const struct dir *dir, int fd, struct stat *ret_st);

/* Holds DIR if it is open. Returns whether it is. */
bool dir_hold(struct dirs *dirs, struct dir *dir);

/*
 * Ends a hold. The last one closes DIR, and records its identity if there are other references
 * through which DIR may be reopened.
 */
void dir_release(struct dirs *dirs, struct dir *dir, void *caller);

/* Ends a hold in the same way, but the caller keeps its reference, through which it reopens DIR. */
void dir_close(struct dirs *dirs, struct dir *dir, void *caller);

/*
 * Whether the caller, who could not reopen DIR, is to report that: true only for the first call.
 */
bool dir_tell_loss(struct dirs *dirs, struct dir *dir);

/* Writes the path of DIR with a slash at its end, path_len bytes and no NUL, to BUF. */
void dir_path(const struct dir *dir, char *buf);

#endif
