/* SPDX-License-Identifier: MIT */
/*
 * What a spec means, computed for all 4096 modes at once: each of the 12 bits is a plane of 4096
 * truth values, one for each mode that a file may have had. The rules are operations on planes.
 */
#ifndef MODEL_MEANING_H
#define MODEL_MEANING_H

#include "grammar.h"
#include "rules.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	MODEL_BITS = 12,
	MODEL_MODES = 1 << MODEL_BITS,
	MODEL_WORDS = MODEL_MODES / 64, /* of a plane */
};

/* Whether the file is a directory, and the umask. */
struct model_where {
	bool is_dir;
	mode_t umask;
};

struct model_result {
	uint64_t planes[MODEL_BITS][MODEL_WORDS];
	model_rules rules[MODEL_BITS]; /* that have decided each bit */
};

/* Applies SPEC to each mode. */
void model_apply(const struct model_spec *spec, struct model_where where, struct model_result *ret);

/* Applies a mode taken from a file to each mode: R29. */
void model_apply_mode(mode_t bits, struct model_result *ret);

/* The mode that OLD has become. */
mode_t model_mode(const struct model_result *result, mode_t old);

/* The same for all modes: RET[OLD] is what OLD has become. */
void model_all_modes(const struct model_result *result, uint16_t ret[static MODEL_MODES]);

/* R26, R27. */
bool model_uses_umask(const struct model_spec *spec);
bool model_concerns(const struct model_spec *spec, bool is_dir);

/* R28. If so, *RET is that mode. */
bool model_is_absolute(const struct model_result *result, mode_t *ret);

/* R30: writes "rwsr-xr-t" and a NUL. */
void model_format(mode_t mode, char ret[static 10]);

#endif
