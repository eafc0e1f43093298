/* SPDX-License-Identifier: MIT */
/*
 * Compares our chmod with GNU's: both run the same random cases, on identical trees.
 *
 *	diff OURS GNU [--count N] [--seed S] [--jobs J]    N random cases; prints the seed
 *	diff OURS GNU --seed S --only I                    case I of seed S, shown in any case
 *
 * Case:       case.h (a value), generate*.c (from a number), transcript.c (as shell commands)
 * Playing it: stage.c (its tree), play.c (both programs in it)
 * Verdict:    compare.c; rules.c is the list of known differences, and why they are there
 * Otherwise:  work.c (a worker's loop), shrink.c (the smallest case that still differs), keep.c
 *
 * Exit status: 0; 1 if something differs; 2 if cases could not be played. Started by root, cases
 * run as root and as user 65534, and all but the trees is read-only where the kernel can do that.
 * Otherwise they run as the user who started this.
 */
#include "rules.h"
#include "work.h"

#include "../support/program.h"
#include "../support/run.h"
#include "../support/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { JOBS_MAX = 64 };

struct command_line {
	const char *programs[PROGRAMS];
	uint64_t count, seed, only;
	bool has_only;
	unsigned jobs;
};

struct crew {
	struct tree trees[JOBS_MAX];
	pid_t pids[JOBS_MAX];
	unsigned n;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int sig)
{
	interrupted = sig;
}

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "diff: %s: %s\n", what, why);
	return 2;
}

/* --------------------------------------------------------------------------------- the programs */

static int open_program(const char *name, struct program *ret)
{
	ret->fd = program_open("diff", name, &ret->path, NULL);
	return ret->fd < 0 ? 2 : 0;
}

/* The version of GNU's chmod PROGRAM, as 901; 0 if it is another chmod. */
static int find_version(const struct program *program)
{
	char name[] = "chmod", option[] = "--version";
	char *argv[] = {name, option, NULL}, *env[] = {NULL};
	struct run_how how = {.path = program->path, .argv = argv, .env = env};
	struct run_result result;
	int major = 0, minor = 0;

	if (run(&how, &result) < 0)
		return 0;
	if (sscanf(result.out, "chmod (GNU coreutils) %d.%d", &major, &minor) != 2)
		major = minor = 0;
	run_result_free(&result);
	return major * 100 + minor;
}

/* -------------------------------------------------------------------------------------- workers */

static int start_worker(struct crew *crew, struct work w)
{
	unsigned i = crew->n;
	struct tree *tree = &crew->trees[i];
	int rc = tree_make(NULL, geteuid(), getegid(), tree);

	if (rc < 0)
		return complain("cannot make a directory", strerror(-rc));
	w.first += i;
	w.path = tree->path;
	/* One file for all, each with a description of its own. */
	w.lock = open(crew->trees[0].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	crew->n++;
	crew->pids[i] = fork();
	if (crew->pids[i] < 0)
		return complain("cannot start a worker", strerror(errno));
	if (crew->pids[i] == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		_exit(work(&w));
	}
	close(w.lock);
	return 0;
}

/* Waits for all workers; the worst of their statuses. */
static int join(struct crew *crew)
{
	int worst = 0;

	for (unsigned i = 0; i < crew->n; i++) {
		int status = 0;

		while (crew->pids[i] > 0 && waitpid(crew->pids[i], &status, 0) < 0) {
			if (errno == EINTR && interrupted)
				kill(crew->pids[i], SIGTERM);
		}
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			worst = 2;
		tree_remove(&crew->trees[i]);
	}
	return worst;
}

/* ------------------------------------------------------------------------------------- the sums */

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_sums(const struct work *w, double since, unsigned jobs)
{
	const struct tally *tally = w->tally;
	unsigned long n = tally->passed + tally->failed + tally->skipped;
	double took = seconds() - since;

	for (size_t i = 0; i < n_rules; i++) {
		const char *departure = rules[i].departure;

		if (tally->rules[i])
			printf("%6lu %s: %s (%s%s%s)\n", tally->rules[i], rules[i].name,
				rules[i].skips ? "skipped" : "known", departure ? departure : "",
				departure ? ": " : "", rules[i].reason);
	}
	if (tally->unfenced)
		printf("the rest of the machine could not be made read-only\n");
	printf("seed %" PRIu64 ": %s against GNU %d.%d by %u workers, %.0f cases a second\n",
		w->seed, w->programs[OURS].path, w->version / 100, w->version % 100, jobs,
		(double)n / took);
	printf("%lu passed, %lu failed, %lu skipped\n", tally->passed, tally->failed,
		tally->skipped);
}

/* ----------------------------------------------------------------------------------------- main */

static bool parse_number(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *text != '-';
}

static bool parse_arguments(int argc, char **argv, struct command_line *ret)
{
	static const struct option options[] = {{"count", required_argument, NULL, 'n'},
		{"seed", required_argument, NULL, 's'}, {"jobs", required_argument, NULL, 'j'},
		{"only", required_argument, NULL, 'o'}, {0}};
	uint64_t n;
	int c;

	*ret = (struct command_line){.count = 2000};
	ret->jobs = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	if (getrandom(&ret->seed, sizeof(ret->seed), GRND_NONBLOCK) < 0)
		ret->seed = (uint64_t)time(NULL);
	ret->seed %= 1000000000; /* one that can be typed */
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?' || !parse_number(optarg, &n))
			return false;
		switch (c) {
		case 'n': ret->count = n; break;
		case 's': ret->seed = n; break;
		case 'j': ret->jobs = (unsigned)n; break;
		case 'o':
			ret->only = n;
			ret->has_only = true;
			break;
		}
	}
	if (argc - optind != PROGRAMS)
		return false;
	memcpy(ret->programs, argv + optind, sizeof(ret->programs));
	if (ret->has_only)
		ret->jobs = 1;
	return ret->jobs >= 1 && ret->jobs <= JOBS_MAX;
}

/* Trees are on a file system in memory, unless the user says where. */
static void choose_directory(void)
{
	if (!getenv("TMPDIR") && access("/dev/shm", W_OK | X_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
}

static int compare_programs(const struct command_line *line, struct work *w)
{
	struct crew crew = {.n = 0};
	double since = seconds();
	int rc = 0, worst;

	for (unsigned i = 0; i < line->jobs && rc == 0; i++)
		rc = start_worker(&crew, *w);
	worst = join(&crew);
	print_sums(w, since, line->jobs);
	if (rc || worst)
		return 2;
	return w->tally->failed > 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = interrupt};
	struct command_line line;
	struct work w = {.step = 1};
	int status;

	if (!parse_arguments(argc, argv, &line)) {
		fprintf(stderr,
			"Usage: diff OURS GNU [--count N] [--seed S] [--jobs J] [--only I]\n");
		return 2;
	}
	if (open_program(line.programs[OURS], &w.programs[OURS]) ||
		open_program(line.programs[GNU], &w.programs[GNU]))
		return 2;
	w.programs[OURS].is_ours = true;
	w.version = find_version(&w.programs[GNU]);
	if (w.version == 0) {
		printf("diff: %s is not GNU's chmod\n0 passed, 0 failed, %" PRIu64 " skipped\n",
			line.programs[GNU], line.count);
		return 0;
	}
	w.tally = mmap(
		NULL, sizeof(*w.tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w.tally == MAP_FAILED)
		return complain("no memory", strerror(errno));
	w.seed = line.seed;
	w.first = line.only;
	w.step = line.jobs;
	w.end = line.has_only ? line.only + 1 : line.count;
	w.verbose = line.has_only;
	umask(0);
	unsetenv("POSIXLY_CORRECT"); /* for options.c; a case that wants it says so */
	choose_directory();
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	printf("seed %" PRIu64 "\n", w.seed);
	fflush(stdout);
	status = compare_programs(&line, &w);
	free((char *)w.programs[OURS].path);
	free((char *)w.programs[GNU].path);
	return status;
}
