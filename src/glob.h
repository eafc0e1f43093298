/*
 * Patterns for names, as fnmatch(3) without flags knows them. Own code, because the libraries read
 * the locale differently, and musl's brings 20 KiB of tables along.
 */
#ifndef GLOB_H
#define GLOB_H

#include "charset.h"

#include <stdbool.h>

/*
 * Whether all of TEXT matches PATTERN: * (also slashes and leading dots), ?, [set], [!set] or
 * [^set] with ranges by code point and [:class:] (of ASCII), and \ before a character that stands
 * for itself. A [ without its ] stands for itself. CHARSET: what is a character; bytes that are
 * none are characters of their own.
 */
bool glob_matches(const char *pattern, const char *text, const struct charset *charset);

#endif
