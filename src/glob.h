/*
 * Patterns for names, as fnmatch(3) without flags knows them. Own code, because the libraries read
 * the locale differently, and musl's brings 20 KiB of tables along.
 */
#ifndef GLOB_H
#define GLOB_H

#include <stdbool.h>

/*
 * Whether all of TEXT matches PATTERN: * (also slashes and leading dots), ?, [set], [!set] or
 * [^set] with ranges by code point and [:class:] (of ASCII), and \ before a character that stands
 * for itself. A [ without its ] stands for itself. UTF8: characters are those of UTF-8, else bytes;
 * bytes that are no valid UTF-8 are characters of their own.
 */
bool glob_matches(const char *pattern, const char *text, bool utf8);

#endif
