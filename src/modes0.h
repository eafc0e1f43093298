/*
 * Records "MODE NAME" of a list of modes (--modes0-from), as find -printf '%m %p\0' writes them.
 */
#ifndef MODES0_H
#define MODES0_H

#include <stdbool.h>
#include <sys/types.h>

/* The most bytes that stand before a name: seven digits and a blank. */
enum { MODES0_BEFORE_NAME = 8 };

/*
 * Whether RECORD is one: MODE is octal and may begin with a file type, as st_mode does, and NAME
 * everything behind the first blank, at least one byte.
 */
bool modes0_is_record(const char *record);

/*
 * The name of RECORD, which is one, and is written to: the two bytes before the name hold the mode
 * from now on.
 */
char *modes0_name(char *record);

/* The 12 bits of the mode that the record of NAME, which modes0_name() returned, has. */
mode_t modes0_mode(const char *name);

#endif
