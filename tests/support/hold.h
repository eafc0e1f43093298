/*
 * Holds a program at its system calls: those that look at files, open them, read directories and
 * change modes are announced before they are carried out, and the program stands still meanwhile.
 * So something can be done between two calls of it, with no luck and no clock.
 *
 * Rests on seccomp's user notification (Linux 5.5, SECCOMP_USER_NOTIF_FLAG_CONTINUE). Needs no
 * privilege. Not thread-safe (fork); the program may have threads, each of which is held by itself.
 */
#ifndef TESTS_HOLD_H
#define TESTS_HOLD_H

#include "run.h"

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

/* Linux 6.6; older headers do not know it. */
#ifndef HOLD_FCHMODAT2
#define HOLD_FCHMODAT2 452
#endif

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
	int nr; /* SYS_... */
	int fd; /* the directory the name is looked up in, or the file itself; AT_FDCWD */
	/*
	 * What it is for: the directory's path, a slash and the name as given; for a descriptor
	 * (also in /proc/self/fd) the path of what it stands for at this moment.
	 */
	char path[2 * PATH_MAX];
};

/* A system call that answers an error without being carried out. */
struct hold_refusal {
	int nr; /* 0 ends a list */
	int err;
};

enum { HOLD_MAX_REFUSALS = 4 };

struct hold_how {
	struct run_how run; /* its prepare is called with the filter in place already */
	struct hold_refusal refuse[HOLD_MAX_REFUSALS]; /* these are not announced */
	/* Called at each call. 0: let it go on; a negative errno: kill the program. */
	int (*at)(void *ctx, const struct hold_call *call);
	void *ctx;
};

/*
 * Runs a program to its end and calls HOW->at before each of its calls. It should write little:
 * what it prints is read when it has ended. 0 and *RET, to be freed, or a negative errno, with the
 * program and its process group killed: what HOW->at returned; ETIMEDOUT if it did not end; or the
 * filter or the program could not be had.
 */
int hold_run(const struct hold_how *how, struct run_result *ret);

/* Whether this machine can hold programs: 0, or the negative errno that says why not. */
int hold_works(void);

/* Makes the calling process, and what it becomes, see REFUSE (a list). 0 or a negative errno. */
int hold_refuse(const struct hold_refusal *refuse);

#endif
