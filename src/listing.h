/* SPDX-License-Identifier: MIT */
/*
 * Reads the entries of a directory, in batches, in the order in which GNU's tools visit them.
 *
 * Up to 10,000 entries keep the order of the file system. The entries of a larger directory are
 * sorted by inode number in batches of 100,000, but a last batch of 10,000 or fewer keeps its
 * order. On tmpfs, NFS, CIFS and Lustre nothing is sorted, unless all symbolic links are followed.
 * This is what fts(3) of gnulib does.
 */
#ifndef LISTING_H
#define LISTING_H

#include "names.h"

#include <stdbool.h>

/*
 * How far a directory has been read. All zero before the first read, except for sorts_always. One
 * thread at a time may use it.
 */
struct listing {
	bool sorts_always; /* sort on every file system, because all links are followed */
	bool at_end;       /* everything has been read, or reading has failed */
	bool has_entries;  /* at least one read has returned entries */
	int err;           /* the -errno with which reading failed, or 0 */
	/* SMALL: at most 10,000 entries so far; otherwise whether batches are sorted. */
	enum { LISTING_SMALL, LISTING_SORTED, LISTING_UNSORTED } kind;
};

/*
 * Reads the next batch of the directory open as FD and appends it to NAMES, to which the caller
 * has the only reference. If there is nothing to append sets listing->at_end: at the end of the
 * directory, and after an error, then with listing->err. A directory that has been removed (ENOENT)
 * is at its end.
 *
 * If memory runs out in the middle of a batch, what was read of it is the batch. The error -ENOMEM
 * means that nothing could be appended.
 */
void listing_read(struct listing *listing, int fd, struct names *names);

#endif
