/*
 * Which files --exclude and --include leave to be changed. Read-only once made, so any thread may
 * ask.
 */
#ifndef SELECTION_H
#define SELECTION_H

#include "charset.h"
#include "options.h"
#include "walk.h"

struct selection {
	struct patterns *excludes, *includes; /* NULL: there are none */
};

/* Whether it makes a difference to any pattern of CLI how bytes are read as characters. */
bool selection_needs_charset(const struct cli *cli);

/* Arranges the patterns of CLI, which must outlive *RET. 0 or -ENOMEM; selection_free() is due. */
int selection_init(struct selection *ret, const struct cli *cli, const struct charset *charset);
void selection_free(struct selection *selection);

/*
 * What is wanted of E. 0, or -ENOMEM: it takes the path of E to tell, and there is no memory for
 * that.
 */
int selection_wants(
	const struct selection *selection, const struct walk_entry *e, enum walk_want *ret);

#endif
