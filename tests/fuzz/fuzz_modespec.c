/* SPDX-License-Identifier: MIT */
/* The input is a spec. modespec must make of it what the interpreter of tests/model does. */
#include "fuzz.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "../model/compare.h"

enum { MODES = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *spec = fuzz_word(&data, data + size);
	uint64_t chance = fuzz_hash(spec);
	mode_t types[] = {S_IFDIR, S_IFREG}, modes[MODES], umask = chance & 0777;
	struct compare_how how = {
		.types = types,
		.type_count = 2,
		.umasks = &umask,
		.umask_count = 1,
		.modes = modes,
		.mode_count = MODES,
		.absolute = ABSOLUTE_ONCE,
	};
	char why[4096];

	if (chance & 01000) {
		types[0] = S_IFREG;
		types[1] = S_IFDIR;
	}
	for (size_t i = 0; i < MODES; i++)
		modes[i] = (chance = chance * 6364136223846793005u + 1442695040888963407u) >> 52;
	if (compare_spec(spec, &how, why, sizeof(why)) == COMPARE_DIFFERS)
		fuzz_fail("%s", why);
	free(spec);
	return 0;
}
