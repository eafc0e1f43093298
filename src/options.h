/* SPDX-License-Identifier: MIT */
/*
 * What the command line asks for, and the table of options. The parser, the text of --help, the
 * shell completions and the tests all use this table.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct cli_list {
	const char **items;
	size_t count;
};

/* The options and operands. Zero is the default of every member but walk_links. */
struct cli {
	unsigned char verbosity; /* enum report_verbosity */
	bool quiet;
	bool recursive;
	bool preserve_root;
	unsigned char walk_links;  /* enum walk_links: -H -L -P */
	unsigned char apply_links; /* enum apply_links: -h, --dereference, or what others imply */
	const char *reference;     /* the file to take the mode from, or NULL */
	unsigned jobs;             /* the number of workers, or 0 */
	bool skip_unchanged;
	bool one_file_system;
	bool dry_run;
	bool progress;
	bool contents_first;
	struct cli_list excludes, includes; /* patterns */
	const char *beneath;                /* the directory where operands must be, or NULL */
	const char *files0_from;            /* the file to take the operands from, or NULL */
	const char *modes0_from; /* the file to take operands and their modes from, or NULL */
	const char *mode;        /* the mode as given; NULL with reference or modes0_from */
	bool mode_is_option;     /* the mode looks like an option (-w); see apply's with_unmasked */
	char **operands;         /* in argv */
	size_t operand_count;
	char *joined_mode;       /* private: the memory of mode if it was given in several args */
	struct cli_items *items; /* private: the memory of the lists */
};

/* What an option does. FIELD is a member of struct cli. */
enum option_how {
	OPTION_END,      /* not an option: the end of the table */
	OPTION_SET,      /* sets the field, a bool or unsigned char, to VALUE */
	OPTION_STRING,   /* sets the field, a const char *, to the argument */
	OPTION_NUMBER,   /* sets the field, an unsigned, to the argument, from 1 to VALUE */
	OPTION_PATTERNS, /* appends the argument to the field, a struct cli_list */
	OPTION_HELP,     /* prints --help and ends */
	OPTION_VERSION,  /* prints --version and ends */
	OPTION_ALIAS,    /* another long name of the option in the row before */
};

/* What shell completions offer for an option-argument. */
enum option_argument { OPTION_WORD, OPTION_FILE, OPTION_DIRECTORY };

/* The operands that an option replaces. */
enum { OPTION_FOR_MODE = 1, OPTION_FOR_FILES = 2 };

/* The part of --help that an option is in. GNU's chmod does not have those of GROUP_OWN. */
enum option_group { GROUP_MAIN, GROUP_LINKS, GROUP_OWN, GROUP_ANSWERS };

struct option_row {
	char letter;      /* 0: no letter */
	const char *name; /* the long name, or NULL */
	/*
	 * The place of the long name in GNU's table, which orders the possibilities of an ambiguous
	 * abbreviation. 0: GNU's chmod has no such name. It cannot be abbreviated, so that GNU's
	 * abbreviations keep their meaning.
	 */
	unsigned char gnu_place;
	unsigned char group;     /* enum option_group */
	unsigned char how;       /* enum option_how */
	unsigned char value;     /* see enum option_how */
	unsigned char completes; /* enum option_argument */
	unsigned char replaces;  /* OPTION_FOR_... */
	unsigned short field;    /* the offset of the field in struct cli */
	const char *argument;    /* the argument's name in --help; NULL: it takes no argument */
	const char *text[2];     /* the text of --help, of one or two lines */
};

enum { OPTION_GNU_PLACES = 12, OPTION_MAX_NAME = sizeof("no-preserve-root") - 1 };

/* The options in the order of --help, and a row with OPTION_END. */
extern const struct option_row option_table[];

#endif
