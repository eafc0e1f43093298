/* SPDX-License-Identifier: MIT */
/*
 * The program against an attacker who swaps files while it runs.
 *
 * A row is a tree, a command line, and swaps. For each swap the program is held at a certain call
 * (hold.h) while the attacker does it (swap.h). In the end the modes must be right. Run as root,
 * the program is root's, and the attacker is user 65534, who owns the tree but for what is marked
 * (root). Otherwise both are the user who runs the tests.
 *
 * The fixture is the tree, the held call, the swap and the method. If any of these is missing, the
 * test is in error (cmocka: ERROR, "broken fixture"); it has not shown that anything fails.
 */
#ifndef RACE_H
#define RACE_H

#include "../support/hold.h"
#include "../support/notes.h"
#include "../support/run.h"
#include "../support/tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

enum { RACE_SWAPS = 3, RACE_RUNS = 4, RACE_VICTIMS = 12 };

struct race_swap {
	/*
	 * A sequence of KIND:PATTERN, whose last call is held. "read:top any:f" is the first call
	 * for a path that ends in /f, after the first read of a path that ends in /top. Kinds are
	 * pin open stat chmod read any (enum hold_kind), patterns those of fnmatch(3).
	 */
	const char *at;
	const char *what; /* see swap.h; "": the place is only remembered */
};

struct race_run {
	/* For --modes0-from=SPEC it is the records in the list, with @ for each null byte. */
	const char *spec;
	const char *after; /* what must be there in the end, see tree.h; NULL: anything */
	int status;        /* RACE_ANY_STATUS: 0 or 1, as the work is divided by chance */
	const char *err;   /* a part of standard error; NULL: that is empty */
};

enum { RACE_ANY_STATUS = -1 };

/* The users without whom a row would show nothing. */
enum race_users {
	RACE_ANY_USERS,
	RACE_TWO_USERS, /* the attacker is another user, so that directories are contested */
	RACE_OWN_SWAPS, /* the user of the program makes the swaps */
};

struct race_row {
	const char *file; /* RACE_HERE */
	int line;
	const char *name;
	const char *tree; /* see tree.h */
	/* Entries that must keep their modes, wherever they are moved. NULL: "out out/f". */
	const char *victims;
	const char *args;                   /* words; SPEC stands for that of the run */
	struct race_swap swaps[RACE_SWAPS]; /* in this order */
	struct race_run runs[RACE_RUNS];
	enum race_users users;
	unsigned not_methods; /* RACE_BIT(): those that have no such window */
	/* In each directory of CHAINS there is a chain of directories: 1/, 1/2/, 1/2/3/... */
	const char *chains;
	int chain_length;
	mode_t nothing_left; /* if not 0: no file has this mode in the end */
	unsigned files;      /* if not 0: RLIMIT_NOFILE */
	bool no_proc;        /* there is fchmodat2, but no /proc */
	bool no_openat2;     /* an older kernel */
	bool obeys_modes;    /* the program cannot override permissions, not even as root */
};

#define RACE_HERE .file = __FILE__, .line = __LINE__
/* A row. Other fields follow. */
#define R(name_, tree_, args_, ...)                                                                \
	{                                                                                          \
		RACE_HERE, .name = name_, .tree = tree_, .args = args_, __VA_ARGS__                \
	}

/* How many workers a group is for. */
enum race_workers {
	RACE_ONE,
	RACE_BOTH, /* several only for rows whose command line is "-R SPEC top" */
	RACE_SEVERAL,
};

struct race_group {
	const char *name;
	const struct race_row *rows;
	size_t n;
	enum race_workers workers;
};

/* The method (DESIGN.md 3.3), and what makes the program use it. */
enum race_method {
	RACE_FCHMODAT2,
	RACE_PROCFD,       /* ENOSYS for fchmodat2: an older kernel */
	RACE_PROCFD_EPERM, /* EPERM: a sandbox that does not know it */
	RACE_LIBC,         /* a preloaded library */
	RACE_NAME,         /* no fchmodat2 and no /proc */
	RACE_METHODS,
};

#define RACE_BIT(method) (1U << (method))

/* What is tested, and what there is to test it with. */
struct race_machine {
	const char *program; /* absolute path */
	bool is_static;
	bool is_host;   /* GNU's: it has one method, and windows that it lacks are skipped */
	bool two_users; /* we are root, and the attacker is another user */
	char *libc;     /* a shared library to preload, or NULL */
	struct run_user attacker;
	/*
	 * A directory with many links, which cost nothing, that is walked before the row's operand:
	 * threads are not started for a few files. {.fd = -1}: there is none.
	 */
	struct tree crowd;
};

extern struct race_machine race_machine;

/* What race_force() asks for. */
struct race_force {
	struct hold_refusal refuse[4];
	char *const *env; /* the whole environment of the program, NULL-terminated; kept */
};

const char *race_method_name(enum race_method method);

/* Why the program cannot be made to use METHOD, or NULL. */
const char *race_method_trouble(enum race_method method);

void race_force(enum race_method method, struct notes *notes, struct race_force *ret);

/* Adds that /proc is not taken for one. */
void race_refuse_proc(struct race_force *force);

/* Adds that there is no openat2. */
void race_refuse_openat2(struct race_force *force);

/* TEXT of a tree, to be freed: with only one user, nothing is marked (root). */
char *race_tree_text(const char *text);

/* One row with one spec, one method and one prefix: a test. */
struct race_test {
	const struct race_row *row;
	const struct race_run *run;
	enum race_method method;
	const char *prefix; /* words before the row's */
	bool by_several;    /* the prefix asks for several workers */
	char *name;
	const char *skip; /* why it cannot be run here, or NULL */

	struct tree tree;
	int victims[RACE_VICTIMS]; /* O_PATH */
	mode_t victim_modes[RACE_VICTIMS];
	size_t n_victims;
	size_t swap, step; /* the call that is awaited: step of row->swaps[swap].at */
	char *places[RACE_SWAPS];
	size_t n_places;
	const char *not_refused; /* a swap that should have been refused */
	bool has_probed;         /* the program asked for fchmodat2 */
	bool has_several;        /* it started threads */
	struct run_result result;
	struct notes notes;
};

/* Makes the tree and opens the victims. 0 or a negative errno. */
int race_make_tree(struct race_test *test);

/*
 * Runs the program with the swaps of the row: test->result. 0; -ECANCELED if a swap failed, which
 * has been noted; or a negative errno of hold_run().
 */
int race_play(struct race_test *test);

/* Notes a line. */
#define race_problem(test, ...) notes_check(&(test)->notes, false, __VA_ARGS__)

/*
 * For struct CMUnitTest; the state is a struct race_test. The setup runs the program, and fails if
 * the fixture is broken; the test checks the outcome.
 */
int race_setup(void **state);
void race_test(void **state);
int race_teardown(void **state);

/* The group of free_run.c: the attacker swaps without pause for SECONDS. How many tests failed. */
int race_free_run(unsigned seconds);

#endif
