/* What the user's locale is, as far as it matters here: how it reads bytes as characters. */
#ifndef USERLOCALE_H
#define USERLOCALE_H

#include "charset.h"

/*
 * The charset of the user's locale. With glibc that is the locale that setlocale(3) finds, which is
 * called, so this is not for several threads. Without it, no locale is installed, and the names say
 * what they mean: UTF-8 if the first of LC_ALL, LC_CTYPE and LANG that is set and not empty names
 * that codeset (in any spelling: utf8, UTF-8), else C.
 */
const struct charset *userlocale_charset(void);

#endif
