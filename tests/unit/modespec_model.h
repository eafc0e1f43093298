/*
 * What modespec is compared with: the mode language read straight off SPEC.md 2, slow and plain,
 * sharing no code and no idea with src/modespec.c. The grammar is a regular expression; the meaning
 * is decided for each of the 12 bits on its own, from the text of the spec.
 */
#ifndef MODESPEC_MODEL_H
#define MODESPEC_MODEL_H

#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MODEL_OCTAL  "0*[0-7]{1,4}"
#define MODEL_ACTION "[-+=]([rwxXst]*|[ugo])"
#define MODEL_CLAUSE "([ugoa]*(" MODEL_ACTION ")+|(" MODEL_ACTION ")*[-+=]" MODEL_OCTAL ")"
#define MODEL_MODE   "^(" MODEL_OCTAL "|" MODEL_CLAUSE "(," MODEL_CLAUSE ")*)$"

static inline bool model_is_valid(const char *spec)
{
	static regex_t grammar;
	static bool compiled;

	if (!compiled && regcomp(&grammar, MODEL_MODE, REG_EXTENDED | REG_NOSUB) != 0)
		abort();
	compiled = true;
	return regexec(&grammar, spec, 0, NULL, 0) == 0;
}

/*
 * The offset of the first byte of SPEC, an invalid one, with which no mode can go on; of the NUL if
 * only the end comes too early. What can go on at all is a mode, or one as soon as a "+" follows.
 */
static inline size_t model_error_at(const char *spec)
{
	char *start = malloc(strlen(spec) + 2);
	size_t len = 0;

	if (start == NULL)
		abort();
	for (; spec[len] != '\0'; len++) {
		snprintf(start, len + 2, "%s", spec);
		if (model_is_valid(start))
			continue;
		strcat(start, "+");
		if (!model_is_valid(start))
			break;
	}
	free(start);
	return len;
}

static const struct model_bit {
	mode_t bit;
	char who, perm;
} model_bits[] = {
	{04000, 'u', 's'},
	{02000, 'g', 's'},
	{01000, 'o', 't'},
	{00400, 'u', 'r'},
	{00200, 'u', 'w'},
	{00100, 'u', 'x'},
	{00040, 'g', 'r'},
	{00020, 'g', 'w'},
	{00010, 'g', 'x'},
	{00004, 'o', 'r'},
	{00002, 'o', 'w'},
	{00001, 'o', 'x'},
};

static inline bool model_among(char c, const char *letters, size_t len)
{
	return memchr(letters, c, len) != NULL;
}

/* Whether class WHO has permission PERM in MODE. */
static inline bool model_has(mode_t mode, char who, char perm)
{
	for (size_t i = 0; i < sizeof(model_bits) / sizeof(model_bits[0]); i++)
		if (model_bits[i].who == who && model_bits[i].perm == perm)
			return (mode & model_bits[i].bit) != 0;
	return false;
}

/* An action as it is written: "ug" '+' "rX". A spec that is a number has the operator 0. */
struct model_action {
	const char *who, *perms;
	size_t who_len, perms_len;
	char op;
};

/* What becomes of one bit of MODE, that of a directory or not. */
static inline bool model_bit_after(const struct model_bit *b, const struct model_action *a,
	mode_t mode, bool dir, mode_t umask)
{
	bool has = (mode & b->bit) != 0;
	bool octal = a->perms_len > 0 && model_among(*a->perms, "01234567", 8);
	bool copy = a->perms_len == 1 && model_among(*a->perms, "ugo", 3);
	bool everybody = octal || a->who_len == 0;
	bool for_us = everybody || model_among('a', a->who, a->who_len) ||
		      model_among(b->who, a->who, a->who_len);
	bool named, mentioned;

	if (octal)
		named = (strtoul(a->perms, NULL, 8) & b->bit) != 0;
	else if (copy)
		named = model_among(b->perm, "rwx", 3) && model_has(mode, *a->perms, b->perm);
	else
		named = model_among(b->perm, a->perms, a->perms_len) ||
			(b->perm == 'x' && model_among('X', a->perms, a->perms_len) &&
				(dir || (mode & 0111) != 0));

	if (octal)
		mentioned = named || a->op != 0 || a->perms_len >= 5;
	else
		mentioned = named && for_us;
	if (dir && b->perm == 's' && !mentioned)
		return has;
	if (!octal && a->who_len == 0 && (umask & 0777 & b->bit) != 0)
		named = false;

	switch (a->op) {
	case '+': return has || (for_us && named);
	case '-': return has && !(for_us && named);
	default: return for_us ? named : has;
	}
}

/* modespec_apply() for the valid SPEC. */
static inline mode_t model_apply(const char *spec, mode_t old, mode_t umask)
{
	mode_t mode = old & 07777;
	struct model_action a = {.who = spec};

	for (;;) {
		mode_t before = mode;
		bool starts = spec == a.who;

		if (starts && strspn(spec, "01234567") == 0) {
			a.who_len = strspn(spec, "ugoa");
			spec += a.who_len;
		}
		a.op = strspn(spec, "+-=") > 0 ? *spec++ : '\0';
		a.perms = spec;
		a.perms_len = strcspn(spec, "+-=,");
		spec += a.perms_len;

		mode = 0;
		for (size_t i = 0; i < sizeof(model_bits) / sizeof(model_bits[0]); i++)
			if (model_bit_after(&model_bits[i], &a, before, S_ISDIR(old), umask))
				mode |= model_bits[i].bit;
		if (*spec == '\0')
			return mode;
		if (*spec == ',')
			a = (struct model_action){.who = ++spec};
	}
}

static inline size_t model_below(unsigned *seed, size_t end)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % end;
}

/* Writes a valid spec of up to four clauses. */
static inline void model_random_spec(unsigned *seed, char *spec)
{
	static const char *const perms[] = {"", "r", "w", "x", "X", "s", "t", "u", "g", "o", "rw",
		"rX", "xs", "rwx", "st", "rwxXst"};
	static const char *const whos[] = {
		"", "", "", "u", "g", "o", "a", "ug", "go", "uo", "ugo", "gu"};
	char *end = spec;

	for (size_t clauses = 1 + model_below(seed, 4); clauses > 0; clauses--) {
		const char *who = whos[model_below(seed, sizeof(whos) / sizeof(whos[0]))];
		end += sprintf(end, "%s", who);
		for (size_t actions = 1 + model_below(seed, 3); actions > 0; actions--)
			end += sprintf(end, "%c%s", "+-="[model_below(seed, 3)],
				perms[model_below(seed, sizeof(perms) / sizeof(perms[0]))]);
		if (*who == '\0' && model_below(seed, 4) == 0)
			end += sprintf(end, "%c%zo", "+-="[model_below(seed, 3)],
				model_below(seed, 010000));
		if (clauses > 1)
			end += sprintf(end, ",");
	}
}

/* Steps SPEC, of at most MAX letters, to the next spec of ALPHABET; false after the last. */
static inline bool model_next_spec(char *spec, size_t max, const char *alphabet)
{
	size_t i = 0;

	for (; spec[i] != '\0'; i++) {
		const char *letter = strchr(alphabet, spec[i]);
		if (letter[1] != '\0') {
			spec[i] = letter[1];
			return true;
		}
		spec[i] = alphabet[0];
	}
	if (i == max)
		return false;
	spec[i] = alphabet[0];
	spec[i + 1] = '\0';
	return true;
}

#endif
