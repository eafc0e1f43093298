/* SPDX-License-Identifier: MIT */
#include "edge.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	EDGES = 3,
	ROOM = 64 * 1024, /* a multiple of every page */
};

const char *edge_copy(enum edge edge, const char *string)
{
	static char *rooms[EDGES];
	size_t size = strlen(string) + 1;

	if (rooms[edge] == NULL) {
		void *room = mmap(NULL, (size_t)2 * ROOM, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (room == MAP_FAILED || mprotect((char *)room + ROOM, ROOM, PROT_NONE) != 0)
			abort();
		rooms[edge] = room;
	}
	if (size > ROOM)
		return string;
	return memcpy(rooms[edge] + ROOM - size, string, size);
}
