/* SPDX-License-Identifier: MIT */
/*
 * Formats messages: GNU's sentences with names, modes and errors in them, in the user's language if
 * a catalog has a translation.
 *
 * A format is an English sentence with our own conversions. The key of its translation, GNU's
 * msgid, is the same sentence with printf(3)'s conversions in their place:
 *	%q %n %w  char *: a name in QUOTE_SHELL_ALWAYS, QUOTE_SHELL, QUOTE_LOCALE   %s
 *	%m        mode_t: a mode as ls(1) shows it                               %s
 *	%s        char *: a trusted string, as it is                             %s
 *	%t %c     char *, int: a string or character from the command line;
 *	          its control characters are not sent to a terminal              %s %c
 *	%o        mode_t: a mode as four octal digits                            %04lo
 *	%u        unsigned long                                                  %lu
 *	%e        int: an errno, as ": " and its message; only at the end        nothing
 *	%a        char *: a trusted string, not translated; only at the end      nothing
 * Translations are not trusted. One is used only if it has exactly the conversions of the msgid,
 * each once, in the same order or numbered ("%2$s"), and no control characters. Otherwise the
 * message is in English.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "quote.h"
#include "userlocale.h"

#include <stdarg.h>

enum message_kind {
	MESSAGE_OWN,   /* the format in English; it is not a GNU message */
	MESSAGE_TEXT,  /* the message */
	MESSAGE_LINE,  /* the message and a newline, which the msgid has too */
	MESSAGE_ERROR, /* "PROGRAM: ", the message and a newline, which are not in the msgid */
	/*
	 * The same for an error that getopt_long(3) would print. Its msgid begins with "%s: " and
	 * is in the catalog of the C library.
	 */
	MESSAGE_OPTION,
};

struct message_output {
	quote_put_fn *put; /* receives the message piece by piece */
	void *ctx;
	int fd; /* the descriptor that it is finally written to; see %t */
	struct userlocale *locale;
	const char *program; /* for MESSAGE_ERROR and MESSAGE_OPTION */
};

/* The longest msgid, with its NUL, and the most conversions of a format. */
enum { MESSAGE_MAX_ID = 320, MESSAGE_MAX_VALUES = 8 };

/* Formats ARGS by FORMAT and passes the message to OUT. */
void message_put(const struct message_output *out, enum message_kind kind, const char *format,
	va_list *args);

#endif
