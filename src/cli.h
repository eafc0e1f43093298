/* SPDX-License-Identifier: MIT */
/*
 * Parses the command line by GNU's rules: options may follow operands, long options may be
 * abbreviated, and modes may look like options. It does not call getopt_long(3), which differs
 * between C libraries.
 */
#ifndef CLI_H
#define CLI_H

#include "options.h"

struct report;

enum cli_outcome {
	CLI_RUN,
	CLI_EXIT_OK,     /* the text of --help or --version has been printed */
	CLI_USAGE_ERROR, /* an error has been reported */
};

/*
 * Parses the command line into *CLI and reports errors in it. Rearranges ARGV, which must outlive
 * *CLI. If POSIXLY_CORRECT is in the environment, the first operand ends the options. The caller
 * calls cli_free() whatever the outcome. After CLI_RUN there is either a list of modes, or a source
 * of operands together with a reference file or a mode; whether the mode is valid has not been
 * checked.
 */
enum cli_outcome cli_parse(struct cli *cli, int argc, char **argv, struct report *report);
void cli_free(struct cli *cli);

#endif
