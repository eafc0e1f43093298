/* SPDX-License-Identifier: MIT */
#include "work.h"

#include "compare.h"
#include "rules.h"
#include "shrink.h"
#include "transcript.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

struct worker {
	const struct work *work;
	struct stage stage;
	struct keep keep;
	struct test_case c;
	struct outcome outcomes[PROGRAMS];
};

/* Plays C. Returns the verdict or a negative errno. The outcomes are kept until the next call. */
static int judge(struct worker *w, const struct test_case *c, unsigned *ret_rules)
{
	int rc;

	outcomes_free(w->outcomes);
	rc = play(&w->stage, w->work->programs, c, w->outcomes);
	return rc < 0 ? rc : (int)compare(c, w->outcomes, w->work->version, ret_rules);
}

/* A shrink_shows_fn. */
static bool still_differs(void *ctx, const struct test_case *c)
{
	unsigned rules_used;

	return judge(ctx, c, &rules_used) == VERDICT_DIFFERENT;
}

/* Whether no worker has shown this TEXT before. From now on it counts as shown. */
static bool is_news(struct tally *tally, const char *text)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
	unsigned shown = tally->shown;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	for (unsigned i = 0; i < shown; i++) {
		if (tally->hashes[i] == hash)
			return false;
	}
	if (shown == TALLY_SHOWN)
		return false;
	tally->hashes[shown] = hash;
	tally->shown = shown + 1;
	return true;
}

/* Shows the case that was judged last. */
static void show(struct worker *w, uint64_t index, const char *what, bool always)
{
	const struct work *work = w->work;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	transcript_commands(out, &w->c, w->stage.is_root);
	transcript_outcomes(out, &w->c, w->outcomes);
	fclose(out);
	flock(work->lock, LOCK_EX);
	if (is_news(work->tally, text) || always) {
		printf("# case %" PRIu64 " of seed %" PRIu64 ", %s: C=%s, or C=%s\n%s\n", index,
			work->seed, what, work->programs[OURS].path, work->programs[GNU].path,
			text);
		fflush(stdout);
	}
	flock(work->lock, LOCK_UN);
	free(text);
}

/* Shrinks and shows the case, as long as there are not too many. */
static void show_failure(struct worker *w, uint64_t index)
{
	unsigned rules_used;

	if (w->work->tally->shown == TALLY_SHOWN || w->work->tally->failed > 8 * TALLY_SHOWN)
		return;
	shrink(&w->c, &w->keep, still_differs, w);
	if (judge(w, &w->c, &rules_used) == VERDICT_DIFFERENT)
		show(w, index, "shrunk", false);
	else
		show(w, index, "which differs now and then", true);
}

static void count_rules(struct tally *tally, unsigned used)
{
	for (unsigned i = 0; i < TALLY_RULES; i++) {
		if (used & 1U << i)
			tally->rules[i]++;
	}
}

/* One case. 0 or a negative errno. */
static int do_case(struct worker *w, uint64_t index)
{
	const struct work *work = w->work;
	struct generate_for goal = {.version = work->version, .as_root = w->stage.is_root};
	unsigned rules_used;
	int verdict;

	generate_case(&w->keep, work->seed, index, &goal, &w->c);
	verdict = judge(w, &w->c, &rules_used);
	if (verdict < 0)
		return verdict;
	if (work->verbose)
		show(w, index, "as generated", true);
	count_rules(work->tally, rules_used);
	switch ((enum verdict)verdict) {
	case VERDICT_SAME:
	case VERDICT_KNOWN: work->tally->passed++; break;
	case VERDICT_SKIPPED: work->tally->skipped++; break;
	case VERDICT_DIFFERENT:
		work->tally->failed++;
		show_failure(w, index);
		break;
	}
	return 0;
}

int work(const struct work *work)
{
	struct worker *w = calloc(1, sizeof(*w));
	uint64_t i = work->first;
	int rc;

	if (!w)
		abort();
	w->work = work;
	rc = stage_open(&w->stage, work->path);
	if (w->stage.is_root && !w->stage.is_fenced)
		work->tally->unfenced = true;
	for (; rc == 0 && i < work->end; i += work->step) {
		rc = do_case(w, i);
		keep_forget(&w->keep);
	}
	if (rc < 0)
		fprintf(stderr, "diff: case %" PRIu64 " of seed %" PRIu64 ": %s\n", i - work->step,
			work->seed, strerror(-rc));
	outcomes_free(w->outcomes);
	if (w->stage.dir >= 0)
		close(w->stage.dir);
	free(w);
	return rc < 0 ? 2 : 0;
}
