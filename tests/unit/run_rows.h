/*
 * Whole runs: a tree, what is asked for, and what comes of it (SPEC.md 3 to 6, DESIGN.md 5
 * and 6).
 */
#ifndef RUN_ROWS_H
#define RUN_ROWS_H

#include "cli.h"

#include <stdbool.h>

enum run_user { ANYBODY, NOT_ROOT }; /* NOT_ROOT: what root is not kept from */

struct run_row {
	const char *tree; /* see support/tree.h */
	struct cli cli;
	const char *operands; /* with blanks between */
	const char *changed;  /* entries of the tree as they are afterwards */
	const char *out, *err;
	int status;
	enum run_user user;
	const char *exclude, *include;
	const char *list; /* contents of the file "list", in which @ stands for a NUL */
};

/* Members that have another value without options. */
#define PLAIN     .walk_links = WALK_OPERAND_LINKS
#define RECURSIVE PLAIN, .recursive = true
#define VERBOSE   .verbosity = REPORT_ALL
#define CHANGES   .verbosity = REPORT_CHANGES

static const struct run_row run_rows[] = {
	{"f 644", {PLAIN, .mode = "755"}, "f", .changed = "f 755"},
	{"f 644, g 600", {PLAIN, .mode = "u+x,go=r"}, "f g", .changed = "f 744, g 744"},
	{"f 644, d/ 755, p| 600", {PLAIN, .mode = "7"}, "f d p", .changed = "f 7, d/ 7, p| 7"},
	{"f 644", {PLAIN, VERBOSE, .mode = "755"}, "f f", .changed = "f 755",
		.out = "mode of 'f' changed from 0644 (rw-r--r--) to 0755 (rwxr-xr-x)\n"
		       "mode of 'f' retained as 0755 (rwxr-xr-x)\n"},
	{"f 644", {PLAIN, CHANGES, .mode = "4755"}, "f f", .changed = "f 4755",
		.out = "mode of 'f' changed from 0644 (rw-r--r--) to 4755 (rwsr-xr-x)\n"},

	/* -R: directories first, set-ID bits of directories stay, links are left alone */
	{"d/ 2755, d/f 6644, d/s/ 4700, d/s/g 600", {RECURSIVE, .mode = "711"}, "d",
		.changed = "d/ 2711, d/f 711, d/s/ 4711, d/s/g 711"},
	{"d/ 755, d/s/ 700, d/s/g 600", {RECURSIVE, VERBOSE, .mode = "go=rX"}, "d/",
		.changed = "d/s/ 755, d/s/g 644",
		.out = "mode of 'd/' retained as 0755 (rwxr-xr-x)\n"
		       "mode of 'd/s' changed from 0700 (rwx------) to 0755 (rwxr-xr-x)\n"
		       "mode of 'd/s/g' changed from 0600 (rw-------) to 0644 (rw-r--r--)\n"},
	{"d/ 755, d/s/ 700, d/s/g 600", {RECURSIVE, CHANGES, .mode = "go=rX"}, "d/s",
		.changed = "d/s/ 755, d/s/g 644",
		.out = "mode of 'd/s' changed from 0700 (rwx------) to 0755 (rwxr-xr-x)\n"
		       "mode of 'd/s/g' changed from 0600 (rw-------) to 0644 (rw-r--r--)\n"},
	{"d/ 755, d/s/ 700", {PLAIN, .mode = "711"}, "d", .changed = "d/ 711"},
	{"d/ 755, d/l -> ../t, t 600", {RECURSIVE, VERBOSE, .mode = "755"}, "d",
		.out = "mode of 'd' retained as 0755 (rwxr-xr-x)\n"
		       "neither symbolic link 'd/l' nor referent has been changed\n"},
	{"d/ 755, d/l -> ../t, t/ 700, t/f 600",
		{.walk_links = WALK_ALL_LINKS,
			.recursive = true,
			.apply_links = APPLY_ALL_LINKS,
			.mode = "755"},
		"d", .changed = "t/ 755, t/f 755"},
	{"d/ 755, d/l -> ../t, t/ 700, t/f 600",
		{RECURSIVE, .apply_links = APPLY_ALL_LINKS, .mode = "755"}, "d",
		.changed = "t/ 755"},
	{"l -> t, t/ 700, t/f 600", {RECURSIVE, .mode = "711"}, "l", .changed = "t/ 711, t/f 711"},
	{"l -> t, t/ 700, t/f 600", {RECURSIVE, .apply_links = APPLY_NO_LINKS, .mode = "711"}, "l",
		.changed = "t/f 711"},
	{"l -> t, t/ 700, t/f 600",
		{.recursive = true, .apply_links = APPLY_NO_LINKS, .mode = "711"}, "l",
		.changed = NULL},
	{"l -> t, t 600", {PLAIN, VERBOSE, .apply_links = APPLY_NO_LINKS, .mode = "711"}, "l",
		.out = "neither symbolic link 'l' nor referent has been changed\n"},
	{"d/ 000, d/f 000, d/s/ 000, d/s/g 000", {RECURSIVE, .mode = "a+rwX"}, "d",
		.changed = "d/ 777, d/f 666, d/s/ 777, d/s/g 666", .user = NOT_ROOT},

	/* others get write permission last, but the lines come as ever */
	{"d/ 755, d/s/ 700, d/s/g 600", {RECURSIVE, VERBOSE, .mode = "g+w"}, "d",
		.changed = "d/ 775, d/s/ 720, d/s/g 620",
		.out = "mode of 'd' changed from 0755 (rwxr-xr-x) to 0775 (rwxrwxr-x)\n"
		       "mode of 'd/s' changed from 0700 (rwx------) to 0720 (rwx-w----)\n"
		       "mode of 'd/s/g' changed from 0600 (rw-------) to 0620 (rw--w----)\n"},
	{"d/ 2755, d/f 644, d/s/ 1757, d/s/g 644, d/s/t/ 700", {RECURSIVE, .mode = "go+w"}, "d",
		.changed = "d/ 2777, d/f 666, d/s/ 1777, d/s/g 666, d/s/t/ 722"},
	/* one file by two names, and it shows who is first */
	{"d/ 755, d/f 644, h => d/f", {RECURSIVE, .jobs = 8, .mode = "u=g,g=o,o="}, "d h",
		.changed = "d/ 550, d/f 400, h 400"},

	/* what goes wrong does not end the run */
	{"f 644, g 644", {PLAIN, VERBOSE, .mode = "600"}, "nope f f/x g", .changed = "f 600, g 600",
		.out = "'nope' could not be accessed\n"
		       "mode of 'f' changed from 0644 (rw-r--r--) to 0600 (rw-------)\n"
		       "'f/x' could not be accessed\n"
		       "mode of 'g' changed from 0644 (rw-r--r--) to 0600 (rw-------)\n",
		.err = "chmod: cannot access 'nope': No such file or directory\n"
		       "chmod: cannot access 'f/x': Not a directory\n",
		.status = 1},
	{"f 644", {PLAIN, .quiet = true, .mode = "600"}, "nope f", .changed = "f 600", .status = 1},
	{"l -> nope, f 644", {RECURSIVE, .mode = "600"}, "l f", .changed = "f 600",
		.err = "chmod: cannot operate on dangling symlink 'l'\n", .status = 1},
	{"l -> nope", {.recursive = true, .apply_links = APPLY_NO_LINKS, .mode = "600"}, "l",
		.changed = NULL},
	{"l -> nope", {.mode = "600", VERBOSE}, "l",
		.out = "failed to change mode of 'l' from 0777 (rwxrwxrwx) to 0600 (rw-------)\n",
		.err = "chmod: changing permissions of 'l': No such file or directory\n",
		.status = 1},
	{"d/, d/l -> nope", {RECURSIVE, .apply_links = APPLY_ALL_LINKS, .mode = "755"}, "d",
		.err = "chmod: cannot dereference 'd/l': No such file or directory\n", .status = 1},
	{"d/ 755, d/f 644, e/ 755, e/f 644", {RECURSIVE, VERBOSE, .mode = "u-r"}, "d e",
		.changed = "d/ 355, e/ 355",
		.out = "mode of 'd' changed from 0755 (rwxr-xr-x) to 0355 (-wxr-xr-x)\n"
		       "'d' could not be accessed\n"
		       "mode of 'e' changed from 0755 (rwxr-xr-x) to 0355 (-wxr-xr-x)\n"
		       "'e' could not be accessed\n",
		.err = "chmod: cannot read directory 'd': Permission denied\n"
		       "chmod: cannot read directory 'e': Permission denied\n",
		.status = 1, .user = NOT_ROOT},
	{"d/ 755, d/s/ 755", {RECURSIVE, .mode = "a-x"}, "d", .changed = "d/ 644",
		.err = "chmod: cannot access 'd/s': Permission denied\n", .status = 1,
		.user = NOT_ROOT},
	{"d/ 755, d/s/ 755, d/s/f 644", {RECURSIVE, .mode = "u-w"}, "d",
		.changed = "d/ 555, d/s/ 555, d/s/f 444", .user = NOT_ROOT},
	{"d/ 755, d/s/ 755", {RECURSIVE, .quiet = true, .mode = "a-rx"}, "d", .changed = "d/ 200",
		.status = 1, .user = NOT_ROOT},
	{"r 644 (root), f 644", {PLAIN, VERBOSE, .mode = "644"}, "r f",
		.out = "failed to change mode of 'r' from 0644 (rw-r--r--) to 0644 (rw-r--r--)\n"
		       "mode of 'f' retained as 0644 (rw-r--r--)\n",
		.err = "chmod: changing permissions of 'r': Operation not permitted\n", .status = 1,
		.user = NOT_ROOT},

	/* nothing is done before all is known */
	{"f 644", {PLAIN, .mode = "bogus"}, "f",
		.err = "chmod: invalid mode: 'bogus'\nTry 'chmod --help' for more information.\n",
		.status = 1},
	{"f 644", {PLAIN, .quiet = true, .mode = ""}, "f",
		.err = "chmod: invalid mode: ''\nTry 'chmod --help' for more information.\n",
		.status = 1},
	{"f 644", {PLAIN, .quiet = true, .reference = "nope"}, "f",
		.err = "chmod: failed to get attributes of 'nope': No such file or directory\n",
		.status = 1},
	{"f 644, d/ 755", {PLAIN, .mode = "600", .files0_from = "d"}, "",
		.err = "chmod: d: read error: Is a directory\n", .status = 1},
	{"f 644", {PLAIN, .mode = "600", .files0_from = "nope"}, "",
		.err = "chmod: cannot open 'nope' for reading: No such file or directory\n",
		.status = 1},

	/* --reference: all 12 bits, of what a link leads to */
	{"r 6711, l -> r, f 644, d/ 2755", {PLAIN, .reference = "l"}, "f d",
		.changed = "f 6711, d/ 6711"},
	{"r 644, d/ 6755, d/f 777", {RECURSIVE, .reference = "r", VERBOSE}, "r",
		.out = "mode of 'r' retained as 0644 (rw-r--r--)\n"},

	/* modes that look like options */
	{"f 777", {PLAIN, VERBOSE, .mode = "-w", .mode_is_option = true}, "f", .changed = "f 577",
		.out = "mode of 'f' changed from 0777 (rwxrwxrwx) to 0577 (r-xrwxrwx)\n",
		.err = "chmod: f: new permissions are r-xrwxrwx, not r-xr-xr-x\n", .status = 1},
	{"f 777", {PLAIN, .mode = "-w"}, "f", .changed = "f 577"},
	{"d/ 755, d/f 777", {RECURSIVE, .quiet = true, .mode = "-w", .mode_is_option = true}, "d",
		.changed = "d/ 555, d/f 577",
		.err = "chmod: d/f: new permissions are r-xrwxrwx, not r-xr-xr-x\n", .status = 1},
	{"f 755", {PLAIN, .mode = "-w", .mode_is_option = true}, "f", .changed = "f 555"},

	/* what no other chmod has */
	{"d/ 700, d/f 600", {RECURSIVE, .mode = "D755,F644"}, "d", .changed = "d/ 755, d/f 644"},
	{"d/ 700, d/f 600", {RECURSIVE, VERBOSE, .mode = "D755"}, "d", .changed = "d/ 755",
		.out = "mode of 'd' changed from 0700 (rwx------) to 0755 (rwxr-xr-x)\n"
		       "mode of 'd/f' retained as 0600 (rw-------)\n"},
	{"f 644, g 755", {PLAIN, .dry_run = true, .mode = "755"}, "f g",
		.out = "mode of 'f' would change from 0644 (rw-r--r--) to 0755 (rwxr-xr-x)\n"},
	{"d/ 700, d/f 600", {RECURSIVE, VERBOSE, .dry_run = true, .mode = "go=rX"}, "d",
		.out = "mode of 'd' would change from 0700 (rwx------) to 0755 (rwxr-xr-x)\n"
		       "mode of 'd/f' would change from 0600 (rw-------) to 0644 (rw-r--r--)\n"},
	{"f 755", {PLAIN, VERBOSE, .dry_run = true, .mode = "755"}, "f",
		.out = "mode of 'f' would be retained as 0755 (rwxr-xr-x)\n"},
	{"f 644, g 755", {PLAIN, VERBOSE, .skip_unchanged = true, .mode = "755"}, "f g",
		.changed = "f 755",
		.out = "mode of 'f' changed from 0644 (rw-r--r--) to 0755 (rwxr-xr-x)\n"
		       "mode of 'g' retained as 0755 (rwxr-xr-x)\n"},
	{"d/ 755, d/a.o 600, d/a.c 600, d/o/ 700, d/o/b 600", {RECURSIVE, .mode = "go+rX"}, "d",
		.changed = "d/a.c 644, d/o/ 755, d/o/b 644", .exclude = "*.o"},
	{"d/ 755, d/o/ 700, d/o/o 600, d/x 600", {RECURSIVE, VERBOSE, .mode = "755"}, "d/o",
		.changed = "d/o/ 755",
		.out = "mode of 'd/o' changed from 0700 (rwx------) to 0755 (rwxr-xr-x)\n",
		.exclude = "o"},
	{"d/ 755, d/o/ 700, d/o/o 600, d/x 600", {RECURSIVE, .mode = "755"}, "d",
		.changed = "d/x 755", .exclude = "d/o"},
	{"d/ 755, d/o/ 700, d/o/o 600, d/x 600", {RECURSIVE, .mode = "755"}, "d d/o",
		.changed = "d/o/ 755, d/o/o 755, d/x 755", .exclude = "d/o"},
	{"d/ 755, d/o/ 700, d/o/a 600", {RECURSIVE, VERBOSE, .mode = "go+rX"}, "d",
		.changed = "d/o/a 644", .include = "a", .exclude = "d/o/b",
		.out = "mode of 'd/o/a' changed from 0600 (rw-------) to 0644 (rw-r--r--)\n"},
	{"d/ 755, d/a 600, d/o/ 700, d/o/a 600", {RECURSIVE, .mode = "go+rX"}, "d/o d d/a",
		.changed = "d/a 644, d/o/ 755", .include = "d/?", .exclude = "o"},
	{"d/ 755, d/s/ 755, d/s/f 644", {RECURSIVE, VERBOSE, .contents_first = true, .mode = "0"},
		"d", .changed = "d/ 0, d/s/ 0, d/s/f 0",
		.out = "mode of 'd/s/f' changed from 0644 (rw-r--r--) to 0000 (---------)\n"
		       "mode of 'd/s' changed from 0755 (rwxr-xr-x) to 0000 (---------)\n"
		       "mode of 'd' changed from 0755 (rwxr-xr-x) to 0000 (---------)\n"},
	{"d/ 755, d/s/ 0, d/s/f 644", {RECURSIVE, VERBOSE, .contents_first = true, .mode = "u=rwx"},
		"d", .changed = "d/s/ 700",
		.out = "'d/s' could not be accessed\n"
		       "mode of 'd/s' changed from 0000 (---------) to 0700 (rwx------)\n"
		       "mode of 'd' retained as 0755 (rwxr-xr-x)\n",
		.err = "chmod: cannot read directory 'd/s': Permission denied\n", .status = 1,
		.user = NOT_ROOT},
	{"f 644, g 644, h 644, a b 644, list", {PLAIN, .mode = "600", .files0_from = "list"}, "",
		.changed = "f 600, a b 600, h 600", .list = "f@a b@h"},
	{"f 644, g 644, list", {PLAIN, .mode = "600", .files0_from = "list"}, "",
		.changed = "f 600, g 600", .list = "f@@g@@",
		.err = "chmod: list:2: invalid zero-length file name\n"
		       "chmod: list:4: invalid zero-length file name\n",
		.status = 1},
	/* Several at once, and what is wrong with the list is told in its place all the same. */
	{"f 644, list", {PLAIN, .mode = "600", .files0_from = "list", .jobs = 2}, "",
		.changed = "f 600", .list = "f@x@y@@z@f",
		.err = "chmod: cannot access 'x': No such file or directory\n"
		       "chmod: cannot access 'y': No such file or directory\n"
		       "chmod: list:4: invalid zero-length file name\n"
		       "chmod: cannot access 'z': No such file or directory\n",
		.status = 1},
	{"list", {PLAIN, .mode = "600", .files0_from = "list"}, "", .list = ""},
	{"d/ 755, d/f 644, list", {RECURSIVE, .mode = "700", .files0_from = "list"}, "",
		.changed = "d/ 700, d/f 700", .list = "d//@"},
	{"d/ 755, d/f 644", {RECURSIVE, .progress = true, .mode = "700"}, "d",
		.changed = "d/ 700, d/f 700"},
	{"d/ 755, d/f 644", {RECURSIVE, .one_file_system = true, .mode = "700"}, "d",
		.changed = "d/ 700, d/f 700"},
	{"d/ 755, d/f 644", {RECURSIVE, .preserve_root = true, .mode = "700"}, "d",
		.changed = "d/ 700, d/f 700"},
};

#endif
