/* SPDX-License-Identifier: MIT */
#include "compare.h"

#include "rules.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

static bool is_for(const struct rule *rule, int version)
{
	return version >= rule->from && (rule->before == 0 || version < rule->before);
}

static bool same_files(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct after *ours = &outcomes[OURS].after[i], *gnu = &outcomes[GNU].after[i];

		if (ours->mode != gnu->mode || ours->touched != gnu->touched)
			return false;
	}
	return true;
}

static bool has_extra(const struct test_case *c, const char *extra)
{
	return c->extra && strcmp(c->extra, extra) == 0;
}

/* Whether a message repeats the mode; stderr may go where stdout does. */
static bool shows_mode(const struct outcome *outcome)
{
	return strstr(outcome->err, "invalid mode: ") || strstr(outcome->out, "invalid mode: ") ||
	       strstr(outcome->err, "operand after ") || strstr(outcome->out, "operand after ");
}

static bool touches_nothing(const struct test_case *c, const struct outcome *outcome)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		if (outcome->after[i].touched)
			return false;
	}
	return true;
}

/*
 * With --skip-unchanged ours may print and do less, but only for files whose modes are right. Such
 * a file keeps a set-group-ID bit that the kernel drops when a user who is not in the group changes
 * it.
 */
static bool same_modes(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct after *ours = &outcomes[OURS].after[i], *gnu = &outcomes[GNU].after[i];
		mode_t lost = ours->touched ? 0 : S_ISGID;

		if ((ours->mode & ~lost) != (gnu->mode & ~lost) || (ours->touched && !gnu->touched))
			return false;
	}
	return true;
}

static bool same_texts(const struct outcome outcomes[PROGRAMS])
{
	return strcmp(outcomes[OURS].out, outcomes[GNU].out) == 0 &&
	       strcmp(outcomes[OURS].err, outcomes[GNU].err) == 0;
}

static struct line first_line(const char *text)
{
	return (struct line){*text ? text : NULL, strcspn(text, "\n")};
}

static const char *after_line(struct line line)
{
	const char *end = line.bytes + line.len;

	return *end ? end + 1 : end;
}

static bool same_line(struct line a, struct line b)
{
	/* The byte after the line counts as well: a newline or a NUL. */
	return a.len == b.len && memcmp(a.bytes, b.bytes, a.len + 1) == 0;
}

/* Finds a rule that explains the difference of PAIR, or a part of it. */
static bool explain_some(struct line_pair *pair, int version, unsigned *used)
{
	for (size_t i = 0; i < n_rules; i++) {
		pair->take_ours = pair->take_gnu = 1;
		if (!rules[i].line || !is_for(&rules[i], version) || !rules[i].line(pair))
			continue;
		*used |= 1U << i;
		return true;
	}
	return false;
}

/* Whether the lines of PAIR are the same, or rules explain how they differ. */
static bool explain_pair(struct line_pair *pair, int version, unsigned *used)
{
	for (size_t i = 0; i <= n_rules; i++) {
		pair->take_ours = pair->take_gnu = 1;
		if (pair->ours.bytes && pair->gnu.bytes && same_line(pair->ours, pair->gnu))
			return true;
		if (!explain_some(pair, version, used))
			return false;
		if (pair->take_ours || pair->take_gnu)
			return true;
	}
	return false;
}

/* Whether rules explain how these outputs differ. */
static bool explain_text(
	struct line_pair *pair, const char *ours, const char *gnu, int version, unsigned *used)
{
	while (*ours || *gnu) {
		struct line our_line = first_line(ours), gnu_line = first_line(gnu);

		pair->ours = our_line;
		pair->gnu = gnu_line;
		if (!explain_pair(pair, version, used))
			return false;
		if (pair->take_ours)
			ours = after_line(our_line);
		if (pair->take_gnu)
			gnu = after_line(gnu_line);
	}
	return true;
}

/* Whether one of the rules USED explains that the exit status differs. */
static bool explain_status(
	const struct test_case *c, const struct outcome outcomes[PROGRAMS], unsigned used)
{
	for (size_t i = 0; i < n_rules; i++) {
		if ((used & 1U << i) && rules[i].status && rules[i].status(c, outcomes))
			return true;
	}
	return false;
}

enum verdict compare(const struct test_case *c, const struct outcome outcomes[PROGRAMS],
	int version, unsigned *ret_rules)
{
	const struct outcome *ours = &outcomes[OURS], *gnu = &outcomes[GNU];
	struct line_pair pair = {.c = c, .outcomes = outcomes};
	bool same_status = ours->status == gnu->status, files_agree = same_files(c, outcomes);
	unsigned used = 0;

	*ret_rules = 0;
	/* A program that prints more than the other may end by SIGPIPE. */
	if (ours->status > 1 && ours->status != 128 + SIGPIPE && gnu->status <= 1)
		return VERDICT_DIFFERENT;
	if (has_extra(c, "--dry-run"))
		return touches_nothing(c, ours) ? VERDICT_SAME : VERDICT_DIFFERENT;
	/* A message shows the mode as it was given, which is another one for ours. */
	if (has_extra(c, EXTRA_KINDS) && same_status && shows_mode(ours) && shows_mode(gnu) &&
		touches_nothing(c, ours))
		return VERDICT_SAME;
	/* With --skip-unchanged fewer calls can fail. */
	if (has_extra(c, "--skip-unchanged") && same_modes(c, outcomes) &&
		ours->status <= gnu->status)
		return VERDICT_SAME;
	if (same_status && files_agree && same_texts(outcomes))
		return VERDICT_SAME;
	for (size_t i = 0; i < n_rules; i++) {
		if (!rules[i].whole || !is_for(&rules[i], version) || !rules[i].whole(c, outcomes))
			continue;
		*ret_rules = 1U << i;
		return rules[i].skips ? VERDICT_SKIPPED : VERDICT_KNOWN;
	}
	if (!files_agree || !explain_text(&pair, ours->err, gnu->err, version, &used) ||
		!explain_text(&pair, ours->out, gnu->out, version, &used) ||
		(!same_status && !explain_status(c, outcomes, used)))
		return VERDICT_DIFFERENT;
	*ret_rules = used;
	return VERDICT_KNOWN;
}
