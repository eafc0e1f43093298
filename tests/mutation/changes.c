/* SPDX-License-Identifier: MIT */
#include "changes.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How much of a line is shown on each side of a change. */
enum { AROUND = 30 };

/* Operators and words, and what takes their place. */
static const char *const signs[][2] = {
	{"==", "!="},
	{"!=", "=="},
	{"<", "<="},
	{"<=", "<"},
	{">", ">="},
	{">=", ">"},
	{"&&", "||"},
	{"||", "&&"},
	{"&", "|"},
	{"|", "&"},
	{"<<", ">>"},
	{">>", "<<"},
	{"+", "-"},
	{"-", "+"},
	{"*", "/"},
	{"/", "*"},
	{"++", "--"},
	{"--", "++"},
	{"+=", "-="},
	{"-=", "+="},
	{"|=", "&="},
	{"&=", "|="},
	{"|=", "="},
	{"&=", "="},
	{"true", "false"},
	{"false", "true"},
};

static char *format(const char *form, ...) __attribute__((format(printf, 1, 2)));

static char *format(const char *form, ...)
{
	va_list args;
	char *text;

	va_start(args, form);
	if (vasprintf(&text, form, args) < 0)
		abort();
	va_end(args);
	return text;
}

/* Writes to CODE the part of the line around the byte AT, enough to find the place. */
static void code_around(const char *text, size_t at, char *code, size_t size)
{
	size_t start = at, end = at;

	while (start > 0 && text[start - 1] != '\n' && at - start < AROUND)
		start--;
	if (start > 0 && text[start - 1] != '\n')
		start += strcspn(text + start, "\t ");
	start += strspn(text + start, "\t ");
	while (text[end] != '\0' && text[end] != '\n' && end - at < AROUND)
		end++;
	if (text[end] != '\0' && text[end] != '\n')
		while (end > at + 1 && text[end] != ' ')
			end--;
	snprintf(code, size, "%.*s", start < end ? (int)(end - start) : 0, text + start);
}

/* Makes each run of white space in TEXT one blank, as a name is one line. */
static void squeeze(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++)
		if (!isspace((unsigned char)*text))
			*to++ = *text;
		else if (to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
}

/* Notes a change of the tokens FIRST to LAST, and keeps INSTEAD. HOW is like "== -> !=". */
static void note(struct mutator *m, size_t first, size_t last, char *instead, const char *how)
{
	struct change *c = &m->changes[m->count];
	char code[2 * AROUND + 1];
	size_t same = 1;

	*c = (struct change){m->tokens.t[first].start, m->tokens.t[last].end, instead, ""};
	code_around(m->tokens.text, c->start, code, sizeof(code));
	snprintf(c->name, CHANGE_NAME, "%.*s: %s: %s", m->function_len, m->function, code, how);
	squeeze(c->name);
	for (size_t i = 0; i < m->count; i++)
		same += strcmp(m->changes[i].name, c->name) == 0 ||
			(strncmp(m->changes[i].name, c->name, strlen(c->name)) == 0 &&
				m->changes[i].name[strlen(c->name)] == ' ');
	if (same > 1)
		snprintf(c->name + strlen(c->name), CHANGE_NAME - strlen(c->name), " (%zu)", same);
	m->count++;
}

/* The text of the tokens FIRST to LAST; for %.*s. */
#define TEXT(m, first, last)                                                                       \
	(int)((m)->tokens.t[last].end - (m)->tokens.t[first].start),                               \
		(m)->tokens.text + (m)->tokens.t[first].start

/* Whether a value ends with token I, so that an operator after it has two operands. */
static bool ends_value(const struct mutator *m, size_t i)
{
	static const char no_values[] = " return case else sizeof ";

	switch (m->tokens.t[i].kind) {
	case TOKEN_WORD: return !tokens_among(&m->tokens, i, no_values);
	case TOKEN_SIGN: return tokens_among(&m->tokens, i, " ) ] ++ -- ");
	default: return true;
	}
}

/* Whether the ) at I ends a cast: a type between brackets. */
static bool is_cast(const struct mutator *m, size_t i)
{
	size_t open = m->tokens.t[i].partner;

	return tokens_is(&m->tokens, i, ")") && open + 1 < i &&
	       tokens_among(&m->tokens, open + 1,
		       " unsigned char short int long size_t mode_t uint32_t const struct ");
}

static void change_sign(struct mutator *m, size_t i)
{
	bool is_word = m->tokens.t[i].kind == TOKEN_WORD;
	bool is_step = tokens_among(&m->tokens, i, " ++ -- ");
	bool is_between = i > 0 && ends_value(m, i - 1) && !is_cast(m, i - 1);

	if (!is_word && !is_step && !is_between)
		return;
	/* A pointer is declared: word, star, name. */
	if (tokens_is(&m->tokens, i, "*") && m->tokens.t[i - 1].kind == TOKEN_WORD &&
		tokens_among(&m->tokens, i - 1, " char void modespec_action apply_record stat "))
		return;
	for (size_t s = 0; s < sizeof(signs) / sizeof(signs[0]); s++)
		if (tokens_is(&m->tokens, i, signs[s][0])) {
			char *how = format("%s -> %s", signs[s][0], signs[s][1]);

			note(m, i, i, format("%s", signs[s][1]), how);
			free(how);
		}
}

/* Drops a ! or ~. */
static void drop_sign(struct mutator *m, size_t i)
{
	char *how;

	if (!tokens_among(&m->tokens, i, " ! ~ "))
		return;
	how = format("no %.*s", TEXT(m, i, i));
	note(m, i, i, format("%s", ""), how);
	free(how);
}

/* A number becomes the next and the one before, a character the next. */
void changes_of_constant(struct mutator *m, size_t i)
{
	const struct token *t = &m->tokens.t[i];
	static const char *const steps[] = {"+", "-"};

	if (t->kind != TOKEN_NUMBER && t->kind != TOKEN_CHAR)
		return;
	for (size_t s = 0; s < 2; s++) {
		char *instead = format("(%.*s %s 1)", TEXT(m, i, i), steps[s]);
		char *how = format("%.*s -> %s", TEXT(m, i, i), instead);

		if (s == 0 || t->kind == TOKEN_NUMBER)
			note(m, i, i, instead, how);
		else
			free(instead);
		free(how);
	}
}

static void negate(struct mutator *m, size_t first, size_t last)
{
	if (first <= last)
		note(m, first, last, format("!(%.*s)", TEXT(m, first, last)), "negated");
}

size_t changes_find(const struct mutator *m, size_t i, size_t end, const char *token)
{
	while (i < end && !tokens_is(&m->tokens, i, token))
		i = m->tokens.t[i].partner > i ? m->tokens.t[i].partner + 1 : i + 1;
	return i < end ? i : end;
}

/* The condition of an if, a while or a for is negated. */
static void negate_condition(struct mutator *m, size_t i)
{
	size_t open = i + 1, close = open < m->tokens.count ? m->tokens.t[open].partner : open;

	if (tokens_among(&m->tokens, i, " if while ")) {
		negate(m, open + 1, close - 1);
	} else if (tokens_is(&m->tokens, i, "for")) {
		size_t first = changes_find(m, open + 1, close, ";");
		size_t second = changes_find(m, first + 1, close, ";");

		if (second < close && second > first + 1)
			negate(m, first + 1, second - 1);
	}
}

/* a ? b : c becomes a ? c : b, if there is no other ? : in b. */
static void swap_choice(struct mutator *m, size_t i)
{
	size_t end = i, colon;

	if (!tokens_is(&m->tokens, i, "?"))
		return;
	while (!tokens_among(&m->tokens, end, " ; , ) } ] "))
		end = m->tokens.t[end].partner > end ? m->tokens.t[end].partner + 1 : end + 1;
	colon = changes_find(m, i, end, ":");
	if (colon == end || changes_find(m, i + 1, colon, "?") < colon)
		return;
	note(m, i + 1, end - 1,
		format("%.*s : %.*s", TEXT(m, colon + 1, end - 1), TEXT(m, i + 1, colon - 1)),
		"? : swapped");
}

/* f(a, b) becomes f(b, a), for each two arguments that are next to each other. */
static void swap_arguments(struct mutator *m, size_t i)
{
	size_t close = m->tokens.t[i].partner, first = i + 1;

	if (!tokens_is(&m->tokens, i, "(") || i == 0 || m->tokens.t[i - 1].kind != TOKEN_WORD ||
		tokens_among(&m->tokens, i - 1, " if while for switch return sizeof "))
		return;
	for (;;) {
		size_t comma = changes_find(m, first, close, ",");
		size_t next = comma < close ? changes_find(m, comma + 1, close, ",") : close;
		char *how;

		if (comma == close)
			return;
		how = format(
			"%.*s <-> %.*s", TEXT(m, first, comma - 1), TEXT(m, comma + 1, next - 1));
		note(m, first, next - 1,
			format("%.*s, %.*s", TEXT(m, comma + 1, next - 1),
				TEXT(m, first, comma - 1)),
			how);
		free(how);
		first = comma + 1;
	}
}

/* The bracket that token I is in; the number of tokens if it is in none. */
static size_t enclosing(const struct mutator *m, size_t i)
{
	while (i-- > 0) {
		if (tokens_among(&m->tokens, i, " ( [ { "))
			return i;
		i = m->tokens.t[i].partner;
	}
	return m->tokens.count;
}

/* Whether the token I is a { that begins a block, not an initializer. */
static bool is_block(const struct mutator *m, size_t i)
{
	if (!tokens_is(&m->tokens, i, "{"))
		return false;
	if (enclosing(m, i) == m->tokens.count ||
		tokens_among(&m->tokens, i - 1, " else do ; { } : "))
		return true;
	return tokens_is(&m->tokens, i - 1, ")") && !is_cast(m, i - 1);
}

/* Whether a statement begins with token I. */
static bool begins_statement(const struct mutator *m, size_t i)
{
	if (!is_block(m, enclosing(m, i)))
		return false;
	if (tokens_among(&m->tokens, i - 1, " ; { } else "))
		return true;
	/* After "case X:", and after the condition of an if or the head of a loop. */
	if (tokens_is(&m->tokens, i - 1, ":"))
		return tokens_among(&m->tokens, i - 3, " case ") ||
		       tokens_is(&m->tokens, i - 2, "default");
	return tokens_is(&m->tokens, i - 1, ")") &&
	       tokens_among(&m->tokens, m->tokens.t[i - 1].partner - 1, " if while for ");
}

/* Drops a statement that is an expression or a jump. */
static void drop_statement(struct mutator *m, size_t i)
{
	size_t end = i;

	if (!begins_statement(m, i) ||
		tokens_among(&m->tokens, i,
			" if while for switch do return case default else { } ; static const "
			"struct "
			"unsigned size_t mode_t bool int char uid_t enum uint32_t ") ||
		(tokens_is(&m->tokens, i, "return") && !tokens_is(&m->tokens, i + 1, ";")))
		return;
	end = changes_find(m, i, m->tokens.count, ";");
	note(m, i, end, format(";"), "dropped");
}

/* return x becomes return !(x), in a function that returns bool. */
static void negate_return(struct mutator *m, size_t i)
{
	if (tokens_is(&m->tokens, i, "return") && m->is_bool &&
		!tokens_among(&m->tokens, i + 1, " true false ; "))
		negate(m, i + 1, changes_find(m, i, m->tokens.count, ";") - 1);
}

void changes_at(struct mutator *m, size_t i)
{
	change_sign(m, i);
	drop_sign(m, i);
	changes_of_constant(m, i);
	negate_condition(m, i);
	swap_choice(m, i);
	swap_arguments(m, i);
	drop_statement(m, i);
	negate_return(m, i);
}
