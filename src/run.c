#include "run.h"

#include "listed.h"
#include "modespec.h"
#include "probe.h"
#include "selection.h"
#include "source.h"
#include "sys.h"
#include "threads.h"
#include "userlocale.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

struct run {
	const struct cli *cli;
	struct apply apply;
	_Atomic enum sys_method late_method;
	struct lock report_lock; /* for what is not written into transcripts */
	struct report *report;
	struct selection selection;
	struct source source;
	struct listed listed;   /* for a list of modes */
	struct beneath beneath; /* its fd is -1 if operands may be anywhere */
};

static void tell(struct run *run, const struct walk_entry *e, const struct apply_record *record)
{
	struct transcript *transcript;

	report_count(run->report, record);
	if (!report_wants(run->report, record))
		return;
	transcript = walk_begin_output(e);
	if (transcript == NULL)
		lock_take(&run->report_lock);
	report_record(run->report, transcript, walk_path(e), record);
	if (transcript == NULL)
		lock_drop(&run->report_lock);
	walk_end_output(e, transcript);
}

/* Keeps the line of progress up to date. */
static void show_progress(
	struct run *run, const struct walk_entry *e, const struct apply_record *record)
{
	if (!report_count_progress(run->report, record))
		return;
	lock_take(&run->report_lock);
	report_draw_progress(run->report, walk_path(e));
	lock_drop(&run->report_lock);
}

/* Changes E and tells of it. What the walk is to do next. */
static enum walk_answer change(struct run *run, const struct walk_entry *e, unsigned *ret_traits)
{
	bool is_dir = e->pin >= 0 && S_ISDIR(e->st->st_mode);
	struct apply_record record;
	bool done, is_short;

	do {
		done = run->cli->modes0_from != NULL
			       ? listed_apply(&run->listed, &run->apply, e, &record)
			       : apply(&run->apply, e, &record);
		is_short = done && sys_is_fd_shortage(-record.err);
	} while (is_short && walk_make_room(e));
	if (!done)
		return WALK_IS_DIRECTORY;
	if (record.result == APPLY_TOO_EARLY || (is_short && !e->in_turn))
		return WALK_NOT_YET;
	/* It gets them whatever happens to our output. */
	if ((record.last_bits | record.first_bits) != 0)
		report_hold_sigpipe(run->report);
	tell(run, e, &record);
	show_progress(run, e, &record);
	if (!run->apply.recursive || !is_dir || run->apply.contents_first)
		return WALK_SKIP;
	return apply_directory_answer(&run->apply, e, &record, ret_traits);
}

/* Has directory E read as it is, for it is to be changed later, or not at all. */
static enum walk_answer enter(struct run *run, const struct walk_entry *e, unsigned *ret_traits)
{
	struct apply_record record;
	enum walk_answer answer = apply_enter(&run->apply, e, &record, ret_traits);

	if (answer == WALK_SKIP)
		tell(run, e, &record);
	return answer;
}

static void tell_failure(struct run *run, const struct walk_entry *e, enum apply_result result)
{
	struct apply_record record = {.result = result, .err = e->err};

	/* Somebody was faster with deleting it. */
	if (e->err == ENOENT && !e->operand)
		record.result = APPLY_VANISHED;
	tell(run, e, &record);
}

/* Tells of what the walk could not do. */
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

/* A directory gets the bits that let others write to it when all that it contains is done. */
static void leave(void *ctx, const struct walk_entry *e)
{
	struct run *run = ctx;
	struct apply_record record = {.result = APPLY_NOT_CHANGED};
	struct stat st;
	int err = apply_last_bits(e);

	if (err == 0 || sys_pin_stat(e->pin, &st) != 0)
		return;
	record.err = -err;
	record.old = st.st_mode & 07777;
	record.requested = modespec_apply(run->apply.spec, st.st_mode, run->apply.umask);
	tell(run, e, &record);
}

static unsigned again(void *ctx, unsigned traits, int fd, const struct stat *st)
{
	struct run *run = ctx;

	return apply_traits_again(&run->apply, traits, fd, st);
}

/* Where it shows which of several ways to a file is taken first, there is one worker. */
static enum walk_sharing share(void *ctx)
{
	struct run *run = ctx;
	bool follows =
		run->cli->walk_links == WALK_ALL_LINKS || run->apply.links == APPLY_ALL_LINKS;

	run->apply.order_matters = apply_order_matters(&run->apply);
	if (follows && (run->apply.order_matters || apply_closes_directories(&run->apply)))
		return WALK_SHARE_NOTHING;
	report_share(run->report);
	/* In a list the names of one file may have different modes. */
	if (run->cli->modes0_from != NULL)
		return WALK_SHARE_DISTINCT;
	return run->apply.order_matters ? WALK_SHARE_TREES : WALK_SHARE_ALL;
}

static bool is_barrier(void *ctx, const struct stat *st)
{
	struct run *run = ctx;

	return run->cli->recursive || apply_may_bar(&run->apply, st);
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
	bool is_last = run->apply.contents_first && is_dir && !e->contents_only;

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

	if (selection_wants(&run->selection, e, &want) != 0) {
		/* It may be one that must stay as it is. */
		struct apply_record record = {.result = APPLY_NO_ACCESS, .err = ENOMEM};
		tell(run, e, &record);
	}
	return want;
}

/* ------------------------------------------------------------------------------------ operands */

static char *next(void *ctx, bool may_wait)
{
	struct run *run = ctx;

	return source_next(&run->source, may_wait);
}

/* --------------------------------------------------------------- directories of a list, last */

static char *next_last(void *ctx, bool may_wait)
{
	struct run *run = ctx;

	return may_wait ? listed_next(&run->listed) : NULL;
}

/* A directory gets the mode that it has been said to have; only what fails is told. */
static enum walk_answer visit_last(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	struct run *run = ctx;
	struct apply_record record;

	(void)ret_traits;
	if (e->event != WALK_FILE) {
		tell_event(run, e);
		return WALK_SKIP;
	}
	listed_apply_last(&run->listed, &run->apply, e, &record);
	if (record.result > APPLY_LAST_SUCCESS)
		tell(run, e, &record);
	return WALK_SKIP;
}

/* Gives directories the modes that would have closed them too early, whoever listens by now. */
static void finish_listed(struct run *run, const struct walk_options *options)
{
	struct walk_options one_by_one = *options;
	const struct walk_visitor visitor = {.next = next_last, .visit = visit_last, .ctx = run};

	one_by_one.jobs = 1;
	walk(&one_by_one, &visitor);
}

/* -------------------------------------------------------------------------------- preparations */

/* The spec from the mode or the reference; false and a report if there is none. */
static bool get_spec(const struct cli *cli, struct report *report, struct modespec *ret)
{
	struct stat st;
	int err;

	if (cli->modes0_from != NULL) {
		/* What all of them have in common: each is one for all files, and bars no way. */
		modespec_from_mode(ret, 0777);
		return true;
	}
	if (cli->reference != NULL) {
		err = sys_stat(AT_FDCWD, cli->reference, SYS_FOLLOW, &st);
		if (err == 0)
			modespec_from_mode(ret, st.st_mode);
		else
			report_error(
				report, "failed to get attributes of %q%e", cli->reference, -err);
		return err == 0;
	}
	err = modespec_compile(ret, cli->mode, NULL);
	if (err == -ENOMEM) {
		report_error(report, "memory exhausted");
	} else if (err != 0) {
		report_error(report, "invalid mode: %w", cli->mode);
		report_try_help(report);
	}
	return err == 0;
}

/* Notes which directory must be left alone; false and a report if that cannot be found out. */
static bool get_root(struct apply *apply, struct report *report)
{
	struct stat st;
	int err = sys_stat(AT_FDCWD, "/", SYS_NOFOLLOW, &st);

	if (err != 0) {
		report_error(report, "failed to get attributes of %q%e", "/", -err);
		return false;
	}
	apply->guards_root = true;
	apply->root_dev = st.st_dev;
	apply->root_ino = st.st_ino;
	return true;
}

/* Whether files may be looked at and then changed by name, if their directory's owner is right. */
static bool relies_on_owners(const struct apply *apply)
{
	return (apply->method == SYS_FCHMODAT2 || apply->method == SYS_LIBC) &&
	       apply->nostat != APPLY_SKIP_NOSTAT && !apply->nostat_suits_dirs;
}

/* Who the caller is, and for --dry-run what that is worth. */
static void get_privileges(struct apply *apply, enum probe_preload preload)
{
	uid_t euid = (uid_t)getauxval(AT_EUID);
	bool is_faked;

	/* A preloaded library may play another user, who may do everything (fakeroot). */
	apply->euid = preload == PROBE_PRELOADED ? geteuid() : euid;
	if (!apply->dry_run)
		return;
	is_faked = apply->euid != euid;
	apply->is_privileged = is_faked || probe_has_capability(PROBE_CAP_FOWNER);
	apply->unmapped_uid = is_faked ? 0 : probe_unmapped_uid();
}

/* Arranges the patterns; false and a report if there is no memory for that. */
static bool prepare_selection(struct run *run)
{
	const struct charset *charset = &charset_c;

	/* A name is taken at its word: setlocale(3) takes time, and there may be no memory. */
	if (selection_needs_charset(run->cli))
		charset = userlocale_names_utf8() ? &charset_utf8 : report_charset(run->report);
	if (selection_init(&run->selection, run->cli, charset) == 0)
		return true;
	report_error(run->report, "memory exhausted");
	return false;
}

/* Pins the directory where operands must be; false and a report if that is not to be had. */
static bool prepare_beneath(struct run *run)
{
	const char *dir = run->cli->beneath;
	int err = dir != NULL ? beneath_open(&run->beneath, dir) : 0;

	if (err != 0)
		report_error(run->report, "cannot access %q%e", dir, -err);
	run->report->beneath = dir;
	return err == 0;
}

/*
 * All that has to be known before anything is changed. False and a report if it is not to be had.
 */
static bool prepare(struct run *run, struct modespec *spec)
{
	const struct cli *cli = run->cli;
	struct apply *apply = &run->apply;

	if (cli->recursive && cli->preserve_root && !get_root(apply, run->report))
		return false;
	if (!prepare_selection(run))
		return false;
	if (!source_open(&run->source, cli, run->report))
		return false;
	run->report->preload = probe_find_preload();
	if (run->report->preload == PROBE_PRELOAD_IGNORED)
		report_warning(run->report,
			"this program is static: "
			"a preloaded library, as fakeroot's, does not see what it changes");
	*apply = (struct apply){
		.spec = spec,
		.links = cli->apply_links,
		.method = cli->recursive ? probe_method(run->report->preload, PROBE_TREES)
					 : SYS_UNDECIDED,
		.late_method = &run->late_method,
		.preload = run->report->preload,
		.with_old_mode = cli->verbosity != REPORT_ERRORS,
		.with_unmasked = cli->mode_is_option,
		.recursive = cli->recursive,
		.contents_first = cli->recursive && cli->contents_first,
		.skip_unchanged = cli->skip_unchanged,
		.dry_run = cli->dry_run,
		.overrides_modes =
			(cli->recursive || cli->modes0_from != NULL) &&
			probe_has_capability(PROBE_CAP_DAC_READ_SEARCH | PROBE_CAP_DAC_OVERRIDE),
		.guards_root = apply->guards_root,
		.root_dev = apply->root_dev,
		.root_ino = apply->root_ino,
	};
	get_privileges(apply, run->report->preload);
	/* The only way to read it; no file is created here, so it need not be put back. */
	if (modespec_uses_umask(spec))
		apply->umask = umask(0);
	apply_prepare(apply);
	if (cli->recursive)
		apply->may_map_owners = relies_on_owners(apply) && probe_may_map_owners();
	if (!prepare_beneath(run))
		return false;
	if (cli->recursive && cli->progress)
		report_start_progress(run->report, apply->nostat != APPLY_CHMOD_NOSTAT);
	return true;
}

void run(const struct cli *cli, struct report *report)
{
	struct run run = {
		.cli = cli, .report = report, .late_method = SYS_UNDECIDED, .beneath = {.fd = -1}};
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
		.beneath = cli->beneath != NULL ? &run.beneath : NULL,
	};
	struct modespec spec;

	report->verbosity = cli->verbosity;
	report->quiet = cli->quiet;
	report->dry_run = cli->dry_run;
	if (!get_spec(cli, report, &spec))
		return;
	if (prepare(&run, &spec)) {
		options.by_name =
			run.apply.by_name && !cli->recursive && cli->walk_links != WALK_NO_LINKS;
		/* A preloaded library may never have been meant for threads. */
		if (options.jobs == 0 && report->preload == PROBE_PRELOADED)
			options.jobs = 1;
		lock_init(&run.report_lock);
		listed_init(&run.listed);
		walk(&options, &visitor);
		if (listed_owes(&run.listed))
			finish_listed(&run, &options);
		listed_free(&run.listed);
		source_close(&run.source);
	}
	if (run.beneath.fd >= 0)
		beneath_close(&run.beneath);
	selection_free(&run.selection);
	modespec_free(&spec);
}
