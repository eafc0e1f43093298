/* SPDX-License-Identifier: MIT */
/*
 * Decides which files --exclude and --include leave to be changed. Not changed after
 * selection_init(), so any number of threads may use it.
 */
#ifndef SELECTION_H
#define SELECTION_H

#include "charset.h"
#include "options.h"
#include "walk.h"

struct selection {
	struct patterns *excludes, *includes; /* NULL: there are none */
};

/* Whether the charset can make a difference to any pattern of CLI. */
bool selection_needs_charset(const struct cli *cli);

/*
 * Arranges the patterns of CLI, which must outlive *RET. Returns 0 or -ENOMEM. The caller calls
 * selection_free() in both cases.
 */
int selection_init(struct selection *ret, const struct cli *cli, const struct charset *charset);
void selection_free(struct selection *selection);

/*
 * Tells in *RET what is wanted of E. Returns 0; or -ENOMEM if that depends on the path of E and
 * there is no memory for it.
 */
int selection_wants(
	const struct selection *selection, const struct walk_entry *e, enum walk_want *ret);

#endif
