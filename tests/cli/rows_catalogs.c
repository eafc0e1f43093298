/* SPDX-License-Identifier: MIT */
/*
 * Catalogs of messages that are made up here, good ones and hostile ones. What the real ones have
 * is tried with --beside (see beside.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "locales.h"

/* In the order of strcmp(3), as catalogs want them. */
static const char header[] = "Content-Type: text/plain; charset=UTF-8\n";
static const char *const gnu_ids[] = {"", "'", "Try '%s --help' for more information.\n", "`",
	"cannot access %s", "invalid mode: %s", "mode of %s retained as %04lo (%s)\n"};
static const char *const libc_ids[] = {"", "%s: invalid option -- '%c'\n",
	"%s: option '%s%s' is ambiguous; possibilities:", "No such file or directory"};

enum { GNU_IDS = sizeof(gnu_ids) / sizeof(gnu_ids[0]) };
enum { LIBC_IDS = sizeof(libc_ids) / sizeof(libc_ids[0]) };

/* Writes a catalog (see "The Format of GNU MO Files" in gettext's manual). */
static void write_catalog(struct cli_test *test, const char *path, const char *const *ids,
	const char *const *texts, size_t n)
{
	unsigned head[7] = {0x950412de, 0, (unsigned)n, sizeof(head),
		(unsigned)(sizeof(head) + 8 * n), 0, (unsigned)(sizeof(head) + 16 * n)};
	unsigned at = head[6];
	int fd = openat(test->tree.fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!cli_fixture(test, out != NULL && fchmod(fd, 0644) == 0, path))
		return;
	fwrite(head, sizeof(head), 1, out);
	for (size_t i = 0; i < 2 * n; i++) {
		const char *string = i < n ? ids[i] : texts[i - n];
		unsigned entry[2] = {(unsigned)strlen(string), at};

		fwrite(entry, sizeof(entry), 1, out);
		at += entry[0] + 1;
	}
	for (size_t i = 0; i < 2 * n; i++) {
		const char *string = i < n ? ids[i] : texts[i - n];

		fwrite(string, strlen(string) + 1, 1, out);
	}
	fclose(out);
}

static void write_catalogs(
	struct cli_test *test, const char *const *gnu_texts, const char *const *libc_texts)
{
	write_catalog(test, "x/LC_MESSAGES/coreutils.mo", gnu_ids, gnu_texts, GNU_IDS);
	write_catalog(test, "x/LC_MESSAGES/libc.mo", libc_ids, libc_texts, LIBC_IDS);
}

static void take_locale(struct cli_test *test, const char *name)
{
	int rc = locale_copy(name, test->tree.path);

	if (rc == -ENOENT)
		cli_skip(test, "localedef has made no locales: make deps");
	errno = -rc;
	cli_fixture(test, rc == 0, name);
}

/*
 * HOW for ARGS in LOCALE, with the catalogs of the tree: wherever a program looks for them, from
 * there LANGUAGE leads to the tree.
 */
static struct run_how how_in(struct cli_test *test, const char *locale, const char *args)
{
	static char text[4][4096];
	static char *env[] = {text[0], text[1], text[2], text[3], NULL};
	struct run_how how = cli_how(test, args);

	snprintf(text[0], sizeof(text[0]), "LOCPATH=%s", test->tree.path);
	snprintf(text[1], sizeof(text[1]), "LC_CTYPE=%s", locale);
	snprintf(text[2], sizeof(text[2]), "LC_MESSAGES=%s", locale);
	snprintf(text[3], sizeof(text[3]), "LANGUAGE=../../../../../../../../../../../..%s/x",
		test->tree.path);
	how.env = env;
	return how;
}

static void expect_in(struct cli_test *test, const char *locale, const char *args, const char *out,
	const char *err, int status)
{
	struct run_how how = how_in(test, locale, args);

	cli_expect(test, &how, out, err, status);
}

#define LQ "\342\200\230"
#define RQ "\342\200\231"

static void expect_english(struct cli_test *test)
{
	static const char locale[] = "de_DE.UTF-8";

	expect_in(test, locale, "644 nope", "", ABSENT("nope"), 1);
	expect_in(test, locale, "bogus f", "", E("invalid mode: " LQ "bogus" RQ) TRY, 1);
	expect_in(test, locale, "-v 644 f", RETAINED("f", 0644), "", 0);
	expect_in(test, locale, "-z", "", E("invalid option -- 'z'") TRY, 1);
	expect_in(test, locale, "--re", "",
		E("option '--re' is ambiguous; possibilities: '--recursive' '--reference'") TRY, 1);
}

static const char *const good_gnu[GNU_IDS] = {header, "\302\253", "%s --help hilft.\n", "\302\273",
	"Zugriff auf %s?", "100%% falsch: %1$s", "%2$04lo (%3$s) h\303\244lt %1$s\n"};
static const char *const good_libc[LIBC_IDS] = {
	header, "%s, %c gibt es nicht\n", "%s: %s%s ist mehreres:", "Ist weg"};

/* What a catalog has is said, and what it has not is said in English. The static one ignores it. */
static void good(struct cli_test *test)
{
	static const char locale[] = "de_DE.UTF-8";

	take_locale(test, locale);
	write_catalogs(test, good_gnu, good_libc);
	if (cli_program.is_static) {
		expect_english(test);
		return;
	}
	expect_in(test, locale, "644 nope", "", E("Zugriff auf 'nope'?: Ist weg"), 1);
	expect_in(test, locale, "bogus f", "",
		E("100% falsch: \302\273bogus\302\253") "chmod --help hilft.\n", 1);
	expect_in(test, locale, "-v 644 f", "0644 (rw-r--r--) h\303\244lt 'f'\n", "", 0);
	expect_in(test, locale, "-v 600 f",
		"mode of 'f' changed from 0644 (rw-r--r--) to 0600 (rw-------)\n", "", 0);
	expect_in(test, locale, "-z", "",
		"chmod, z gibt es nicht\n"
		"chmod --help hilft.\n",
		1);
	expect_in(test, locale, "--re", "",
		E("--re ist mehreres: '--recursive' '--reference'") "chmod --help hilft.\n", 1);
	/* In the charset of the locale. */
	take_locale(test, "de_DE");
	expect_in(test, "de_DE", "-v 600 f", "0600 (rw-------) h\344lt 'f'\n", "", 0);
}

/* In C and English no catalog is looked for. */
static void not_in_c(struct cli_test *test)
{
	write_catalogs(test, good_gnu, good_libc);
	expect_in(test, "C", "644 nope", "", ABSENT("nope"), 1);
	expect_in(test, "POSIX", "-v 644 f", RETAINED("f", 0644), "", 0);
}

/* Texts that would make printf(3) write to memory, or read arguments that there are not. */
static const char *const hostile[] = {
	"%n",
	"%s%n",
	"%999999s",
	"%1$999999s",
	"%*s",
	"%.999999s",
	"%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s%s",
	"%1$s%2$s%3$s%4$s%5$s%6$s%7$s%8$s%9$s",
	"%99$s",
	"%1$s%1$s",
	"%4294967297$s",
	"no arguments",
	"%d %x %p",
	"%",
	"%s\033[2J",
	"%s\302\233",
};

static void hostile_texts(struct cli_test *test)
{
	const char *gnu[GNU_IDS] = {header}, *libc[LIBC_IDS] = {header};
	char line[128];

	take_locale(test, "de_DE.UTF-8");
	libc[3] = "No such file or directory";
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		snprintf(line, sizeof(line), "%s\n", hostile[i]);
		gnu[1] = i % 2 ? "" : "\033";
		gnu[3] = i % 2 ? "" : "\a";
		gnu[2] = gnu[6] = libc[1] = line;
		gnu[4] = gnu[5] = libc[2] = hostile[i];
		write_catalogs(test, gnu, libc);
		expect_english(test);
	}
}

/* The lines of several workers are those of one, and the catalog's. */
static void workers(struct cli_test *test)
{
	struct run_how one, four;
	struct run_result by_one, by_four;
	char name[32];
	size_t lines = 0;

	take_locale(test, "de_DE");
	write_catalogs(test, good_gnu, good_libc);
	for (int i = 0; i < 1500; i++) {
		int fd;

		snprintf(name, sizeof(name), "d/%d", i % 15);
		mkdirat(test->tree.fd, name, 0700);
		snprintf(name, sizeof(name), "d/%d/%d", i % 15, i);
		fd = openat(test->tree.fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (!cli_fixture(test, fd >= 0 && close(fd) == 0, name))
			return;
	}
	one = how_in(test, "de_DE", "-Rv -j1 u=rwX d");
	cli_run(test, &one, &by_one);
	four = how_in(test, "de_DE", "-Rv -j4 u=rwX d");
	cli_run(test, &four, &by_four);
	cli_check_text(test, "stdout of four workers", by_one.out, by_four.out);
	for (const char *s = by_four.out; (s = strstr(s, ") h\344lt '")) != NULL; s++)
		lines++;
	cli_check(test, cli_program.is_static || lines == 1516, "%zu lines", lines);
	run_result_free(&by_one);
	run_result_free(&by_four);
}

#define TREE "f 644, x/ 755, x/LC_MESSAGES/ 755"

static const struct cli_row rows[] = {
	F("good", TREE, good, ROOT),
	F("not in C", TREE, not_in_c, ROOT),
	F("hostile", TREE, hostile_texts, ROOT,
		DEPARTS("catalogs-are-data", "they are formats for printf(3)")),
	F("workers", TREE ", d/ 755", workers, ROOT,
		DEPARTS("own-options", "an option or a clause of our own")),
};

const struct cli_group cli_catalogs = CLI_GROUP(catalogs);
