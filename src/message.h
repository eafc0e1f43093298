/*
 * Messages: GNU's sentences, in the user's language where a catalog has them, with names, modes and
 * errors in them.
 *
 * A format is an English sentence with conversions of our own. GNU's message for it, which is
 * looked up in the catalogs, has C's conversions instead:
 *	%q %n %w  a name in QUOTE_SHELL_ALWAYS, QUOTE_SHELL, QUOTE_LOCALE           %s
 *	%m        a mode as ls(1) shows it                                       %s
 *	%s        a string of our own                                            %s
 *	%t %c     a string or a character as it was typed; on a terminal
 *	          without control characters                                     %s %c
 *	%o        a mode as four octal digits                                    %04lo
 *	%u        an unsigned long                                               %lu
 *	%e        at the end: an errno, as ": " and its words                    nothing
 *	%a        at the end: a string of our own that is not translated         nothing
 * A translation is foreign data. It is taken if it has just the conversions of GNU's message, each
 * once, in their order or numbered ("%2$s"), and no control characters. Otherwise the sentence is
 * put in English.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "quote.h"
#include "userlocale.h"

#include <stdarg.h>

enum message_kind {
	MESSAGE_OWN,  /* English, not looked up */
	MESSAGE_TEXT, /* as it stands */
	MESSAGE_LINE, /* a line */
	/* "PROGRAM: ", the message, a newline. */
	MESSAGE_ERROR,
	/*
	 * The same for what getopt_long(3) would say: in the catalog of the C library, where a
	 * message begins with "%s: ".
	 */
	MESSAGE_OPTION,
};

struct message_output {
	quote_put_fn *put; /* takes the message piece by piece */
	void *ctx;
	int fd; /* where it goes to in the end */
	struct userlocale *locale;
	const char *program; /* of MESSAGE_ERROR and MESSAGE_OPTION */
};

/* The longest GNU message that is looked up, and the most conversions that a format has. */
enum { MESSAGE_MAX_ID = 320, MESSAGE_MAX_VALUES = 8 };

/* Puts out the message that FORMAT makes of ARGS. */
void message_put(const struct message_output *out, enum message_kind kind, const char *format,
	va_list *args);

#endif
