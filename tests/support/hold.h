/* SPDX-License-Identifier: MIT */
/*
 * Holds a program at the calls by which it examines and opens files, reads directories and changes
 * modes. Each call is announced before it is carried out, and its thread waits meanwhile. So a test
 * can act between two calls, without luck and without a clock.
 */
#ifndef TESTS_HOLD_H
#define TESTS_HOLD_H

#include "filter.h"
#include "run.h"

#include <limits.h>
#include <sys/types.h>

enum hold_kind {
	HOLD_PIN,   /* opening with O_PATH */
	HOLD_OPEN,  /* opening for reading or writing */
	HOLD_STAT,  /* by name or descriptor */
	HOLD_CHMOD, /* by name or descriptor */
	HOLD_READ,  /* of a directory */
};

/* A call that is about to be carried out. */
struct hold_call {
	enum hold_kind kind;
	pid_t thread;
	int nr;              /* SYS_... */
	int fd;              /* see filter_fd() */
	char path[PATH_MAX]; /* see filter_path(); "" if there is none */
};

/* A system call that answers an error without being carried out. */
struct hold_refusal {
	int nr; /* 0 ends a list */
	int err;
};

struct hold_how {
	struct run_how run; /* prepare must make no call that is announced or refused */
	const struct hold_refusal *refuse; /* a list, or NULL; these are not announced */
	/*
	 * Called before each call, by another thread, one at a time. 0: it goes on; a negative
	 * errno: the program is killed. NULL: nothing is announced.
	 */
	int (*at)(void *ctx, const struct hold_call *call);
	void *ctx;
};

/*
 * Runs a program to its end. 0 and *RET, to be freed, or a negative errno: of HOW->at or of
 * filter_run().
 */
int hold_run(const struct hold_how *how, struct run_result *ret);

/* Tries whether PROGRAM can be held on this machine, with --version: 0 or a negative errno. */
int hold_works(const char *program);

#endif
