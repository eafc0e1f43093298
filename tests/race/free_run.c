/* SPDX-License-Identifier: MIT */
/*
 * Swaps without pause: a child exchanges files, links and directories as fast as it can, while the
 * program runs over the tree again and again. Nothing is held, so given time this finds what no row
 * was written for.
 *
 * Two kinds of hits are counted. A canary lies outside of the tree, where only links lead to, and
 * must never change. And each file of the tree has a mode of its own, from which each of the specs
 * makes one other mode that belongs to no other file: a file with a mode that is not one of its own
 * has got one that was computed from another.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../support/cmocka.h"
#include "race.h"

static const char tree_text[] =
	"top/ 775, top/a 640, top/b 666, top/c 604, top/l -> ../out/f, top/m -> ../out, "
	"top/d/ 775, top/d/f 622, top/e/ 737, top/e/f 606, top/e/g/ 757, top/e/g/h 444, "
	"out/ 731 (root), out/f 620 (root), out/g/ 730 (root), out/g/h 602 (root)";

/* What is swapped. These are exchanges, so each is possible at any time. */
static const struct pair {
	const char *one, *other;
} pairs[] = {
	{"top/a", "top/b"}, /* two files */
	{"top/c", "top/l"}, /* a file and a link to a canary */
	{"top/d", "top/e"}, /* two directories */
	{"top/e", "top/m"}, /* a directory and a link to one of canaries */
};

enum { SPECS = 3, COMMANDS = 5, PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

/* One for each spec, and more with several workers. CROWD stands for the path of the crowd. */
static const char *const commands[COMMANDS] = {"-R 755 top", "-R u+x,g-w top", "-Rc 755 top",
	"-j 4 -R 755 CROWD top", "-j 4 -R u+x,g-w CROWD top"};

/* What is checked after each round. */
static struct watched {
	const char *name;
	mode_t start, after[SPECS]; /* all the same for a canary */
	int fd;
	unsigned hits, changes;
} watched[] = {
	{"top", 0775, {0755, 0755, 0755}, -1, 0, 0},
	{"top/a", 0640, {0755, 0740, 0755}, -1, 0, 0},
	{"top/b", 0666, {0755, 0746, 0755}, -1, 0, 0},
	{"top/c", 0604, {0755, 0704, 0755}, -1, 0, 0},
	{"top/d", 0775, {0755, 0755, 0755}, -1, 0, 0},
	{"top/d/f", 0622, {0755, 0702, 0755}, -1, 0, 0},
	{"top/e", 0737, {0755, 0717, 0755}, -1, 0, 0},
	{"top/e/f", 0606, {0755, 0706, 0755}, -1, 0, 0},
	{"top/e/g", 0757, {0755, 0757, 0755}, -1, 0, 0},
	{"top/e/g/h", 0444, {0755, 0544, 0755}, -1, 0, 0},
	{"out", 0731, {0731, 0731, 0731}, -1, 0, 0},
	{"out/f", 0620, {0620, 0620, 0620}, -1, 0, 0},
	{"out/g", 0730, {0730, 0730, 0730}, -1, 0, 0},
	{"out/g/h", 0602, {0602, 0602, 0602}, -1, 0, 0},
};

enum { WATCHED = sizeof(watched) / sizeof(watched[0]) };

/* What the attacker's process tells, in shared memory. */
struct told {
	atomic_ulong swaps;
	atomic_int err; /* why it gave up */
};

struct free_run {
	unsigned seconds;
	struct tree tree;
	struct told *told;
	pid_t swapper;
	unsigned rounds[RACE_METHODS], troubled, odd_ends;
};

/* The child: ends when it is killed, or its parent has died. */
static void swap_without_end(struct free_run *run)
{
	const struct run_user *user = &race_machine.attacker;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (race_machine.two_users &&
		(setgroups(0, NULL) < 0 || setgid(user->gid) < 0 || setuid(user->uid) < 0)) {
		run->told->err = errno;
		_exit(1);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* forgotten with the old user */
	for (unsigned long n = 0;; n++) {
		const struct pair *pair = &pairs[n % PAIRS];

		if (renameat2(run->tree.fd, pair->one, run->tree.fd, pair->other, RENAME_EXCHANGE) <
			0) {
			run->told->err = errno;
			_exit(1);
		}
		run->told->swaps++;
	}
}

static int watch(struct free_run *run)
{
	for (size_t i = 0; i < WATCHED; i++) {
		struct watched *w = &watched[i];

		w->fd = openat(run->tree.fd, w->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (w->fd < 0)
			return -errno;
	}
	return 0;
}

static int setup(void **state)
{
	struct free_run *run = *state;
	char *text = race_tree_text(tree_text);
	int rc = tree_make(text, race_machine.attacker.uid, race_machine.attacker.gid, &run->tree);

	free(text);
	if (rc == 0)
		rc = watch(run);
	run->told = mmap(NULL, sizeof(*run->told), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rc == 0 && run->told == MAP_FAILED)
		rc = -errno;
	if (rc == 0) {
		run->swapper = fork();
		if (run->swapper == 0)
			swap_without_end(run);
		rc = run->swapper < 0 ? -errno : 0;
	}
	if (rc < 0)
		print_error("  no fixture: %s\n", strerror(-rc));
	return rc;
}

static int teardown(void **state)
{
	struct free_run *run = *state;

	if (run->swapper > 0) {
		kill(run->swapper, SIGKILL);
		waitpid(run->swapper, NULL, 0);
	}
	for (size_t i = 0; i < WATCHED; i++) {
		if (watched[i].fd >= 0)
			close(watched[i].fd);
	}
	if (run->tree.path)
		tree_remove(&run->tree);
	return 0;
}

/* Compares all modes with what they may be after COMMAND, and sets them back. */
static void look(size_t command)
{
	size_t spec = command % SPECS;
	struct stat st;

	for (size_t i = 0; i < WATCHED; i++) {
		struct watched *w = &watched[i];
		mode_t mode;

		if (fstat(w->fd, &st) < 0)
			continue;
		mode = st.st_mode & 07777;
		if (mode == w->start)
			continue;
		if (mode == w->after[spec])
			w->changes++;
		else if (w->hits++ == 0)
			print_error("  %s: mode %04o after \"%s\"\n", w->name, (unsigned)mode,
				commands[command]);
		fchmod(w->fd, w->start);
	}
}

/* Runs the program once. Its exit status, or RUN_NOT. */
static int run_once(const struct free_run *run, enum race_method method, size_t command)
{
	struct notes notes;
	struct race_force force;
	struct run_result result;
	int status = RUN_NOT;
	char **argv;

	notes_begin(&notes);
	argv = notes_words(&notes, "chmod", commands[command]);
	for (char **word = argv; *word; word++)
		if (strcmp(*word, "CROWD") == 0)
			*word = race_machine.crowd.path;
	race_force(method, &notes, &force);
	struct hold_how how = {
		.run = {.path = race_machine.program,
			.argv = argv,
			.env = force.env,
			.cwd = run->tree.path,
			.umask = 022},
		.refuse = force.refuse,
	};
	if (hold_run(&how, &result) == 0) {
		status = result.status;
		run_result_free(&result);
	}
	notes_end(&notes);
	return status;
}

static void run_rounds(struct free_run *run)
{
	struct timespec start, now;
	unsigned round = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		size_t command =
			round / RACE_METHODS % (race_machine.crowd.path ? COMMANDS : SPECS);
		enum race_method method =
			(enum race_method)(race_machine.is_host ? 0 : round % RACE_METHODS);
		int status;

		round++;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (race_method_trouble(method))
			continue;
		status = run_once(run, method, command);
		run->rounds[method]++;
		run->troubled += status == 1;
		run->odd_ends += status > 1;
		look(command);
	} while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 <
		 run->seconds * 1000L);
}

static void test(void **state)
{
	struct free_run *run = *state;
	unsigned hits = 0, changes = 0, rounds = 0;

	run_rounds(run);
	for (size_t i = 0; i < WATCHED; i++) {
		hits += watched[i].hits;
		changes += watched[i].changes;
	}
	for (size_t i = 0; i < RACE_METHODS; i++) {
		print_message(
			"  %s: %u rounds\n", race_method_name((enum race_method)i), run->rounds[i]);
		rounds += run->rounds[i];
	}
	print_message("  %u rounds, %lu swaps, %u files changed, %u rounds with exit status 1, "
		      "%u hits\n",
		rounds, (unsigned long)run->told->swaps, changes, run->troubled, hits);
	if (run->told->err || run->told->swaps < rounds || changes == 0 || rounds == 0)
		fail_msg("broken fixture: nobody swapped files, or nothing was changed (%s)",
			strerror(run->told->err));
	assert_int_equal(run->odd_ends, 0);
	assert_int_equal(hits, 0);
}

int race_free_run(unsigned seconds)
{
	struct free_run run = {.seconds = seconds, .tree = {.fd = -1}};
	const struct CMUnitTest tests[] = {
		{"swaps without end", test, setup, teardown, &run},
	};

	return cmocka_run_group_tests_name("free run", tests, NULL, NULL);
}
