#include "usage.h"

/* Layout of GNU's tools: option and text on one line, the text from column 25. */
static const char help[] =
	"Set the permissions of each FILE to MODE, or to those of RFILE.\n"
	"\n"
	"  -c, --changes          report each file whose mode changes\n"
	"  -f, --silent, --quiet  say nothing of files that cannot be changed\n"
	"  -v, --verbose          report every file\n"
	"      --dereference      change what symbolic links lead to\n"
	"  -h, --no-dereference   leave alone what symbolic links lead to\n"
	"      --no-preserve-root  treat '/' as any other directory (the default)\n"
	"      --preserve-root    refuse to work recursively on '/'\n"
	"      --reference=RFILE  take the permissions from RFILE, as they are\n"
	"  -R, --recursive        change directories with everything below them\n"
	"\n"
	"With -R, one of these says which symbolic links to directories are entered;\n"
	"of several the last counts, and -H is the default:\n"
	"\n"
	"  -H                     those that are named as FILE\n"
	"  -L                     all of them\n"
	"  -P                     none\n"
	"\n"
	"Not known to other chmods, and never abbreviated:\n"
	"\n"
	"      --beneath=DIR      change only what is DIR or named below it, and follow\n"
	"                         no symbolic link on the way from there\n"
	"  -n, --dry-run          change nothing, tell what would be changed\n"
	"      --exclude=GLOB     with -R: leave out entries whose name matches GLOB, or\n"
	"                         whose path does, if GLOB has a slash\n"
	"      --files0-from=F    take the FILEs from F, each ended by a NUL; - is\n"
	"                         standard input\n"
	"      --modes0-from=F    take FILEs and their modes from F: records of an octal mode,\n"
	"                         a blank, a name and a NUL; - is standard input\n"
	"  -j, --jobs=N           work on up to N files at once (1 to 64)\n"
	"      --one-file-system  with -R: stay out of directories on other file systems\n"
	"      --progress         with -R: show on a terminal how far it is\n"
	"      --skip-unchanged   do not touch files that have the right mode already\n"
	"\n"
	"      --help             show this text and exit\n"
	"      --version          show the version and exit\n"
	"\n"
	"MODE is an octal number, or clauses with commas between them, each like\n"
	"'[ugoa]*([-+=]([rwxXst]*|[ugo]))+|[-+=][0-7]+'. With D before it, as in D755\n"
	"and Dg+s, a clause or a number is for directories alone, with F for all else.\n"
	"\n"
	"Examples:\n"
	"  chmod u=rw,go=r file       the owner reads and writes, the others read\n"
	"  chmod -R u=rwX,go=rX tree  the same for a tree, with directories open\n"
	"  chmod -R D755,F644 tree    directories and files each with their own mode\n"
	"  chmod +x script            make a script executable\n"
	"The manual, chmod(1), has the rest.\n";

void usage_help(struct report *report)
{
	const char *program = report->program;

	report_text(report,
		"Usage: %s [OPTION]... MODE[,MODE]... FILE...\n"
		"  or:  %s [OPTION]... OCTAL-MODE FILE...\n"
		"  or:  %s [OPTION]... --reference=RFILE FILE...\n",
		program, program, program);
	report_text(report, "%s", help);
}

/*
 * Completions of shells and configure scripts look for GNU's names in it, and for a version that a
 * GNU coreutils would have.
 */
void usage_version(struct report *report)
{
	report_text(report,
		"chmod (surechmod, compatible with GNU coreutils) 9.10\n"
		"surechmod %s\n"
		"Copyright (C) 2026 the surechmod authors.\n"
		"License: MIT. This is Free Software: you may use, change and share it.\n"
		"There is no warranty.\n",
		VERSION);
}
