/* SPDX-License-Identifier: MIT */
#include "run.h"

#include "descend.h"
#include "listed.h"
#include "policy.h"
#include "results.h"
#include "setup.h"
#include "threads.h"

#include <errno.h>

struct run {
	const struct cli *cli;
	struct setup setup;
	struct lock report_lock; /* for what is not written into transcripts */
	struct report *report;
	struct listed listed; /* for a list of modes */
};

static void tell(struct run *run, const struct walk_entry *e, const struct apply_record *record)
{
	struct transcript *transcript;

	if (results_are_silent(run->report, record))
		return;
	results_count(run->report, record);
	if (!results_are_told(run->report, record))
		return;
	transcript = walk_begin_output(e);
	if (transcript == NULL)
		lock_take(&run->report_lock);
	results_tell(run->report, transcript, walk_path(e), record);
	if (transcript == NULL)
		lock_drop(&run->report_lock);
	walk_end_output(e, transcript);
}

/* Keeps the line of progress up to date. */
static void show_progress(
	struct run *run, const struct walk_entry *e, const struct apply_record *record)
{
	if (!run->report->progress.is_on || !results_progress(run->report, record))
		return;
	lock_take(&run->report_lock);
	report_draw_progress(run->report, walk_path(e));
	lock_drop(&run->report_lock);
}

/* Changes E and reports the result. Returns what the walk is to do next. */
static enum walk_answer change(struct run *run, const struct walk_entry *e, unsigned *ret_traits)
{
	bool is_dir = e->pin >= 0 && S_ISDIR(e->st->st_mode);
	struct apply_record record;
	bool is_short;

	do {
		if (run->cli->modes0_from != NULL)
			listed_apply(&run->listed, &run->setup.apply, e, &record);
		else
			apply(&run->setup.apply, e, &record);
		is_short = sys_is_fd_shortage(-record.err);
	} while (is_short && walk_make_room(e));
	if (record.result == APPLY_IS_DIRECTORY)
		return WALK_IS_DIRECTORY;
	if (record.result == APPLY_TOO_EARLY || (is_short && !e->in_turn))
		return WALK_NOT_YET;
	/* The directory must get its own mode later even if nobody reads the output any more. */
	if ((record.last_bits | record.first_bits) != 0)
		report_hold_sigpipe(run->report);
	tell(run, e, &record);
	show_progress(run, e, &record);
	if (!run->setup.apply.recursive || !is_dir || run->setup.apply.contents_first)
		return WALK_SKIP;
	return descend_changed(&run->setup.apply, e, &record, ret_traits);
}

/* Has directory E read before it is changed, or without its being changed at all. */
static enum walk_answer enter(struct run *run, const struct walk_entry *e, unsigned *ret_traits)
{
	struct apply_record record;
	enum walk_answer answer = descend_unchanged(&run->setup.apply, e, &record, ret_traits);

	if (answer == WALK_SKIP)
		tell(run, e, &record);
	return answer;
}

static void tell_failure(struct run *run, const struct walk_entry *e, enum apply_result result)
{
	struct apply_record record = {.result = result, .err = e->err};

	/* It was deleted since its directory was read. */
	if (e->err == ENOENT && !e->operand)
		record.result = APPLY_VANISHED;
	tell(run, e, &record);
}

/* Reports what the walk could not do. */
static void tell_event(struct run *run, const struct walk_entry *e)
{
	switch (e->event) {
	case WALK_FILE:
	case WALK_AFTER:
	case WALK_DANGLING: break;
	case WALK_NO_ACCESS: tell_failure(run, e, APPLY_NO_ACCESS); break;
	case WALK_OUTSIDE: tell_failure(run, e, APPLY_OUTSIDE); break;
	case WALK_UNREADABLE: tell_failure(run, e, APPLY_UNREADABLE); break;
	case WALK_READ_ERROR: tell_failure(run, e, APPLY_READ_ERROR); break;
	case WALK_CYCLE: tell_failure(run, e, APPLY_CYCLE); break;
	}
}

/* Gives a directory, all of whose contents are done, the bits that let others write to it. */
static void leave(void *ctx, const struct walk_entry *e)
{
	struct run *run = ctx;
	struct apply_record record = {.result = APPLY_NOT_CHANGED};
	struct stat st;
	int err = descend_last_bits(e);

	if (err == 0 || sys_pin_stat(e->pin, &st) != 0)
		return;
	record.err = -err;
	record.old = st.st_mode & 07777;
	record.requested =
		modespec_apply(run->setup.apply.spec, st.st_mode, run->setup.apply.umask);
	tell(run, e, &record);
}

static unsigned again(void *ctx, unsigned traits, int fd, const struct stat *st)
{
	struct run *run = ctx;

	return descend_again(&run->setup.apply, traits, fd, st);
}

/* If links are followed and it shows by which way a file is reached first, one worker walks. */
static enum walk_sharing share(void *ctx)
{
	struct run *run = ctx;
	bool follows =
		run->cli->walk_links == WALK_ALL_LINKS || run->setup.apply.links == APPLY_ALL_LINKS;

	run->setup.apply.order_matters = policy_order_matters(&run->setup.apply);
	if (follows &&
		(run->setup.apply.order_matters || policy_closes_directories(&run->setup.apply)))
		return WALK_SHARE_NOTHING;
	report_share(run->report);
	/* A list may give several names of one file different modes. */
	if (run->cli->modes0_from != NULL)
		return WALK_SHARE_DISTINCT;
	return run->setup.apply.order_matters ? WALK_SHARE_TREES : WALK_SHARE_ALL;
}

static bool is_barrier(void *ctx, const struct stat *st)
{
	struct run *run = ctx;

	return run->cli->recursive || descend_may_bar(&run->setup.apply, st);
}

static void print(void *ctx, enum transcript_stream stream, const char *text, size_t len)
{
	struct run *run = ctx;

	lock_take(&run->report_lock);
	report_print(run->report, stream, text, len);
	lock_drop(&run->report_lock);
}

static enum walk_answer visit(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	struct run *run = ctx;
	bool is_dir = e->pin >= 0 && S_ISDIR(e->st->st_mode);
	bool is_last = run->setup.apply.contents_first && is_dir && !e->contents_only;

	if (report_is_cut_off(run->report))
		return WALK_STOP;
	if (e->event == WALK_FILE && (is_last || e->contents_only))
		return enter(run, e, ret_traits);
	if (e->event == WALK_FILE || e->event == WALK_AFTER || e->event == WALK_DANGLING)
		return change(run, e, ret_traits);
	tell_event(run, e);
	return e->event == WALK_UNREADABLE && is_last ? change(run, e, ret_traits) : WALK_SKIP;
}

static enum walk_want wants(void *ctx, const struct walk_entry *e)
{
	struct run *run = ctx;
	enum walk_want want = WALK_WANT_NOTHING;

	if (selection_wants(&run->setup.selection, e, &want) != 0) {
		/* Without memory it is unknown whether E was to stay as it is. */
		struct apply_record record = {.result = APPLY_NO_ACCESS, .err = ENOMEM};
		tell(run, e, &record);
	}
	return want;
}

/* ------------------------------------------------------------------------------------ operands */

static char *next(void *ctx, bool may_wait)
{
	struct run *run = ctx;

	return source_next(&run->setup.source, may_wait);
}

/* --------------------------------------------------------------- directories of a list, last */

static char *next_last(void *ctx, bool may_wait)
{
	struct run *run = ctx;

	return may_wait ? listed_next(&run->listed) : NULL;
}

/* Gives a directory its own mode. Only failures are reported: its line is printed already. */
static enum walk_answer visit_last(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	struct run *run = ctx;
	struct apply_record record;

	*ret_traits = 0;
	if (e->event != WALK_FILE) {
		tell_event(run, e);
		return WALK_SKIP;
	}
	listed_apply_last(&run->listed, &run->setup.apply, e, &record);
	if (record.result > APPLY_LAST_SUCCESS)
		tell(run, e, &record);
	return WALK_SKIP;
}

/*
 * Gives directories of the list the modes that would have closed them too early, even if nobody
 * reads the output any more.
 */
static void finish_listed(struct run *run, const struct walk_options *options)
{
	struct walk_options one_by_one = *options;
	const struct walk_visitor visitor = {.next = next_last, .visit = visit_last, .ctx = run};

	one_by_one.jobs = 1;
	walk(&one_by_one, &visitor);
}

void run(const struct cli *cli, struct report *report)
{
	struct run run = {.cli = cli, .report = report};
	const struct walk_visitor visitor = {
		.next = next,
		.wants = cli->recursive && (cli->excludes.count > 0 || cli->includes.count > 0)
				 ? wants
				 : NULL,
		.visit = visit,
		.again = again,
		.leave = leave,
		.share = share,
		.is_barrier = is_barrier,
		.print = print,
		.ctx = &run,
	};
	struct walk_options options = {
		.links = cli->walk_links,
		.recursive = cli->recursive,
		.one_file_system = cli->one_file_system,
		.jobs = cli->jobs,
		.beneath = cli->beneath != NULL ? &run.setup.beneath : NULL,
	};

	if (setup_init(&run.setup, cli, report)) {
		options.by_name = run.setup.apply.by_name && !cli->recursive &&
				  cli->walk_links != WALK_NO_LINKS;
		/* A preloaded library may not be thread-safe. */
		if (options.jobs == 0 && report->preload == PROBE_PRELOADED)
			options.jobs = 1;
		lock_init(&run.report_lock);
		listed_init(&run.listed);
		walk(&options, &visitor);
		if (listed_owes(&run.listed))
			finish_listed(&run, &options);
		listed_free(&run.listed);
	}
	setup_free(&run.setup);
}
