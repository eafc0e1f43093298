/* SPDX-License-Identifier: MIT */
#include "beside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "locales.h"

struct beside beside;

/* de_DE has ISO-8859-1, zh_CN has GB18030. */
const char *const beside_locales[BESIDE_LOCALES] = {
	"de_DE.UTF-8", "fr_FR.UTF-8", "ja_JP.UTF-8", "ru_RU.UTF-8", "de_DE", "zh_CN"};

/* The locale, and what else is in ENV, which has to be freed. */
static char **environment(char *const *env)
{
	static char text[3][4096];
	size_t n = 0, count = 0;
	char **all;

	while (env[count] != NULL)
		count++;
	all = calloc(count + 4, sizeof(*all));
	if (all == NULL)
		abort();
	snprintf(text[0], sizeof(text[0]), "LOCPATH=%s", beside.tree.path);
	snprintf(text[1], sizeof(text[1]), "LC_CTYPE=%s", beside.locale);
	snprintf(text[2], sizeof(text[2]), "LC_MESSAGES=%s", beside.locale);
	for (int i = 0; i < 3; i++)
		all[n++] = text[i];
	for (; *env != NULL; env++)
		if (strncmp(*env, "LC_", 3) != 0 && strncmp(*env, "LANG", 4) != 0)
			all[n++] = *env;
	return all;
}

/* Whether GNU's program speaks another language than English there. */
static bool has_catalog(void)
{
	char *argv[] = {"chmod", NULL}, *none[] = {NULL}, **env = environment(none);
	struct run_how how = {
		.path = beside.host.path, .fd = beside.host.fd, .argv = argv, .env = env};
	struct run_result result;
	bool has = run(&how, &result) == 0;

	free(env);
	if (!has)
		return false;
	has = strstr(result.err, "missing operand") == NULL;
	run_result_free(&result);
	return has;
}

void beside_begin(const char *locale)
{
	int rc = tree_make("./ 755", geteuid(), getegid(), &beside.tree);

	beside.locale = locale;
	if (rc == 0)
		rc = locale_copy(locale, beside.tree.path);
	if (rc == -ENOENT)
		beside.skip = "localedef has made no locales: make deps";
	else if (rc != 0)
		beside.skip = "the locale cannot be copied";
	else
		beside.skip = has_catalog() ? NULL : "no catalogs of GNU coreutils: make deps";
}

void beside_end(void)
{
	if (beside.tree.path != NULL)
		tree_remove(&beside.tree);
}

bool beside_takes(const struct cli_row *row, bool as_user)
{
	bool speaks = row->out != NULL || row->err != NULL || row->says != NULL;
	bool is_other = as_user && geteuid() == 0 && row->users == AS_BOTH;

	return speaks && !is_other && row->fn == NULL && !row->jail &&
	       !cli_differs_on(&beside.host, row);
}

/* Runs ROW by PROGRAM in the locale. */
static void run_by(struct cli_test *test, const struct cli_program *program, struct run_result *ret)
{
	struct run_how how = cli_how(test, NULL);
	char **env = environment(how.env);

	how.path = program->path;
	how.fd = program->fd;
	how.env = env;
	cli_run(test, &how, ret);
	free(env);
}

void beside_test_row(void **state)
{
	struct cli_test *test = *state;
	struct run_result ours, gnus;
	const char *notes;

	if (beside.skip != NULL || test->skip != NULL)
		cli_skip(test, beside.skip != NULL ? beside.skip : test->skip);
	run_by(test, &cli_program, &ours);
	if (cli_fresh_tree(test)) {
		run_by(test, &beside.host, &gnus);
		cli_check(test, ours.status == gnus.status, "exit status %d, GNU's is %d",
			ours.status, gnus.status);
		cli_check_text(test, "stdout", gnus.out, ours.out);
		cli_check_text(test, "stderr", gnus.err, ours.err);
		run_result_free(&gnus);
	}
	run_result_free(&ours);
	notes = notes_all(&test->notes);
	if (notes != NULL)
		print_error("%s\n%s", test->name, notes);
	if (notes != NULL || test->broken)
		_fail(test->row->file, test->row->line);
}
