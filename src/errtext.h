/* The words for errors. */
#ifndef ERRTEXT_H
#define ERRTEXT_H

/*
 * The English words of glibc for errno value ERR, with either C library; never NULL, not to be
 * freed. Valid until the thread asks again.
 */
const char *errtext(int err);

#endif
