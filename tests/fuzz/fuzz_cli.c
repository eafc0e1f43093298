/* SPDX-License-Identifier: MIT */
/*
 * The input is the words of a command line, each ended by a NUL. cli_parse() must make of them what
 * getopt_long(3) and the rules of GNU's chmod do. A first word POSIXLY_CORRECT is set in the
 * environment instead.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "choices.h"
#include "cli.h"
#include "command.h"
#include "report.h"

#ifdef __GLIBC__
enum { HAS_COMMAND = true };
#else
/* The getopt_long(3) of other libraries has other messages, and permutes in another way. */
enum { HAS_COMMAND = false };
#endif

enum { MAX_WORDS = 64 };

static const char help[] = "Try 'chmod --help' for more information.\n";

/* A command line. Each parser rearranges an array of its own. */
struct line {
	int argc;
	char *words[MAX_WORDS + 2]; /* in the first order, to be freed */
	char *argv[MAX_WORDS + 2], *other_argv[MAX_WORDS + 2];
};

_Noreturn static void fail(const struct line *line, const char *what, const char *got)
{
	char text[8192] = "";

	for (int i = 0; i < line->argc; i++) {
		char *shown = fuzz_shown(line->words[i]);

		strncat(text, shown, sizeof(text) - strlen(text) - 2);
		strcat(text, " ");
		free(shown);
	}
	fuzz_fail("%s: %s%s%s", text, what, got != NULL ? ": " : "", got != NULL ? got : "");
}

static void expect(const struct line *line, bool good, const char *what)
{
	if (!good)
		fail(line, what, NULL);
}

static bool same_string(const char *a, const char *b)
{
	return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

/* What was written to the file FD; the caller frees it. */
static char *contents(int fd)
{
	off_t size = lseek(fd, 0, SEEK_CUR);
	char *text = malloc((size_t)size + 1);

	if (text == NULL || pread(fd, text, (size_t)size, 0) != size)
		abort();
	text[size] = '\0';
	return text;
}

/* Checks what is true of every command line. */
static void check_by_itself(const struct line *line, const struct cli *cli,
	enum cli_outcome outcome, const struct report *report, const char *err)
{
	const char *last_line = strlen(err) >= strlen(help) ? err + strlen(err) - strlen(help) : "";

	expect(line, (outcome == CLI_USAGE_ERROR) == report->failed, "status");
	expect(line, (outcome == CLI_USAGE_ERROR) == (*err != '\0'), "stderr");
	expect(line, *err == '\0' || strncmp(err, "chmod: ", 7) == 0, "the message's beginning");
	expect(line, strstr(err, help) == NULL || strcmp(last_line, help) == 0, "Try line");
	expect(line, (outcome == CLI_EXIT_OK) == report->out.was_used, "stdout");
	if (outcome != CLI_RUN)
		return;
	expect(line,
		(cli->mode != NULL) + (cli->reference != NULL) + (cli->modes0_from != NULL) == 1,
		"mode or reference or list of modes");
	expect(line,
		(cli->operand_count > 0) + (cli->files0_from != NULL) +
				(cli->modes0_from != NULL) ==
			1,
		"operands or a list");
	/* Each operand is one of the words, and later than the one before. */
	for (size_t i = 0, at = 1; i < cli->operand_count; i++, at++) {
		while (at < (size_t)line->argc && line->words[at] != cli->operands[i])
			at++;
		expect(line, at < (size_t)line->argc, "operands");
	}
}

static enum walk_links walk_of(const struct command *c)
{
	static const enum walk_links walks[] = {WALK_OPERAND_LINKS, WALK_ALL_LINKS, WALK_NO_LINKS};

	return walks[c->walk];
}

/* Without -h and --dereference, no links are followed by -R -P, and all by -L. */
static enum apply_links links_of(const struct command *c)
{
	if (c->links == COMMAND_NO_DEREFERENCE || (c->recursive && c->walk == COMMAND_P))
		return APPLY_NO_LINKS;
	if (c->links == COMMAND_DEREFERENCE || c->walk == COMMAND_L)
		return APPLY_ALL_LINKS;
	return APPLY_OPERAND_LINKS;
}

/* Checks what the option O, given as OWN says, has set: the last argument, or all of them. */
static void check_own(const struct line *line, const struct cli *cli, const struct option_row *o,
	const struct command_own *own)
{
	const void *field = (const char *)cli + o->field;
	const char *last = own->arguments != NULL ? own->arguments[own->count - 1] : NULL;
	const struct cli_list *list = field;

	switch (o->how) {
	case OPTION_SET:
		expect(line, *(const unsigned char *)field == (own->count > 0 ? o->value : 0),
			o->name);
		break;
	case OPTION_STRING: expect(line, *(const char *const *)field == last, o->name); break;
	case OPTION_NUMBER:
		expect(line,
			*(const unsigned *)field == (last != NULL ? strtoul(last, NULL, 10) : 0),
			o->name);
		break;
	case OPTION_PATTERNS:
		expect(line, list->count == own->count, o->name);
		for (size_t i = 0; i < own->count; i++)
			expect(line, list->items[i] == own->arguments[i], o->name);
		break;
	default: expect(line, false, o->name);
	}
}

static void check_settings(const struct line *line, const struct cli *cli, const struct command *c)
{
	enum report_verbosity verbosity = c->verbosity == 'v'   ? REPORT_ALL
					  : c->verbosity == 'c' ? REPORT_CHANGES
								: REPORT_ERRORS;

	expect(line, cli->verbosity == verbosity, "verbosity");
	expect(line, cli->quiet == c->quiet, "-f");
	expect(line, cli->recursive == c->recursive, "-R");
	expect(line, cli->preserve_root == c->preserve_root, "--preserve-root");
	expect(line, cli->walk_links == walk_of(c), "-H -L -P");
	expect(line, cli->apply_links == links_of(c), "-h --dereference");
	expect(line, same_string(cli->reference, c->reference), "--reference");
	for (const struct option_row *o = option_table; o->how != OPTION_END; o++)
		if (o->group == GROUP_OWN && o->how != OPTION_ALIAS)
			check_own(line, cli, o, &c->own[o - option_table]);
	expect(line, same_string(cli->mode, c->mode), "the mode");
	expect(line, cli->mode_is_option == c->mode_is_option, "where the mode comes from");
	expect(line, cli->operand_count == c->operand_count, "the number of operands");
	for (size_t i = 0; i < c->operand_count; i++)
		expect(line, cli->operands[i] == c->operands[i], "the operands");
}

static void check_against_command(const struct line *line, const struct cli *cli,
	enum cli_outcome outcome, const char *err, const struct command *c)
{
	static const enum cli_outcome outcomes[] = {CLI_RUN, CLI_EXIT_OK, CLI_USAGE_ERROR};
	size_t len = c->message != NULL ? strlen(c->message) : 0;

	if (outcome != outcomes[c->outcome])
		fail(line, "the outcome, expected", c->message != NULL ? c->message : "none wrong");
	if (outcome == CLI_RUN)
		check_settings(line, cli, c);
	if (outcome != CLI_USAGE_ERROR)
		return;
	if (strncmp(err, c->message, len) != 0 || (c->is_all && err[len] != '\n'))
		fail(line, "the message, expected", c->message);
	expect(line, (strstr(err, help) != NULL) == c->points_to_help,
		"the line after the message");
}

static void read_line(const uint8_t *data, size_t size, struct line *line)
{
	const uint8_t *end = data + size;
	char *first = fuzz_word(&data, end);
	bool is_env = strcmp(first, "POSIXLY_CORRECT") == 0;

	line->words[0] = strdup("chmod");
	line->argc = 1;
	if (is_env)
		putenv((char *)"POSIXLY_CORRECT=1");
	else
		unsetenv("POSIXLY_CORRECT");
	if (is_env || size == 0)
		free(first);
	else
		line->words[line->argc++] = first;
	while (data < end && line->argc <= MAX_WORDS)
		line->words[line->argc++] = fuzz_word(&data, end);
	line->words[line->argc] = NULL;
	memcpy(line->argv, line->words, sizeof(line->words));
	memcpy(line->other_argv, line->words, sizeof(line->words));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int null_fd, err_fd;
	struct line line;
	struct report report;
	struct cli cli;
	enum cli_outcome outcome;
	char *err;

	if (err_fd == 0) {
		/* For straight quotes around words in messages. */
		setenv("LC_ALL", "C", 1);
		null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
		err_fd = memfd_create("stderr", MFD_CLOEXEC);
	}
	if (null_fd < 0 || err_fd < 0 || ftruncate(err_fd, 0) != 0 ||
		lseek(err_fd, 0, SEEK_SET) != 0)
		abort();
	read_line(data, size, &line);
	report_init(&report, line.argv[0]);
	report.out.fd = null_fd;
	report.err.fd = err_fd;
	outcome = cli_parse(&cli, line.argc, line.argv, &report);
	err = contents(err_fd);
	check_by_itself(&line, &cli, outcome, &report, err);
	if (HAS_COMMAND) {
		struct command command;

		command_read(line.argc, line.other_argv, &command);
		check_against_command(&line, &cli, outcome, err, &command);
		command_free(&command);
	}
	cli_free(&cli);
	free(err);
	for (int i = 0; i < line.argc; i++)
		free(line.words[i]);
	return 0;
}
