/* SPDX-License-Identifier: MIT */
#include "chain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Goes from directory *FD to NAME in it. */
static int enter(int *fd, const char *name)
{
	int next = openat(*fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (next < 0)
		return errno;
	close(*fd);
	*fd = next;
	return 0;
}

static int make_dir(const struct fault_test *t, int fd, const char *name)
{
	return mkdirat(fd, name, 0755) < 0 ||
			       (t->drop && fchownat(fd, name, t->user.uid, t->user.gid, 0) < 0)
		       ? errno
		       : 0;
}

static int make_file(const struct fault_test *t, int fd, const char *name)
{
	return mknodat(fd, name, S_IFREG | 0644, 0) < 0 ||
			       (t->drop && fchownat(fd, name, t->user.uid, t->user.gid, 0) < 0)
		       ? errno
		       : 0;
}

/* A level, but for the next one. */
static int fill_level(const struct fault_test *t, int fd, const struct chain *chain)
{
	char name[32];
	int err = 0;

	for (int i = 0; i < chain->files && err == 0; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		err = make_file(t, fd, name);
	}
	for (int i = 0; i < chain->siblings && err == 0; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		err = make_dir(t, fd, name);
		snprintf(name, sizeof(name), "s%d/f", i);
		if (err == 0 && chain->files)
			err = make_file(t, fd, name);
	}
	return err;
}

int chain_make(struct fault_test *t, const struct chain *chain)
{
	int fd = dup(t->tree.fd), err = fd < 0 ? errno : 0;

	for (int i = 0; i < chain->levels && err == 0; i++) {
		err = make_dir(t, fd, "d");
		if (err == 0)
			err = enter(&fd, "d");
		if (err == 0)
			err = fill_level(t, fd, chain);
	}
	if (fd >= 0)
		close(fd);
	return err;
}

/* A walk down a chain that counts what is not as it should be, and tells of the first few. */
struct check {
	struct fault_test *t; /* NULL: without telling */
	int level, wrong;
};

static void check_one(struct check *c, int fd, const char *name, mode_t mode)
{
	struct stat st;
	int rc = fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW);

	if (rc == 0 && (st.st_mode & 07777) == mode)
		return;
	c->wrong++;
	if (c->t && c->wrong < 20)
		fault_check(c->t, false, "level %d: %s: %s %04o", c->level, name,
			rc < 0 ? strerror(errno) : "mode", rc < 0 ? 0 : st.st_mode & 07777);
}

/* What is in a level, but for the next one. */
static void check_level(struct check *c, int fd, const struct chain *chain, mode_t dir, mode_t file)
{
	char name[32];

	for (int i = 0; i < chain->files; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		check_one(c, fd, name, file);
	}
	for (int i = 0; i < chain->siblings; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		check_one(c, fd, name, dir);
		snprintf(name, sizeof(name), "s%d/f", i);
		if (chain->files)
			check_one(c, fd, name, file);
	}
}

static int check_chain(
	struct fault_test *t, struct check *c, const struct chain *chain, mode_t dir, mode_t file)
{
	int fd = dup(t->tree.fd);

	for (c->level = 0; c->level < chain->levels; c->level++) {
		check_one(c, fd, "d", dir);
		if (!fault_check(t, enter(&fd, "d") == 0, "level %d is lost", c->level))
			break;
		check_level(c, fd, chain, dir, file);
	}
	close(fd);
	return c->wrong;
}

void chain_check(struct fault_test *t, const struct chain *chain, mode_t dir, mode_t file)
{
	struct check c = {.t = t};

	check_chain(t, &c, chain, dir, file);
}

int chain_count_wrong(struct fault_test *t, const struct chain *chain, mode_t dir, mode_t file)
{
	struct check c = {.t = NULL};

	return check_chain(t, &c, chain, dir, file);
}
