/* SPDX-License-Identifier: MIT */
/* --help and --version: our own words (departure own-texts), but the form is GNU's. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define OWN_TEXT DEPARTS("own-texts", "our own words")

/* Runs ARGS, which must succeed without a word on stderr, and gives back its stdout. */
static char *text_of(struct cli_test *test, const char *args)
{
	struct run_how how = cli_how(test, args);
	struct run_result result;

	cli_run(test, &how, &result);
	cli_check(test, result.status == 0, "%s: exit status %d", args, result.status);
	cli_check_text(test, "stderr", "", result.err);
	free(result.err);
	return result.out;
}

/* The row's args print what --help or --version does. */
static void same_as(struct cli_test *test, const char *args)
{
	char *expected = text_of(test, args), *seen = text_of(test, test->row->args);

	cli_check(test, *expected, "%s prints nothing", args);
	cli_check_text(test, test->row->args, expected, seen);
	cli_check_tree(test, NULL);
	free(expected);
	free(seen);
}

static void same_as_help(struct cli_test *test)
{
	same_as(test, "--help");
}

static void same_as_version(struct cli_test *test)
{
	same_as(test, "--version");
}

static void usage(struct cli_test *test)
{
	const char *argv0 = test->row->argv0 ? test->row->argv0 : "chmod";
	char *help = text_of(test, "--help"), start[128];

	snprintf(start, sizeof(start), "Usage: %s [OPTION]...", argv0);
	cli_check(test, strncmp(help, start, strlen(start)) == 0, "it begins otherwise:\n%s", help);
	snprintf(start, sizeof(start), "\n  or:  %s ", argv0);
	cli_check(test, strstr(help, start), "there is no other synopsis");
	cli_check(test, help[strlen(help) - 1] == '\n', "the last line has no end");
	cli_check(test, !strpbrk(help, "\033\t"), "it has tabs or escape sequences");
	free(help);
}

/* The column in which the text of an option has to begin, and the one in which it does. */
static void layout_of_option(struct cli_test *test, const char *line)
{
	const char *gap = strstr(line + strspn(line, " "), "  ");
	size_t names = gap ? (size_t)(gap - line) : strlen(line);

	cli_check(test, gap && strspn(gap, " ") == (names + 2 > 25 ? 2 : 25 - names),
		"the text is not in its column: %s", line);
}

/* Plain lines that a terminal of 80 columns holds, with the texts of options from column 25. */
static void layout(struct cli_test *test)
{
	char *help = text_of(test, "--help"), *save;
	char *line = strtok_r(help, "\n", &save);

	for (; line; line = strtok_r(NULL, "\n", &save)) {
		size_t len = strlen(line), indent = strspn(line, " ");

		cli_check(test, len < 80 && line[len - 1] != ' ', "too long: %s", line);
		if (indent && line[indent] == '-')
			layout_of_option(test, line);
		for (const char *at = line; *at; at++)
			cli_check(test, *at >= ' ' && *at <= '~', "not plain: %s", line);
	}
	free(help);
}

/* Each group of options has its heading, and the second line of a text is in its column. */
static void own_words_of_help(struct cli_test *test)
{
	static const char *const words[] = {
		"\nSet the permissions of each FILE to MODE, or to those of RFILE.\n\n  -c, ",
		"\n\nWith -R, one of these ",
		" is the default:\n\n  -H ",
		"\n\nNot known to other chmods, and never abbreviated:\n\n      --beneath=DIR ",
		"; - is\n                         standard input\n",
		"\n\n      --help ",
		"\n\nMODE is an octal number, ",
		"\nThe manual, chmod(1), has the rest.\n",
	};
	char *help = text_of(test, "--help");
	const char *at = help;

	for (size_t i = 0; at && i < sizeof(words) / sizeof(words[0]); i++) {
		at = strstr(at, words[i]);
		cli_check(test, at, "it does not go on with: %s", words[i]);
	}
	free(help);
}

/* Whether a line of HELP begins with NAMES and no others. */
static bool lists(const char *help, const char *names)
{
	size_t len = strlen(names);

	while ((help = strchr(help, '\n')) && *++help)
		if (strncmp(help, names, len) == 0 && strchr(" \n", help[len]))
			return true;
	return false;
}

static void lists_all(struct cli_test *test, const char *const *options)
{
	char *help = text_of(test, "--help");

	for (size_t i = 0; options[i]; i++)
		cli_check(test, lists(help, options[i]), "%s is not listed", options[i]);
	free(help);
}

static void lists_old_options(struct cli_test *test)
{
	lists_all(test, LIST("  -c, --changes", "  -f, --silent, --quiet", "  -v, --verbose",
				"      --no-preserve-root", "      --preserve-root",
				"      --reference=RFILE", "  -R, --recursive", "      --help",
				"      --version"));
}

static void lists_new_options(struct cli_test *test)
{
	lists_all(test,
		LIST("      --dereference", "  -h, --no-dereference", "  -H", "  -L", "  -P"));
}

/* Every option that the text lists is one: none is unrecognized or ambiguous. */
static void lists_real_options(struct cli_test *test)
{
	char *help = text_of(test, "--help"), *save, args[64];
	char *line = strtok_r(help, "\n", &save);

	for (; line; line = strtok_r(NULL, "\n", &save)) {
		const char *at = line + strspn(line, " ");
		const char *equals = strchr(line, '='), *text = strstr(at, "  ");
		bool needs_argument = equals && text && equals < text;

		for (; at - line >= 2 && *at == '-'; at += strspn(at, ", ")) {
			int len = (int)strcspn(at, " ,=[");

			snprintf(args, sizeof(args), "%.*s%s --version", len, at,
				needs_argument ? at[len] == '=' ? "=1" : " 1" : "");
			free(text_of(test, args));
			at += strcspn(at, " ,");
			if (*at != ',')
				break;
		}
	}
	free(help);
}

/* The first number in LINE that looks like a version, as 801 for 8.1; 0 if there is none. */
static int version_in(const char *line)
{
	int major, minor;

	for (; *line; line++)
		if (sscanf(line, "%2d.%2d", &major, &minor) == 2)
			return major * 100 + minor;
	return 0;
}

/* What completions of shells and configure scripts look for, in GNU's own as well. */
static void known_words_of_version(struct cli_test *test)
{
	char *text = text_of(test, "--version");

	cli_check(test, strstr(text, "Free Soft"), "zsh does not recognise it");
	cli_check(test, strstr(text, "coreutils"), "yash does not recognise it");
	text[strcspn(text, "\n")] = '\0';
	cli_check(test, strncmp(text, "chmod (", 7) == 0, "it begins otherwise: %s", text);
	cli_check(test, strstr(text, "GNU coreutils"), "scripts do not recognise it: %s", text);
	cli_check(test, version_in(text) >= 801, "too old for scripts: %s", text);
	free(text);
}

static void own_words_of_version(struct cli_test *test)
{
	char *text = text_of(test, "--version");

	cli_check(test, strstr(text, "\nsurechmod "), "our own name and version: %s", text);
	cli_check(test, strstr(text, "MIT"), "the licence is not named");
	free(text);
}

#define HELP(args_, ...)    F(args_, "f 644", same_as_help, .args = args_, __VA_ARGS__)
#define VERSION(args_, ...) F(args_, "f 644", same_as_version, .args = args_, __VA_ARGS__)

static const struct cli_row rows[] = {
	F("usage", NULL, usage),
	F("usage of another name", NULL, usage, .argv0 = "/x/y z"),
	F("old options", NULL, lists_old_options),
	F("new options", NULL, lists_new_options, SINCE(9, 5, "-h -H -L -P --dereference")),
	F("real options", NULL, lists_real_options),
	F("layout", NULL, layout, OWN_TEXT),
	F("own words of --help", NULL, own_words_of_help, OWN_TEXT),
	F("known words of --version", NULL, known_words_of_version),
	F("own words of --version", NULL, own_words_of_version, OWN_TEXT),

	/* Met in the scan, they are all that happens. */
	HELP("--h", ),
	HELP("--he", ),
	HELP("--help -z", ),
	HELP("--help --version", ),
	HELP("-v 755 f --help", ),
	HELP("755 --help f", ),
	HELP("-w --help f", ),
	HELP("--reference=nope -w --help", ),
	HELP("bogus f --help", ),
	HELP("-f --help", ),
	HELP("--help", UTF8),
	VERSION("--vers", ),
	VERSION("--version --help", ),
	VERSION("--version --foo", ),
	VERSION("755 f --version", ),
	VERSION("-Rv --version 755 f", ),
	VERSION("-RP --dereference --version", SINCE(9, 5, "-P --dereference")),
	T("f 644", "-z --help", USAGE("invalid option -- 'z'")),
	T("f 644", "--foo --version", USAGE("unrecognized option '--foo'")),
	T("f 644", "755 f --help=1", USAGE("option '--help' doesn't allow an argument")),
	T("f 644, --help 644", "755 -- --help", AFTER("--help 755")),
	T("f 644", "755 f --help", ENV("POSIXLY_CORRECT=1"), ERR(ABSENT("--help")), FAILS,
		AFTER("f 755")),
};

const struct cli_group cli_texts = CLI_GROUP(texts);
