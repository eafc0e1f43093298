/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage.h"

#define IMAGE_SIZE (512L << 20)

const char *storage_name(enum storage_kind kind)
{
	static const char *const names[STORAGES] = {
		[STORAGE_TMPFS] = "tmpfs",
		[STORAGE_RAMFS] = "ramfs",
		[STORAGE_OVERLAY] = "overlay",
		[STORAGE_EXT4] = "ext4",
		[STORAGE_FUSE] = "FUSE",
	};

	return names[kind];
}

/* Runs a tool of the system in the test's tree; skips the test if it fails. */
static void run_tool(struct fault_test *t, const char *tool, const char *args)
{
	char *copy = fault_keep(t, strdup(args)), *save = NULL, *argv[16] = {(char *)tool};
	char *env[] = {(char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	struct run_how how = {
		.path = tool, .argv = argv, .env = env, .cwd = t->tree.path, .umask = 022};
	struct run_result result;
	size_t n = 1;
	int rc, status;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	rc = run(&how, &result);
	if (rc < 0)
		fault_skip(fault_text(t, "%s cannot be started: %s", tool, strerror(-rc)));
	status = result.status;
	if (status != 0)
		fputs(result.err, stderr);
	run_result_free(&result);
	if (status != 0)
		fault_skip(fault_text(t, "%s fails here", tool));
}

static void end(struct fault_test *t)
{
	struct storage *storage = t->end_ctx;

	if (storage && storage->dir >= 0)
		close(storage->dir);
	if (storage && storage->fuse.pid > 0)
		slowfs_stop(&storage->fuse);
	/* With all that is mounted in it. */
	umount2(t->tree.path, MNT_DETACH);
}

void storage_own_mounts(struct fault_test *t)
{
	if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		fault_skip("we may not have mounts of our own");
	if (mount("none", t->tree.path, "tmpfs", 0, "mode=755") < 0)
		fault_broken("no tmpfs", errno);
	t->end = end;
	close(t->tree.fd);
	t->tree.fd = open(t->tree.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void mount_plain(struct fault_test *t, const struct storage *storage, const char *options)
{
	const char *type = storage_name(storage->kind);

	if (mount("none", storage->path, type, 0, options) < 0)
		fault_skip(fault_text(t, "no %s here: %s", type, strerror(errno)));
}

static void mount_ext4(struct fault_test *t)
{
	int fd = openat(t->tree.fd, "image", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, IMAGE_SIZE) < 0)
		fault_broken("no image", errno);
	close(fd);
	run_tool(t, "mkfs.ext4", "-q -N 200000 image");
	run_tool(t, "mount", "-o loop image m");
}

static void start_fuse(struct fault_test *t, struct storage *storage, const struct slowfs_how *how)
{
	static const struct slowfs_how quick = {.timeout_ms = 1000, .positions_shift = true};
	int rc = slowfs_start(storage->path, how ? how : &quick, &storage->fuse);

	if (rc < 0)
		fault_skip(fault_text(t, "no FUSE here: %s", strerror(-rc)));
}

struct storage *storage_mount(
	struct fault_test *t, enum storage_kind kind, const struct slowfs_how *how)
{
	static const char *const folders[] = {"m", "lower", "upper", "work"};
	struct storage *storage = fault_keep(t, calloc(1, sizeof(*storage)));

	storage_own_mounts(t);
	*storage = (struct storage){.kind = kind, .path = fault_text(t, "%s/m", t->tree.path)};
	storage->dir = -1;
	t->end_ctx = storage;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		mkdirat(t->tree.fd, folders[i], 0755);
	switch (kind) {
	case STORAGE_TMPFS: mount_plain(t, storage, "mode=755"); break;
	case STORAGE_RAMFS: mount_plain(t, storage, NULL); break;
	case STORAGE_EXT4: mount_ext4(t); break;
	case STORAGE_FUSE: start_fuse(t, storage, how); break;
	case STORAGE_OVERLAY:
	case STORAGES: break;
	}
	storage->dir = openat(t->tree.fd, kind == STORAGE_OVERLAY ? "lower" : "m",
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (storage->dir < 0)
		fault_broken("nothing is mounted", errno);
	return storage;
}

void storage_show(struct fault_test *t, struct storage *storage)
{
	if (storage->kind != STORAGE_OVERLAY)
		return;
	mount_plain(t, storage,
		fault_text(t, "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work", t->tree.path,
			t->tree.path, t->tree.path));
	close(storage->dir);
	storage->dir = open(storage->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (storage->dir < 0)
		fault_broken("nothing is mounted", errno);
}

void storage_fill(const struct storage *storage, const char *text)
{
	int rc = tree_fill(storage->dir, text, geteuid(), getegid());

	if (rc < 0)
		fault_broken("no tree", rc);
}

void storage_check(
	struct fault_test *t, const struct storage *storage, const char *text, const char *changed)
{
	struct tree tree = {(char *)(uintptr_t)storage->path, storage->dir};

	notes_tree(&t->notes, &tree, text, changed);
}

void storage_make_files(int dir, const char *prefix, int n, mode_t mode)
{
	char name[64];

	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%05d", prefix, i);
		if (mknodat(dir, name, S_IFREG | 0600, 0) < 0 || fchmodat(dir, name, mode, 0) < 0)
			fault_broken("no file", errno);
	}
}

int storage_make_dir(int dir, const char *name, mode_t mode)
{
	int fd;

	if (mkdirat(dir, name, 0700) < 0 || fchmodat(dir, name, mode, 0) < 0)
		fault_broken("no directory", errno);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fault_broken("no directory", errno);
	return fd;
}

struct run_how storage_how(
	struct fault_test *t, const struct storage *storage, const char *args, unsigned files)
{
	struct run_how how = fault_how(t, args);

	how.cwd = storage->path;
	how.prepare = files ? fault_limit_files : NULL;
	how.ctx = (void *)(uintptr_t)files;
	return how;
}
