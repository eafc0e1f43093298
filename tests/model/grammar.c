/* SPDX-License-Identifier: MIT */
#include "grammar.h"

#include <stdlib.h>
#include <string.h>

/* What was read last, as far as it decides what may follow. */
enum state {
	START = 1,               /* nothing */
	CLAUSE = 1 << 1,         /* a comma */
	TYPE = 1 << 2,           /* D or F */
	WHO = 1 << 3,            /* a letter of who */
	OP = 1 << 4,             /* an operator in a clause without who */
	OP_OF_WHO = 1 << 5,      /* in one with */
	LETTERS = 1 << 6,        /* permissions in a clause without who */
	LETTERS_OF_WHO = 1 << 7, /* in one with */
	COPIED = 1 << 8,         /* the class to copy, in a clause without who */
	COPIED_OF_WHO = 1 << 9,  /* in one with */
	OCTAL = 1 << 10,         /* a digit of a spec that is a number */
	OCTAL_OF_TYPE = 1 << 11, /* of a number after D or F */
	OCTAL_OF_OP = 1 << 12,   /* of a number after an operator */
	NUMBERS = OCTAL | OCTAL_OF_TYPE | OCTAL_OF_OP,
	ENDS_ACTION = OP | LETTERS | COPIED,
	ENDS_ACTION_OF_WHO = OP_OF_WHO | LETTERS_OF_WHO | COPIED_OF_WHO,
	ENDS_CLAUSE = ENDS_ACTION | ENDS_ACTION_OF_WHO | OCTAL_OF_TYPE | OCTAL_OF_OP,
	ENDS_SPEC = ENDS_CLAUSE | OCTAL,
};

#define DIGITS "01234567"

/* The grammar: from each of the states FROM, each of BYTES leads to the state TO. */
static const struct step {
	unsigned from;
	const char *bytes;
	unsigned to;
	model_rules by;
} steps[] = {
	{START, DIGITS, OCTAL, MODEL_RULE(R1)},
	{OCTAL, DIGITS, OCTAL, MODEL_RULE(R1) | MODEL_RULE(R2)},
	{START | CLAUSE, "DF", TYPE, MODEL_RULE(R3) | MODEL_RULE(R4)},
	{TYPE, DIGITS, OCTAL_OF_TYPE, MODEL_RULE(R10)},
	{OCTAL_OF_TYPE, DIGITS, OCTAL_OF_TYPE, MODEL_RULE(R2) | MODEL_RULE(R10)},
	{START | CLAUSE | TYPE | WHO, "ugoa", WHO, MODEL_RULE(R3) | MODEL_RULE(R5)},
	{START | CLAUSE | TYPE | ENDS_ACTION, "+-=", OP, MODEL_RULE(R3) | MODEL_RULE(R6)},
	{WHO | ENDS_ACTION_OF_WHO, "+-=", OP_OF_WHO, MODEL_RULE(R5) | MODEL_RULE(R6)},
	{OP | LETTERS, "rwxXst", LETTERS, MODEL_RULE(R7)},
	{OP_OF_WHO | LETTERS_OF_WHO, "rwxXst", LETTERS_OF_WHO, MODEL_RULE(R7)},
	{OP, "ugo", COPIED, MODEL_RULE(R8)},
	{OP_OF_WHO, "ugo", COPIED_OF_WHO, MODEL_RULE(R8)},
	{OP, DIGITS, OCTAL_OF_OP, MODEL_RULE(R9)},
	{OCTAL_OF_OP, DIGITS, OCTAL_OF_OP, MODEL_RULE(R2) | MODEL_RULE(R9)},
	{ENDS_CLAUSE, ",", CLAUSE, MODEL_RULE(R3)},
};

enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

/* R2 */
static bool fits(struct model_reader *r, unsigned to, char c)
{
	unsigned before = to & NUMBERS && r->state == to ? r->number : 0;

	if (!(to & NUMBERS))
		return true;
	if (before * 8 + (unsigned)(c - '0') > 07777)
		return false;
	r->number = before * 8 + (unsigned)(c - '0');
	return true;
}

/* Adds the byte at C, which has led to the state TO, to the spec. */
static void note(struct model_reader *r, unsigned to, const char *c)
{
	struct model_action *clause = &r->action;
	bool is_op = to & (OP | OP_OF_WHO);
	struct model_action *last;

	if (to == CLAUSE)
		*clause = (struct model_action){.type = 0};
	if (to == TYPE)
		clause->type = *c;
	if (to == WHO && clause->who_len++ == 0)
		clause->who = c;
	if (r->spec == NULL || to & (CLAUSE | TYPE | WHO))
		return;
	if (is_op || (to & (OCTAL | OCTAL_OF_TYPE) && r->state != to)) {
		last = &r->spec->actions[r->spec->count++];
		*last = *clause;
		last->op = is_op ? *c : '\0';
		last->named = is_op ? c + 1 : c;
	}
	if (!is_op)
		r->spec->actions[r->spec->count - 1].named_len++;
}

void model_reader_init(struct model_reader *r, struct model_spec *spec)
{
	*r = (struct model_reader){.spec = spec, .state = START};
}

bool model_take(struct model_reader *r, const char *c)
{
	for (size_t i = 0; i < STEPS; i++) {
		const struct step *s = &steps[i];

		if (!(s->from & r->state) || *c == '\0' || strchr(s->bytes, *c) == NULL)
			continue;
		if (!fits(r, s->to, *c))
			return false;
		note(r, s->to, c);
		r->state = s->to;
		return true;
	}
	return false;
}

bool model_may_end(const struct model_reader *r)
{
	return (r->state & ENDS_SPEC) != 0;
}

model_rules model_rules_here(const struct model_reader *r)
{
	model_rules rules = 0;

	for (size_t i = 0; i < STEPS; i++)
		if (steps[i].from & r->state)
			rules |= steps[i].by;
	return rules;
}

const char *model_choice(const struct model_reader *r, size_t n)
{
	for (size_t i = 0; i < STEPS; i++)
		if (steps[i].from & r->state && n-- == 0)
			return steps[i].bytes;
	return NULL;
}

bool model_read(struct model_spec *ret, const char *text, size_t *ret_at)
{
	struct model_reader r;
	const char *c = text;

	ret->count = 0;
	ret->actions = malloc((strlen(text) + 1) * sizeof(*ret->actions));
	if (ret->actions == NULL)
		abort();
	model_reader_init(&r, ret);
	while (*c != '\0' && model_take(&r, c))
		c++;
	if (*c == '\0' && model_may_end(&r))
		return true;
	*ret_at = (size_t)(c - text);
	model_spec_free(ret);
	return false;
}

void model_spec_free(struct model_spec *spec)
{
	free(spec->actions);
}

bool model_is_octal(const struct model_action *a)
{
	return a->named_len > 0 && strchr(DIGITS, *a->named) != NULL;
}
