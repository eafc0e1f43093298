/* SPDX-License-Identifier: MIT */
/*
 * The program on file systems that are mounted for the test, in mounts of our own: those that find
 * an entry again and those that do not, slow ones, and ones that change under it.
 *
 * Run and noted as tests of faults are. All but a few are for root.
 */
#ifndef TESTS_STORAGE_H
#define TESTS_STORAGE_H

#include "../fault/fault.h"
#include "../support/slowfs.h"

enum storage_kind {
	STORAGE_TMPFS,
	STORAGE_RAMFS,
	STORAGE_OVERLAY, /* filled below, so that what is changed is copied up */
	STORAGE_EXT4,
	STORAGE_FUSE,
	STORAGES,
};

struct storage {
	enum storage_kind kind;
	const char *path; /* where it is mounted, absolute: in the test's tree, as "m" */
	int dir;          /* where the test makes its files before storage_show() */
	struct slowfs fuse;
};

fault_group_fn storage_server, storage_positions, storage_inodes, storage_automount;
fault_group_fn storage_under_way, storage_weather, storage_order, storage_storm;

const char *storage_name(enum storage_kind kind);

/*
 * Gives the test's process mounts of its own, mounts a tmpfs on the test's tree and the file system
 * in it. HOW is FUSE's (NULL: quick, with positions that shift). Undone when the test ends. Skips
 * the test if one of it cannot be had here.
 */
struct storage *storage_mount(
	struct fault_test *t, enum storage_kind kind, const struct slowfs_how *how);

/* The files are made: from now on the directory of the test is storage->path itself. */
void storage_show(struct fault_test *t, struct storage *storage);

/* Only the tmpfs on the test's tree. */
void storage_own_mounts(struct fault_test *t);

/* Makes the entries of TEXT (see tree.h), root's, in the storage; and looks at them afterwards. */
void storage_fill(const struct storage *storage, const char *text);
void storage_check(
	struct fault_test *t, const struct storage *storage, const char *text, const char *changed);

/* N files PREFIX00000... of mode MODE in directory DIR. */
void storage_make_files(int dir, const char *prefix, int n, mode_t mode);

/* A directory in DIR; a descriptor of it. */
int storage_make_dir(int dir, const char *name, mode_t mode);

/* How fault_run() does with ARGS in the storage, with FILES descriptors (0: as many as we have). */
struct run_how storage_how(
	struct fault_test *t, const struct storage *storage, const char *args, unsigned files);

#endif
