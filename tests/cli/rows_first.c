/* SPDX-License-Identifier: MIT */
/* --contents-first and --include: what is changed, and in which order it is told. */
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

#define OURS                  DEPARTS("own-options", "an option of our own")
#define WOULD_CHANGE(f, o, n) "mode of '" f "' would change from {" #o "} to {" #n "}\n"
#define REFUSED_AS_ROOT                                                                            \
	ERR(E("it is dangerous to operate recursively on '/'"),                                    \
		E("use --no-preserve-root to override this failsafe")),                            \
		FAILS

/* One entry in each directory, so that there is one order. */
#define CHAIN "d/ 755, d/s/ 755, d/s/t/ 755, d/s/t/f 644"
#define CHAIN_LINES(old, new)                                                                      \
	CHANGED("d/s/t", old, new), CHANGED("d/s", old, new), CHANGED("d", old, new)

#define SCRIPTS                                                                                    \
	"d/ 755, d/a.sh 644, d/b.c 644, d/s/ 755, d/s/c.sh 600, d/s/.e.sh 644, d/x.sh/ 700, "      \
	"d/x.sh/f 644, d/p| 644, d/l.sh -> b.c"

/* ----------------------------------------------------------------------------- --contents-first */

static void mount_on_t(void *ctx)
{
	const struct cli_test *test = ctx;

	run_own_mounts(test->tree.path);
	if (mount("none", "d/s/t", "tmpfs", 0, "mode=755") != 0)
		_exit(RUN_NOT);
}

/* A directory in itself. */
static void mount_cycle(void *ctx)
{
	const struct cli_test *test = ctx;

	run_own_mounts(test->tree.path);
	if (mount("d", "d/s/t", NULL, MS_BIND, NULL) != 0)
		_exit(RUN_NOT);
}

/*
 * The order of find -depth: a directory right after all that begins with its name, and each line
 * once. Between the entries of one directory the file system decides, so that is left open.
 */
static void order_of_find(struct cli_test *test)
{
	char *const argv[] = {"find", "d", "-depth", NULL};
	struct run_how how = cli_how(test, "-Rv --contents-first 700 d"), find = cli_how(test, "");
	struct run_result ours, theirs;
	const char *line, *next;

	find.path = "find";
	find.fd = 0;
	find.argv = argv;
	cli_run(test, &find, &theirs);
	cli_run(test, &how, &ours);
	line = ours.out;
	for (const char *name = theirs.out; *name != '\0'; name += strcspn(name, "\n") + 1) {
		int len = (int)strcspn(name, "\n");
		char begin[512];

		snprintf(begin, sizeof(begin), "mode of '%.*s' ", len, name);
		next = line + strcspn(line, "\n") + 1;
		if (!cli_check(test, strncmp(line, begin, strlen(begin)) == 0,
			    "instead of %s comes %.*s", begin, (int)(next - line), line))
			break;
		line = next;
	}
	cli_check(test, *line == '\0' && ours.status == 0, "there is more: %s", line);
	run_result_free(&ours);
	run_result_free(&theirs);
}

static const struct cli_row rows[] = {
	T(CHAIN, "-Rv --contents-first 700 d",
		OUT(CHANGED("d/s/t/f", 0644, 0700), CHAIN_LINES(0755, 0700)),
		AFTER("d/ 700, d/s/ 700, d/s/t/ 700, d/s/t/f 700"), OURS),
	T(CHAIN, "-Rc --contents-first g+w d",
		OUT(CHANGED("d/s/t/f", 0644, 0664), CHAIN_LINES(0755, 0775)),
		AFTER("d/ 775, d/s/ 775, d/s/t/ 775, d/s/t/f 664"), OURS),
	T(CHAIN, "-Rc --contents-first D2775 d", OUT(CHAIN_LINES(0755, 2775)),
		AFTER("d/ 2775, d/s/ 2775, d/s/t/ 2775"), OURS),
	/* The whole is reached although nothing of it can be by now. */
	T(CHAIN, "-R --contents-first a-rwx d", AFTER("d/ 0, d/s/ 0, d/s/t/ 0, d/s/t/f 0"), OURS),
	T(CHAIN, "-Rv --contents-first a-x d",
		OUT("mode of 'd/s/t/f' retained as {0644}\n", CHAIN_LINES(0755, 0644)),
		AFTER("d/ 644, d/s/ 644, d/s/t/ 644"), OURS),
	T(CHAIN, "-nR --contents-first a-rwx d",
		OUT(WOULD_CHANGE("d/s/t/f", 0644, 0000), WOULD_CHANGE("d/s/t", 0755, 0000),
			WOULD_CHANGE("d/s", 0755, 0000), WOULD_CHANGE("d", 0755, 0000)),
		OURS),
	T(CHAIN, "-Rv -j8 --contents-first --skip-unchanged D755,F600 d",
		OUT(CHANGED("d/s/t/f", 0644, 0600), RETAINED("d/s/t", 0755), RETAINED("d/s", 0755),
			RETAINED("d", 0755)),
		AFTER("d/s/t/f 600"), OURS),
	T(CHAIN, "-Rv --contents-first --exclude=t 700 d",
		OUT(CHANGED("d/s", 0755, 0700), CHANGED("d", 0755, 0700)),
		AFTER("d/ 700, d/s/ 700"), OURS),
	T(CHAIN, "-Rv --contents-first --one-file-system 700 d", .prepare = mount_on_t,
		OUT(CHANGED("d/s", 0755, 0700), CHANGED("d", 0755, 0700)),
		AFTER("d/ 700, d/s/ 700"), ROOT, OURS),
	F("--contents-first in the order of find -depth",
		"d/ 755, d/a/ 755, d/a/1 644, d/a/2/ 755, d/a/2/x 644, d/b 644, d/c/ 755, "
		"d/c/y/ 755, d/c/z/ 755, d/c/z/w 644, d/e/ 755",
		order_of_find, OURS),

	/* Without -R it does nothing. */
	T(CHAIN, "-v --contents-first 700 d", OUT(CHANGED("d", 0755, 0700)), AFTER("d/ 700"), OURS),

	/* What cannot be read is told, and changed itself, as find -depth -exec would. */
	T("d/ 755, d/s/ 300, d/s/f 644", "-Rv --contents-first 700 d", USER,
		SAYS(UNREADABLE("d/s"), "'d/s' could not be accessed\n", CHANGED("d/s", 0300, 0700),
			CHANGED("d", 0755, 0700)),
		FAILS, AFTER("d/ 700, d/s/ 700"), OURS),
	T("d/ 0, d/f 644", "-R --contents-first u+rwx d", USER, ERR(UNREADABLE("d")), FAILS,
		AFTER("d/ 700"), OURS),
	T("d/ 755, d/s/ 0, d/s/f 644", "-Rf --contents-first 700 d", USER, FAILS,
		AFTER("d/ 700, d/s/ 700"), OURS),
	T("d/ 644, d/f 644", "-R --contents-first 700 d", USER, ERR(OUT_OF_REACH("d/f")), FAILS,
		AFTER("d/ 700"), OURS),
	T("d/ 755 (root), d/s/ 755 (root), d/s/f 644", "-Rv --contents-first 700 d", USER,
		SAYS(CHANGED("d/s/f", 0644, 0700), REFUSED("d/s"), FAILED("d/s", 0755, 0700),
			REFUSED("d"), FAILED("d", 0755, 0700)),
		FAILS, AFTER("d/s/f 700"), OURS),

	/* The root is refused before anything in it is touched. */
	T("d/ 755, d/f 644", "-R --contents-first --preserve-root 700 /", JAIL, REFUSED_AS_ROOT,
		OURS),

	/* Links. What is entered by one that is left alone is not changed. */
	T("d/ 755, d/f 644, l -> d", "-Rv --contents-first a-rwx l",
		OUT(CHANGED("l/f", 0644, 0000), CHANGED("l", 0755, 0000)), AFTER("d/ 0, d/f 0"),
		OURS),
	T("d/ 755, d/f 644, l -> d", "-Rvh --contents-first a-rwx l",
		OUT(CHANGED("l/f", 0644, 0000), NEITHER("l")), AFTER("d/f 0"), OURS),
	T("d/ 755, d/f 644, l -> d", "-RvP --contents-first a-rwx l", OUT(NEITHER("l")), OURS),
	T("d/ 755, d/l -> ../e, e/ 755, e/f 644", "-RLv --contents-first 700 d",
		OUT(CHANGED("d/l/f", 0644, 0700), CHANGED("d/l", 0755, 0700),
			CHANGED("d", 0755, 0700)),
		AFTER("d/ 700, e/ 700, e/f 700"), OURS),
	T("d/ 755, d/l -> ../e, e/ 755, e/f 644", "-RLhv --contents-first 700 d",
		OUT(CHANGED("d/l/f", 0644, 0700), NEITHER("d/l"), CHANGED("d", 0755, 0700)),
		AFTER("d/ 700, e/f 700"), OURS),
	T("d/ 755, d/s/ 755, d/s/f 644", "-RLhv --contents-first 700 d",
		OUT(CHANGED("d/s/f", 0644, 0700), CHANGED("d/s", 0755, 0700),
			CHANGED("d", 0755, 0700)),
		AFTER("d/ 700, d/s/ 700, d/s/f 700"), OURS),
	/* One that leads back up is passed over: its directory comes when it is done. */
	T("d/ 755, d/s/ 755, d/s/l -> ../../d", "-RLv --contents-first a-rwx d",
		OUT(CHANGED("d/s", 0755, 0000), CHANGED("d", 0755, 0000)), AFTER("d/ 0, d/s/ 0"),
		OURS),
	T(CHAIN, "-RLv --contents-first 700 d", .prepare = mount_cycle,
		OUT(CHANGED("d/s", 0755, 0700), CHANGED("d", 0755, 0700)),
		AFTER("d/ 700, d/s/ 700"), ROOT, OURS),

	/* Operands of all kinds. */
	T("d/ 755, d/f 644, f 644", "-Rv --contents-first go= d/f d f nope",
		SAYS(CHANGED("d/f", 0644, 0600), RETAINED("d/f", 0600), CHANGED("d", 0755, 0700),
			CHANGED("f", 0644, 0600), ABSENT("nope"), NO_ACCESS("nope")),
		FAILS, AFTER("d/ 700, d/f 600, f 600"), OURS),
	T("./ 755, f 644", "-Rv --contents-first a-rwx .",
		OUT(CHANGED("./f", 0644, 0000), CHANGED(".", 0755, 0000)), AFTER("./ 0, f 0"),
		OURS),

	/* --include */
	T(SCRIPTS, "-R --include=*.sh +x d",
		AFTER("d/a.sh 755, d/s/c.sh 711, d/s/.e.sh 755, d/x.sh/ 711"), UMASK(022), OURS),
	T(SCRIPTS, "-R --include=*.sh --include b.? --exclude=c* --exclude=x.sh +x d",
		AFTER("d/a.sh 755, d/b.c 755, d/s/.e.sh 755"), OURS),
	T(SCRIPTS, "-R --include=d/s/* go= d", AFTER("d/s/c.sh 600, d/s/.e.sh 600"), OURS),
	T(SCRIPTS, "-R --include=s/ go= d", AFTER("d/s/ 700"), OURS),
	T(SCRIPTS, "-R --include=nothing go= d", OURS),
	T(SCRIPTS, "-R --include=p --include=l.sh go= d", AFTER("d/p| 600"), OURS),
	T(SCRIPTS, "-R --include=* --exclude=* go= d", AFTER("d/ 700"), OURS),
	T("d/ 755, d/s/ 755, d/s/c.sh 600", "-Rv --include=*.sh u+x d",
		OUT(CHANGED("d/s/c.sh", 0600, 0700)), AFTER("d/s/c.sh 700"), OURS),
	T("d/ 755, d/s/ 755, d/s/c.sh 600", "-nRv --include=*.sh u+x d",
		OUT(WOULD_CHANGE("d/s/c.sh", 0600, 0700)), OURS),
	T("f 644", "-v --include=g 600 f", OUT(CHANGED("f", 0644, 0600)), AFTER("f 600"), OURS),

	/* Operands count by their last name, or by what was typed, without slashes at the end. */
	T("d.sh/ 755, d.sh/f 644, e/ 755, e/a.sh 644, g.sh 644, h 644",
		"-R --include=*.sh go= d.sh/ e// g.sh h", AFTER("d.sh/ 700, e/a.sh 600, g.sh 600"),
		OURS),
	T("d/ 755, d/e/ 755, d/f 644", "-R --include=e go= d/e/ ./d/f", AFTER("d/e/ 700"), OURS),
	T("d/ 755, d/e/ 755, d/f 644", "-R --include=?/e --include=./d/? go= d/e/ ./d/f",
		AFTER("d/e/ 700, d/f 600"), OURS),
	T("d/ 755, d/f 644", "-R --include=. go= d/. d/f", AFTER("d/ 700"), OURS),
	T("f 644", "-R --include=g 600 f nope", ERR(ABSENT("nope")), FAILS, OURS),
	T("l -> nowhere", "-Rv --include=g 600 l", OURS),
	T("l -> nowhere", "-Rv --include=l 600 l", SAYS(DANGLING("l"), NO_ACCESS("l")), FAILS,
		OURS),
	T("d/ 0, d/a.sh 644", "-R --include=*.sh +x d", USER, ERR(UNREADABLE("d")), FAILS, OURS),
	T("d/ 755, d/f 644 (root), d/a 644", "-R --include=a 600 d", USER, AFTER("d/a 600"), OURS),
	T("d/ 755 (root), d/a 644", "-R --include=a 600 d", USER, AFTER("d/a 600"), OURS),
	T("d/ 755, d/f 644", "-R --include=f --preserve-root 700 /", JAIL, REFUSED_AS_ROOT, OURS),

	/* Links that are followed are entered as directories are. */
	T("d/ 755, d/l -> ../e, d/k -> ../f, d/m -> nowhere, e/ 755, e/a 644, f 644",
		"-RLv --include=a 600 d", OUT(CHANGED("d/l/a", 0644, 0600)), AFTER("e/a 600"),
		OURS),
	T("d/ 755, d/l -> ../e, d/k -> ../f, e/ 755, e/a 644, f 644", "-RL --include=k 600 d",
		AFTER("f 600"), OURS),
	T("d/ 755, d/l -> ../e, e/ 755, e/a 644", "-R --dereference --include=a 600 d", OURS),

	/* Together. */
	T("d/ 755, d/s/ 755, d/s/s/ 755, d/s/s/f 644", "-Rv --contents-first --include=s a-rwx d",
		OUT(CHANGED("d/s/s", 0755, 0000), CHANGED("d/s", 0755, 0000)),
		AFTER("d/s/ 0, d/s/s/ 0"), OURS),
	T("d/ 755, d/s/ 0, d/s/f 644", "-Rv --contents-first --include=f 700 d", USER,
		SAYS(UNREADABLE("d/s"), NO_ACCESS("d/s")), FAILS, OURS),

	/* Never abbreviated. */
	T("f 644", "--contents 600 f", USAGE("unrecognized option '--contents'")),
	T("f 644", "--incl=f 600 f", USAGE("unrecognized option '--incl=f'")),
	T("f 644", "--c 600 f", AFTER("f 600"), OUT(CHANGED("f", 0644, 0600))),
	T("f 644", "--contents-first=x 600 f",
		USAGE("option '--contents-first' doesn't allow an argument"), OURS),
	T("f 644", "600 f --include", USAGE("option '--include' requires an argument"), OURS),
};

const struct cli_group cli_first = CLI_GROUP(first);
