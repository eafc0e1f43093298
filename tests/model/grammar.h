/* SPDX-License-Identifier: MIT */
/*
 * The grammar of specs: a reader that takes one byte at a time and knows what may come next. The
 * whole grammar is one table, by which specs are generated as well.
 */
#ifndef MODEL_GRAMMAR_H
#define MODEL_GRAMMAR_H

#include "rules.h"

#include <stdbool.h>
#include <stddef.h>

/* An action, as pieces of the spec. */
struct model_action {
	char type;         /* 'D', 'F', or 0 for every file */
	const char *who;   /* of who_len letters */
	const char *named; /* letters or digits after the operator, named_len of them */
	size_t who_len, named_len;
	char op; /* 0: an octal without an operator */
};

/* A spec, read. The pieces point into the string it was read from. */
struct model_spec {
	struct model_action *actions;
	size_t count;
};

/* How far a spec has been read. */
struct model_reader {
	struct model_spec *spec;    /* what has been read so far; NULL: it is not kept */
	struct model_action action; /* the beginning of the clause: type and who */
	unsigned state;
	unsigned number; /* the octal that is being read */
};

/* Begins a spec. SPEC, unless it is NULL, needs room for an action for each byte to come. */
void model_reader_init(struct model_reader *r, struct model_spec *spec);

/* Takes the byte at C. If it may not come here, returns false and leaves *R as it was. */
bool model_take(struct model_reader *r, const char *c);

/* Whether the spec may end here. */
bool model_may_end(const struct model_reader *r);

/* The rules that say what the next byte may be. */
model_rules model_rules_here(const struct model_reader *r);

/*
 * The bytes of step N of those that are possible here; NULL if there are not so many. A digit among
 * them may still make an octal too large.
 */
const char *model_choice(const struct model_reader *r, size_t n);

/*
 * Reads TEXT, which must outlive *RET. True, and *RET is to be freed; or false, and *RET_AT is the
 * offset of the first byte that no valid spec has there.
 */
bool model_read(struct model_spec *ret, const char *text, size_t *ret_at);
void model_spec_free(struct model_spec *spec);

/* Whether an action names an octal number. */
bool model_is_octal(const struct model_action *a);

#endif
