/* SPDX-License-Identifier: MIT */
/*
 * A malloc that fails: at the call whose number MALLOC_FAILS_AT says, and at all after it if
 * MALLOC_FAILS_ONWARD is set. Each failure is told by a byte written to descriptor MALLOC_FAILS_FD.
 *
 * To be preloaded. Counting begins when the program's own constructors would run, for nothing is to
 * be learned from a loader that fails. Memory is never given back: a program under test needs
 * little.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARENA = 256 << 20, ALIGN = 16 };

static _Alignas(ALIGN) char arena[ARENA];
static atomic_size_t used;
static atomic_long calls;
static long fails_at;
static int onward, tell = -1;

__attribute__((constructor)) static void start(void)
{
	const char *at = getenv("MALLOC_FAILS_AT"), *fd = getenv("MALLOC_FAILS_FD");

	tell = fd ? atoi(fd) : -1;
	onward = getenv("MALLOC_FAILS_ONWARD") != NULL;
	fails_at = at ? atol(at) : 0;
	atomic_store(&calls, 0);
}

static int fails(void)
{
	long n = atomic_fetch_add(&calls, 1) + 1;

	if (fails_at == 0 || n < fails_at || (n > fails_at && !onward))
		return 0;
	if (tell >= 0 && write(tell, "x", 1) < 0)
		_exit(124);
	errno = ENOMEM;
	return 1;
}

/* SIZE bytes, with their number in front. */
static void *take(size_t size)
{
	size_t need = (size + ALIGN - 1) / ALIGN * ALIGN + ALIGN;
	size_t at;

	if (size > ARENA / 2)
		return NULL;
	at = atomic_fetch_add(&used, need);
	if (at + need > ARENA) {
		errno = ENOMEM;
		return NULL;
	}
	memcpy(arena + at, &size, sizeof(size));
	return arena + at + ALIGN;
}

void *malloc(size_t size)
{
	return fails() ? NULL : take(size);
}

void free(void *p)
{
	(void)p;
}

void *calloc(size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	/* Fresh from the arena it is zero. */
	return fails() ? NULL : take(n * size);
}

void *realloc(void *old, size_t size)
{
	size_t old_size;
	void *p = fails() ? NULL : take(size);

	if (p && old) {
		memcpy(&old_size, (char *)old - ALIGN, sizeof(old_size));
		memcpy(p, old, old_size < size ? old_size : size);
	}
	return p;
}
