/* SPDX-License-Identifier: MIT */
/* clang-format off */
/*
 * A second matcher of patterns, to compare glob with: it splits the pattern into items and the text
 * into characters, and then follows all ways to match at the same time.
 *
 *	P1	* is any number of characters, / and a leading . among them
 *	P2	? is one character
 *	P3	\ makes a character stand for itself; at the end of a pattern it matches nothing
 *	P4	[ with its ] is one character of a set; ! or ^ after the [ stands for "none of"
 *	P5	a ] that is the first of a set, and a - that is the first or last, are themselves
 *	P6	a-b in a set is every character from a to b by number; none if a is the greater
 *	P7	[:name:] in a set is a class of ASCII; one of an unknown name is empty
 *	P8	a [ without its ] stands for itself
 *	P9	a byte that is no UTF-8 is a character that is none of the others
 */
/* clang-format on */
#ifndef MODEL_PATTERN_H
#define MODEL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Whether all of TEXT matches PATTERN. */
bool pattern_matches(const char *pattern, const char *text, bool utf8);

/*
 * Whether PATTERN has something whose meaning POSIX leaves open, or that glob does not know: a
 * collating symbol, an equivalence class, an unknown class, or a class as an end of a range. Or
 * whether it ends in a -: glibc lets "[a-" match nothing, against P8.
 */
bool pattern_is_odd(const char *pattern);

/* Whether TEXT is UTF-8 from beginning to end. */
bool pattern_is_utf8(const char *text);

#endif
