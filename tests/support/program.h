/* SPDX-License-Identifier: MIT */
/* Opens the program that is to be tested, when the machine is safe from it: see guard.h. */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <stdbool.h>

/*
 * Opens the program NAME that TOOL is to test. Its descriptor, its absolute path in *RET_PATH, and
 * in *RET_IS_STATIC (may be NULL) whether it has no loader, so that nothing can be preloaded. Or a
 * negative errno, and a message: NAME is no file that can be executed.
 */
int program_open(const char *tool, const char *name, const char **ret_path, bool *ret_is_static);

#endif
