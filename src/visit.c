#include "visit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for SIZE bytes. */
static bool reserve_path(struct worker *w, size_t size)
{
	char *path;

	if (size <= w->path_size)
		return true;
	size += size / 2;
	path = malloc(size);
	if (path == NULL)
		return false;
	free(w->path);
	w->path = path;
	w->path_dir = NULL;
	w->path_size = size;
	return true;
}

const char *walk_path(const struct walk_entry *e)
{
	struct worker *w = e->worker;
	size_t len = strlen(e->name);

	if (e->dir == NULL || !reserve_path(w, e->dir->path_len + len + 1))
		return e->name;
	if (w->path_dir != e->dir)
		dir_path(e->dir, w->path);
	w->path_dir = e->dir;
	memcpy(w->path + e->dir->path_len, e->name, len + 1);
	return w->path;
}

bool walk_make_room(const struct walk_entry *e)
{
	return dirs_make_room(&e->worker->dirs);
}

void visit_forget(struct worker *w, const struct dir *dir)
{
	/* Its parent, for which an error may have been told last, can be another's to free. */
	if (w->path_dir == dir || w->path_dir == dir->parent)
		w->path_dir = NULL;
}

static bool is_fd_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE;
}

static int pin(struct worker *w, int dirfd, const char *name, enum sys_follow follow)
{
	int fd;

	do
		fd = sys_pin(dirfd, name, follow);
	while (is_fd_shortage(fd) && dirs_make_room(&w->dirs));
	return fd;
}

static int open_dir(struct worker *w, int dirfd, const char *name, enum sys_follow follow)
{
	int fd;

	do
		fd = sys_open_dir(dirfd, name, follow);
	while (is_fd_shortage(fd) && dirs_make_room(&w->dirs));
	return fd;
}

static void visit_event(struct walk_entry *e, enum walk_event event, int err)
{
	unsigned traits = 0;

	e->event = event;
	e->err = -err;
	e->worker->visitor->visit(e->worker->ctx, e, &traits);
}

/*
 * Opens directory E, which has been visited, for reading. Takes e->pin over. FD or -1, with its
 * events told.
 */
static int open_visited(struct walk_entry *e, enum sys_follow follow, enum walk_answer answer)
{
	struct stat st;
	int err, fd;

	if (e->pin_kind == SYS_OPEN_PIN && answer == WALK_ENTER)
		return e->pin;
	fd = open_dir(e->worker, e->dirfd, e->name, follow);
	err = fd < 0 ? fd : sys_pin_stat(fd, &st);
	/* The name is looked up once more: what is read must be what was visited. */
	if (err >= 0 && (st.st_ino != e->st->st_ino || st.st_dev != e->st->st_dev))
		err = -ESTALE;
	if (err < 0 && fd >= 0)
		close(fd);
	if (err < 0)
		visit_event(e, WALK_UNREADABLE, err);
	close(e->pin);
	return err < 0 ? -1 : fd;
}

/* Visits a file that is pinned, with attributes ST. The directory to be read next, or NULL. */
static struct dir *visit_pinned(
	struct walk_entry *e, const struct stat *st, struct dir *in, enum sys_follow follow)
{
	struct worker *w = e->worker;
	bool is_dir = S_ISDIR(st->st_mode);
	bool is_cycle = is_dir && in != NULL && dirs_is_above(&w->dirs, in, st);
	unsigned traits = 0;
	struct dir *dir;
	enum walk_answer answer;
	int fd;

	e->st = st;
	e->type = IFTODT(st->st_mode);
	e->other_device = in == NULL || in->id.dev != st->st_dev;
	if (is_cycle && w->links != WALK_ALL_LINKS) {
		visit_event(e, WALK_CYCLE, 0);
		close(e->pin);
		return NULL;
	}
	e->event = WALK_FILE;
	answer = w->visitor->visit(w->ctx, e, &traits);
	if (!is_dir || is_cycle || (answer != WALK_ENTER && answer != WALK_ENTER_AGAIN)) {
		close(e->pin);
		return NULL;
	}
	fd = open_visited(e, follow, answer);
	if (fd < 0)
		return NULL;
	dir = dir_new(&w->dirs, in, e->name, fd, st, follow);
	if (dir == NULL) {
		close(fd);
		visit_event(e, WALK_UNREADABLE, -ENOMEM);
		return NULL;
	}
	dir->traits = traits;
	return dir;
}

/* The name could not be opened for FOLLOW: nothing there, or a link to nothing? */
static void visit_missing(struct walk_entry *e, enum sys_follow follow, int err)
{
	struct stat st;

	e->pin = -1;
	if (err == -ENOENT && follow == SYS_FOLLOW &&
		sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st) == 0) {
		e->type = DT_LNK;
		visit_event(e, WALK_DANGLING, 0);
	} else {
		visit_event(e, WALK_NO_ACCESS, err);
	}
}

/* Looks at the file behind E's name and visits it. */
static struct dir *visit_by_pin(struct walk_entry *e, struct dir *in)
{
	struct worker *w = e->worker;
	bool through = w->links == WALK_ALL_LINKS || (in == NULL && w->links != WALK_NO_LINKS);
	enum sys_follow follow = through ? SYS_FOLLOW : SYS_NOFOLLOW;
	struct stat st;
	int err;

	e->pin = -1;
	/*
	 * What is to be read as a directory can be examined and changed by the same descriptor. It
	 * is no loss if that fails: it may be closed to us until it has been changed.
	 */
	if (e->type == DT_DIR && in != NULL) {
		e->pin = open_dir(w, e->dirfd, e->name, SYS_NOFOLLOW);
		e->pin_kind = SYS_OPEN_PIN;
	}
	if (e->pin < 0) {
		e->pin = pin(w, e->dirfd, e->name, follow);
		e->pin_kind = SYS_PATH_PIN;
		e->followed = through;
	}
	err = e->pin < 0 ? e->pin : sys_pin_stat(e->pin, &st);
	if (err < 0) {
		if (e->pin >= 0)
			close(e->pin);
		visit_missing(e, follow, err);
		return NULL;
	}
	return visit_pinned(e, &st, in, e->pin_kind == SYS_OPEN_PIN ? SYS_NOFOLLOW : follow);
}

struct dir *visit_operand(struct worker *w, const char *name)
{
	struct walk_entry e = {
		.dirfd = AT_FDCWD,
		.name = name,
		.type = DT_UNKNOWN,
		.operand = true,
		.worker = w,
	};

	return visit_by_pin(&e, NULL);
}

struct dir *visit_entry(struct worker *w, struct dir *in, const char *name, unsigned char type)
{
	struct walk_entry e = {
		.dirfd = in->fd,
		.name = name,
		.type = type,
		.pin = -1,
		.dir_traits = in->traits,
		.worker = w,
		.dir = in,
	};
	unsigned traits = 0;

	if (w->visitor->wants != NULL && !w->visitor->wants(w->ctx, &e))
		return NULL;
	if (type == DT_DIR || type == DT_UNKNOWN || (type == DT_LNK && w->links == WALK_ALL_LINKS))
		return visit_by_pin(&e, in);
	if (w->visitor->visit(w->ctx, &e, &traits) != WALK_LOOK)
		return NULL;
	e.type = DT_DIR;
	return visit_by_pin(&e, in);
}

void visit_read_error(struct worker *w, struct dir *dir, int err)
{
	struct walk_entry e = {
		.dirfd = AT_FDCWD,
		.name = dir->name,
		.type = DT_DIR,
		.operand = dir->parent == NULL,
		.pin = -1,
		.dir_traits = dir->parent != NULL ? dir->parent->traits : 0,
		.worker = w,
		.dir = dir->parent,
	};

	visit_event(&e, dir->has_entries ? WALK_READ_ERROR : WALK_UNREADABLE, err);
}
