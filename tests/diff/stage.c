/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* mount_setattr(2), Linux 5.12. Not everywhere can linux/mount.h be included with sys/mount.h. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
struct mount_attributes {
	uint64_t set, clear, propagation, user_namespace;
};
enum { ATTRIBUTE_READ_ONLY = 1, WITH_ALL_BELOW = 0x8000 };

/* Long enough for every path: 13 names of 255 bytes. */
enum { PATH_ROOM = 4096 };

/* The path of E from the stage's directory. */
static const char *place(const struct entry *e, char room[static PATH_ROOM])
{
	snprintf(room, PATH_ROOM, STAGE_TREE "/%s", e->path);
	return strcmp(e->path, ".") == 0 ? STAGE_TREE : room;
}

/* -------------------------------------------------------------------------------------- opening */

static bool fence(const char *path)
{
	struct mount_attributes read_only = {.set = ATTRIBUTE_READ_ONLY};
	struct mount_attributes writable = {.clear = ATTRIBUTE_READ_ONLY};

	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(path, path, NULL, MS_BIND, NULL) == 0 &&
	       syscall(SYS_mount_setattr, AT_FDCWD, "/", WITH_ALL_BELOW, &read_only,
		       sizeof(read_only)) == 0 &&
	       syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &writable, sizeof(writable)) == 0;
}

static bool is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Whether two changes can get the same ctime: before Linux 6.13, and on some file systems. */
static bool find_ticks(int dir)
{
	struct stat st, later;
	bool same = false;

	for (int i = 0; i < 20 && !same; i++) {
		same = fchmod(dir, 0755) < 0 || fstat(dir, &st) < 0 || fchmod(dir, 0755) < 0 ||
		       fstat(dir, &later) < 0 || is_same_time(st.st_ctim, later.st_ctim);
	}
	return same;
}

int stage_open(struct stage *stage, const char *path)
{
	*stage = (struct stage){.path = path, .is_root = geteuid() == 0};
	stage->is_fenced = stage->is_root && fence(path);
	stage->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (stage->dir < 0 || fchmod(stage->dir, 0755) < 0)
		return -errno;
	stage->has_ticks = find_ticks(stage->dir);
	return 0;
}

/* ---------------------------------------------------------------------------------------- trees */

/* Gives the new entry E to its owner. */
static int give(const struct stage *stage, const struct entry *e, const char *path)
{
	uid_t uid = e->owner == ENTRY_ROOTS ? 0 : CASE_USER;
	gid_t gid = e->owner == ENTRY_OWN ? CASE_USER : 0;

	if (!stage->is_root || e->kind == ENTRY_TWIN)
		return 0;
	return fchownat(stage->dir, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

static int make_twin(const struct stage *stage, const struct entry *target, const char *path)
{
	char room[PATH_ROOM];

	errno = EINVAL;
	return target ? linkat(stage->dir, place(target, room), stage->dir, path, 0) : -1;
}

static int make_entry(const struct stage *stage, const struct test_case *c, const struct entry *e)
{
	char room[PATH_ROOM];
	const char *path = place(e, room);

	switch (e->kind) {
	case ENTRY_DIRECTORY: return mkdirat(stage->dir, path, 0700);
	case ENTRY_FILE: return mknodat(stage->dir, path, S_IFREG | 0600, 0);
	case ENTRY_FIFO: return mknodat(stage->dir, path, S_IFIFO | 0600, 0);
	case ENTRY_SOCKET: return mknodat(stage->dir, path, S_IFSOCK | 0600, 0);
	case ENTRY_LINK: return symlinkat(e->target, stage->dir, path);
	case ENTRY_TWIN: return make_twin(stage, case_entry(c, e->target), path);
	}
	return -1;
}

int stage_make(const struct stage *stage, const struct test_case *c)
{
	char room[PATH_ROOM];

	for (size_t i = 0; i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];

		if (make_entry(stage, c, e) < 0 || give(stage, e, place(e, room)) < 0) {
			int err = errno;

			stage_clear(stage, c);
			return -err;
		}
	}
	return 0;
}

static bool has_mode(const struct entry *e)
{
	return e->kind != ENTRY_LINK && e->kind != ENTRY_TWIN;
}

/* Lets the owner search a directory. If that fails, so will what needs it. */
static void open_directory(const struct stage *stage, const char *path)
{
	if (fchmodat(stage->dir, path, 0700, 0) < 0)
		errno = 0;
}

/* The same for all directories; root can search them anyway. */
static void open_up(const struct stage *stage, const struct test_case *c)
{
	char room[PATH_ROOM];

	for (size_t i = 0; i < c->n_entries && !stage->is_root; i++) {
		if (c->entries[i].kind == ENTRY_DIRECTORY)
			open_directory(stage, place(&c->entries[i], room));
	}
}

/* The state of one entry. */
static struct stage_state look_at(const struct stage *stage, const char *path)
{
	struct stat st;

	if (fstatat(stage->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return (struct stage_state){0};
	return (struct stage_state){st.st_mode, st.st_ctim};
}

/* Waits until the clock that file systems read is past all of STATES. */
static void wait_for_tick(const struct stage_state *states, size_t n)
{
	const struct timespec pause = {.tv_nsec = 200000};
	struct timespec now;

	for (size_t i = 0; i < n; i++) {
		for (;;) {
			clock_gettime(CLOCK_REALTIME_COARSE, &now);
			if (now.tv_sec > states[i].ctime.tv_sec ||
				(now.tv_sec == states[i].ctime.tv_sec &&
					now.tv_nsec > states[i].ctime.tv_nsec))
				break;
			nanosleep(&pause, NULL);
		}
	}
}

int stage_reset(
	const struct stage *stage, const struct test_case *c, struct stage_state ret[CASE_ENTRIES])
{
	char room[PATH_ROOM];

	open_up(stage, c);
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];

		if (has_mode(e) && e->kind != ENTRY_DIRECTORY &&
			fchmodat(stage->dir, place(e, room), e->mode, 0) < 0)
			return -errno;
	}
	/* From the leaves up, as a directory may be closed once it has its mode. */
	for (size_t i = c->n_entries; i-- > 0;) {
		const struct entry *e = &c->entries[i];
		const char *path = place(e, room);

		if (e->kind == ENTRY_DIRECTORY && fchmodat(stage->dir, path, e->mode, 0) < 0)
			return -errno;
		ret[i] = look_at(stage, path);
		if (has_mode(e) && (ret[i].mode & 07777) != e->mode)
			return -EINVAL; /* the kernel has changed the mode */
	}
	if (stage->has_ticks)
		wait_for_tick(ret, c->n_entries);
	return 0;
}

void stage_look(
	const struct stage *stage, const struct test_case *c, struct stage_state ret[CASE_ENTRIES])
{
	char room[PATH_ROOM];

	for (size_t i = 0; i < c->n_entries; i++) {
		const char *path = place(&c->entries[i], room);

		ret[i] = look_at(stage, path);
		if (!stage->is_root && S_ISDIR(ret[i].mode) && (ret[i].mode & 0700) != 0700)
			open_directory(stage, path);
	}
}

void stage_clear(const struct stage *stage, const struct test_case *c)
{
	char room[PATH_ROOM];

	open_up(stage, c);
	for (size_t i = c->n_entries; i-- > 0;) {
		const struct entry *e = &c->entries[i];

		unlinkat(stage->dir, place(e, room), e->kind == ENTRY_DIRECTORY ? AT_REMOVEDIR : 0);
	}
}
