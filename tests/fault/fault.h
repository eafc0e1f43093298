/* SPDX-License-Identifier: MIT */
/*
 * The program when the kernel, the disk, memory or the sandbox refuses.
 *
 * A test makes a fault happen, at a call and for a file of its choice, and looks at three things:
 * that the fault happened; that the program said so, in the right words and with status 1; that the
 * rest of the work is done. Nothing but the tests of --progress waits for time to pass.
 */
#ifndef TESTS_FAULT_H
#define TESTS_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "../support/filter.h"
#include "../support/notes.h"
#include "../support/run.h"
#include "../support/tree.h"

/* Kinds of system calls. A call may be of several. */
enum fault_call {
	PIN = 1 << 0,       /* open as O_PATH */
	OPEN_DIR = 1 << 1,  /* open as O_DIRECTORY for reading */
	OPEN = 1 << 2,      /* any other open */
	STAT = 1 << 3,      /* of a name or a descriptor */
	CHANGE = 1 << 4,    /* any of the chmods */
	FCHMODAT2 = 1 << 5, /* that one in particular, but for the probe */
	PROBE = 1 << 6,     /* fchmodat2 that cannot succeed */
	GETDENTS = 1 << 7,
	STATFS = 1 << 8, /* of a name: /proc/self/fd */
	FSTATFS = 1 << 9,
	CLOSE = 1 << 10,
	WRITE = 1 << 11,
	UMASK = 1 << 12,
	IOCTL = 1 << 13,
	FCNTL = 1 << 14,
	IDS = 1 << 15,           /* getuid and its like */
	MEMORY = 1 << 16,        /* brk, and mmap without a file */
	CLONE = 1 << 17,         /* a new thread */
	READ = 1 << 18,          /* of what is no directory */
	OPENAT2 = 1 << 19,       /* but for the probe */
	PROBE_OPENAT2 = 1 << 20, /* one that cannot succeed */
	ANY_OPEN = PIN | OPEN_DIR | OPEN,
};

struct fault_test;

/* What goes wrong. */
struct fault {
	unsigned call; /* kinds; 0: the end of a list */
	/*
	 * The file, as seen from the test's tree: "." for the tree itself, "<1>" for descriptor 1
	 * if that is no file of the tree, "/..." for what is not in it. NULL: any file of the tree;
	 * any at all if the kinds are not about files of the tree.
	 */
	const char *file;
	int err;      /* the errno that the call answers; 0: it is let through */
	unsigned nth; /* which of the calls that match; 0: all */
	bool onward;  /* from the NTH on */
	/* What is done before the call, or instead: its result, or FILTER_GO_ON to go on with err.
	 */
	long (*act)(struct fault_test *t, const struct filter_call *call);
	bool may_miss;       /* it is no failure if this never happens */
	unsigned seen, hits; /* calls that matched, and how many of them it happened to */
};

#define FAULTS_MAX 6

/* How the program is brought to change files. */
enum fault_method {
	WAY_ANY,       /* as on this machine */
	WAY_FCHMODAT2, /* the kernel has it; otherwise the test is skipped */
	WAY_PROCFD,    /* fchmodat2 answers ENOSYS */
	WAY_SANDBOX,   /* fchmodat2 answers EPERM */
	WAY_LIBC,      /* a library is preloaded; the dynamic program only */
	WAY_NONE,      /* no fchmodat2, and no /proc */
	WAYS,
};

enum fault_users { AS_BOTH, AS_ROOT, AS_USER };

/* A test: what it is, in the first part, and what it works with. */
struct fault_test {
	const char *tree_text; /* support/tree.h; NULL: an empty one */
	void (*fn)(struct fault_test *t);
	const void *row; /* fn's own */
	int number;      /* fn's own */
	enum fault_method method;
	enum fault_users users; /* AS_BOTH makes two tests of it */
	bool in_memory;         /* the tree is in /dev/shm, if that is there */

	char *name;
	bool as_user;
	struct run_user user; /* whose the tree is, and who the program runs as */
	bool drop;            /* we have to become that user */
	struct tree tree;
	struct notes notes;
	int kept_fd; /* for fn: closed at the end if it is not -1 */
	/* If fn has set it: called at the end, before the tree is removed. */
	void (*end)(struct fault_test *t);
	void *end_ctx;
};

/* The program under test. */
struct fault_program {
	const char *path;
	int fd;
	bool is_static;
	bool is_under_valgrind;
	const char *qemu; /* the processor that QEMU plays; NULL: it is not there */
	unsigned seconds; /* what is asked for by --seconds */
};
extern struct fault_program fault_program;

/* ------------------------------------------------------------------------- the list of the tests
 */

struct fault_list;

/* Adds TEST, or two for both users, with a name as of printf. */
void fault_add(struct fault_list *list, const struct fault_test *test, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What the files of tests offer: each adds its tests. */
typedef void fault_group_fn(struct fault_list *list);
fault_group_fn fault_refused, fault_errors, fault_methods, fault_proc, fault_directories;
fault_group_fn fault_filesystems, fault_descriptors, fault_memory, fault_workers;
fault_group_fn fault_streams, fault_names, fault_fakeroot, fault_deep, fault_ours;
fault_group_fn fault_first, fault_files0, fault_beneath, fault_mounts, fault_progress;

/* In the order in which they run: from the plain to the long. Ended by one without a name. */
struct fault_group {
	const char *name;
	fault_group_fn *fill;
};
extern const struct fault_group fault_groups[];

/* ---------------------------------------------------------------------------------- for tests */

/* See support/notes.h: these are for the test's. fault_check_tree() can be done once only. */
#define fault_keep(t, ...)           notes_keep(&(t)->notes, __VA_ARGS__)
#define fault_text(t, ...)           notes_format(&(t)->notes, __VA_ARGS__)
#define fault_check(t, ...)          notes_check(&(t)->notes, __VA_ARGS__)
#define fault_check_text(t, ...)     notes_text(&(t)->notes, __VA_ARGS__)
#define fault_check_tree(t, changed) notes_tree(&(t)->notes, &(t)->tree, (t)->tree_text, changed)
#define fault_expand(t, ...)         notes_expand(&(t)->notes, __VA_ARGS__)
#define fault_skip                   notes_skip
#define fault_broken                 notes_broken

/* Makes the test's tree once more, from TEXT. */
void fault_new_tree(struct fault_test *t, const char *text);

/*
 * HOW for running the program as "chmod" on ARGS (split at blanks), in the test's tree as its user,
 * without any environment.
 */
struct run_how fault_how(struct fault_test *t, const char *args);

/* WORDS (NULL-terminated) instead of ARGS; kept as they are. */
struct run_how fault_how_words(struct fault_test *t, char *const *words);

/* Adds "NAME=VALUE" to HOW's environment. */
void fault_setenv(struct fault_test *t, struct run_how *how, const char *assignment);

/*
 * Runs HOW in the way of the test, with FAULTS (NULL: none; ended by one without a call), and notes
 * it if one of them did not happen, or if it was not that way. *RET is always valid, and to be
 * freed. Skips the test if there is no filter or no such way on this machine.
 */
void fault_run(struct fault_test *t, const struct run_how *how, struct fault *faults,
	struct run_result *ret);

/*
 * fault_run(), and what differs from these texts (NULL: any) and this status. The lines of standard
 * output may be in another order: that of a directory's entries is its file system's.
 */
void fault_expect(struct fault_test *t, const struct run_how *how, struct fault *faults,
	const char *out, const char *err, int status);

/*
 * For a run_how's prepare. The program has so many descriptors as its ctx, cast to a pointer, says.
 */
void fault_limit_files(void *ctx);

/*
 * To be called in a prepare: from now on mounts are the program's own. RUN_NOT ends the child if
 * that is not to be had; fault_check_mounts() skips the test then, and frees RESULT.
 */
void fault_own_mounts(void);
void fault_check_mounts(struct run_result *result);

/* The lines of TEXT in the order of their bytes: entries come in any. Kept. */
char *fault_sorted(struct fault_test *t, const char *text);

/* "fchmodat2", "procfd", ... */
const char *fault_way_name(enum fault_method method);

/*
 * Notes everything of the tree that is not as in CHANGED (or untouched), and of which ERR does not
 * say why: neither does it speak of it, nor of a directory above it that was left out.
 */
void fault_check_covered(struct fault_test *t, const char *changed, const char *err);

/*
 * The path of the library made from preload/NAME.c, valid until the next call; it is there until we
 * end. NULL if it cannot be made.
 */
const char *fault_preload(const char *name);

/* Lines of the program. */
#define E(text) "chmod: " text "\n"

#endif
