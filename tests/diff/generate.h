/* SPDX-License-Identifier: MIT */
/*
 * Random cases: every shape of mode, option, name, operand and tree that chmod's command line and a
 * file system allow. Most are valid.
 */
#ifndef TESTS_DIFF_GENERATE_H
#define TESTS_DIFF_GENERATE_H

#include "case.h"
#include "keep.h"

#include <stdint.h>

/* A source of random numbers, and where strings are kept. */
struct source {
	uint64_t state;
	struct keep *keep;
};

/* Whom the cases are for. */
struct generate_for {
	int version;  /* of GNU's chmod, as 901: before 905, options of 9.5 are rare */
	bool as_root; /* cases run as root or as CASE_USER, and trees have files of root */
};

/*
 * Case INDEX of SEED. For one GOAL it is the same on every machine. It is contained and common
 * (case.h). Its strings are kept in KEEP.
 */
void generate_case(struct keep *keep, uint64_t seed, uint64_t index,
	const struct generate_for *goal, struct test_case *ret);

/* --------------------------------------------------------------- for the files of the generator */

/* A number below N (1 or more). */
unsigned source_below(struct source *s, unsigned n);

/* True with a probability of PERCENT. */
bool source_chance(struct source *s, unsigned percent);

/* One of the strings of a NULL-terminated list. */
const char *source_pick(struct source *s, const char *const *list);

/* A name without slashes, 1 to 255 bytes, neither "." nor "..". */
const char *generate_name(struct source *s);

/* The 12 bits of a mode; usual ones come more often. */
mode_t generate_bits(struct source *s);

void generate_tree(struct source *s, const struct generate_for *goal, struct test_case *c);

/* A mode as a word of the command line; it may be invalid. */
const char *generate_mode(struct source *s);

/* The same, for a word that begins with a minus. */
const char *generate_dashed_mode(struct source *s);

/* A path of a file of C's tree, or of one that is not there. */
const char *generate_operand(struct source *s, const struct test_case *c);

/* Generates the words of C, which has its tree. */
void generate_words(struct source *s, const struct generate_for *goal, struct test_case *c);

#endif
