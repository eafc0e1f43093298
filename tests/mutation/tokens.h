/* SPDX-License-Identifier: MIT */
/* C source as tokens: as much of C as it takes to change an operator here and a constant there. */
#ifndef MUTATION_TOKENS_H
#define MUTATION_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
	TOKEN_WORD, /* names and keywords */
	TOKEN_NUMBER,
	TOKEN_CHAR,
	TOKEN_STRING,
	TOKEN_SIGN,
	TOKEN_END, /* of the file */
};

/* The bytes from START up to END of the file. Comments and directives are no tokens. */
struct token {
	enum token_kind kind;
	size_t start, end;
	size_t partner; /* of ( [ { and ) ] }: the other's number; else its own */
};

struct tokens {
	const char *text; /* of the whole file */
	struct token *t;  /* the last is TOKEN_END */
	size_t count;     /* without it */
};

/* Splits TEXT, which must outlive *RET. False if its brackets do not match. */
bool tokens_split(const char *text, struct tokens *ret);
void tokens_free(struct tokens *tokens);

/* Whether token I is written as TEXT. There is none before the first and after the end. */
bool tokens_is(const struct tokens *tokens, size_t i, const char *text);

/* Whether it is one of those in LIST, which has blanks between them, before and behind. */
bool tokens_among(const struct tokens *tokens, size_t i, const char *list);

#endif
