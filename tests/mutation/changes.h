/* SPDX-License-Identifier: MIT */
/* The small changes that there are to make, token by token. */
#ifndef MUTATION_CHANGES_H
#define MUTATION_CHANGES_H

#include "tokens.h"

#include <stdbool.h>
#include <stddef.h>

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
	/* The function that is being looked at. */
	const char *function;
	int function_len;
	bool is_bool; /* what it returns */
};

/* Notes all changes that begin at token I: fewer than CHANGES_MAX. */
enum { CHANGES_MAX = 16 };
void changes_at(struct mutator *m, size_t i);

/* Those of a constant alone. */
void changes_of_constant(struct mutator *m, size_t i);

/* The first TOKEN from I on, up to END and not in brackets; END if there is none. */
size_t changes_find(const struct mutator *m, size_t i, size_t end, const char *token);

#endif
