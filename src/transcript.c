/* SPDX-License-Identifier: MIT */
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_PIECES = 8, FIRST_SIZE = 4096 };

struct piece {
	size_t len;
	enum transcript_stream stream;
};

void transcript_init(struct transcript *t)
{
	*t = (struct transcript){.used = 0};
	lock_init(&t->lock);
}

/* Counts AFTER bytes of memory in place of BEFORE. */
static void count_memory(const struct transcript *t, size_t before, size_t after)
{
	if (t->total == NULL)
		return;
	atomic_fetch_sub_explicit(t->total, before, memory_order_relaxed);
	atomic_fetch_add_explicit(t->total, after, memory_order_relaxed);
}

void transcript_free(struct transcript *t)
{
	count_memory(t, t->size, 0);
	free(t->bytes);
}

void transcript_count_in(struct transcript *t, atomic_size_t *total)
{
	t->total = total;
}

bool transcript_reserve(struct transcript *t, size_t size)
{
	size_t needed = t->used + size + MAX_PIECES * sizeof(struct piece);
	size_t larger = t->size * 2 > FIRST_SIZE ? t->size * 2 : FIRST_SIZE;
	char *bytes;

	if (needed <= t->size)
		return true;
	if (larger < needed)
		larger = needed;
	bytes = realloc(t->bytes, larger);
	if (bytes == NULL)
		return false;
	count_memory(t, t->size, larger);
	t->bytes = bytes;
	t->size = larger;
	return true;
}

void transcript_add(
	struct transcript *t, enum transcript_stream stream, const char *text, size_t len)
{
	struct piece piece = {.len = 0, .stream = stream};

	if (!transcript_reserve(t, len))
		return;
	if (t->used > 0)
		memcpy(&piece, t->bytes + t->last, sizeof(piece));
	if (t->used == 0 || piece.stream != stream) {
		piece = (struct piece){.stream = stream};
		t->last = t->used;
		t->used += sizeof(piece);
	}
	memcpy(t->bytes + t->used, text, len);
	t->used += len;
	piece.len += len;
	memcpy(t->bytes + t->last, &piece, sizeof(piece));
}

void transcript_replay(struct transcript *t, transcript_print *print, void *ctx)
{
	for (size_t at = 0; at < t->used;) {
		struct piece piece;

		memcpy(&piece, t->bytes + at, sizeof(piece));
		at += sizeof(piece);
		print(ctx, piece.stream, t->bytes + at, piece.len);
		at += piece.len;
	}
	t->used = 0;
}

/* Moves the bytes of T to *RET and gives T a new buffer. Returns false if there is no memory. */
static bool exchange(struct transcript *t, struct transcript *ret)
{
	char *bytes = malloc(t->size);

	if (bytes == NULL)
		return false;
	count_memory(t, 0, t->size);
	*ret = *t;
	t->bytes = bytes;
	t->used = 0;
	return true;
}

bool transcript_print_some(struct transcript *t, transcript_print *print, void *ctx,
	struct lock *outer, atomic_bool *ret_is_empty)
{
	struct transcript taken;
	bool is_empty, is_taken = false;

	lock_take(&t->lock);
	is_empty = t->used == 0;
	if (is_empty)
		atomic_store_explicit(ret_is_empty, true, memory_order_release);
	else
		is_taken = exchange(t, &taken);
	if (!is_empty && !is_taken)
		transcript_replay(t, print, ctx);
	lock_drop(&t->lock);
	if (is_taken) {
		lock_drop(outer);
		transcript_replay(&taken, print, ctx);
		transcript_free(&taken);
		lock_take(outer);
	}
	return !is_empty;
}
