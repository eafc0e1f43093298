/* One case: its fixture, its runs of the program, and what is said of the outcome. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/jail.h"
#include "cli.h"

extern char **environ;

static void *keep(struct cli_test *test, void *allocated)
{
	void **kept = realloc(test->kept, (test->n_kept + 1) * sizeof(*kept));

	if (!allocated || !kept)
		abort();
	test->kept = kept;
	return test->kept[test->n_kept++] = allocated;
}

bool cli_check(struct cli_test *test, bool ok, const char *format, ...)
{
	va_list args;

	if (ok)
		return true;
	va_start(args, format);
	fputs("  ", test->differences);
	vfprintf(test->differences, format, args);
	fputc('\n', test->differences);
	va_end(args);
	return false;
}

bool cli_fixture(struct cli_test *test, bool ok, const char *what)
{
	if (ok)
		return true;
	test->broken = errno ? errno : EIO;
	print_error("%s\n  cannot be tried: %s: %s\n", test->name, what, strerror(test->broken));
	return false;
}

/* Each line of TEXT, with all that a terminal would not show as it is in C's escapes. */
static void put_lines(FILE *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (p == text || p[-1] == '\n')
			fputs("    |", out);
		if (*p == '\n')
			fputc('\n', out);
		else if (*p == '\\' || (unsigned char)*p < ' ' || *p == 0x7f)
			fprintf(out, "\\%03o", (unsigned char)*p);
		else
			fputc(*p, out);
	}
	if (!*text)
		fputs("    (nothing)\n", out);
	else if (text[strlen(text) - 1] != '\n')
		fputs("(no newline)\n", out);
}

void cli_check_text(struct cli_test *test, const char *what, const char *expected, const char *seen)
{
	if (strcmp(expected, seen) == 0)
		return;
	fprintf(test->differences, "  %s: expected\n", what);
	put_lines(test->differences, expected);
	fputs("  but it is\n", test->differences);
	put_lines(test->differences, seen);
}

void cli_skip(struct cli_test *test, const char *why)
{
	print_message("  skipped: %s\n", why);
	_skip(test->row->file, test->row->line);
	abort();
}

/* The nine letters of ls for the bits of MODE. */
static void put_mode(FILE *out, unsigned mode)
{
	static const char *const execute[] = {"-xSs", "-xSs", "-xTt"};

	fprintf(out, "%04o (", mode);
	for (int who = 0; who < 3; who++) {
		unsigned rwx = mode >> (6 - 3 * who) & 7, special = mode >> (11 - who) & 1;

		fputc(rwx & 4 ? 'r' : '-', out);
		fputc(rwx & 2 ? 'w' : '-', out);
		fputc(execute[who][special << 1 | (rwx & 1)], out);
	}
	fputc(')', out);
}

/* TEXT (NULL: empty) with {0755} written out. */
static char *expand(struct cli_test *test, const char *text)
{
	char *full;
	size_t len;
	FILE *out = open_memstream(&full, &len);

	for (const char *p = text ? text : ""; *p; p++) {
		if (*p == '{' && strspn(p + 1, "01234567") == 4 && p[5] == '}') {
			put_mode(out, (unsigned)strtoul(p + 1, NULL, 8));
			p += 5;
		} else {
			fputc(*p, out);
		}
	}
	fclose(out);
	return keep(test, full);
}

/* TEXT split at blanks, behind FIRST if that is given. */
static char **split(struct cli_test *test, const char *first, const char *text)
{
	char *copy = keep(test, strdup(text ? text : ""));
	char **words = keep(test, calloc(strlen(copy) + 3, sizeof(*words)));
	size_t n = 0;

	if (first)
		words[n++] = (char *)first;
	for (char *p = copy + strspn(copy, " "); *p; p += strspn(p, " ")) {
		bool quoted = *p == '\'';

		p += quoted;
		words[n++] = p;
		p += strcspn(p, quoted ? "'" : " ");
		if (*p)
			*p++ = '\0';
	}
	return words;
}

/* The words of the command line, behind argv[0]. */
static char **command_line(struct cli_test *test, const char *args)
{
	const struct cli_case *row = test->row;
	const char *argv0 = row->argv0 ? row->argv0 : "chmod";
	size_t n = 0;
	char **words;

	if (args || !row->words)
		return split(test, argv0, args ? args : row->args);
	while (row->words[n])
		n++;
	words = keep(test, calloc(n + 2, sizeof(*words)));
	words[0] = (char *)argv0;
	memcpy(words + 1, row->words, n * sizeof(*words));
	return words;
}

/* A fixed PATH, what the sanitizers and the coverage want to know, and TEXT. */
static char **environment(struct cli_test *test, const char *text)
{
	static const char *const wanted[] = {
		"ASAN_", "UBSAN_", "LSAN_", "MSAN_", "TSAN_", "GCOV_", "LLVM_", "LD_PRELOAD="};
	char **given = split(test, "PATH=/usr/local/bin:/usr/bin:/bin", text), **all;
	size_t n = 0, room = 0;

	while (environ[room])
		room++;
	for (size_t i = 0; given[i]; i++)
		room++;
	all = keep(test, calloc(room + 1, sizeof(*all)));
	for (size_t i = 0; given[i]; i++)
		all[n++] = given[i];
	for (size_t i = 0; environ[i]; i++) {
		for (size_t j = 0; j < sizeof(wanted) / sizeof(wanted[0]); j++) {
			if (strncmp(environ[i], wanted[j], strlen(wanted[j])) == 0)
				all[n++] = environ[i];
		}
	}
	return all;
}

struct run_how cli_how(struct cli_test *test, const char *args)
{
	const struct cli_case *row = test->row;

	return (struct run_how){
		.path = cli_program.path,
		.fd = cli_program.fd,
		.argv = command_line(test, args),
		.env = environment(test, row->env),
		.root = row->jail ? test->tree.path : NULL,
		.cwd = row->jail ? "/" : test->tree.path,
		.user = test->drop ? &test->user : NULL,
		.umask = (mode_t)strtoul(row->umask ? row->umask : "022", NULL, 8),
		.in = row->stdin_to,
		.out = row->stdout_to,
		.err = row->stderr_to,
		.sigpipe_ignored = row->sigpipe_ignored,
		.prepare = row->prepare,
		.ctx = test,
	};
}

void cli_run(struct cli_test *test, const struct run_how *how, struct run_result *ret)
{
	int rc = run(how, ret);

	errno = -rc;
	if (cli_fixture(test, rc == 0, "the program could not be started")) {
		if (ret->status == RUN_NOT && how->prepare)
			cli_skip(test, "what has to be prepared is not permitted here");
		return;
	}
	*ret = (struct run_result){.status = RUN_NOT, .out = strdup(""), .err = strdup("")};
}

void cli_expect(struct cli_test *test, const struct run_how *how, const char *out, const char *err,
	int status)
{
	struct run_result result;

	cli_run(test, how, &result);
	cli_check(test, result.status == status, "exit status %d instead of %d", result.status,
		status);
	if (out)
		cli_check_text(test, "stdout", expand(test, out), result.out);
	if (err)
		cli_check_text(test, "stderr", expand(test, err), result.err);
	run_result_free(&result);
}

void cli_chmod(
	struct cli_test *test, const char *args, const char *out, const char *err, int status)
{
	struct run_how how = cli_how(test, args);

	cli_expect(test, &how, out, err, status);
}

enum stream { STREAM_OUT, STREAM_ERR, STREAM_BOTH };

static enum stream stream_of(const struct cli_case *row, const char *line)
{
	const char *argv0 = row->argv0 ? row->argv0 : "chmod";
	size_t len = strlen(argv0);

	if (strncmp(line, argv0, len) == 0 && strncmp(line + len, ": ", 2) == 0)
		return STREAM_ERR;
	return strncmp(line, "Try '", 5) == 0 ? STREAM_ERR : STREAM_OUT;
}

/* What the row expects on STREAM. */
static char *expected(struct cli_test *test, enum stream stream)
{
	const struct cli_case *row = test->row;
	const char *const *lines = stream == STREAM_ERR ? row->err : row->out;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (size_t i = 0; !row->says && lines && lines[i]; i++)
		fputs(lines[i], out);
	for (size_t i = 0; row->says && row->says[i]; i++) {
		if (stream == STREAM_BOTH || stream_of(row, row->says[i]) == stream)
			fputs(row->says[i], out);
	}
	fclose(out);
	return keep(test, text);
}

static void make_tree(struct cli_test *test)
{
	int rc = tree_make(test->row->tree, test->user.uid, test->user.gid, &test->tree);

	if (rc == 0 && test->row->jail)
		rc = jail_fill(test->tree.path, cli_program.path, NULL);
	test->broken = -rc;
}

void cli_check_tree(struct cli_test *test, const char *changed)
{
	char *lines = tree_differs(&test->tree, test->row->tree, changed);

	if (lines)
		fputs(lines, test->differences);
	free(lines);
}

bool cli_fresh_tree(struct cli_test *test)
{
	tree_remove(&test->tree);
	make_tree(test);
	return cli_fixture(test, !test->broken, "there is no second tree");
}

/* The row again on a fresh tree, with both streams in one. */
static void run_together(struct cli_test *test)
{
	struct run_how how;
	struct run_result result;

	if (!cli_fresh_tree(test))
		return;
	how = cli_how(test, NULL);
	how.err = RUN_WITH_STDOUT;
	cli_run(test, &how, &result);
	cli_check_text(
		test, "both streams in one", expand(test, expected(test, STREAM_BOTH)), result.out);
	run_result_free(&result);
}

static void run_row(struct cli_test *test)
{
	const struct cli_case *row = test->row;
	const char *out = expected(test, STREAM_OUT), *err = expected(test, STREAM_ERR);
	struct run_how how = cli_how(test, NULL);

	cli_expect(test, &how, out, err, row->status);
	cli_check_tree(test, row->after);
	if (row->says && *out && *err)
		run_together(test);
}

bool cli_differs_on(const struct cli_program *host, const struct cli_case *row)
{
	if (!host->is_host || row->differs == HOST_PASSES)
		return false;
	return (host->version < row->version) == (row->differs == HOST_TOO_OLD);
}

int cli_setup(void **state)
{
	struct cli_test *test = *state;

	test->tree = (struct tree){.fd = -1};
	test->differences = open_memstream(&test->differs, &test->differs_len);
	if (!test->skip)
		make_tree(test);
	if (test->broken == EPERM) {
		test->skip = "the tree cannot be made with the rights at hand";
		test->broken = 0;
	}
	if (test->broken)
		print_error("  no tree \"%s\": %s\n", test->row->tree, strerror(test->broken));
	return test->differences && !test->broken ? 0 : -1;
}

void cli_test_row(void **state)
{
	struct cli_test *test = *state;
	const struct cli_case *row = test->row;
	bool must_differ = cli_differs_on(&cli_program, row);

	if (test->skip)
		cli_skip(test, test->skip);
	if (row->fn)
		row->fn(test);
	else
		run_row(test);
	if (test->broken)
		_fail(row->file, row->line);
	fflush(test->differences);
	if (test->differs_len > 0 && !must_differ)
		print_error("%s\n%s", test->name, test->differs);
	else if (test->differs_len == 0 && must_differ)
		print_error("%s\n  passes, but is listed as differing (%s): the listing is stale\n",
			test->name, row->why);
	if ((test->differs_len > 0) != must_differ)
		_fail(row->file, row->line);
}

int cli_teardown(void **state)
{
	struct cli_test *test = *state;

	if (test->differences)
		fclose(test->differences);
	free(test->differs);
	test->differs = NULL;
	if (test->tree.path)
		tree_remove(&test->tree);
	while (test->n_kept > 0)
		free(test->kept[--test->n_kept]);
	free(test->kept);
	test->kept = NULL;
	return 0;
}
