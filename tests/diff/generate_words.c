/* SPDX-License-Identifier: MIT */
#include "generate.h"

#include <string.h>

/* ------------------------------------------------------------------------------------- operands */

static const char *join(struct source *s, const char *a, const char *b)
{
	return keep_format(s->keep, "%s%s", a, b);
}

/* Another name of the same file, or of one near it. */
static const char *respell(struct source *s, const struct test_case *c, const char *path)
{
	static const char *const ends[] = {"/", "//", "///", "/.", "/./", "//.", "/..", "/x", "/a",
		"/nowhere", "x", "/./.", "/../.", NULL};
	static const char *const starts[] = {"./", ".//", "././", "a/../", "d/../", "d/./", NULL};
	const char *slash = strchr(path, '/');

	switch (source_below(s, 4)) {
	case 0: return join(s, path, source_pick(s, ends));
	case 1: return join(s, source_pick(s, starts), path);
	case 2:
		if (slash)
			return keep_format(s->keep, "%.*s%s%s", (int)(slash - path), path,
				source_chance(s, 60) ? "//" : "/./", slash + 1);
		break;
	default: break;
	}
	/* The name of some entry appended: it may exist if PATH is a link. */
	return keep_format(
		s->keep, "%s/%s", path, c->entries[source_below(s, (unsigned)c->n_entries)].path);
}

const char *generate_operand(struct source *s, const struct test_case *c)
{
	static const char *const odd[] = {"", ".", "./", ".//", "./.", "nowhere", "nowhere/", "-",
		"--", "-v", "755", "u+x", "a/b/c/d", "...", "~", " ", "'", "it's\n", NULL};
	unsigned kind = source_below(s, 100);
	const struct entry *e = &c->entries[source_below(s, (unsigned)c->n_entries)];
	const char *path;

	/* Prefers directories. */
	if (e->kind != ENTRY_DIRECTORY && source_chance(s, 50))
		e = &c->entries[source_below(s, (unsigned)c->n_entries)];
	path = e->path;
	if (kind < 8)
		return source_pick(s, odd);
	if (kind < 10)
		return generate_name(s);
	if (kind < 60)
		return path;
	if (kind < 68) {
		/* Prefers entries of the top, which have the most below them. */
		size_t len = strcspn(path, "/");

		return keep_bytes(s->keep, path, len);
	}
	path = respell(s, c, path);
	return source_chance(s, 20) ? respell(s, c, path) : path;
}

/* -------------------------------------------------------------------------------------- options */

/* GNU's table. --help and --version are in it because they make abbreviations ambiguous. */
static const char *const long_options[] = {"changes", "recursive", "verbose", "quiet", "silent",
	"preserve-root", "no-preserve-root", "reference", "help", "version", NULL};
static const char *const link_options[] = {"dereference", "no-dereference", NULL};

static bool has_link_options(struct source *s, const struct generate_for *goal)
{
	return goal->version >= 905 ? source_chance(s, 25) : source_below(s, 400) == 0;
}

static char option_letter(struct source *s, const struct generate_for *goal)
{
	/* No j and no n, which only our program knows. */
	static const char wrong[] = "zZbdeiklmpqyABCVW?1:@~89-\x80\xff\n";

	if (has_link_options(s, goal))
		return "HLPh"[source_below(s, 4)];
	if (source_below(s, 250) == 0)
		return wrong[source_below(s, sizeof(wrong) - 1)];
	return "RRRRvvvvvccff"[source_below(s, 13)];
}

/* -v, -Rv, or sometimes -vw. */
static const char *short_options(struct source *s, const struct generate_for *goal)
{
	char word[8] = "-";
	size_t n = 1 + source_below(s, source_chance(s, 60) ? 1 : 4);

	for (size_t i = 0; i < n; i++)
		word[1 + i] = option_letter(s, goal);
	/* "--" would end the options. */
	if (word[1] == '-')
		word[1] = 'R';
	if (source_chance(s, 1))
		word[n] = "rwxXstugoa,+=0567"[source_below(s, 17)];
	return keep_bytes(s->keep, word, n + 1);
}

/* --verbose, --verb, --v, --verb=x. */
static const char *long_option(struct source *s, const struct generate_for *goal)
{
	const char *name = source_pick(s, has_link_options(s, goal) ? link_options : long_options);
	size_t len = strlen(name);
	const char *word;

	/* The texts of these two always differ. */
	if ((strcmp(name, "help") == 0 || strcmp(name, "version") == 0) && source_chance(s, 90))
		name = "verbose", len = strlen(name);
	if (source_chance(s, 25))
		len = 1 + source_below(s, (unsigned)len);
	word = keep_format(s->keep, "--%.*s", (int)len, name);
	if (source_chance(s, 2))
		word = keep_format(s->keep, "%s%s", word, source_chance(s, 50) ? "=" : "=x");
	if (source_chance(s, 1))
		word = keep_format(s->keep, "%sx", word);
	return word;
}

static void add_word(struct test_case *c, const char *word)
{
	if (c->n_words < CASE_WORDS)
		c->words[c->n_words++] = word;
}

static void add_reference(struct source *s, struct test_case *c)
{
	const char *name = source_pick(
		s, (const char *const[]){"--reference", "--ref", "--refe", "--referenc", NULL});
	const char *file = generate_operand(s, c);

	if (source_chance(s, 60)) {
		add_word(c, keep_format(s->keep, "%s=%s", name, file));
		return;
	}
	add_word(c, name);
	add_word(c, file);
}

static void add_option(struct source *s, const struct generate_for *goal, struct test_case *c)
{
	static const char *const odd[] = {"---", "--=", "--=x", "--reference=", "--rec=", "--n",
		"--no", "--re", "--r", "--v", "--ver", "--w", "--p", "--s", "--q", "--c", "--f",
		"--silent=x", "--preserve-root=all", "--recursivex", "--Recursive", NULL};
	unsigned kind = source_below(s, 1000);

	if (kind < 680)
		add_word(c, short_options(s, goal));
	else if (kind < 980)
		add_word(c, long_option(s, goal));
	else
		add_word(c, source_pick(s, odd));
}

/* ---------------------------------------------------------------------------------------- words */

/* Moves the last word before one of those from FROM on. */
static void move_last_word(struct source *s, struct test_case *c, size_t from)
{
	size_t last = c->n_words - 1, to = from + source_below(s, (unsigned)(last - from) + 1);
	const char *word = c->words[last];

	memmove(&c->words[to + 1], &c->words[to], (last - to) * sizeof(c->words[0]));
	c->words[to] = word;
}

static void add_mode(struct source *s, struct test_case *c)
{
	unsigned kind = source_below(s, 100), n = 0;

	if (kind < 7) {
		add_reference(s, c);
		if (source_chance(s, 90))
			return;
	} else if (kind < 20) {
		do
			add_word(c, generate_dashed_mode(s));
		while (source_chance(s, 30) && ++n < 3);
		if (source_chance(s, 90))
			return;
	}
	if (kind >= 20 || source_chance(s, 50))
		add_word(c, generate_mode(s));
}

static unsigned operand_count(struct source *s)
{
	unsigned kind = source_below(s, 100);

	return kind < 3 ? 0 : kind < 55 ? 1 : kind < 80 ? 2 : 3 + source_below(s, 4);
}

void generate_words(struct source *s, const struct generate_for *goal, struct test_case *c)
{
	unsigned options = source_below(s, 4), operands = operand_count(s);

	c->n_words = 0;
	if (source_chance(s, 35))
		add_word(c, source_chance(s, 50) ? "-R" : "-vR");
	for (unsigned i = 0; i < options; i++)
		add_option(s, goal, c);
	add_mode(s, c);
	if (source_chance(s, 8))
		add_word(c, "--");
	for (unsigned i = 0; i < operands; i++)
		add_word(c, i > 0 && source_chance(s, 10) ? c->words[c->n_words - 1]
							  : generate_operand(s, c));
	if (source_chance(s, 15)) {
		/* After operands, so that getopt_long(3) has to permute. */
		if (source_chance(s, 60))
			add_option(s, goal, c);
		else
			add_word(c, source_chance(s, 60) ? generate_dashed_mode(s) : "--");
		move_last_word(s, c, 0);
	}
}
