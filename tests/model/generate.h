/* SPDX-License-Identifier: MIT */
/*
 * Specs by chance, the same ones for the same seed: walks through the grammar, and what becomes of
 * them when a few bytes are changed.
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
	char last[GENERATE_SIZE]; /* the spec before */
};

void generator_init(struct generator *g, uint64_t seed);

/* A number below END. */
size_t generator_below(struct generator *g, size_t end);

/* Writes a spec to SPEC: four in five by the grammar, the others with something wrong in them. */
void generate_spec(struct generator *g, char spec[static GENERATE_SIZE]);

#endif
