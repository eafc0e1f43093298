/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

char *fuzz_word(const uint8_t **at, const uint8_t *end)
{
	size_t left = (size_t)(end - *at);
	const uint8_t *nul = left > 0 ? memchr(*at, '\0', left) : NULL;
	size_t len = nul != NULL ? (size_t)(nul - *at) : left;
	char *word = malloc(len + 1);

	if (word == NULL)
		abort();
	if (len > 0)
		memcpy(word, *at, len);
	word[len] = '\0';
	*at += len + (nul != NULL);
	return word;
}

void fuzz_put(void *text, const char *bytes, size_t len)
{
	struct fuzz_text *t = text;

	t->bytes = realloc(t->bytes, t->len + len + 1);
	if (t->bytes == NULL)
		abort();
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
	t->bytes[t->len] = '\0';
	if (memchr(bytes, '\0', len) != NULL)
		fuzz_fail("a NUL is passed on after %s", t->bytes);
}

/* Fowler, Noll, Vo: FNV-1a. */
uint64_t fuzz_hash(const char *string)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *string != '\0'; string++)
		hash = (hash ^ (unsigned char)*string) * UINT64_C(0x100000001b3);
	return hash;
}

char *fuzz_shown(const char *text)
{
	char *shown = malloc(strlen(text) * 4 + 3), *end = shown;

	if (shown == NULL)
		abort();
	*end++ = '"';
	for (; *text != '\0'; text++)
		end += sprintf(end, ' ' <= *text && *text <= '~' && *text != '\\' ? "%c" : "\\%03o",
			(unsigned char)*text);
	strcpy(end, "\"");
	return shown;
}
