/*
 * The operands, one after the other: those of the command line, or those that a file lists. Tells
 * what is wrong with the file.
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
	const char *file; /* NULL: they are in cli */
	struct files0 list;
	unsigned long count; /* of those that have been read */
};

/* Opens the list, if there is one; false and a report if it cannot be. Else source_close() is due.
 */
bool source_open(struct source *ret, const struct cli *cli, struct report *report);

/*
 * The next operand, as next() of struct walk_visitor. What comes from a list of modes is known to
 * modes0_mode().
 */
char *source_next(struct source *source, bool may_wait);

void source_close(struct source *source);

#endif
