/* SPDX-License-Identifier: MIT */
/*
 * Supplies the operands: those of the command line, or those in a list, whose errors it reports.
 * Only one thread at a time may use it.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "files0.h"
#include "options.h"
#include "report.h"

#include <stdbool.h>
#include <stddef.h>

struct source {
	const struct cli *cli;
	struct report *report;
	const char *file; /* the name of the list; NULL: the operands are in cli */
	struct files0 list;
	unsigned long count; /* operands returned so far, or items read from the list */
};

/*
 * Opens the list if CLI asks for one. Returns true, and the caller calls source_close(); or reports
 * the error and returns false. CLI and REPORT must outlive *RET.
 */
bool source_open(struct source *ret, const struct cli *cli, struct report *report);

/*
 * Returns the next operand, with the contract of next() in struct walk_visitor. An operand from a
 * list of modes comes from modes0_name(), so modes0_mode() may be called for it.
 */
char *source_next(struct source *source, bool may_wait);

void source_close(struct source *source);

#endif
