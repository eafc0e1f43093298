/* SPDX-License-Identifier: MIT */
/*
 * Files in memory, for the server of a file system (slowfs.h). Not thread-safe.
 *
 * Each entry of a directory has a position, at which readdir can go on. It stays the same for the
 * life of the entry; or, with positions_shift, it is an index, which shifts when an entry before it
 * is removed.
 */
#ifndef TESTS_MEMTREE_H
#define TESTS_MEMTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct mem_entry;

struct mem_node {
	uint64_t ino;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	unsigned nlink;
	dev_t rdev;
	struct timespec changed;
	char *target;            /* of a symlink */
	const char *name;        /* of its last entry, "" if that is gone */
	struct mem_node *parent; /* of a directory */
	/* Of a directory: by position; NULL where an entry has gone. */
	struct mem_entry **entries;
	size_t n, room, live; /* positions in use, allocated, entries */
	uint64_t lookups;     /* the kernel's references */
};

struct mem_entry {
	char *name;
	struct mem_node *node, *dir;
	size_t position;
	struct mem_entry *next; /* of the same hash */
};

struct memtree {
	struct mem_node root;
	struct mem_entry **table;
	uint64_t last_ino, nodes;
	bool positions_shift;
};

/* Makes an empty root directory of mode 755. Like all of these, it aborts without memory. */
void memtree_init(struct memtree *tree);

struct mem_entry *memtree_find(
	const struct memtree *tree, const struct mem_node *dir, const char *name);

/* A file without an entry. */
struct mem_node *memtree_new(struct memtree *tree, mode_t mode, uid_t uid, gid_t gid);

/* Enters NODE in DIR under a NAME that is free. */
void memtree_link(
	struct memtree *tree, struct mem_node *dir, const char *name, struct mem_node *node);

/* Removes the entry; its file goes with the last of its entries and references. */
void memtree_unlink(struct memtree *tree, struct mem_entry *entry);

/* Takes back N references. */
void memtree_forget(struct memtree *tree, struct mem_node *node, uint64_t n);

/* Moves FROM to NAME in DIR, in the place of what is there. 0 or -ENOTEMPTY, -EISDIR... */
int memtree_rename(
	struct memtree *tree, struct mem_entry *from, struct mem_node *dir, const char *name);

/* Exchanges the files of two entries. */
void memtree_exchange(struct mem_entry *a, struct mem_entry *b);

#endif
