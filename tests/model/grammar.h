/* SPDX-License-Identifier: MIT */
/*
 * Which specs there are: a reader that takes one byte after the other and knows, at each, what may
 * come next. Everything about the grammar stands in one table, which the generator of specs walks
 * as well.
 */
#ifndef MODEL_GRAMMAR_H
#define MODEL_GRAMMAR_H

#include "rules.h"

#include <stdbool.h>
#include <stddef.h>

/* An operator with what belongs to it, as pieces of the spec. */
struct model_action {
	char type;         /* 'D', 'F', or 0 for every file */
	const char *who;   /* of who_len letters */
	const char *named; /* letters or digits, of named_len */
	size_t who_len, named_len;
	char op; /* 0: an octal that stands alone */
};

/* A spec, read. The pieces point into the string it was read from. */
struct model_spec {
	struct model_action *actions;
	size_t count;
};

/* How far a spec has been read. */
struct model_reader {
	struct model_spec *spec;    /* what has been read of it; NULL: it is not kept */
	struct model_action action; /* the clause's beginning: type and who */
	unsigned state;
	unsigned number; /* the octal that is being read */
};

/* The start of a spec. With SPEC, it needs room for as many actions as there will be bytes. */
void model_reader_init(struct model_reader *r, struct model_spec *spec);

/* Takes the byte at C. False, and *R is as before, if it cannot stand there. */
bool model_take(struct model_reader *r, const char *c);

/* Whether the spec may end here. */
bool model_may_end(const struct model_reader *r);

/* The rules by which the next byte would be judged. */
model_rules model_rules_here(const struct model_reader *r);

/*
 * The bytes that step number N of those possible here allows, NULL if there are not so many. An
 * octal may be too large for some of them.
 */
const char *model_choice(const struct model_reader *r, size_t n);

/*
 * Reads TEXT, which must outlive *RET. True; or false, and *RET_AT is the offset of the first byte
 * that no valid spec has there. model_spec_free() is due if it is true.
 */
bool model_read(struct model_spec *ret, const char *text, size_t *ret_at);
void model_spec_free(struct model_spec *spec);

/* Whether an action names an octal number. */
bool model_is_octal(const struct model_action *a);

#endif
