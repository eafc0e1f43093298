/* SPDX-License-Identifier: MIT */
/*
 * The program when the kernel, the disk, memory or a sandbox refuses something.
 *
 * A test makes a fault happen, at a call and for a file of its choice. It checks that the fault
 * happened, that the program reported it in the right words and with status 1, and that the rest
 * was done. Only the tests of --progress wait for time to pass.
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
	FCHMODAT2 = 1 << 5, /* only fchmodat2, but not the probe */
	PROBE = 1 << 6,     /* the fchmodat2 that cannot succeed */
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
	READ = 1 << 18,          /* not of a directory */
	OPENAT2 = 1 << 19,       /* but not the probe */
	PROBE_OPENAT2 = 1 << 20, /* the openat2 that cannot succeed */
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
	bool onward;  /* the NTH and all after it */
	/* Called first. The result of the call, or FILTER_GO_ON: then err decides. */
	long (*act)(struct fault_test *t, const struct filter_call *call);
	bool may_miss;       /* the test does not fail if this never happens */
	unsigned seen, hits; /* calls that matched, and how many of them it happened to */
};

#define FAULTS_MAX 6

/* The method by which the program changes files (DESIGN.md 3.3), and what makes it use that. */
enum fault_method {
	METHOD_ANY,       /* what it chooses on this machine */
	METHOD_FCHMODAT2, /* the kernel has it; otherwise the test is skipped */
	METHOD_PROCFD,    /* fchmodat2 answers ENOSYS */
	METHOD_SANDBOX,   /* fchmodat2 answers EPERM */
	METHOD_LIBC,      /* a library is preloaded; the dynamic program only */
	METHOD_NAME,      /* neither fchmodat2 nor /proc */
	METHODS,
};

enum fault_users { AS_BOTH, AS_ROOT, AS_USER };

/* A test. The first part says what it is; the rest is what it works with. */
struct fault_test {
	const char *tree_text; /* support/tree.h; NULL: an empty one */
	void (*fn)(struct fault_test *t);
	const void *row; /* fn's own */
	int number;      /* fn's own */
	enum fault_method method;
	enum fault_users users; /* AS_BOTH: two tests */
	bool in_memory;         /* the tree is in /dev/shm, if there is one */

	char *name;
	bool as_user;
	struct run_user user; /* owns the tree and runs the program */
	bool drop;            /* the child has to become that user */
	struct tree tree;
	struct notes notes;
	int kept_fd; /* for fn: closed at the end if it is not -1 */
	/* Called at the end if fn has set it, before the tree is removed. */
	void (*end)(struct fault_test *t);
	void *end_ctx;
};

/* The program under test. */
struct fault_program {
	const char *path;
	int fd;
	bool is_static;
	bool is_under_valgrind;
	const char *qemu; /* the processor that QEMU plays; NULL: QEMU is not used */
	unsigned seconds; /* --seconds */
};
extern struct fault_program fault_program;

/* ------------------------------------------------------------------------------ list of tests */

struct fault_list;

/* Adds TEST, for both users or one, under a name in the words of printf(3). */
void fault_add(struct fault_list *list, const struct fault_test *test, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Each file of tests has one, which adds its tests. */
typedef void fault_group_fn(struct fault_list *list);
fault_group_fn fault_refused, fault_errors, fault_methods, fault_proc, fault_directories;
fault_group_fn fault_filesystems, fault_descriptors, fault_memory, fault_workers;
fault_group_fn fault_streams, fault_names, fault_fakeroot, fault_deep, fault_ours;
fault_group_fn fault_first, fault_files0, fault_beneath, fault_mounts, fault_progress;

/* In the order in which they run; ended by one without a name. */
struct fault_group {
	const char *name;
	fault_group_fn *fill;
};
extern const struct fault_group fault_groups[];

/* ---------------------------------------------------------------------------------- for tests */

/* See support/notes.h. fault_check_tree() works only once. */
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

/* Writes the N BYTES to the file NAME of the tree. */
void fault_write(struct fault_test *t, const char *name, const char *bytes, size_t n);

/*
 * How the program is run as "chmod" with ARGS (split at blanks), in the tree of the test, as its
 * user, without an environment.
 */
struct run_how fault_how(struct fault_test *t, const char *args);

/* The same with WORDS (NULL-terminated) instead of ARGS. */
struct run_how fault_how_words(struct fault_test *t, char *const *words);

/* Adds "NAME=VALUE" to HOW's environment. */
void fault_setenv(struct fault_test *t, struct run_how *how, const char *assignment);

/*
 * Runs HOW by the method of the test, with FAULTS (NULL: none; ended by one without a call). Notes
 * each fault that did not happen, and another method. *RET is always valid, and to be freed. Skips
 * the test if this machine has no filter or not the method.
 */
void fault_run(struct fault_test *t, const struct run_how *how, struct fault *faults,
	struct run_result *ret);

/*
 * fault_run(), and notes what differs from these texts (NULL: any) and STATUS. The lines of
 * standard output may be in any order, because the file system decides that of the entries.
 */
void fault_expect(struct fault_test *t, const struct run_how *how, struct fault *faults,
	const char *out, const char *err, int status);

/*
 * For a prepare: limits the descriptors to CTX, which is a number that has been cast to a pointer.
 */
void fault_limit_files(void *ctx);

/* Skips the test, and frees RESULT, if run_own_mounts() gave up. */
void fault_check_mounts(struct run_result *result);

/* The lines of TEXT, sorted. Kept. */
char *fault_sorted(struct fault_test *t, const char *text);

/* "fchmodat2", "procfd", ... */
const char *fault_method_name(enum fault_method method);

/*
 * Notes how the tree differs from CHANGED, see tree_differs(), but for what ERR explains: it names
 * the file, or a directory above it that was left out.
 */
void fault_check_covered(struct fault_test *t, const char *changed, const char *err);

/*
 * The path of a library, made from preload/NAME.c, that exists until this process ends. NULL if it
 * cannot be made. The string is valid until the next call.
 */
const char *fault_preload(const char *name);

/* Lines of the program. */
#define E(text) "chmod: " text "\n"

#endif
