/* SPDX-License-Identifier: MIT */
/* Locales with charsets of their own, which make(1) makes with localedef(1). */
#ifndef TESTS_LOCALES_H
#define TESTS_LOCALES_H

/*
 * Copies locale NAME, from TEST_LOCALES or from beside this program, to where any user can read it:
 * into the directory DIR, for the variable LOCPATH. It is one for LC_CTYPE and LC_MESSAGES alone. 0
 * or a negative errno: -ENOENT if there is no such locale.
 */
int locale_copy(const char *name, const char *dir);

#endif
