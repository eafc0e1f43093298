/* SPDX-License-Identifier: MIT */
/*
 * The program on file systems that a test mounts in a namespace of its own: with stable positions
 * of entries and without, slow ones, and ones that other processes change meanwhile.
 *
 * The tests are run by the frame of fault/. Most are for root.
 */
#ifndef TESTS_STORAGE_H
#define TESTS_STORAGE_H

#include "../fault/fault.h"
#include "../support/slowfs.h"

enum storage_kind {
	STORAGE_TMPFS,
	STORAGE_RAMFS,
	STORAGE_OVERLAY, /* its files are in the lower layer, so a change copies them up */
	STORAGE_EXT4,
	STORAGE_FUSE,
	STORAGES,
};

struct storage {
	enum storage_kind kind;
	const char *path; /* the mount point, absolute: "m" in the tree of the test */
	int dir;          /* where the test makes its files, until storage_show() */
	struct slowfs fuse;
};

fault_group_fn storage_server, storage_positions, storage_inodes, storage_automount;
fault_group_fn storage_under_way, storage_weather, storage_order, storage_storm;

const char *storage_name(enum storage_kind kind);

/*
 * Gives the process mounts of its own, mounts a tmpfs on the tree of the test, and in that the file
 * system. HOW is for FUSE (NULL: quick, with positions that shift). All is undone when the test
 * ends. Skips the test if any of it is not to be had here.
 */
struct storage *storage_mount(
	struct fault_test *t, enum storage_kind kind, const struct slowfs_how *how);

/* Ends the making of files: from now on STORAGE's dir is the mounted file system itself. */
void storage_show(struct fault_test *t, struct storage *storage);

/* The same, with the tmpfs alone. */
void storage_own_mounts(struct fault_test *t);

/* Makes the entries of TEXT (see tree.h), owned by root; compares them as tree_differs() does. */
void storage_fill(const struct storage *storage, const char *text);
void storage_check(
	struct fault_test *t, const struct storage *storage, const char *text, const char *changed);

/* Makes N files PREFIX00000... of mode MODE in the directory DIR. */
void storage_make_files(int dir, const char *prefix, int n, mode_t mode);

/* Makes the directory NAME in DIR. A descriptor of it. */
int storage_make_dir(int dir, const char *name, mode_t mode);

/* fault_how() in the storage, with FILES descriptors (0: as many as we have). */
struct run_how storage_how(
	struct fault_test *t, const struct storage *storage, const char *args, unsigned files);

#endif
