/* SPDX-License-Identifier: MIT */
/*
 * A second parser of the command line, with the C library's getopt_long(3) and the rules of GNU's
 * chmod, to compare cli_parse() with.
 */
#ifndef FUZZ_COMMAND_H
#define FUZZ_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* Which of -H -L -P came last, and which of -h and --dereference, if any. */
enum command_walk { COMMAND_H, COMMAND_L, COMMAND_P };
enum command_links { COMMAND_UNSAID, COMMAND_NO_DEREFERENCE, COMMAND_DEREFERENCE };

enum { COMMAND_MAX_OPTIONS = 64 };

/* How often an option that GNU's chmod lacks was given, and with what. */
struct command_own {
	size_t count;
	char **arguments; /* NULL, if it takes none */
};

/* The outcomes of cli_parse(), in the same order. */
enum command_outcome { COMMAND_RUN, COMMAND_EXIT_OK, COMMAND_USAGE_ERROR };

/* Strings point into argv, but for those that command_free() frees. */
struct command {
	enum command_outcome outcome;
	char *message;       /* of a usage error: how stderr begins; to be freed */
	bool is_all;         /* MESSAGE is the whole first line */
	bool points_to_help; /* the last line names --help */
	char verbosity;      /* v, c or 0 */
	bool quiet, recursive, preserve_root;
	enum command_walk walk;
	enum command_links links;
	struct command_own own[COMMAND_MAX_OPTIONS]; /* by their places in the table of options */
	const char *reference, *files0_from, *modes0_from, *beneath;
	char *mode; /* NULL: there is none; to be freed */
	bool mode_is_option;
	char **operands;
	size_t operand_count;
};

/* Reads ARGV, which is rearranged and must outlive *RET. Prints nothing. */
void command_read(int argc, char **argv, struct command *ret);
void command_free(struct command *c);

#endif
