#include "visit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --------------------------------------------------------------------------------------- paths */

/* Room for SIZE bytes. */
static bool reserve_path(struct worker *w, size_t size)
{
	char *path;

	if (size <= w->path_size)
		return true;
	size += size / 2;
	path = realloc(w->path, size);
	if (path == NULL)
		return false;
	w->path = path;
	w->path_size = size;
	return true;
}

const char *walk_path(const struct walk_entry *e)
{
	struct worker *w = e->worker;
	const struct dir *dir = e->dir;
	size_t len = strlen(e->name);

	if (dir == NULL || !reserve_path(w, dir->path_len + len + 1))
		return e->name;
	if (w->path_dir != dir) {
		const struct dir *parent = dir->parent;

		if (parent != NULL && w->path_dir == parent) {
			memcpy(w->path + parent->path_len, dir->name,
				dir->path_len - parent->path_len - 1);
			w->path[dir->path_len - 1] = '/';
		} else {
			dir_path(dir, w->path);
		}
	}
	w->path_dir = dir;
	memcpy(w->path + dir->path_len, e->name, len + 1);
	return w->path;
}

void visit_forget(struct worker *w, const struct dir *dir)
{
	/* The path of its parent is the beginning of its own. */
	if (w->path_dir == dir)
		w->path_dir = dir->parent;
}

/* -------------------------------------------------------------------------------------- output */

/* Printing may wait for a terminal or a pipe, which is no sign of slow storage. */
static void count_sleeps(struct worker *w, int sign)
{
	if (w->is_measured)
		w->sleeps += sign * thread_voluntary_switches();
}

struct transcript *walk_begin_output(const struct walk_entry *e)
{
	struct task *task = e->worker->task;

	count_sleeps(e->worker, 1);
	if (task == NULL || task_is_head(task))
		return NULL;
	lock_take(&task->transcript.lock);
	if (!task_is_head(task))
		return &task->transcript;
	lock_drop(&task->transcript.lock);
	return NULL;
}

void walk_end_output(const struct walk_entry *e, struct transcript *transcript)
{
	if (transcript != NULL) {
		e->worker->noted_path = 0;
		lock_drop(&transcript->lock);
	}
	count_sleeps(e->worker, -1);
}

/* --------------------------------------------------------------------------------- descriptors */

bool visit_make_room(struct worker *w)
{
	if (w->task == NULL)
		return false;
	return task_evict(w->task, w) || order_free_fds(w->order, w->task, w);
}

bool walk_make_room(const struct walk_entry *e)
{
	return visit_make_room(e->worker);
}

static int pin(struct worker *w, int dirfd, const char *name, enum sys_follow follow)
{
	int fd;

	do
		fd = sys_pin(dirfd, name, follow);
	while (sys_is_fd_shortage(fd) && visit_make_room(w));
	return fd;
}

static int open_dir(struct worker *w, int dirfd, const char *name, enum sys_follow follow)
{
	int fd;

	do
		fd = sys_open_dir(dirfd, name, follow);
	while (sys_is_fd_shortage(fd) && visit_make_room(w));
	return fd;
}

static int open_pinned(struct worker *w, int fd)
{
	int opened;

	do
		opened = sys_open_pinned_dir(fd);
	while (sys_is_fd_shortage(opened) && visit_make_room(w));
	return opened;
}

/* ------------------------------------------------------------------------------------ visiting */

static enum walk_answer show(
	struct walk_entry *e, enum walk_event event, int err, unsigned *ret_traits)
{
	struct worker *w = e->worker;
	enum walk_answer answer;

	e->event = event;
	e->err = -err;
	answer = w->visitor->visit(w->visitor->ctx, e, ret_traits);
	if (answer == WALK_STOP)
		w->is_stopped = true;
	return answer;
}

static void show_failure(struct walk_entry *e, enum walk_event event, int err)
{
	unsigned traits = 0;

	show(e, event, err, &traits);
}

/* Whether ERR is none of the file's, but of this worker, who is not in turn. */
static bool is_to_be_put_off(const struct walk_entry *e, int err)
{
	return sys_is_fd_shortage(err) && !e->in_turn;
}

/* The last resort: opens directory E by its name, which must lead to what the pin stands for. */
static int open_by_name(struct walk_entry *e, enum sys_follow follow)
{
	struct stat st;
	int fd = open_dir(e->worker, e->dirfd, e->name, follow);
	int err = fd < 0 ? fd : sys_pin_stat(fd, &st);

	if (err >= 0 && (st.st_ino != e->st->st_ino || st.st_dev != e->st->st_dev))
		err = -ENOENT;
	if (err >= 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return err == -ENOTDIR ? -ENOENT : err;
}

/*
 * A descriptor for reading of directory E, which is pinned, or -errno: -ENOENT if it has been
 * removed, -ESTALE if it has not, but is not where it was.
 */
static int open_for_reading(struct walk_entry *e, enum sys_follow follow)
{
	int fd = open_pinned(e->worker, e->pin);
	struct stat st;

	if (fd == -EACCES)
		fd = open_by_name(e, follow);
	if (fd == -ENOENT && (sys_pin_stat(e->pin, &st) != 0 || st.st_nlink > 0))
		return -ESTALE;
	return fd;
}

/*
 * The same of an operand: whether it can be opened may depend on the way that its name takes, which
 * may lead through it, as that of "." does.
 */
static int open_operand(struct walk_entry *e, enum sys_follow follow)
{
	int fd = open_by_name(e, follow);

	return fd == -ENOENT ? open_for_reading(e, follow) : fd;
}

/* Lets the visitor do what is due after directory E with TRAITS, by its descriptor FD. */
static void leave_entry(struct walk_entry e, unsigned traits, int fd)
{
	e.pin = fd;
	e.pin_kind = SYS_OPEN_PIN;
	e.dir_traits = traits;
	e.worker->visitor->leave(e.worker->visitor->ctx, &e);
}

/*
 * The descriptor by which directory E, which has been visited, is read. Takes e->pin over. -1: it
 * cannot be, which has been told.
 */
static int open_visited(
	struct walk_entry *e, enum sys_follow follow, enum walk_answer answer, unsigned traits)
{
	int fd;

	if (e->pin_kind == SYS_OPEN_PIN && answer == WALK_DESCEND)
		return e->pin;
	fd = e->operand ? open_operand(e, follow) : open_for_reading(e, follow);
	/* Of what is open already only an error counts. */
	if (fd >= 0 && e->pin_kind == SYS_OPEN_PIN) {
		close(fd);
		return e->pin;
	}
	if (fd < 0)
		show_failure(e, WALK_UNREADABLE, fd);
	/* Nothing else will close it. */
	if (fd < 0 && (traits & WALK_OWING) != 0)
		leave_entry(*e, traits, e->pin);
	close(e->pin);
	return fd < 0 ? -1 : fd;
}

/* Whether E is a directory that stays out because it is on another device. */
static bool is_foreign(const struct walk_entry *e)
{
	return e->worker->options->one_file_system && !e->operand && e->other_device &&
	       S_ISDIR(e->st->st_mode);
}

/* Visits a file that is pinned, with attributes ST. */
static enum visit_outcome visit_pinned(struct walk_entry *e, const struct stat *st, struct dir *in,
	enum sys_follow follow, struct dir **ret_dir)
{
	struct worker *w = e->worker;
	bool is_dir = S_ISDIR(st->st_mode);
	bool is_cycle = is_dir && in != NULL && dir_is_above(w->dirs, in, e->pin, st);
	unsigned traits = 0;
	enum walk_answer answer = WALK_SKIP;
	int fd;

	e->st = st;
	e->type = IFTODT(st->st_mode);
	e->other_device = in == NULL || in->dev != st->st_dev;
	if (is_cycle && w->options->links != WALK_ALL_LINKS)
		show_failure(e, WALK_CYCLE, 0);
	else if (!is_foreign(e))
		answer = show(e, WALK_FILE, 0, &traits);
	if (!is_dir || is_cycle || (answer != WALK_DESCEND && answer != WALK_DESCEND_REOPEN)) {
		close(e->pin);
		return answer == WALK_NOT_YET ? VISIT_NOT_YET : VISIT_DONE;
	}
	fd = open_visited(e, follow, answer, traits);
	if (fd < 0)
		return VISIT_DONE;
	*ret_dir = dir_new(w->dirs, in, e->name, fd, st, follow);
	if (*ret_dir == NULL) {
		show_failure(e, WALK_UNREADABLE, -ENOMEM);
		if ((traits & WALK_OWING) != 0)
			leave_entry(*e, traits, fd);
		close(fd);
		return VISIT_DONE;
	}
	(*ret_dir)->traits = traits;
	return VISIT_DESCEND;
}

/* The name could not be opened for FOLLOW: nothing there, or a link to nothing? */
static void visit_missing(struct walk_entry *e, enum sys_follow follow, int err)
{
	struct stat st;
	unsigned traits = 0;

	e->pin = -1;
	e->st = NULL;
	if (err == -ENOENT && follow == SYS_FOLLOW &&
		sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st) == 0) {
		e->type = DT_LNK;
		show(e, WALK_DANGLING, 0, &traits);
	} else {
		show_failure(e, WALK_NO_ACCESS, err);
	}
}

/* Opens E for reading, if it is a directory: 0, or what is wrong with its name. */
static int pin_by_opening(struct walk_entry *e, enum sys_follow follow, struct stat *ret_st)
{
	int err;

	e->pin = open_dir(e->worker, e->dirfd, e->name, follow);
	e->pin_kind = SYS_OPEN_PIN;
	if (e->pin < 0)
		return e->pin;
	err = sys_pin_stat(e->pin, ret_st);
	/* It will be pinned in another way. */
	if (err < 0)
		close(e->pin);
	return err;
}

/* Pins E, and if it is a directory, opens that if it can be opened before it has been changed. */
static int pin_by_path(struct walk_entry *e, const struct dir *in, enum sys_follow follow,
	bool opens, struct stat *ret_st)
{
	int err, fd;

	e->pin = pin(e->worker, e->dirfd, e->name, follow);
	e->pin_kind = SYS_PATH_PIN;
	err = e->pin < 0 ? e->pin : sys_pin_stat(e->pin, ret_st);
	/* What is mounted when it is opened stays out. */
	if (err != 0 || !opens || !S_ISDIR(ret_st->st_mode) ||
		(e->worker->options->one_file_system && in != NULL && in->dev != ret_st->st_dev))
		return err;
	fd = open_pinned(e->worker, e->pin);
	if (fd < 0)
		return 0;
	close(e->pin);
	e->pin = fd;
	e->pin_kind = SYS_OPEN_PIN;
	return sys_pin_stat(fd, ret_st);
}

/*
 * Looks at the file behind E's name and visits it. A directory is opened for reading first, so that
 * what is examined, changed and read is one and the same; what cannot be opened may be opened to us
 * by the change.
 */
static enum visit_outcome visit_by_pin(struct walk_entry *e, struct dir *in, struct dir **ret_dir)
{
	const struct walk_options *options = e->worker->options;
	bool through =
		options->links == WALK_ALL_LINKS || (in == NULL && options->links != WALK_NO_LINKS);
	enum sys_follow follow = through ? SYS_FOLLOW : SYS_NOFOLLOW;
	bool is_dir = e->type == DT_DIR || in == NULL;
	/* A look mounts nothing. */
	bool opens_first =
		options->recursive && is_dir && !(options->one_file_system && in != NULL);
	enum visit_outcome outcome;
	struct stat st;
	int err = -ENOTDIR;

	e->followed = through;
	if (opens_first)
		err = pin_by_opening(e, follow, &st);
	if (err < 0 && !is_to_be_put_off(e, err))
		err = pin_by_path(e, in, follow, options->recursive && !opens_first, &st);
	if (is_to_be_put_off(e, err))
		return VISIT_NOT_YET;
	if (err < 0) {
		if (e->pin >= 0)
			close(e->pin);
		visit_missing(e, follow, err);
		return VISIT_DONE;
	}
	outcome = visit_pinned(e, &st, in, follow, ret_dir);
	e->st = NULL;
	return outcome;
}

static enum sys_follow follow_of_operands(const struct worker *w)
{
	return w->options->links != WALK_NO_LINKS ? SYS_FOLLOW : SYS_NOFOLLOW;
}

struct look visit_look(const struct worker *w, const char *name)
{
	struct look look;

	look.err = sys_stat(AT_FDCWD, name, follow_of_operands(w), &look.st);
	return look;
}

/* Shows operand E by its name. */
static void visit_by_name(struct walk_entry *e, const struct look *look)
{
	enum sys_follow follow = follow_of_operands(e->worker);
	unsigned traits = 0;

	e->followed = follow == SYS_FOLLOW;
	e->other_device = true;
	if (look->err < 0) {
		visit_missing(e, follow, look->err);
		return;
	}
	e->st = &look->st;
	e->type = IFTODT(look->st.st_mode);
	show(e, WALK_FILE, 0, &traits);
}

enum visit_outcome visit_operand(
	struct worker *w, const char *name, const struct look *look, struct dir **ret_dir)
{
	struct walk_entry e = {
		.dirfd = AT_FDCWD,
		.name = name,
		.type = DT_UNKNOWN,
		.operand = true,
		.pin = -1,
		.in_turn = w->task == NULL || task_is_head(w->task),
		.worker = w,
	};
	struct look own;

	/* A directory that is read is opened without a look before. */
	if (w->options->by_name && look == NULL && !w->options->recursive) {
		own = visit_look(w, name);
		look = &own;
	}
	if (w->options->by_name && look != NULL && (look->err != 0 || !S_ISDIR(look->st.st_mode))) {
		visit_by_name(&e, look);
		return VISIT_DONE;
	}
	return visit_by_pin(&e, NULL, ret_dir);
}

enum visit_outcome visit_entry(
	struct worker *w, struct dir *in, const struct entry *entry, struct dir **ret_dir)
{
	const unsigned char type = entry->type;
	struct walk_entry e = {
		.dirfd = in->fd,
		.name = entry->name,
		.type = type,
		.pin = -1,
		.dir_traits = in->traits,
		.in_turn = task_is_head(w->task),
		.worker = w,
		.dir = in,
	};
	enum walk_answer answer;
	unsigned traits = 0;

	if (w->visitor->wants != NULL && !w->visitor->wants(w->visitor->ctx, &e))
		return VISIT_DONE;
	if (type == DT_DIR || type == DT_UNKNOWN ||
		(type == DT_LNK && w->options->links == WALK_ALL_LINKS))
		return visit_by_pin(&e, in, ret_dir);
	answer = show(&e, WALK_FILE, 0, &traits);
	if (answer == WALK_NOT_YET)
		return VISIT_NOT_YET;
	if (answer != WALK_IS_DIRECTORY)
		return VISIT_DONE;
	e.type = DT_DIR;
	return visit_by_pin(&e, in, ret_dir);
}

static struct walk_entry entry_of_dir(struct worker *w, struct dir *dir)
{
	return (struct walk_entry){
		.dirfd = AT_FDCWD,
		.name = dir->name,
		.type = DT_DIR,
		.operand = dir->parent == NULL,
		.pin = -1,
		.in_turn = w->task == NULL || task_is_head(w->task),
		.worker = w,
		.dir = dir->parent,
	};
}

void visit_read_error(struct worker *w, struct dir *dir, int err)
{
	struct walk_entry e = entry_of_dir(w, dir);

	show_failure(&e, dir->listing.has_entries ? WALK_READ_ERROR : WALK_UNREADABLE, err);
}

void visit_leave(struct worker *w, struct dir *dir, unsigned traits, int fd)
{
	leave_entry(entry_of_dir(w, dir), traits, fd);
	/* It may be the directory of another task, and be freed at any time. */
	w->path_dir = NULL;
}
