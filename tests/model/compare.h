/* SPDX-License-Identifier: MIT */
/*
 * Compares modespec with the interpreter: for one spec, all results of all functions.
 */
#ifndef MODEL_COMPARE_H
#define MODEL_COMPARE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * For how many types and umasks modespec_is_absolute() is called; it is slow if the answer is yes.
 */
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
 * Compares SPEC. On the first difference that is found, WHY has the spec, the file, both results,
 * and the rules that decide.
 */
enum compare_kind compare_spec(
	const char *spec, const struct compare_how *how, char *why, size_t size);

/* The same for modespec_from_mode(). */
enum compare_kind compare_mode(mode_t bits, const struct compare_how *how, char *why, size_t size);

/* Writes SPEC to TEXT, cut to SIZE, as a string of C: "u+\377x". Returns TEXT. */
char *compare_shown(const char *spec, char *text, size_t size);

#endif
