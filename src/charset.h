/* SPDX-License-Identifier: MIT */
/* Decodes bytes to characters: in the C locale, as UTF-8, or in the current locale. */
#ifndef CHARSET_H
#define CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What decode() stores for bytes that are not a character. */
#define CHARSET_NONE UINT32_MAX

struct charset {
	/*
	 * Decodes the character at the beginning of S, a string that is not empty. Returns its
	 * length, with its Unicode number in *RET. If S begins with bytes that are not a character,
	 * returns how many of them belong together, with CHARSET_NONE in *RET. ASCII characters are
	 * themselves in each charset.
	 */
	size_t (*decode)(const char *s, uint32_t *ret);
	/* Whether the character C, which is 0x80 or more, is printable. */
	bool (*is_printable)(uint32_t c);
	/* The quotes for QUOTE_LOCALE if there is no message catalog. */
	const char *left_quote, *right_quote;
};

/* The C locale: ASCII, and no other byte is a character. */
extern const struct charset charset_c;

/*
 * UTF-8. With glibc, iswprint(3) tells what is printable, for which the current LC_CTYPE must be a
 * UTF-8 locale. Otherwise a table with glibc's answers does.
 */
extern const struct charset charset_utf8;

#ifdef __GLIBC__
/* The charset of the current LC_CTYPE, with ASCII quotes and with those of GB 18030. */
extern const struct charset charset_of_locale, charset_gb18030;
#endif

#endif
