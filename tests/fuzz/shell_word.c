/* SPDX-License-Identifier: MIT */
#include "shell_word.h"

#include <stddef.h>
#include <string.h>

/* What is still to be read, and where the next byte of the word goes. */
struct copy {
	const char *at;
	char *to;
};

/* XCU 2.2: what has a meaning if it is not quoted, everywhere in a word; # and ~ only in front. */
static bool is_special(char c)
{
	return strchr("|&;<>()$`\\\"' \t\n*?[", c) != NULL;
}

/*
 * Beyond POSIX: ! is history in an interactive shell, and ^ was | and negation in old ones. Some
 * shells expand a ~ after a = or a :, as in an assignment.
 */
static bool is_suspicious(const char *at)
{
	return *at == '!' || *at == '^' || ((*at == '=' || *at == ':') && at[1] == '~');
}

/* What the letter after a backslash stands for; 0 for none. */
static char letter_escape(char c)
{
	static const char letters[] = "abtnvfr\\'\"", bytes[] = "\a\b\t\n\v\f\r\\'\"";
	const char *found = c != '\0' ? strchr(letters, c) : NULL;

	return found != NULL ? bytes[found - letters] : '\0';
}

static bool is_octal(char c)
{
	return '0' <= c && c <= '7';
}

/* Reads the backslash at C->at and what belongs to it: a letter, or three octal digits. */
static bool read_escape(struct copy *c)
{
	const char *s = c->at + 1;
	unsigned byte;

	if (letter_escape(*s) != '\0') {
		*c->to++ = letter_escape(*s);
		c->at += 2;
		return true;
	}
	if (!is_octal(s[0]) || !is_octal(s[1]) || !is_octal(s[2]))
		return false;
	byte = (unsigned)(s[0] - '0') * 64 + (unsigned)(s[1] - '0') * 8 + (unsigned)(s[2] - '0');
	if (byte == 0 || byte > 0xff)
		return false;
	*c->to++ = (char)byte;
	c->at += 4;
	return true;
}

/* XCU 2.2.2: everything up to the next single quote. */
static bool read_single(struct copy *c)
{
	const char *end = strchr(++c->at, '\'');

	if (end == NULL)
		return false;
	memcpy(c->to, c->at, (size_t)(end - c->at));
	c->to += end - c->at;
	c->at = end + 1;
	return true;
}

/* XCU 2.2.3: $ ` and \ have a meaning in double quotes, and by history ! has. */
static bool read_double(struct copy *c)
{
	const char *end = strchr(++c->at, '"');

	if (end == NULL)
		return false;
	for (; c->at < end; c->at++) {
		if (strchr("$`\\!", *c->at) != NULL)
			return false;
		*c->to++ = *c->at;
	}
	c->at++;
	return true;
}

/* XCU 2.2.4: $'...' */
static bool read_dollar_single(struct copy *c)
{
	c->at += 2;
	while (*c->at != '\'') {
		if (*c->at == '\0')
			return false;
		if (*c->at != '\\')
			*c->to++ = *c->at++;
		else if (!read_escape(c))
			return false;
	}
	c->at++;
	return true;
}

bool shell_word_read(const char *text, char *ret)
{
	struct copy c = {text, ret};

	/* No word at all, a comment, a home directory, or a reserved word. */
	if (*text == '\0' || *text == '#' || *text == '~' || strcmp(text, "{") == 0 ||
		strcmp(text, "}") == 0)
		return false;
	while (*c.at != '\0') {
		bool good = true;

		if (*c.at == '\'') {
			good = read_single(&c);
		} else if (*c.at == '"') {
			good = read_double(&c);
		} else if (c.at[0] == '$' && c.at[1] == '\'') {
			good = read_dollar_single(&c);
		} else if (*c.at == '\\' && c.at[1] != '\0' && c.at[1] != '\n') {
			/* XCU 2.2.1 */
			*c.to++ = c.at[1];
			c.at += 2;
		} else if (is_special(*c.at) || is_suspicious(c.at)) {
			good = false;
		} else {
			*c.to++ = *c.at++;
		}
		if (!good)
			return false;
	}
	*c.to = '\0';
	return true;
}

bool locale_word_read(const char *text, bool utf8, char *ret)
{
	const char *left = utf8 ? "\u2018" : "'", *right = utf8 ? "\u2019" : "'";
	size_t right_len = strlen(right);
	struct copy c = {text + strlen(left), ret};

	if (strncmp(text, left, strlen(left)) != 0)
		return false;
	while (strncmp(c.at, right, right_len) != 0) {
		if (*c.at == '\0')
			return false;
		if (*c.at == '\\' && strncmp(c.at + 1, right, right_len) == 0) {
			memcpy(c.to, right, right_len);
			c.to += right_len;
			c.at += 1 + right_len;
		} else if (*c.at != '\\') {
			*c.to++ = *c.at++;
		} else if (c.at[1] == '\'' || c.at[1] == '"' || !read_escape(&c)) {
			return false;
		}
	}
	*c.to = '\0';
	return c.at[right_len] == '\0';
}
