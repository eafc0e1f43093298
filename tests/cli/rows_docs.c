/* SPDX-License-Identifier: MIT */
/* chmod as documentation elsewhere teaches it. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* Modes from SPEC on a new file, on one that has NEW anyway, and shown. */
#define TAUGHT(spec, new)                                                                          \
	T("f 0, g 7777, h " #new, spec " f g h", AFTER("f " #new ", g " #new)),                    \
		T("f " #new, "-v " spec " f", OUT(RETAINED("f", 0##new)))

/* The file's mode, as -v writes it: as given here, and as stat(1) shows it. */
#define SHOWN(octal, letters)                                                                      \
	T("f 0", "-v " #octal " f",                                                                \
		OUT("mode of 'f' changed from 0000 (---------) to " #octal " (" letters ")\n"),    \
		AFTER("f " #octal)),                                                               \
		F(#octal " is what stat shows", "f 0", as_stat_shows, .args = "-v " #octal " f")

static void as_stat_shows(struct cli_test *test)
{
	char *argv[] = {"stat", "-c", "%a %A", "f", NULL}, *env[] = {NULL};
	struct run_how how = cli_how(test, NULL);
	struct run_how stat = {.path = "stat", .argv = argv, .env = env, .cwd = test->tree.path};
	struct run_result said, shown;
	unsigned octal;
	char letters[16], line[128];

	if (run(&stat, &shown) < 0)
		cli_skip(test, "there is no stat");
	run_result_free(&shown);
	cli_run(test, &how, &said);
	if (!cli_fixture(test, run(&stat, &shown) == 0, "stat"))
		return;
	if (cli_fixture(test, sscanf(shown.out, "%o -%9s", &octal, letters) == 2, "stat's words")) {
		snprintf(line, sizeof(line),
			"mode of 'f' changed from 0000 (---------) to %04o (%s)\n", octal, letters);
		cli_check_text(test, "stdout", line, said.out);
	}
	run_result_free(&said);
	run_result_free(&shown);
}

enum { CAN_LIST = 1, CAN_PASS = 2 };

/* What the user who runs this can do with the directory "home" in PATH. */
static int try_home(void *path)
{
	struct stat st;
	DIR *dir;
	int can = 0;

	if (chdir(path) < 0)
		return RUN_NOT;
	dir = opendir("home");
	if (dir)
		can |= CAN_LIST;
	if (stat("home/public", &st) == 0)
		can |= CAN_PASS;
	return can;
}

/* A home directory through which strangers can pass, but not the owner's group. */
static void home_0701(struct cli_test *test)
{
	static const struct run_user owner = {61001, 61001}, member = {61002, 61000},
				     stranger = {61003, 61003};

	cli_chmod(test, "0701 home", "", "", 0);
	cli_fixture(test, fchownat(test->tree.fd, "home", 61001, 61000, 0) == 0, "chown");
	cli_check(test, run_as(&owner, try_home, test->tree.path) == (CAN_LIST | CAN_PASS),
		"the owner cannot list it and pass");
	cli_check(
		test, run_as(&member, try_home, test->tree.path) == 0, "a member of the group can");
	cli_check(test, run_as(&stranger, try_home, test->tree.path) == CAN_PASS,
		"a stranger can list it, or cannot pass");
	cli_check_tree(test, "home/ 701");
}

static const struct cli_row rows[] = {
	/* Conversions. */
	T("f 0", "a=rx,u+w f", AFTER("f 755")),
	T("f 0", "u=rwx,g=rx,o=r f", AFTER("f 754")),
	T("d/ 0", "u=rwX d", AFTER("d/ 700")),
	T("f 0", "u=rwX f", AFTER("f 600")),
	/* Some pages say 4754 for this, which takes the x as well. */
	T("f 0", "u=rws,g=rx,o=r f", AFTER("f 4654")),
	T("f 0", "u=rwxs,g=rx,o=r f", AFTER("f 4754")),
	T("f 4777", "=rw f", UMASK(027), AFTER("f 640")),

	/* Symbols and the numbers they stand for. */
	TAUGHT("u=rwx,g=rwx,o=rx", 775),
	TAUGHT("u=rwx,g=rx,o=", 750),
	TAUGHT("u=rw,g=r,o=r", 644),
	TAUGHT("u=rw,g=r,o=", 640),
	TAUGHT("u=rw,go=", 600),
	TAUGHT("u=rwx,go=", 700),
	TAUGHT("u=rw,go=r", 644),
	T("f 644", "g+w f", AFTER("f 664")),

	/* What -v shows. */
	SHOWN(0777, "rwxrwxrwx"),
	SHOWN(0755, "rwxr-xr-x"),
	SHOWN(0700, "rwx------"),
	SHOWN(4755, "rwsr-xr-x"),
	SHOWN(2755, "rwxr-sr-x"),
	SHOWN(1755, "rwxr-xr-t"),
	SHOWN(4655, "rwSr-xr-x"),
	SHOWN(2745, "rwxr-Sr-x"),
	SHOWN(1754, "rwxr-xr-T"),
	SHOWN(0604, "rw----r--"),
	SHOWN(0701, "rwx-----x"),

	/* A home directory that others may pass through. */
	T("home/ 0", "=rwx home", UMASK(072), AFTER("home/ 705")),
	T("home/ 705", "0701 home", UMASK(072), AFTER("home/ 701")),
	T("home/ 705", "o-r home", UMASK(072), AFTER("home/ 701")),
	F("0701 under umask 072", "home/ 705, home/public 644", home_0701, ROOT, UMASK(072)),
};

const struct cli_group cli_docs = CLI_GROUP(docs);
