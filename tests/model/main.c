/* SPDX-License-Identifier: MIT */
/*
 * model [--long] [--modespec | --glob] [--match PATTERN] [SEED [COUNT]]
 *
 * Compares modespec and glob with their models: all specs of up to three bytes, and COUNT random
 * ones by SEED, which is printed. Without these arguments, MODEL_SEED and MODEL_COUNT are taken
 * from the environment. --long: up to four bytes, more random specs, and another seed each time.
 * --modespec, --glob: only one of the two. PATTERN, with * and ?, chooses tests by name.
 */
#include "model.h"

#include "../support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SEED = 1, COUNT = 300000, LONG_COUNT = 5000000 };

struct model_options model_options;

/* Reads TEXT into *RET; if it is NULL, leaves that as it is. */
static bool read_number(const char *text, unsigned long *ret)
{
	char *end;

	if (text == NULL)
		return true;
	*ret = strtoul(text, &end, 0);
	return end != text && *end == '\0';
}

int main(int argc, char **argv)
{
	bool modespec = true, glob = true, is_long = false, good = true;
	unsigned long seed = SEED, count = COUNT;
	int at = 1, failed = 0;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--long") == 0)
			is_long = true;
		else if (strcmp(argv[at], "--modespec") == 0)
			glob = false;
		else if (strcmp(argv[at], "--glob") == 0)
			modespec = false;
		else if (strcmp(argv[at], "--match") == 0 && at + 1 < argc)
			cmocka_set_test_filter(argv[++at]);
		else
			good = false;
	}
	if (is_long) {
		seed = (unsigned long)time(NULL);
		count = LONG_COUNT;
	}
	good = good && argc - at <= 2 && read_number(getenv("MODEL_SEED"), &seed) &&
	       read_number(getenv("MODEL_COUNT"), &count) &&
	       read_number(at < argc ? argv[at] : NULL, &seed) &&
	       read_number(at + 1 < argc ? argv[at + 1] : NULL, &count);
	if (!good) {
		fputs("usage: model [--long] [--modespec | --glob] [--match PATTERN] "
		      "[SEED [COUNT]]\n",
			stderr);
		return 2;
	}
	model_options = (struct model_options){is_long, seed, count};
	if (modespec) {
		failed += model_group_modespec();
		failed += model_group_text();
	}
	if (glob)
		failed += model_group_glob();
	return failed > 0;
}
