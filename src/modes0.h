/* SPDX-License-Identifier: MIT */
/*
 * Parses records "MODE NAME" of a list of modes (--modes0-from), as find -printf '%m %p\0' writes
 * them.
 */
#ifndef MODES0_H
#define MODES0_H

#include <stdbool.h>
#include <sys/types.h>

/* The most bytes before a name: seven digits and a blank. */
enum { MODES0_BEFORE_NAME = 8 };

/*
 * Whether the string RECORD is a valid record: MODE is octal, up to 0177777 (st_mode with its file
 * type, which is ignored); NAME is everything after the first blank and not empty.
 */
bool modes0_is_record(const char *record);

/*
 * Returns the name within RECORD, which must be valid. Overwrites the two bytes before the name
 * with the mode in binary, where modes0_mode() finds it.
 */
char *modes0_name(char *record);

/* The 12 mode bits of the record of NAME, a pointer that modes0_name() returned. */
mode_t modes0_mode(const char *name);

#endif
