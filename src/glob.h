/* SPDX-License-Identifier: MIT */
/*
 * Matches patterns as fnmatch(3) without flags does. The program does not call fnmatch(3), because
 * C libraries differ in locales, and musl's would add 20 KiB of tables.
 */
#ifndef GLOB_H
#define GLOB_H

#include "charset.h"

#include <stdbool.h>

/*
 * Whether the whole TEXT matches PATTERN. A pattern may contain * and ?, which match slashes and
 * leading dots too; [set], [!set] and [^set], with ranges by code point and [:class:] for ASCII;
 * and \ to quote the next character. A [ without a ] is an ordinary character. CHARSET divides both
 * strings into characters; a byte that is not part of any is a character of its own.
 */
bool glob_matches(const char *pattern, const char *text, const struct charset *charset);

#endif
