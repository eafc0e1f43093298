/* SPDX-License-Identifier: MIT */
/* Internal to slowfs: requests and their answers. */
#ifndef TESTS_SLOWFS_REQUESTS_H
#define TESTS_SLOWFS_REQUESTS_H

#include <linux/fuse.h>
#include <pthread.h>

#include "memtree.h"
#include "slowfs.h"

enum { SLOWFS_BUFFER = 1 << 16, SLOWFS_THREADS = 128 };

/* The server, in its own process. */
struct slowfs_server {
	int fd;
	const struct slowfs_how *how;
	struct slowfs_shared *shared;
	pthread_mutex_t lock; /* of all that follows */
	struct memtree tree;
	struct slowfs_stuck *stuck;
};

/* A request that is being answered. */
struct slowfs_request {
	struct slowfs_server *server;
	const struct fuse_in_header *head;
	const void *arg; /* of the opcode's own type, and names after it */
	struct mem_node *node;
	union {
		struct fuse_entry_out entry;
		struct fuse_attr_out attr;
		struct fuse_open_out open;
		struct fuse_statfs_out statfs;
		struct fuse_init_out init;
	} out;            /* all 0 */
	const void *data; /* the answer: OUT, or what is put here */
	char *room;       /* for it: SLOWFS_BUFFER bytes */
	size_t len;
};

/* The file that the kernel knows as ID. */
struct mem_node *slowfs_node(struct slowfs_server *server, uint64_t id);

/* Carries out REQUEST; the caller has the lock. 0 and the answer, or a negative errno. */
int slowfs_carry_out(struct slowfs_request *request);

#endif
