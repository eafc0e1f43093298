/* SPDX-License-Identifier: MIT */
/*
 * Finds out all that has to be known before anything is changed: what the command line asks for,
 * who the caller is, and what the machine can do.
 */
#ifndef SETUP_H
#define SETUP_H

#include "apply.h"
#include "beneath.h"
#include "options.h"
#include "report.h"
#include "selection.h"
#include "source.h"

#include <stdbool.h>

struct setup {
	struct modespec spec;
	struct apply apply;
	_Atomic enum sys_method late_method; /* of apply */
	struct selection selection;
	struct source source;
	struct beneath beneath; /* fd is -1 without --beneath */
};

/*
 * Fills in *RET, and those members of *REPORT that options set. Returns false after reporting an
 * error. Either way the caller calls setup_free(). *RET must not be moved, because it has pointers
 * into itself. CLI and REPORT must outlive it. To be called before threads are started.
 */
bool setup_init(struct setup *ret, const struct cli *cli, struct report *report);
void setup_free(struct setup *s);

#endif
