/* SPDX-License-Identifier: MIT */
/* Trees that are deeper than a path can be long, with little stack. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain.h"

enum { LEVELS = 100000, FOLLOWED_LEVELS = 10000 };

/* A run_how's prepare. */
static void limit_stack(void *ctx)
{
	struct rlimit limit = {128 << 10, 128 << 10};

	(void)ctx;
	if (setrlimit(RLIMIT_STACK, &limit) < 0)
		_exit(RUN_NOT);
}

static void expect(struct fault_test *t, const char *args, const char *out)
{
	struct run_how how = fault_how(t, args);

	how.prepare = limit_stack;
	fault_expect(t, &how, NULL, out, "", 0);
}

/* The line for the deepest directory, with its path of 200,000 bytes. */
static char *deepest_line(struct fault_test *t, const char *modes)
{
	char *line = fault_keep(t, malloc(2 * LEVELS + 200)), *end = stpcpy(line, "mode of 'd");

	for (int i = 1; i < LEVELS; i++)
		end = stpcpy(end, "/d");
	strcpy(end, fault_expand(t, modes, 0));
	return line;
}

static void change_deepest(struct fault_test *t, mode_t mode)
{
	int fd = dup(t->tree.fd);

	for (int i = 0; i < LEVELS; i++) {
		int next = openat(fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (next < 0)
			fault_broken("a level", errno);
		close(fd);
		fd = next;
	}
	if (fchmod(fd, mode) < 0)
		fault_broken("the deepest level", errno);
	close(fd);
}

/* Without a path to be shown, and with one; on one tree, because it is large. */
static void test_deep(struct fault_test *t)
{
	static const struct chain chain = {.levels = LEVELS, .siblings = 1};
	int err = chain_make(t, &chain);

	if (err)
		fault_broken("no tree", err);
	expect(t, "-R 700 d", "");
	chain_check(t, &chain, 0700, 0700);
	change_deepest(t, 0755);
	expect(t, "-Rc 700 d", deepest_line(t, "' changed from {0755} to {0700}\n"));
	expect(t, "-R --contents-first 755 d", "");
	chain_check(t, &chain, 0755, 0755);
	change_deepest(t, 0700);
	expect(t, "-Rc --contents-first 755 d",
		deepest_line(t, "' changed from {0700} to {0755}\n"));
}

static void test_followed(struct fault_test *t)
{
	static const struct chain chain = {.levels = FOLLOWED_LEVELS, .files = 1, .siblings = 1};
	int err = chain_make(t, &chain);

	if (err)
		fault_broken("no tree", err);
	expect(t, "-RL go+w d", "");
	chain_check(t, &chain, 0777, 0666);
}

/* -------------------------------------------------------------------------------- through links */

enum { LINKS = 10000 };

/* Directories 0, 1, ... beside each other; "next" in each of them leads to the one after it. */
static void make_links(struct fault_test *t)
{
	char path[64], target[64];

	for (int i = 0; i < LINKS; i++) {
		snprintf(path, sizeof(path), "%d", i);
		if (mkdirat(t->tree.fd, path, 0755) < 0 ||
			fchownat(t->tree.fd, path, t->user.uid, t->user.gid, 0) < 0)
			fault_broken(path, errno);
		snprintf(path, sizeof(path), "%d/next", i);
		snprintf(target, sizeof(target), "../%d", i + 1);
		if (i < LINKS - 1 && symlinkat(target, t->tree.fd, path) < 0)
			fault_broken(path, errno);
	}
}

static void test_links(struct fault_test *t)
{
	struct stat st;
	char path[64];

	make_links(t);
	expect(t, "-RL g+w 0", "");
	for (int i = 0; i < LINKS; i++) {
		snprintf(path, sizeof(path), "%d", i);
		if (!fault_check(t,
			    fstatat(t->tree.fd, path, &st, 0) == 0 && (st.st_mode & 07777) == 0775,
			    "%s was not changed", path))
			break;
	}
}

void fault_deep(struct fault_list *list)
{
	struct fault_test test = {.fn = test_deep, .users = AS_USER, .in_memory = true};

	fault_add(list, &test, "-R, %d levels, 128 KiB of stack", LEVELS);
	test.fn = test_followed;
	fault_add(list, &test, "-RL, %d levels, 128 KiB of stack", FOLLOWED_LEVELS);
	test.fn = test_links;
	fault_add(list, &test, "-RL, %d links, 128 KiB of stack", LINKS);
}
