/*
 * What the C libraries say differently: the words for errors, and what a locale is. Here it is
 * glibc's way with either library.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>

/*
 * The English words of glibc for errno value ERR; never NULL, not to be freed. Valid until the
 * thread asks again.
 */
const char *text_error(int err);

/*
 * Whether the user's locale is a UTF-8 one: the first of LC_ALL, LC_CTYPE and LANG that is set and
 * not empty names the codeset UTF-8 (any spelling: utf8, UTF-8) and, with glibc, setlocale(3) finds
 * that locale. Calls setlocale() for LC_CTYPE with glibc; not thread-safe.
 */
bool text_locale_is_utf8(void);

/* The same by the variables alone, installed or not: cannot fail, and has no effects. */
bool text_locale_names_utf8(void);

#endif
