/* SPDX-License-Identifier: MIT */
/* Large numbers of levels, entries and bytes of a name or mode; and entries that vanish. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* Strings of that many letters. */
#define A15  "aaaaaaaaaaaaaaa"
#define A60  A15 A15 A15 A15
#define A240 A60 A60 A60 A60
#define A255 A240 A15
#define A256 A255 "a"

#define VANISHED SINCE(9, 12, "entries that vanish are passed over")
#define DEEP     3000
#define WIDE     20000
#define TOO_LONG E("cannot access '" A256 "': File name too long")

/*
 * Makes DEPTH directories NAME in one another, all of them 0755 and the user's, and in the last, of
 * mode LAST, a file "f".
 */
static bool make_deep(struct cli_test *test, const char *name, int depth, mode_t last)
{
	int dir = openat(test->tree.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), below;
	bool ok = dir >= 0;

	for (int i = 0; ok && i < depth; i++) {
		ok = mkdirat(dir, name, 0755) == 0 &&
		     fchownat(dir, name, test->user.uid, test->user.gid, 0) == 0;
		below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(dir);
		dir = below;
	}
	ok = ok && mknodat(dir, "f", S_IFREG | 0644, 0) == 0 &&
	     fchownat(dir, "f", test->user.uid, test->user.gid, 0) == 0 && fchmod(dir, last) == 0;
	close(dir);
	return cli_fixture(test, ok, "a deep tree");
}

/* How many of the nested directories NAME have MODE. All before the first that has not get 0700. */
static int count_deep(struct cli_test *test, const char *name, mode_t mode)
{
	int dir = openat(test->tree.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), below, n = 0;
	struct stat st;

	while (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_mode & 07777) == mode) {
		n++;
		fchmodat(dir, name, 0700, 0);
		below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(dir);
		dir = below;
	}
	close(dir);
	return n;
}

/* The path of DEPTH directories NAME in one another, and of what is in the last; to be freed. */
static char *deep_path(const char *name, int depth, const char *last)
{
	char *path;
	size_t len;
	FILE *out = open_memstream(&path, &len);

	for (int i = 0; i < depth; i++)
		fprintf(out, "%s%s", i ? "/" : "", name);
	fputs(last, out);
	fclose(out);
	return path;
}

static void few_descriptors(void *test)
{
	(void)test;
	run_limit_files(16);
}

/* The row's args change thousands of levels to 0710. */
static void deep(struct cli_test *test)
{
	int n;

	if (!make_deep(test, "d", DEEP, 0755))
		return;
	cli_chmod(test, test->row->args, "", "", 0);
	n = count_deep(test, "d", 0710);
	cli_check(test, n == DEEP, "%d levels are changed instead of %d", n, DEEP);
}

/*
 * At the bottom of thousands of levels is one that cannot be read, since u=g takes all from it: its
 * whole name is shown.
 */
static void deep_and_unreadable(struct cli_test *test)
{
	char *path = deep_path("d", DEEP, ""), *err;

	if (make_deep(test, "d", DEEP, 0700) &&
		asprintf(&err, "chmod: cannot read directory '%s': Permission denied\n", path) >
			0) {
		cli_chmod(test, "-R u=g d", "", err, 1);
		cli_check(test, count_deep(test, "d", 0555) == DEEP - 1, "levels are missing");
		free(err);
	}
	free(path);
}

/* Paths beyond PATH_MAX are shown whole. */
static void long_paths(struct cli_test *test)
{
	enum { LEVELS = 30 };
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (int i = 1; i <= LEVELS; i++) {
		char *path = deep_path(A240, i, "");

		fprintf(out, CHANGED("%s", 0755, 0700), path);
		if (i == LEVELS)
			fprintf(out, CHANGED("%s/f", 0644, 0700), path);
		free(path);
	}
	fclose(out);
	if (make_deep(test, A240, LEVELS, 0755)) {
		cli_chmod(test, test->row->args, text, "", 0);
		cli_check(test, count_deep(test, A240, 0700) == LEVELS, "modes");
	}
	free(text);
}

/* An operand that is longer than PATH_MAX. */
static void long_operand(struct cli_test *test)
{
	char *path = deep_path("d", PATH_MAX, ""), *err;
	char *argv[] = {"chmod", "755", path, "f", NULL};
	struct run_how how = cli_how(test, "");

	how.argv = argv;
	if (asprintf(&err, "chmod: cannot access '%s': File name too long\n", path) > 0) {
		cli_expect(test, &how, "", err, 1);
		free(err);
	}
	cli_check_tree(test, "f 755");
	free(path);
}

/* A mode of TIMES times PART. */
static void long_mode(struct cli_test *test, const char *part, int times, const char *last)
{
	char *mode;
	size_t len;
	FILE *out = open_memstream(&mode, &len);
	char *argv[] = {"chmod", NULL, "f", NULL};
	struct run_how how = cli_how(test, "");

	while (times-- > 0)
		fputs(part, out);
	fputs(last, out);
	fclose(out);
	argv[1] = mode;
	how.argv = argv;
	cli_expect(test, &how, "", "", 0);
	cli_check_tree(test, test->row->after);
	free(mode);
}

static void many_clauses(struct cli_test *test)
{
	long_mode(test, "u+x-x,go=u-w+X,", 5000, "a-r");
}

static void many_zeros(struct cli_test *test)
{
	long_mode(test, "0", 100000, "711");
}

/* How often WORDS are in TEXT. */
static int count_words(const char *text, const char *words)
{
	int n = 0;

	for (; (text = strstr(text, words)); text++)
		n++;
	return n;
}

/*
 * Names "0" to "N-1" in the directory "d", for files of the user. A hundred names are one file:
 * ext4 takes its time to make thousands where as many were removed a moment ago.
 */
static bool make_wide(struct cli_test *test, int n)
{
	char name[32], first[32];
	bool ok = true;

	for (int i = 0; ok && i < n; i++) {
		snprintf(name, sizeof(name), "d/%d", i);
		snprintf(first, sizeof(first), "d/%d", i - i % 100);
		if (i % 100)
			ok = linkat(test->tree.fd, first, test->tree.fd, name, 0) == 0;
		else
			ok = mknodat(test->tree.fd, name, S_IFREG | 0644, 0) == 0 &&
			     fchownat(test->tree.fd, name, test->user.uid, test->user.gid, 0) == 0;
	}
	return cli_fixture(test, ok, "a wide directory");
}

/* How many different names there are in TEXT, the output of -v. */
static int count_names(const char *text, char *told, int n)
{
	int count = 0, i;

	for (; (text = strstr(text, "mode of 'd/")); text++) {
		if (sscanf(text, "mode of 'd/%d'", &i) == 1 && i >= 0 && i < n && !told[i])
			count += ++told[i];
	}
	return count;
}

/* Directories of those names. */
static bool make_wide_of_directories(struct cli_test *test, int n)
{
	char name[32];
	bool ok = true;

	for (int i = 0; ok && i < n; i++) {
		snprintf(name, sizeof(name), "d/%d", i);
		ok = mkdirat(test->tree.fd, name, 0755) == 0 &&
		     fchownat(test->tree.fd, name, test->user.uid, test->user.gid, 0) == 0;
	}
	return cli_fixture(test, ok, "a wide directory");
}

/* Each name is reported once, in any order, and every file is changed. */
static void wide(struct cli_test *test)
{
	struct run_how how = cli_how(test, NULL);
	struct run_result result;
	static char told[WIDE];
	int count;

	memset(told, 0, sizeof(told));
	if (!make_wide(test, WIDE))
		return;
	cli_run(test, &how, &result);
	cli_check(test, result.status == 0, "exit status %d", result.status);
	cli_check_text(test, "stderr", "", result.err);
	count = count_words(result.out, "mode of '");
	cli_check(test, count == WIDE + 1, "%d lines instead of %d", count, WIDE + 1);
	count = count_names(result.out, told, WIDE);
	cli_check(test, count == WIDE, "%d names instead of %d", count, WIDE);
	count = count_words(result.out, "to 0700 (rwx------)\n");
	cli_check(test, count == WIDE / 100, "%d files instead of %d", count, WIDE / 100);
	for (int i = 0; i < WIDE; i += 100) {
		char name[32];
		struct stat st;

		snprintf(name, sizeof(name), "d/%d", i);
		cli_check(test,
			fstatat(test->tree.fd, name, &st, 0) == 0 && (st.st_mode & 07777) == 0700,
			"%s is not changed", name);
	}
	run_result_free(&result);
}

/*
 * Starts the row's args, which print more than a pipe holds, removes all N entries of "d" as soon
 * as the pipe is full, which stops the program half-way, and reads on.
 */
static void run_and_remove(struct cli_test *test, int n, int flags)
{
	struct run_how how = cli_how(test, NULL);
	struct run run;
	struct run_result result;
	char name[32];
	int pending = 0;

	if (!cli_fixture(test, run_start(&how, &run) == 0, "the program could not be started"))
		return;
	fcntl(run.out, F_SETPIPE_SZ, 4096);
	for (int i = 0; i < 2000 && pending < 4096 - 128; i++) {
		usleep(1000);
		ioctl(run.out, FIONREAD, &pending);
	}
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "d/%d", i);
		unlinkat(test->tree.fd, name, flags);
	}
	if (!cli_fixture(test, run_finish(&run, &result) == 0, "the output"))
		return;
	cli_check_text(test, "stderr", "", result.err);
	cli_check(test, result.status == 0, "exit status %d", result.status);
	cli_check(test, !strstr(result.out, "could not be accessed"), "it tells of what vanished");
	errno = ETIME;
	cli_fixture(test, count_words(result.out, "mode of 'd/") < n, "nothing vanished");
	run_result_free(&result);
}

static void files_vanish(struct cli_test *test)
{
	if (make_wide(test, 5000))
		run_and_remove(test, 5000, 0);
}

static void directories_vanish(struct cli_test *test)
{
	if (make_wide_of_directories(test, 3000))
		run_and_remove(test, 3000, AT_REMOVEDIR);
}

/* The same operand thousands of times. */
static void many_operands(struct cli_test *test)
{
	enum { TIMES = 20000 };
	static char *argv[TIMES + 4] = {"chmod", "-v", "600"};
	struct run_how how = cli_how(test, "");
	struct run_result result;

	for (int i = 0; i < TIMES; i++)
		argv[3 + i] = "f";
	how.argv = argv;
	cli_run(test, &how, &result);
	cli_check(test, result.status == 0, "exit status %d", result.status);
	cli_check(test, count_words(result.out, "mode of 'f' changed from 0644") == 1, "first");
	cli_check(test, count_words(result.out, "mode of 'f' retained as 0600") == TIMES - 1,
		"the others");
	cli_check_tree(test, "f 600");
	run_result_free(&result);
}

static const struct cli_row rows[] = {
	F("thousands of levels", NULL, deep, .args = "-R 710 d"),
	F("thousands of levels, 16 descriptors", NULL, deep, .args = "-R 710 d",
		.prepare = few_descriptors),
	F("thousands of levels, -L", NULL, deep, .args = "-RL 710 d",
		DEPARTS("no-path-names", "-L ends at PATH_MAX")),
	F("unreadable at the bottom", NULL, deep_and_unreadable, USER),
	F("paths beyond PATH_MAX", NULL, long_paths, .args = "-Rv 700 " A240),
	F("paths beyond PATH_MAX, -L", NULL, long_paths, .args = "-RLv 700 " A240,
		DEPARTS("no-path-names", "-L ends at PATH_MAX")),
	F("an operand beyond PATH_MAX", "f 644", long_operand),
	T(A255 " 644", "-v 755 " A255, OUT(CHANGED(A255, 0644, 0755)), AFTER(A255 " 755")),
	T("f 644", "755 " A256 " f", ERR(TOO_LONG), FAILS, AFTER("f 755")),
	T("f 644", "--reference=" A256 " f",
		ERR(E("failed to get attributes of '" A256 "': File name too long")), FAILS),
	T(NULL, A256, USAGE("missing operand after '" A256 "'")),
	F("20,000 entries", "d/ 700", wide, .args = "-Rv 700 d"),
	F("20,000 entries, -L", "d/ 700", wide, .args = "-RLv 700 d", SINCE(9, 5, "-L")),
	F("10,000 clauses", "f 644", many_clauses, AFTER("f 200")),
	F("100,000 zeros", "f 644", many_zeros, AFTER("f 711")),
	F("20,000 operands", "f 644", many_operands),
	F("files that vanish", "d/ 700", files_vanish, .args = "-Rv 700 d", VANISHED),
	F("directories that vanish", "d/ 700", directories_vanish, .args = "-Rv 700 d", VANISHED),
};

const struct cli_group cli_scale = CLI_GROUP(scale);
