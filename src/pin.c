/* SPDX-License-Identifier: MIT */
#include "pin.h"

#include <errno.h>
#include <unistd.h>

/* ---------------------------------------------------------------- opening, with another attempt */

int pin_place(struct worker *w, const char *name, struct beneath_place *ret)
{
	int err;

	do
		err = beneath_find(w->options->beneath, name, ret);
	while (worker_may_retry(w, err));
	return err;
}

typedef int opener(int dirfd, const char *name, enum sys_follow follow);

static int open_name(const struct walk_entry *e, opener *open)
{
	int fd;

	do
		fd = open(e->dirfd, e->name, pin_follow(e));
	while (worker_may_retry(e->worker, fd));
	return fd;
}

static int open_pinned(const struct walk_entry *e)
{
	int fd;

	do
		fd = sys_open_pinned_dir(e->pin);
	while (worker_may_retry(e->worker, fd));
	return fd;
}

/* ------------------------------------------------------------------------------ before a visit */

void pin_close(struct walk_entry *e)
{
	if (e->pin >= 0)
		close(e->pin);
	e->pin = -1;
}

/* Makes FD the pin of E and examines it. FD may also be -errno, which is returned. */
static int set_pin(struct walk_entry *e, int fd, enum sys_pin kind, struct stat *ret_st)
{
	int err = fd < 0 ? fd : sys_pin_stat(fd, ret_st);

	e->pin = fd;
	e->pin_kind = kind;
	if (err < 0)
		pin_close(e);
	return err;
}

int pin_open_dir(struct walk_entry *e, struct stat *ret_st)
{
	return set_pin(e, open_name(e, sys_open_dir), SYS_OPEN_PIN, ret_st);
}

int pin_path(struct walk_entry *e, bool opens, struct stat *ret_st)
{
	int err = set_pin(e, open_name(e, sys_pin), SYS_PATH_PIN, ret_st), fd;

	/* With one_file_system a directory on another device is excluded, and not opened. */
	if (err < 0 || !opens || !S_ISDIR(ret_st->st_mode) ||
		(e->worker->options->one_file_system && e->dir->dev != ret_st->st_dev))
		return err;
	fd = open_pinned(e);
	if (fd < 0)
		return 0;
	pin_close(e);
	return set_pin(e, fd, SYS_OPEN_PIN, ret_st);
}

/* ------------------------------------------------------------------------------- after a visit */

/*
 * Opens directory E by its name. Returns a descriptor or -errno, -ENOENT if the name does not lead
 * to the file of the pin.
 */
static int open_same(const struct walk_entry *e)
{
	struct stat st;
	int fd = open_name(e, sys_open_dir);
	int err = fd < 0 ? fd : sys_pin_stat(fd, &st);

	if (err >= 0 && !sys_is_same_file(&st, e->st))
		err = -ENOENT;
	if (err >= 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return err == -ENOTDIR ? -ENOENT : err;
}

/* Opens directory E from its pin or, if that is not possible, by its name. */
static int open_from_pin(const struct walk_entry *e)
{
	int fd = open_pinned(e);
	struct stat st;

	if (fd == -EACCES)
		fd = open_same(e);
	if (fd == -ENOENT && (sys_pin_stat(e->pin, &st) != 0 || st.st_nlink > 0))
		return -ESTALE;
	return fd;
}

int pin_reopen(struct walk_entry *e, enum walk_answer answer)
{
	int fd = -ENOENT;

	if (e->pin_kind == SYS_OPEN_PIN && answer == WALK_DESCEND)
		return 0;
	/*
	 * GNU opens an operand by its name after it was changed, and that may fail: the name may
	 * lead through the directory itself, as "." and "d/." do.
	 */
	if (e->operand)
		fd = open_same(e);
	if (fd == -ENOENT)
		fd = open_from_pin(e);
	if (fd < 0)
		return fd;
	/* The new descriptor only served to see the error that GNU reports. */
	if (e->pin_kind == SYS_OPEN_PIN) {
		close(fd);
		return 0;
	}
	close(e->pin);
	e->pin = fd;
	e->pin_kind = SYS_OPEN_PIN;
	return 0;
}
