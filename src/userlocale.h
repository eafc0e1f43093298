/* What the user's locale is, as far as it matters here: how it reads bytes as characters. */
#ifndef USERLOCALE_H
#define USERLOCALE_H

#include "charset.h"

#include <stdbool.h>

/*
 * The charset of the user's locale. With glibc that is the locale that setlocale(3) finds, which is
 * called, so this is not for several threads; C if there is none, or no memory for it. Without
 * glibc no locale is installed: UTF-8 if its name says so, else C.
 */
const struct charset *userlocale_charset(void);

/*
 * Whether the name of the locale says UTF-8, installed or not: the first of LC_ALL, LC_CTYPE and
 * LANG that is set and not empty names that codeset (in any spelling: utf8, UTF-8). Cannot fail,
 * and has no effects.
 */
bool userlocale_names_utf8(void);

#endif
