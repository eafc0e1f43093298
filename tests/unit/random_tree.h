/* SPDX-License-Identifier: MIT */
/* Random trees of files, and random numbers that are the same in each run. */
#ifndef RANDOM_TREE_H
#define RANDOM_TREE_H

#include <stdint.h>
#include <stdio.h>

#include "scratch.h"

static inline unsigned random_below(uint64_t *seed, unsigned limit)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 33) % limit;
}

/* Makes COUNT entries in DIR and below. How many have been made. */
static inline unsigned random_tree_in(int dir, unsigned count, unsigned depth, uint64_t *seed)
{
	unsigned made = 0, number = 0;

	while (made < count) {
		char name[100];
		int fd;

		/* Some names are much longer than others. */
		sprintf(name, "%u%.*s", number++, random_below(seed, 9) == 0 ? 80 : 0,
			"_____________________________________________________________________"
			"___________");
		made++;
		if (depth > 0 && random_below(seed, 3) == 0) {
			/* An empty one, one of a chain, or a large one. */
			static const unsigned parts[] = {0, 1, 1, 3, 10, 10, 1000};
			unsigned part = parts[random_below(seed, COUNT(parts))];

			assert_int_equal(mkdirat(dir, name, 0755), 0);
			fd = openat(dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
			made += random_tree_in(
				fd, part < count - made ? part : count - made, depth - 1, seed);
		} else {
			fd = openat(dir, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
		}
		assert_true(fd >= 0);
		close(fd);
	}
	return made;
}

/* A tree NAME of about COUNT entries in the working directory. */
static inline void make_random_tree(const char *name, unsigned count, uint64_t seed)
{
	int fd;

	assert_int_equal(mkdir(name, 0755), 0);
	fd = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	random_tree_in(fd, count, 8, &seed);
	close(fd);
}

#endif
