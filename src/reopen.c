/* SPDX-License-Identifier: MIT */
#include "reopen.h"

#include "beneath.h"
#include "sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Opens NAME in BASE if it is DIR. The descriptor or -errno. */
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

/* Opens DIR, which is an operand. */
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

/* Opens DIR, which is LEVELS levels above BELOW. */
static int open_from_below(
	struct dirs *dirs, const struct dir *dir, int below, size_t levels, struct stat *ret_st)
{
	enum { STEP = 1000 }; /* so many levels fit into one path */
	static const char up[] = "../";
	char path[STEP * (sizeof(up) - 1)];
	int base = below, last = -1;

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
 * The way down to DIR: the directories from below the nearest one that is open, or from the
 * operand; so many, the last of CHAIN first. That nearest one is held and stored in *RET_BASE, or
 * NULL. -1 if one of them is lost.
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
 * Opens the COUNT directories of CHAIN one in the other, from BASE, which is -1 if the last of them
 * is an operand. The descriptor of the first.
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
		/* What is below it cannot be found from here either. */
		lock_take(&dirs->lock);
		for (size_t i = 0; i <= count && !sys_is_fd_shortage(fd); i++)
			chain[i]->is_lost = true;
		lock_drop(&dirs->lock);
		break;
	}
	return base;
}

/* The descriptor of DIR or -errno; *RET_BASE is set to DIR if it is open and held by now. */
static int open_from_above(
	struct dirs *dirs, struct dir *dir, struct dir **ret_base, void *who, struct stat *ret_st)
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
			dir_release(dirs, base, who);
	}
	free(chain);
	/* It may have been moved away with what is left to do: this is no case of vanishing. */
	return fd == -ENOENT ? -ESTALE : fd;
}

/* Makes FD, unless another worker was faster, the descriptor of DIR. */
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

int dir_reopen(struct dirs *dirs, struct dir *dir, struct dir *below, size_t levels, void *who)
{
	struct dir *base = NULL;
	struct stat st;
	int fd = -ESTALE;

	if (dir_hold(dirs, dir))
		return 0;
	if (below != NULL)
		fd = open_from_below(dirs, dir, below->fd, levels, &st);
	if (fd < 0 && !sys_is_fd_shortage(fd))
		fd = open_from_above(dirs, dir, &base, who, &st);
	if (base == dir)
		return 0;
	if (fd < 0)
		return fd;
	install(dirs, dir, fd, &st);
	return 0;
}
