/* SPDX-License-Identifier: MIT */
/*
 * modespec held against the interpreter: one spec, everything that can be asked of it.
 */
#ifndef MODEL_COMPARE_H
#define MODEL_COMPARE_H

#include <stddef.h>
#include <sys/types.h>

/* For how much of that modespec_is_absolute() is asked; it takes long where the answer is yes. */
enum compare_absolute { ABSOLUTE_NEVER, ABSOLUTE_ONCE, ABSOLUTE_ALWAYS };

/* What a spec is tried with: each of TYPES with each of UMASKS and each of MODES. */
struct compare_how {
	const mode_t *types; /* S_IFDIR... */
	size_t type_count;
	const mode_t *umasks;
	size_t umask_count;
	const mode_t *modes; /* NULL: all 4096 */
	size_t mode_count;
	enum compare_absolute absolute; /* ONCE: the first type and umask */
};

/* What the interpreter took SPEC for. */
enum compare_kind { COMPARE_INVALID, COMPARE_VALID, COMPARE_DIFFERS };

/*
 * Compares. On a difference, the first that there is stands in WHY: the spec, the file, both
 * answers, and the rules that had a say.
 */
enum compare_kind compare_spec(
	const char *spec, const struct compare_how *how, char *why, size_t size);

/* The same for modespec_from_mode(). */
enum compare_kind compare_mode(mode_t bits, const struct compare_how *how, char *why, size_t size);

/* Writes SPEC to TEXT, which is cut to SIZE, as C would have it: "u+\377x". Returns TEXT. */
char *compare_shown(const char *spec, char *text, size_t size);

#endif
