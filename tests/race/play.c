/* SPDX-License-Identifier: MIT */
/* The tree of a test, and the program that is held while files in it are swapped. */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "race.h"
#include "swap.h"

enum {
	/* So that the entries of "top" are worth sharing. */
	FILLERS = 40,
	FILLER_LENGTH = 200,
};

/* A word of a command line. */
#define LIST_OF_SPEC "--modes0-from=SPEC"

/* ------------------------------------------------------------------------------- the tree */

char *race_tree_text(const char *text)
{
	static const char mark[] = " (root)";
	char *copy = strdup(text), *at = copy;

	while (copy && !race_machine.two_users && (at = strstr(at, mark)))
		memmove(at, at + sizeof(mark) - 1, strlen(at + sizeof(mark) - 1) + 1);
	return copy;
}

/* The row's tree with its chains, and for several workers with more in "top". */
static char *whole_tree(struct race_test *test)
{
	const struct race_row *row = test->row;
	char **roots = notes_words(&test->notes, NULL, row->chains) + 1;
	size_t len;
	char *text, *own = race_tree_text(row->tree);
	FILE *out = open_memstream(&text, &len);

	fputs(own, out);
	for (; *roots; roots++) {
		for (int depth = 1; depth <= row->chain_length; depth++) {
			fprintf(out, ", %s", *roots);
			for (int n = 1; n <= depth; n++)
				fprintf(out, "/%d", n);
			fputs("/ 775", out);
		}
	}
	for (int i = 0; i < FILLERS && test->by_several; i++)
		fprintf(out, ", top/%0*d -> .", FILLER_LENGTH, i);
	fclose(out);
	free(own);
	return text;
}

/* Opens the victims, to find them wherever they are moved. 0 or a negative errno. */
static int watch_victims(struct race_test *test)
{
	const char *names = test->row->victims ? test->row->victims : "out out/f";
	char **name = notes_words(&test->notes, NULL, names) + 1;
	struct stat st;
	int rc = 0;

	for (; *name && rc == 0; name++) {
		int fd = openat(test->tree.fd, *name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

		if (test->n_victims == RACE_VICTIMS)
			abort();
		rc = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
		if (fd < 0)
			break;
		test->victim_modes[test->n_victims] = st.st_mode;
		test->victims[test->n_victims++] = fd;
	}
	return rc;
}

/* Writes the records of the run's spec to "list", if the command line has one. An errno. */
static int write_list(const struct race_test *test)
{
	const char *spec = test->run->spec;
	int fd, rc = 0;

	if (!strstr(test->row->args, LIST_OF_SPEC))
		return 0;
	fd = openat(test->tree.fd, "list", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	for (; fd >= 0 && *spec && rc == 0; spec++)
		rc = write(fd, *spec == '@' ? "" : spec, 1) == 1 ? 0 : -errno;
	if (fd < 0)
		return -errno;
	close(fd);
	return rc;
}

int race_make_tree(struct race_test *test)
{
	char *text = whole_tree(test);
	int rc = tree_make(text, race_machine.attacker.uid, race_machine.attacker.gid, &test->tree);

	free(text);
	if (rc < 0)
		test->tree = (struct tree){.fd = -1};
	if (rc == 0)
		rc = write_list(test);
	return rc < 0 ? rc : watch_victims(test);
}

/* ---------------------------------------------------------------- the program, and the swaps */

/* Whether CALL is what the step STEP, "KIND:PATTERN", waits for. */
static bool is_step(const char *step, size_t len, const struct hold_call *call)
{
	static const char *const kinds[] = {
		[HOLD_PIN] = "pin",
		[HOLD_OPEN] = "open",
		[HOLD_STAT] = "stat",
		[HOLD_CHMOD] = "chmod",
		[HOLD_READ] = "read",
	};
	char kind[16], name[256], pattern[300];

	if (len >= sizeof(name) || sscanf(step, "%15[a-z]:%255s", kind, name) != 2)
		abort();
	snprintf(pattern, sizeof(pattern), "*/%s", name);
	return (strcmp(kind, "any") == 0 || strcmp(kind, kinds[call->kind]) == 0) &&
	       fnmatch(pattern, call->path, 0) == 0;
}

/* The file that a call is for: in the tree. */
static char *place_of(const struct race_test *test, const struct hold_call *call)
{
	size_t len = strlen(test->tree.path);
	bool is_inside = strncmp(call->path, test->tree.path, len) == 0 && call->path[len] == '/';

	return strdup(call->path + (is_inside ? len + 1 : 0));
}

/* The program is held where the row wants it. */
static int make_swap(struct race_test *test, const struct hold_call *call)
{
	const char *what = test->row->swaps[test->swap].what;
	struct swap_how how = {
		.text = what,
		.dir = test->tree.fd,
		.user = race_machine.two_users && test->row->users != RACE_OWN_SWAPS
				? &race_machine.attacker
				: NULL,
		.places = (const char *const *)test->places,
	};
	int rc;

	test->places[test->n_places++] = place_of(test, call);
	how.n_places = test->n_places;
	rc = swap(&how);
	if (rc == SWAP_NOT_REFUSED) {
		/* The next swaps were written for a tree without it. */
		test->not_refused = what;
		test->swap = RACE_SWAPS;
		return 0;
	}
	if (rc < 0) {
		race_problem(test, "the swap \"%s\" failed: %s", what, strerror(-rc));
		return -ECANCELED;
	}
	test->swap++;
	test->step = 0;
	return 0;
}

/* How many threads there are in the process that THREAD is one of. */
static unsigned count_threads(pid_t thread)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)thread);
	return stat(path, &st) == 0 && st.st_nlink > 2 ? (unsigned)st.st_nlink - 2 : 1;
}

static int on_call(void *ctx, const struct hold_call *call)
{
	struct race_test *test = ctx;
	const char *step;

	if (call->nr == SYS_fchmodat2 && call->fd == -1)
		test->has_probed = true;
	if (test->by_several && !test->has_several)
		test->has_several = count_threads(call->thread) > 1;
	if (test->swap == RACE_SWAPS || !test->row->swaps[test->swap].at)
		return 0;
	step = test->row->swaps[test->swap].at;
	for (size_t i = 0; i < test->step; i++)
		step += strcspn(step, " ") + 1;
	if (!is_step(step, strcspn(step, " "), call))
		return 0;
	test->step++;
	return step[strcspn(step, " ")] ? 0 : make_swap(test, call);
}

/* In the child, before it becomes the program. */
static void limit(void *ctx)
{
	const struct race_row *row = ((const struct race_test *)ctx)->row;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (row->files)
		run_limit_files(row->files);
	/* What is not in the bounding set is not regained by execve(). */
	if (row->obeys_modes && geteuid() == 0 &&
		(prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) < 0 ||
			prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH, 0, 0, 0) < 0))
		_exit(RUN_NOT);
}

/* The command line, with the spec put in; for several workers the crowd comes first. */
static char **command_line(struct race_test *test)
{
	struct notes *notes = &test->notes;
	const char *args = test->row->args;
	char **words;

	if (test->by_several)
		args = notes_format(notes, "-R SPEC %s top", race_machine.crowd.path);
	words = notes_words(notes, "chmod", notes_format(notes, "%s%s", test->prefix, args));
	for (char **word = words; *word; word++) {
		if (strcmp(*word, "SPEC") == 0)
			*word = (char *)test->run->spec;
		else if (strcmp(*word, LIST_OF_SPEC) == 0)
			*word = notes_format(notes, "--modes0-from=list");
	}
	return words;
}

int race_play(struct race_test *test)
{
	struct race_force force;
	struct hold_how how = {
		.run = {.path = race_machine.program,
			.cwd = test->tree.path,
			.umask = 022,
			.prepare = limit,
			.ctx = test},
		.at = on_call,
		.ctx = test,
	};

	if (test->by_several && fchmodat(race_machine.crowd.fd, ".", 0755, 0) < 0)
		return -errno;
	race_force(test->method, &test->notes, &force);
	if (test->row->no_openat2)
		race_refuse_openat2(&force);
	if (test->row->no_proc)
		race_refuse_proc(&force);
	how.refuse = force.refuse;
	how.run.argv = command_line(test);
	how.run.env = force.env;
	return hold_run(&how, &test->result);
}
