/* The words for errors. */
#ifndef ERRTEXT_H
#define ERRTEXT_H

/*
 * glibc's words for errno value ERR: with glibc in the language of LC_MESSAGES, which is C's as long
 * as nobody calls setlocale(3), otherwise in English. Never NULL, not to be freed, valid until the
 * thread asks again.
 */
const char *errtext(int err);

#endif
