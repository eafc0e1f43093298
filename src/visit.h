/*
 * One name on the walk: looked at as far as the walk itself needs it, and shown to the visitor.
 */
#ifndef VISIT_H
#define VISIT_H

#include "dir.h"
#include "walk.h"

/* Who visits: one thread's part of a walk. */
struct worker {
	enum walk_links links;
	const struct walk_visitor *visitor;
	void *ctx;
	struct dirs dirs;
	/* The path that was shown last, and the directory whose path it begins with. */
	char *path;
	size_t path_size;
	const struct dir *path_dir;
};

/* Visits an operand. The directory to be read now, or NULL. */
struct dir *visit_operand(struct worker *w, const char *name);

/* Visits entry NAME of IN, of TYPE (DT_...). The directory to be read now, or NULL. */
struct dir *visit_entry(struct worker *w, struct dir *in, const char *name, unsigned char type);

/* Tells the visitor that DIR cannot be read any further for ERR (negative). */
void visit_read_error(struct worker *w, struct dir *dir, int err);

/* To be called before DIR is left. */
void visit_forget(struct worker *w, const struct dir *dir);

#endif
