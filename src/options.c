/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "choices.h"

/* The option_how of an option is derived from the type of its field. */
#define HOW(field)                                                                                 \
	_Generic(((struct cli *)0)->field, bool                                                    \
		 : OPTION_SET, unsigned char                                                       \
		 : OPTION_SET, const char *                                                        \
		 : OPTION_STRING, unsigned                                                         \
		 : OPTION_NUMBER, struct cli_list                                                  \
		 : OPTION_PATTERNS)
#define SETS(member, to) .how = HOW(member), .field = offsetof(struct cli, member), .value = (to)
#define TAKES(word, is, member)                                                                    \
	.argument = (word), .completes = (is), .how = HOW(member),                                 \
	.field = offsetof(struct cli, member)

const struct option_row option_table[] = {
	{'c', "changes", 1, GROUP_MAIN, SETS(verbosity, REPORT_CHANGES),
		.text = {"report each file whose mode changes"}},
	{'f', "silent", 9, GROUP_MAIN, SETS(quiet, true),
		.text = {"say nothing of files that cannot be changed"}},
	{0, "quiet", 7, GROUP_MAIN, .how = OPTION_ALIAS},
	{'v', "verbose", 10, GROUP_MAIN, SETS(verbosity, REPORT_ALL),
		.text = {"report every file"}},
	{0, "dereference", 2, GROUP_MAIN, SETS(apply_links, APPLY_ALL_LINKS),
		.text = {"change what symbolic links lead to"}},
	{'h', "no-dereference", 4, GROUP_MAIN, SETS(apply_links, APPLY_NO_LINKS),
		.text = {"leave alone what symbolic links lead to"}},
	{0, "no-preserve-root", 5, GROUP_MAIN, SETS(preserve_root, false),
		.text = {"treat '/' as any other directory (the default)"}},
	{0, "preserve-root", 6, GROUP_MAIN, SETS(preserve_root, true),
		.text = {"refuse to work recursively on '/'"}},
	{0, "reference", 8, GROUP_MAIN, TAKES("RFILE", OPTION_FILE, reference),
		.replaces = OPTION_FOR_MODE,
		.text = {"take the permissions from RFILE, as they are"}},
	{'R', "recursive", 3, GROUP_MAIN, SETS(recursive, true),
		.text = {"change directories with everything below them"}},

	{'H', NULL, 0, GROUP_LINKS, SETS(walk_links, WALK_OPERAND_LINKS),
		.text = {"those that are named as FILE"}},
	{'L', NULL, 0, GROUP_LINKS, SETS(walk_links, WALK_ALL_LINKS), .text = {"all of them"}},
	{'P', NULL, 0, GROUP_LINKS, SETS(walk_links, WALK_NO_LINKS), .text = {"none"}},

	{0, "beneath", 0, GROUP_OWN, TAKES("DIR", OPTION_DIRECTORY, beneath),
		.text = {"change only what is DIR or named below it, and follow",
			"no symbolic link on the way from there"}},
	{0, "contents-first", 0, GROUP_OWN, SETS(contents_first, true),
		.text = {"with -R: change a directory after all that it contains"}},
	{'n', "dry-run", 0, GROUP_OWN, SETS(dry_run, true),
		.text = {"change nothing, tell what would be changed"}},
	{0, "exclude", 0, GROUP_OWN, TAKES("GLOB", OPTION_WORD, excludes),
		.text = {"with -R: leave out entries whose name matches GLOB, or",
			"whose path does, if GLOB has a slash"}},
	{0, "files0-from", 0, GROUP_OWN, TAKES("F", OPTION_FILE, files0_from),
		.replaces = OPTION_FOR_FILES,
		.text = {"take the FILEs from F, each ended by a NUL; - is", "standard input"}},
	{0, "include", 0, GROUP_OWN, TAKES("GLOB", OPTION_WORD, includes),
		.text = {"with -R: change only what matches GLOB (as above), but",
			"enter all directories"}},
	{'j', "jobs", 0, GROUP_OWN, TAKES("N", OPTION_WORD, jobs), .value = WALK_MAX_JOBS,
		.text = {"work on up to N files at once (1 to 64)"}},
	{0, "modes0-from", 0, GROUP_OWN, TAKES("F", OPTION_FILE, modes0_from),
		.replaces = OPTION_FOR_MODE | OPTION_FOR_FILES,
		.text = {"take FILEs and their modes from F: records of an octal",
			"mode, a blank, a name and a NUL; - is standard input"}},
	{0, "one-file-system", 0, GROUP_OWN, SETS(one_file_system, true),
		.text = {"with -R: stay out of directories on other file systems"}},
	{0, "progress", 0, GROUP_OWN, SETS(progress, true),
		.text = {"with -R: show on a terminal how far it is"}},
	{0, "skip-unchanged", 0, GROUP_OWN, SETS(skip_unchanged, true),
		.text = {"do not touch files that have the right mode already"}},

	{0, "help", 11, GROUP_ANSWERS, .how = OPTION_HELP, .text = {"show this text and exit"}},
	{0, "version", 12, GROUP_ANSWERS, .how = OPTION_VERSION,
		.text = {"show the version and exit"}},
	{.how = OPTION_END},
};
