/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

/* Options that have no letter. */
enum {
	DEREFERENCE = 1000,
	PRESERVE_ROOT,
	NO_PRESERVE_ROOT,
	REFERENCE,
	HELP,
	VERSION_AND_EXIT,
	OWN, /* plus a place in the table of options */
};

/* GNU's letters. One of a mode takes the rest of its element as an optional argument. */
static const char gnu_letters[] =
	"cfvRhHLPr::w::x::X::s::t::u::g::o::a::,::+::=::0::1::2::3::4::5::6::7::";

/* GNU's long options in GNU's order, and a row for one of ours. */
static struct option table[] = {
	{"changes", no_argument, NULL, 'c'},
	{"dereference", no_argument, NULL, DEREFERENCE},
	{"recursive", no_argument, NULL, 'R'},
	{"no-dereference", no_argument, NULL, 'h'},
	{"no-preserve-root", no_argument, NULL, NO_PRESERVE_ROOT},
	{"preserve-root", no_argument, NULL, PRESERVE_ROOT},
	{"quiet", no_argument, NULL, 'f'},
	{"reference", required_argument, NULL, REFERENCE},
	{"silent", no_argument, NULL, 'f'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, HELP},
	{"version", no_argument, NULL, VERSION_AND_EXIT},
	{NULL, 0, NULL, 0},
	{NULL, 0, NULL, 0},
};

enum { OWN_ROW = sizeof(table) / sizeof(table[0]) - 2 };

static bool is_own(const struct option_row *o)
{
	return o->group == GROUP_OWN && o->how != OPTION_ALIAS;
}

/*
 * If the element that getopt_long() reads next is an option of ours, adds it to the table. Our
 * options cannot be abbreviated, so the table must not have them otherwise.
 */
static void add_own_row(int argc, char **argv)
{
	int next = optind > 0 ? optind : 1;

	table[OWN_ROW] = (struct option){.name = NULL};
	while (next < argc && (argv[next][0] != '-' || argv[next][1] == '\0'))
		next++;
	if (next >= argc || strncmp(argv[next], "--", 2) != 0)
		return;
	for (const struct option_row *o = option_table; o->how != OPTION_END; o++) {
		size_t len = is_own(o) ? strlen(o->name) : 0;

		if (len > 0 && strncmp(argv[next] + 2, o->name, len) == 0 &&
			(argv[next][2 + len] == '\0' || argv[next][2 + len] == '='))
			table[OWN_ROW] = (struct option){o->name,
				o->argument != NULL ? required_argument : no_argument, NULL,
				OWN + (int)(o - option_table)};
	}
}

/* GNU's letters and ours, as getopt(3) wants them. */
static void list_letters(char *to)
{
	to = stpcpy(to, gnu_letters);
	for (const struct option_row *o = option_table; o->how != OPTION_END; o++) {
		if (!is_own(o) || o->letter == '\0')
			continue;
		*to++ = o->letter;
		to = stpcpy(to, o->argument != NULL ? ":" : "");
	}
}

static void *need(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

/* A usage error. Its message begins with MESSAGE. */
static void refuse(struct command *c, bool points_to_help, const char *message)
{
	c->outcome = COMMAND_USAGE_ERROR;
	c->points_to_help = points_to_help;
	c->message = need(strdup(message));
}

static void add_mode(struct command *c, const char *element)
{
	char *joined;

	c->mode_is_option = true;
	if (asprintf(&joined, "%s%s%s", c->mode != NULL ? c->mode : "", c->mode != NULL ? "," : "",
		    element) < 0)
		abort();
	free(c->mode);
	c->mode = joined;
}

/* The number from 1 to MAX in ARGUMENT; 0 if there is none. */
static long number_in(const char *argument, unsigned max)
{
	const char *digits = argument + strspn(argument, "0");
	size_t len = strspn(digits, "0123456789");
	long number = len <= 3 && digits[len] == '\0' ? strtol(digits, NULL, 10) : 0;

	return number <= (long)max ? number : 0;
}

static void take_own(struct command *c, const struct option_row *o, int argc)
{
	struct command_own *own = &c->own[o - option_table];
	char message[64];

	own->count++;
	if (o->argument == NULL)
		return;
	/* Each argument is an element or a part of one, so there are at most ARGC. */
	if (own->arguments == NULL)
		own->arguments = need(calloc((size_t)argc, sizeof(*own->arguments)));
	own->arguments[own->count - 1] = optarg;
	if (strcmp(o->name, "files0-from") == 0)
		c->files0_from = optarg;
	else if (strcmp(o->name, "modes0-from") == 0)
		c->modes0_from = optarg;
	else if (strcmp(o->name, "beneath") == 0)
		c->beneath = optarg;
	snprintf(message, sizeof(message), "chmod: invalid number of %s: '", o->name);
	if (o->how == OPTION_NUMBER && number_in(optarg, o->value) == 0)
		refuse(c, false, message);
}

/* Handles the option ID, which ELEMENT has. */
static void take(struct command *c, int id, const char *element, int argc)
{
	if (id >= OWN) {
		take_own(c, &option_table[id - OWN], argc);
		return;
	}
	for (const struct option_row *o = option_table; o->how != OPTION_END; o++) {
		if (is_own(o) && o->letter == id) {
			take_own(c, o, argc);
			return;
		}
	}
	switch (id) {
	case 'c':
	case 'v': c->verbosity = (char)id; break;
	case 'f': c->quiet = true; break;
	case 'R': c->recursive = true; break;
	case 'H': c->walk = COMMAND_H; break;
	case 'L': c->walk = COMMAND_L; break;
	case 'P': c->walk = COMMAND_P; break;
	case 'h': c->links = COMMAND_NO_DEREFERENCE; break;
	case DEREFERENCE: c->links = COMMAND_DEREFERENCE; break;
	case PRESERVE_ROOT: c->preserve_root = true; break;
	case NO_PRESERVE_ROOT: c->preserve_root = false; break;
	case REFERENCE: c->reference = optarg; break;
	case HELP:
	case VERSION_AND_EXIT: c->outcome = COMMAND_EXIT_OK; break;
	default: add_mode(c, element); break;
	}
}

/* Replaces stderr by FILE, which only glibc allows. Returns what stderr was. */
static FILE *replace_stderr(FILE *file)
{
	FILE *before = stderr;

#ifdef __GLIBC__
	stderr = file;
#else
	(void)file;
#endif
	return before;
}

/* Reads all options, up to an error or --help. getopt_long() writes its message to *RET_SAID. */
static void read_options(struct command *c, int argc, char **argv, char **ret_said)
{
	char letters[sizeof(gnu_letters) + 2 * COMMAND_MAX_OPTIONS];
	FILE *said, *real_stderr;
	size_t size;
	int id;

	list_letters(letters);
	/* 0: getopt_long() starts anew, and looks at POSIXLY_CORRECT. */
	optind = 0;
	opterr = 1;
	said = need(open_memstream(ret_said, &size));
	real_stderr = replace_stderr(said);
	do {
		add_own_row(argc, argv);
		id = getopt_long(argc, argv, letters, table, NULL);
		if (id == '?')
			c->outcome = COMMAND_USAGE_ERROR;
		else if (id != -1)
			take(c, id, argv[optind - 1], argc);
	} while (id != -1 && c->outcome == COMMAND_RUN);
	replace_stderr(real_stderr);
	fclose(said);
}

/* Refuses OPTION together with the first of OTHERS that was given. */
static void refuse_together(
	struct command *c, const char *option, const char *const *others, const bool *given)
{
	char message[80];

	while (*others != NULL && !*given++)
		others++;
	if (*others == NULL)
		return;
	snprintf(message, sizeof(message), "chmod: cannot combine %s and %s", option, *others);
	refuse(c, true, message);
	c->is_all = true;
}

/* --beneath and --modes0-from follow no links. */
static void resolve_no_links(struct command *c)
{
	static const char *const others[] = {"-L", "--dereference", NULL};
	const bool given[] = {c->walk == COMMAND_L, c->links == COMMAND_DEREFERENCE};

	refuse_together(c, c->beneath != NULL ? "--beneath" : "--modes0-from", others, given);
	c->walk = COMMAND_P;
	c->links = COMMAND_NO_DEREFERENCE;
}

/* A list of modes excludes other modes, operands and -R. */
static void resolve_modes(struct command *c)
{
	static const char *const others[] = {
		"a mode", "--reference", "--files0-from", "--recursive", NULL};
	const bool given[] = {
		c->mode != NULL, c->reference != NULL, c->files0_from != NULL, c->recursive};

	refuse_together(c, "--modes0-from", others, given);
	if (c->outcome == COMMAND_RUN && c->operand_count > 0)
		refuse(c, true, "chmod: extra operand '");
}

/* Resolves what options and operands mean together, or refuses them. */
static void resolve(struct command *c)
{
	bool has_mode = c->mode != NULL;

	if (c->beneath != NULL || c->modes0_from != NULL)
		resolve_no_links(c);
	if (c->outcome == COMMAND_RUN && c->modes0_from != NULL)
		resolve_modes(c);
	if (c->modes0_from != NULL || c->outcome != COMMAND_RUN)
		return;
	if (c->recursive && c->walk == COMMAND_P && c->links == COMMAND_DEREFERENCE) {
		refuse(c, false, "chmod: -R --dereference requires either -H or -L");
		c->is_all = true;
	} else if (c->reference != NULL && has_mode) {
		refuse(c, true, "chmod: cannot combine mode and --reference options");
		c->is_all = true;
	}
	if (c->outcome != COMMAND_RUN)
		return;
	if (c->reference == NULL && !has_mode && c->operand_count > 0) {
		c->mode = need(strdup(*c->operands++));
		c->operand_count--;
	}
	if (c->files0_from != NULL && c->operand_count > 0) {
		refuse(c, true, "chmod: extra operand '");
	} else if (c->files0_from != NULL && (c->mode != NULL || c->reference != NULL)) {
		return;
	} else if (c->operand_count == 0 && c->mode != NULL && !has_mode) {
		refuse(c, true, "chmod: missing operand after '");
	} else if (c->operand_count == 0) {
		refuse(c, true, "chmod: missing operand");
		c->is_all = true;
	}
}

void command_read(int argc, char **argv, struct command *ret)
{
	char *said = NULL;

	*ret = (struct command){.walk = COMMAND_H};
	read_options(ret, argc, argv, &said);
	if (ret->outcome == COMMAND_RUN) {
		ret->operands = argv + optind;
		ret->operand_count = (size_t)(argc - optind);
		resolve(ret);
	} else if (ret->outcome == COMMAND_USAGE_ERROR && ret->message == NULL) {
		said[strcspn(said, "\n")] = '\0';
		refuse(ret, true, said);
		ret->is_all = true;
	}
	free(said);
}

void command_free(struct command *c)
{
	free(c->message);
	free(c->mode);
	for (size_t i = 0; i < COMMAND_MAX_OPTIONS; i++)
		free(c->own[i].arguments);
}
