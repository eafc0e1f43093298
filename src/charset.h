/*
 * How bytes are read as characters: in the C locale, as UTF-8, or as the C library's locale says.
 */
#ifndef CHARSET_H
#define CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are no character. */
#define CHARSET_NONE UINT32_MAX

struct charset {
	/*
	 * The length of the character that begins at S, which is not empty and ends in a NUL, and
	 * its number (Unicode's, but for the C locale's bytes) in *RET; or how many bytes are none
	 * together, and CHARSET_NONE. ASCII is ASCII in all of them.
	 */
	size_t (*decode)(const char *s, uint32_t *ret);
	/* Whether C, from 0x80 up, is a printable character. */
	bool (*is_printable)(uint32_t c);
	/* The quotes for words of the command line, where no catalog has any. */
	const char *left_quote, *right_quote;
};

/* ASCII; no other byte is a character. */
extern const struct charset charset_c;

/*
 * With glibc what is printable is asked of the current LC_CTYPE, which must be a UTF-8 one;
 * elsewhere there is a table with glibc's answers.
 */
extern const struct charset charset_utf8;

#ifdef __GLIBC__
/* What the current LC_CTYPE has, and the same with the quotes of GB 18030. */
extern const struct charset charset_of_locale, charset_gb18030;
#endif

#endif
