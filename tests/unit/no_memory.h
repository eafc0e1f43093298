/* SPDX-License-Identifier: MIT */
/*
 * malloc, calloc and realloc that fail when the test says so.
 *
 * Link with --wrap= of all three.
 */
#ifndef NO_MEMORY_H
#define NO_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* After GOOD calls that succeed one fails, or all do; below 0: none fails. */
static struct {
	int good;
	bool fails_on;
	unsigned failed;
} memory = {.good = -1};

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

static inline bool memory_fails(void)
{
	if (memory.good < 0 || memory.good-- > 0)
		return false;
	memory.failed++;
	if (memory.fails_on)
		memory.good = 0;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return memory_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return memory_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return memory_fails() ? NULL : __real_realloc(p, size);
}

/* From now on GOOD calls succeed. */
static inline void memory_limit(int good, bool fails_on)
{
	memory.good = good;
	memory.fails_on = fails_on;
	memory.failed = 0;
}

/* From now on all succeed. Returns how many have failed. */
static inline unsigned memory_unlimit(void)
{
	memory.good = -1;
	return memory.failed;
}

#endif
