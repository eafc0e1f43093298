/* SPDX-License-Identifier: MIT */
#include "glob.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/*
 * Returns the character at *S and advances *S. A byte that is not part of a character gets a number
 * beyond Unicode.
 */
static uint32_t take(const char **s, const struct charset *charset)
{
	unsigned char byte = (unsigned char)**s;
	uint32_t c = byte;
	size_t len = byte >= 0x80 ? charset->decode(*s, &c) : 1;

	if (c == CHARSET_NONE) {
		c = 0x110000U + byte;
		len = 1;
	}
	*s += len;
	return c;
}

/* Whether C is in the class whose name is the LEN bytes at NAME. */
static bool in_class(const char *name, size_t len, uint32_t c)
{
	static const struct {
		char name[sizeof("xdigit")];
		int (*test)(int);
	} classes[] = {
		{"alnum", isalnum},
		{"alpha", isalpha},
		{"blank", isblank},
		{"cntrl", iscntrl},
		{"digit", isdigit},
		{"graph", isgraph},
		{"lower", islower},
		{"print", isprint},
		{"punct", ispunct},
		{"space", isspace},
		{"upper", isupper},
		{"xdigit", isxdigit},
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strlen(classes[i].name) == len && strncmp(classes[i].name, name, len) == 0)
			return c < 0x80 && classes[i].test((int)c);
	return false;
}

/* If P begins with [:name:], returns the end of the name; otherwise NULL. */
static const char *class_end(const char *p)
{
	if (p[0] != '[' || p[1] != ':')
		return NULL;
	p = strchr(p + 2, ':');
	return p != NULL && p[1] == ']' ? p : NULL;
}

/*
 * Whether C matches the set at *PATTERN, which points to the byte after its [. Returns 1 or 0 and
 * advances *PATTERN beyond the set; returns -1 if the set has no end.
 */
static int in_set(const char **pattern, uint32_t c, const struct charset *charset)
{
	const char *p = *pattern;
	bool negated = *p == '!' || *p == '^';
	bool found = false;

	p += negated;
	for (bool is_first = true; *p != ']' || is_first; is_first = false) {
		const char *end = class_end(p);
		uint32_t low, high;

		if (*p == '\0')
			return -1;
		if (end != NULL) {
			found |= in_class(p + 2, (size_t)(end - p - 2), c);
			p = end + 2;
			continue;
		}
		if (*p == '\\' && p[1] != '\0')
			p++;
		low = high = take(&p, charset);
		if (*p == '-' && p[1] != ']' && p[1] != '\0') {
			p++;
			if (*p == '\\' && p[1] != '\0')
				p++;
			high = take(&p, charset);
		}
		found |= low <= c && c <= high;
	}
	*pattern = p + 1;
	return found != negated;
}

/*
 * Whether the part of a pattern at *P, other than a star, matches the character at *T. Advances
 * both if it does.
 */
static bool matches_one(const char **p, const char **t, const struct charset *charset)
{
	const char *set = *p + 1;
	uint32_t c;
	int in;

	if (**t == '\0')
		return false;
	c = take(t, charset);
	switch (**p) {
	case '?': ++*p; return true;
	case '[':
		in = in_set(&set, c, charset);
		if (in < 0)
			break;
		*p = set;
		return in;
	case '\\':
		if ((*p)[1] == '\0')
			return false;
		++*p;
		break;
	}
	return take(p, charset) == c;
}

bool glob_matches(const char *pattern, const char *text, const struct charset *charset)
{
	/* The last star of the pattern so far, and the end of the text that it matches. */
	const char *star = NULL, *taken = NULL;

	while (*text != '\0' || *pattern != '\0') {
		const char *p = pattern, *t = text;

		if (*pattern == '*') {
			star = pattern++;
			taken = text;
		} else if (*pattern != '\0' && matches_one(&p, &t, charset)) {
			pattern = p;
			text = t;
		} else if (star != NULL && *taken != '\0') {
			/*
			 * Lets the last star match one character more. Earlier stars need not be
			 * tried again: what they could match in addition, the last one can.
			 */
			take(&taken, charset);
			pattern = star + 1;
			text = taken;
		} else {
			return false;
		}
	}
	return true;
}
