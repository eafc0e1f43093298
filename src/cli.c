/* SPDX-License-Identifier: MIT */
#include "cli.h"

#include "choices.h"
#include "report.h"
#include "usage.h"

#include <stdlib.h>
#include <string.h>

/* The memory of a struct cli_list. All of these are linked, to be freed by cli_free(). */
struct cli_items {
	struct cli_items *next;
	const char *items[];
};

struct parser {
	struct cli *cli;
	struct report *report;
	char **argv;
	int argc, at;               /* at is the index of the current arg */
	size_t mode_len, mode_size; /* the length of cli->mode, and the size of cli->joined_mode */
};

static enum cli_outcome wrong_usage(struct parser *p)
{
	report_try_help(p->report);
	return CLI_USAGE_ERROR;
}

static enum cli_outcome out_of_memory(struct parser *p)
{
	report_error(p->report, "memory exhausted");
	return CLI_USAGE_ERROR;
}

/* Appends an arg that is a mode to those before it, with a comma between them. */
static enum cli_outcome add_mode(struct parser *p, const char *arg)
{
	struct cli *cli = p->cli;
	size_t len = strlen(arg);

	cli->mode_is_option = true;
	if (cli->mode == NULL) {
		cli->mode = arg;
		p->mode_len = len;
		return CLI_RUN;
	}
	if (p->mode_len + len + 2 > p->mode_size) {
		size_t size = (p->mode_len + len + 2) * 2;
		char *joined = malloc(size);
		if (joined == NULL)
			return out_of_memory(p);
		memcpy(joined, cli->mode, p->mode_len);
		free(cli->joined_mode);
		cli->mode = cli->joined_mode = joined;
		p->mode_size = size;
	}
	cli->joined_mode[p->mode_len] = ',';
	memcpy(cli->joined_mode + p->mode_len + 1, arg, len + 1);
	p->mode_len += 1 + len;
	return CLI_RUN;
}

/* Parses an option-argument that is a number from 1 to O->value. */
static enum cli_outcome handle_number(
	struct parser *p, const struct option_row *o, const char *argument, unsigned *ret)
{
	unsigned number = 0;

	for (const char *s = argument; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || number > o->value) {
			number = 0;
			break;
		}
		number = number * 10 + (unsigned)(*s - '0');
	}
	if (number == 0 || number > o->value) {
		report_error(p->report, "invalid number of %s: %w", o->name, argument);
		return CLI_USAGE_ERROR;
	}
	*ret = number;
	return CLI_RUN;
}

/* Adds a pattern to LIST. Removes slashes from its end, because names of entries have none. */
static enum cli_outcome handle_pattern(struct parser *p, char *pattern, struct cli_list *list)
{
	size_t len = strlen(pattern);

	if (list->items == NULL) {
		struct cli_items *memory =
			malloc(sizeof(*memory) + (size_t)p->argc * sizeof(memory->items[0]));
		if (memory == NULL)
			return out_of_memory(p);
		memory->next = p->cli->items;
		p->cli->items = memory;
		list->items = memory->items;
	}
	while (len > 1 && pattern[len - 1] == '/')
		pattern[--len] = '\0';
	list->items[list->count++] = pattern;
	return CLI_RUN;
}

/* Executes option O, which takes no argument. */
static enum cli_outcome handle_option(struct parser *p, const struct option_row *o)
{
	while (o->how == OPTION_ALIAS)
		o--;
	switch (o->how) {
	case OPTION_SET: memset((char *)p->cli + o->field, o->value, 1); break;
	case OPTION_HELP: usage_help(p->report); return CLI_EXIT_OK;
	case OPTION_VERSION: usage_version(p->report); return CLI_EXIT_OK;
	}
	return CLI_RUN;
}

/* Executes option O with its ARGUMENT. */
static enum cli_outcome handle_option_with_argument(
	struct parser *p, const struct option_row *o, char *argument)
{
	void *field = (char *)p->cli + o->field;

	switch (o->how) {
	case OPTION_STRING: *(const char **)field = argument; break;
	case OPTION_NUMBER: return handle_number(p, o, argument, field);
	case OPTION_PATTERNS: return handle_pattern(p, argument, field);
	}
	return CLI_RUN;
}

static const struct option_row *find_letter(char letter)
{
	const struct option_row *o = option_table;

	while (o->how != OPTION_END && o->letter != letter)
		o++;
	return o->how != OPTION_END ? o : NULL;
}

/*
 * Executes option O, a letter: its argument is the REST of the arg or, if that is empty, the next.
 */
static enum cli_outcome parse_letter_argument(
	struct parser *p, const struct option_row *o, char *rest)
{
	if (*rest != '\0')
		return handle_option_with_argument(p, o, rest);
	if (p->at + 1 < p->argc)
		return handle_option_with_argument(p, o, p->argv[++p->at]);
	report_option_error(p->report, "option requires an argument -- '%c'", o->letter);
	return wrong_usage(p);
}

/* Parses an arg of letters such as -Rv, which may turn out to be a mode such as -rwx. */
static enum cli_outcome parse_letters(struct parser *p)
{
	char *arg = p->argv[p->at];

	for (char *letter = arg + 1; *letter != '\0'; letter++) {
		const struct option_row *option = find_letter(*letter);

		/*
		 * GNU's chmod has these as options that stand for a mode: the whole arg is one
		 * then, even if other letters come first.
		 */
		if (strchr("rwxXstugoa,+=01234567", *letter) != NULL)
			return add_mode(p, arg);
		if (option == NULL) {
			report_option_error(p->report, "invalid option -- '%c'", *letter);
			return wrong_usage(p);
		}
		if (option->argument != NULL)
			return parse_letter_argument(p, option, letter + 1);
		handle_option(p, option);
	}
	return CLI_RUN;
}

/* Whether the LEN bytes of NAME are the name of O or an abbreviation that it allows. */
static bool matches(const struct option_row *o, const char *name, size_t len)
{
	return o->name != NULL && strncmp(o->name, name, len) == 0 &&
	       (o->gnu_place != 0 || o->name[len] == '\0');
}

/*
 * The number of options that the LEN bytes of NAME may stand for, and in *RET the last of them. A
 * complete name stands for its option only.
 */
static int find_long(const char *name, size_t len, const struct option_row **ret)
{
	int count = 0;

	for (const struct option_row *o = option_table; o->how != OPTION_END; o++) {
		if (!matches(o, name, len))
			continue;
		*ret = o;
		if (o->name[len] == '\0')
			return 1;
		count++;
	}
	return count;
}

/* Reports that ARG may stand for several options, and lists them as getopt_long(3) does. */
static enum cli_outcome ambiguous(struct parser *p, const char *arg, size_t len)
{
	char list[OPTION_GNU_PLACES * (sizeof(" '--'") - 1 + OPTION_MAX_NAME) + 1], *at = list;

	for (int place = 1; place <= OPTION_GNU_PLACES; place++)
		for (const struct option_row *o = option_table; o->how != OPTION_END; o++)
			if (o->gnu_place == place && matches(o, arg + 2, len))
				at = stpcpy(stpcpy(stpcpy(at, " '--"), o->name), "'");
	report_option_error(
		p->report, "option '%s%t' is ambiguous; possibilities:%a", "--", arg + 2, list);
	return wrong_usage(p);
}

/* Parses an arg that begins with "--" and is longer. */
static enum cli_outcome parse_long(struct parser *p)
{
	char *arg = p->argv[p->at];
	size_t len = strcspn(arg + 2, "=");
	char *argument = arg[2 + len] == '=' ? arg + 2 + len + 1 : NULL;
	const struct option_row *option = NULL;
	int count = find_long(arg + 2, len, &option);

	if (count == 0) {
		report_option_error(p->report, "unrecognized option '%s%t'", "--", arg + 2);
		return wrong_usage(p);
	}
	if (count > 1)
		return ambiguous(p, arg, len);
	if (option->argument == NULL) {
		if (argument == NULL)
			return handle_option(p, option);
		report_option_error(
			p->report, "option '%s%s' doesn't allow an argument", "--", option->name);
		return wrong_usage(p);
	}
	if (argument == NULL && p->at + 1 < p->argc)
		argument = p->argv[++p->at];
	if (argument == NULL) {
		report_option_error(
			p->report, "option '%s%s' requires an argument", "--", option->name);
		return wrong_usage(p);
	}
	return handle_option_with_argument(p, option, argument);
}

/* Parses the options and moves the operands to the beginning of argv. */
static enum cli_outcome parse_args(struct parser *p)
{
	struct cli *cli = p->cli;
	bool options_end_early = getenv("POSIXLY_CORRECT") != NULL;
	bool options_ended = false;

	for (; p->at < p->argc; p->at++) {
		char *arg = p->argv[p->at];
		enum cli_outcome outcome = CLI_RUN;

		if (options_ended || arg[0] != '-' || arg[1] == '\0') {
			cli->operands[cli->operand_count++] = arg;
			options_ended = options_ended || options_end_early;
		} else if (arg[1] != '-') {
			outcome = parse_letters(p);
		} else if (arg[2] != '\0') {
			outcome = parse_long(p);
		} else {
			options_ended = true;
		}
		if (outcome != CLI_RUN)
			return outcome;
	}
	return CLI_RUN;
}

/* Reports that OPTION cannot be combined with OTHER. */
static enum cli_outcome contradiction(struct parser *p, const char *option, const char *other)
{
	report_error(p->report, "cannot combine %s and %s", option, other);
	return wrong_usage(p);
}

/* Applies the rule that --beneath and --modes0-from follow no symbolic links. */
static enum cli_outcome resolve_no_links(struct parser *p)
{
	struct cli *cli = p->cli;
	const char *option = cli->beneath != NULL ? "--beneath" : "--modes0-from";

	if (cli->walk_links == WALK_ALL_LINKS)
		return contradiction(p, option, "-L");
	if (cli->apply_links == APPLY_ALL_LINKS)
		return contradiction(p, option, "--dereference");
	cli->walk_links = WALK_NO_LINKS;
	cli->apply_links = APPLY_NO_LINKS;
	return CLI_RUN;
}

/* Combines the options for symbolic links, as GNU's chmod does. */
static enum cli_outcome resolve_links(struct parser *p)
{
	struct cli *cli = p->cli;

	if (cli->beneath != NULL || cli->modes0_from != NULL)
		return resolve_no_links(p);
	if (cli->recursive && cli->walk_links == WALK_NO_LINKS) {
		if (cli->apply_links == APPLY_ALL_LINKS) {
			report_error(p->report, "-R --dereference requires either -H or -L");
			return CLI_USAGE_ERROR;
		}
		cli->apply_links = APPLY_NO_LINKS;
	}
	if (cli->walk_links == WALK_ALL_LINKS && cli->apply_links == APPLY_OPERAND_LINKS)
		cli->apply_links = APPLY_ALL_LINKS;
	return CLI_RUN;
}

/* Rejects what cannot be combined with --modes0-from. */
static enum cli_outcome resolve_modes(struct parser *p)
{
	const struct cli *cli = p->cli;
	const char *other = cli->mode != NULL          ? "a mode"
			    : cli->reference != NULL   ? "--reference"
			    : cli->files0_from != NULL ? "--files0-from"
			    : cli->recursive           ? "--recursive"
						       : NULL;

	if (other != NULL)
		return contradiction(p, "--modes0-from", other);
	if (cli->operand_count == 0)
		return CLI_RUN;
	report_error(p->report, "extra operand %w", cli->operands[0]);
	report_bare_line(p->report, "operands cannot be combined with --modes0-from");
	return wrong_usage(p);
}

/* Takes the first operand as the mode if there is no other, and checks that operands are there. */
static enum cli_outcome resolve_operands(struct parser *p)
{
	struct cli *cli = p->cli;
	const char *mode_operand = NULL;

	if (cli->modes0_from != NULL)
		return resolve_modes(p);
	if (cli->reference != NULL && cli->mode != NULL) {
		report_error(p->report, "cannot combine mode and --reference options");
		return wrong_usage(p);
	}
	if (cli->reference == NULL && cli->mode == NULL && cli->operand_count > 0) {
		cli->mode = mode_operand = cli->operands[0];
		cli->operands++;
		cli->operand_count--;
	}
	if (cli->files0_from != NULL && cli->operand_count > 0) {
		report_error(p->report, "extra operand %w", cli->operands[0]);
		report_bare_line(p->report, "file operands cannot be combined with --files0-from");
		return wrong_usage(p);
	}
	if (cli->operand_count > 0 ||
		(cli->files0_from != NULL && (cli->mode != NULL || cli->reference != NULL)))
		return CLI_RUN;
	if (mode_operand != NULL)
		report_error(p->report, "missing operand after %w", mode_operand);
	else
		report_error(p->report, "missing operand");
	return wrong_usage(p);
}

enum cli_outcome cli_parse(struct cli *cli, int argc, char **argv, struct report *report)
{
	struct parser p = {.cli = cli, .report = report, .argv = argv, .argc = argc, .at = 1};
	enum cli_outcome outcome;

	*cli = (struct cli){.walk_links = WALK_OPERAND_LINKS, .operands = argv + 1};
	outcome = parse_args(&p);
	if (outcome == CLI_RUN)
		outcome = resolve_links(&p);
	if (outcome == CLI_RUN)
		outcome = resolve_operands(&p);
	return outcome;
}

void cli_free(struct cli *cli)
{
	while (cli->items != NULL) {
		struct cli_items *next = cli->items->next;

		free(cli->items);
		cli->items = next;
	}
	free(cli->joined_mode);
}
