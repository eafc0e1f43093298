/* SPDX-License-Identifier: MIT */
#include "dir.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void dirs_init(struct dirs *dirs, const struct dir_hooks *hooks)
{
	lock_init(&dirs->lock);
	dirs->hooks = *hooks;
	memset(dirs->first_slots, 0, sizeof(dirs->first_slots));
	dirs->slots = dirs->first_slots;
	dirs->slot_count = sizeof(dirs->first_slots) / sizeof(dirs->first_slots[0]);
	dirs->count = 0;
	names_pool_init(&dirs->names);
}

void dirs_free(struct dirs *dirs)
{
	if (dirs->slots != dirs->first_slots)
		free(dirs->slots);
	names_pool_free(&dirs->names);
}

/* ---------------------------------------------------------------------------------- hash table */

static bool has_numbers(const struct dir *dir, dev_t dev, ino_t ino)
{
	return dir->ino == ino && dir->dev == dev;
}

static struct dir **slot_of(const struct dirs *dirs, dev_t dev, ino_t ino)
{
	uint64_t key = ((uint64_t)ino ^ (uint64_t)dev << 32) * UINT64_C(0x9e3779b97f4a7c15);

	return &dirs->slots[(key >> 32) & (dirs->slot_count - 1)];
}

static void put_in_slot(struct dirs *dirs, struct dir *dir)
{
	struct dir **slot = slot_of(dirs, dir->dev, dir->ino);

	dir->next_in_slot = *slot;
	*slot = dir;
}

/* Doubles the number of slots. Without memory the table stays as it is and gets slower. */
static void grow(struct dirs *dirs)
{
	struct dir **old = dirs->slots;
	size_t old_count = dirs->slot_count;
	struct dir **slots = calloc(old_count * 2, sizeof(struct dir *));

	if (slots == NULL)
		return;
	dirs->slots = slots;
	dirs->slot_count = old_count * 2;
	for (size_t i = 0; i < old_count; i++) {
		for (struct dir *dir = old[i], *next; dir != NULL; dir = next) {
			next = dir->next_in_slot;
			put_in_slot(dirs, dir);
		}
	}
	if (old != dirs->first_slots)
		free(old);
}

static void add_to_slots(struct dirs *dirs, struct dir *dir)
{
	if (++dirs->count > dirs->slot_count)
		grow(dirs);
	put_in_slot(dirs, dir);
}

static void remove_from_slots(struct dirs *dirs, struct dir *dir)
{
	struct dir **slot = slot_of(dirs, dir->dev, dir->ino);

	while (*slot != dir)
		slot = &(*slot)->next_in_slot;
	*slot = dir->next_in_slot;
	dirs->count--;
}

/* Whether any directory in memory has these numbers. */
static bool has_dir(struct dirs *dirs, dev_t dev, ino_t ino)
{
	const struct dir *dir;

	lock_take(&dirs->lock);
	dir = *slot_of(dirs, dev, ino);
	while (dir != NULL && !has_numbers(dir, dev, ino))
		dir = dir->next_in_slot;
	lock_drop(&dirs->lock);
	return dir != NULL;
}

/* ------------------------------------------------------------------------------------ identity */

/* The birth of DIR, from its descriptor or, if it is closed, from its recorded identity. */
static struct sys_birth birth_of(struct dirs *dirs, const struct dir *dir)
{
	struct sys_birth birth;
	struct stat st;

	lock_take(&dirs->lock);
	birth = dir->known.birth;
	if (dir->fd >= 0)
		(void)sys_identify(dir->fd, &st, &birth);
	lock_drop(&dirs->lock);
	return birth;
}

bool dir_is_above(struct dirs *dirs, const struct dir *dir, int fd, const struct stat *st)
{
	struct sys_birth here, there;
	struct stat again;

	/* The look at the table saves going through all ancestors of each directory. */
	if (!has_dir(dirs, st->st_dev, st->st_ino))
		return false;
	while (dir != NULL && !has_numbers(dir, st->st_dev, st->st_ino))
		dir = dir->parent;
	if (dir == NULL)
		return false;
	there = birth_of(dirs, dir);
	return sys_identify(fd, &again, &here) != 0 || sys_is_same_birth(&here, &there);
}

int dir_compare(struct dirs *dirs, const struct dir *dir, int fd, struct stat *ret_st)
{
	struct sys_birth birth;
	bool is_same;
	int err = sys_identify(fd, ret_st, &birth);

	if (err != 0)
		return err;
	lock_take(&dirs->lock);
	is_same = ret_st->st_ino == dir->known.ino && ret_st->st_dev == dir->known.dev &&
		  sys_is_same_birth(&birth, &dir->known.birth);
	lock_drop(&dirs->lock);
	return is_same ? 0 : -ESTALE;
}

/* ------------------------------------------------------------------------------------ lifetime */

struct dir *dir_new(struct dirs *dirs, struct dir *parent, const char *name, int fd,
	const struct stat *st, enum sys_follow follow)
{
	size_t len = strlen(name);
	struct dir *dir = malloc(sizeof(*dir) + len + 1);

	if (dir == NULL)
		return NULL;
	*dir = (struct dir){
		.parent = parent,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.follow = follow,
		.refcount = 1,
		.fd = fd,
		.holders = 1,
		.known = {.dev = st->st_dev, .ino = st->st_ino},
	};
	if (parent != NULL)
		dir->path_len = parent->path_len + len + 1;
	else
		dir->path_len = name[len - 1] == '/' ? len : len + 1;
	memcpy(dir->name, name, len + 1);
	lock_take(&dirs->lock);
	if (parent != NULL)
		parent->refcount++;
	add_to_slots(dirs, dir);
	lock_drop(&dirs->lock);
	return dir;
}

void dir_ref(struct dirs *dirs, struct dir *dir)
{
	lock_take(&dirs->lock);
	dir->refcount++;
	lock_drop(&dirs->lock);
}

void dir_unref(struct dirs *dirs, struct dir *dir)
{
	lock_take(&dirs->lock);
	while (dir != NULL && --dir->refcount == 0) {
		struct dir *parent = dir->parent;

		remove_from_slots(dirs, dir);
		free(dir);
		dir = parent;
	}
	lock_drop(&dirs->lock);
}

bool dir_is_last_use(struct dirs *dirs, struct dir *dir)
{
	bool is_last;

	lock_take(&dirs->lock);
	is_last = dir->refcount == 1;
	lock_drop(&dirs->lock);
	return is_last;
}

unsigned dir_owes(struct dirs *dirs, struct dir *dir)
{
	unsigned owes;

	lock_take(&dirs->lock);
	owes = dir->traits & (dirs->hooks.owing | dirs->hooks.after);
	lock_drop(&dirs->lock);
	return owes;
}

bool dir_tell_loss(struct dirs *dirs, struct dir *dir)
{
	bool is_first;

	lock_take(&dirs->lock);
	is_first = !dir->is_told_as_lost;
	dir->is_told_as_lost = true;
	lock_drop(&dirs->lock);
	return is_first;
}

void dir_path(const struct dir *dir, char *buf)
{
	for (; dir != NULL; dir = dir->parent) {
		size_t start = dir->parent != NULL ? dir->parent->path_len : 0;

		memcpy(buf + start, dir->name, strlen(dir->name));
		buf[dir->path_len - 1] = '/';
	}
}

/* --------------------------------------------------------------------------------- descriptors */

bool dir_hold(struct dirs *dirs, struct dir *dir)
{
	bool is_open;

	lock_take(&dirs->lock);
	is_open = dir->fd >= 0;
	dir->holders += is_open;
	lock_drop(&dirs->lock);
	return is_open;
}

/*
 * Records the identity of DIR, open as FD, because it may have changed since DIR was found: on some
 * file systems a file gets another inode number when it is changed.
 */
static void record_identity(struct dirs *dirs, struct dir *dir, int fd)
{
	struct sys_birth birth;
	struct stat st;

	if (sys_identify(fd, &st, &birth) != 0)
		return;
	lock_take(&dirs->lock);
	dir->known = (struct dir_identity){st.st_dev, st.st_ino, birth};
	dir->is_recorded = true;
	lock_drop(&dirs->lock);
}

void dir_release(struct dirs *dirs, struct dir *dir, void *caller)
{
	int fd = -1;
	unsigned traits = 0;
	bool has_others;

	lock_take(&dirs->lock);
	has_others = dir->refcount > 1;
	if (dir->holders == 1 && has_others && !dir->is_recorded) {
		/* While the caller holds it, since afterwards others may reopen it at any time. */
		lock_drop(&dirs->lock);
		record_identity(dirs, dir, dir->fd);
		lock_take(&dirs->lock);
	}
	if (--dir->holders == 0) {
		fd = dir->fd;
		dir->fd = -1;
		traits = dir->traits;
		dir->traits &= ~dirs->hooks.owing;
	}
	lock_drop(&dirs->lock);
	if (fd < 0)
		return;
	if ((traits & dirs->hooks.owing) != 0) {
		dirs->hooks.closing(dirs->hooks.ctx, caller, dir, traits, fd);
		if (has_others)
			record_identity(dirs, dir, fd);
	}
	close(fd);
}

void dir_close(struct dirs *dirs, struct dir *dir, void *caller)
{
	/* A second reference, which tells dir_release() to record the identity. */
	dir_ref(dirs, dir);
	dir_release(dirs, dir, caller);
	dir_unref(dirs, dir);
}
