/* SPDX-License-Identifier: MIT */
/* --contents-first and --include, when the kernel, a limit or the sandbox refuses. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts.h"
#include "chain.h"
#include "rows.h"

#define NESTED "d/ 755, d/s/ 755, d/s/t/ 755, d/s/t/f 644"
#define OUTER  CHANGED("d/s", 0755, 0700) CHANGED("d", 0755, 0700)
#define ALL    "d/ 700, d/s/ 700, d/s/t/ 700, d/s/t/f 700"

#define TYPES                                                                                      \
	"d/ 755, d/f 644, d/s/ 755, d/s/g 600, d/l -> f, d/m -> s, d/x -> nope, d/p| 644, "        \
	"t/ 755, t/h 600, d/o -> ../t"
#define HIDE_TYPES .faults = {{.call = GETDENTS, .act = act_hide_types}}

static const struct fault_row rows[] = {
	/* A directory that cannot be read is reported, and changed itself. */
	{.tree = NESTED,
		.args = "-Rv --contents-first 700 d",
		.faults = {{.call = OPEN_DIR, .file = "d/s/t", .err = ERRS}},
		ERRNOS(EIO, EACCES, ENOMEM),
		.out = NO_ACCESS("d/s/t") CHANGED("d/s/t", 0755, 0700) OUTER,
		FAILS("cannot read directory 'd/s/t': {E}"),
		.after = "d/ 700, d/s/ 700, d/s/t/ 700"},
	{.tree = NESTED,
		.args = "-Rv --contents-first 700 d",
		.faults = {{.call = GETDENTS, .file = "d/s/t", .err = ERRS, .nth = 1}},
		ERRNOS(EIO, EACCES),
		.out = NO_ACCESS("d/s/t") CHANGED("d/s/t", 0755, 0700) OUTER,
		FAILS("cannot read directory 'd/s/t': {E}"),
		.after = "d/ 700, d/s/ 700, d/s/t/ 700"},
	{.tree = NESTED,
		.args = "-R --contents-first 700 d",
		.faults = {{.call = GETDENTS, .file = "d/s/t", .err = EIO, .nth = 2}},
		FAILS("d/s/t: Input/output error"),
		.after = ALL},
	/* In the end it cannot be examined, or cannot be changed. */
	{.tree = NESTED,
		.args = "-Rv --contents-first 700 d",
		.faults = {{.call = STAT, .file = "d/s/t", .err = ERRS, .nth = 2}},
		ERRNOS(EIO, EACCES, ESTALE),
		.out = CHANGED("d/s/t/f", 0644, 0700) NO_ACCESS("d/s/t") OUTER,
		FAILS("cannot access 'd/s/t': {E}"),
		.after = "d/ 700, d/s/ 700, d/s/t/f 700"},
	{.tree = NESTED,
		.args = "-Rv --contents-first 700 d",
		.faults = {{.call = CHANGE, .file = "d/s/t", .err = ERRS}},
		ERRNOS(EPERM, EROFS, EIO),
		.out = CHANGED("d/s/t/f", 0644, 0700) FAILED("d/s/t", 0755, 0700) OUTER,
		FAILS("changing permissions of 'd/s/t': {E}"),
		.after = "d/ 700, d/s/ 700, d/s/t/f 700"},
	/* Without fchmodat2 and /proc the descriptor is enough. */
	{.tree = NESTED,
		.args = "-R --contents-first D700,F600 d",
		.faults = {{.call = STATFS, .err = ENOENT}},
		.after = "d/ 700, d/s/ 700, d/s/t/ 700, d/s/t/f 600",
		.methods = IN(METHOD_PROCFD)},

	/* A file system that does not tell types. */
	{.tree = TYPES,
		.args = "-R --contents-first go+w d",
		HIDE_TYPES,
		.after = "d/ 777, d/f 666, d/s/ 777, d/s/g 622, d/p| 666"},
	{.tree = TYPES,
		.args = "-R --include=g --include=[mlx] 644 d",
		HIDE_TYPES,
		.after = "d/s/g 644"},
	{.tree = TYPES, .args = "-RL --include=h --include=d go= d", HIDE_TYPES, .after = "d/ 700"},
	{.tree = TYPES,
		.args = "-RL --include=[gh] go+r d",
		HIDE_TYPES,
		.after = "d/s/g 644, t/h 644"},

	/* What does not match is reported only if it may be a directory. */
	{.tree = NESTED,
		.args = "-Rv --include=f 600 d",
		.faults = {{.call = OPEN_DIR, .file = "d/s/t", .err = ERRS}},
		ERRNOS(EIO, EACCES),
		.out = NO_ACCESS("d/s/t"),
		FAILS("cannot read directory 'd/s/t': {E}")},
	{.tree = TYPES,
		.args = "-R --include=nothing 600 d",
		.faults = {{.call = GETDENTS, .act = act_hide_types},
			{.call = ANY_OPEN, .file = "d/s", .err = EIO}},
		FAILS("cannot access 'd/s': Input/output error")},

	/* Another directory, or a link, in the place of one that is being read. */
	{.tree = "d/ 755, d/s/ 755, d/s/f 644, x/ 755, x/f 600, e 644",
		.args = "-R --contents-first 700 d e",
		.faults = {{.call = CHANGE, .file = "d/s/f", .act = act_exchange, .nth = 1}},
		.after = "d/ 700, d/s/ 755, d/s/f 600, x/ 700, x/f 700, e 700",
		.methods = IN(METHOD_FCHMODAT2)},
};

/* ------------------------------------------------------------ directories that had to be closed */

enum { LEVELS = 40, MIDDLE = LEVELS / 2, FILES = 8 };

/* The path of level N of the chain d/d/d/..., from 1. Kept. */
static const char *level(struct fault_test *t, int n)
{
	char path[2 * LEVELS + 1];

	for (int i = 0; i < n; i++)
		memcpy(path + 2 * i, "d/", 2);
	path[2 * n - 1] = '\0';
	return fault_text(t, "%s", path);
}

/* What happens to the level MIDDLE while the walk is below it. */
struct closed_row {
	const char *what;
	int moved_levels;  /* how many are in "moved" then */
	bool has_namesake; /* another directory has its name */
	bool is_lost;      /* it is gone: that is told, once, and it is not changed */
};

static const struct closed_row closed_rows[] = {
	{"moved", LEVELS - MIDDLE + 1, false, false},
	{"moved, and another has its name", LEVELS - MIDDLE + 1, true, false},
	{"gone", LEVELS - MIDDLE, true, true},
};

/* Moves MIDDLE, or removes it after what is in it has been moved. */
static long take_away(struct fault_test *t, const struct filter_call *call)
{
	const struct closed_row *row = t->row;
	const char *middle = level(t, MIDDLE);

	(void)call;
	if (renameat(t->tree.fd, row->is_lost ? level(t, MIDDLE + 1) : middle, t->tree.fd,
		    "moved") < 0 ||
		(row->is_lost && unlinkat(t->tree.fd, middle, AT_REMOVEDIR) < 0) ||
		(row->has_namesake && mkdirat(t->tree.fd, middle, 0755) < 0))
		fault_broken("a level cannot be taken away", errno);
	return FILTER_GO_ON;
}

/* Notes which of the N directories NAME, NAME/d, NAME/d/d, ... does not have the mode 711. */
static void check_levels(struct fault_test *t, const char *name, int n)
{
	int fd = dup(t->tree.fd);

	for (int i = 0; i < n; i++) {
		int next = openat(fd, i ? "d" : name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		struct stat st;

		if (next < 0 || fstat(next, &st) < 0)
			fault_broken("a level", errno);
		close(fd);
		fd = next;
		fault_check(t, (st.st_mode & 07777) == 0711, "level %d of %s has mode %04o", i,
			name, st.st_mode & 07777);
	}
	close(fd);
}

/*
 * MIDDLE had to be closed when this happens. If it is moved, it is found again from below, and what
 * is above it by its name. All that is not lost is changed.
 */
static void test_closed(struct fault_test *t)
{
	static const struct chain chain = {.levels = LEVELS};
	const struct closed_row *row = t->row;
	const char *middle = level(t, MIDDLE), *err = "";
	struct fault faults[] = {
		{.call = GETDENTS, .file = level(t, LEVELS), .nth = 1, .act = take_away},
		{.call = 0}};
	struct run_how how = fault_how(t, "-R --contents-first 711 d");
	int rc = chain_make(t, &chain);
	struct stat st;

	if (rc)
		fault_broken("no tree", rc);
	if (row->is_lost)
		err = fault_text(t, E("cannot access '%s': Stale file handle"), middle);
	how.prepare = fault_limit_files;
	how.ctx = (void *)(uintptr_t)FILES;
	fault_expect(t, &how, faults, "", err, row->is_lost);
	check_levels(t, "d", MIDDLE - 1);
	check_levels(t, "moved", row->moved_levels);
	if (row->has_namesake && fault_check(t, fstatat(t->tree.fd, middle, &st, 0) == 0,
					 "the other directory is not there"))
		fault_check(t, (st.st_mode & 07777) == 0755, "the other directory was changed");
}

void fault_first(struct fault_list *list)
{
	struct fault_test closed = {.fn = test_closed, .in_memory = true};

	fault_add_rows(list, rows, sizeof(rows) / sizeof(rows[0]));
	for (size_t i = 0; i < sizeof(closed_rows) / sizeof(closed_rows[0]); i++) {
		closed.row = &closed_rows[i];
		fault_add(list, &closed, "--contents-first, a closed directory is %s",
			closed_rows[i].what);
	}
}
