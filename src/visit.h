/* SPDX-License-Identifier: MIT */
/*
 * Visits one file: examines it as far as the walk itself needs that, and shows it to the visitor.
 *
 * All functions run in the thread of W. Errors are shown to the visitor.
 */
#ifndef VISIT_H
#define VISIT_H

#include "worker.h"

#include <sys/stat.h>

enum visit_outcome {
	VISIT_DONE,
	VISIT_DESCEND, /* the file is a directory that is to be read now, *RET_DIR */
	VISIT_NOT_YET, /* nothing has been done: visit it again when the task is the head */
};

/* The attributes of an operand. */
struct look {
	int err; /* 0 or -errno */
	struct stat st;
};

/* Examines operand NAME, and follows links as the options say. */
struct look visit_look(struct worker *w, const char *name);

/*
 * Visits operand NAME, of which visit_look() has returned LOOK; NULL if it was not called. After
 * VISIT_DESCEND the caller has the only reference to *RET_DIR and holds it; otherwise *RET_DIR is
 * not set. But if the directory could not be opened, because descriptors are short, and the task is
 * not the head, *RET_DIR is closed and the caller is to reopen it when the task is.
 */
enum visit_outcome visit_operand(
	struct worker *w, const char *name, const struct look *look, struct dir **ret_dir);

/* Does the same for ENTRY of directory IN, which the caller holds. */
enum visit_outcome visit_entry(
	struct worker *w, struct dir *in, const struct entry *entry, struct dir **ret_dir);

/* Tells the visitor that DIR cannot be read any further because of ERR, a negative errno. */
void visit_read_error(struct worker *w, struct dir *dir, int err);

/* Tells the visitor that DIR could not be reopened because of ERR, a negative errno. */
void visit_loss(struct worker *w, struct dir *dir, int err);

/*
 * Visits DIR, which has the trait WALK_VISIT_AFTER and which the caller holds, after its entries.
 */
enum visit_outcome visit_after(struct worker *w, struct dir *dir);

/* Calls leave() of the visitor for DIR, which has TRAITS and is open as FD. */
void visit_leave(struct worker *w, struct dir *dir, unsigned traits, int fd);

#endif
