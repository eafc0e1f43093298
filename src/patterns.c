/* SPDX-License-Identifier: MIT */
#include "patterns.h"

#include "glob.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The key of a pattern is the literal string at one of its ends, which a matching text must have
 * too. Patterns are found by the hash of their key, in one table for all. The place says which end
 * the key is at: for patterns of names the end where it is longer, for patterns of paths the end of
 * the last name.
 */
enum place { NAME_END, NAME_START, PATH_END, PLACES };

struct pattern {
	const char *glob;
	const struct pattern *next; /* in the same slot */
	enum place place;
	uint32_t hash;  /* of the key */
	size_t len;     /* of the key */
	uint64_t bytes; /* see bytes_of() */
};

struct patterns {
	const struct charset *charset;
	bool has[PLACES]; /* whether any pattern has this place */
	size_t slot_mask; /* the number of slots, a power of 2, minus 1 */
	const struct pattern **slots;
	struct pattern patterns[];
};

/* The hash is FNV-1a; this is the hash of an empty key. */
enum { EMPTY = 0x11c9dc5 };

static uint32_t add(uint32_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * 16777619U;
}

/*
 * The bytes of TEXT before the first of those in END, without * and ?, as a set of 64 bits. Several
 * bytes share a bit (capital letters that of small ones, but no letter that of a digit), so the set
 * can prove that a text lacks a byte of a pattern, but not that it has it.
 */
static uint64_t bytes_of(const char *text, const char *end)
{
	uint64_t bytes = 0;

	for (size_t len = strcspn(text, end); len > 0; len--, text++)
		if (*text != '*' && *text != '?')
			bytes |= UINT64_C(1) << ((*text & 31) | (*text >> 1 & 32));
	return bytes;
}

bool patterns_need_charset(const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strpbrk(patterns[i], "*?[\\") != NULL)
			return true;
	return false;
}

/* Sets the key of P and the bytes that a matching text must have. */
static void find_key(struct pattern *p)
{
	size_t len = strlen(p->glob), start_len = strcspn(p->glob, "*?[\\"), end_len = 0;
	bool is_path = strchr(p->glob, '/') != NULL;

	while (end_len < len &&
		strchr(is_path ? "*?[]\\/" : "*?[]\\", p->glob[len - end_len - 1]) == NULL)
		end_len++;
	p->place = is_path ? PATH_END : start_len > end_len ? NAME_START : NAME_END;
	p->len = p->place == NAME_START ? start_len : end_len;
	p->hash = EMPTY;
	for (size_t i = 0; i < p->len; i++)
		p->hash = add(p->hash, p->glob[p->place == NAME_START ? i : len - 1 - i]);
	/* From the first [ or \ on, not every byte of the pattern must be in the text. */
	p->bytes = bytes_of(p->glob, "[\\");
}

int patterns_new(struct patterns **ret, const char *const *patterns, size_t count,
	const struct charset *charset)
{
	struct patterns *x = calloc(1, sizeof(*x) + count * sizeof(x->patterns[0]));
	size_t slots = 1;

	while (slots < count)
		slots *= 2;
	if (x != NULL)
		x->slots = calloc(slots, sizeof(*x->slots));
	if (x == NULL || x->slots == NULL) {
		free(x);
		return -ENOMEM;
	}
	x->charset = charset;
	x->slot_mask = slots - 1;
	for (size_t i = 0; i < count; i++) {
		struct pattern *p = &x->patterns[i];
		const struct pattern **slot;

		p->glob = patterns[i];
		find_key(p);
		slot = &x->slots[p->hash & x->slot_mask];
		p->next = *slot;
		*slot = p;
		x->has[p->place] = true;
	}
	*ret = x;
	return 0;
}

/*
 * A search for patterns with PLACE that match TEXT; if that is NULL, for those with the right key.
 */
struct search {
	const struct patterns *x;
	enum place place;
	const char *text;
	uint64_t bytes; /* bytes_of() text */
};

/* Whether any pattern whose key has this hash and length matches. */
static bool has_match(const struct search *s, uint32_t hash, size_t len)
{
	const struct pattern *p = s->x->slots[hash & s->x->slot_mask];

	for (; p != NULL; p = p->next)
		if (p->hash == hash && p->len == len && p->place == s->place &&
			(p->bytes & ~s->bytes) == 0 &&
			(s->text == NULL || glob_matches(p->glob, s->text, s->x->charset)))
			return true;
	return false;
}

/* Whether any pattern with PLACE, whose key is that end of NAME, matches TEXT. */
static bool has_match_for(const struct patterns *x, enum place place, const char *name,
	const char *text, uint64_t bytes)
{
	const struct search s = {x, place, text, bytes};
	size_t name_len = strlen(name);
	uint32_t hash = EMPTY;

	if (!x->has[place])
		return false;
	for (size_t len = 0; !has_match(&s, hash, len); len++) {
		if (len == name_len)
			return false;
		hash = add(hash, name[place == NAME_START ? len : name_len - 1 - len]);
	}
	return true;
}

enum patterns_answer patterns_name(const struct patterns *x, const char *name)
{
	uint64_t bytes = bytes_of(name, "");

	if (has_match_for(x, NAME_END, name, name, bytes) ||
		has_match_for(x, NAME_START, name, name, bytes))
		return PATTERNS_YES;
	return has_match_for(x, PATH_END, name, NULL, UINT64_MAX) ? PATTERNS_ASK_PATH : PATTERNS_NO;
}

bool patterns_path(const struct patterns *x, const char *path, const char *name)
{
	return has_match_for(x, PATH_END, name, path, bytes_of(path, ""));
}

void patterns_free(struct patterns *x)
{
	if (x != NULL)
		free(x->slots);
	free(x);
}
