/* SPDX-License-Identifier: MIT */
/*
 * Names in locales of other charsets than the one that the test of quoting has: how they are shown,
 * and what is one character of a pattern.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "locales.h"

#define OURS DEPARTS("own-options", "an option or a clause of our own")

/* Makes locale NAME one that the program finds. */
static void take_locale(struct cli_test *test, const char *name)
{
	int rc;

	if (cli_program.is_static)
		cli_skip(test, "the program is static and knows locales by their names alone");
	rc = locale_copy(name, test->tree.path);
	if (rc == -ENOENT)
		cli_skip(test, "localedef has made no locales: make deps");
	errno = -rc;
	cli_fixture(test, rc == 0, name);
}

/* HOW for ARGS (one word each) in locale NAME, whose messages are English nonetheless. */
static struct run_how how_in(
	struct cli_test *test, const char *name, char *const argv[], char env[2][4096])
{
	static char *environment[3];
	struct run_how how = cli_how(test, "");

	snprintf(env[0], 4096, "LOCPATH=%s", test->tree.path);
	snprintf(env[1], 4096, "LC_CTYPE=%s", name);
	environment[0] = env[0];
	environment[1] = env[1];
	how.argv = argv;
	how.env = environment;
	return how;
}

static void expect_in(struct cli_test *test, const char *locale, char *const argv[],
	const char *format, const char *shown)
{
	char env[2][4096], err[256];
	struct run_how how = how_in(test, locale, argv, env);

	snprintf(err, sizeof(err), format, shown);
	cli_expect(test, &how, "", err, 1);
}

/* How a name is shown inside sentences (always quoted), alone, and as a word that is no file. */
struct shown {
	const char *name, *always, *if_needed, *word; /* NULL: the program may differ from GNU's */
};

static void check_shown(struct cli_test *test, const char *locale, const struct shown *row)
{
	char *name = (char *)row->name;
	int fd;

	expect_in(test, locale, (char *[]){"chmod", "--", "755", name, NULL},
		"chmod: cannot access %s: No such file or directory\n", row->always);
	if (row->word != NULL)
		expect_in(test, locale, (char *[]){"chmod", "--", name, "f", NULL},
			"chmod: invalid mode: %s\n"
			"Try 'chmod --help' for more information.\n",
			row->word);
	fd = openat(test->tree.fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (!cli_fixture(test,
		    fd >= 0 && fchown(fd, test->user.uid, test->user.gid) == 0 &&
			    fchmod(fd, 0777) == 0,
		    "the file"))
		return;
	close(fd);
	expect_in(test, locale, (char *[]){"chmod", "-w", "--", name, NULL},
		"chmod: %s: new permissions are r-xrwxrwx, not r-xr-xr-x\n", row->if_needed);
	unlinkat(test->tree.fd, name, 0);
}

#define CHECK_SHOWN(test, locale, rows)                                                            \
	for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++)                              \
	check_shown(test, locale, &(rows)[i])

#define LQ "\342\200\230"
#define RQ "\342\200\231"

/* India's English has UTF-8 without saying so. */
static void unnamed_utf8(struct cli_test *test)
{
	static const struct shown rows[] = {
		{"t\303\251p", "'t\303\251p'", "t\303\251p", LQ "t\303\251p" RQ},
		{"\340\244\205", "'\340\244\205'", "\340\244\205", LQ "\340\244\205" RQ},
		{"a\351b", "'a'$'\\351''b'", "'a'$'\\351''b'", LQ "a\\351b" RQ},
	};

	take_locale(test, "en_IN");
	CHECK_SHOWN(test, "en_IN", rows);
}

/* One byte is one character, and straight quotes are all there is. */
static void latin1(struct cli_test *test)
{
	static const struct shown rows[] = {
		{"t\351p", "'t\351p'", "t\351p", "'t\351p'"},
		{"\240\377", "'\240\377'", "\240\377", "'\240\377'"},
		{"a\205", "'a'$'\\205'", "'a'$'\\205'", "'a\\205'"},
		{"\303\251's", "\"\303\251's\"", "\"\303\251's\"", "'\303\251\\'s'"},
	};

	take_locale(test, "de_DE");
	CHECK_SHOWN(test, "de_DE", rows);
}

/* Two or three bytes; half of one, at the end or not, is none. */
static void euc_jp(struct cli_test *test)
{
	static const struct shown rows[] = {
		{"\244\242", "'\244\242'", "\244\242", "'\244\242'"},
		{"\217\242\257", "'\217\242\257'", "\217\242\257", "'\217\242\257'"},
		{"\244\242 \216\261's", "\"\244\242 \216\261's\"", "\"\244\242 \216\261's\"",
			"'\244\242 \216\261\\'s'"},
		{"a\244", "'a'$'\\244'", "'a'$'\\244'", "'a\\244'"},
		{"\244a", "''$'\\244''a'", "''$'\\244''a'", "'\\244a'"},
	};

	take_locale(test, "ja_JP");
	CHECK_SHOWN(test, "ja_JP", rows);
}

/*
 * Two or four bytes, of which the later ones may be ASCII. What cannot be printed is escaped with
 * all its bytes, and so is the beginning of a character at the end.
 */
static void gb18030(struct cli_test *test)
{
	static const struct shown rows[] = {
		{"\304\343", "'\304\343'", "\304\343"},
		{"\201\060\201\060", "''$'\\201\\060\\201\\060'", "''$'\\201\\060\\201\\060'"},
		{"a\201\174", "'a\201\174'", "'a\201\174'"},
		{"\201\174 it's", "\"\201\174 it's\"", "\"\201\174 it's\""},
		{"\201\060\t", "''$'\\201\\060\\011'", "''$'\\201\\060\\011'"},
		{"\377\t", "''$'\\377\\t'", "''$'\\377\\t'"},
	};

	take_locale(test, "zh_CN");
	CHECK_SHOWN(test, "zh_CN", rows);
}

/* GNU's left quote has a bell in it. */
static void gb18030_words(struct cli_test *test)
{
	static const struct shown rows[] = {
		{"\304\343", "'\304\343'", "\304\343", "\241\256\304\343\241\257"},
		{"a\241\257'", "\"a\241\257'\"", "\"a\241\257'\"", "\241\256a\\\241\257'\241\257"},
	};

	take_locale(test, "zh_CN");
	CHECK_SHOWN(test, "zh_CN", rows);
}

/* Runs chmod -R --exclude=GLOB F600 d in LOCALE. */
static void exclude_in(struct cli_test *test, const char *locale, const char *glob)
{
	char exclude[64], env[2][4096];
	char *argv[] = {"chmod", "-R", exclude, "F600", "d", NULL};
	struct run_how how = how_in(test, locale, argv, env);

	snprintf(exclude, sizeof(exclude), "--exclude=%s", glob);
	cli_expect(test, &how, "", "", 0);
}

static void excluded_in_utf8(struct cli_test *test)
{
	take_locale(test, "en_IN");
	exclude_in(test, "en_IN", "t?p");
	cli_check(test, faccessat(test->tree.fd, "d/t\303\251p", X_OK, 0) == 0, "t\303\251p");
	exclude_in(test, "en_IN", "*\251p");
	cli_check(test, faccessat(test->tree.fd, "d/t\303\251p", X_OK, 0) != 0, "half of it");
}

static void excluded_in_gb18030(struct cli_test *test)
{
	take_locale(test, "zh_CN");
	exclude_in(test, "zh_CN", "t?p");
	cli_check(test, faccessat(test->tree.fd, "d/t\304\343p", X_OK, 0) == 0, "t\304\343p");
	cli_check(test, faccessat(test->tree.fd, "d/a\201|", X_OK, 0) != 0, "another");
	exclude_in(test, "zh_CN", "?\201|");
	cli_check(test, faccessat(test->tree.fd, "d/t\304\343p", X_OK, 0) != 0, "the first again");
}

static const struct cli_row rows[] = {
	F("UTF-8 that is not in its name", "f 644", unnamed_utf8, USER),
	F("ISO-8859-1", "f 644", latin1, USER),
	F("EUC-JP", "f 644", euc_jp, USER),
	F("GB18030", "f 644", gb18030, USER),
	F("GB18030, words", "f 644", gb18030_words, USER,
		DEPARTS("no-control-characters", "no control character in the left quote")),
	F("a pattern in UTF-8", "d/ 755, d/t\303\251p 755", excluded_in_utf8, ROOT, OURS),
	F("a pattern in GB18030", "d/ 755, d/t\304\343p 755, d/a\201| 755", excluded_in_gb18030,
		ROOT, OURS),
};

const struct cli_group cli_locales = CLI_GROUP(locales);
