/* SPDX-License-Identifier: MIT */
#include "visit.h"

#include "pin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

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

/* Whether E is to be visited later, because descriptors are short and it is not its turn. */
static bool is_to_be_put_off(const struct walk_entry *e, int err)
{
	return sys_is_fd_shortage(err) && !e->in_turn;
}

/* Calls the visitor's leave() for directory E with TRAITS, which FD is open on. */
static void leave_entry(struct walk_entry e, unsigned traits, int fd)
{
	e.pin = fd;
	e.pin_kind = SYS_OPEN_PIN;
	e.dir_traits = traits;
	e.worker->visitor->leave(e.worker->visitor->ctx, &e);
}

/* Whether directory E with TRAITS has not been changed by its visit, which may be repeated. */
static bool is_untouched(const struct walk_entry *e, unsigned traits)
{
	return e->contents_only || (traits & WALK_VISIT_AFTER) != 0;
}

/* Directory E with TRAITS, which has been visited, cannot be read for ERR. */
static enum visit_outcome give_up(struct walk_entry *e, unsigned traits, int err)
{
	bool is_put_off = is_untouched(e, traits) && !e->in_turn;

	if (!is_put_off)
		show_failure(e, WALK_UNREADABLE, err);
	/* It will not be entered, so nothing else would call leave(). */
	if ((traits & WALK_OWING) != 0)
		leave_entry(*e, traits, e->pin);
	return is_put_off ? VISIT_NOT_YET : VISIT_DONE;
}

/* Whether E is a directory that stays out because it is on another device. */
static bool is_foreign(const struct walk_entry *e)
{
	return e->worker->options->one_file_system && !e->operand && e->other_device &&
	       S_ISDIR(e->st->st_mode);
}

/* Whether E, with attributes ST, is IN or an ancestor of IN. */
static bool is_cycle(struct walk_entry *e, const struct stat *st, const struct dir *in)
{
	bool is_above;

	if (in == NULL || !S_ISDIR(st->st_mode))
		return false;
	worker_leave_out(e->worker, 1);
	is_above = dir_is_above(e->worker->dirs, in, e->pin, st);
	worker_leave_out(e->worker, -1);
	return is_above;
}

static struct dir *new_dir(struct walk_entry *e, const struct stat *st, struct dir *in)
{
	const char *name = e->given != NULL ? e->given : e->name;
	struct dir *dir;

	worker_leave_out(e->worker, 1);
	dir = dir_new(e->worker->dirs, in, name, e->pin, st, pin_follow(e));
	worker_leave_out(e->worker, -1);
	return dir;
}

/* Visits a file that is pinned, with attributes ST. After VISIT_DESCEND the pin is *RET_DIR's. */
static enum visit_outcome visit_pinned(
	struct walk_entry *e, const struct stat *st, struct dir *in, struct dir **ret_dir)
{
	struct worker *w = e->worker;
	bool is_dir = S_ISDIR(st->st_mode);
	bool leads_up = is_cycle(e, st, in);
	unsigned traits = 0;
	enum walk_answer answer = WALK_SKIP;
	int err;

	e->st = st;
	e->type = IFTODT(st->st_mode);
	e->other_device = in == NULL || in->dev != st->st_dev;
	if (leads_up && w->options->links != WALK_ALL_LINKS)
		show_failure(e, WALK_CYCLE, 0);
	else if (!is_foreign(e) && (is_dir || !e->contents_only))
		answer = show(e, WALK_FILE, 0, &traits);
	if (!is_dir || leads_up || (answer != WALK_DESCEND && answer != WALK_DESCEND_REOPEN))
		return answer == WALK_NOT_YET ? VISIT_NOT_YET : VISIT_DONE;
	err = pin_reopen(e, answer);
	if (err < 0 && (is_untouched(e, traits) || !is_to_be_put_off(e, err)))
		return give_up(e, traits, err);
	*ret_dir = new_dir(e, st, in);
	if (*ret_dir == NULL)
		return give_up(e, traits, -ENOMEM);
	(*ret_dir)->traits = traits;
	(*ret_dir)->listing.sorts_always = w->options->links == WALK_ALL_LINKS;
	if (err < 0)
		dir_close(w->dirs, *ret_dir, w);
	return VISIT_DESCEND;
}

/* Reports that E could not be looked up because of ERR, or that it is a dangling link. */
static void visit_missing(struct walk_entry *e, int err)
{
	struct stat st;
	unsigned traits = 0;

	if (err == -ENOENT && e->followed && sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st) == 0) {
		e->type = DT_LNK;
		if (!e->contents_only)
			show(e, WALK_DANGLING, 0, &traits);
	} else {
		show_failure(e, WALK_NO_ACCESS, err);
	}
}

/*
 * Pins the file that E names, examines and visits it. A directory is opened for reading first, so
 * that one and the same directory is examined, changed and read. If that fails it is pinned without
 * reading: the change may make it readable.
 */
static enum visit_outcome visit_by_pin(struct walk_entry *e, struct dir *in, struct dir **ret_dir)
{
	const struct walk_options *options = e->worker->options;
	bool may_be_dir = e->type == DT_DIR || in == NULL || e->contents_only;
	/* Opening would trigger an automount; O_PATH does not. */
	bool opens_first =
		options->recursive && may_be_dir && !(options->one_file_system && in != NULL);
	enum visit_outcome outcome;
	struct stat st;
	int err = -ENOTDIR;

	e->followed =
		options->links == WALK_ALL_LINKS || (in == NULL && options->links != WALK_NO_LINKS);
	if (opens_first)
		err = pin_open_dir(e, &st);
	/* It is no directory, so it has no contents. */
	if (e->contents_only && in != NULL && opens_first && (err == -ENOTDIR || err == -ENOENT))
		return VISIT_DONE;
	if (err < 0 && !is_to_be_put_off(e, err))
		err = pin_path(e, options->recursive && !opens_first, &st);
	if (is_to_be_put_off(e, err))
		return VISIT_NOT_YET;
	if (err < 0) {
		visit_missing(e, err);
		return VISIT_DONE;
	}
	outcome = visit_pinned(e, &st, in, ret_dir);
	if (outcome != VISIT_DESCEND)
		pin_close(e);
	e->st = NULL;
	return outcome;
}

/* Asks the visitor's wants(), which is not NULL, whether it wants anything of E. */
static bool is_wanted(struct walk_entry *e)
{
	const struct walk_visitor *visitor = e->worker->visitor;
	enum walk_want want = visitor->wants(visitor->ctx, e);

	e->contents_only = want == WALK_WANT_CONTENTS;
	return want != WALK_WANT_NOTHING;
}

static enum sys_follow follow_of_operands(const struct worker *w)
{
	return w->options->links != WALK_NO_LINKS ? SYS_FOLLOW : SYS_NOFOLLOW;
}

struct look visit_look(struct worker *w, const char *name)
{
	struct beneath_place place;
	struct look look = {.err = pin_place(w, name, &place)};

	if (look.err < 0)
		return look;
	look.err = sys_stat(place.dirfd, place.name, follow_of_operands(w), &look.st);
	beneath_leave(&place);
	return look;
}

/* Shows operand E, which LOOK has examined, without a pin. */
static void visit_by_name(struct walk_entry *e, const struct look *look)
{
	unsigned traits = 0;

	e->followed = follow_of_operands(e->worker) == SYS_FOLLOW;
	e->other_device = true;
	if (look->err < 0) {
		visit_missing(e, look->err);
		return;
	}
	e->st = &look->st;
	e->type = IFTODT(look->st.st_mode);
	show(e, WALK_FILE, 0, &traits);
}

/* Visits operand E, whose dirfd and name are set. LOOK: NULL if it was not examined yet. */
static enum visit_outcome visit_placed(
	struct walk_entry *e, const struct look *look, struct dir **ret_dir)
{
	const struct walk_options *options = e->worker->options;
	struct look own;

	/* With recursive an operand is opened first, in case it is a directory. */
	if (options->by_name && look == NULL && !options->recursive) {
		own = visit_look(e->worker, e->given);
		look = &own;
	}
	if (options->by_name && look != NULL && (look->err != 0 || !S_ISDIR(look->st.st_mode))) {
		visit_by_name(e, look);
		return VISIT_DONE;
	}
	return visit_by_pin(e, NULL, ret_dir);
}

enum visit_outcome visit_operand(
	struct worker *w, const char *name, const struct look *look, struct dir **ret_dir)
{
	struct walk_entry e = {
		.name = name,
		.given = name,
		.type = DT_UNKNOWN,
		.operand = true,
		.pin = -1,
		.in_turn = w->task == NULL || task_is_head(w->task),
		.worker = w,
	};
	struct beneath_place place;
	enum visit_outcome outcome;
	int err;

	if (w->visitor->wants != NULL && !is_wanted(&e))
		return VISIT_DONE;
	err = pin_place(w, name, &place);
	if (is_to_be_put_off(&e, err))
		return VISIT_NOT_YET;
	if (err < 0) {
		show_failure(&e, err == -EXDEV ? WALK_OUTSIDE : WALK_NO_ACCESS, err);
		return VISIT_DONE;
	}
	e.dirfd = place.dirfd;
	e.name = place.name;
	outcome = visit_placed(&e, look, ret_dir);
	beneath_leave(&place);
	return outcome;
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

	if (w->visitor->wants != NULL && !is_wanted(&e))
		return VISIT_DONE;
	if (type == DT_DIR || type == DT_UNKNOWN ||
		(type == DT_LNK && w->options->links == WALK_ALL_LINKS))
		return visit_by_pin(&e, in, ret_dir);
	if (e.contents_only)
		return VISIT_DONE;
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

void visit_loss(struct worker *w, struct dir *dir, int err)
{
	struct walk_entry e = entry_of_dir(w, dir);

	/* It can neither be read on nor be changed after its contents. */
	if (dir_owes(w->dirs, dir) & WALK_VISIT_AFTER)
		show_failure(&e, WALK_NO_ACCESS, err);
	else
		visit_read_error(w, dir, err);
}

enum visit_outcome visit_after(struct worker *w, struct dir *dir)
{
	struct walk_entry e = entry_of_dir(w, dir);
	unsigned traits = 0;
	struct stat st;
	int err = sys_pin_stat(dir->fd, &st);

	if (err < 0) {
		show_failure(&e, WALK_NO_ACCESS, err);
		return VISIT_DONE;
	}
	e.pin = dir->fd;
	e.pin_kind = SYS_OPEN_PIN;
	e.st = &st;
	e.dir_traits = dir->traits;
	return show(&e, WALK_AFTER, 0, &traits) == WALK_NOT_YET ? VISIT_NOT_YET : VISIT_DONE;
}

void visit_leave(struct worker *w, struct dir *dir, unsigned traits, int fd)
{
	leave_entry(entry_of_dir(w, dir), traits, fd);
	/* It may be the directory of another task, and be freed at any time. */
	w->path_dir = NULL;
}
