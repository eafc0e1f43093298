/* SPDX-License-Identifier: MIT */
/* Names can hold any bytes. Only printable ones reach a terminal. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "../support/pty.h"
#include "rows.h"

/* Sequences that terminals obey, in the forms that there are; and some that only look odd. */
static const char *const sequences[] = {
	"\033[2J",
	"\033]0;title\007",
	"\033[31mred",
	"\2332J",
	"\302\2332J", /* CSI as one character of UTF-8 */
	"\302\205",   /* next line */
	"a\nchmod: b",
	"a\r\b\bb",
	"\033P1;2q\033\\",
	"it's\033[2J",
	"\033's",
	/* No UTF-8, or not yet. */
	"\377\376",
	"\300\233",
	"\340\202\233",
	"\355\240\200",
	"\364\220\200\200",
	"\342\200",
};

enum { SEQUENCES = sizeof(sequences) / sizeof(sequences[0]), BYTES = 255 };

/* Name number I: each byte between two letters, then the sequences. False behind the last. */
static bool name_at(int i, char ret[static 64])
{
	if (i < BYTES)
		snprintf(ret, 64, "a%cz", i + 1 == '/' ? '|' : i + 1);
	else if (i < BYTES + SEQUENCES)
		snprintf(ret, 64, "%s", sequences[i - BYTES]);
	else
		return false;
	return true;
}

enum { NAMES = BYTES + SEQUENCES };

/* What a test makes of each name. */
enum kind { FILES, DIRECTORIES, PIPES, LOST_LINKS, NOTHING };

static void make_one(struct fault_test *t, enum kind kind, const char *name)
{
	const char *path = fault_text(t, "d/%s", name);
	int rc = 0;

	switch (kind) {
	case FILES: rc = mknodat(t->tree.fd, path, S_IFREG | 0666, 0); break;
	case DIRECTORIES: rc = mkdirat(t->tree.fd, path, 0777); break;
	case PIPES: rc = mknodat(t->tree.fd, path, S_IFIFO | 0666, 0); break;
	case LOST_LINKS: rc = symlinkat("nope", t->tree.fd, path); break;
	case NOTHING: return;
	}
	if (rc < 0 && errno == EEXIST)
		return;
	if (rc < 0 || fchownat(t->tree.fd, path, t->user.uid, t->user.gid, AT_SYMLINK_NOFOLLOW) < 0)
		fault_broken("a name", errno);
}

/* A command line that shows each name once; the words after it, if they are operands. */
struct names_row {
	const char *args;
	bool operands;
	enum kind kind;
	struct fault fault;
	enum fault_method method;
	const char *says; /* a part of each line in question */
};

static const struct names_row rows[] = {
	{"-Rv u+x d", false, FILES, {.call = 0}, METHOD_ANY, "mode of "},
	{"-Rc u+x d", false, FILES, {.call = 0}, METHOD_ANY, " changed from "},
	{"-Rv u+w d", false, FILES, {.call = 0}, METHOD_ANY, " retained as "},
	{"-Rv u+x d", false, LOST_LINKS, {.call = 0}, METHOD_ANY, "neither symbolic link "},
	{"-R u+x d", false, FILES, {.call = CHANGE, .err = EPERM}, METHOD_ANY,
		"changing permissions of "},
	{"-Rvf u+x d", false, FILES, {.call = CHANGE, .err = EPERM}, METHOD_ANY,
		"failed to change mode of "},
	{"-R u+x d", false, PIPES, {.call = 0}, METHOD_NAME, "cannot change "},
	{"-R -w d", false, FILES, {.call = 0}, METHOD_ANY, ": new permissions are "},
	{"-RL u+x d", false, LOST_LINKS, {.call = 0}, METHOD_ANY,
		"cannot operate on dangling symlink "},
	{"-R --dereference u+x d", false, LOST_LINKS, {.call = 0}, METHOD_ANY,
		"cannot dereference "},
	{"-R u+x d", false, DIRECTORIES, {.call = GETDENTS, .file = "*", .err = EIO}, METHOD_ANY,
		"cannot read directory "},
	{"-Rvf u+x d", false, DIRECTORIES, {.call = GETDENTS, .file = "*", .err = EIO}, METHOD_ANY,
		" could not be accessed"},
	{"u+x", true, NOTHING, {.call = 0}, METHOD_ANY, "cannot access "},
	{"u+x", true, LOST_LINKS, {.call = 0}, METHOD_ANY, "cannot operate on dangling symlink "},
	{"-w", true, FILES, {.call = 0}, METHOD_ANY, ": new permissions are "},
	{"-v 7777", true, FILES, {.call = 0}, METHOD_ANY, " changed from "},
};

/* Refuses to read the directories in d, not d. */
static long refuse_inner(struct fault_test *t, const struct filter_call *call)
{
	char path[PATH_MAX];

	if (filter_path(call, path) && strlen(path) > strlen(t->tree.path) + 2)
		return -EIO;
	return FILTER_GO_ON;
}

static bool is_utf8(const struct fault_test *t)
{
	return t->number;
}

/* The first byte of TEXT that must not reach a terminal, or NULL. */
static const char *find_dirty(const char *text, bool utf8)
{
	mbstate_t state = {0};

	while (*text) {
		unsigned char byte = (unsigned char)*text;
		wchar_t c;
		size_t len;

		if (byte != '\n' && (byte < 0x20 || byte == 0x7f))
			return text;
		if (byte >= 0x80 && !utf8)
			return text;
		len = byte < 0x80 ? 1 : mbrtowc(&c, text, strlen(text), &state);
		if (len > 6 || (byte >= 0x80 && c < 0xa0))
			return text;
		text += len;
	}
	return NULL;
}

/* Checks both streams; how many lines have SAYS. Each line begins as the program's lines do. */
static int check_lines(struct fault_test *t, char *text, const char *says)
{
	static const char *const begins[] = {"chmod: ", "mode of ", "failed to change mode of ",
		"neither symbolic link ", "'", "\"", "Try 'chmod --help' for more information."};
	const char *dirty = find_dirty(text, is_utf8(t));
	char *save = NULL;
	int n = 0;

	fault_check(t, !dirty, "byte %03o is shown", dirty ? (unsigned char)*dirty : 0);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		bool known = false;

		for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
			known |= strncmp(line, begins[i], strlen(begins[i])) == 0;
		if (!known)
			fault_check_text(t, "a line", "(one of the program's)", line);
		n += strstr(line, says) != NULL;
	}
	return n;
}

static void set_locale(struct fault_test *t, struct run_how *how)
{
	if (is_utf8(t) && !setlocale(LC_CTYPE, "C.UTF-8"))
		fault_skip("there is no locale C.UTF-8");
	setlocale(LC_CTYPE, is_utf8(t) ? "C.UTF-8" : "C");
	fault_setenv(t, how, is_utf8(t) ? "LC_ALL=C.UTF-8" : "LC_ALL=C");
}

/* The words of ARGS, and all names in d behind them. */
static struct run_how how_with_operands(struct fault_test *t, const char *args)
{
	char **words = fault_keep(t, calloc(NAMES + 8, sizeof(*words)));
	char *copy = fault_keep(t, strdup(args)), *save = NULL, name[64];
	size_t n = 0;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	for (int i = 0; name_at(i, name); i++)
		words[n++] = fault_text(t, "d/%s", name);
	return fault_how_words(t, words);
}

static void test_names(struct fault_test *t)
{
	const struct names_row *row = t->row;
	struct fault faults[] = {row->fault, {.call = 0}};
	struct run_result result;
	struct run_how how;
	char name[64];
	int n;

	for (int i = 0; name_at(i, name); i++)
		make_one(t, row->kind, name);
	if (row->fault.file) {
		faults[0].file = NULL;
		faults[0].err = 0;
		faults[0].act = refuse_inner;
	}
	how = row->operands ? how_with_operands(t, row->args) : fault_how(t, row->args);
	set_locale(t, &how);
	fault_run(t, &how, faults, &result);
	n = check_lines(t, result.out, row->says) + check_lines(t, result.err, row->says);
	/* '|' is there twice: for itself and for the slash. */
	fault_check(t, n >= NAMES - 1, "%d lines with \"%s\" for %d names", n, row->says, NAMES);
	run_result_free(&result);
	setlocale(LC_CTYPE, "C");
}

/* ------------------------------------------------------------- words that are no names of files */

struct word_row {
	const char *format; /* of the words; %s is the name, at one place */
	const char *says;
};

static const struct word_row words[] = {
	{"%s\nd", "invalid mode: "},
	{"--\n%s\nd", "invalid mode: "},
	{"%s", "missing operand after "},
	{"--reference=%s\nd", "failed to get attributes of "},
};

/* Not all of them, for each takes a run: what a terminal could take for an order. */
static bool is_telling(int i)
{
	return i + 1 < ' ' || (0x7f <= i + 1 && i + 1 < 0xa0) || i + 1 == 0xff || i >= BYTES;
}

/* One run for each name. */
static void test_words(struct fault_test *t)
{
	const struct word_row *row = t->row;
	char name[64];

	for (int i = 0; name_at(i, name); i++) {
		char **argv = fault_keep(t, calloc(8, sizeof(*argv))), *save = NULL;
		char *copy = fault_keep(t, strdup(row->format));
		struct run_result result;
		struct run_how how;
		size_t n = 0;

		if (!is_telling(i))
			continue;
		for (char *word = strtok_r(copy, "\n", &save); word;
			word = strtok_r(NULL, "\n", &save)) {
			const char *at = strstr(word, "%s");

			argv[n++] =
				at ? fault_text(t, "%.*s%s%s", (int)(at - word), word, name, at + 2)
				   : word;
		}
		how = fault_how_words(t, argv);
		set_locale(t, &how);
		fault_run(t, &how, NULL, &result);
		fault_check(t, result.status == 1, "exit status %d", result.status);
		fault_check(t, check_lines(t, result.err, row->says) == 1, "no \"%s\"", row->says);
		run_result_free(&result);
	}
	setlocale(LC_CTYPE, "C");
}

/* Option letters that are wrong are shown as they are, one byte, into a pipe: as GNU does. */
static void test_letters(struct fault_test *t)
{
	for (int c = 1; c < 256; c++) {
		char letter[] = {'-', (char)c, '\0'};
		char *argv[] = {letter, (char *)"755", (char *)"d", NULL};
		struct run_how how;

		if (!is_telling(c - 1) && c != 'z' && c != '\'' && c != '8')
			continue;
		how = fault_how_words(t, argv);
		fault_expect(t, &how, NULL, "",
			fault_text(t,
				E("invalid option -- '%c'") "Try 'chmod --help' for more "
							    "information.\n",
				c),
			1);
	}
}

/* What is shown as it was typed; %s is the name. */
static const char *const typed[] = {"-%s", "--%s", "--re=%s", "--recursive=%s"};

static void put_on_stderr(void *ctx)
{
	const struct fault_test *t = ctx;

	if (dup2(t->kept_fd, STDERR_FILENO) < 0)
		_exit(RUN_NOT);
}

/* What the terminal gets, up to the last word; a terminal passes bytes on in its own time. */
static void read_terminal(int master, char *text, size_t size)
{
	struct pollfd ready = {master, POLLIN, 0};
	size_t len = 0;

	do {
		ssize_t n = read(master, text + len, size - len - 1);

		if (n > 0)
			len += (size_t)n;
		text[len] = '\0';
	} while (!strstr(text, "for more information.\n") && len < size - 1 &&
		 poll(&ready, 1, 10000) == 1);
}

/* Into a pipe GNU's bytes, but a terminal gets none that it would obey. */
static void test_terminal(struct fault_test *t)
{
	int master = pty_open(&t->kept_fd);
	char name[64], text[4096];

	if (master < 0 || fcntl(master, F_SETFL, O_NONBLOCK) < 0)
		fault_skip("there is no pseudo terminal");
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		fault_skip("there is no locale C.UTF-8");
	for (int i = 0; name_at(i, name); i++) {
		char *option = fault_text(t, t->row, name);
		char *argv[] = {option, (char *)"755", (char *)"d", NULL};
		struct run_how how = fault_how_words(t, argv);
		const char *dirty;

		if (!is_telling(i))
			continue;
		how.prepare = put_on_stderr;
		how.ctx = t;
		fault_expect(t, &how, NULL, "", "", 1);
		read_terminal(master, text, sizeof(text));
		dirty = find_dirty(text, true);
		fault_check(t, !dirty, "name %d: the terminal gets byte %03o", i,
			dirty ? (unsigned char)*dirty : 0);
		fault_check(t, strstr(text, "Try 'chmod --help'"), "name %d: nothing is said", i);
	}
	close(master);
	setlocale(LC_CTYPE, "C");
}

void fault_names(struct fault_list *list)
{
	struct fault_test test = {.tree_text = "d/ 755", .users = AS_USER};
	struct fault_test letters = test;

	for (test.number = 0; test.number < 2; test.number++) {
		const char *locale = test.number ? "UTF-8" : "C";

		test.fn = test_names;
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			test.row = &rows[i];
			test.method = rows[i].method;
			/*
			 * Others may rename here, so that what has to be changed by name is
			 * refused.
			 */
			test.tree_text = rows[i].method == METHOD_NAME ? "d/ 777" : "d/ 755";
			fault_add(
				list, &test, "%s: \"%s\", %s", rows[i].args, rows[i].says, locale);
		}
		test.method = METHOD_ANY;
		test.fn = test_words;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			test.row = &words[i];
			fault_add(list, &test, "\"%s\", %s", words[i].says, locale);
		}
	}
	letters.fn = test_letters;
	fault_add(list, &letters, "option letters");
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		letters.fn = test_terminal;
		letters.row = typed[i];
		fault_add(list, &letters, "\"%s\" on a terminal", typed[i]);
	}
}
