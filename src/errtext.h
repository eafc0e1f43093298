/* The words for errors. */
#ifndef ERRTEXT_H
#define ERRTEXT_H

/*
 * glibc's words for errno value ERR, in English; with glibc in the language of LC_MESSAGES, after
 * setlocale(3). Never NULL, not to be freed. Valid until the thread asks again.
 */
const char *errtext(int err);

#endif
