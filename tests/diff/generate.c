/* SPDX-License-Identifier: MIT */
#include "generate.h"

#include <string.h>

static uint64_t next(struct source *s)
{
	/* splitmix64 (Steele, Lea, Flood 2014) */
	uint64_t z = s->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

unsigned source_below(struct source *s, unsigned n)
{
	return (unsigned)(next(s) >> 32) % n;
}

bool source_chance(struct source *s, unsigned percent)
{
	return source_below(s, 100) < percent;
}

const char *source_pick(struct source *s, const char *const *list)
{
	unsigned n = 0;

	while (list[n])
		n++;
	return list[source_below(s, n)];
}

static void add_env(struct test_case *c, const char *setting)
{
	c->env[c->n_env++] = setting;
}

static void generate_env(struct source *s, struct test_case *c)
{
	static const char *const c_locales[] = {
		"LC_ALL=C", "LC_ALL=POSIX", "LANG=C", "LC_CTYPE=C", "LC_MESSAGES=C.UTF-8", NULL};
	static const char *const utf8_locales[] = {
		"LC_ALL=C.UTF-8", "LC_ALL=C.utf8", "LC_CTYPE=C.UTF-8", "LANG=C.UTF-8", NULL};

	c->n_env = 0;
	if (source_chance(s, 45))
		add_env(c, source_pick(s, utf8_locales));
	else if (source_chance(s, 50))
		add_env(c, source_pick(s, c_locales));
	/* A variable that takes precedence, empty or with another value. */
	if (c->n_env == 1 && strncmp(c->env[0], "LANG=", 5) == 0 && source_chance(s, 30))
		add_env(c, source_chance(s, 50) ? "LC_ALL=" : "LC_CTYPE=C");
	if (source_chance(s, 8))
		add_env(c, source_chance(s, 70) ? "POSIXLY_CORRECT=1" : "POSIXLY_CORRECT=");
}

static mode_t generate_umask(struct source *s)
{
	static const mode_t usual[] = {022, 022, 022, 0, 027, 077, 02, 0777};

	return source_chance(s, 75) ? usual[source_below(s, 8)] : source_below(s, 01000);
}

static void generate_streams(struct source *s, struct test_case *c)
{
	c->out = source_chance(s, 80) ? STREAM_PIPE : STREAM_FILE;
	c->err = source_chance(s, 35) ? STREAM_TOGETHER : STREAM_PIPE;
	c->sigpipe_ignored = source_chance(s, 10);
	c->stdin_closed = source_chance(s, 4);
	if (source_chance(s, 88))
		return;
	if (source_chance(s, 75))
		c->out = source_chance(s, 33)   ? STREAM_FULL
			 : source_chance(s, 50) ? STREAM_CLOSED
						: STREAM_BROKEN;
	else
		c->err = source_chance(s, 50) ? STREAM_FULL : STREAM_CLOSED;
	if (c->out != STREAM_PIPE && c->out != STREAM_FILE && c->err == STREAM_TOGETHER)
		c->err = STREAM_PIPE;
}

/* Most extras make no difference in trees as small as these; compare.c knows which ones do. */
static const char *generate_extra(struct source *s)
{
	static const char *const extras[] = {"--jobs=4", "-j1", "--progress", "--one-file-system",
		"--exclude=/", "--include=*", "--skip-unchanged", "--dry-run", EXTRA_KINDS,
		EXTRA_KINDS, NULL};

	return source_chance(s, 40) ? source_pick(s, extras) : NULL;
}

void generate_case(struct keep *keep, uint64_t seed, uint64_t index,
	const struct generate_for *goal, struct test_case *ret)
{
	static const char *const programs[] = {
		"./chmod", "/usr/bin/chmod", "", "lt-chmod", "it's \xc3\xa9", "-chmod", NULL};
	struct source seeds = {.state = seed};
	struct source s = {.state = next(&seeds) + index, .keep = keep};

	s.state = next(&s);
	do {
		memset(ret, 0, sizeof(*ret));
		ret->program = source_chance(&s, 97) ? "chmod" : source_pick(&s, programs);
		ret->as_user = source_chance(&s, 55) || !goal->as_root;
		ret->umask = generate_umask(&s);
		generate_env(&s, ret);
		generate_streams(&s, ret);
		generate_tree(&s, goal, ret);
		generate_words(&s, goal, ret);
		ret->extra = generate_extra(&s);
	} while (!case_is_contained(ret) || !case_is_common(ret));
}
