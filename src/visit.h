/* SPDX-License-Identifier: MIT */
/* One name on the walk: looked at as far as the walk itself needs it, and shown to the visitor. */
#ifndef VISIT_H
#define VISIT_H

#include "worker.h"

#include <sys/stat.h>

enum visit_outcome {
	VISIT_DONE,
	VISIT_DESCEND, /* a directory is to be read now */
	VISIT_NOT_YET, /* nothing has been done: visit it again when the task is the head */
};

/* What an operand was found to be. */
struct look {
	int err; /* 0 or -errno */
	struct stat st;
};

/* Looks at operand NAME as far as links are to be followed. */
struct look visit_look(struct worker *w, const char *name);

/*
 * Visits operand NAME; LOOK: what was found before, or NULL. *RET_DIR: the directory to be read
 * now.
 */
enum visit_outcome visit_operand(
	struct worker *w, const char *name, const struct look *look, struct dir **ret_dir);

/* Visits ENTRY of IN, which is held. */
enum visit_outcome visit_entry(
	struct worker *w, struct dir *in, const struct entry *entry, struct dir **ret_dir);

/* Tells the visitor that DIR cannot be read any further for ERR (negative). */
void visit_read_error(struct worker *w, struct dir *dir, int err);

/* The same for DIR, which cannot be opened any more. */
void visit_loss(struct worker *w, struct dir *dir, int err);

/* Shows DIR, which has the trait WALK_VISIT_AFTER and is held, once more. */
enum visit_outcome visit_after(struct worker *w, struct dir *dir);

/* Lets the visitor do what is due when DIR, with descriptor FD, is closed. */
void visit_leave(struct worker *w, struct dir *dir, unsigned traits, int fd);

#endif
