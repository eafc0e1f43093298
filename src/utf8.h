/* SPDX-License-Identifier: MIT */
/* Decodes UTF-8. */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at the beginning of the string S if it is not ASCII. Returns its length,
 * with the character in *RET; or 0 for ASCII and for bytes that are not UTF-8 by RFC 3629, such as
 * overlong forms and surrogates.
 */
size_t utf8_decode(const char *s, uint32_t *ret);

#endif
