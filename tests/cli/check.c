/* SPDX-License-Identifier: MIT */
/* One test: its fixture, its runs of the program, and what is noted of the outcome. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/cmocka.h"
#include "../support/jail.h"
#include "cli.h"

bool cli_fixture(struct cli_test *test, bool ok, const char *what)
{
	if (ok)
		return true;
	test->broken = errno ? errno : EIO;
	print_error("%s\n  cannot be tried: %s: %s\n", test->name, what, strerror(test->broken));
	return false;
}

/* argv. */
static char **command_line(struct cli_test *test, const char *args)
{
	const struct cli_row *row = test->row;
	const char *argv0 = row->argv0 ? row->argv0 : "chmod";

	if (args || !row->words)
		return notes_words(&test->notes, argv0, args ? args : row->args);
	return notes_list(&test->notes, argv0, (char *const *)row->words);
}

/* A fixed PATH, TEXT, and what notes_environment() takes of our own. */
static char **environment(struct cli_test *test, const char *text)
{
	char **given = notes_words(&test->notes, "PATH=/usr/local/bin:/usr/bin:/bin", text);

	return notes_environment(&test->notes, given, "LD_PRELOAD=");
}

struct run_how cli_how(struct cli_test *test, const char *args)
{
	const struct cli_row *row = test->row;

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
		cli_check_text(test, "stdout", notes_expand(&test->notes, out, 0), result.out);
	if (err)
		cli_check_text(test, "stderr", notes_expand(&test->notes, err, 0), result.err);
	run_result_free(&result);
}

void cli_chmod(
	struct cli_test *test, const char *args, const char *out, const char *err, int status)
{
	struct run_how how = cli_how(test, args);

	cli_expect(test, &how, out, err, status);
}

void cli_script(
	struct cli_test *test, const char *script, const char *out, const char *err, int status)
{
	char *const argv[] = {"sh", "-c", (char *)script, NULL};
	struct run_how how = cli_how(test, "");
	char chmod[4096];
	char *const env[] = {chmod, "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", NULL};

	snprintf(chmod, sizeof(chmod), "CHMOD=%s", cli_program.path);
	how.path = "sh";
	how.fd = 0;
	how.argv = argv;
	how.env = env;
	how.seconds = 60; /* some make thousands of files, also on a busy machine */
	cli_expect(test, &how, out, err, status);
}

enum stream { STREAM_OUT, STREAM_ERR, STREAM_BOTH };

static enum stream stream_of(const struct cli_row *row, const char *line)
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
	const struct cli_row *row = test->row;
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
	return notes_keep(&test->notes, text);
}

static void make_tree(struct cli_test *test)
{
	int rc = tree_make(test->row->tree, test->user.uid, test->user.gid, &test->tree);

	if (rc == 0 && test->row->jail)
		rc = jail_fill(test->tree.path, cli_program.path, NULL);
	test->broken = -rc;
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
	cli_check_text(test, "both streams in one",
		notes_expand(&test->notes, expected(test, STREAM_BOTH), 0), result.out);
	run_result_free(&result);
}

static void run_row(struct cli_test *test)
{
	const struct cli_row *row = test->row;
	const char *out = expected(test, STREAM_OUT), *err = expected(test, STREAM_ERR);
	struct run_how how = cli_how(test, NULL);

	cli_expect(test, &how, out, err, row->status);
	cli_check_tree(test, row->after);
	if (row->says && *out && *err)
		run_together(test);
}

bool cli_differs_on(const struct cli_program *host, const struct cli_row *row)
{
	if (!host->is_host || row->differs == HOST_PASSES)
		return false;
	return (host->version < row->version) == (row->differs == HOST_TOO_OLD);
}

int cli_setup(void **state)
{
	struct cli_test *test = *state;

	test->tree = (struct tree){.fd = -1};
	notes_begin(&test->notes);
	if (!test->skip)
		make_tree(test);
	if (test->broken == EPERM) {
		test->skip = "the tree cannot be made with the rights at hand";
		test->broken = 0;
	}
	if (test->broken)
		print_error("  no tree \"%s\": %s\n", test->row->tree, strerror(test->broken));
	return test->broken ? -1 : 0;
}

void cli_test_row(void **state)
{
	struct cli_test *test = *state;
	const struct cli_row *row = test->row;
	bool must_differ = cli_differs_on(&cli_program, row);
	const char *notes;

	if (test->skip)
		cli_skip(test, test->skip);
	if (row->fn)
		row->fn(test);
	else
		run_row(test);
	if (test->broken)
		_fail(row->file, row->line);
	notes = notes_all(&test->notes);
	if (notes && !must_differ)
		print_error("%s\n%s", test->name, notes);
	else if (!notes && must_differ)
		print_error("%s\n  passes, but is listed as differing (%s): the listing is stale\n",
			test->name, row->why);
	if (!notes == must_differ)
		_fail(row->file, row->line);
}

int cli_teardown(void **state)
{
	struct cli_test *test = *state;

	if (test->tree.path)
		tree_remove(&test->tree);
	notes_end(&test->notes);
	return 0;
}
