/* SPDX-License-Identifier: MIT */
/*
 * Starts a program as a shell would, and collects its output and status.
 *
 * Nothing is inherited by chance: signals, umask, environment, user and the three standard streams
 * are as `struct run_how` says, and every other descriptor is closed. A program that hangs is ended
 * by SIGALRM. Not thread-safe (fork).
 */
#ifndef TESTS_RUN_H
#define TESTS_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

/* Where a standard stream of the program goes. The default is to be read into the result. */
enum run_to {
	RUN_READ,        /* stdin: /dev/null */
	RUN_WITH_STDOUT, /* stderr only: into what is read from stdout, in the order written */
	RUN_CLOSED,      /* the descriptor is not open */
	RUN_FULL,        /* /dev/full */
	RUN_BROKEN,      /* a pipe that nobody reads */
};

struct run_user {
	uid_t uid;
	gid_t gid; /* the only group: the supplementary ones are dropped */
};

struct run_how {
	const char *path;            /* without a slash: looked for in PATH */
	int fd;                      /* > 0: of the same file, for when path cannot be reached */
	char *const *argv;           /* argv[0] is free; NULL-terminated */
	char *const *env;            /* the whole environment; NULL-terminated */
	const char *root;            /* chroot there first; NULL: do not */
	const char *cwd;             /* then go there; NULL: stay */
	const struct run_user *user; /* then become this user; NULL: stay */
	mode_t umask;
	enum run_to in, out, err;
	bool sigpipe_ignored;
	int seconds;                /* until SIGALRM; 0: 20; times TEST_PATIENCE */
	void (*prepare)(void *ctx); /* called in the child before the chroot; may _exit(RUN_NOT) */
	void *ctx;
};

/* A program under way. The descriptors are those to read from, or -1. */
struct run {
	pid_t pid;
	int out, err;
};

struct run_result {
	int status; /* the exit status, or 128 + the signal */
	char *out;  /* NUL-terminated, owned; empty if it was not read */
	char *err;
};

/* The exit status of a child that could not start the program. */
#define RUN_NOT 125

/*
 * Starts the program. 0 and *RET, to be handed to run_finish(), or a negative errno: of a pipe, of
 * fork(2) or of the exec.
 */
int run_start(const struct run_how *how, struct run *ret);

/* Reads both streams to their ends, waits, closes. 0 and *RET, to be freed, or a negative errno. */
int run_finish(struct run *run, struct run_result *ret);

/* run_start() and run_finish(). */
int run(const struct run_how *how, struct run_result *ret);

void run_result_free(struct run_result *result);

/*
 * For a prepare: the program gets N descriptors, 0 to N - 1. It is the soft limit, which chmod
 * never raises; a tool that runs chmod may, for descriptors of its own.
 */
void run_limit_files(rlim_t n);

/*
 * For a prepare: gives the program a mount namespace of its own, and DIR as its working directory.
 * A user who is not root gets a user namespace as well, under the same number. If the kernel does
 * not allow that, the child ends with RUN_NOT.
 */
void run_own_mounts(const char *dir);

/*
 * Calls FN(CTX) in a child that has become USER (NULL: stays as it is), with USER's group alone.
 * Returns what FN returned (0 to 124), RUN_NOT if the child could not become USER, 128 + the signal
 * if a signal ended it, or a negative errno if there was no child.
 */
int run_as(const struct run_user *user, int (*fn)(void *ctx), void *ctx);

#endif
