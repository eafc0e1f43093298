/* SPDX-License-Identifier: MIT */
/*
 * What has to be known before anything is changed: what the command line asks for and what is found
 * out about the caller and the machine, as others need it.
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
	struct beneath beneath; /* its fd is -1 if operands may be anywhere */
};

/*
 * Tells REPORT what CLI says about it. False and a report if something is not to be had. Either way
 * setup_free() is due; *RET must not be moved.
 */
bool setup_init(struct setup *ret, const struct cli *cli, struct report *report);
void setup_free(struct setup *s);

#endif
