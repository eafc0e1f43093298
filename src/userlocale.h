/* SPDX-License-Identifier: MIT */
/* The user's locale: its charset, and message catalogs in its language. */
#ifndef USERLOCALE_H
#define USERLOCALE_H

#include "charset.h"

#include <stdbool.h>

/*
 * What is known of the locale so far. Each fact is found out when it is first asked for, because
 * setlocale(3) takes longer than all other work on a single file. Once userlocale_charset() has
 * returned, any number of threads may use the struct.
 */
struct userlocale {
	const struct charset *charset; /* NULL: not yet known */
	enum { USERLOCALE_UNKNOWN, USERLOCALE_ENGLISH, USERLOCALE_FOREIGN } language;
};

/* The catalogs of messages: those of GNU coreutils and of the C library. */
enum userlocale_domain { USERLOCALE_GNU, USERLOCALE_LIBC };

void userlocale_init(struct userlocale *l);

/*
 * Returns the charset of the user's locale. With glibc it calls setlocale(3) the first time; if
 * that fails, for example because the locale is not installed, the charset is C's. With other C
 * libraries it is UTF-8 if the name of the locale says so, and otherwise C's.
 */
const struct charset *userlocale_charset(struct userlocale *l);

/*
 * Returns the translation of the message MSGID from an installed catalog, in the charset of the
 * locale. It may consist of any bytes. Returns NULL if there is no translation, if the language is
 * English, or if the program is static. If the language is not English, setlocale(3) has been
 * called afterwards, so that strerror(3) uses that language.
 */
const char *userlocale_translation(
	struct userlocale *l, enum userlocale_domain domain, const char *msgid);

/*
 * Whether the name of the locale (the first of LC_ALL, LC_CTYPE and LANG that is set and not empty)
 * has the codeset UTF-8, in any spelling, whether the locale is installed or not.
 */
bool userlocale_names_utf8(void);

#endif
