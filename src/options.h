/*
 * What the command line asks for, and the table of the options that ask for it. The parser, the
 * text of --help, the completions of shells and the tests all work by this table.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct cli_list {
	const char **items;
	size_t count;
};

/* Zero is what is meant where nothing is said, but for walk_links. */
struct cli {
	unsigned char verbosity; /* enum report_verbosity */
	bool quiet;
	bool recursive;
	bool preserve_root;
	unsigned char walk_links;  /* enum walk_links: -H -L -P */
	unsigned char apply_links; /* enum apply_links: -h, --dereference, or what others imply */
	const char *reference;     /* the file to take the mode from, or NULL */
	unsigned jobs;             /* workers; 0 if nothing was said */
	bool skip_unchanged;
	bool one_file_system;
	bool dry_run;
	bool progress;
	struct cli_list excludes; /* patterns */
	const char *files0_from;  /* the file to take the operands from, or NULL */
	const char *mode;         /* the spec as given, unless there is a reference */
	bool mode_is_option;      /* -w, where the umask may hold a surprise */
	char **operands;          /* in argv */
	size_t operand_count;
	char *joined_mode; /* private: memory of mode, if it was given in several pieces */
};

/* What an option does, which the type of its field in struct cli tells. */
enum option_how {
	OPTION_END,      /* no option: the end of the table */
	OPTION_SET,      /* the field (bool, unsigned char) becomes VALUE */
	OPTION_STRING,   /* ... becomes the argument */
	OPTION_NUMBER,   /* (unsigned) ... becomes the argument, a number from 1 to VALUE */
	OPTION_PATTERNS, /* (struct cli_list) the argument is added to it */
	OPTION_HELP,     /* --help and --version: answered at once */
	OPTION_VERSION,
	OPTION_ALIAS, /* another long name of the option before it */
};

/* What an argument is, for those who complete it. */
enum option_argument { OPTION_WORD, OPTION_FILE, OPTION_DIRECTORY };

/* Where an option stands in --help. Those of GROUP_OWN are not known to GNU's chmod. */
enum option_group { GROUP_MAIN, GROUP_LINKS, GROUP_OWN, GROUP_ANSWERS };

struct option_row {
	char letter;      /* 0: it has none */
	const char *name; /* the long one, or NULL */
	/*
	 * The place of a long name among GNU's, in whose order they are listed where one is
	 * ambiguous. 0: GNU has none of that name, so it is never abbreviated, and GNU's
	 * abbreviations keep their meaning.
	 */
	unsigned char gnu_place;
	unsigned char group;     /* enum option_group */
	unsigned char how;       /* enum option_how */
	unsigned char value;     /* see there */
	unsigned char completes; /* enum option_argument */
	unsigned short field;    /* in struct cli: its offset */
	const char *argument;    /* what --help calls it; NULL: it takes none */
	const char *text[2];     /* a line of --help, and one that it may go on with */
};

enum { OPTION_GNU_PLACES = 12, OPTION_MAX_NAME = sizeof("no-preserve-root") - 1 };

/* In the order of --help, up to a row with OPTION_END. */
extern const struct option_row option_table[];

#endif
