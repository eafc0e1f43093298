#include "dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BUFFER_SIZE = 32 * 1024,
	FIRST_SLOTS = 64,
	/* So many may wait with their descriptors open; more would gain nothing. */
	MAX_IDLE = 64,
};

/* What getdents64(2) fills in. */
struct raw_entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

int dirs_init(struct dirs *dirs)
{
	*dirs = (struct dirs){
		.buffer = malloc(BUFFER_SIZE),
		.slots = calloc(FIRST_SLOTS, sizeof(*dirs->slots)),
		.slot_count = FIRST_SLOTS,
	};
	if (dirs->buffer != NULL && dirs->slots != NULL)
		return 0;
	dirs_free(dirs);
	return -ENOMEM;
}

void dirs_free(struct dirs *dirs)
{
	free(dirs->buffer);
	free(dirs->slots);
}

/* ------------------------------------------------------------------ those that wait and are open
 */

static void idle_remove(struct dirs *dirs, struct dir *dir)
{
	*(dir->older != NULL ? &dir->older->newer : &dirs->oldest) = dir->newer;
	*(dir->newer != NULL ? &dir->newer->older : &dirs->newest) = dir->older;
	dir->is_idle = false;
	dirs->idle_count--;
}

static void idle_add(struct dirs *dirs, struct dir *dir)
{
	dir->older = dirs->newest;
	dir->newer = NULL;
	*(dirs->newest != NULL ? &dirs->newest->newer : &dirs->oldest) = dir;
	dirs->newest = dir;
	dir->is_idle = true;
	if (++dirs->idle_count > MAX_IDLE)
		dirs_shed(dirs);
}

bool dirs_shed(struct dirs *dirs)
{
	struct dir *dir = dirs->oldest;

	if (dir == NULL)
		return false;
	idle_remove(dirs, dir);
	close(dir->fd);
	dir->fd = -1;
	dir->must_seek = true;
	return true;
}

/* ----------------------------------------------------------------------------- those on the way */

static struct dir **slot_of(const struct dirs *dirs, dev_t dev, ino_t ino)
{
	uint64_t key = ((uint64_t)ino ^ (uint64_t)dev << 32) * UINT64_C(0x9e3779b97f4a7c15);

	return &dirs->slots[(key >> 32) & (dirs->slot_count - 1)];
}

static void put_in_slot(struct dirs *dirs, struct dir *dir)
{
	struct dir **slot = slot_of(dirs, dir->dev, dir->ino);

	dir->same_slot = *slot;
	*slot = dir;
}

/* Doubles the table. Without memory for that it only gets slower. */
static void grow_slots(struct dirs *dirs)
{
	struct dir **old = dirs->slots;
	size_t old_count = dirs->slot_count;
	struct dir **slots = calloc(old_count * 2, sizeof(*slots));

	if (slots == NULL)
		return;
	dirs->slots = slots;
	dirs->slot_count = old_count * 2;
	for (size_t i = 0; i < old_count; i++) {
		for (struct dir *dir = old[i], *next; dir != NULL; dir = next) {
			next = dir->same_slot;
			put_in_slot(dirs, dir);
		}
	}
	free(old);
}

bool dirs_is_above(const struct dirs *dirs, const struct dir *dir, const struct stat *st)
{
	const struct dir *found = *slot_of(dirs, st->st_dev, st->st_ino);

	while (found != NULL && !(found->ino == st->st_ino && found->dev == st->st_dev))
		found = found->same_slot;
	if (found == NULL)
		return false;
	while (dir != NULL && !(dir->ino == st->st_ino && dir->dev == st->st_dev))
		dir = dir->parent;
	return dir != NULL;
}

struct dir *dir_new(struct dirs *dirs, struct dir *parent, const char *name, int fd,
	const struct stat *st, enum sys_follow follow)
{
	size_t len = strlen(name);
	struct dir *dir = malloc(sizeof(*dir) + len + 1);

	if (dir == NULL)
		return NULL;
	*dir = (struct dir){
		.parent = parent,
		.fd = fd,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.follow = follow,
		.path_len = parent != NULL         ? parent->path_len + len + 1
			    : name[len - 1] == '/' ? len
						   : len + 1,
	};
	memcpy(dir->name, name, len + 1);
	if (++dirs->count > dirs->slot_count)
		grow_slots(dirs);
	put_in_slot(dirs, dir);
	return dir;
}

void dir_path(const struct dir *dir, char *buf)
{
	for (; dir != NULL; dir = dir->parent) {
		size_t start = dir->parent != NULL ? dir->parent->path_len : 0;

		memcpy(buf + start, dir->name, strlen(dir->name));
		buf[dir->path_len - 1] = '/';
	}
}

/* -------------------------------------------------------------------------------------- reading */

static void drop_rest(struct dir *dir)
{
	if (dir->owns_rest)
		free(dir->rest);
	dir->owns_rest = false;
	dir->rest = NULL;
	dir->rest_at = dir->rest_len = 0;
}

/* More entries; dir_next()'s values. */
static int fill(struct dirs *dirs, struct dir *dir)
{
	ssize_t len;

	drop_rest(dir);
	if (dir->at_end)
		return 0;
	if (dir->must_seek && lseek(dir->fd, dir->resume_at, SEEK_SET) < 0)
		len = -errno;
	else
		len = sys_read_dir(dir->fd, dirs->buffer, BUFFER_SIZE);
	dir->must_seek = false;
	if (len <= 0) {
		dir->at_end = true;
		return (int)len;
	}
	dir->has_entries = true;
	dir->rest = dirs->buffer;
	dir->rest_len = (size_t)len;
	return 1;
}

static bool is_dot_or_dot_dot(const char *name)
{
	return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

int dir_next(struct dirs *dirs, struct dir *dir, const char **ret_name, unsigned char *ret_type)
{
	for (;;) {
		if (dir->rest_at >= dir->rest_len) {
			int got = fill(dirs, dir);
			if (got <= 0)
				return got;
		}
		const struct raw_entry *entry = (const void *)(dir->rest + dir->rest_at);
		dir->rest_at += entry->len;
		dir->resume_at = (off_t)entry->off;
		if (is_dot_or_dot_dot(entry->name))
			continue;
		*ret_name = entry->name;
		*ret_type = entry->type;
		return 1;
	}
}

/* --------------------------------------------------------------------------- waiting and returning
 */

void dir_suspend(struct dirs *dirs, struct dir *dir)
{
	size_t len = dir->rest_len - dir->rest_at;

	if (!dir->owns_rest && len > 0) {
		char *copy = malloc(len);

		if (copy != NULL)
			memcpy(copy, dir->rest + dir->rest_at, len);
		else
			dir->must_seek = true; /* they are read again */
		dir->rest = copy;
		dir->owns_rest = copy != NULL;
		dir->rest_at = 0;
		dir->rest_len = copy != NULL ? len : 0;
	}
	idle_add(dirs, dir);
}

/* Opens DIR as NAME of BASE, if it is the same still. */
static int open_again(
	struct dirs *dirs, struct dir *dir, int base, const char *name, enum sys_follow follow)
{
	struct stat st;
	int fd, err;

	do
		fd = sys_open_dir(base, name, follow);
	while ((fd == -EMFILE || fd == -ENFILE) && dirs_shed(dirs));
	if (fd < 0)
		return fd;
	err = sys_pin_stat(fd, &st);
	if (err == 0 && (st.st_ino != dir->ino || st.st_dev != dir->dev))
		err = -ESTALE;
	if (err != 0) {
		close(fd);
		return err;
	}
	dir->fd = fd;
	return 0;
}

/* Opens DIR and what is closed above it, from the nearest open directory down. */
static int open_from_above(struct dirs *dirs, struct dir *dir)
{
	struct dir *next = dir;

	dir->below = NULL;
	for (; next->parent != NULL && next->parent->fd < 0; next = next->parent)
		next->parent->below = next;
	for (; next != NULL; next = next->below) {
		struct dir *parent = next->parent;
		int err;

		/* Not to be closed before it has served. */
		if (parent != NULL)
			idle_remove(dirs, parent);
		err = open_again(dirs, next, parent != NULL ? parent->fd : AT_FDCWD, next->name,
			next->follow);
		if (parent != NULL)
			idle_add(dirs, parent);
		if (err != 0)
			/* It may have been moved away with what is left to do: no case of
			 * vanishing. */
			return err == -ENOENT ? -ESTALE : err;
		if (next != dir)
			idle_add(dirs, next);
	}
	return 0;
}

int dir_resume(struct dirs *dirs, struct dir *dir)
{
	if (dir->fd < 0)
		return open_from_above(dirs, dir);
	idle_remove(dirs, dir);
	return 0;
}

struct dir *dir_leave(struct dirs *dirs, struct dir *dir)
{
	struct dir *parent = dir->parent;
	struct dir **slot = slot_of(dirs, dir->dev, dir->ino);

	/* Nothing is nearer to a closed parent: in a deep tree the way from above is long. */
	if (parent != NULL && parent->fd < 0 && dir->fd >= 0 &&
		open_again(dirs, parent, dir->fd, "..", SYS_NOFOLLOW) == 0)
		idle_add(dirs, parent);

	while (*slot != dir)
		slot = &(*slot)->same_slot;
	*slot = dir->same_slot;
	dirs->count--;
	if (dir->fd >= 0)
		close(dir->fd);
	drop_rest(dir);
	free(dir);
	return parent;
}
