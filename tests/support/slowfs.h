/* SPDX-License-Identifier: MIT */
/*
 * A file system in memory, served through /dev/fuse by a process of its own: as slow as is wanted,
 * many requests side by side, each counted; and with what some file systems do to their callers.
 *
 * It speaks the protocol of <linux/fuse.h>. To mount takes root, or a user namespace.
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
	bool jitter;         /* each takes up to twice that, by chance */
	unsigned threads;    /* so many requests are served side by side; 0: 128 */
	unsigned timeout_ms; /* so long the kernel may keep entries and attributes */
	bool permissions;    /* the kernel checks modes, and other users may come in */

	/* So many directories d00000..., with so many files f00000...; 0: the files alone. */
	unsigned dirs, files;

	bool new_inodes;      /* the inode number changes with the mode, as of what is copied up */
	bool positions_shift; /* see memtree.h */
	const char *broken;   /* EIO for names that match, as of fnmatch(3) */
	const char *gone;     /* ENOENT for them, though they are read from their directory */
	const char *stuck;    /* a change of mode is not answered for what is called so */
};

enum { SLOWFS_OPCODES = 64 };

/* What the server tells, and is told, while it runs. */
struct slowfs_shared {
	atomic_ulong counts[SLOWFS_OPCODES]; /* FUSE_LOOKUP..., of <linux/fuse.h> */
	atomic_uint under_way, most_under_way;
	atomic_uint stuck;    /* so many requests wait for RELEASED */
	atomic_uint delay;    /* as in slowfs_how, from now on */
	atomic_bool mended;   /* while it is set, nothing is broken nor gone */
	atomic_bool released; /* set it, and what is stuck is answered */
};

struct slowfs {
	struct slowfs_shared *shared;
	char *mountpoint;
	pid_t pid;
};

/* Mounts it. 0 and *RET, to be stopped, or a negative errno; HOW is not needed any more then. */
int slowfs_start(const char *mountpoint, const struct slowfs_how *how, struct slowfs *ret);

/* Sets the counts to 0. */
void slowfs_reset(struct slowfs *fs);

/* All requests so far. */
unsigned long slowfs_total(const struct slowfs *fs);

/* "LOOKUP 12", a line for each opcode that there was, and "most under way 3". */
void slowfs_print(const struct slowfs *fs, FILE *out);

/* Unmounts it, whatever is still under way. */
void slowfs_stop(struct slowfs *fs);

#endif
