/* SPDX-License-Identifier: MIT */
/*
 * Random specs, the same for the same seed: random walks through the grammar, some with a few bytes
 * changed.
 */
#ifndef MODEL_GENERATE_H
#define MODEL_GENERATE_H

#include <stddef.h>
#include <stdint.h>

/* The longest spec, with its NUL. */
enum { GENERATE_SIZE = 400 };

/* A stream of numbers. */
struct generator {
	uint64_t state;
	char last[GENERATE_SIZE]; /* the previous spec */
};

void generator_init(struct generator *g, uint64_t seed);

/* A number below END. */
size_t generator_below(struct generator *g, size_t end);

/* Writes a random spec to SPEC. Four in five follow the grammar, the others have been changed. */
void generate_spec(struct generator *g, char spec[static GENERATE_SIZE]);

#endif
