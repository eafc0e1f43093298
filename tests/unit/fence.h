/* SPDX-License-Identifier: MIT */
/* Strings at the end of memory: a read past the NUL of one crashes. */
#ifndef FENCE_H
#define FENCE_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rows.h"

/* The end of a page of memory after which there is none. */
static inline char *fence_make(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(memory != MAP_FAILED);
	assert_int_equal(mprotect(memory + page, page, PROT_NONE), 0);
	return memory + page;
}

/* Puts STRING right before that END. It is valid until the next one is put there. */
static inline const char *fence_put(char *end, const char *string)
{
	size_t size = strlen(string) + 1;

	return memcpy(end - size, string, size);
}

static inline void fence_free(char *end)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	assert_int_equal(munmap(end - page, 2 * page), 0);
}

#endif
