/* SPDX-License-Identifier: MIT */
/* Reads back what quote() has written. */
#ifndef FUZZ_SHELL_WORD_H
#define FUZZ_SHELL_WORD_H

#include <stdbool.h>

/*
 * Reads TEXT as a shell reads the argument of a command, by POSIX.1-2024, XCU 2.2 (quoting, with
 * $'...'). True if it is one word in which nothing is expanded and nothing depends on the shell or
 * its options; then RET, which has room for TEXT, has the word. Braces have no meaning: POSIX has
 * no {a,b}, and GNU does not quote such a name.
 */
bool shell_word_read(const char *text, char *ret);

/* The same for QUOTE_LOCALE: a word in 'quotes', in UTF8 in curly ones. */
bool locale_word_read(const char *text, bool utf8, char *ret);

#endif
