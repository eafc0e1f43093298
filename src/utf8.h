/* UTF-8, read one character at a time. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The length of the character beyond ASCII at S, which ends in a NUL, and the character in *RET. 0
 * if there is none: ASCII, or no valid UTF-8 (RFC 3629: none longer than need be, no surrogates).
 */
size_t utf8_decode(const char *s, uint32_t *ret);

#endif
