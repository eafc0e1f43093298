/* SPDX-License-Identifier: MIT */
/*
 * Runs PROGRAM, which is for another processor, under QEMU, for tests that start this like any
 * program. PROGRAM gets the same argv[0], arguments, streams, umask and environment. LOCALES has
 * locales in the byte order of that processor. A chroot needs QEMU and PROGRAM: they are printed
 * where ldd(1) would have the libraries printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef QEMU
#define QEMU "qemu"
#endif
#ifndef PROGRAM
#define PROGRAM "build/chmod"
#endif
#ifndef LOCALES
#define LOCALES "build/locales"
#endif

enum { FAILURE = 98 };

int main(int argc, char **argv)
{
	static const char *const start[] = {QEMU, "-0"};
	size_t n = sizeof(start) / sizeof(start[0]);
	const char **all = calloc(n + (size_t)argc + 3, sizeof(*all));

	if (getenv("LD_TRACE_LOADED_OBJECTS"))
		return printf("\t%s (0)\n\t%s (0)\n", QEMU, PROGRAM) > 0 ? 0 : FAILURE;
	if (!all || setenv("LOCPATH", LOCALES, 0) != 0)
		return FAILURE;
	memcpy(all, start, sizeof(start));
	all[n++] = argc > 0 ? argv[0] : "";
	all[n++] = PROGRAM;
	for (int i = 1; i < argc; i++)
		all[n++] = argv[i];
	execv(QEMU, (char **)all);
	return FAILURE;
}
