#include "dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* In milliseconds, all in all. */
enum { PATIENCE = 2000 };

/* What getdents64(2) fills in. */
struct raw_entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

void dirs_init(struct dirs *dirs, struct dirset *set, size_t max_idle)
{
	*dirs = (struct dirs){.set = set, .max_idle = max_idle};
}

void dirs_free(struct dirs *dirs)
{
	free(dirs->buffer);
}

/* --------------------------------------------------------------- those that wait and are open */

static void idle_remove(struct dirs *dirs, struct dir *dir)
{
	*(dir->older != NULL ? &dir->older->newer : &dirs->oldest) = dir->newer;
	*(dir->newer != NULL ? &dir->newer->older : &dirs->newest) = dir->older;
	dir->is_idle = false;
	dirs->idle_count--;
}

/* Closes the descriptor of the directory that has waited longest; false if there is none. */
static bool shed(struct dirs *dirs)
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

static void shed_beyond_limit(struct dirs *dirs)
{
	bool is_short = atomic_load_explicit(&dirs->set->is_short, memory_order_relaxed);

	while (dirs->idle_count > (is_short ? 0 : dirs->max_idle))
		shed(dirs);
}

static void idle_add(struct dirs *dirs, struct dir *dir)
{
	dir->older = dirs->newest;
	dir->newer = NULL;
	*(dirs->newest != NULL ? &dirs->newest->newer : &dirs->oldest) = dir;
	dirs->newest = dir;
	dir->is_idle = true;
	dirs->idle_count++;
	shed_beyond_limit(dirs);
}

void dirs_share(struct dirs *dirs, size_t max_idle)
{
	dirs->patience = PATIENCE;
	dirs->max_idle = max_idle;
	shed_beyond_limit(dirs);
}

bool dirs_make_room(struct dirs *dirs)
{
	const struct timespec moment = {.tv_nsec = 1000000L};

	if (shed(dirs))
		return true;
	if (dirs->patience == 0)
		return false;
	dirs->patience--;
	atomic_store_explicit(&dirs->set->is_short, true, memory_order_relaxed);
	nanosleep(&moment, NULL);
	return true;
}

/* --------------------------------------------------------------------------- those on the way */

bool dirs_is_above(const struct dirs *dirs, const struct dir *dir, const struct stat *st)
{
	/*
	 * Few directories are on the way more than once, so that few need a look at all above them.
	 */
	if (!dirset_has(dirs->set, st->st_dev, st->st_ino))
		return false;
	while (dir != NULL && !(dir->id.ino == st->st_ino && dir->id.dev == st->st_dev))
		dir = dir->parent;
	return dir != NULL;
}

/* Memory for a directory of PARENT, of which it takes one use; the set does not have it yet. */
static struct dir *make_dir(struct dirs *dirs, struct dir *parent, const char *name)
{
	size_t len = strlen(name);
	struct dir *dir = malloc(sizeof(*dir) + len + 1);

	if (dir == NULL)
		return NULL;
	*dir = (struct dir){.parent = parent, .owner = dirs, .fd = -1};
	atomic_init(&dir->uses, 1);
	if (parent != NULL) {
		atomic_fetch_add_explicit(&parent->uses, 1, memory_order_relaxed);
		dir->path_len = parent->path_len + len + 1;
	} else {
		dir->path_len = name[len - 1] == '/' ? len : len + 1;
	}
	memcpy(dir->name, name, len + 1);
	return dir;
}

struct dir *dir_new(struct dirs *dirs, struct dir *parent, const char *name, int fd,
	const struct stat *st, enum sys_follow follow)
{
	struct dir *dir = make_dir(dirs, parent, name);

	if (dir == NULL)
		return NULL;
	dir->fd = fd;
	dir->id.dev = st->st_dev;
	dir->id.ino = st->st_ino;
	dir->follow = follow;
	dirset_add(dirs->set, &dir->id);
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

/* ------------------------------------------------------------------------------------ reading */

static void drop_rest(struct dirs *dirs, struct dir *dir)
{
	if (dir->rest_is == REST_COPIED)
		free(dir->rest);
	else if (dir->rest_is == REST_GIVEN)
		dirset_put_buffer(dirs->set, dir->rest);
	dir->rest_is = REST_IN_BUFFER;
	dir->rest = NULL;
	dir->rest_at = dir->rest_len = 0;
}

/* More entries; dir_next()'s values. */
static int fill(struct dirs *dirs, struct dir *dir)
{
	ssize_t len = 0;

	shed_beyond_limit(dirs);
	drop_rest(dirs, dir);
	if (dir->at_end)
		return 0;
	if (dirs->buffer == NULL)
		dirs->buffer = dirset_get_buffer(dirs->set);
	if (dirs->buffer == NULL)
		len = -ENOMEM;
	else if (dir->must_seek)
		len = sys_seek_dir(dir->fd, dir->resume_at);
	if (len >= 0)
		len = sys_read_dir(dir->fd, dirs->buffer, DIRSET_BUFFER);
	/* It has been removed: an end like any other, as readdir(3) has it. */
	if (len == -ENOENT)
		len = 0;
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
		/* NOLINTNEXTLINE(*uninitialized.Assign): the kernel has written it */
		dir->resume_at = (off_t)entry->off;
		if (is_dot_or_dot_dot(entry->name))
			continue;
		*ret_name = entry->name;
		*ret_type = entry->type;
		return 1;
	}
}

size_t dir_rest(const struct dir *dir)
{
	return dir->rest_len - dir->rest_at;
}

/* Hands the entries that wait in DIR, and the buffer that they are in, over to PART. */
static void give_rest(struct dirs *dirs, struct dir *dir, struct dir *part)
{
	part->rest = dir->rest;
	part->rest_at = dir->rest_at;
	part->rest_len = dir->rest_len;
	part->rest_is = REST_GIVEN;
	/* Reading goes on behind them. */
	while (dir->rest_at < dir->rest_len) {
		const struct raw_entry *entry = (const void *)(dir->rest + dir->rest_at);
		dir->rest_at += entry->len;
		dir->resume_at = (off_t)entry->off;
	}
	dirs->buffer = NULL;
}

struct dir *dir_split(struct dirs *dirs, struct dir *dir)
{
	struct dir *part;
	int fd;

	if (dir->at_end || dir->rest_is != REST_IN_BUFFER)
		return NULL;
	fd = sys_dup(dir->fd);
	part = fd >= 0 ? make_dir(dirs, dir->parent, dir->name) : NULL;
	if (part == NULL) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	part->fd = fd;
	part->id.dev = dir->id.dev;
	part->id.ino = dir->id.ino;
	part->follow = dir->follow;
	part->traits = dir->traits;
	part->has_entries = true;
	part->at_end = true;
	give_rest(dirs, dir, part);
	dirset_add(dirs->set, &part->id);
	return part;
}

void dir_take(struct dirs *dirs, struct dir *dir)
{
	atomic_store_explicit(&dir->owner, dirs, memory_order_relaxed);
}

/* ---------------------------------------------------------------------- waiting and returning */

void dir_suspend(struct dirs *dirs, struct dir *dir)
{
	size_t len = dir->rest_len - dir->rest_at;

	if (dir->rest_is == REST_IN_BUFFER && len > 0) {
		char *copy = malloc(len);

		if (copy != NULL)
			memcpy(copy, dir->rest + dir->rest_at, len);
		else
			dir->must_seek = true; /* they are read again */
		dir->rest = copy;
		dir->rest_is = copy != NULL ? REST_COPIED : REST_IN_BUFFER;
		dir->rest_at = 0;
		dir->rest_len = copy != NULL ? len : 0;
	}
	idle_add(dirs, dir);
}

static bool is_ours(const struct dirs *dirs, const struct dir *dir)
{
	return atomic_load_explicit(&dir->owner, memory_order_relaxed) == dirs;
}

/* A descriptor of DIR by NAME in BASE, if it is the same still. */
static int open_again(struct dirs *dirs, const struct dir *dir, int base, const char *name,
	enum sys_follow follow)
{
	struct stat st;
	int fd, err;

	do
		fd = sys_open_dir(base, name, follow);
	while ((fd == -EMFILE || fd == -ENFILE) && dirs_make_room(dirs));
	if (fd < 0)
		return fd;
	err = sys_pin_stat(fd, &st);
	if (err == 0 && (st.st_ino != dir->id.ino || st.st_dev != dir->id.dev))
		err = -ESTALE;
	if (err == 0)
		return fd;
	close(fd);
	return err;
}

/*
 * The way down to DIR, from below the nearest directory of this worker that is open, or from the
 * operand: so many directories, the last of WAY first. WAY may be NULL.
 */
static size_t list_way(const struct dirs *dirs, struct dir *dir, struct dir **way)
{
	for (size_t n = 0;; dir = dir->parent) {
		if (way != NULL)
			way[n] = dir;
		n++;
		if (dir->parent == NULL || (is_ours(dirs, dir->parent) && dir->parent->fd >= 0))
			return n;
	}
}

/* Opens the COUNT directories of WAY, the first of them last. */
static int open_way(struct dirs *dirs, struct dir **way, size_t count)
{
	/* Not to be closed before it has served. NOLINTNEXTLINE(*NullDereference): all are set */
	struct dir *held = way[count - 1]->parent;
	int base = AT_FDCWD, passing = -1;

	if (held != NULL) {
		idle_remove(dirs, held);
		base = held->fd;
	}
	while (count-- > 0) {
		struct dir *next = way[count];
		int fd = open_again(dirs, next, base, next->name, next->follow);

		if (held != NULL)
			idle_add(dirs, held);
		if (passing >= 0)
			close(passing);
		held = NULL;
		passing = -1;
		if (fd < 0)
			return fd;
		base = fd;
		/* Those of other workers are passed through with descriptors of our own. */
		if (is_ours(dirs, next)) {
			next->fd = fd;
			held = next;
		} else {
			passing = fd;
		}
	}
	return 0;
}

/* Opens DIR and what is closed above it, from the nearest open directory down. */
static int open_from_above(struct dirs *dirs, struct dir *dir)
{
	size_t count = list_way(dirs, dir, NULL);
	struct dir **way = malloc(count * sizeof(*way));
	int err;

	if (way == NULL)
		return -ENOMEM;
	list_way(dirs, dir, way);
	err = open_way(dirs, way, count);
	free(way);
	/* It may have been moved away with what is left to do: this is no case of vanishing. */
	return err == -ENOENT ? -ESTALE : err;
}

int dir_resume(struct dirs *dirs, struct dir *dir)
{
	if (dir->fd < 0)
		return open_from_above(dirs, dir);
	idle_remove(dirs, dir);
	return 0;
}

/* One use of DIR less, and if it was the last, one of its parent. */
static void release(struct dirs *dirs, struct dir *dir)
{
	while (dir != NULL && atomic_fetch_sub_explicit(&dir->uses, 1, memory_order_acq_rel) == 1) {
		struct dir *parent = dir->parent;

		dirset_remove(dirs->set, &dir->id);
		free(dir);
		dir = parent;
	}
}

struct dir *dir_leave(struct dirs *dirs, struct dir *dir)
{
	struct dir *parent = dir->parent;

	if (parent != NULL && !is_ours(dirs, parent))
		parent = NULL;
	/* Nothing is nearer to a closed parent: in a deep tree the way from above is long. */
	if (parent != NULL && parent->fd < 0 && dir->fd >= 0) {
		int fd = open_again(dirs, parent, dir->fd, "..", SYS_NOFOLLOW);
		if (fd >= 0) {
			parent->fd = fd;
			idle_add(dirs, parent);
		}
	}
	if (dir->fd >= 0)
		close(dir->fd);
	drop_rest(dirs, dir);
	atomic_store_explicit(&dir->owner, NULL, memory_order_relaxed);
	release(dirs, dir);
	return parent;
}
