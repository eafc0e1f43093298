/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share. A target is one fuzz_NAME.c; clang links it with libFuzzer, and any
 * compiler with replay.c, which hands it the files of the corpus. The files are as a user would
 * type them: a spec, a name, or words each ended by a NUL.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The target: takes an input, and does not return if something is wrong with what comes of it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says what is wrong, in the words of printf(3), and aborts. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The bytes at *AT up to the next NUL or to END, and a NUL, in memory of just that size, which the
 * caller frees; *AT is passed over them and over the NUL. No size, no memory: aborts.
 */
char *fuzz_word(const uint8_t **at, const uint8_t *end);

/* A number that stands for a string, to choose by what the input does not say. */
uint64_t fuzz_hash(const char *string);

/* TEXT as it can be shown: as C would have it, between quotes. The caller frees it. */
char *fuzz_shown(const char *text);

#endif
