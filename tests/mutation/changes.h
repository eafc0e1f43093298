/* SPDX-License-Identifier: MIT */
/* The changes that can be made at a token. */
#ifndef MUTATION_CHANGES_H
#define MUTATION_CHANGES_H

#include "tokens.h"

#include <stdbool.h>
#include <stddef.h>

/* The room for the name of a change. */
enum { CHANGE_NAME = 200 };

/* The bytes from START up to END become INSTEAD. */
struct change {
	size_t start, end;
	char *instead;
	char name[CHANGE_NAME];
};

struct mutator {
	struct tokens tokens;
	struct change *changes;
	size_t count;
	/* The function that the tokens belong to. */
	const char *function;
	int function_len;
	bool is_bool; /* it returns bool */
};

/* Notes all changes that begin at token I: fewer than CHANGES_MAX. */
enum { CHANGES_MAX = 16 };
void changes_at(struct mutator *m, size_t i);

/* Notes only those of a constant. */
void changes_of_constant(struct mutator *m, size_t i);

/* The first TOKEN from I on and before END, skipping what is in brackets; END if there is none. */
size_t changes_find(const struct mutator *m, size_t i, size_t end, const char *token);

#endif
