/* SPDX-License-Identifier: MIT */
/*
 * A file system in memory, served through /dev/fuse by a process of its own. Requests take as long
 * as is asked for, are served in parallel and are counted. It can misbehave as some real file
 * systems do.
 *
 * It speaks the protocol of <linux/fuse.h>. Mounting it needs root or a user namespace.
 */
#ifndef TESTS_SLOWFS_H
#define TESTS_SLOWFS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

struct slowfs_how {
	unsigned delay;      /* microseconds that a request takes */
	bool jitter;         /* each takes a random time, up to twice that */
	unsigned threads;    /* how many requests are served in parallel; 0: 128 */
	unsigned timeout_ms; /* how long the kernel may cache entries and attributes */
	bool permissions;    /* the kernel checks modes, and other users are let in */

	/* How many directories d00000... there are, and files f00000... in each; 0: files alone. */
	unsigned dirs, files;

	bool new_inodes;      /* a change of mode changes the inode number, as copy-up may */
	bool positions_shift; /* see memtree.h */
	/* Names, as patterns of fnmatch(3): */
	const char *broken; /* every request answers EIO */
	const char *gone;   /* they are in their directory, but a look-up answers ENOENT */
	const char *stuck;  /* a change of mode is not answered */
};

enum { SLOWFS_OPCODES = 64 };

/* What the server and the test tell each other while the server runs. */
struct slowfs_shared {
	atomic_ulong counts[SLOWFS_OPCODES]; /* FUSE_LOOKUP..., of <linux/fuse.h> */
	atomic_uint under_way, most_under_way;
	atomic_uint stuck;    /* requests that wait for RELEASED */
	atomic_uint delay;    /* as in slowfs_how, from now on */
	atomic_bool mended;   /* nothing is broken or gone while this is set */
	atomic_bool released; /* stuck requests are answered when this is set */
};

struct slowfs {
	struct slowfs_shared *shared;
	char *mountpoint;
	pid_t pid;
};

/* Mounts it. 0 and *RET, to be stopped, or a negative errno. HOW is not needed afterwards. */
int slowfs_start(const char *mountpoint, const struct slowfs_how *how, struct slowfs *ret);

/* Sets the counts to 0. */
void slowfs_reset(struct slowfs *fs);

/* All requests so far. */
unsigned long slowfs_total(const struct slowfs *fs);

/* Prints "LOOKUP 12", a line for each opcode that was requested, and "most under way 3". */
void slowfs_print(const struct slowfs *fs, FILE *out);

/* Unmounts it, even with requests under way. */
void slowfs_stop(struct slowfs *fs);

#endif
