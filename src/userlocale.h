/* What the user's locale is, as far as it matters here: how it reads bytes, and what it says. */
#ifndef USERLOCALE_H
#define USERLOCALE_H

#include "charset.h"

#include <stdbool.h>

/*
 * What has been found out. Nothing is looked at before it is asked for, for setlocale(3) takes
 * longer than all the rest; after userlocale_charset() several threads may ask.
 */
struct userlocale {
	const struct charset *charset; /* NULL: not yet known */
	enum { USERLOCALE_UNKNOWN, USERLOCALE_ENGLISH, USERLOCALE_FOREIGN } language;
};

/* Whose catalog of messages. */
enum userlocale_domain { USERLOCALE_GNU, USERLOCALE_LIBC };

void userlocale_init(struct userlocale *l);

/*
 * The charset of the user's locale. With glibc that is the locale that setlocale(3) finds, which is
 * called the first time; C if there is none, or no memory for it. Without glibc no locale is
 * installed: UTF-8 if its name says so, else C.
 */
const struct charset *userlocale_charset(struct userlocale *l);

/*
 * What an installed catalog has for the message MSGID, in the charset of the locale; NULL if there
 * is nothing, if the locale is C or English, or if the program is static. It may be any bytes. For
 * a language that is not English the charset is known afterwards, and strerror(3) speaks it.
 */
const char *userlocale_translation(
	struct userlocale *l, enum userlocale_domain domain, const char *msgid);

/*
 * Whether the name of the locale says UTF-8, installed or not: the first of LC_ALL, LC_CTYPE and
 * LANG that is set and not empty names that codeset (in any spelling: utf8, UTF-8). Cannot fail,
 * and has no effects.
 */
bool userlocale_names_utf8(void);

#endif
