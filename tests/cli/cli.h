/* SPDX-License-Identifier: MIT */
/*
 * What a user types and sees: a table of command lines, with what the program prints and changes.
 *
 * A row is one line:
 *
 *	T("f 644, d/ 2755", "-v u+x f d", OUT(CHANGED("f", 0644, 0744), RETAINED("d", 2755)),
 *	  AFTER("f 744")),
 *
 * It has the tree to start from (support/tree.h), the words after the program's name, and what is
 * expected. What is left out is the default: nothing printed, exit status 0, no mode changed, umask
 * 022, no locale, run as root and as a user.
 *
 * Expectations come from SPEC.md or from GNU's program, never from ours. With --host the same rows
 * run against GNU's program. Where that differs the row says so, with SINCE() or DEPARTS(). A row
 * that differs without saying so fails, and so does one that says so and does not differ.
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

/* When GNU's program does not pass the row. */
enum cli_differs {
	HOST_PASSES,
	HOST_TOO_OLD, /* before the version */
	HOST_IS_GNU,  /* from the version on (0: in all): a departure */
};

struct cli_row {
	const char *file; /* where the row stands */
	int line;
	const char *name;         /* NULL: the command line */
	const char *tree;         /* NULL: an empty directory */
	const char *args;         /* words split at blanks; 'a b' is one word, '' an empty one */
	const char *const *words; /* instead of args; NULL-terminated */
	const char *argv0;        /* NULL: chmod */
	const char *env;          /* split at blanks: NAME=VALUE */
	const char *umask;        /* octal; NULL: 022 */
	enum cli_users users;
	bool jail; /* the tree is the root directory */
	enum run_to stdin_to, stdout_to, stderr_to;
	bool sigpipe_ignored;
	void (*prepare)(void *);             /* called in the child, see support/run.h */
	const char *const *out, *const *err; /* lines; {0755} stands for 0755 (rwxr-xr-x) */
	const char *const *says;             /* instead of out and err, see SAYS() */
	int status;
	const char *after; /* the entries of the tree that have changed */
	enum cli_differs differs;
	int version;           /* 905: GNU 9.5 */
	const char *departure; /* its name in DESIGN.md 5 */
	const char *why;
	void (*fn)(struct cli_test *); /* does the whole test, for what fits no row */
};

/* clang-format off */
/* A row of a command line, and one of a function. */
#define T(tree_, ...) {.file = __FILE__, .line = __LINE__, .tree = tree_, .args = __VA_ARGS__}
#define F(name_, tree_, ...)                                                                       \
	{.file = __FILE__, .line = __LINE__, .name = name_, .tree = tree_, .fn = __VA_ARGS__}

#define LIST(...)  (const char *const[]){__VA_ARGS__, NULL}
/* clang-format on */

/* Fields. */
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
 * The lines of both streams in the order in which they are written. Those that begin with "chmod: "
 * or "Try '" go to stderr. The row is run twice: with separate streams, and with both in one.
 */
#define SAYS(...) .says = LIST(__VA_ARGS__)

/* GNU's program differs: before version MAJOR.MINOR; in all versions; from MAJOR.MINOR on. */
#define SINCE(major, minor, why_)                                                                  \
	.differs = HOST_TOO_OLD, .version = (major)*100 + (minor), .why = why_
#define DEPARTS(name_, why_) .differs = HOST_IS_GNU, .departure = name_, .why = why_
#define DEPARTS_FROM(major, minor, name_, why_)                                                    \
	DEPARTS(name_, why_), .version = (major)*100 + (minor)

/* Lines of the program. Names stand as they look between their quotes. */
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

/* One row and one user: a test. */
struct cli_test {
	const struct cli_row *row;
	const char *name;     /* "walk: -R 755 d (user)" */
	bool as_user;         /* not as root */
	struct run_user user; /* runs the program and owns the tree */
	bool drop;            /* the child has to become that user */
	struct tree tree;
	int broken;       /* the errno of a broken fixture, or EIO */
	const char *skip; /* why it cannot be run here, or NULL */
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

/* See support/notes.h. cli_check_tree() compares with the tree of the row. */
#define cli_check(test, ...)      notes_check(&(test)->notes, __VA_ARGS__)
#define cli_check_text(test, ...) notes_text(&(test)->notes, __VA_ARGS__)
#define cli_check_tree(test, changed)                                                              \
	notes_tree(&(test)->notes, &(test)->tree, (test)->row->tree, changed)
#define cli_skip(test, why) notes_skip(why)

/*
 * Unless OK, the fixture is broken: WHAT failed, by errno. The test fails then, even where the
 * program may differ. Returns OK.
 */
bool cli_fixture(struct cli_test *test, bool ok, const char *what);

/*
 * How the program is run with ARGS (NULL: the row's) in the tree of the test, as its user. It may
 * be modified before it is used. Strings live until the test ends.
 */
struct run_how cli_how(struct cli_test *test, const char *args);

/*
 * Runs the program. If it cannot be started the fixture is broken and *RET is empty. If HOW's
 * prepare gave up the test is skipped.
 */
void cli_run(struct cli_test *test, const struct run_how *how, struct run_result *ret);

/* Runs it, and notes what differs from these texts (see {0755} above; NULL: any) and STATUS. */
void cli_expect(struct cli_test *test, const struct run_how *how, const char *out, const char *err,
	int status);

/* cli_expect() with cli_how(ARGS). */
void cli_chmod(
	struct cli_test *test, const char *args, const char *out, const char *err, int status);

/* cli_expect() with a script of sh(1), in which $CHMOD is the program. */
void cli_script(
	struct cli_test *test, const char *script, const char *out, const char *err, int status);

/* For struct CMUnitTest; the state is a struct cli_test. */
int cli_setup(void **state);
void cli_test_row(void **state);
int cli_teardown(void **state);

/* Makes the tree of the row once more. Whether it could. */
bool cli_fresh_tree(struct cli_test *test);

/* Whether HOST is GNU's, in a version that is known to differ in ROW. */
bool cli_differs_on(const struct cli_program *host, const struct cli_row *row);

/* The rows of one file. */
struct cli_group {
	const char *name;
	const struct cli_row *rows;
	size_t n;
};
#define CLI_GROUP(name_)                                                                           \
	{                                                                                          \
#name_, rows, sizeof(rows) / sizeof(rows[0])                                       \
	}

#endif
