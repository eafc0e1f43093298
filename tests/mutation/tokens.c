/* SPDX-License-Identifier: MIT */
#include "tokens.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The length of the sign at S, the longest one that fits. */
static size_t sign_length(const char *s)
{
	static const char *const signs[] = {"...", "<<=", ">>=", "->", "++", "--", "<<", ">>",
		"<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strncmp(s, signs[i], strlen(signs[i])) == 0)
			return strlen(signs[i]);
	return 1;
}

/* The end of the string or character constant that begins at AT. */
static size_t end_of_quoted(const char *text, size_t at)
{
	char quote = text[at++];

	while (text[at] != quote && text[at] != '\0')
		at += text[at] == '\\' && text[at + 1] != '\0' ? 2 : 1;
	return text[at] == '\0' ? at : at + 1;
}

/* Where the next token begins, from AT on. */
static size_t skip(const char *text, size_t at)
{
	for (;;) {
		size_t line = at;

		while (line > 0 && text[line - 1] != '\n' && isspace((unsigned char)text[line - 1]))
			line--;
		if (isspace((unsigned char)text[at])) {
			at++;
		} else if (strncmp(text + at, "/*", 2) == 0) {
			const char *end = strstr(text + at + 2, "*/");

			at = end != NULL ? (size_t)(end - text) + 2 : strlen(text);
		} else if (text[at] == '#' && (line == 0 || text[line - 1] == '\n')) {
			while (text[at] != '\0' && (text[at] != '\n' || text[at - 1] == '\\'))
				at++;
		} else {
			return at;
		}
	}
}

static struct token token_at(const char *text, size_t at)
{
	struct token t = {.kind = TOKEN_SIGN, .start = at, .end = at};
	unsigned char c = (unsigned char)text[at];

	if (c == '\0') {
		t.kind = TOKEN_END;
	} else if (isalpha(c) || c == '_' || isdigit(c)) {
		t.kind = isdigit(c) ? TOKEN_NUMBER : TOKEN_WORD;
		while (isalnum((unsigned char)text[t.end]) || text[t.end] == '_')
			t.end++;
	} else if (c == '"' || c == '\'') {
		t.kind = c == '"' ? TOKEN_STRING : TOKEN_CHAR;
		t.end = end_of_quoted(text, at);
	} else {
		t.end += sign_length(text + at);
	}
	return t;
}

/* Finds the partners of all brackets. */
static bool pair(struct tokens *tokens)
{
	size_t *open = calloc(tokens->count + 1, sizeof(*open)), depth = 0;
	bool good = open != NULL;

	for (size_t i = 0; good && i < tokens->count; i++) {
		tokens->t[i].partner = i;
		if (tokens_among(tokens, i, " ( [ { ")) {
			open[depth++] = i;
		} else if (tokens_among(tokens, i, " ) ] } ")) {
			good = depth > 0;
			if (good) {
				tokens->t[i].partner = open[--depth];
				tokens->t[open[depth]].partner = i;
			}
		}
	}
	free(open);
	return good && depth == 0;
}

bool tokens_split(const char *text, struct tokens *ret)
{
	size_t at = 0;

	*ret = (struct tokens){.text = text};
	ret->t = calloc(strlen(text) + 1, sizeof(*ret->t));
	if (ret->t == NULL)
		abort();
	for (;; ret->count++) {
		ret->t[ret->count] = token_at(text, skip(text, at));
		if (ret->t[ret->count].kind == TOKEN_END)
			break;
		at = ret->t[ret->count].end;
	}
	return pair(ret);
}

bool tokens_is(const struct tokens *tokens, size_t i, const char *text)
{
	size_t len = strlen(text);

	return i < tokens->count && tokens->t[i].end - tokens->t[i].start == len &&
	       strncmp(tokens->text + tokens->t[i].start, text, len) == 0;
}

bool tokens_among(const struct tokens *tokens, size_t i, const char *list)
{
	size_t len = i < tokens->count ? tokens->t[i].end - tokens->t[i].start : 0;

	for (const char *s = list + 1; len > 0 && *s != '\0'; s += strcspn(s, " ") + 1)
		if (strcspn(s, " ") == len &&
			strncmp(tokens->text + tokens->t[i].start, s, len) == 0)
			return true;
	return false;
}
