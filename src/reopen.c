/* SPDX-License-Identifier: MIT */
#include "reopen.h"

#include "beneath.h"
#include "sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Opens NAME in BASE. Returns a descriptor, or -errno, -ESTALE if NAME is not DIR. */
static int open_same(struct dirs *dirs, const struct dir *dir, int base, const char *name,
	enum sys_follow follow, struct stat *ret_st)
{
	int fd = sys_open_dir(base, name, follow), err;

	if (fd < 0)
		return fd;
	err = dir_compare(dirs, dir, fd, ret_st);
	if (err == 0)
		return fd;
	close(fd);
	return err;
}

/* Does the same for DIR, which is an operand. */
static int open_operand(struct dirs *dirs, const struct dir *dir, struct stat *ret_st)
{
	struct beneath_place place;
	int fd = beneath_find(dirs->hooks.beneath, dir->name, &place);

	if (fd < 0)
		return fd;
	fd = open_same(dirs, dir, place.dirfd, place.name, dir->follow, ret_st);
	beneath_leave(&place);
	return fd;
}

/* Does the same for DIR, which is an ancestor of BELOW. */
static int open_from_below(
	struct dirs *dirs, const struct dir *dir, const struct dir *below, struct stat *ret_st)
{
	enum { STEP = 1000 }; /* the levels in one path, which must not exceed PATH_MAX */
	static const char up[] = "../";
	char path[STEP * (sizeof(up) - 1)];
	int base = below->fd, last = -1;
	size_t levels = 0;

	for (; below != dir; below = below->parent)
		levels++;
	while (levels > STEP && base >= 0) {
		for (size_t i = 0; i < STEP; i++)
			memcpy(path + i * strlen(up), up, strlen(up));
		path[sizeof(path) - 1] = '\0';
		base = sys_pin(base, path, SYS_NOFOLLOW);
		if (last >= 0)
			close(last);
		last = base;
		levels -= STEP;
	}
	if (base < 0)
		return base;
	for (size_t i = 0; i < levels; i++)
		memcpy(path + i * strlen(up), up, strlen(up));
	path[levels * strlen(up) - 1] = '\0';
	base = open_same(dirs, dir, base, path, SYS_NOFOLLOW, ret_st);
	if (last >= 0)
		close(last);
	return base;
}

/*
 * Stores in CHAIN the directories that must be opened to open DIR: DIR and its ancestors up to the
 * operand or to the nearest one that is open. That one is held and stored in *RET_BASE, or NULL if
 * there is none. Returns the number of directories in CHAIN, 0 if DIR itself is open, or -1 if one
 * of them is lost.
 */
static ssize_t list_chain(
	struct dirs *dirs, struct dir *dir, struct dir **chain, struct dir **ret_base)
{
	ssize_t n = 0;

	*ret_base = NULL;
	lock_take(&dirs->lock);
	for (; dir != NULL && dir->fd < 0; dir = dir->parent) {
		if (dir->is_lost) {
			n = -1;
			dir = NULL;
			break;
		}
		chain[n++] = dir;
	}
	if (dir != NULL)
		dir->holders++;
	*ret_base = dir;
	lock_drop(&dirs->lock);
	return n;
}

/*
 * Opens the COUNT directories of CHAIN, from the last to the first, each in the one opened before.
 * BASE is the descriptor to begin with, or -1 if the last one is an operand. Returns a descriptor
 * of the first one or -errno.
 */
static int open_chain(
	struct dirs *dirs, struct dir **chain, size_t count, int base, struct stat *ret_st)
{
	const int first_base = base;

	while (count-- > 0) {
		struct dir *dir = chain[count];
		int fd = dir->parent == NULL
				 ? open_operand(dirs, dir, ret_st)
				 : open_same(dirs, dir, base, dir->name, dir->follow, ret_st);

		if (base != first_base)
			close(base);
		base = fd;
		if (fd >= 0)
			continue;
		/* This also loses the directories below, which can only be reached through it. */
		lock_take(&dirs->lock);
		for (size_t i = 0; i <= count && !sys_is_fd_shortage(fd); i++)
			chain[i]->is_lost = true;
		lock_drop(&dirs->lock);
		break;
	}
	return base;
}

/*
 * Opens DIR from above and returns a descriptor or -errno. If another worker has opened DIR
 * meanwhile, holds it and sets *RET_BASE to DIR instead.
 */
static int open_from_above(struct dirs *dirs, struct dir *dir, struct dir **ret_base, void *caller,
	struct stat *ret_st)
{
	struct dir *base, **chain;
	size_t depth = 1;
	ssize_t count;
	int fd = -ESTALE;

	for (const struct dir *d = dir->parent; d != NULL; d = d->parent)
		depth++;
	chain = malloc(depth * sizeof(struct dir *));
	if (chain == NULL)
		return -ENOMEM;
	count = list_chain(dirs, dir, chain, &base);
	*ret_base = base;
	if (count > 0) {
		fd = open_chain(dirs, chain, (size_t)count, base != NULL ? base->fd : -1, ret_st);
		if (base != NULL)
			dir_release(dirs, base, caller);
	}
	free(chain);
	/*
	 * For the visitor -ENOENT would mean that everything in DIR has been removed. But DIR may
	 * have been moved, with entries that have not been visited.
	 */
	return fd == -ENOENT ? -ESTALE : fd;
}

/*
 * Holds DIR, and makes FD its descriptor. Closes FD if another worker has opened DIR meanwhile.
 */
static void install(struct dirs *dirs, struct dir *dir, int fd, const struct stat *st)
{
	unsigned traits;

	lock_take(&dirs->lock);
	traits = dir->traits;
	lock_drop(&dirs->lock);
	traits = dirs->hooks.returned(dirs->hooks.ctx, traits, fd, st);
	lock_take(&dirs->lock);
	dir->holders++;
	if (dir->fd < 0) {
		dir->fd = fd;
		dir->traits = traits;
		fd = -1;
	}
	lock_drop(&dirs->lock);
	if (fd >= 0)
		close(fd);
}

int dir_reopen(struct dirs *dirs, struct dir *dir, const struct dir *below, void *caller)
{
	struct dir *base = NULL;
	struct stat st;
	int fd = -ESTALE;

	if (dir_hold(dirs, dir))
		return 0;
	if (below != NULL)
		fd = open_from_below(dirs, dir, below, &st);
	if (fd < 0 && !sys_is_fd_shortage(fd))
		fd = open_from_above(dirs, dir, &base, caller, &st);
	if (base == dir)
		return 0;
	if (fd < 0)
		return fd;
	install(dirs, dir, fd, &st);
	return 0;
}
