/* SPDX-License-Identifier: MIT */
/*
 * The command line once more, on top of the C library's getopt_long(3): what GNU's chmod makes of
 * it, and with it what ours has to.
 */
#ifndef FUZZ_COMMAND_H
#define FUZZ_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/* Which links are followed: what -H -L -P, and what -h and --dereference have asked for last. */
enum command_walk { COMMAND_H, COMMAND_L, COMMAND_P };
enum command_links { COMMAND_UNSAID, COMMAND_NO_DEREFERENCE, COMMAND_DEREFERENCE };

enum { COMMAND_MAX_OPTIONS = 64 };

/* What an option that GNU's chmod lacks was given, each time. */
struct command_own {
	size_t count;
	char **arguments; /* NULL, if it takes none; the caller frees it */
};

enum command_outcome { COMMAND_RUN, COMMAND_HELPED, COMMAND_WRONG };

/* Strings point into argv, unless it says otherwise. */
struct command {
	enum command_outcome outcome;
	char *message;       /* WRONG: how stderr begins; the caller frees it */
	bool is_all;         /* that is all of the first line */
	bool points_to_help; /* the last line says where help is to be had */
	char verbosity;      /* v, c or 0 */
	bool quiet, recursive, preserve_root;
	enum command_walk walk;
	enum command_links links;
	struct command_own own[COMMAND_MAX_OPTIONS]; /* by their places in the table of options */
	const char *reference, *files0_from, *modes0_from, *beneath;
	char *mode; /* NULL: the reference's; the caller frees it */
	bool mode_is_option;
	char **operands;
	size_t operand_count;
};

/* Reads ARGV, which is rearranged and must outlive *RET. Prints nothing. */
void command_read(int argc, char **argv, struct command *ret);
void command_free(struct command *c);

#endif
