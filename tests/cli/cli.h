/* SPDX-License-Identifier: MIT */
/*
 * What a user types, and sees: the table of cases that the built program is driven through.
 *
 * A case is one line:
 *
 *	T("f 644, d/ 2755", "-v u+x f d", OUT(CHANGED("f", 0644, 0744), RETAINED("d", 2755)),
 *	  AFTER("f 744")),
 *
 * that is: the tree it starts from (support/tree.h), the words typed after the program's name, and
 * what is expected to differ from the default: nothing printed, exit status 0, no mode changed.
 * Everything left out below is the default: umask 022, no locale, run as root and as a user.
 *
 * Expectations come from SPEC.md or from GNU's program, never from ours. With --host the
 * same table runs against GNU's; there a case may say that it differs, with SINCE() or DEPARTS():
 * one that differs and does not say so is an error, and so is one that says so and does not differ.
 */
#ifndef TESTS_CLI_H
#define TESTS_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "../support/notes.h"
#include "../support/run.h"
#include "../support/tree.h"

struct cli_test;

enum cli_users { AS_BOTH, AS_ROOT, AS_USER };

/* When GNU's own program does not pass the case. */
enum cli_differs {
	HOST_PASSES,
	HOST_TOO_OLD, /* below the version */
	HOST_IS_GNU,  /* from the version on (0: always): a departure on purpose */
};

struct cli_case {
	const char *file; /* where the case stands */
	int line;
	const char *name;         /* NULL: the words */
	const char *tree;         /* NULL: an empty directory */
	const char *args;         /* split at blanks; 'a b' is one word, '' an empty one */
	const char *const *words; /* instead of args: any bytes; NULL-terminated */
	const char *argv0;        /* NULL: chmod */
	const char *env;          /* split at blanks: NAME=VALUE */
	const char *umask;        /* octal; NULL: 022 */
	enum cli_users users;
	bool jail; /* the tree is the root directory */
	enum run_to stdin_to, stdout_to, stderr_to;
	bool sigpipe_ignored;
	void (*prepare)(void *);             /* called in the child, see support/run.h */
	const char *const *out, *const *err; /* lines; {0755} stands for 0755 (rwxr-xr-x) */
	const char *const *says;             /* instead of both: all lines in order; see SAYS */
	int status;
	const char *after; /* the entries of the tree that are changed */
	enum cli_differs differs;
	int version;           /* 905: GNU 9.5 */
	const char *departure; /* its name in DESIGN.md 5 */
	const char *why;
	void (*fn)(struct cli_test *); /* for what fits no line: called instead of all that */
};

/* clang-format off */
/* Rows. */
#define T(tree_, ...) {.file = __FILE__, .line = __LINE__, .tree = tree_, .args = __VA_ARGS__}
#define F(name_, tree_, ...)                                                                       \
	{.file = __FILE__, .line = __LINE__, .name = name_, .tree = tree_, .fn = __VA_ARGS__}

#define LIST(...)  (const char *const[]){__VA_ARGS__, NULL}
/* clang-format on */

/* Fields, in the order in which one thinks of them. */
#define NAME(x)    .name = x
#define WORDS(...) .words = LIST(__VA_ARGS__)
#define ENV(x)     .env = x
#define UTF8       .env = "LC_ALL=C.UTF-8"
#define UMASK(x)   .umask = #x
#define ROOT       .users = AS_ROOT
#define USER       .users = AS_USER
#define JAIL       .jail = true
#define OUT(...)   .out = LIST(__VA_ARGS__)
#define ERR(...)   .err = LIST(__VA_ARGS__)
#define AFTER(x)   .after = x
#define FAILS      .status = 1

/*
 * Lines of both streams, in the order in which they are written: those that begin with "chmod: " or
 * "Try '" go to stderr. The case is run twice, with the streams apart and together.
 */
#define SAYS(...) .says = LIST(__VA_ARGS__)

/* What GNU's program does not do: before version MAJOR.MINOR; ever; from MAJOR.MINOR on. */
#define SINCE(major, minor, why_)                                                                  \
	.differs = HOST_TOO_OLD, .version = (major)*100 + (minor), .why = why_
#define DEPARTS(name_, why_) .differs = HOST_IS_GNU, .departure = name_, .why = why_
#define DEPARTS_FROM(major, minor, name_, why_)                                                    \
	DEPARTS(name_, why_), .version = (major)*100 + (minor)

/* Lines of the program. Names are given as they look between their quotes. */
#define E(text)                  "chmod: " text "\n"
#define TRY                      "Try 'chmod --help' for more information.\n"
#define CHANGED(f, old, new)     "mode of '" f "' changed from {" #old "} to {" #new "}\n"
#define RETAINED(f, mode)        "mode of '" f "' retained as {" #mode "}\n"
#define FAILED(f, old, new)      "failed to change mode of '" f "' from {" #old "} to {" #new "}\n"
#define NEITHER(f)               "neither symbolic link '" f "' nor referent has been changed\n"
#define NO_ACCESS(f)             "'" f "' could not be accessed\n"
#define SURPRISED(f, is, wanted) E(f ": new permissions are " is ", not " wanted)
#define ABSENT(f)                E("cannot access '" f "': " NOENT)
#define OUT_OF_REACH(f)          E("cannot access '" f "': Permission denied")
#define REFUSED(f)               E("changing permissions of '" f "': Operation not permitted")
#define UNREADABLE(f)            E("cannot read directory '" f "': Permission denied")
#define DANGLING(f)              E("cannot operate on dangling symlink '" f "'")
#define NOENT                    "No such file or directory"
#define USAGE(text)              ERR(E(text), TRY), FAILS
#define INVALID(mode)            USAGE("invalid mode: '" mode "'")

/* What a function of a case works with, and reports to. */
struct cli_test {
	const struct cli_case *row;
	const char *name;     /* "walk: -R 755 d (user)" */
	bool as_user;         /* run as the unprivileged user */
	struct run_user user; /* who the program runs as, and whose the tree is */
	bool drop;            /* we have to become that user */
	struct tree tree;
	int broken;       /* errno by which the fixture failed, or EIO */
	const char *skip; /* why it cannot be run here */
	struct notes notes;
};

/* The program under test: its absolute path and a descriptor of it. */
struct cli_program {
	const char *path;
	int fd;
	bool is_host;
	int version; /* of the host */
	bool is_static;
	bool is_under_valgrind;
};
extern struct cli_program cli_program;

/* See support/notes.h: these are for the test's. cli_check_tree() is about the row's tree. */
#define cli_check(test, ...)      notes_check(&(test)->notes, __VA_ARGS__)
#define cli_check_text(test, ...) notes_text(&(test)->notes, __VA_ARGS__)
#define cli_check_tree(test, changed)                                                              \
	notes_tree(&(test)->notes, &(test)->tree, (test)->row->tree, changed)
#define cli_skip(test, why) notes_skip(why)

/*
 * Notes that the case could not be tried, unless OK: that is no difference, and fails on every
 * host. Gives back OK.
 */
bool cli_fixture(struct cli_test *test, bool ok, const char *what);

/*
 * HOW for running the program on ARGS (split like those of a row) in the test's tree as the test's
 * user. Everything in it may be changed; the strings live until the test ends.
 */
struct run_how cli_how(struct cli_test *test, const char *args);

/*
 * Runs it. If it cannot be started that is noted, and *RET is empty; if HOW's prepare gave up, the
 * test is skipped.
 */
void cli_run(struct cli_test *test, const struct run_how *how, struct run_result *ret);

/* Runs it, and notes what differs from these texts (with {0755}; NULL: any) and this status. */
void cli_expect(struct cli_test *test, const struct run_how *how, const char *out, const char *err,
	int status);

/* The same on ARGS, with nothing else to be said. */
void cli_chmod(
	struct cli_test *test, const char *args, const char *out, const char *err, int status);

/* The same of a script of sh(1), with $CHMOD for the program. */
void cli_script(
	struct cli_test *test, const char *script, const char *out, const char *err, int status);

/* Fixture and test of cmocka for one case and one user; the state is a struct cli_test. */
int cli_setup(void **state);
void cli_test_row(void **state);
int cli_teardown(void **state);

/* Makes the tree once more as it was. Gives back whether there is one. */
bool cli_fresh_tree(struct cli_test *test);

/* Whether HOST is GNU's, and one that is known to differ in ROW. */
bool cli_differs_on(const struct cli_program *host, const struct cli_case *row);

/* The rows of one file. */
struct cli_group {
	const char *name;
	const struct cli_case *rows;
	size_t n;
};
#define CLI_GROUP(name_)                                                                           \
	{                                                                                          \
#name_, rows, sizeof(rows) / sizeof(rows[0])                                       \
	}

#endif
