/* SPDX-License-Identifier: MIT */
/* The work: what the command line asks for, done with every file. */
#ifndef RUN_H
#define RUN_H

#include "cli.h"
#include "report.h"

/*
 * Changes the operands of CLI, and what is below them if it is recursive. Everything that happens
 * is reported; nothing is changed if the mode, the reference or the root directory is not as it
 * must be.
 */
void run(const struct cli *cli, struct report *report);

#endif
