/*
 * Directories on the way: opened, read bit by bit, left for one of their entries and returned to.
 *
 * A directory that waits while something below it is walked may lose its descriptor and is opened
 * again when its turn comes: from below by "..", or from above by its name; either way it must be
 * the same one by device and inode, so that nobody can put another in its place.
 */
#ifndef DIR_H
#define DIR_H

#include "sys.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct dir {
	struct dir *parent; /* NULL: this is an operand */
	int fd;             /* -1 while it is closed */
	dev_t dev;
	ino_t ino;
	enum sys_follow follow; /* whether its name may be a link */
	unsigned traits;        /* of the visitor, see walk.h */
	bool has_entries;       /* something has been read from it */
	size_t path_len;        /* of what dir_path() writes */

	/* The rest is private. */
	bool at_end;     /* nothing is left to be read */
	bool must_seek;  /* the descriptor is new and stands at the beginning */
	off_t resume_at; /* behind the entry that was handed out last */
	char *rest;      /* what has been read; entries from rest_at on are still to come */
	bool owns_rest;  /* it is a copy, for the buffer serves another directory by now */
	size_t rest_at, rest_len;
	bool is_idle; /* in the list of those that wait and are open */
	struct dir *older, *newer;
	struct dir *below; /* on the way down to a directory that is opened again */
	struct dir *same_slot;
	char name[]; /* in its parent, or the operand */
};

/* The directories that a walk is in. */
struct dirs {
	char *buffer;       /* what was read last */
	struct dir **slots; /* hash table over device and inode */
	size_t slot_count, count;
	struct dir *oldest, *newest; /* of those that wait and are open */
	size_t idle_count;
};

/* 0 or -ENOMEM. */
int dirs_init(struct dirs *dirs);
void dirs_free(struct dirs *dirs);

/* Closes the descriptor of the directory that has waited longest; false if there is none. */
bool dirs_shed(struct dirs *dirs);

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

/* DIR waits from now on: for something below it. */
void dir_suspend(struct dirs *dirs, struct dir *dir);

/*
 * It is DIR's turn again. 0, or -errno if it had been closed and cannot be found again: -ESTALE for
 * another directory in its place.
 */
int dir_resume(struct dirs *dirs, struct dir *dir);

/* DIR is done with and freed. Its parent. */
struct dir *dir_leave(struct dirs *dirs, struct dir *dir);

/* Writes the path of DIR with a slash at its end, path_len bytes and no NUL, to BUF. */
void dir_path(const struct dir *dir, char *buf);

#endif
