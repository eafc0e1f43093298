/* SPDX-License-Identifier: MIT */
/*
 * Reading back what quote() has written.
 */
#ifndef FUZZ_SHELL_WORD_H
#define FUZZ_SHELL_WORD_H

#include <stdbool.h>

/*
 * Reads TEXT as a shell does the argument of a command, by POSIX.1-2024, XCU 2.2 (quoting, $'...'
 * too). True if it is one word in which nothing is expanded and nothing depends on the shell or its
 * options; then the word stands in RET, which has room for TEXT. Braces count for themselves:
 * POSIX knows no {a,b}, and GNU leaves such a name bare.
 */
bool shell_word_read(const char *text, char *ret);

/* Reads TEXT as written for people, between 'quotes' or, UTF8, curly ones. As above. */
bool people_word_read(const char *text, bool utf8, char *ret);

#endif
