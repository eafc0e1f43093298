/* SPDX-License-Identifier: MIT */
/*
 * Counts the system calls, threads and memory that a chmod needs. No time is measured.
 *
 * Budgets are named constants beside the tests that check them. The system calls of all threads are
 * counted, from execve to exit, with those of the C library.
 */
#ifndef TESTS_COUNT_H
#define TESTS_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sysnr.h"

#include "../support/notes.h"
#include "../support/run.h"
#include "../support/tree.h"

/* The program under test. */
struct count_program {
	const char *path;
	int fd; /* of the same file */
	bool is_static;
	bool shows; /* every test prints what it measured */
};

extern struct count_program count_program;

/* ---------------------------------------------------------------------------- one run (trace.c) */

/* Numbers of system calls are taken modulo this; no machine has so many. */
enum { COUNT_NRS = 1024 };

/* The most words of a command line. */
enum { COUNT_WORDS = 128 };

enum count_what {
	COUNT_CALLS,  /* everything; the program takes some 20 times longer */
	COUNT_MEMORY, /* only peak, status and output, at full speed */
};

struct count_how {
	enum count_what what;
	const char *args;            /* words, separated by one blank */
	const char *const *more;     /* more words after them, NULL-terminated; or NULL */
	const char *cwd;             /* NULL: stay */
	const struct run_user *user; /* NULL: as we are */
	const char *locale;          /* "LC_ALL=..."; NULL: C */
	bool no_fchmodat2;           /* as on a kernel before Linux 6.6 */
};

struct count {
	unsigned long calls; /* all of them, with execve and exit_group */
	unsigned long by_nr[COUNT_NRS];
	unsigned long threads;  /* started by clone and its like */
	unsigned long peak_kib; /* the most memory that was resident */
	unsigned long out_bytes;
	int status;     /* the exit status, or 128 + the signal */
	char err[1024]; /* the beginning of what was written to stderr */
};

/* Runs the program and counts. 0 and *RET, or a negative errno: EPERM, ENOSYS without ptrace(2). */
int count_try(const struct count_how *how, struct count *ret);

/* How many calls write, and how many get or give back memory. */
unsigned long count_writes(const struct count *count);
unsigned long count_memory(const struct count *count);

/*
 * Writes to TEXT how many calls of each name MORE has beyond those of LESS (may be NULL), divided
 * by N: "fstat 2".
 */
void count_list(const struct count *more, const struct count *less, unsigned long n, char *text,
	size_t size);

/* ----------------------------------------------------------------------- in a test (check.c) */

/*
 * Runs and counts. The test is skipped if this machine does not let us, and fails if the status is
 * not 0 or anything was written to stderr.
 */
void count_run(const struct count_how *how, struct count *ret);

#define count_skip notes_skip

/* Skips the test unless we are root. */
void count_needs_root(void);

/* Skips the test if the kernel, or a sandbox around us, has no fchmodat2 (Linux 6.6). */
void count_needs_fchmodat2(void);

/* Fails the test if SEEN is more than BUDGET of WHAT; DETAIL is shown then. */
void count_at_most(const char *what, double seen, double budget, const char *detail);

/* ----------------------------------------------------------------------------- trees (grow.c) */

enum count_kind {
	COUNT_FILES,
	COUNT_LINKS, /* to a file "target" in the directory's parent */
	COUNT_FIFOS,
	COUNT_DIRS,  /* empty */
	COUNT_CHAIN, /* directories, each in the one before */
	COUNT_COMB,  /* a chain with COUNT_TEETH files beside each directory */
};

enum { COUNT_TEETH = 2 };

struct count_entries {
	enum count_kind kind;
	unsigned n;
	mode_t mode; /* of each but links */
	uid_t uid;   /* (uid_t)-1: ours */
};

/* The name of entry I: "e" and a number; and room for it. */
enum { COUNT_NAME = 16 };
void count_name(unsigned i, char ret[static COUNT_NAME]);

/* Makes ENTRIES in the directory PATH. 0 or a negative errno. */
int count_grow(const char *path, const struct count_entries *entries);

/* How many of ENTRIES in PATH, links excepted, have another mode than MODE. */
unsigned count_differing(const char *path, const struct count_entries *entries, mode_t mode);

/*
 * Makes a tree of FILES names that share few inodes, in DIRS directories (0: all in PATH). 0 or a
 * negative errno.
 */
int count_grow_names(const char *path, unsigned dirs, unsigned files);

/* -------------------------------------------------------------------------- groups of tests */

/* Each returns how many of its tests failed. */
int count_group_start(void);   /* start and end of the program */
int count_group_rows(void);    /* each file, directory and operand */
int count_group_many(void);    /* 20,000 files: threads, writes, memory */
int count_group_million(void); /* a million files: memory */

#endif
