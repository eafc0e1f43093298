/*
 * A name as GNU's tools show it: safe to print, and made to be pasted into a shell.
 */
#ifndef QUOTE_H
#define QUOTE_H

#include "charset.h"

#include <stdbool.h>
#include <stddef.h>

enum quote_style {
	QUOTE_SHELL_ALWAYS, /* for a shell, 'f': names inside sentences */
	QUOTE_SHELL,        /* for a shell, f unless it needs quotes: names that stand alone */
	QUOTE_LOCALE, /* for people, ‘f’ or 'f': words of the command line that are no files */
};

/* Takes the next LEN bytes of a quoted name. */
typedef void quote_put_fn(void *ctx, const char *bytes, size_t len);

/*
 * Hands NAME, quoted in STYLE, to PUT in one or more pieces, none of which ends within a character.
 * CHARSET: how it is read; printable characters stand for themselves, and QUOTE_LOCALE has the
 * charset's quotes. No control character is ever handed on.
 */
void quote(enum quote_style style, const struct charset *charset, const char *name,
	quote_put_fn *put, void *ctx);

/* Whether the quoted NAME can depend on the locale: QUOTE_LOCALE, or a byte of 0x80 or more. */
bool quote_needs_locale(enum quote_style style, const char *name);

#endif
