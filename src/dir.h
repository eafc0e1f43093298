/*
 * Directories on the way: opened, read bit by bit, left for one of their entries and returned to.
 *
 * A directory that waits while something below it is walked may lose its descriptor and is opened
 * again when its turn comes: from below by "..", or from above by its name; either way it must be
 * the same one by device and inode, so that nobody can put another in its place.
 */
#ifndef DIR_H
#define DIR_H

#include "dirset.h"
#include "sys.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct dirs;

/*
 * One directory, or a part of its entries that was split off for another worker. It lives until it
 * and everything below it have been left. The first group of fields and the name do not change and
 * are for all workers, the second is for the owner.
 */
struct dir {
	struct dir *parent; /* NULL: this is an operand */
	struct dirset_id id;
	enum sys_follow follow;             /* whether its name may be a link */
	unsigned traits;                    /* of the visitor, see visit.h */
	size_t path_len;                    /* of what dir_path() writes */
	_Atomic(const struct dirs *) owner; /* NULL when it has been left */

	int fd;           /* -1 while it is closed */
	bool has_entries; /* something has been read from it */
	bool at_end;      /* nothing is left to be read */
	bool must_seek;   /* the descriptor is new and stands at the beginning */
	off_t resume_at;  /* behind the entry that was handed out last */
	char *rest;       /* what has been read; entries from rest_at on are still to come */
	enum {
		REST_IN_BUFFER,
		REST_COPIED,
		REST_GIVEN
	} rest_is; /* a whole buffer if it was given */
	size_t rest_at, rest_len;
	bool is_idle; /* in the list of those that wait and are open */
	struct dir *older, *newer;

	atomic_uint uses; /* one until it is left, and one by each directory in it */
	char name[];      /* in its parent, or the operand; does not change */
};

/* The directories of one worker. */
struct dirs {
	struct dirset *set; /* of all workers */
	char *buffer; /* what was read last; NULL before anything was, and when it was given away */
	size_t max_idle;
	unsigned patience;           /* how often it may wait for descriptors of other workers */
	struct dir *oldest, *newest; /* of those that wait and are open */
	size_t idle_count;
};

/* MAX_IDLE: how many directories may wait with their descriptors open. */
void dirs_init(struct dirs *dirs, struct dirset *set, size_t max_idle);
void dirs_free(struct dirs *dirs);

/* There are other workers now, and so many directories of this one may wait open. */
void dirs_share(struct dirs *dirs, size_t max_idle);

/*
 * For who has run out of descriptors: closes that of the directory that has waited longest, or
 * waits a moment for other workers to close theirs. False if there is nothing left to hope for.
 */
bool dirs_make_room(struct dirs *dirs);

/* Whether ST is of DIR or of one of the directories above it. */
bool dirs_is_above(const struct dirs *dirs, const struct dir *dir, const struct stat *st);

/*
 * Directory NAME of PARENT (NULL: an operand), whose descriptor FD is the dir's from now on. NULL:
 * no memory, and FD is still the caller's.
 */
struct dir *dir_new(struct dirs *dirs, struct dir *parent, const char *name, int fd,
	const struct stat *st, enum sys_follow follow);

/*
 * The next entry other than . and ..: 1, its name (valid until the next call for any directory)
 * and its type (DT_...). 0 at the end; -errno if reading failed, which is an end too.
 */
int dir_next(struct dirs *dirs, struct dir *dir, const char **ret_name, unsigned char *ret_type);

/* How many bytes of entries have been read from DIR and not been handed out. */
size_t dir_rest(const struct dir *dir);

/*
 * Makes a directory of its own of the entries in dir_rest(), for another worker. NULL, and nothing
 * has happened: there is no memory or descriptor for it; or they are the last of DIR, or DIR has
 * waited, so that they are few and it is not worth it.
 */
struct dir *dir_split(struct dirs *dirs, struct dir *dir);

/* DIR, which another worker has made and not begun to read, belongs to DIRS from now on. */
void dir_take(struct dirs *dirs, struct dir *dir);

/* DIR waits from now on: for something below it. */
void dir_suspend(struct dirs *dirs, struct dir *dir);

/*
 * It is DIR's turn again. 0, or -errno if it had been closed and cannot be found again: -ESTALE for
 * another directory in its place.
 */
int dir_resume(struct dirs *dirs, struct dir *dir);

/* DIR is done. Its parent if that has been waiting for it, NULL if it is another worker's. */
struct dir *dir_leave(struct dirs *dirs, struct dir *dir);

/* Writes the path of DIR with a slash at its end, path_len bytes and no NUL, to BUF. */
void dir_path(const struct dir *dir, char *buf);

#endif
