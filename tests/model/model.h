/* SPDX-License-Identifier: MIT */
/*
 * Compares modespec and glob with interpreters of the same languages, which share no code with
 * them:
 *
 *	rules		the rules of the mode language, each with a name
 *	grammar		the grammar of specs, as one table of what may follow what
 *	meaning		what specs mean, for all 4096 modes at once
 *	compare		compares modespec with these
 *	generate	random specs, by a seed
 *	pattern		what a pattern matches
 *	edge		strings at the end of memory
 *	tests_modespec, tests_text, tests_glob, main
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

/* How much is to be done. */
struct model_options {
	bool is_long;
	uint64_t seed;
	unsigned long count; /* of random specs */
};

extern struct model_options model_options;

/* Groups of tests; each returns how many failed. */
int model_group_modespec(void);
int model_group_text(void);
int model_group_glob(void);

#endif
