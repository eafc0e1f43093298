/*
 * The command line, by GNU's rules: options anywhere, any unambiguous beginning of a long option,
 * and modes that look like options. Own code, for the C libraries differ in this.
 */
#ifndef CLI_H
#define CLI_H

#include "options.h"

struct report;

enum cli_outcome {
	CLI_RUN,
	CLI_EXIT_OK,     /* --help or --version have been answered */
	CLI_USAGE_ERROR, /* an error has been reported */
};

/*
 * Reads the command line into *CLI, and reports what is wrong with it. ARGV is rearranged and must
 * outlive CLI. Looks at POSIXLY_CORRECT; touches no file. CLI_RUN: the operands are there, and
 * either a reference or a mode, which has not been compiled; or a list of modes and nothing else.
 * cli_free() is due in any case.
 */
enum cli_outcome cli_parse(struct cli *cli, int argc, char **argv, struct report *report);
void cli_free(struct cli *cli);

#endif
