/* SPDX-License-Identifier: MIT */
/*
 * Prints the table of options for those who cannot read C: a line for each name, with these fields
 * and a "|" between them. Built for the machine that builds, whatever chmod is built for.
 *
 *	the name, with its dashes
 *	all names of this option, with blanks between them
 *	"gnu", or "own" if GNU's chmod does not know it
 *	what its argument is called; nothing if it takes none
 *	what its argument is: "word", "file", "directory"
 *	"mode", "files", or both, if it stands for these operands
 *	"repeated" if each time counts, not only the last
 *	its text
 */
#include "options.h"

#include <stdio.h>
#include <string.h>

enum { MAX_NAMES = 128 };

/* Writes the names of option O and its aliases to RET. */
static void list_names(const struct option_row *o, char *ret)
{
	const char letter[] = {'-', o->letter, ' ', '\0'};

	ret = stpcpy(ret, o->letter != '\0' ? letter : "");
	do
		if (o->name != NULL)
			ret = stpcpy(stpcpy(stpcpy(ret, "--"), o->name), " ");
	while ((++o)->how == OPTION_ALIAS);
	ret[-1] = '\0';
}

/* What follows the name in the line of one of NAMES, those of O. */
static void print_rest(const struct option_row *o, const char *names)
{
	static const char *const what[] = {"word", "file", "directory"};
	static const char *const operands[] = {"", "mode", "files", "mode files"};
	const char *group = o->group == GROUP_OWN ? "own" : "gnu";

	printf("|%s|%s|%s|%s", names, group, o->argument != NULL ? o->argument : "",
		o->argument != NULL ? what[o->completes] : "");
	printf("|%s|%s|%s", operands[o->replaces], o->how == OPTION_PATTERNS ? "repeated" : "",
		o->text[0]);
	printf("%s%s\n", o->text[1] != NULL ? " " : "", o->text[1] != NULL ? o->text[1] : "");
}

int main(void)
{
	const struct option_row *option = option_table;
	char names[MAX_NAMES];

	for (const struct option_row *o = option_table; o->how != OPTION_END; o++) {
		if (o->how != OPTION_ALIAS) {
			option = o;
			list_names(o, names);
		}
		if (o->letter != '\0') {
			printf("-%c", o->letter);
			print_rest(option, names);
		}
		if (o->name != NULL) {
			printf("--%s", o->name);
			print_rest(option, names);
		}
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
