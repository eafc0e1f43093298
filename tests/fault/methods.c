/* SPDX-License-Identifier: MIT */
/* Ordinary command lines do the same by every method. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "../support/answer.h"
#include "rows.h"

#define LATE_ERRNOS ERRNOS(EPERM, EFAULT, EINVAL, ENOSYS)
#define ALL         (SAFE_METHODS | IN(METHOD_ANY) | IN(METHOD_SANDBOX) | IN(METHOD_NAME))

static const struct fault_row rows[] = {
	/* Operands. */
	{.tree = "f 644, g 600", .args = "u+x f g", .after = "f 744, g 700", .methods = ALL},
	{.tree = "f 644, g 600", .args = "755 f g", .after = "f 755, g 755", .methods = ALL},
	{.tree = "f 644", .args = "6755 f", .after = "f 6755", .methods = ALL},
	{.tree = "f 644", .args = "u+s,+t f", .after = "f 5644", .methods = ALL},
	{.tree = "d/ 6755", .args = "700 d", .after = "d/ 6700", .methods = ALL},
	{.tree = "d/ 6755", .args = "00700 d", .after = "d/ 700", .methods = ALL},
	{.tree = "f 644, r 2751", .args = "--reference=r f", .after = "f 2751", .methods = ALL},
	{.tree = "f 644",
		.args = "-v 2755 f",
		.out = CHANGED("f", 0644, 2755),
		.after = "f 2755",
		.methods = ALL},
	{.tree = "f 644", .args = "-v 644 f", .out = RETAINED("f", 0644), .methods = ALL},
	{.tree = "f 644, g 644",
		.args = "-c u+x f nope g",
		.out = CHANGED("f", 0644, 0744) CHANGED("g", 0644, 0744),
		FAILS("cannot access 'nope': No such file or directory"),
		.after = "f 744, g 744",
		.methods = ALL},
	{.tree = "f 666",
		.args = "-w f",
		FAILS("f: new permissions are r--rw-rw-, not r--r--r--"),
		.after = "f 466",
		.methods = ALL},
	{.tree = "p| 644", .args = "u+x p", .after = "p| 744", .methods = ALL & ~IN(METHOD_NAME)},
	{.tree = "s= 644", .args = "u+x s", .after = "s= 744", .methods = ALL & ~IN(METHOD_NAME)},
	{.tree = "f 000", .args = "u+r f", .after = "f 400", .methods = ALL & ~IN(METHOD_NAME)},
	{.tree = "d/ 000", .args = "u+rwx d", .after = "d/ 700", .methods = ALL & ~IN(METHOD_NAME)},

	/* Links. */
	{.tree = "t 644, l -> t", .args = "u+x l", .after = "t 744", .methods = ALL},
	{.tree = "t 644, l -> t, f 644",
		.args = "-hv u+x l f",
		.out = NEITHER("l") CHANGED("f", 0644, 0744),
		.after = "f 744",
		.methods = ALL},
	{.tree = "t 600, l -> t", .args = "-P g+r l", .after = "t 640", .methods = ALL},
	{.tree = "l -> nope, f 644",
		.args = "u+x l f",
		FAILS("cannot operate on dangling symlink 'l'"),
		.after = "f 744",
		.methods = ALL},
	{.tree = "d/ 755, d/f 644, l -> d",
		.args = "-R g+w l",
		.after = "d/ 775, d/f 664",
		.methods = ALL},
	{.tree = "d/ 755, d/f 644, l -> d", .args = "-RP g+w l", .methods = ALL},
	{.tree = "d/ 755, d/f 644, l -> d",
		.args = "-Rh g+w l",
		.after = "d/f 664",
		.methods = ALL},

	/* Trees, with links that lead out of them. */
	{.tree = "d/ 755, d/f 644, d/s/ 700, d/s/g 600, d/l -> f, d/m -> s, t 600, d/o -> ../t, "
		 "d/x -> nope",
		.args = "-R go+rX d",
		.after = "d/s/ 755, d/s/g 644",
		.methods = ALL},
	{.tree = "d/ 755, d/f 644, d/s/ 700, d/s/g 600, d/l -> f, d/m -> s, t 600, d/o -> ../t",
		.args = "-R 750 d",
		.after = "d/ 750, d/f 750, d/s/ 750, d/s/g 750",
		.methods = ALL},
	{.tree = "d/ 755, d/f 644, t/ 755, t/g 600, d/o -> ../t",
		.args = "-RL g+rw d",
		.after = "d/ 775, d/f 664, t/ 775, t/g 660",
		.methods = ALL},
	{.tree = "d/ 755, d/f 644, t/ 755, t/g 600, d/o -> ../t",
		.args = "-R --dereference g+rw d",
		.after = "d/ 775, d/f 664, t/ 775",
		.methods = ALL},
	{.tree = "d/ 755, d/s/ 755, d/s/f 644",
		.args = "-Rc 6700 d",
		.out = CHANGED("d", 0755, 6700) CHANGED("d/s", 0755, 6700)
			CHANGED("d/s/f", 0644, 6700),
		.after = "d/ 6700, d/s/ 6700, d/s/f 6700",
		.methods = ALL},
	{.tree = "d/ 000, d/s/ 000, d/s/f 000",
		.args = "-R a+rwX d",
		.after = "d/ 777, d/s/ 777, d/s/f 666",
		.methods = ALL & ~IN(METHOD_NAME)},
	{.tree = "d/ 755, d/p| 644, d/s= 644, d/f 000",
		.args = "-R u+rwx d",
		.after = "d/p| 744, d/s= 744, d/f 700",
		.methods = ALL},
	{.tree = "d/ 755, d/p| 644, d/s= 644",
		.args = "-R 700 d",
		.after = "d/ 700, d/p| 700, d/s= 700",
		.methods = ALL},

	/* Directories in which others may rename. */
	{.tree = "d/ 777, d/f 644, d/s/ 1777, d/s/g 600, d/l -> f, t 600, d/o -> ../t",
		.args = "-R g+r d",
		.after = "d/s/g 640",
		.methods = ALL},
	{.tree = "d/ 777, d/f 644, d/s/ 1777, d/s/g 600, d/l -> f, t 600, d/o -> ../t",
		.args = "-R 770 d",
		.after = "d/ 770, d/f 770, d/s/ 770, d/s/g 770",
		.methods = ALL},
	{.tree = "d/ 775, d/f 644",
		.args = "-Rv 4775 d",
		.out = CHANGED("d", 0775, 4775) CHANGED("d/f", 0644, 4775),
		.after = "d/ 4775, d/f 4775",
		.methods = ALL},
	{.tree = "d/ 777, d/p| 644, d/s= 644",
		.args = "-R u+x d",
		.after = "d/p| 744, d/s= 744",
		.methods = ALL & ~IN(METHOD_NAME)},

	/* By name: what cannot be opened without consequences is an error ... */
	{.tree = "w/ 777, w/p| 644, f 644",
		.args = "u+x w/p f",
		FAILS(UNSAFE("w/p")),
		.after = "f 744",
		.methods = IN(METHOD_NAME)},
	{.tree = "w/ 777, w/p| 644, f 644",
		.args = "-v u+x w/p f",
		.out = FAILED("w/p", 0644, 0744) CHANGED("f", 0644, 0744),
		FAILS(UNSAFE("w/p")),
		.after = "f 744",
		.methods = IN(METHOD_NAME)},
	{.tree = "w/ 777, w/p| 644, f 644",
		.args = "-f u+x w/p f",
		.status = 1,
		.after = "f 744",
		.methods = IN(METHOD_NAME)},
	{.tree = "w/ 777, w/s= 644, f 644",
		.args = "-h 700 w/s f",
		FAILS(UNSAFE("w/s")),
		.after = "f 700",
		.methods = IN(METHOD_NAME)},
	{.tree = "p| 644, l -> p, f 644",
		.args = "u+x l f",
		FAILS(UNSAFE("l")),
		.after = "f 744",
		.methods = IN(METHOD_NAME)},
	/* ... unless nobody else can put another file in its place, or it does not matter. */
	{.tree = "p| 644, f 644",
		.args = "u+x p f",
		.after = "p| 744, f 744",
		.methods = IN(METHOD_NAME)},
	{.tree = "p| 644, l -> p, f 644",
		.args = "-v 700 l f",
		.out = CHANGED("l", 0644, 0700) CHANGED("f", 0644, 0700),
		.after = "p| 700, f 700",
		.methods = IN(METHOD_NAME)},
	{.tree = "w/ 777, w/s= 644, f 644",
		.args = "700 w/s f",
		.after = "w/s= 700, f 700",
		.methods = IN(METHOD_NAME)},
	{.tree = "d/ 777, d/p| 644, d/f 644",
		.args = "-R u+x d",
		FAILS(UNSAFE("d/p")),
		.after = "d/f 744",
		.methods = IN(METHOD_NAME)},
	{.tree = "d/ 777, d/p| 644, d/f 644",
		.args = "-R 777 d",
		FAILS(UNSAFE("d/p")),
		.after = "d/f 777",
		.methods = IN(METHOD_NAME)},
	/* The same for what is closed to us. Root can open everything. */
	{.tree = "w/ 777, w/f 000, g 600",
		.args = "u+rx w/f g",
		FAILS(UNSAFE("w/f")),
		.after = "g 700",
		.methods = IN(METHOD_NAME),
		.users = AS_USER},
	{.tree = "w/ 777, w/f 000, g 600",
		.args = "u+rx w/f g",
		.after = "w/f 500, g 700",
		.methods = IN(METHOD_NAME),
		.users = AS_ROOT},
	{.tree = "f 000, g 600",
		.args = "u+rx f g",
		.after = "f 500, g 700",
		.methods = IN(METHOD_NAME)},
	{.tree = "w/ 777, w/d/ 000, w/d/f 000, g 600",
		.args = "-R u+rwX w/d g",
		.err = E(UNSAFE("w/d")) E("cannot read directory 'w/d': Permission denied"),
		.status = 1,
		.after = "g 600",
		.methods = IN(METHOD_NAME),
		.users = AS_USER},
	/* It may keep set-ID bits, so that this is no mode that all of them get. */
	{.tree = "w/ 777, w/d/ 000, g 600",
		.args = "700 w/d g",
		FAILS(UNSAFE("w/d")),
		.after = "g 700",
		.methods = IN(METHOD_NAME),
		.users = AS_USER},
	{.tree = "d/ 000, d/f 000, g 600",
		.args = "-R u+rwX d g",
		.after = "d/ 700, d/f 600, g 600",
		.methods = IN(METHOD_NAME)},
	{.tree = "d/ 777, d/f 000, d/g 600",
		.args = "-R u+rx d",
		FAILS(UNSAFE("d/f")),
		.after = "d/g 700",
		.methods = IN(METHOD_NAME),
		.users = AS_USER},
	{.tree = "d/ 755, d/s/ 000, d/s/f 000",
		.args = "-R u+rwX d",
		.after = "d/s/ 700, d/s/f 600",
		.methods = IN(METHOD_NAME)},

	/* With a preloaded library only /proc is missing, and the message says so. */
	{.tree = "w/ 777, w/p| 644, f 644",
		.args = "u+x w/p f",
		.faults = {{.call = STATFS, .err = ENOENT}},
		FAILS("cannot change 'w/p' safely: it takes /proc, where a library is preloaded, "
		      "to be sure that it is not another file"),
		.after = "f 744",
		.methods = IN(METHOD_LIBC)},

	/* What answered the probe may refuse the real call, and /proc is asked once more ... */
	{.tree = "d/ 755, d/f 644, d/l -> f, d/p| 644, d/s/ 777, d/s/g 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = FCHMODAT2, .err = ERRS}},
		LATE_ERRNOS,
		.after = "d/f 744, d/p| 744, d/s/g 744, e 744",
		.methods = IN(METHOD_FCHMODAT2)},
	{.tree = "d/ 755, d/f 644, d/l -> f, d/p| 644, d/s/ 777, d/s/g 644, e 644",
		.args = "-R 700 d e",
		.faults = {{.call = FCHMODAT2, .err = ERRS}},
		LATE_ERRNOS,
		.after = "d/ 700, d/f 700, d/p| 700, d/s/ 700, d/s/g 700, e 700",
		.methods = IN(METHOD_FCHMODAT2)},
	/* ... but not what only looks like it, nor for other errors. */
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-R go+w d e",
		.faults = {{.call = FCHMODAT2, .err = ERRS}, {.call = STATFS, .err = ENOENT}},
		LATE_ERRNOS,
		.err = E("changing permissions of 'd/f': {E}")
			E("changing permissions of 'e': {E}"),
		.status = 1,
		/* It is open, and takes no fchmodat2. */
		.after = "d/ 777",
		.methods = IN(METHOD_FCHMODAT2)},
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = FCHMODAT2, .file = "d/f", .err = ERRS}},
		ERRNOS(EROFS, EIO, EACCES, EOPNOTSUPP),
		FAILS("changing permissions of 'd/f': {E}"),
		.after = "e 744",
		.methods = IN(METHOD_FCHMODAT2)},

	/* Whatever a sandbox answers to what it does not know. */
	{.tree = "d/ 755, d/f 644, d/l -> f, t 644, g 644",
		.args = "-R u+x d g",
		.faults = {{.call = PROBE, .err = ERRS},
			{.call = FCHMODAT2, .err = ERRS, .may_miss = true}},
		ERRNOS(ENOSYS, EPERM, EACCES, EOPNOTSUPP, EBADF, EFAULT, ENOENT, EIO),
		.after = "d/f 744, g 744",
		.methods = IN(METHOD_ANY)},
	{.tree = "d/ 755, d/f 644, d/l -> f, t 644, g 644",
		.args = "-R u+x d g",
		.faults = {{.call = PROBE | FCHMODAT2, .err = ENOSYS},
			{.call = STATFS, .err = ERRS}},
		ERRNOS(ENOSYS, EPERM, EACCES, ENOENT, EIO, ENOTDIR),
		.after = "d/f 744, g 744",
		.methods = IN(METHOD_ANY)},
};

static void test_preloaded(struct fault_test *t)
{
	struct run_how how = fault_how(t, "u+x f");

	fault_expect(t, &how, NULL, "", "", 0);
	fault_check_tree(t, "f 744");
}

/* A preloaded library does not see the calls of a static program, which warns of it. */
static void test_static(struct fault_test *t)
{
	struct run_how how = fault_how(t, "-f u+x f");

	if (!fault_program.is_static)
		fault_skip("the program is not static");
	if (t->row)
		fault_setenv(t, &how, t->row);
	fault_expect(t, &how, NULL, "",
		t->number ? E("warning: this program is static: a preloaded library, as "
			      "fakeroot's, does not see what it changes")
			  : "",
		0);
	fault_check_tree(t, "f 744");
}

/* ----------------------------------------------------- C libraries and sandboxes of other kinds */

#define WILD       "./ 777, d/ 755, d/f 644, d/l -> f, d/p| 644, d/s/ 777, d/s/g 644, f 644, l -> f"
#define WILD_AFTER "d/f 744, d/p| 744, d/s/g 744, f 744"

static void test_old_glibc(struct fault_test *t)
{
	struct run_how how = fault_how(t, t->row);
	const char *library = fault_preload("old_glibc");

	if (fault_program.is_static)
		fault_skip("nothing can be preloaded into a static program");
	if (!library)
		fault_broken("no library", ENOENT);
	fault_setenv(t, &how, fault_text(t, "LD_PRELOAD=%s", library));
	fault_expect(t, &how, NULL, "", "", 0);
	fault_check_tree(t, WILD_AFTER);
}

/* A run_how's prepare: what becomes of fchmodat2, as a seccomp filter says it. */
static void answer_fchmodat2(void *ctx)
{
	if (!answer_call(SYS_fchmodat2, (unsigned)(uintptr_t)ctx))
		_exit(RUN_NOT);
}

static void test_filter(struct fault_test *t)
{
	struct run_how how = fault_how(t, t->row);

	how.prepare = answer_fchmodat2;
	how.ctx = (void *)(uintptr_t)(unsigned)t->number;
	fault_expect(t, &how, NULL, "", "", 0);
	fault_check_tree(t, WILD_AFTER);
}

static void add_others(struct fault_list *list)
{
	static const char *const commands[] = {
		"-R u+x d f", "-R -j4 u+x d l", "u+x d/f d/p d/s/g l", "-h u+x d/f d/p d/s/g f"};
	struct fault_test test = {.tree_text = WILD};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		bool is_recursive = strstr(commands[i], "-R") != NULL;

		test.row = commands[i];
		test.fn = test_old_glibc;
		fault_add(list, &test, "%s with glibc before 2.32", commands[i]);
		test.fn = test_filter;
		/* Nothing can be done about what kills, but for not calling it. */
		test.number = (int)(is_recursive ? SECCOMP_RET_TRAP : SECCOMP_RET_KILL_PROCESS);
		fault_add(list, &test, "%s in a sandbox that %s", commands[i],
			is_recursive ? "sends SIGSYS" : "kills");
	}
}

void fault_methods(struct fault_list *list)
{
	struct fault_test preloaded = {
		.tree_text = "f 644", .fn = test_preloaded, .method = METHOD_LIBC};
	static const char *const envs[] = {
		"FAKEROOTKEY=1", "LD_PRELOAD=libfakeroot.so", "FAKEROOTKEY=", "LD_PRELOAD="};

	fault_add(list, &preloaded, "u+x f with a preloaded library");
	preloaded.fn = test_static;
	preloaded.method = METHOD_ANY;
	for (size_t i = 0; i < sizeof(envs) / sizeof(envs[0]); i++) {
		preloaded.row = envs[i];
		preloaded.number = i < 2;
		fault_add(list, &preloaded, "the static program with %s", envs[i]);
	}
	fault_add_rows(list, rows, sizeof(rows) / sizeof(rows[0]));
	add_others(list);
}
