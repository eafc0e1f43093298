#include "cli.h"

#include "usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Long options that have no letter. */
enum {
	OPT_DEREFERENCE = 256,
	OPT_NO_PRESERVE_ROOT,
	OPT_PRESERVE_ROOT,
	OPT_REFERENCE,
	OPT_EXCLUDE,
	OPT_FILES0_FROM,
	OPT_ONE_FILE_SYSTEM,
	OPT_PROGRESS,
	OPT_SKIP_UNCHANGED,
	OPT_HELP,
	OPT_VERSION
};

enum match {
	GNU,     /* any beginning will do that no other such option has */
	GNU_ARG, /* the same, and it takes an argument */
	OURS,    /* never abbreviated, so that GNU's abbreviations keep their meaning */
	OURS_ARG,
};

/* In the order in which GNU names them when one is ambiguous. */
static const struct long_option {
	char name[sizeof("no-preserve-root")];
	unsigned char match; /* enum match */
	short id;
} long_options[] = {
	{"changes", GNU, 'c'},
	{"dereference", GNU, OPT_DEREFERENCE},
	{"recursive", GNU, 'R'},
	{"no-dereference", GNU, 'h'},
	{"no-preserve-root", GNU, OPT_NO_PRESERVE_ROOT},
	{"preserve-root", GNU, OPT_PRESERVE_ROOT},
	{"quiet", GNU, 'f'},
	{"reference", GNU_ARG, OPT_REFERENCE},
	{"silent", GNU, 'f'},
	{"verbose", GNU, 'v'},
	{"help", GNU, OPT_HELP},
	{"version", GNU, OPT_VERSION},
	{"dry-run", OURS, 'n'},
	{"exclude", OURS_ARG, OPT_EXCLUDE},
	{"files0-from", OURS_ARG, OPT_FILES0_FROM},
	{"jobs", OURS_ARG, 'j'},
	{"one-file-system", OURS, OPT_ONE_FILE_SYSTEM},
	{"progress", OURS, OPT_PROGRESS},
	{"skip-unchanged", OURS, OPT_SKIP_UNCHANGED},
};

enum { LONG_OPTIONS = sizeof(long_options) / sizeof(long_options[0]) };

struct parser {
	struct cli *cli;
	struct report *report;
	char **argv;
	int argc, at;               /* the element that is looked at */
	size_t mode_len, mode_size; /* of the mode, and of its memory */
};

static enum cli_outcome wrong_usage(struct parser *p)
{
	report_try_help(p->report);
	return CLI_WRONG;
}

static enum cli_outcome out_of_memory(struct parser *p)
{
	report_error(p->report, "memory exhausted");
	return CLI_WRONG;
}

/* Carries out an option that takes no argument. */
static enum cli_outcome take_option(struct parser *p, int id)
{
	struct cli *cli = p->cli;

	switch (id) {
	case 'c': cli->verbosity = REPORT_CHANGES; break;
	case 'v': cli->verbosity = REPORT_ALL; break;
	case 'f': cli->quiet = true; break;
	case 'R': cli->recursive = true; break;
	case 'h': cli->apply_links = APPLY_NO_LINKS; break;
	case 'H': cli->walk_links = WALK_OPERAND_LINKS; break;
	case 'L': cli->walk_links = WALK_ALL_LINKS; break;
	case 'P': cli->walk_links = WALK_NO_LINKS; break;
	case OPT_DEREFERENCE: cli->apply_links = APPLY_ALL_LINKS; break;
	case OPT_PRESERVE_ROOT: cli->preserve_root = true; break;
	case OPT_NO_PRESERVE_ROOT: cli->preserve_root = false; break;
	case 'n': cli->dry_run = true; break;
	case OPT_SKIP_UNCHANGED: cli->skip_unchanged = true; break;
	case OPT_ONE_FILE_SYSTEM: cli->one_file_system = true; break;
	case OPT_PROGRESS: cli->progress = true; break;
	case OPT_HELP: usage_help(p->report); return CLI_HELPED;
	case OPT_VERSION: usage_version(p->report); return CLI_HELPED;
	}
	return CLI_RUN;
}

/* Adds an element that is a mode to those before it, with a comma. */
static enum cli_outcome add_mode(struct parser *p, const char *element)
{
	struct cli *cli = p->cli;
	size_t len = strlen(element);

	cli->mode_is_option = true;
	if (cli->mode == NULL) {
		cli->mode = element;
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
	memcpy(cli->joined_mode + p->mode_len + 1, element, len + 1);
	p->mode_len += 1 + len;
	return CLI_RUN;
}

/* Reads the number of workers: 1 to WALK_MAX_JOBS. */
static enum cli_outcome take_jobs(struct parser *p, const char *argument)
{
	unsigned jobs = 0;

	for (const char *s = argument; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || jobs > WALK_MAX_JOBS) {
			jobs = 0;
			break;
		}
		jobs = jobs * 10 + (unsigned)(*s - '0');
	}
	if (jobs == 0 || jobs > WALK_MAX_JOBS) {
		report_error(p->report, "invalid number of jobs: %w", argument);
		return CLI_WRONG;
	}
	p->cli->jobs = jobs;
	return CLI_RUN;
}

/* Slashes at the end of the pattern are cut off: no entry has any. */
static enum cli_outcome take_exclude(struct parser *p, char *pattern)
{
	struct cli *cli = p->cli;
	size_t len = strlen(pattern);

	if (cli->excludes == NULL)
		cli->excludes = malloc((size_t)p->argc * sizeof(*cli->excludes));
	if (cli->excludes == NULL)
		return out_of_memory(p);
	while (len > 1 && pattern[len - 1] == '/')
		pattern[--len] = '\0';
	cli->excludes[cli->exclude_count++] = pattern;
	return CLI_RUN;
}

/* Carries out an option that takes ARGUMENT. */
static enum cli_outcome take_argument(struct parser *p, int id, char *argument)
{
	switch (id) {
	case 'j': return take_jobs(p, argument);
	case OPT_EXCLUDE: return take_exclude(p, argument);
	case OPT_FILES0_FROM: p->cli->files0_from = argument; break;
	case OPT_REFERENCE: p->cli->reference = argument; break;
	}
	return CLI_RUN;
}

/* The argument of a letter: what follows it in its element, or else the next element. */
static enum cli_outcome parse_letter_argument(struct parser *p, char *letter)
{
	char *argument = letter + 1;

	if (*argument == '\0' && p->at + 1 < p->argc)
		return take_argument(p, *letter, p->argv[++p->at]);
	if (*argument != '\0')
		return take_argument(p, *letter, argument);
	report_option_error(p->report, "option requires an argument -- '%c'", *letter);
	return wrong_usage(p);
}

/* An element like -Rv, which may be a mode as a whole. */
static enum cli_outcome parse_letters(struct parser *p)
{
	char *element = p->argv[p->at];

	for (char *letter = element + 1; *letter != '\0'; letter++) {
		/* What can begin a mode after a minus, as far as the parser of options knows. */
		if (strchr("rwxXstugoa,+=01234567", *letter) != NULL)
			return add_mode(p, element);
		if (*letter == 'j')
			return parse_letter_argument(p, letter);
		if (strchr("RcfvhHLPn", *letter) == NULL) {
			report_option_error(p->report, "invalid option -- '%c'", *letter);
			return wrong_usage(p);
		}
		take_option(p, *letter);
	}
	return CLI_RUN;
}

/* Whether the LEN bytes of NAME may stand for O if it is the only one. */
static bool matches(const struct long_option *o, const char *name, size_t len)
{
	return strncmp(o->name, name, len) == 0 &&
	       (o->match == GNU || o->match == GNU_ARG || o->name[len] == '\0');
}

/* How many options NAME may stand for; 1 if it is a whole one. *RET is the last of them. */
static int find_long(const char *name, size_t len, const struct long_option **ret)
{
	int count = 0;

	for (const struct long_option *o = long_options; o < long_options + LONG_OPTIONS; o++) {
		if (!matches(o, name, len))
			continue;
		*ret = o;
		if (o->name[len] == '\0')
			return 1;
		count++;
	}
	return count;
}

static enum cli_outcome ambiguous(struct parser *p, const char *element, size_t len)
{
	char list[LONG_OPTIONS * sizeof(" '--no-preserve-root'")];
	size_t at = 0;

	for (const struct long_option *o = long_options; o < long_options + LONG_OPTIONS; o++) {
		if (!matches(o, element + 2, len))
			continue;
		at = (size_t)(stpcpy(stpcpy(stpcpy(list + at, " '--"), o->name), "'") - list);
	}
	report_option_error(
		p->report, "option '%s%t' is ambiguous; possibilities:%a", "--", element + 2, list);
	return wrong_usage(p);
}

/* An element that begins with "--" and goes on. */
static enum cli_outcome parse_long(struct parser *p)
{
	char *element = p->argv[p->at];
	size_t len = strcspn(element + 2, "=");
	char *argument = element[2 + len] == '=' ? element + 2 + len + 1 : NULL;
	const struct long_option *option = NULL;
	int count = find_long(element + 2, len, &option);

	if (count == 0) {
		report_option_error(p->report, "unrecognized option '%s%t'", "--", element + 2);
		return wrong_usage(p);
	}
	if (count > 1)
		return ambiguous(p, element, len);
	if (option->match == GNU || option->match == OURS) {
		if (argument == NULL)
			return take_option(p, option->id);
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
	return take_argument(p, option->id, argument);
}

/* Reads options, and gathers the operands at the beginning of argv. */
static enum cli_outcome parse_elements(struct parser *p)
{
	struct cli *cli = p->cli;
	bool options_end_early = getenv("POSIXLY_CORRECT") != NULL;
	bool options_ended = false;

	for (; p->at < p->argc; p->at++) {
		char *element = p->argv[p->at];
		enum cli_outcome outcome = CLI_RUN;

		if (options_ended || element[0] != '-' || element[1] == '\0') {
			cli->operands[cli->operand_count++] = element;
			options_ended = options_ended || options_end_early;
		} else if (element[1] != '-') {
			outcome = parse_letters(p);
		} else if (element[2] != '\0') {
			outcome = parse_long(p);
		} else {
			options_ended = true;
		}
		if (outcome != CLI_RUN)
			return outcome;
	}
	return CLI_RUN;
}

/* What the options for links mean together. */
static enum cli_outcome settle_links(struct parser *p)
{
	struct cli *cli = p->cli;

	if (cli->recursive && cli->walk_links == WALK_NO_LINKS) {
		if (cli->apply_links == APPLY_ALL_LINKS) {
			report_error(p->report, "-R --dereference requires either -H or -L");
			return CLI_WRONG;
		}
		cli->apply_links = APPLY_NO_LINKS;
	}
	if (cli->walk_links == WALK_ALL_LINKS && cli->apply_links == APPLY_OPERAND_LINKS)
		cli->apply_links = APPLY_ALL_LINKS;
	return CLI_RUN;
}

/* Finds the mode among the operands, if it is there. */
static enum cli_outcome settle_operands(struct parser *p)
{
	struct cli *cli = p->cli;
	const char *mode_operand = NULL;

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
	outcome = parse_elements(&p);
	if (outcome == CLI_RUN)
		outcome = settle_links(&p);
	if (outcome == CLI_RUN)
		outcome = settle_operands(&p);
	return outcome;
}

void cli_free(struct cli *cli)
{
	free(cli->excludes);
	free(cli->joined_mode);
}
