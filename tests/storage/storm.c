/* SPDX-License-Identifier: MIT */
/*
 * The tree is walked while other processes make, rename and remove files and directories in it. A
 * file is quiet if neither it nor a directory above it is touched by them. Each quiet file must be
 * changed once, or a message names it or a directory above it.
 *
 * Quiet directories hold entries that come and go, and directories that are moved to another quiet
 * one, perhaps while the walk is in them. By each spec no change, one and two give different modes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "storage.h"

/* In every second directory others may not write before. */
enum { FILE_START = 0764, DIR_START = 0777, CALM_START = 0755 };

/* A spec, and the modes after it has been applied once. */
struct change {
	const char *spec;
	mode_t file, dir, calm;
};

static const struct change closes = {"u=g,g=o,o=", 0640, 0770, 0550};
/* The group may write to calm directories then, so they get that bit last. */
static const struct change opens = {"g=u,u=o,o=", 0470, 0770, 0570};

/*
 * Quiet directories q000... are nested (q000/q001/...), with a new chain after each DEPTH. Every
 * twentieth is so wide that it takes several reads.
 */
enum { DIRS = 40, DEPTH = 20, FILES = 20, WIDE = 2500, STORMERS = 2 };

/* Chains of directories that are moved. */
enum { GUESTS = 5, GUEST_DEPTH = 12 };

/* Of ten actions, those below CREATE create, below RENAME rename, below REMOVE remove. */
enum { CREATE = 4, RENAME = 6, REMOVE = 9 };

struct row {
	enum storage_kind kind;
	unsigned files;
};

/* What is run, one after the other. */
static const struct command {
	const char *options;
	const struct change *change;
} commands[] = {
	{"", &closes},
	{"-j1", &closes},
	{"-j8", &opens},
	{"-v", &closes},
	{"--contents-first -j1", &opens},
	{"--contents-first -j8", &closes},
	{"-j1", &opens},
	{"-j8", &closes},
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

struct storm {
	struct fault_test *t;
	struct storage *storage;
	struct quiet {
		char *path;
		int fd, files;
	} dirs[DIRS];
	struct shared {
		atomic_ulong done;         /* what the stormers have done */
		atomic_int guests[GUESTS]; /* where they are: a number of DIRS */
	} * shared;
	pid_t stormers[STORMERS];
	unsigned runs, told, missed, twice;
};

/* ------------------------------------------------------------------------------------- the tree */

static void make_guest(int dir, int number)
{
	char name[16];
	int at = dup(dir);

	snprintf(name, sizeof(name), "guest%d", number);
	for (int i = 0; i < GUEST_DEPTH; i++) {
		int next = storage_make_dir(at, i == 0 ? name : "g", 0755);

		close(at);
		at = next;
		storage_make_files(at, "x", 3, 0600);
	}
	close(at);
}

static void make_tree(struct storm *storm)
{
	int base = storm->storage->dir;

	close(storage_make_dir(base, "top", 0755));
	for (int i = 0; i < DIRS; i++) {
		struct quiet *dir = &storm->dirs[i];
		int fd;

		dir->files = i % 20 == 5 ? WIDE : FILES;
		dir->path = fault_text(storm->t, "%s/q%03d", i % DEPTH ? dir[-1].path : "top", i);
		fd = storage_make_dir(base, dir->path, 0777);
		/* The next level comes between the files e... and f... */
		storage_make_files(fd, "e", dir->files / 2, FILE_START);
		if (i % (DIRS / GUESTS) == 0)
			make_guest(fd, i / (DIRS / GUESTS));
		close(fd);
	}
	for (int i = 0; i < DIRS; i++) {
		int fd = openat(base, storm->dirs[i].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		storage_make_files(fd, "f", storm->dirs[i].files / 2, FILE_START);
		close(fd);
	}
}

/* Opens the directories, when the tree is where it will be walked. */
static void open_dirs(struct storm *storm)
{
	for (int i = 0; i < DIRS; i++) {
		struct quiet *dir = &storm->dirs[i];

		dir->fd =
			openat(storm->storage->dir, dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir->fd < 0)
			fault_broken(dir->path, errno);
	}
}

static void close_dirs(struct storm *storm)
{
	for (int i = 0; i < DIRS; i++)
		close(storm->dirs[i].fd);
}

static mode_t start_of(int dir)
{
	return dir % 2 ? CALM_START : DIR_START;
}

/* The name of file N of a directory. */
static void name_file(int n, char ret[static 16])
{
	snprintf(ret, 16, "%c%05d", "ef"[n % 2], n / 2);
}

static void set_modes(const struct storm *storm)
{
	char name[16];

	for (int i = 0; i < DIRS; i++) {
		const struct quiet *dir = &storm->dirs[i];

		fchmod(dir->fd, start_of(i));
		for (int f = 0; f < dir->files; f++) {
			name_file(f, name);
			if (fchmodat(dir->fd, name, FILE_START, 0) < 0)
				fault_broken(dir->path, errno);
		}
	}
}

/* -------------------------------------------------------------------- the stormers */

static void pick(const struct storm *storm, unsigned *seed, const char *kind, char ret[static 1024])
{
	snprintf(ret, 1024, "%s/%s%u", storm->dirs[rand_r(seed) % DIRS].path, kind,
		(unsigned)rand_r(seed) % 1000);
}

/* A guest moves to another directory. */
static bool move_guest(const struct storm *storm, unsigned *seed)
{
	int dir = storm->storage->dir, guest = rand_r(seed) % GUESTS, next = rand_r(seed) % DIRS;
	char from[1024], to[1024];

	snprintf(from, sizeof(from), "%s/guest%d", storm->dirs[storm->shared->guests[guest]].path,
		guest);
	snprintf(to, sizeof(to), "%s/guest%d", storm->dirs[next].path, guest);
	if (renameat(dir, from, dir, to) < 0)
		return false;
	storm->shared->guests[guest] = next;
	return true;
}

static bool do_something(const struct storm *storm, unsigned *seed)
{
	int dir = storm->storage->dir, what = rand_r(seed) % 10;
	char path[1024], other[1024];

	if (what >= REMOVE)
		return move_guest(storm, seed);
	pick(storm, seed, what % 2 ? "file" : "dir", path);
	pick(storm, seed, what % 2 ? "file" : "dir", other);
	if (what < CREATE)
		return (what % 2 ? mknodat(dir, path, S_IFREG | 0600, 0)
				 : mkdirat(dir, path, 0700)) == 0;
	if (what < RENAME)
		return renameat(dir, path, dir, other) == 0;
	return unlinkat(dir, path, what % 2 ? 0 : AT_REMOVEDIR) == 0;
}

/* A child, until it is killed. */
static void make_storm(const struct storm *storm, unsigned seed)
{
	static const struct timespec pause = {0, 50000};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	/* The program needs the processors as well. */
	for (;; nanosleep(&pause, NULL))
		storm->shared->done += do_something(storm, &seed);
}

/* --------------------------------------------------------------------------------------- rounds */

/* Whether ERR names PATH, or a directory above it. */
static bool is_told(const char *path, const char *err)
{
	char *part = strdup(path), quoted[1100];
	bool found = false;

	for (char *slash = part + strlen(part); slash && !found; slash = strrchr(part, '/')) {
		*slash = '\0';
		snprintf(quoted, sizeof(quoted), "'%s'", part);
		found = strstr(err, quoted) != NULL;
	}
	free(part);
	return found;
}

/* NAME in DIR, or DIR itself if it is empty. */
static void look_at(struct storm *storm, const struct quiet *dir, const char *name, mode_t start,
	mode_t once, const char *err)
{
	char path[1024];
	struct stat st = {0};
	mode_t mode;

	fstatat(dir->fd, name, &st, AT_EMPTY_PATH);
	mode = st.st_mode & 07777;
	if (mode == once)
		return;
	snprintf(path, sizeof(path), "%s%s%s", dir->path, *name ? "/" : "", name);
	if (mode == start && is_told(path, err)) {
		storm->told++;
		return;
	}
	storm->missed += mode == start;
	storm->twice += mode != start;
	fault_check(storm->t, storm->missed + storm->twice > 3,
		"%s: mode %04o instead of %04o, and the program says \"%.300s\"", path,
		(unsigned)mode, (unsigned)once, err);
}

static void look(struct storm *storm, const struct change *change, const char *err)
{
	char name[16];

	for (int i = 0; i < DIRS; i++) {
		const struct quiet *dir = &storm->dirs[i];

		look_at(storm, dir, "", start_of(i), i % 2 ? change->calm : change->dir, err);
		for (int f = 0; f < dir->files; f++) {
			name_file(f, name);
			look_at(storm, dir, name, FILE_START, change->file, err);
		}
	}
}

static void run_once(struct storm *storm)
{
	const struct row *row = storm->t->row;
	const struct command *command = &commands[storm->runs++ % COMMANDS];
	char args[64];
	struct run_how how;
	struct run_result result;
	int rc;

	set_modes(storm);
	snprintf(args, sizeof(args), "%s -R %s top", command->options, command->change->spec);
	how = storage_how(storm->t, storm->storage, args, row->files);
	rc = run(&how, &result);
	if (rc < 0)
		fault_broken("not run", rc);
	fault_check(storm->t, result.status <= 1, "%s: exit status %d", args, result.status);
	look(storm, command->change, result.err);
	run_result_free(&result);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void test(struct fault_test *t)
{
	static const struct slowfs_how how = {
		.threads = 16, .timeout_ms = 1000, .positions_shift = true};
	const struct row *row = t->row;
	struct storm storm = {.t = t, .storage = storage_mount(t, row->kind, &how)};
	double end = now() + (fault_program.seconds ? fault_program.seconds : 1);

	make_tree(&storm);
	storage_show(t, storm.storage);
	open_dirs(&storm);
	storm.shared = mmap(NULL, sizeof(*storm.shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < GUESTS; i++)
		storm.shared->guests[i] = i * (DIRS / GUESTS);
	for (unsigned i = 0; i < STORMERS; i++) {
		storm.stormers[i] = fork();
		if (storm.stormers[i] == 0)
			make_storm(&storm, i + 1);
	}
	while (storm.runs < COMMANDS || now() < end)
		run_once(&storm);
	for (unsigned i = 0; i < STORMERS; i++) {
		kill(storm.stormers[i], SIGKILL);
		waitpid(storm.stormers[i], NULL, 0);
	}
	close_dirs(&storm);
	printf("  %u runs, %lu changes by others, %u files missed, %u twice, %u told of\n",
		storm.runs, storm.shared->done, storm.missed, storm.twice, storm.told);
	fault_check(t, storm.shared->done > storm.runs, "broken fixture: no storm");
	fault_check(t, storm.missed + storm.twice == 0, "%u files missed, %u changed twice",
		storm.missed, storm.twice);
	munmap(storm.shared, sizeof(*storm.shared));
}

void storage_storm(struct fault_list *list)
{
	static struct row rows[2 * STORAGES];
	struct fault_test one = {.fn = test, .users = AS_ROOT};

	for (unsigned i = 0; i < 2 * STORAGES; i++) {
		rows[i] = (struct row){(enum storage_kind)(i / 2), i % 2 ? 6 : 1024};
		one.row = &rows[i];
		fault_add(
			list, &one, "%s, ulimit -n %u", storage_name(rows[i].kind), rows[i].files);
	}
}
