/* SPDX-License-Identifier: MIT */
#include "keep.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024 };

struct keep_chunk {
	struct keep_chunk *next;
	size_t used, size;
	char bytes[];
};

static char *take(struct keep *keep, size_t size)
{
	struct keep_chunk *chunk = keep->chunks;

	if (!chunk || chunk->size - chunk->used < size) {
		size_t room = size > CHUNK ? size : CHUNK;

		chunk = malloc(sizeof(*chunk) + room);
		if (!chunk)
			abort();
		*chunk = (struct keep_chunk){.next = keep->chunks, .size = room};
		keep->chunks = chunk;
	}
	chunk->used += size;
	return chunk->bytes + chunk->used - size;
}

char *keep_bytes(struct keep *keep, const char *bytes, size_t len)
{
	char *kept = take(keep, len + 1);

	memcpy(kept, bytes, len);
	kept[len] = '\0';
	return kept;
}

char *keep_format(struct keep *keep, const char *format, ...)
{
	va_list args;
	char *text, *kept;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		abort();
	va_end(args);
	kept = keep_bytes(keep, text, strlen(text));
	free(text);
	return kept;
}

void keep_forget(struct keep *keep)
{
	while (keep->chunks) {
		struct keep_chunk *next = keep->chunks->next;

		free(keep->chunks);
		keep->chunks = next;
	}
}
