/* SPDX-License-Identifier: MIT */
#include "pattern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* P9: added to a byte that is no character, this gives a number that no character has. */
enum { NO_CHARACTER = 0x40000000 };

enum kind { STAR, ANY, ONE, SET, NOTHING };

/* One item of a pattern. */
struct item {
	enum kind kind;
	uint32_t c;          /* ONE */
	size_t first, after; /* SET: its members, in the pattern */
	bool negated;
};

/* A string as characters. */
struct string {
	uint32_t *c;
	size_t len;
};

/* Well-formed UTF-8 by The Unicode Standard, table 3-7: leads, and the bytes that may come next. */
static const struct {
	unsigned char first, last, next_first, next_last;
	size_t len;
} sequences[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2},
	{0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3},
	{0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4},
	{0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool between(unsigned char byte, unsigned char first, unsigned char last)
{
	return first <= byte && byte <= last;
}

/* The length of the character beyond ASCII at S, 0 if there is none. */
static size_t sequence(const unsigned char *s)
{
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		if (!between(s[0], sequences[i].first, sequences[i].last))
			continue;
		if (!between(s[1], sequences[i].next_first, sequences[i].next_last))
			return 0;
		for (size_t n = 2; n < sequences[i].len; n++)
			if (!between(s[n], 0x80, 0xbf))
				return 0;
		return sequences[i].len;
	}
	return 0;
}

static struct string split(const char *text, bool utf8)
{
	const unsigned char *s = (const unsigned char *)text;
	struct string string = {.c = calloc(strlen(text) + 1, sizeof(uint32_t))};

	if (string.c == NULL)
		abort();
	while (*s != '\0') {
		size_t len = utf8 ? sequence(s) : 0;
		uint32_t c = *s;

		if (len > 0) {
			c = *s & (0x3fU >> (len - 1));
			for (size_t n = 1; n < len; n++)
				c = c * 64 + (s[n] - 0x80U);
		} else if (utf8 && c >= 0x80) {
			c |= NO_CHARACTER;
		}
		string.c[string.len++] = c;
		s += len > 0 ? len : 1;
	}
	return string;
}

/* The place after the "[:name:]" at AT, or AT if there is none. */
static size_t after_class(const struct string *p, size_t at)
{
	size_t i = at + 2;

	if (at + 1 >= p->len || p->c[at] != '[' || p->c[at + 1] != ':')
		return at;
	while (i < p->len && p->c[i] != ':')
		i++;
	return i + 1 < p->len && p->c[i] == ':' && p->c[i + 1] == ']' ? i + 2 : at;
}

/* P3 in a set: the character at *AT, which is moved past it. 0: the pattern ends there. */
static uint32_t member(const struct string *p, size_t *at)
{
	if (p->c[*at] == '\\' && *at + 1 < p->len)
		++*at;
	return *at < p->len ? p->c[(*at)++] : 0;
}

/* Whether the - of a range is at AT. P5: it is none before a ]. */
static bool is_range(const struct string *p, size_t at)
{
	return at + 1 < p->len && p->c[at] == '-' && p->c[at + 1] != ']';
}

/* P4, P5: the place of the ] that ends the set whose members begin at FIRST; P8: 0. */
static size_t end_of_set(const struct string *p, size_t first)
{
	for (size_t at = first; at < p->len;) {
		size_t after = after_class(p, at);

		if (p->c[at] == ']' && at > first)
			return at;
		if (after > at) {
			at = after;
			continue;
		}
		member(p, &at);
		if (is_range(p, at)) {
			at++;
			member(p, &at);
		}
	}
	return 0;
}

/* The item at *AT, which is moved past it. */
static struct item next_item(const struct string *p, size_t *at)
{
	struct item item = {.kind = ONE, .c = p->c[(*at)++]};
	size_t first = *at, end;

	switch (item.c) {
	case '*': item.kind = STAR; break;
	case '?': item.kind = ANY; break;
	case '\\':
		if (*at == p->len)
			item.kind = NOTHING;
		else
			item.c = p->c[(*at)++];
		break;
	case '[':
		if (first < p->len && (p->c[first] == '!' || p->c[first] == '^'))
			first++;
		end = end_of_set(p, first);
		if (end == 0)
			break;
		item.kind = SET;
		item.negated = first > *at;
		item.first = first;
		item.after = end;
		*at = end + 1;
		break;
	}
	return item;
}

static bool in_range(uint32_t c, uint32_t first, uint32_t last)
{
	return first <= c && c <= last;
}

/* P7: the name at AT, up to AFTER. */
static bool in_class(const struct string *p, size_t at, size_t after, uint32_t c)
{
	bool lower = in_range(c, 'a', 'z'), upper = in_range(c, 'A', 'Z');
	bool digit = in_range(c, '0', '9'), graph = in_range(c, 0x21, 0x7e);
	bool hex = digit || in_range(c, 'a', 'f') || in_range(c, 'A', 'F');
	const struct {
		const char *name;
		bool has;
	} classes[] = {
		{"alnum", lower || upper || digit},
		{"alpha", lower || upper},
		{"blank", c == ' ' || c == '\t'},
		{"cntrl", c < 0x20 || c == 0x7f},
		{"digit", digit},
		{"graph", graph},
		{"lower", lower},
		{"print", graph || c == ' '},
		{"punct", graph && !lower && !upper && !digit},
		{"space", c == ' ' || in_range(c, '\t', '\r')},
		{"upper", upper},
		{"xdigit", hex},
	};
	char name[16] = "";

	for (size_t i = at + 2; i < after - 2 && i - at - 2 < sizeof(name) - 1; i++)
		name[i - at - 2] = (char)p->c[i];
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(classes[i].name, name) == 0)
			return classes[i].has;
	return false;
}

static bool in_set(const struct string *p, const struct item *set, uint32_t c)
{
	bool found = false;

	for (size_t at = set->first; at < set->after;) {
		size_t after = after_class(p, at);
		uint32_t first, last;

		if (after > at) {
			found = found || in_class(p, at, after, c);
			at = after;
			continue;
		}
		first = last = member(p, &at);
		if (is_range(p, at)) {
			at++;
			last = member(p, &at);
		}
		found = found || in_range(c, first, last);
	}
	return found != set->negated;
}

static bool item_matches(const struct string *p, const struct item *item, uint32_t c)
{
	switch (item->kind) {
	case ANY: return true;
	case ONE: return item->c == c;
	case SET: return in_set(p, item, c);
	default: return false;
	}
}

bool pattern_matches(const char *pattern, const char *text, bool utf8)
{
	struct string p = split(pattern, utf8), t = split(text, utf8);
	/* Whether the items so far match the first I characters. */
	bool *reached = calloc(t.len + 1, sizeof(bool));
	bool result;

	if (reached == NULL)
		abort();
	reached[0] = true;
	for (size_t at = 0; at < p.len;) {
		struct item item = next_item(&p, &at);

		if (item.kind == STAR) {
			for (size_t i = 1; i <= t.len; i++)
				reached[i] = reached[i] || reached[i - 1];
			continue;
		}
		for (size_t i = t.len; i > 0; i--)
			reached[i] = reached[i - 1] && item_matches(&p, &item, t.c[i - 1]);
		reached[0] = false;
	}
	result = reached[t.len];
	free(reached);
	free(p.c);
	free(t.c);
	return result;
}

bool pattern_is_utf8(const char *text)
{
	struct string t = split(text, true);
	bool result = true;

	for (size_t i = 0; i < t.len; i++)
		if (t.c[i] & NO_CHARACTER)
			result = false;
	free(t.c);
	return result;
}

bool pattern_is_odd(const char *pattern)
{
	static const char *const known[] = {"alnum", "alpha", "blank", "cntrl", "digit", "graph",
		"lower", "print", "punct", "space", "upper", "xdigit"};
	size_t pattern_len = strlen(pattern);

	if (pattern_len > 0 && pattern[pattern_len - 1] == '-')
		return true;
	for (const char *s = strchr(pattern, '['); s != NULL; s = strchr(s + 1, '[')) {
		size_t i = 0, len = strcspn(s + 1 + (s[1] != '\0'), ":");

		if (s[1] == '.' || s[1] == '=')
			return true;
		if (s[1] != ':')
			continue;
		while (i < sizeof(known) / sizeof(known[0]) &&
			(strlen(known[i]) != len || strncmp(known[i], s + 2, len) != 0))
			i++;
		if (i == sizeof(known) / sizeof(known[0]) || strncmp(s + 2 + len, ":]", 2) != 0)
			return true;
		/* It is the end or the beginning of a range. */
		if ((s > pattern && s[-1] == '-') || s[2 + len + 2] == '-')
			return true;
	}
	return false;
}
