/*
 * list FORMAT: the table of options, in the words of those who cannot read C. It is built for the
 * machine that builds, which need not be the one that chmod is built for.
 *
 *	names	each name: gnu or own, the name, what its argument is called
 *	dict	each name as a word of libFuzzer's dictionaries
 */
#include "options.h"

#include <stdio.h>
#include <string.h>

/* O may be an alias, which has nothing but a name of its own; OPTION is what it stands for. */
static void print_names(const struct option_row *o, const struct option_row *option)
{
	const char *group = o->group == GROUP_OWN ? "own" : "gnu";
	const char *blank = option->argument != NULL ? " " : "";
	const char *argument = option->argument != NULL ? option->argument : "";

	if (o->letter != '\0')
		printf("%s -%c%s%s\n", group, o->letter, blank, argument);
	if (o->name != NULL)
		printf("%s --%s%s%s\n", group, o->name, blank, argument);
}

static void print_dict(const struct option_row *o, const struct option_row *option)
{
	if (o->letter != '\0')
		printf("\"-%c\\x00\"\n", o->letter);
	if (o->name != NULL)
		printf("\"--%s\\x00\"\n", o->name);
	if (o->name != NULL && option->argument != NULL)
		printf("\"--%s=\\x00\"\n", o->name);
}

static const struct {
	const char *name;
	void (*print)(const struct option_row *o, const struct option_row *option);
} formats[] = {{"names", print_names}, {"dict", print_dict}};

int main(int argc, char **argv)
{
	const struct option_row *option = option_table;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (argc != 2 || strcmp(argv[1], formats[i].name) != 0)
			continue;
		for (const struct option_row *o = option_table; o->how != OPTION_END; o++) {
			if (o->how != OPTION_ALIAS)
				option = o;
			formats[i].print(o, option);
		}
		return fflush(stdout) == 0 ? 0 : 1;
	}
	fputs("usage: list names|dict\n", stderr);
	return 2;
}
