/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share. A target is one fuzz_NAME.c. clang links it with libFuzzer; any
 * other compiler links it with replay.c, which hands it the files of the corpus. A file holds what
 * a user would type: a spec, a name, or words each ended by a NUL.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The target: takes an input, and aborts if its result is wrong. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Prints a message, in the words of printf(3), and aborts. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The bytes from *AT to the next NUL or to END, and a NUL, in memory of just that size, which the
 * caller frees. *AT is moved behind them and their NUL. Aborts without memory.
 */
char *fuzz_word(const uint8_t **at, const uint8_t *end);

/* A text that grows, in memory of just its size. NULL while it is empty. */
struct fuzz_text {
	char *bytes;
	size_t len;
};

/*
 * Appends to a struct fuzz_text; fails if there is a NUL in BYTES. For what writes through a
 * callback.
 */
void fuzz_put(void *text, const char *bytes, size_t len);

/* A hash of STRING, for choices that the input does not make. */
uint64_t fuzz_hash(const char *string);

/* TEXT as a string literal of C. The caller frees it. */
char *fuzz_shown(const char *text);

#endif
