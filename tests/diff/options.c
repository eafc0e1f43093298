/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* After a minus, the first byte of a mode is an option; its argument is the rest of the word. */
#define MODES "r::w::x::X::s::t::u::g::o::a::,::+::=::0::1::2::3::4::5::6::7::"

enum {
	NEW_OPTIONS = 2,
	OPTION_DEREFERENCE = 256,
	OPTION_NO_PRESERVE_ROOT,
	OPTION_PRESERVE_ROOT,
	OPTION_REFERENCE,
	OPTION_HELP,
	OPTION_VERSION
};

/* Those of 9.5 first. */
static const struct option table[] = {
	{"dereference", no_argument, NULL, OPTION_DEREFERENCE},
	{"no-dereference", no_argument, NULL, 'h'},
	{"changes", no_argument, NULL, 'c'},
	{"recursive", no_argument, NULL, 'R'},
	{"no-preserve-root", no_argument, NULL, OPTION_NO_PRESERVE_ROOT},
	{"preserve-root", no_argument, NULL, OPTION_PRESERVE_ROOT},
	{"quiet", no_argument, NULL, 'f'},
	{"reference", required_argument, NULL, OPTION_REFERENCE},
	{"silent", no_argument, NULL, 'f'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, OPTION_HELP},
	{"version", no_argument, NULL, OPTION_VERSION},
	{0},
};

static bool is_posix(const struct test_case *c)
{
	for (size_t i = 0; i < c->n_env; i++) {
		if (strncmp(c->env[i], "POSIXLY_CORRECT=", 16) == 0)
			return true;
	}
	return false;
}

static const char *letters(enum options_of of, bool posix)
{
	if (of == OPTIONS_OF_9_1)
		return posix ? "+Rcfv" MODES : "Rcfv" MODES;
	return posix ? "+HLPRcfhv" MODES : "HLPRcfhv" MODES;
}

static void take(struct options *o, int option)
{
	if (o->n < sizeof(o->read) / sizeof(o->read[0]))
		o->read[o->n++] = option;
	if (option == OPTION_REFERENCE || (option < 256 && option != ':' && strchr(MODES, option)))
		o->has_mode = true;
	switch (option) {
	case 'R': o->recursive = true; break;
	case 'f': o->quiet = true; break;
	case 'v':
	case 'c': o->verbosity = (char)option; break;
	case 'H':
	case 'L':
	case 'P': o->walk = (char)option; break;
	}
}

void options_read(const struct test_case *c, enum options_of of, struct options *ret)
{
	char name[] = "chmod";
	char *argv[CASE_WORDS + 2] = {name};
	int argc = (int)c->n_words + 1, option;

	memset(ret, 0, sizeof(*ret));
	memcpy(argv + 1, c->words, c->n_words * sizeof(c->words[0]));
	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, letters(of, is_posix(c)),
			table + (of == OPTIONS_OF_9_1 ? NEW_OPTIONS : 0), NULL)) != -1) {
		if (option == '?') {
			ret->wrong = true;
			ret->wrong_word = argv[optind - 1];
			return;
		}
		take(ret, option);
	}
	for (int i = optind; i < argc; i++)
		ret->rest[ret->n_rest++] = argv[i];
}

/*
 * Each clause of MODE twice, with D and with F: "Du+x,Fu+x,Dg=u,Fg=u". NULL if that is too long, or
 * if MODE has a number among other clauses: it is invalid, and would be valid with D and F.
 */
static const char *split_mode(const char *mode)
{
	static char split[8192];
	size_t used = 0;

	for (const char *end;; mode = end + 1) {
		size_t len = strcspn(mode, ",");

		end = mode + len;
		if (*mode >= '0' && *mode <= '7' && (used > 0 || *end == ','))
			return NULL;
		if (used + 2 * len + sizeof(",D,F") > sizeof(split))
			return NULL;
		used += (size_t)sprintf(split + used, "%sD%.*s,F%.*s", used ? "," : "", (int)len,
			mode, (int)len, mode);
		if (*end == '\0')
			return split;
	}
}

size_t options_of_ours(const struct test_case *c, const char *ret[static CASE_WORDS + 1])
{
	bool of_kinds = c->extra && strcmp(c->extra, EXTRA_KINDS) == 0;
	const char *split = NULL;
	struct options o;
	size_t n = 0;

	if (c->extra && !of_kinds)
		ret[n++] = c->extra;
	if (of_kinds) {
		options_read(c, OPTIONS_OF_9_5, &o);
		if (!o.wrong && !o.has_mode && o.n_rest > 0)
			split = split_mode(o.rest[0]);
	}
	for (size_t i = 0; i < c->n_words; i++) {
		/* The first word that is no option. Operands after it may be equal to it. */
		bool is_mode = split && c->words[i] == o.rest[0];

		ret[n++] = is_mode ? split : c->words[i];
		if (is_mode)
			split = NULL;
	}
	return n;
}

/* Whether WORD may be meant as one of the long options of 9.5. */
static bool may_be_new(const char *word)
{
	size_t len;

	if (!word || strncmp(word, "--", 2) != 0)
		return false;
	len = strcspn(word + 2, "=");
	for (int i = 0; i < NEW_OPTIONS; i++) {
		if (strncmp(table[i].name, word + 2, len) == 0)
			return true;
	}
	return false;
}

bool options_need_9_5(const struct test_case *c)
{
	struct options older, newer;

	options_read(c, OPTIONS_OF_9_1, &older);
	options_read(c, OPTIONS_OF_9_5, &newer);
	/* If both find a wrong option, their messages may list other possibilities. */
	return older.wrong != newer.wrong || older.n != newer.n ||
	       memcmp(older.read, newer.read, older.n * sizeof(older.read[0])) != 0 ||
	       (newer.wrong && may_be_new(newer.wrong_word));
}
