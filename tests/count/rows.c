/* SPDX-License-Identifier: MIT */
/*
 * What each file, directory and operand costs: the table of DESIGN.md 3.1.
 *
 * The program is run on two directories that differ only in the number of their entries. The
 * difference of the counts, divided by that of the entries, is what an entry costs.
 */
#include "../support/cmocka.h"
#include "count.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Budgets: system calls for each entry, not counting those that write lines or get memory. */
enum {
	UNTOUCHED = 0,         /* symlinks that are not followed */
	NOSTAT = 1,            /* absolute: changed by name, without a stat */
	BY_NAME = 2,           /* stat and change where nobody can interfere */
	BY_PIN = 4,            /* pin, stat, change, close: contested, or without fchmodat2 */
	RIGHT_ALREADY = 1,     /* --skip-unchanged: one stat */
	STAT_ALONE = 1,        /* --dry-run: one stat */
	RESTAT = 1,            /* -v, -c: one stat more where the mode may be another */
	OPERAND = 4,           /* pin, stat, change, close */
	OPERAND_KNOWN = 5,     /* its time of birth as well, to recognize it later */
	OPERAND_BY_NAME = 2,   /* absolute: stat and change, as GNU does */
	OPERAND_BELOW = 6,     /* --beneath: its directory is found, and closed */
	OPERAND_ITSELF = 7,    /* -h: what a link leads to is pinned first, for GNU's errors */
	DIRECTORY = 6,         /* open, stat, change, read, read to the end, close */
	DIRECTORY_RIGHT = 5,   /* without the change */
	DIRECTORY_PINNED = 9,  /* examined before it is opened: pin, stat and close more */
	DIRECTORY_TAKEN = 8,   /* the new mode forbids to read it: open and close more */
	DIRECTORY_CLOSED = 9,  /* the old mode does: open that fails, pin and close more */
	DIRECTORY_GONE = 7,    /* closed with nothing left in it: its identity is asked for */
	DIRECTORY_AGAIN = 10,  /* closed and opened again: open, stat and close more than that */
	DIRECTORY_OPERAND = 7, /* the type of its file system is asked for */
};

/* Calls for memory for all entries together: a block or two of the allocator. */
enum { STRAY_MEMORY = 4 };

/* The entries of the two directories. A deep chain has more levels than are kept open. */
enum { FEW = 8, MANY = 48, DEEP = 100 };

enum in {
	IN_OURS,     /* nobody else may rename */
	IN_WRITABLE, /* by its mode everybody may rename */
	IN_FOREIGN,  /* it belongs to another user; for root */
};

/* The operands: the directory, its entries, or the records of the list ../list. */
enum where { ONE_OPERAND, ALL_OPERANDS, IN_LIST };

struct row {
	const char *name;
	const char *args; /* the operands come after them */
	enum count_kind kind;
	mode_t before, after; /* modes of an entry; not of links */
	enum in in;
	unsigned budget;
	enum where where;
	bool no_fchmodat2;
	const char *prefix; /* of the names of ALL_OPERANDS and IN_LIST; NULL: none */
	unsigned at_least;  /* entries of the smaller directory; 0: FEW */
	unsigned memory;    /* calls for memory that are allowed besides the budget */
	bool as_root, as_user;
};

#define FILES(was, is) .kind = COUNT_FILES, .before = (was), .after = (is)
#define FIFOS(was, is) .kind = COUNT_FIFOS, .before = (was), .after = (is)
#define DIRS(was, is)  .kind = COUNT_DIRS, .before = (was), .after = (is)
#define CHAIN(was, is) .kind = COUNT_CHAIN, .before = (was), .after = (is)
#define COMB(was, is)  .kind = COUNT_COMB, .before = (was), .after = (is)
#define LINKS          .kind = COUNT_LINKS

static const struct row rows[] = {
	/* An absolute spec; the old mode is not asked for. */
	{"octal", "-R 755", FILES(0644, 0755), .budget = NOSTAT},
	{"octal, contested by mode", "-R 755", FILES(0644, 0755), .in = IN_WRITABLE,
		.budget = NOSTAT},
	{"octal, contested by owner", "-R 755", FILES(0644, 0755), .in = IN_FOREIGN,
		.budget = NOSTAT},
	{"octal, FIFOs", "-R 755", FIFOS(0644, 0755), .budget = NOSTAT},
	{"octal, set-ID", "-R 6755", FILES(0644, 06755), .budget = NOSTAT},
	{"octal, -f", "-R -f 755", FILES(0644, 0755), .budget = NOSTAT},
	{"=octal", "-R =755", FILES(04644, 0755), .budget = NOSTAT},
	{"a=rx", "-R a=rx", FILES(0644, 0555), .budget = NOSTAT},
	{"a=r", "-R a=r", FILES(0755, 0444), .as_root = true, .budget = NOSTAT},
	{"u=rw,go=r", "-R u=rw,go=r", FILES(0755, 0644), .as_root = true, .budget = NOSTAT},
	{"D755,F644", "-R D755,F644", FILES(0600, 0644), .budget = NOSTAT},
	{"D755,F644, contested", "-R D755,F644", FILES(0600, 0644), .in = IN_WRITABLE,
		.budget = BY_PIN},
	{"--reference", "-R --reference=..", FILES(0600, 0755), .budget = NOSTAT},

	/* A relative spec. */
	{"u=rwX,go=rX", "-R u=rwX,go=rX", FILES(0600, 0644), .budget = BY_NAME},
	{"u=rwX,go=rX, contested by mode", "-R u=rwX,go=rX", FILES(0600, 0644), .in = IN_WRITABLE,
		.budget = BY_PIN},
	{"u=rwX,go=rX, contested by owner", "-R u=rwX,go=rX", FILES(0600, 0644), .in = IN_FOREIGN,
		.budget = BY_PIN},
	{"u=rwX,go=rX, FIFOs", "-R u=rwX,go=rX", FIFOS(0600, 0644), .budget = BY_NAME},
	{"a+X", "-R a+X", FILES(0744, 0755), .budget = BY_NAME},
	{"u+w", "-R u+w", FILES(0444, 0644), .budget = BY_NAME},
	{"go=u", "-R go=u,go-w", FILES(0744, 0755), .budget = BY_NAME},
	{"+octal", "-R +111", FILES(0644, 0755), .budget = BY_NAME},

	/* The old mode is asked for. */
	{"octal, -v", "-R -v 755", FILES(0644, 0755), .budget = BY_NAME},
	{"octal, -v, contested", "-R -v 755", FILES(0644, 0755), .in = IN_WRITABLE,
		.budget = BY_PIN},
	{"octal, -c", "-R -c 755", FILES(0644, 0755), .budget = BY_NAME},
	{"octal, -c, nothing changes", "-R -c 755", FILES(0755, 0755), .budget = BY_NAME},
	{"u=rwX,go=rX, -v", "-R -v u=rwX,go=rX", FILES(0600, 0644), .budget = BY_NAME},
	{"u=rwX,go=rX, -v, contested", "-R -v u=rwX,go=rX", FILES(0600, 0644), .in = IN_WRITABLE,
		.budget = BY_PIN},
	{"set-ID, -v", "-R -v 4755", FILES(0644, 04755), .budget = BY_NAME + RESTAT},
	{"sticky, -c", "-R -c +t", FILES(0644, 01644), .budget = BY_NAME + RESTAT},
	{"set-ID, -v, contested", "-R -v 4755", FILES(0644, 04755), .in = IN_WRITABLE,
		.budget = BY_PIN + RESTAT},

	/* A kernel or a sandbox without fchmodat2. */
	{"octal, by /proc", "-R 755", FILES(0644, 0755), .no_fchmodat2 = true, .budget = BY_PIN},
	{"u=rwX,go=rX, by /proc", "-R u=rwX,go=rX", FILES(0600, 0644), .no_fchmodat2 = true,
		.budget = BY_PIN},
	{"u=rwX,go=rX, by /proc, contested", "-R u=rwX,go=rX", FILES(0600, 0644), .in = IN_WRITABLE,
		.no_fchmodat2 = true, .budget = BY_PIN},

	/* Symlinks. */
	{"links, octal", "-R 755", LINKS, .budget = UNTOUCHED},
	{"links, octal, contested", "-R 755", LINKS, .in = IN_WRITABLE, .budget = UNTOUCHED},
	{"links, octal, -v", "-R -v 755", LINKS, .budget = UNTOUCHED},
	{"links, u=rwX,go=rX", "-R u=rwX,go=rX", LINKS, .budget = UNTOUCHED},
	{"links, u=rwX,go=rX, contested", "-R u=rwX,go=rX", LINKS, .in = IN_WRITABLE,
		.budget = UNTOUCHED},
	{"links, in a directory for its owner", "-R go-rwx", LINKS, .budget = UNTOUCHED},
	{"links, followed", "-R -L a+r", LINKS, .budget = BY_PIN},

	/* --skip-unchanged. */
	{"right already, octal", "-R --skip-unchanged 755", FILES(0755, 0755),
		.budget = RIGHT_ALREADY},
	{"right already, octal, contested", "-R --skip-unchanged 755", FILES(0755, 0755),
		.in = IN_WRITABLE, .budget = RIGHT_ALREADY},
	{"right already, u=rwX,go=rX", "-R --skip-unchanged u=rwX,go=rX", FILES(0644, 0644),
		.budget = RIGHT_ALREADY},
	{"right already, contested", "-R --skip-unchanged u=rwX,go=rX", FILES(0644, 0644),
		.in = IN_WRITABLE, .budget = RIGHT_ALREADY},
	{"not right, --skip-unchanged", "-R --skip-unchanged u=rwX,go=rX", FILES(0600, 0644),
		.budget = BY_NAME},
	{"right already, symlinks", "-R --skip-unchanged 755", LINKS, .budget = UNTOUCHED},
	{"right already, directories", "-R --skip-unchanged 755", DIRS(0755, 0755),
		.budget = DIRECTORY_RIGHT},

	/* --dry-run. */
	{"dry run", "-R -n 755", FILES(0644, 0644), .budget = STAT_ALONE},
	{"dry run, contested", "-R -n u=rwX,go=rX", FILES(0600, 0600), .in = IN_WRITABLE,
		.budget = STAT_ALONE},
	{"excluded", "-R --exclude=e* 755", FILES(0644, 0644), .budget = UNTOUCHED},
	{"excluded directories", "-R --exclude=e* 755", DIRS(0700, 0700), .budget = UNTOUCHED},
	{"not excluded", "-R --exclude=*.o 755", FILES(0644, 0755), .budget = NOSTAT},
	{"one file system", "-R --one-file-system 755", FILES(0644, 0755), .budget = NOSTAT},
	{"one file system, directories", "-R --one-file-system 755", DIRS(0700, 0755),
		.budget = DIRECTORY_PINNED},

	/* What does not match is not examined, but directories are, for what is in them. */
	{"included", "-R --include=e* 755", FILES(0644, 0755), .budget = NOSTAT},
	{"not included", "-R --include=*.sh 755", FILES(0644, 0644), .budget = UNTOUCHED},
	{"not included, contested", "-R --include=*.sh --include=*.d/* u=rwX,go=rX",
		FILES(0600, 0600), .in = IN_WRITABLE, .budget = UNTOUCHED},
	{"not included, FIFOs", "-R --include=*.sh 755", FIFOS(0644, 0644), .budget = UNTOUCHED},
	{"not included, links", "-R --include=*.sh --dereference -H 755", LINKS,
		.budget = UNTOUCHED},
	{"not included, links, followed", "-R -L --include=*.sh 755", LINKS, .budget = STAT_ALONE},
	{"not included, directories", "-R --include=*.sh 755", DIRS(0700, 0700),
		.budget = DIRECTORY_RIGHT},

	/* A directory that is changed after its contents is examined once more before that. */
	{"contents first", "-R --contents-first 755", FILES(0644, 0755), .budget = NOSTAT},
	{"contents first, directories", "-R --contents-first 755", DIRS(0700, 0755),
		.budget = DIRECTORY + STAT_ALONE},
	{"contents first, directories, -v", "-R -v --contents-first g+w", DIRS(0700, 0720),
		.budget = DIRECTORY + STAT_ALONE},
	{"contents first, all taken away", "-R --contents-first a-rwx", DIRS(0755, 0),
		.as_user = true, .budget = DIRECTORY + STAT_ALONE},
	{"contents first, deep chain", "-R --contents-first 755", CHAIN(0700, 0755),
		.at_least = DEEP, .memory = 1, .budget = DIRECTORY_AGAIN + STAT_ALONE},
	/* Whether the mount is read-only is asked twice: for its files and for itself. */
	{"contents first, dry run", "-R -n --contents-first 755", DIRS(0700, 0700),
		.budget = DIRECTORY_RIGHT + STAT_ALONE + 2},
	{"contents first, deep chain, all taken away", "-R --contents-first a-rwx", CHAIN(0755, 0),
		.as_root = true, .as_user = true, .at_least = DEEP, .memory = 1,
		.budget = DIRECTORY_AGAIN + STAT_ALONE},

	/* Directories. */
	{"directories, octal", "-R 755", DIRS(0700, 0755), .budget = DIRECTORY},
	{"directories, octal, contested", "-R 755", DIRS(0700, 0755), .in = IN_WRITABLE,
		.budget = DIRECTORY},
	{"directories, u=rwX,go=rX", "-R u=rwX,go=rX", DIRS(0700, 0755), .budget = DIRECTORY},
	{"directories, contested by owner", "-R u=rwX,go=rX", DIRS(0700, 0755), .in = IN_FOREIGN,
		.budget = DIRECTORY},
	{"directories, -v", "-R -v 755", DIRS(0700, 0755), .budget = DIRECTORY},
	{"directories, set-ID, -v", "-R -v 2755", DIRS(0700, 02755), .budget = DIRECTORY + RESTAT},
	{"directories, by /proc", "-R 755", DIRS(0700, 0755), .no_fchmodat2 = true,
		.budget = DIRECTORY},
	{"directories, closed to others", "-R go-rwx", DIRS(0755, 0700), .budget = DIRECTORY},
	{"directories, reading taken away", "-R a-r", DIRS(0755, 0311), .as_root = true,
		.budget = DIRECTORY_TAKEN},
	{"directories, closed to us", "-R u=rwx", DIRS(0000, 0700), .as_user = true,
		.budget = DIRECTORY_CLOSED},
	{"chain of directories", "-R 755", CHAIN(0700, 0755), .memory = 1, .budget = DIRECTORY},
	{"deep chain of directories", "-R 755", CHAIN(0700, 0755), .at_least = DEEP, .memory = 1,
		.budget = DIRECTORY_GONE},
	{"deep chain of directories with files", "-R 755", COMB(0700, 0755), .at_least = DEEP,
		.memory = 1, .budget = DIRECTORY_AGAIN + COUNT_TEETH * NOSTAT},

	/* Operands. */
	{"operands, octal", "755", FILES(0644, 0755), .where = ALL_OPERANDS,
		.budget = OPERAND_BY_NAME},
	{"operands, u+x", "u+x", FILES(0644, 0744), .where = ALL_OPERANDS, .budget = OPERAND},
	{"operands, -h", "-h 755", FILES(0644, 0755), .where = ALL_OPERANDS,
		.budget = OPERAND_ITSELF},
	{"operands, -v", "-v 755", FILES(0644, 0755), .where = ALL_OPERANDS,
		.budget = OPERAND_BY_NAME + RESTAT},
	{"operands, u+x, -v", "-v u+x", FILES(0644, 0744), .where = ALL_OPERANDS,
		.budget = OPERAND + RESTAT},
	{"operands, set-ID, -v", "-v 4755", FILES(0644, 04755), .where = ALL_OPERANDS,
		.budget = OPERAND_BY_NAME + RESTAT},
	{"operands, links", "a+r", LINKS, .where = ALL_OPERANDS, .budget = OPERAND},
	{"operands, by /proc", "755", FILES(0644, 0755), .where = ALL_OPERANDS,
		.no_fchmodat2 = true, .budget = OPERAND_BY_NAME},
	{"operands beneath", "--beneath=. 755", FILES(0644, 0755), .where = ALL_OPERANDS,
		.prefix = "./", .budget = OPERAND},
	{"operands further beneath", "--beneath=. u+x", FILES(0644, 0744), .where = ALL_OPERANDS,
		.prefix = "././", .budget = OPERAND_BELOW},
	{"records", "--modes0-from=../list", FILES(0644, 0755), .where = IN_LIST,
		.budget = OPERAND},
	{"records, -c", "-c --modes0-from=../list", FILES(0644, 04755), .where = IN_LIST,
		.budget = OPERAND + RESTAT},
	{"records, -n", "-n --modes0-from=../list", FILES(0644, 0644), .where = IN_LIST,
		.budget = OPERAND},
	{"records, right already", "--skip-unchanged --modes0-from=../list", FILES(0644, 0644),
		.where = IN_LIST, .budget = OPERAND - 1},
	{"records of links", "--modes0-from=../list", LINKS, .where = IN_LIST,
		.budget = OPERAND - 1},
	{"records beneath", "--beneath=. --modes0-from=../list", FILES(0644, 0755),
		.where = IN_LIST, .prefix = "./", .budget = OPERAND},
	{"records further beneath", "--beneath=. --modes0-from=../list", FILES(0644, 0755),
		.where = IN_LIST, .prefix = "././", .budget = OPERAND_BELOW},
	{"records of directories", "--modes0-from=../list", DIRS(0700, 0755), .where = IN_LIST,
		.budget = OPERAND},
	{"records of directories that are closed", "--modes0-from=../list", DIRS(0700, 0500),
		.where = IN_LIST, .memory = 1, .budget = 2 * OPERAND_KNOWN},
	{"records of directories that are closed, right already",
		"--skip-unchanged --modes0-from=../list", DIRS(0500, 0500), .where = IN_LIST,
		.budget = OPERAND - 1},
	{"operands, directories", "-R 755", DIRS(0700, 0755), .where = ALL_OPERANDS,
		.budget = DIRECTORY_OPERAND},
};

/* ------------------------------------------------------------------------------------ running */

static const struct run_user nobody = {65534, 65534};

/* What the test of a row works with. */
struct play {
	const struct row *row;
	struct tree tree;
	char few[256], many[256]; /* the two directories */
	struct count_entries few_entries, many_entries;
};

static bool is_as_nobody(const struct row *row)
{
	return row->as_user && geteuid() == 0;
}

/* Makes PATH with ENTRIES in it. */
static int make_dir(const struct row *row, const char *path, const struct count_entries *entries)
{
	mode_t mode = row->in == IN_WRITABLE ? 0777 : 0755;
	int rc;

	if (mkdir(path, mode) < 0 ||
		(entries->uid != (uid_t)-1 && chown(path, entries->uid, (gid_t)-1) < 0))
		return -errno;
	rc = count_grow(path, entries);
	return rc < 0 ? rc : chmod(path, mode) < 0 ? -errno : 0;
}

static int setup(void **state)
{
	const struct row *row = *state;
	struct play *p = calloc(1, sizeof(*p));
	uid_t uid = is_as_nobody(row) || row->in == IN_FOREIGN ? nobody.uid : (uid_t)-1;
	int rc;

	if (!p)
		return -1;
	p->row = row;
	p->few_entries = (struct count_entries){
		row->kind, row->at_least ? row->at_least : FEW, row->before, uid};
	p->many_entries = p->few_entries;
	p->many_entries.n += MANY - FEW;
	if (geteuid() != 0)
		p->few_entries.uid = p->many_entries.uid = (uid_t)-1;
	rc = tree_make("target 644", (uid_t)-1, (gid_t)-1, &p->tree);
	if (rc == 0) {
		chmod(p->tree.path, 0755);
		snprintf(p->few, sizeof(p->few), "%s/few", p->tree.path);
		snprintf(p->many, sizeof(p->many), "%s/many", p->tree.path);
		rc = make_dir(row, p->few, &p->few_entries);
	}
	if (rc == 0)
		rc = make_dir(row, p->many, &p->many_entries);
	if (rc < 0) {
		print_error("no tree: %s\n", strerror(-rc));
		if (p->tree.path)
			tree_remove(&p->tree);
		free(p);
		return -1;
	}
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct play *p = *state;

	tree_remove(&p->tree);
	free(p);
	return 0;
}

/* Writes a list beside DIR with a record for each of the ENTRIES in it. */
static void write_list(const struct row *row, const char *dir, const struct count_entries *entries)
{
	char path[512], name[COUNT_NAME];
	FILE *list;

	snprintf(path, sizeof(path), "%s/../list", dir);
	list = fopen(path, "w");
	assert_non_null(list);
	for (unsigned i = 0; i < entries->n; i++) {
		count_name(i, name);
		fprintf(list, "%o %s%s%c", (unsigned)row->after, row->prefix ? row->prefix : "",
			name, '\0');
	}
	assert_int_equal(fclose(list), 0);
	assert_int_equal(chmod(path, 0644), 0);
}

/* Runs the program on DIR, or on each of ENTRIES in it. */
static void run_on(const struct row *row, const char *dir, const struct count_entries *entries,
	struct count *ret)
{
	char names[MANY][2 * COUNT_NAME];
	const char *more[MANY + 1] = {row->where == IN_LIST ? NULL : "."};
	char args[128];
	struct count_how how = {
		.args = args,
		.more = more,
		.cwd = dir,
		.user = is_as_nobody(row) ? &nobody : NULL,
		.no_fchmodat2 = row->no_fchmodat2,
	};

	/* Under ptrace every call is slow, as on slow storage, and would bring more workers. */
	snprintf(args, sizeof(args), "-j 1 %s", row->args);
	for (unsigned i = 0; row->where == ALL_OPERANDS && i < entries->n; i++) {
		count_name(i, stpcpy(names[i], row->prefix ? row->prefix : ""));
		more[i] = names[i];
	}
	if (row->where == IN_LIST)
		write_list(row, dir, entries);
	count_run(&how, ret);
	assert_int_equal(count_differing(dir, entries, row->after), 0);
}

static double calls_for_files(const struct count *count)
{
	return (double)(count->calls - count_writes(count) - count_memory(count));
}

static void play_row(void **state)
{
	const struct play *p = *state;
	const struct row *row = p->row;
	unsigned n = p->many_entries.n - p->few_entries.n;
	struct count few, many;
	char list[1024], what[128];

	if (row->as_root || row->in == IN_FOREIGN)
		count_needs_root();
	if (!row->no_fchmodat2 && (row->kind == COUNT_FILES || row->kind == COUNT_FIFOS))
		count_needs_fchmodat2();
	run_on(row, p->few, &p->few_entries, &few);
	run_on(row, p->many, &p->many_entries, &many);
	count_list(&many, &few, n, list, sizeof(list));
	snprintf(what, sizeof(what), "%s: calls for each", row->name);
	count_at_most(
		what, (calls_for_files(&many) - calls_for_files(&few)) / n, row->budget, list);
	snprintf(what, sizeof(what), "%s: for memory", row->name);
	count_at_most(what, ((double)count_memory(&many) - (double)count_memory(&few)) / n,
		row->memory + (double)STRAY_MEMORY / n, list);
}

int count_group_rows(void)
{
	enum { N = sizeof(rows) / sizeof(rows[0]) };
	struct CMUnitTest tests[N];
	char names[N][80];

	for (size_t i = 0; i < N; i++) {
		snprintf(names[i], sizeof(names[i]), "each: %s", rows[i].name);
		tests[i] = (struct CMUnitTest){
			names[i], play_row, setup, teardown, (void *)(uintptr_t)&rows[i]};
	}
	return cmocka_run_group_tests_name("each", tests, NULL, NULL);
}
