/* SPDX-License-Identifier: MIT */
/*
 * A program as a stranger would write it with modespec.h alone: "example SPEC MODE" prints what
 * SPEC makes of a directory's mode, "example TEXT" the specs for a mode that is written as ls does.
 */
#include <modespec.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int apply(const char *text, const char *mode)
{
	struct modespec spec;
	size_t at = 0;
	char buf[10];

	if (modespec_compile(&spec, text, &at) != 0) {
		printf("wrong at %zu\n", at);
		return 1;
	}
	mode_t old = S_IFDIR | (mode_t)strtoul(mode, NULL, 8);
	mode_t given = modespec_apply(&spec, old, 022);
	printf("%04o %s\n", (unsigned)given, modespec_format(given, buf));
	modespec_free(&spec);
	return 0;
}

static int convert(const char *text)
{
	mode_t mode;
	size_t at = 0;
	char symbolic[21], exact[6];

	if (modespec_read_format(&mode, text, &at) != 0) {
		printf("wrong at %zu\n", at);
		return 1;
	}
	printf("%s %s\n", modespec_symbolic(mode, symbolic), modespec_exact(mode, exact));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return apply(argv[1], argv[2]);
	return argc == 2 ? convert(argv[1]) : 2;
}
