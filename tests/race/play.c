/* The tree of a test, and the program held while somebody swaps files in it. */
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
	MAX_WORDS = 16,
	/* So that the entries of "top" are worth sharing. */
	FILLERS = 40,
	FILLER_LENGTH = 200,
};

/* Words in one copy of a text. */
struct words {
	char *text;
	char *all[MAX_WORDS + 1]; /* NULL-terminated */
	size_t n;
};

/* Adds the words of TEXT (may be NULL), which becomes the words' own. */
static void split(struct words *words, char *text)
{
	char *save, *word = text ? strtok_r(text, " ", &save) : NULL;

	words->text = text;
	for (; word; word = strtok_r(NULL, " ", &save)) {
		if (words->n == MAX_WORDS)
			abort();
		words->all[words->n++] = word;
	}
}

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
static char *whole_tree(const struct race_test *test)
{
	const struct race_case *row = test->row;
	struct words roots = {0};
	size_t len;
	char *text, *own = race_tree_text(row->tree);
	FILE *out = open_memstream(&text, &len);

	split(&roots, row->chains ? strdup(row->chains) : NULL);
	fputs(own, out);
	for (size_t i = 0; i < roots.n; i++) {
		for (int depth = 1; depth <= row->chain_length; depth++) {
			fprintf(out, ", %s", roots.all[i]);
			for (int n = 1; n <= depth; n++)
				fprintf(out, "/%d", n);
			fputs("/ 775", out);
		}
	}
	for (int i = 0; i < FILLERS && test->by_several; i++)
		fprintf(out, ", top/%0*d -> .", FILLER_LENGTH, i);
	fclose(out);
	free(roots.text);
	free(own);
	return text;
}

/* Opens the victims, so that they can be looked at wherever they will be. 0 or a negative errno. */
static int watch_victims(struct race_test *test)
{
	const char *names = test->row->victims ? test->row->victims : "out out/f";
	struct words words = {0};
	struct stat st;
	int rc = 0;

	split(&words, strdup(names));
	if (words.n > RACE_VICTIMS)
		rc = -E2BIG;
	for (size_t i = 0; i < words.n && rc == 0; i++) {
		int fd = openat(test->tree.fd, words.all[i], O_PATH | O_NOFOLLOW | O_CLOEXEC);

		rc = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
		if (fd < 0)
			break;
		test->victim_modes[test->n_victims] = st.st_mode;
		test->victims[test->n_victims++] = fd;
	}
	free(words.text);
	return rc;
}

int race_make_tree(struct race_test *test)
{
	char *text = whole_tree(test);
	int rc = tree_make(text, race_machine.attacker.uid, race_machine.attacker.gid, &test->tree);

	free(text);
	if (rc < 0)
		test->tree = (struct tree){.fd = -1};
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
		/* What comes next was thought of for a tree without it. */
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
	const struct race_case *row = ((const struct race_test *)ctx)->row;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (row->files)
		run_limit_files(row->files);
	/* What is not in the bounding set is not regained by execve(). */
	if (row->obeys_modes && geteuid() == 0 &&
		(prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) < 0 ||
			prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH, 0, 0, 0) < 0))
		_exit(RUN_NOT);
}

/* The command line behind argv[0], with the spec put in. */
static void get_words(const struct race_test *test, struct words *ret)
{
	char *text;

	if (asprintf(&text, "chmod %s %s", test->prefix, test->row->args) < 0)
		abort();
	*ret = (struct words){0};
	split(ret, text);
	for (size_t i = 0; i < ret->n; i++) {
		if (strcmp(ret->all[i], "SPEC") == 0)
			ret->all[i] = (char *)test->run->spec;
	}
	if (test->by_several) {
		ret->all[ret->n] = ret->all[ret->n - 1];
		ret->all[ret->n++ - 1] = race_machine.crowd.path;
	}
}

int race_play(struct race_test *test)
{
	struct race_force force;
	struct words words;
	struct hold_how how = {
		.run = {.path = race_machine.program,
			.cwd = test->tree.path,
			.umask = 022,
			.prepare = limit,
			.ctx = test},
		.at = on_call,
		.ctx = test,
	};
	int rc;

	if (test->by_several && fchmodat(race_machine.crowd.fd, ".", 0755, 0) < 0)
		return -errno;
	get_words(test, &words);
	race_force(test->way, &force);
	if (test->row->no_openat2)
		race_refuse_openat2(&force);
	if (test->row->no_proc)
		race_refuse_proc(&force);
	how.refuse = force.refuse;
	how.run.argv = words.all;
	how.run.env = (char *const *)force.env;
	rc = hold_run(&how, &test->result);
	free(words.text);
	return rc;
}
