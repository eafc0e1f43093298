/* SPDX-License-Identifier: MIT */
/*
 * Quotes names as GNU's tools do, in gnulib's quoting styles: safe to print, and ready to be pasted
 * into a shell.
 */
#ifndef QUOTE_H
#define QUOTE_H

#include "charset.h"

#include <stdbool.h>
#include <stddef.h>

enum quote_style {
	QUOTE_SHELL_ALWAYS, /* 'f', for a shell: file names within sentences */
	QUOTE_SHELL,        /* f, quoted only if a shell needs it: file names that stand alone */
	QUOTE_LOCALE,       /* ‘f’ or 'f', for people: arguments that are not file names */
};

/* Receives the next LEN bytes of a quoted name. */
typedef void quote_put_fn(void *ctx, const char *bytes, size_t len);

/*
 * Passes NAME, quoted in STYLE, to PUT in one or more pieces, none of which ends within a
 * character. CHARSET divides NAME into characters, tells which of them are printable and need no
 * escape, and has the quotes for QUOTE_LOCALE. No control character is ever passed on.
 */
void quote(enum quote_style style, const struct charset *charset, const char *name,
	quote_put_fn *put, void *ctx);

/* Whether the result can depend on the locale: in QUOTE_LOCALE, or with a byte of 0x80 or more. */
bool quote_needs_locale(enum quote_style style, const char *name);

#endif
