/* SPDX-License-Identifier: MIT */
/*
 * The program against somebody who swaps files under it.
 *
 * A case is a tree, a command line, and swaps: each at a certain call of the program, which is held
 * there (hold.h) while another user does it (swap.h). Then the program goes on to its end, and the
 * modes must be what they should. Where we are root, the program is root's and the swaps are made
 * by user 65534, who owns the tree but for what is marked (root); elsewhere both are ours.
 *
 * What it takes to show something is the fixture: the tree, the call that is to be held, the swap,
 * and the way by which the program changes files. If any of this is missing the test is in error
 * (cmocka: ERROR, "broken fixture"), which is not the same as a property that does not hold.
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
	 * A sequence of calls, the last of which is held: "read:top any:f" is the first call for a
	 * path that ends in /f after the first reading of one that ends in /top. KIND:PATTERN,
	 * kinds are pin open stat chmod read any (enum hold_kind), patterns as for fnmatch(3).
	 */
	const char *at;
	const char *what; /* see swap.h; "": only remember the place */
};

struct race_run {
	/* For --modes0-from=SPEC it is the records in the list, with @ for each null byte. */
	const char *spec;
	const char *after; /* what must be there then, see tree.h; may be NULL */
	int status;        /* RACE_ANY_STATUS: 0 or 1, which depends on who gets which work */
	const char *err;   /* what standard error holds; NULL: nothing at all */
};

enum { RACE_ANY_STATUS = -1 };

/* Who must be there for a case to mean something. */
enum race_users {
	RACE_ANY_USERS,
	RACE_TWO_USERS, /* nothing would be contested if both were one */
	RACE_OWN_SWAPS, /* the program's user swaps as well: links are not followed even so */
};

struct race_row {
	const char *file; /* RACE_HERE */
	int line;
	const char *name;
	const char *tree; /* see tree.h */
	/* Entries of it that keep their modes, wherever they are moved. NULL: "out out/f". */
	const char *victims;
	const char *args;                   /* words; SPEC stands for the run's */
	struct race_swap swaps[RACE_SWAPS]; /* in this order */
	struct race_run runs[RACE_RUNS];
	enum race_users users;
	unsigned not_methods; /* bits 1 << enum race_method: there is no such window */
	/* Below each word of CHAINS a chain of so many directories: 1/, 1/2/, 1/2/3/... */
	const char *chains;
	int chain_length;
	mode_t nothing_left; /* if not 0: no file has this mode any more */
	unsigned files;      /* if not 0: RLIMIT_NOFILE */
	bool no_proc;        /* there is fchmodat2, but no /proc */
	bool no_openat2;     /* an older kernel */
	bool obeys_modes;    /* the program cannot override permissions, even if it is root */
};

#define RACE_HERE .file = __FILE__, .line = __LINE__
/* A row; what follows are its other fields. */
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

/* How the program changes files: see enum sys_method, each of them forced from outside. */
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
	bool is_host;   /* GNU's own: one way, and windows that it does not have are skipped */
	bool two_users; /* we are root, and can be the attacker */
	char *libc;     /* a shared library to preload, or NULL */
	struct run_user attacker;
	/*
	 * Threads are not started for a few files: a directory with many entries (links, which cost
	 * nothing), to be walked before the operand of the case. {.fd = -1}: there is none.
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

/* Why the program cannot be made to go this way, or NULL. */
const char *race_method_trouble(enum race_method method);

void race_force(enum race_method method, struct notes *notes, struct race_force *ret);

/* Adds that /proc cannot be told to be one. */
void race_refuse_proc(struct race_force *force);

/* Adds that there is no openat2. */
void race_refuse_openat2(struct race_force *force);

/* The tree to be made of TEXT: if there is one user only, nothing is marked (root). To be freed. */
char *race_tree_text(const char *text);

/* One row with one spec, one way and one prefix: a test. */
struct race_test {
	const struct race_row *row;
	const struct race_run *run;
	enum race_method method;
	const char *prefix; /* words before the row's */
	bool by_several;    /* the prefix asks for several workers */
	char *name;
	const char *skip; /* why it cannot be, or NULL */

	struct tree tree;
	int victims[RACE_VICTIMS]; /* O_PATH */
	mode_t victim_modes[RACE_VICTIMS];
	size_t n_victims;
	size_t swap, step; /* what is awaited: row->swaps[swap], so far in its sequence */
	char *places[RACE_SWAPS];
	size_t n_places;
	const char *not_refused; /* a swap that was to be refused, and was not */
	bool has_probed;         /* for fchmodat2 */
	bool has_several;        /* threads */
	struct run_result result;
	struct notes notes;
};

/* Makes the tree and opens the victims. 0 or a negative errno. */
int race_make_tree(struct race_test *test);

/*
 * Runs the program with the row's swaps: test->result. 0; -ECANCELED if a swap failed, and that is
 * a problem of the test by now; or what hold_run() says.
 */
int race_play(struct race_test *test);

/* Notes a line. */
#define race_problem(test, ...) notes_check(&(test)->notes, false, __VA_ARGS__)

/*
 * For struct CMUnitTest, with a struct race_test as the initial state. All but the asserts are in
 * the setup: if that fails, the fixture is broken.
 */
int race_setup(void **state);
void race_test(void **state);
int race_teardown(void **state);

/* Swaps without end beside the program for so many seconds; a group of its own. cmocka's count. */
int race_free_run(unsigned seconds);

#endif
