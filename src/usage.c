/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include "options.h"

#include <string.h>

enum { TEXT_COLUMN = 25, MAX_NAMES = 128 };
static const char blanks[TEXT_COLUMN + 1] = "                         ";

/* The text before the options of each group. */
static const char *const headings[] = {
	[GROUP_MAIN] = "Set the permissions of each FILE to MODE, or to those of RFILE.\n"
		       "\n",
	[GROUP_LINKS] =
		"\n"
		"With -R, one of these says which symbolic links to directories are entered;\n"
		"of several the last counts, and -H is the default:\n"
		"\n",
	[GROUP_OWN] = "\n"
		      "Not known to other chmods, and never abbreviated:\n"
		      "\n",
	[GROUP_ANSWERS] = "\n",
};

static const char ending[] =
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

/*
 * Prints the names of O, its aliases, which follow it in the table, and its text. The layout is
 * that of GNU's tools: the text begins in TEXT_COLUMN, or two blanks behind names too long for it.
 */
static void print_option(struct report *report, const struct option_row *o)
{
	const char letter[] = {' ', ' ', '-', o->letter, '\0'}, *const *text = o->text;
	char names[MAX_NAMES];
	char *at = stpcpy(names, o->letter != '\0' ? letter : "    ");
	size_t len;

	if (o->name != NULL)
		at = stpcpy(stpcpy(at, o->letter != '\0' ? ", --" : "  --"), o->name);
	if (o->argument != NULL)
		at = stpcpy(stpcpy(at, "="), o->argument);
	while ((++o)->how == OPTION_ALIAS)
		at = stpcpy(stpcpy(at, ", --"), o->name);
	len = (size_t)(at - names);
	report_text(
		report, "%s%s%s\n", names, len + 2 > TEXT_COLUMN ? "  " : blanks + len, text[0]);
	if (text[1] != NULL)
		report_text(report, "%s%s\n", blanks, text[1]);
}

void usage_help(struct report *report)
{
	const char *program = report->program;
	int group = -1;

	report_text(report,
		"Usage: %s [OPTION]... MODE[,MODE]... FILE...\n"
		"  or:  %s [OPTION]... OCTAL-MODE FILE...\n"
		"  or:  %s [OPTION]... --reference=RFILE FILE...\n",
		program, program, program);
	for (const struct option_row *o = option_table; o->how != OPTION_END; o++) {
		if (o->group != group)
			report_text(report, "%s", headings[o->group]);
		group = o->group;
		if (o->how != OPTION_ALIAS)
			print_option(report, o);
	}
	report_text(report, "%s", ending);
}

/*
 * The first line has the name and a version of GNU coreutils, because shell completions and
 * configure scripts look for them.
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
