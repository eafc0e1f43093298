/* SPDX-License-Identifier: MIT */
#include "meaning.h"

#include <stdlib.h>
#include <string.h>

/* The bits from the lowest up: the class of each, and the letter that names it. R13, R15 */
static const struct {
	char class, perm;
} bits[MODEL_BITS] = {
	{'o', 'x'},
	{'o', 'w'},
	{'o', 'r'},
	{'g', 'x'},
	{'g', 'w'},
	{'g', 'r'},
	{'u', 'x'},
	{'u', 'w'},
	{'u', 'r'},
	{'o', 't'},
	{'g', 's'},
	{'u', 's'},
};

enum { UMASK_BITS = 9 };

/* What one action says about one bit. */
struct saying {
	uint64_t named[MODEL_WORDS];
	bool is_for;    /* the bit belongs to its who */
	bool mentioned; /* a directory's set-ID bit may change */
};

static bool has(const char *letters, size_t len, char letter)
{
	return len > 0 && memchr(letters, letter, len) != NULL;
}

static void fill(uint64_t plane[MODEL_WORDS], bool value)
{
	memset(plane, value ? 0xff : 0, MODEL_WORDS * sizeof(*plane));
}

/* R17: the plane of PERM for class CLASS. */
static const uint64_t *plane_of(const struct model_result *before, char class, char perm)
{
	int b = 0;

	while (bits[b].class != class || bits[b].perm != perm)
		b++;
	return before->planes[b];
}

/* R16 */
static void name_by_capital_x(
	const struct model_result *before, bool is_dir, uint64_t named[MODEL_WORDS])
{
	for (int w = 0; w < MODEL_WORDS; w++)
		named[w] = is_dir ? ~UINT64_C(0)
				  : plane_of(before, 'u', 'x')[w] | plane_of(before, 'g', 'x')[w] |
					    plane_of(before, 'o', 'x')[w];
}

/* The modes for which A names bit B. Returns the rule that says so. */
static model_rules name_bit(const struct model_action *a, int b, struct model_where where,
	const struct model_result *before, uint64_t named[MODEL_WORDS])
{
	bool is_copy = a->named_len > 0 && has("ugo", 3, *a->named);

	fill(named, false);
	if (model_is_octal(a)) {
		fill(named, strtoul(a->named, NULL, 8) >> b & 1);
		return MODEL_RULE(R18);
	}
	if (is_copy && has("rwx", 3, bits[b].perm)) {
		memcpy(named, plane_of(before, *a->named, bits[b].perm),
			MODEL_WORDS * sizeof(*named));
		return MODEL_RULE(R17);
	}
	if (has(a->named, a->named_len, bits[b].perm)) {
		fill(named, true);
		return MODEL_RULE(R15);
	}
	if (bits[b].perm == 'x' && has(a->named, a->named_len, 'X')) {
		name_by_capital_x(before, where.is_dir, named);
		return MODEL_RULE(R16);
	}
	return is_copy ? MODEL_RULE(R17) : MODEL_RULE(R15);
}

/* Whether A mentions the set-ID bit B. Returns the rule. */
static model_rules mention(const struct model_action *a, int b, bool is_for, bool *ret)
{
	if (!model_is_octal(a)) {
		*ret = is_for && has(a->named, a->named_len, 's');
		return MODEL_RULE(R23);
	}
	*ret = a->op != '\0' || a->named_len >= 5 || (strtoul(a->named, NULL, 8) >> b & 1);
	return a->op != '\0' ? MODEL_RULE(R25) : MODEL_RULE(R24);
}

/* Everything that A says about bit B. Returns the rules. */
static model_rules say(const struct model_action *a, int b, struct model_where where,
	const struct model_result *before, struct saying *ret)
{
	model_rules rules = name_bit(a, b, where, before, ret->named);

	ret->is_for = true;
	ret->mentioned = true;
	if (a->who_len > 0) {
		ret->is_for =
			has(a->who, a->who_len, 'a') || has(a->who, a->who_len, bits[b].class);
		rules |= MODEL_RULE(R13);
	} else if (!model_is_octal(a)) {
		if (b < UMASK_BITS && where.umask >> b & 1)
			fill(ret->named, false);
		rules |= MODEL_RULE(R14);
	}
	if (where.is_dir && bits[b].perm == 's')
		rules |= MODEL_RULE(R22) | mention(a, b, ret->is_for, &ret->mentioned);
	return rules;
}

/* Applies the operator to a bit. Returns the rule. */
static model_rules operate(char op, const struct saying *saying, uint64_t plane[MODEL_WORDS])
{
	bool is_touched = saying->is_for && saying->mentioned;

	for (int w = 0; is_touched && w < MODEL_WORDS; w++) {
		if (op == '+')
			plane[w] |= saying->named[w];
		else if (op == '-')
			plane[w] &= ~saying->named[w];
		else
			plane[w] = saying->named[w];
	}
	return op == '+' ? MODEL_RULE(R19) : op == '-' ? MODEL_RULE(R20) : MODEL_RULE(R21);
}

/* R12 */
static bool is_for_type(const struct model_action *a, bool is_dir)
{
	return a->type == '\0' || (a->type == 'D') == is_dir;
}

/* Sets every mode to itself: in plane B, the value of mode I is bit B of I. */
static void start(struct model_result *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned lane = 0; lane < MODEL_MODES; lane++)
		for (int b = 0; b < MODEL_BITS; b++)
			ret->planes[b][lane / 64] |= (uint64_t)(lane >> b & 1) << lane % 64;
}

void model_apply(const struct model_spec *spec, struct model_where where, struct model_result *ret)
{
	static struct model_result untouched;
	static bool started;

	if (!started)
		start(&untouched);
	started = true;
	*ret = untouched;
	for (size_t i = 0; i < spec->count; i++) {
		const struct model_action *a = &spec->actions[i];
		struct saying sayings[MODEL_BITS];

		if (!is_for_type(a, where.is_dir))
			continue;
		/* R11: all bits are named before one of them changes. */
		for (int b = 0; b < MODEL_BITS; b++)
			ret->rules[b] |= say(a, b, where, ret, &sayings[b]);
		for (int b = 0; b < MODEL_BITS; b++)
			ret->rules[b] |= operate(a->op, &sayings[b], ret->planes[b]);
	}
	for (int b = 0; b < MODEL_BITS; b++)
		ret->rules[b] |= (spec->count > 1 ? MODEL_RULE(R11) : 0) | MODEL_RULE(R12);
}

void model_apply_mode(mode_t mode, struct model_result *ret)
{
	for (int b = 0; b < MODEL_BITS; b++) {
		fill(ret->planes[b], mode >> b & 1);
		ret->rules[b] = MODEL_RULE(R29);
	}
}

mode_t model_mode(const struct model_result *result, mode_t old)
{
	mode_t mode = 0;

	for (int b = 0; b < MODEL_BITS; b++)
		mode |= (mode_t)(result->planes[b][old / 64] >> old % 64 & 1) << b;
	return mode;
}

void model_all_modes(const struct model_result *result, uint16_t ret[static MODEL_MODES])
{
	for (unsigned w = 0; w < MODEL_WORDS; w++) {
		for (unsigned i = 0; i < 64; i++) {
			unsigned mode = 0;

			for (int b = 0; b < MODEL_BITS; b++)
				mode |= (unsigned)(result->planes[b][w] >> i & 1) << b;
			ret[w * 64 + i] = (uint16_t)mode;
		}
	}
}

bool model_uses_umask(const struct model_spec *spec)
{
	for (size_t i = 0; i < spec->count; i++)
		if (spec->actions[i].who_len == 0 && !model_is_octal(&spec->actions[i]))
			return true;
	return false;
}

bool model_concerns(const struct model_spec *spec, bool is_dir)
{
	for (size_t i = 0; i < spec->count; i++)
		if (is_for_type(&spec->actions[i], is_dir))
			return true;
	return false;
}

bool model_is_absolute(const struct model_result *result, mode_t *ret)
{
	for (int b = 0; b < MODEL_BITS; b++)
		for (int w = 0; w < MODEL_WORDS; w++)
			if (result->planes[b][w] != (result->planes[b][0] & 1 ? ~UINT64_C(0) : 0))
				return false;
	*ret = model_mode(result, 0);
	return true;
}

void model_format(mode_t mode, char ret[static 10])
{
	for (int b = 0; b < 9; b++)
		ret[8 - b] = mode >> b & 1 ? bits[b].perm : '-';
	for (int b = 9; b < MODEL_BITS; b++) {
		char *place = &ret[8 - (b - 9) * 3];

		if (mode >> b & 1)
			*place = *place == 'x' ? bits[b].perm : (char)(bits[b].perm - ('a' - 'A'));
	}
	ret[9] = '\0';
}
