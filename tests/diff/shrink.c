/* SPDX-License-Identifier: MIT */
#include "shrink.h"

#include <stdio.h>
#include <string.h>

enum { TRIALS = 4000, WORD_ROOM = 16384 };

struct shrinking {
	struct test_case *best;
	struct keep *keep;
	shrink_shows_fn *shows;
	void *ctx;
	unsigned trials;
};

/* Makes C the best case if it still shows the difference. */
static bool take(struct shrinking *s, const struct test_case *c)
{
	if (s->trials == TRIALS || !case_is_contained(c) || !case_is_common(c))
		return false;
	s->trials++;
	if (!s->shows(s->ctx, c))
		return false;
	*s->best = *c;
	return true;
}

/* ---------------------------------------------------------------------------- words and entries */

static bool drop_words(struct shrinking *s)
{
	bool progress = false;

	for (size_t i = s->best->n_words; i-- > 0;) {
		struct test_case c = *s->best;

		c.n_words--;
		memmove(&c.words[i], &c.words[i + 1], (c.n_words - i) * sizeof(c.words[0]));
		progress |= take(s, &c);
	}
	return progress;
}

/* Whether E has to be dropped together with GONE. */
static bool depends_on(const struct test_case *c, const struct entry *e, const struct entry *gone)
{
	const struct entry *twin = e->kind == ENTRY_TWIN ? case_entry(c, e->target) : NULL;

	if (case_is_below(e, gone))
		return true;
	return twin && depends_on(c, twin, gone);
}

static bool drop_entries(struct shrinking *s)
{
	bool progress = false;

	for (size_t i = s->best->n_entries; i-- > 1;) {
		const struct test_case *from = s->best;
		struct test_case c = *from;

		if (i >= from->n_entries)
			continue;
		c.n_entries = 0;
		for (size_t j = 0; j < from->n_entries; j++) {
			if (!depends_on(from, &from->entries[j], &from->entries[i]))
				c.entries[c.n_entries++] = from->entries[j];
		}
		progress |= take(s, &c);
	}
	return progress;
}

static bool simplify_entry(struct shrinking *s, size_t i)
{
	enum entry_owner usual = s->best->as_user ? ENTRY_OWN : ENTRY_ROOTS;
	struct test_case c = *s->best;
	struct entry *e = &c.entries[i];
	mode_t mode = e->kind == ENTRY_DIRECTORY ? 0755 : 0644;
	bool progress = false;

	if (e->kind != ENTRY_DIRECTORY && e->kind != ENTRY_FILE) {
		e->kind = ENTRY_FILE;
		e->mode = 0644;
		progress |= take(s, &c);
	}
	c = *s->best;
	/* A link to nothing. */
	if (e->kind == ENTRY_LINK && strcmp(e->target, "x") != 0) {
		e->target = "x";
		progress |= take(s, &c);
	}
	c = *s->best;
	if (e->owner != usual) {
		e->owner = usual;
		progress |= take(s, &c);
	}
	c = *s->best;
	if (e->kind != ENTRY_LINK && e->kind != ENTRY_TWIN && e->mode != mode) {
		e->mode = mode;
		progress |= take(s, &c);
	}
	/* Or one bit after the other. */
	for (mode_t bit = 04000; bit; bit >>= 1) {
		c = *s->best;
		if (((e->mode ^ mode) & bit) == 0 || e->kind == ENTRY_LINK || e->kind == ENTRY_TWIN)
			continue;
		e->mode ^= bit;
		progress |= take(s, &c);
	}
	return progress;
}

static bool simplify_entries(struct shrinking *s)
{
	bool progress = false;

	for (size_t i = s->best->n_entries; i-- > 0;)
		progress |= simplify_entry(s, i);
	return progress;
}

/* -------------------------------------------------------------------------------- circumstances */

static bool drop_env(struct shrinking *s)
{
	bool progress = false;

	for (size_t i = s->best->n_env; i-- > 0;) {
		struct test_case c = *s->best;

		c.n_env--;
		memmove(&c.env[i], &c.env[i + 1], (c.n_env - i) * sizeof(c.env[0]));
		progress |= take(s, &c);
	}
	return progress;
}

static bool become_root(struct shrinking *s)
{
	struct test_case c = *s->best;

	c.as_user = false;
	for (size_t i = 0; i < c.n_entries; i++)
		c.entries[i].owner = ENTRY_ROOTS;
	return s->best->as_user && take(s, &c);
}

static bool simplify_circumstances(struct shrinking *s)
{
	bool progress = drop_env(s);
	struct test_case c;

	progress |= become_root(s);
/* Tries FIELD with VALUE. */
#define TRY(field, value)                                                                          \
	do {                                                                                       \
		c = *s->best;                                                                      \
		if (c.field != (value)) {                                                          \
			c.field = (value);                                                         \
			progress |= take(s, &c);                                                   \
		}                                                                                  \
	} while (0)
	TRY(umask, 022);
	TRY(extra, NULL);
	TRY(stdin_closed, false);
	TRY(sigpipe_ignored, false);
	TRY(out, STREAM_PIPE);
	TRY(err, STREAM_PIPE);
#undef TRY
	c = *s->best;
	c.program = "chmod";
	if (strcmp(s->best->program, c.program) != 0)
		progress |= take(s, &c);
	return progress;
}

/* ---------------------------------------------------------------------------------------- names */

/*
 * PATH with every component that is OLD replaced by NEW, which is not empty. A component begins
 * after a slash, after "=" and at the start.
 */
static const char *replace(struct keep *keep, const char *path, const char *old, const char *new)
{
	char room[WORD_ROOM];
	size_t len = 0, old_len = strlen(old);
	bool at_start = true, found = false;

	while (*path && len + strlen(new) + 1 < sizeof(room)) {
		if (at_start && strncmp(path, old, old_len) == 0 &&
			(path[old_len] == '\0' || path[old_len] == '/')) {
			len += (size_t)sprintf(room + len, "%s", new);
			path += old_len;
			at_start = false;
			found = true;
			continue;
		}
		at_start = *path == '/' || *path == '=';
		room[len++] = *path++;
	}
	return found ? keep_bytes(keep, room, len) : NULL;
}

static bool rename_all(struct shrinking *s, const char *old, const char *new)
{
	struct test_case c = *s->best;
	const char *changed;

	for (size_t i = 0; i < c.n_entries; i++) {
		struct entry *e = &c.entries[i];

		changed = replace(s->keep, e->path, old, new);
		if (changed && case_entry(&c, changed))
			return false;
		e->path = changed ? changed : e->path;
		changed = e->target ? replace(s->keep, e->target, old, new) : NULL;
		e->target = changed ? changed : e->target;
	}
	for (size_t i = 0; i < c.n_words; i++) {
		changed = replace(s->keep, c.words[i], old, new);
		c.words[i] = changed ? changed : c.words[i];
	}
	return take(s, &c);
}

/* STRING without the byte at I. */
static const char *without(struct keep *keep, const char *string, size_t i)
{
	return keep_format(keep, "%.*s%s", (int)i, string, string + i + 1);
}

/* Gives the entries called NAME a shorter name: one letter, or NAME without some bytes. */
static bool shorten_name(struct shrinking *s, const char *name)
{
	size_t len = strlen(name);

	if (len == 1 && strchr("abcdefghijkl", *name))
		return false;
	for (const char *letter = "abcdefghijkl"; *letter; letter++) {
		if (rename_all(s, name, keep_bytes(s->keep, letter, 1)))
			return true;
	}
	for (size_t i = 0; i < len && len > 1; i++) {
		const char *shorter = without(s->keep, name, i);

		if (strcmp(shorter, ".") != 0 && strcmp(shorter, "..") != 0 &&
			rename_all(s, name, shorter))
			return true;
	}
	return false;
}

static bool shorten_names(struct shrinking *s)
{
	bool progress = false;

	for (size_t i = s->best->n_entries; i-- > 1;) {
		const char *path = s->best->entries[i].path, *slash = strrchr(path, '/');

		while (shorten_name(s, slash ? slash + 1 : path)) {
			progress = true;
			path = s->best->entries[i].path;
			slash = strrchr(path, '/');
		}
	}
	return progress;
}

/* Drops a directory; its entries move up to where it was. */
static bool lift(struct shrinking *s, size_t at)
{
	struct test_case c = *s->best;
	const char *path = c.entries[at].path;
	size_t len = strlen(path), parent = case_parent_length(path);
	size_t keep_len = parent ? parent + 1 : 0;

	memmove(&c.entries[at], &c.entries[at + 1], (--c.n_entries - at) * sizeof(c.entries[0]));
	for (size_t i = 0; i < c.n_entries + c.n_words; i++) {
		const char **name =
			i < c.n_entries ? &c.entries[i].path : &c.words[i - c.n_entries];
		const char *lifted;

		if (strncmp(*name, path, len) != 0 || (*name)[len] != '/' || !(*name)[len + 1])
			continue;
		lifted = keep_format(s->keep, "%.*s%s", (int)keep_len, path, *name + len + 1);
		if (i < c.n_entries && case_entry(&c, lifted))
			return false;
		*name = lifted;
	}
	return take(s, &c);
}

static bool lift_directories(struct shrinking *s)
{
	bool progress = false;

	for (size_t i = s->best->n_entries; i-- > 1;) {
		if (i < s->best->n_entries && s->best->entries[i].kind == ENTRY_DIRECTORY)
			progress |= lift(s, i);
	}
	return progress;
}

/* Replaces words by usual ones that are shorter. */
static bool simplify_words(struct shrinking *s)
{
	static const char *const usual[] = {"-R", "-v", "-w", "755", "+", "."};
	bool progress = false;

	for (size_t i = 0; i < s->best->n_words; i++) {
		for (size_t j = 0; j < sizeof(usual) / sizeof(usual[0]); j++) {
			struct test_case c = *s->best;

			if (strlen(c.words[i]) <= strlen(usual[j]))
				continue;
			c.words[i] = usual[j];
			progress |= take(s, &c);
		}
	}
	return progress;
}

static bool shorten_words(struct shrinking *s)
{
	bool progress = false;

	for (size_t i = 0; i < s->best->n_words; i++) {
		for (size_t at = strlen(s->best->words[i]); at-- > 0;) {
			struct test_case c = *s->best;

			if (at >= strlen(c.words[i]))
				continue;
			c.words[i] = without(s->keep, c.words[i], at);
			progress |= take(s, &c);
		}
	}
	return progress;
}

/* ------------------------------------------------------------------------------------ interface */

void shrink(struct test_case *c, struct keep *keep, shrink_shows_fn *shows, void *ctx)
{
	struct shrinking s = {.best = c, .keep = keep, .shows = shows, .ctx = ctx};
	bool progress = true;

	while (progress && s.trials < TRIALS) {
		progress = drop_words(&s);
		progress |= drop_entries(&s);
		progress |= simplify_circumstances(&s);
		progress |= simplify_entries(&s);
		progress |= lift_directories(&s);
		progress |= simplify_words(&s);
		progress |= shorten_words(&s);
		progress |= shorten_names(&s);
	}
}
