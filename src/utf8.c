/* SPDX-License-Identifier: MIT */
#include "utf8.h"

size_t utf8_decode(const char *string, uint32_t *ret)
{
	const unsigned char *s = (const unsigned char *)string;
	size_t len = *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;
	uint32_t c;

	if (len == 0)
		return 0;
	c = *s & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80) /* this includes the final NUL */
			return 0;
		c = c << 6 | (s[i] & 0x3fU);
	}
	/* Rejects overlong forms, surrogates and what is beyond Unicode. */
	if ((len == 3 && c < 0x800) || (len == 4 && c < 0x10000) || c > 0x10ffff ||
		(0xd800 <= c && c < 0xe000))
		return 0;
	*ret = c;
	return len;
}
