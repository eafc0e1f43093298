/* SPDX-License-Identifier: MIT */
#include "hold.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The calls that are announced. */
static const struct announced {
	int nr;
	enum hold_kind kind;
	int flags; /* the argument with the flags; -1: none */
} announced[] = {
	{SYS_openat, HOLD_OPEN, 2},
	{SYS_openat2, HOLD_PIN, -1}, /* the program opens nothing else by it */
	{SYS_fstat, HOLD_STAT, -1},
	{SYS_statx, HOLD_STAT, -1},
	{SYS_fchmod, HOLD_CHMOD, -1},
	{SYS_fchmodat, HOLD_CHMOD, -1},
	{SYS_fchmodat2, HOLD_CHMOD, -1},
	{SYS_getdents64, HOLD_READ, -1},
#ifdef SYS_newfstatat
	{SYS_newfstatat, HOLD_STAT, -1},
#endif
#ifdef SYS_open
	{SYS_open, HOLD_OPEN, 1},
	{SYS_stat, HOLD_STAT, -1},
	{SYS_lstat, HOLD_STAT, -1},
	{SYS_chmod, HOLD_CHMOD, -1},
#endif
};

enum { ANNOUNCED = sizeof(announced) / sizeof(announced[0]) };

struct holder {
	const struct hold_how *how;
	int err; /* why the program has been killed */
};

/* The refusal of NR, or the end of the list. */
static const struct hold_refusal *find_refusal(const struct hold_how *how, int nr)
{
	static const struct hold_refusal none;
	const struct hold_refusal *refusal = how->refuse ? how->refuse : &none;

	while (refusal->nr && refusal->nr != nr)
		refusal++;
	return refusal;
}

/* Fills *RET for CALL. False if that is not a call that is announced. */
static bool describe(const struct filter_call *call, struct hold_call *ret)
{
	static const char gone[] = " (deleted)";
	const struct announced *row = announced;
	size_t len;

	while (row < announced + ANNOUNCED && row->nr != call->nr)
		row++;
	if (row == announced + ANNOUNCED)
		return false;
	if (!filter_path(call, ret->path))
		ret->path[0] = '\0';
	ret->kind = row->kind;
	if (row->flags >= 0 && (call->args[row->flags] & O_PATH))
		ret->kind = HOLD_PIN;
	ret->thread = call->pid;
	ret->nr = call->nr;
	ret->fd = filter_fd(call);
	len = strlen(ret->path);
	if (len >= sizeof(gone) && strcmp(ret->path + len + 1 - sizeof(gone), gone) == 0)
		ret->path[len + 1 - sizeof(gone)] = '\0';
	return true;
}

static long answer(void *ctx, const struct filter_call *call)
{
	struct holder *holder = ctx;
	const struct hold_refusal *refusal = find_refusal(holder->how, call->nr);
	struct hold_call held;

	if (refusal->nr)
		return -refusal->err;
	if (holder->err == 0 && holder->how->at && describe(call, &held))
		holder->err = holder->how->at(holder->how->ctx, &held);
	if (holder->err < 0)
		kill(call->pid, SIGKILL);
	return FILTER_GO_ON;
}

int hold_run(const struct hold_how *how, struct run_result *ret)
{
	struct holder holder = {.how = how};
	int nrs[FILTER_MAX], rc;
	size_t n = 0;

	for (size_t i = 0; i < ANNOUNCED && how->at; i++)
		nrs[n++] = announced[i].nr;
	for (const struct hold_refusal *refusal = how->refuse; refusal && refusal->nr; refusal++) {
		if (n == FILTER_MAX)
			return -E2BIG;
		nrs[n++] = refusal->nr;
	}
	rc = n > 0 ? filter_run(&how->run, nrs, n, answer, &holder, ret) : run(&how->run, ret);
	if (rc == 0 && holder.err < 0)
		run_result_free(ret);
	return rc < 0 ? rc : holder.err;
}

static int ignore(void *ctx, const struct hold_call *call)
{
	(void)ctx;
	(void)call;
	return 0;
}

int hold_works(const char *program)
{
	char name[] = "chmod", option[] = "--version", *argv[] = {name, option, NULL},
	     *env[] = {NULL};
	struct hold_how how = {
		.run = {.path = program, .argv = argv, .env = env},
		.at = ignore,
	};
	struct run_result result;
	int rc = hold_run(&how, &result);

	if (rc == 0)
		run_result_free(&result);
	return rc;
}
