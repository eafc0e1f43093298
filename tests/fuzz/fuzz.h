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

/* Prints a message, formatted as by printf(3), and aborts. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The bytes from *AT to the next NUL or to END, as a string in memory of just its size, which the
 * caller frees. *AT is moved past them and their NUL. Aborts if there is no memory.
 */
char *fuzz_word(const uint8_t **at, const uint8_t *end);

/* A text that grows, in memory of just its size. BYTES is NULL at first. */
struct fuzz_text {
	char *bytes;
	size_t len;
};

/* Appends to TEXT, a struct fuzz_text; fails if there is a NUL in BYTES. For use as a callback. */
void fuzz_put(void *text, const char *bytes, size_t len);

/* A hash of STRING, for what is chosen at random but must be the same for the same input. */
uint64_t fuzz_hash(const char *string);

/* TEXT as a string literal of C. The caller frees it. */
char *fuzz_shown(const char *text);

#endif
