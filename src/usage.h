/* SPDX-License-Identifier: MIT */
/* Prints the texts of --help and --version on standard output. */
#ifndef USAGE_H
#define USAGE_H

#include "report.h"

void usage_help(struct report *report);
void usage_version(struct report *report);

#endif
