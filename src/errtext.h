/* SPDX-License-Identifier: MIT */
/* Messages for errno values. */
#ifndef ERRTEXT_H
#define ERRTEXT_H

/*
 * Returns glibc's message for ERR, the number of an error, also with other C libraries: with glibc
 * in the language of the current LC_MESSAGES, otherwise in English. Never NULL; valid until the
 * next call by the same thread.
 */
const char *errtext(int err);

#endif
