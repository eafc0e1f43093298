/*
 * The command line, by GNU's rules: options anywhere, any unambiguous beginning of a long option,
 * and modes that look like options. Own code, for the C libraries differ in this.
 */
#ifndef CLI_H
#define CLI_H

#include "apply.h"
#include "report.h"
#include "walk.h"

#include <stdbool.h>
#include <stddef.h>

struct cli {
	enum report_verbosity verbosity;
	bool quiet;
	bool recursive;
	bool preserve_root;
	enum walk_links walk_links;   /* -H -L -P */
	enum apply_links apply_links; /* -h, --dereference, or what the others imply */
	const char *reference;        /* the file to take the mode from, or NULL */
	unsigned jobs;                /* workers; 0 if nothing was said */
	bool skip_unchanged;
	bool one_file_system;
	bool dry_run;
	bool progress;
	const char **excludes; /* patterns */
	size_t exclude_count;
	const char *beneath;     /* the directory where operands must be, or NULL */
	const char *files0_from; /* the file to take the operands from, or NULL */
	const char *modes0_from; /* the file to take operands and their modes from, or NULL */
	const char *mode;        /* the spec as given, unless there is one of the others */
	bool mode_is_option;     /* -w, where the umask may hold a surprise */
	char **operands;         /* in argv */
	size_t operand_count;
	char *joined_mode; /* private: memory of mode, if it was given in several pieces */
};

enum cli_outcome {
	CLI_RUN,
	CLI_HELPED, /* --help or --version have been answered */
	CLI_WRONG,  /* an error has been reported */
};

/*
 * Reads the command line into *CLI, and reports what is wrong with it. ARGV is rearranged and must
 * outlive CLI. Looks at POSIXLY_CORRECT; touches no file. CLI_RUN: the operands are there, and
 * either a reference or a mode, which has not been compiled; or a list of modes and nothing else. cli_free() is due in any case.
 */
enum cli_outcome cli_parse(struct cli *cli, int argc, char **argv, struct report *report);
void cli_free(struct cli *cli);

#endif
