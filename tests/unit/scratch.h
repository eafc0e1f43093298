/* SPDX-License-Identifier: MIT */
/*
 * A fresh directory for a test to work in; and children, for what a process can only do to itself,
 * as becoming a user without privileges.
 *
 * Link with support/tree.o.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rows.h"
#include "support/tree.h"

/* An assert_true() that goes on, for children and loops; the test ends with rows_end(). */
#define EXPECT(condition)                                                                          \
	((condition) ? (void)0                                                                     \
		     : row_wrong("%s:%d: it is not so that %s", __FILE__, __LINE__, #condition))

enum {
	NOBODY = 65534,
	CHILD_CANNOT = 125, /* exit status of a child that could not become what it should */
};

static struct tree scratch = {.fd = -1};

/* The user that children run as. */
static inline uid_t child_user(void)
{
	return geteuid() == 0 ? NOBODY : geteuid();
}

static inline void scratch_enter_for(const char *text, uid_t uid, gid_t gid)
{
	int err = tree_make(text, uid, gid, &scratch);

	if (err != 0)
		fail_msg("no directory for the test: %s", strerror(-err));
	assert_int_equal(fchdir(scratch.fd), 0);
}

/* Makes the directory with what TEXT says in it (see support/tree.h) and goes there. */
static inline void scratch_enter(const char *text)
{
	scratch_enter_for(text, geteuid(), getegid());
}

/* The same, but all of it belongs to the user that children run as. */
static inline void scratch_enter_for_child(const char *text)
{
	scratch_enter_for(text, child_user(), geteuid() == 0 ? NOBODY : getegid());
}

/* The teardown of every test that enters one; also of those that failed. */
static inline int scratch_leave(void **state)
{
	(void)state;
	if (scratch.path != NULL)
		tree_remove(&scratch);
	return chdir("/");
}

#define SCRATCH_TEST(test) cmocka_unit_test_teardown(test, scratch_leave)

/* The 12 bits of NAME in the working directory, of a link itself; or more than that: none. */
static inline mode_t mode_of(const char *name)
{
	struct stat st;

	return fstatat(AT_FDCWD, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode & 07777
								      : (mode_t)-1;
}

/* How many descriptors are open. */
static inline int count_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Becomes a user without privileges. */
static inline bool become_nobody(void)
{
	return geteuid() != 0 ||
	       (setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
		       setresuid(NOBODY, NOBODY, NOBODY) == 0);
}

/* For children; see in_child(). */
static inline void be_nobody(void)
{
	if (!become_nobody())
		exit(CHILD_CANNOT);
}

/*
 * Calls FN(CTX) in a child. No assertions there: EXPECT() and row_wrong(). False if the child ended
 * with CHILD_CANNOT.
 */
static inline bool in_child(void (*fn)(void *ctx), void *ctx)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		rows_wrong = 0;
		fn(ctx);
		exit(rows_wrong > 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_CANNOT)
		return false;
	if (status != 0)
		row_wrong("a child ended with status %#x", (unsigned)status);
	return true;
}

#endif
