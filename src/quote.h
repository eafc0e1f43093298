/*
 * A name as GNU's tools show it: safe to print, and made to be pasted into a shell.
 *
 * Pure, but for the character table: with glibc and UTF8, iswprint(3) of the current LC_CTYPE is
 * asked so that the answer is the machine's; elsewhere it is a table of our own with glibc's
 * answers.
 */
#ifndef QUOTE_H
#define QUOTE_H

#include <stdbool.h>
#include <stddef.h>

enum quote_style {
	QUOTE_ALWAYS,    /* for a shell, 'f': names inside sentences */
	QUOTE_IF_NEEDED, /* for a shell, f unless it needs quotes: names that stand alone */
	QUOTE_WORDS, /* for people, ‘f’ or 'f': words of the command line that are no files */
};

/* Takes the next LEN bytes of a quoted name. */
typedef void quote_put_fn(void *ctx, const char *bytes, size_t len);

/*
 * Hands NAME, quoted in STYLE, to PUT in one or more pieces. UTF8: whether the bytes from 0x80 up
 * are read as UTF-8, where printable characters stand for themselves and QUOTE_WORDS has curly
 * quotes; otherwise (the C locale) they are escaped one by one. No control character is ever handed
 * on.
 */
void quote(enum quote_style style, bool utf8, const char *name, quote_put_fn *put, void *ctx);

/* Whether the quoted NAME can depend on the locale: QUOTE_WORDS, or a byte of 0x80 or more. */
bool quote_needs_locale(enum quote_style style, const char *name);

#endif
