/* SPDX-License-Identifier: MIT */
/* The own options: each alone, together, and in contradictions. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define OURS                  DEPARTS("own-options", "an option or a clause of our own")
#define WOULD_CHANGE(f, o, n) "mode of '" f "' would change from {" #o "} to {" #n "}\n"
#define WOULD_RETAIN(f, m)    "mode of '" f "' would be retained as {" #m "}\n"

#define TREE  "d/ 755, d/f 644, d/s/ 755, d/s/g 600"
#define CHAIN "d/ 755, d/s/ 755, d/s/g 600"
#define GIT   "d/ 755, d/.git/ 755, d/.git/c 644, d/a.o 644, d/s/ 755, d/s/.git/ 755"

/* ------------------------------------------------------------------------- what ctime tells */

static struct timespec ctime_of(struct cli_test *test, const char *name)
{
	struct stat st = {0};

	cli_fixture(test, fstatat(test->tree.fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0, name);
	return st.st_ctim;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Runs ARGS; the names in UNTOUCHED must keep their ctime, those in TOUCHED must not. */
static void check_touch(struct cli_test *test, const char *args, const char *const *untouched,
	const char *const *touched)
{
	struct timespec before[8];
	size_t n = 0;

	for (size_t i = 0; untouched[i] != NULL; i++)
		before[n++] = ctime_of(test, untouched[i]);
	for (size_t i = 0; touched[i] != NULL; i++)
		before[n++] = ctime_of(test, touched[i]);
	/* The clock of files ticks every few milliseconds. */
	usleep(20000);
	cli_chmod(test, args, "", "", 0);
	n = 0;
	for (size_t i = 0; untouched[i] != NULL; i++)
		cli_check(test, same_time(before[n++], ctime_of(test, untouched[i])),
			"%s has been touched", untouched[i]);
	for (size_t i = 0; touched[i] != NULL; i++)
		cli_check(test, !same_time(before[n++], ctime_of(test, touched[i])),
			"%s has not been touched", touched[i]);
}

static void right_is_untouched(struct cli_test *test)
{
	check_touch(
		test, "-R --skip-unchanged u=rwX,go=rX d", LIST("d", "d/f", "d/s"), LIST("d/s/g"));
}

static void right_is_touched_without(struct cli_test *test)
{
	check_touch(test, "-R u=rwX,go=rX d", LIST(NULL), LIST("d", "d/f", "d/s", "d/s/g"));
}

static void dry_touches_nothing(struct cli_test *test)
{
	struct timespec before[4];
	static const char *const names[] = {"d", "d/f", "d/s", "d/s/g"};

	for (size_t i = 0; i < 4; i++)
		before[i] = ctime_of(test, names[i]);
	usleep(20000);
	cli_chmod(test, "-nR 700 d", NULL, "", 0);
	for (size_t i = 0; i < 4; i++)
		cli_check(test, same_time(before[i], ctime_of(test, names[i])), "%s is touched",
			names[i]);
}

static void other_kind_is_untouched(struct cli_test *test)
{
	check_touch(test, "-R Dg+s d", LIST("d/f", "d/s/g"), LIST("d", "d/s"));
}

/* --------------------------------------------------------------------------- other file systems */

#define IS_READ_ONLY                                                                               \
	ERR(E("changing permissions of 'd/s': Read-only file system"),                             \
		E("changing permissions of 'd/s/in': Read-only file system")),                     \
		FAILS

static void mount_on_s(void *ctx)
{
	const struct cli_test *test = ctx;

	run_own_mounts(test->tree.path);
	if (mount("none", "d/s", "tmpfs", 0, "mode=755") != 0 || mkdir("d/s/in", 0755) != 0)
		_exit(RUN_NOT);
}

static void mount_read_only(void *ctx)
{
	mount_on_s(ctx);
	if (mount(NULL, "d/s", NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0)
		_exit(RUN_NOT);
}

static void mount_link_read_only(void *ctx)
{
	mount_on_s(ctx);
	if (symlink("in", "d/s/l") != 0 ||
		mount(NULL, "d/s", NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0)
		_exit(RUN_NOT);
}

/* An overlay of the tree's "lower" on its "m", with what is written in "up". */
static void mount_overlay(void *ctx)
{
	const struct cli_test *test = ctx;

	run_own_mounts(test->tree.path);
	if (mount("none", "m", "overlay", 0, "lowerdir=lower,upperdir=up,workdir=work") != 0)
		_exit(RUN_NOT);
}

static void nothing_is_copied_up(struct cli_test *test)
{
	struct run_how skipping = cli_how(test, "-R --skip-unchanged D755,F644 m");
	struct run_how touching = cli_how(test, "-R D755,F644 m");
	int fd = openat(test->tree.fd, "lower/big", O_WRONLY | O_CLOEXEC);
	struct stat st;

	cli_fixture(test, fd >= 0 && ftruncate(fd, 20 << 20) == 0, "20 MiB below");
	close(fd);
	skipping.prepare = touching.prepare = mount_overlay;
	cli_expect(test, &skipping, "", "", 0);
	cli_check(test, fstatat(test->tree.fd, "up/big", &st, 0) != 0, "it has been copied");
	cli_expect(test, &touching, "", "", 0);
	cli_check(test, fstatat(test->tree.fd, "up/big", &st, 0) == 0,
		"the overlay copies nothing up, so that this test says nothing");
}

/* ----------------------------------------------------------------------------- many operands */

static void names_from_find(struct cli_test *test)
{
	cli_script(test, "find d -type f -print0 | \"$CHMOD\" --files0-from=- 640", "", "", 0);
	cli_check_tree(test, "d/f 640, d/s/g 640");
}

static void names_through_parallel(struct cli_test *test)
{
	if (system("command -v parallel >/dev/null && parallel --version >/dev/null 2>&1") != 0)
		cli_skip(test, "no GNU parallel: make deps");
	cli_script(test,
		"export HOME=$PWD TMPDIR=$PWD; find d -type f -print0 | "
		"parallel --will-cite -0 -j3 --pipe -N1 \"$CHMOD\" --files0-from=- 640",
		"", "", 0);
	cli_check_tree(test, "d/f 640, d/s/g 640");
}

static void names_of_any_length(struct cli_test *test)
{
	/* The longest name that a path can have, and many short ones. */
	cli_script(test,
		"{ i=0; while [ $i -lt 3000 ]; do printf 'd/f\\0d/s/g\\0'; i=$((i + 1)); done; "
		"head -c 4095 /dev/zero | tr '\\0' x; printf '\\0d/f'; } >list; "
		"\"$CHMOD\" --files0-from=list 640 2>err; s=$?; "
		"sed 's/^[^:]*: //' err | tr -d x; sed 's/^[^:]*: //' err | wc -c; exit $s",
		"cannot access '': File name too long\n4132\n", "", 1);
	cli_check_tree(test, "d/f 640, d/s/g 640");
}

#define TOO_LONG(where)                                                                            \
	where ": longer than any path; each name must end in a null byte, as find -print0 "        \
	      "writes it\n"

/* A list of find -print, which took time by its square and all memory; and a name of 4096 bytes. */
static void names_without_nul(struct cli_test *test)
{
	cli_script(test,
		"{ yes some/file | head -c 40000000 | "
		"\"$CHMOD\" --files0-from=- 640; } 2>err; s=$?; sed 's/^[^:]*: //' err; exit $s",
		TOO_LONG("-:1"), "", 1);
	cli_script(test,
		"{ printf 'd/f\\0'; head -c 4096 /dev/zero | tr '\\0' x; printf '\\0d/s/g'; } "
		">list; \"$CHMOD\" --files0-from=list 640 2>err; s=$?; sed 's/^[^:]*: //' err; "
		"exit $s",
		TOO_LONG("list:2"), "", 1);
	cli_check_tree(test, "d/f 640, d/s/g 640");
}

static const struct cli_row rows[] = {
	/* Clauses for directories alone and for everything else. */
	T(TREE, "-R D700,F600 d", AFTER("d/ 700, d/f 600, d/s/ 700"), OURS),
	T(CHAIN, "-Rv D755,F644 d",
		OUT(RETAINED("d", 0755), RETAINED("d/s", 0755), CHANGED("d/s/g", 0600, 0644)),
		AFTER("d/s/g 644"), OURS),
	T("d/ 755, f 644", "D2775,F664 d f", AFTER("d/ 2775, f 664"), OURS),
	T("d/ 2755", "D755 d", OURS),
	T("d/ 2755", "D00755 d", AFTER("d/ 755"), OURS),
	T("d/ 755, f 755", "Dg+s,Fa-x d f", AFTER("d/ 2755, f 644"), OURS),
	T("d/ 700, f 700", "u=rwX,go=rX,Fa-x d f", AFTER("d/ 755, f 644"), OURS),
	T("d/ 700, f 600", "F=755,D=711 d f", AFTER("d/ 711, f 755"), OURS),
	T("d/ 700, f 600", "-v F+r d f", OUT(RETAINED("d", 0700), CHANGED("f", 0600, 0644)),
		AFTER("f 644"), OURS),
	T("p| 600, f 600", "F640 p f", AFTER("p| 640, f 640"), OURS),
	T("f 644", "D f", INVALID("D")),
	T("f 644", "DF7 f", INVALID("DF7")),
	T("f 644", "D7, f", INVALID("D7,")),
	T("f 644", "755,D7 f", INVALID("755,D7")),
	T("f 644", "D8 f", INVALID("D8")),
	T("f 644", "Du+4 f", INVALID("Du+4")),
	T("f 644", "D7+x f", INVALID("D7+x")),
	T("f 644", "d755 f", INVALID("d755")),
	T("f 644", "uD+x f", INVALID("uD+x")),
	T("f 644 (root)", "-v D755 f", USER, OUT(RETAINED("f", 0644)), OURS),
	T("f 644 (root)", "D755 f", USER, OURS),

	/* --skip-unchanged */
	T("f 644, g 600", "-v --skip-unchanged 644 f g",
		OUT(RETAINED("f", 0644), CHANGED("g", 0600, 0644)), AFTER("g 644"), OURS),
	T("f 644, g 600", "-c --skip-unchanged 644 f g", OUT(CHANGED("g", 0600, 0644)),
		AFTER("g 644"), OURS),
	T("f 644 (root)", "-v --skip-unchanged 644 f", USER, OUT(RETAINED("f", 0644)), OURS),
	T("f 644 (root)", "--skip-unchanged 600 f", USER, ERR(REFUSED("f")), FAILS, OURS),
	T("d/ 755 (root), d/f 644 (root)", "-R --skip-unchanged D755,F644 d", USER, OURS),
	T("./ 777, d/ 777, d/f 644, d/g 600", "-R --skip-unchanged D777,F644 d", AFTER("d/g 644"),
		OURS),
	F("--skip-unchanged keeps ctime", TREE, right_is_untouched, OURS),
	F("without it ctime is new", TREE, right_is_touched_without),
	F("D alone keeps the ctime of files", TREE, other_kind_is_untouched, OURS),
	F("--skip-unchanged copies nothing up",
		"lower/ 755, lower/big 644, up/ 755, work/ 755, m/ 755", nothing_is_copied_up, ROOT,
		OURS),

	/* -n */
	T("f 644, g 755", "-n 755 f g", OUT(WOULD_CHANGE("f", 0644, 0755)), OURS),
	T("f 644, g 755", "--dry-run -v 755 f g",
		OUT(WOULD_CHANGE("f", 0644, 0755), WOULD_RETAIN("g", 0755)), OURS),
	T("f 644", "-nc 755 f", OUT(WOULD_CHANGE("f", 0644, 0755)), OURS),
	T(CHAIN, "-nR go= d", OUT(WOULD_CHANGE("d", 0755, 0700), WOULD_CHANGE("d/s", 0755, 0700)),
		OURS),
	T("f 644, l -> f", "-nRv 600 l f",
		OUT(WOULD_CHANGE("l", 0644, 0600), WOULD_CHANGE("f", 0644, 0600)), OURS),
	T("f 644", "-n 755 f nope", SAYS(WOULD_CHANGE("f", 0644, 0755), ABSENT("nope")), FAILS,
		OURS),
	T("f 644 (root)", "-n 755 f", USER, ERR(REFUSED("f")), FAILS, OURS),
	T("f 644 (root)", "-nv 755 f", USER, SAYS(REFUSED("f"), FAILED("f", 0644, 0755)), FAILS,
		OURS),
	T("f 644 (root)", "-nf 755 f", USER, FAILS, OURS),
	T("f 777", "-n -w f",
		SAYS(WOULD_CHANGE("f", 0777, 0577), SURPRISED("f", "r-xrwxrwx", "r-xr-xr-x")),
		FAILS, OURS),
	T("f 644", "-n 644 f", OURS),
	F("-n touches nothing", TREE, dry_touches_nothing, OURS),
	T(TREE, "-nR 700 d/s", .prepare = mount_read_only, IS_READ_ONLY, ROOT, OURS),
	T(TREE, "-R 700 d/s", .prepare = mount_read_only, IS_READ_ONLY, ROOT),
	/* The link in it is left alone, while GNU asks whether it can be changed. */
	T(TREE, "-R 700 d/s", .prepare = mount_link_read_only, IS_READ_ONLY, ROOT,
		DEPARTS_FROM(9, 5, "links-left-alone", "links on read-only file systems")),

	/* --exclude */
	T(GIT, "-R --exclude=.git go= d", AFTER("d/ 700, d/a.o 600, d/s/ 700"), OURS),
	T(GIT, "-R --exclude .git --exclude *.o go= d", AFTER("d/ 700, d/s/ 700"), OURS),
	T(GIT, "-R --exclude=d/s/* go= d",
		AFTER("d/ 700, d/.git/ 700, d/.git/c 600, d/a.o 600, d/s/ 700"), OURS),
	T(GIT, "-R --exclude=*/.git go= d", AFTER("d/ 700, d/a.o 600, d/s/ 700"), OURS),
	T(GIT, "-R --exclude=d go= d",
		AFTER("d/ 700, d/.git/ 700, d/.git/c 600, d/a.o 600, "
		      "d/s/ 700, d/s/.git/ 700"),
		OURS),
	T(GIT, "-R --exclude=? --exclude=[!s.]* go= d", AFTER("d/ 700, d/.git/ 700"), OURS),
	T("f 644", "--exclude=f 600 f", AFTER("f 600"), OURS),
	T(CHAIN, "-R --exclude=s/ 700 d", AFTER("d/ 700"), OURS),
	T(CHAIN, "-R --exclude=d/s/// 700 d", AFTER("d/ 700"), OURS),
	T(CHAIN, "-R --exclude=/ --exclude=// go= d", AFTER("d/ 700, d/s/ 700"), OURS),
	T(CHAIN, NULL, WORDS("-R", "--exclude", "?/", "go=", "d"), AFTER("d/ 700"), OURS),
	T("d/ 755, d/\xc3\xa9 644, d/ab 644", "-R --exclude=? go= d", UTF8,
		AFTER("d/ 700, d/ab 600"), OURS),
	T("d/ 755, d/\xc3\xa9 644, d/ab 644", "-R --exclude=? --include=* go= d", UTF8,
		AFTER("d/ 700, d/ab 600"), OURS),
	T("d/ 755, d/\xc3\xa9 644, d/ab 644", "-R --exclude=? go= d",
		AFTER("d/ 700, d/ab 600, d/\xc3\xa9 600"), OURS),

	/* --one-file-system */
	T(TREE, "-Rv --one-file-system 700 d", .prepare = mount_on_s,
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/f", 0644, 0700)), AFTER("d/ 700, d/f 700"),
		ROOT, OURS),
	T(TREE, "-Rv 700 d/s", .prepare = mount_on_s,
		OUT(CHANGED("d/s", 0755, 0700), CHANGED("d/s/in", 0755, 0700)), ROOT),
	T(TREE, "-R --one-file-system go= d", AFTER("d/ 700, d/f 600, d/s/ 700"), OURS),

	/* --files0-from */
	F("find -print0 | chmod --files0-from=-", TREE, names_from_find, OURS),
	F("the same through GNU parallel", TREE, names_through_parallel,
		AFTER("d/f 640, d/s/g 640"), OURS),
	F("names of any length", TREE, names_of_any_length, OURS),
	F("names without a NUL", TREE, names_without_nul, OURS),
	T("f 644", "--files0-from=/dev/null 600", OURS),
	T("f 644", "--files0-from=nope 600", FAILS,
		ERR(E("cannot open 'nope' for reading: " NOENT)), OURS),
	T("f 644, d/", "--files0-from=d 600", FAILS, ERR(E("d: read error: Is a directory")), OURS),
	T("f 644", "--files0-from=- 600 f g", FAILS,
		ERR(E("extra operand 'f'"), "file operands cannot be combined with --files0-from\n",
			TRY),
		OURS),
	T("f 644", "--files0-from=-", USAGE("missing operand"), OURS),
	T("f 644", "--files0-from=- bogus", INVALID("bogus"), OURS),
	T("f 644, r 640", "--files0-from=/dev/null --reference=r", OURS),
	T("f 644", "--files0-from", USAGE("option '--files0-from' requires an argument"), OURS),

	/* -j */
	T(TREE, "-R -j 4 go= d", AFTER("d/ 700, d/f 600, d/s/ 700"), OURS),
	T(TREE, "-Rj4 go= d", AFTER("d/ 700, d/f 600, d/s/ 700"), OURS),
	T(TREE, "-R --jobs=64 go= d", AFTER("d/ 700, d/f 600, d/s/ 700"), OURS),
	T("d/ 000, d/f 000, g 000", "-j 4 u+rwx g d d/f", USER, AFTER("d/ 700, d/f 700, g 700"),
		OURS),
	T("d/ 700, d/f 600, g 600", "-j 4 u-x g d d/f", USER, FAILS, ERR(OUT_OF_REACH("d/f")),
		AFTER("d/ 600"), OURS),
	T("f 644", "-j 0 600 f", FAILS, ERR(E("invalid number of jobs: '0'")), OURS),
	T("f 644", "-j65 600 f", FAILS, ERR(E("invalid number of jobs: '65'")), OURS),
	T("f 644", "--jobs=4x 600 f", FAILS, ERR(E("invalid number of jobs: '4x'")), OURS),
	T("f 644", "--jobs= 600 f", FAILS, ERR(E("invalid number of jobs: ''")), OURS),
	T("f 644", "-j -1 600 f", FAILS, ERR(E("invalid number of jobs: '-1'")), OURS),
	T("f 644", "-j4: 600 f", FAILS, ERR(E("invalid number of jobs: '4:'")), OURS),
	T("f 644", "-j4/ 600 f", FAILS, ERR(E("invalid number of jobs: '4/'")), OURS),
	T("f 644", "-j 4294967297 600 f", FAILS, ERR(E("invalid number of jobs: '4294967297'")),
		OURS),
	T("f 644", "-j 18446744073709551617 600 f", FAILS,
		ERR(E("invalid number of jobs: '18446744073709551617'")), OURS),
	T("f 644", "-j -- 600 f", FAILS, ERR(E("invalid number of jobs: '--'")), OURS),
	T("f 644", "-j 00000000000000000000000064 600 f", AFTER("f 600"), OURS),
	T("f 644", "600 f -j", USAGE("option requires an argument -- 'j'"), OURS),

	/* Own options are never abbreviated, and GNU's abbreviations keep their meaning. */
	T("f 644", "--jo=1 600 f", USAGE("unrecognized option '--jo=1'")),
	T("f 644", "--dry 600 f", USAGE("unrecognized option '--dry'")),
	T("f 644", "--skip 600 f", USAGE("unrecognized option '--skip'")),
	T("f 644", "--excl=x 600 f", USAGE("unrecognized option '--excl=x'")),
	T("f 644", "--one 600 f", USAGE("unrecognized option '--one'")),
	T("f 644", "--files0=x 600 f", USAGE("unrecognized option '--files0=x'")),
	T("f 644", "--pro 600 f", USAGE("unrecognized option '--pro'")),
	T("f 644", "--p 600 f", AFTER("f 600")),
	T("f 644", "--s 600 f", AFTER("f 600")),
	T("f 644", "--d 600 f", AFTER("f 600"), SINCE(9, 5, "--dereference")),
	T("f 644", "--dry-run=x 600 f", USAGE("option '--dry-run' doesn't allow an argument"),
		OURS),

	/* Together, and --progress where there is no terminal. */
	T(GIT, "-R -n --skip-unchanged --exclude=.git -j 4 D755,F600 d",
		OUT(WOULD_CHANGE("d/a.o", 0644, 0600)), OURS),
	T(GIT, "-R --skip-unchanged --exclude=.git --one-file-system -j 4 --progress D700,F600 d",
		AFTER("d/ 700, d/a.o 600, d/s/ 700"), OURS),
	T("f 644", "-n --progress 600 f", OUT(WOULD_CHANGE("f", 0644, 0600)), OURS),
	T("f 644", "--progress 600 f", AFTER("f 600"), OURS),
};

const struct cli_group cli_ours = CLI_GROUP(ours);
