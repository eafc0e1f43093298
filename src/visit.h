/* One name on the walk: looked at as far as the walk itself needs it, and shown to the visitor. */
#ifndef VISIT_H
#define VISIT_H

#include "dir.h"
#include "order.h"
#include "task.h"
#include "walk.h"

#include <stdbool.h>
#include <stddef.h>

/* Who visits: one thread's part of a walk. */
struct worker {
	const struct walk_options *options;
	const struct walk_visitor *visitor;
	struct dirs *dirs;
	struct order *order;
	struct task *task; /* NULL: an operand */
	/* The path that was shown last, and the directory whose path it begins with. */
	char *path;
	size_t path_size;
	const struct dir *path_dir;
	bool is_stopped;  /* the visitor has answered WALK_STOP */
	int64_t tick;     /* of the coarse clock, when a visit was measured last */
	unsigned unmeasured; /* visits until the clock is looked at again */
	bool has_done;    /* something of its task */
	size_t noted_path; /* the task's notes have room for what there is to say of such a path */
	bool is_measured; /* such a visit is on */
	long sleeps;      /* in it, but for those while something is printed */
};

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
struct look visit_look(const struct worker *w, const char *name);

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

/* Lets the visitor do what is due when DIR, with descriptor FD, is closed. */
void visit_leave(struct worker *w, struct dir *dir, unsigned traits, int fd);

/* For who needs a descriptor: as walk_make_room(). */
bool visit_make_room(struct worker *w);

/* To be called before DIR is left. */
void visit_forget(struct worker *w, const struct dir *dir);

#endif
