/* SPDX-License-Identifier: MIT */
/* chmod as scripts use it: found in PATH, in pipes, behind find and xargs, under set -e. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../support/jail.h"
#include "cli.h"

#define BASH_COMPLETION "/usr/share/bash-completion/bash_completion"

/* Runs the row's name as a script in the tree; "chmod" is the program, by a copy in "bin". */
static void script(struct cli_test *test)
{
	const struct cli_row *row = test->row;
	char *argv[] = {"sh", "-c", (char *)row->name, NULL}, *env[] = {NULL, NULL};
	struct run_how how = cli_how(test, "");
	int rc = jail_fill(test->tree.path, cli_program.path, "bin/chmod");

	errno = -rc;
	if (!cli_fixture(test, rc == 0, "a copy of the program") ||
		asprintf(&env[0], "PATH=%s/bin:/usr/bin:/bin", test->tree.path) < 0)
		return;
	how.path = "/bin/sh";
	how.fd = -1;
	how.argv = argv;
	how.env = env;
	cli_expect(
		test, &how, row->out ? row->out[0] : "", row->err ? row->err[0] : "", row->status);
	cli_check_tree(test, row->after);
	free(env[0]);
}

/*
 * Types "chmod --prese" and TAB into the shell of row->args, which must complete it. A zsh has the
 * terminal for it; READY, which no line that is typed holds, tells when the shell reads.
 */
static void completes(struct cli_test *test)
{
	static const char script[] =
		"zmodload zsh/zpty && zpty -e sh $1 && zpty -w sh $2 &&\n"
		"zpty -r -m sh said '*READY*' && zpty -n -w sh $'chmod --prese\\t' &&\n"
		"zpty -r -m sh said '*--preserve-root*' && print completed; zpty -d sh";
	char *argv[] = {"zsh", "-fc", (char *)script, "zsh", (char *)test->row->args,
		(char *)test->row->env, NULL};
	char *env[] = {NULL, NULL, "TERM=xterm", NULL};
	char needs[256];
	struct run_how how = cli_how(test, "");
	int rc = jail_fill(test->tree.path, cli_program.path, "bin/chmod");

	snprintf(needs, sizeof(needs), "command -v zsh %.*s >/dev/null",
		(int)strcspn(test->row->args, " "), test->row->args);
	if (system(needs) != 0 || (strncmp(test->row->args, "bash", 4) == 0 &&
					  system("test -r " BASH_COMPLETION) != 0))
		cli_skip(test, "no zsh, yash or bash-completion: make deps");
	errno = -rc;
	if (!cli_fixture(test, rc == 0, "a copy of the program") ||
		asprintf(&env[0], "PATH=%s/bin:/usr/bin:/bin", test->tree.path) < 0 ||
		asprintf(&env[1], "HOME=%s", test->tree.path) < 0)
		return;
	how.path = "zsh";
	how.fd = -1;
	how.argv = argv;
	how.env = env;
	cli_expect(test, &how, "completed\n", "", 0);
	free(env[0]);
	free(env[1]);
}

#define C(name, shell, setup) F(name, "bin/ 755", completes, .args = shell, ENV(setup), USER)

#define S(tree, text, ...) F(text, "bin/ 755, " tree, script, __VA_ARGS__)

static const struct cli_row rows[] = {
	S("f 644, g 644", "set -e; chmod 755 f; chmod 755 nope; chmod 755 g", ERR(ABSENT("nope")),
		FAILS, AFTER("f 755")),
	S("f 644", "set -e; chmod -v 755 f; chmod -c 755 f; echo done",
		OUT(CHANGED("f", 0644, 0755) "done\n"), AFTER("f 755")),
	S("f 644", "if chmod -f 755 nope; then echo yes; else echo no; fi", OUT("no\n")),
	S("f 644", "chmod 755 nope 2>/dev/null || chmod 755 f", AFTER("f 755")),
	S("f 644", "umask 077; chmod +x f; umask 000; chmod +w f", AFTER("f 766")),
	S("f 644", "chmod -v 755 f | cat", OUT(CHANGED("f", 0644, 0755)), AFTER("f 755")),
	S("f 644", "chmod -v 755 f nope 2>&1 | cat",
		OUT(CHANGED("f", 0644, 0755) ABSENT("nope") NO_ACCESS("nope")), AFTER("f 755")),
	S("f 644", "m=u+x; chmod $m,go-r \"f\"", AFTER("f 700")),
	S("d/ 700, d/a 600, d/b 644, d/c 755", "find d -type f -exec chmod 640 {} +",
		AFTER("d/a 640, d/b 640, d/c 640")),
	S("d/ 700, d/a 600, d/b 644, d/c 755", "find d -type f -perm 755 -exec chmod -c 640 {} ';'",
		OUT(CHANGED("d/c", 0755, 0640)), AFTER("d/c 640")),
	S("d/ 700, d/a b 600, d/c\nd 644, d/-R 755", "find d -type f -print0 | xargs -0 chmod 640",
		AFTER("d/a b 640, d/c\nd 640, d/-R 640")),
	S("d/ 700, d/-R 755", "cd d; echo ./* | xargs chmod 640", AFTER("d/-R 640")),
	S("f 644", "exec chmod 755 nope", ERR(ABSENT("nope")), FAILS),
	S("f 644", "bin/chmod 755 nope", .argv0 = "bin/chmod",
		ERR("bin/chmod: cannot access 'nope': " NOENT "\n"), FAILS),
	S("f 644, g 600", "chmod --reference=g -- f", AFTER("f 600")),
	/* A directory that is not there any more has no entries: no error. */
	S("f 644", "mkdir d && cd d && rmdir ../d && chmod -R 700 ."),
	S("d/ 755, d/f 644", "chmod -R u=rwX,go= d && ls -d d/f", OUT("d/f\n"),
		AFTER("d/ 700, d/f 600")),

	C("completed by zsh", "zsh -fi",
		"autoload -Uz compinit; compinit -u -d $HOME/dump; print RE''ADY"),
	C("completed by yash", "yash --norcfile --noprofile -i", "echo RE''ADY"),
	C("completed by bash", "bash --norc -i", ". " BASH_COMPLETION "; echo RE''ADY"),
};

const struct cli_group cli_shell = CLI_GROUP(shell);
