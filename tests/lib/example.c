/* A program as a stranger would write it with modespec.h alone: prints what SPEC makes of a mode.
 */
#include <modespec.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	struct modespec spec;
	size_t at = 0;
	char text[10];

	if (argc != 3)
		return 2;
	if (modespec_compile(&spec, argv[1], &at) != 0) {
		printf("wrong at %zu\n", at);
		return 1;
	}
	mode_t old = S_IFDIR | (mode_t)strtoul(argv[2], NULL, 8);
	mode_t mode = modespec_apply(&spec, old, 022);
	printf("%04o %s\n", (unsigned)mode, modespec_format(mode, text));
	modespec_free(&spec);
	return 0;
}
