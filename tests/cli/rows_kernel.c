/* SPDX-License-Identifier: MIT */
/* What only the kernel can arrange: mounts, foreign groups, odd descriptors, a bare chroot. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/jail.h"
#include "cli.h"

#define NEW       SINCE(9, 5, "-h -H -L -P --dereference")
#define WITH(fn_) .prepare = fn_

#define REAL_MODE                                                                                  \
	DEPARTS("set-id-shown", "the mode shown is the one computed, not the one the file has")
#define LAZY_CYCLE DEPARTS("cycle-on-entry", "a cycle is only seen the second time round")
#define CYCLE(name)                                                                                \
	"chmod: WARNING: Circular directory structure.\n"                                          \
	"This almost certainly means that you have a corrupted file system.\n"                     \
	"NOTIFY YOUR SYSTEM MANAGER.\n"                                                            \
	"The following directory is part of the cycle:\n"                                          \
	"  " name "\n\n"

/* Mounts FROM of the tree on TO, for the program alone. */
static void bind_mount(struct cli_test *test, const char *from, const char *to, unsigned long flags)
{
	run_own_mounts(test->tree.path);
	if (mount(from, to, NULL, MS_BIND, NULL) < 0 ||
		(flags && mount(NULL, to, NULL, MS_REMOUNT | MS_BIND | flags, NULL) < 0))
		_exit(RUN_NOT);
}

static void mount_d_below_itself(void *test)
{
	bind_mount(test, "d", "d/s/b", 0);
}

static void mount_d_on_its_child(void *test)
{
	bind_mount(test, "d", "d/s", 0);
}

static void mount_deeper(void *test)
{
	bind_mount(test, "d/1/2", "d/1/2/3/4/5", 0);
}

static void mount_e_in_d(void *test)
{
	bind_mount(test, "e", "d/m", 0);
}

static void make_d_read_only(void *test)
{
	bind_mount(test, "d", "d", MS_RDONLY);
}

static void pin_l_9(void *test)
{
	int fd = openat(((struct cli_test *)test)->tree.fd, "l", O_PATH | O_NOFOLLOW);

	if (fd < 0 || dup2(fd, 9) < 0)
		_exit(RUN_NOT);
}

static void open_eventfd_9(void *test)
{
	(void)test;
	if (dup2(eventfd(0, 0), 9) != 9)
		_exit(RUN_NOT);
}

static void few_descriptors(void *test)
{
	(void)test;
	run_limit_files(16);
}

/* A chroot in which there is the program and what it is to change, and nothing else. */
static void alone_in_chroot(struct cli_test *test)
{
	struct run_how how = cli_how(test, "-Rv u=rwX,go= d");

	if (!cli_program.is_static)
		cli_skip(test, "the program is not static");
	if (!cli_fixture(test, jail_fill(test->tree.path, cli_program.path, "chmod") == 0, "copy"))
		return;
	how.path = "/chmod";
	how.fd = -1;
	how.root = test->tree.path;
	how.cwd = "/";
	cli_expect(test, &how, CHANGED("d", 0755, 0700) CHANGED("d/f", 0644, 0600), "", 0);
	cli_check_tree(test, "d/ 700, d/f 600");
}

/* The call is made even if the mode is right already: the ctime moves, and only that. */
static void ctime_moves(struct cli_test *test)
{
	struct stat before, after;

	cli_fixture(test, fstatat(test->tree.fd, "f", &before, 0) == 0, "stat");
	usleep(30000);
	cli_chmod(test, test->row->args, "", "", 0);
	cli_fixture(test, fstatat(test->tree.fd, "f", &after, 0) == 0, "stat");
	cli_check(test, memcmp(&before.st_ctim, &after.st_ctim, sizeof(before.st_ctim)) != 0,
		"the ctime is as before");
	cli_check(test, memcmp(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim)) == 0,
		"the mtime is not as before");
	cli_check_tree(test, NULL);
}

static const struct cli_row rows[] = {
	/* Cycles of directories, as bind mounts can make them; GNU sees some of them late. */
	T("d/ 755, d/s/ 755, d/s/b/ 755", "-R 700 d", WITH(mount_d_below_itself),
		ERR(CYCLE("d/s/b")), FAILS, AFTER("d/ 700, d/s/ 700"), LAZY_CYCLE),
	T("d/ 755, d/s/ 755, d/s/b/ 755", "-Rv 700 d", WITH(mount_d_below_itself),
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/s", 0755, 0700)), ERR(CYCLE("d/s/b")),
		FAILS, AFTER("d/ 700, d/s/ 700"), LAZY_CYCLE),
	T("d/ 755, d/s/ 755, d/s/b/ 755", "-Rf 700 d", WITH(mount_d_below_itself),
		ERR(CYCLE("d/s/b")), FAILS, AFTER("d/ 700, d/s/ 700"), LAZY_CYCLE),
	T("d/ 755, d/s/ 755", "-Rv 700 d", WITH(mount_d_on_its_child),
		OUT(CHANGED("d", 0755, 0700)), ERR(CYCLE("d/s")), FAILS, AFTER("d/ 700")),
	T("d/ 755, d/1/ 755, d/1/2/ 755, d/1/2/3/ 755, d/1/2/3/4/ 755, d/1/2/3/4/5/ 755",
		"-Rv 700 d", WITH(mount_deeper),
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/1", 0755, 0700),
			CHANGED("d/1/2", 0755, 0700), CHANGED("d/1/2/3", 0755, 0700),
			CHANGED("d/1/2/3/4", 0755, 0700)),
		ERR(CYCLE("d/1/2/3/4/5")), FAILS,
		AFTER("d/ 700, d/1/ 700, d/1/2/ 700, d/1/2/3/ 700, d/1/2/3/4/ 700"), LAZY_CYCLE),
	T("d/ 755, d/s/ 755, d/s/b/ 755", "-RLv 700 d", WITH(mount_d_below_itself),
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/s", 0755, 0700), RETAINED("d/s/b", 0700)),
		AFTER("d/ 700, d/s/ 700"), NEW),
	T("d/ 755, d/s/ 755, d/s/b/ 755, f 644", "-R 700 d f", WITH(mount_d_below_itself),
		ERR(CYCLE("d/s/b")), FAILS, AFTER("d/ 700, d/s/ 700, f 700"), LAZY_CYCLE),

	/* Mounts are crossed; what is on a read-only one stays. */
	T("d/ 755, d/m/ 755, e/ 755, e/f 644", "-Rv 700 d", WITH(mount_e_in_d),
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/m", 0755, 0700),
			CHANGED("d/m/f", 0644, 0700)),
		AFTER("d/ 700, e/ 700, e/f 700")),
	T("d/ 755, d/f 644", "-Rv 700 d", WITH(make_d_read_only),
		SAYS(E("changing permissions of 'd': Read-only file system"),
			FAILED("d", 0755, 0700),
			E("changing permissions of 'd/f': Read-only file system"),
			FAILED("d/f", 0644, 0700)),
		FAILS),
	T("d/ 755, d/f 644", "644 d/f", WITH(make_d_read_only),
		ERR(E("changing permissions of 'd/f': Read-only file system")), FAILS),

	/* The set-group-ID bit of a group that one is not in is dropped without a word. */
	T("f 644 (:root)", "g+s f", USER),
	T("f 644 (:root)", "2755 f", USER, AFTER("f 755")),
	T("f 644 (:root)", "-v g+s f", USER, OUT(RETAINED("f", 0644)), REAL_MODE),
	T("f 644 (:root)", "-v 2755 f", USER, OUT(CHANGED("f", 0644, 0755)), AFTER("f 755"),
		REAL_MODE),
	T("f 644 (:root)", "-c 2755 f", USER, OUT(CHANGED("f", 0644, 0755)), AFTER("f 755"),
		REAL_MODE),
	T("f 644 (:root)", "-c g+s f", USER),
	T("f 644 (:root)", "-v 4755 f", USER, OUT(CHANGED("f", 0644, 4755)), AFTER("f 4755")),
	T("d/ 755, d/f 644 (:root)", "-Rv g+s d/f", USER, OUT(RETAINED("d/f", 0644)), REAL_MODE),
	T("f 644 (:root)", "-v g+s f", ROOT, OUT(CHANGED("f", 0644, 2644)), AFTER("f 2644")),

	/* After such a bit GNU looks again, by name; we have the file in hand. */
	T("./ 755", "-v 1000 .", USER, OUT(CHANGED(".", 0755, 1000)), AFTER("./ 1000"),
		DEPARTS("stat-and-change",
			"the second look is by name, and fails: getting new attributes of '.'")),
	T("./ 755", "-v 1000 .", ROOT, OUT(CHANGED(".", 0755, 1000)), AFTER("./ 1000")),
	T("./ 755", "1000 .", AFTER("./ 1000")),

	/* What cannot be changed, and is no symlink. */
	T(NULL, "755 /proc/self/fd/9", WITH(open_eventfd_9),
		ERR(E("changing permissions of '/proc/self/fd/9': Operation not supported")), FAILS,
		DEPARTS_FROM(9, 5, "unsupported-is-error",
			"a file whose system answers EOPNOTSUPP is passed over")),

	/* What a link of /proc leads to may be a link itself. */
	T("f 644, l -> f", "-v 600 /proc/self/fd/9", WITH(pin_l_9),
		OUT(NEITHER("/proc/self/fd/9"))),
	T("f 644, l -> f", "-Rv 600 /proc/self/fd/9", WITH(pin_l_9),
		OUT(NEITHER("/proc/self/fd/9"))),
	T("f 644, l -> f, k -> /proc/self/fd/9", "-v u+x k f", WITH(pin_l_9),
		OUT(NEITHER("k"), CHANGED("f", 0644, 0744)), AFTER("f 744")),
	T("f 644, l -> f, d/ 755, d/k -> /proc/self/fd/9", "-RLv u+w d", WITH(pin_l_9),
		OUT(RETAINED("d", 0755), NEITHER("d/k")), SINCE(9, 5, "-L")),
	T("f 644, l -> f", "-c 600 /proc/self/fd/9", WITH(pin_l_9)),

	/* The directory one is in need not be readable, nor need there be many descriptors. */
	T("./ 111, d/ 755, d/f 644", "-R 700 d", USER, AFTER("d/ 700, d/f 700")),
	T("./ 0 (root), d/ 755", "-R 700 d", USER, ERR(OUT_OF_REACH("d")), FAILS),
	T("d/ 755, d/1/ 755, d/1/2/ 755, d/1/2/3/ 755, d/1/2/3/4/ 755, d/1/2/3/4/5/ 755",
		"-R 700 d", WITH(few_descriptors),
		AFTER("d/ 700, d/1/ 700, d/1/2/ 700, d/1/2/3/ 700, d/1/2/3/4/ 700, d/1/2/3/4/5/ "
		      "700")),

	/* On its way back GNU cannot open a directory that was changed again, and gives up. */
	T("a/ 770, a/1/ 770, a/1/2/ 770, a/1/2/3/ 770, a/1/2/3/4/ 770, a/1/2/3/4/5/ 770, "
	  "a/1/2/3/4/5/6/ 770, a/1/2/3/4/5/6/l -> ../../../.., f 770",
		"-RH --dereference u=g,g= a f", USER,
		AFTER("a/ 700, a/1/ 700, a/1/2/ 0, a/1/2/3/ 700, a/1/2/3/4/ 700, a/1/2/3/4/5/ 700, "
		      "a/1/2/3/4/5/6/ 700, f 700"),
		DEPARTS("no-early-end", "fts_read failed ends the run")),

	F("ctime moves: 644 f", "f 644", ctime_moves, .args = "644 f"),
	F("ctime moves: + f", "f 644", ctime_moves, .args = "+ f"),
	F("ctime moves: -c u+r f", "f 644", ctime_moves, .args = "-c u+r f"),
	F("alone in a chroot", "d/ 755, d/f 644", alone_in_chroot, ROOT),
};

const struct cli_group cli_kernel = CLI_GROUP(kernel);
