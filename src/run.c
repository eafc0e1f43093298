#include "run.h"

#include "excludes.h"
#include "files0.h"
#include "modespec.h"
#include "pool.h"
#include "sys.h"
#include "userlocale.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>

struct run {
	const struct cli *cli;
	struct apply apply;
	struct pool_lock report_lock;
	struct report *report;
	struct excludes *excludes; /* NULL: there are none */
	size_t next_operand;
	struct files0 files0; /* the operands, if they are not in cli */
	unsigned long files0_count;
};

static void tell(struct run *run, const struct walk_entry *e, const struct apply_record *record)
{
	bool wanted = report_wants(run->report, record);

	if (!wanted && record->result <= APPLY_LAST_SUCCESS)
		return;
	pool_lock(&run->report_lock);
	if (wanted)
		report_record(run->report, walk_path(e), record);
	else
		report_count(run->report, record);
	pool_unlock(&run->report_lock);
}

/* Keeps the line of progress up to date. */
static void show_progress(
	struct run *run, const struct walk_entry *e, const struct apply_record *record)
{
	struct progress *progress = &run->report->progress;
	bool changed = record->result == APPLY_DONE && record->old != record->now;

	if (!progress->is_on || !progress_count(progress, changed))
		return;
	pool_lock(&run->report_lock);
	const char *path = walk_path(e), *slash = strrchr(path, '/');
	if (slash == NULL)
		progress_draw(progress, ".", 1);
	else
		progress_draw(progress, path, slash > path ? (size_t)(slash - path) : 1);
	pool_unlock(&run->report_lock);
}

/* Changes E and tells of it. What the walk is to do next. */
static enum walk_answer change(struct run *run, const struct walk_entry *e, unsigned *ret_traits)
{
	bool is_dir = e->pin >= 0 && S_ISDIR(e->st->st_mode);
	struct apply_record record;
	bool done;

	if (run->cli->one_file_system && is_dir && e->other_device && !e->operand)
		return WALK_PASS;
	do
		done = apply(&run->apply, e, &record);
	while (done && (record.err == EMFILE || record.err == ENFILE) && walk_make_room(e));
	if (!done)
		return WALK_LOOK;
	tell(run, e, &record);
	show_progress(run, e, &record);
	if (!run->cli->recursive || !is_dir)
		return WALK_PASS;
	return apply_directory_answer(&run->apply, e, &record, ret_traits);
}

static void tell_failure(struct run *run, const struct walk_entry *e, enum apply_result result)
{
	struct apply_record record = {.result = result, .err = e->err};

	/* Somebody was faster with deleting it. */
	if (e->err == ENOENT && !e->operand)
		record.result = APPLY_VANISHED;
	tell(run, e, &record);
}

static enum walk_answer visit(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	struct run *run = ctx;

	switch (e->event) {
	case WALK_FILE:
	case WALK_DANGLING: return change(run, e, ret_traits);
	case WALK_NO_ACCESS: tell_failure(run, e, APPLY_NO_ACCESS); break;
	case WALK_UNREADABLE: tell_failure(run, e, APPLY_UNREADABLE); break;
	case WALK_READ_ERROR: tell_failure(run, e, APPLY_READ_ERROR); break;
	case WALK_CYCLE: tell_failure(run, e, APPLY_CYCLE); break;
	}
	return WALK_PASS;
}

static bool is_not_excluded(void *ctx, const struct walk_entry *e)
{
	struct run *run = ctx;
	enum excludes_answer answer = excludes_name(run->excludes, e->name);
	const char *path;

	if (answer != EXCLUDES_ASK_PATH)
		return answer == EXCLUDES_NO;
	path = walk_path(e);
	if (path == e->name) {
		/* There is no memory for the path, and it may be one that must stay out. */
		struct apply_record record = {.result = APPLY_NO_ACCESS, .err = ENOMEM};
		tell(run, e, &record);
		return false;
	}
	return !excludes_path(run->excludes, path, e->name);
}

/* ------------------------------------------------------------------------------------ operands */

static char *next_of_argv(void *ctx)
{
	struct run *run = ctx;
	const struct cli *cli = run->cli;

	return run->next_operand < cli->operand_count ? cli->operands[run->next_operand++] : NULL;
}

static char *next_of_file(void *ctx)
{
	struct run *run = ctx;
	const char *file = run->cli->files0_from;
	char *name;

	for (;;) {
		int got = files0_next(&run->files0, &name);

		if (got < 0 && got != -ENAMETOOLONG)
			report_error(run->report, "%n: read error%e", file, -got);
		if (got <= 0 && got != -ENAMETOOLONG)
			return NULL;
		run->files0_count++;
		if (got < 0)
			report_error(run->report,
				"%n:%u: longer than any path; "
				"each name must end in a null byte, as find -print0 writes it",
				file, run->files0_count);
		else if (*name == '\0')
			report_error(run->report, "%n:%u: invalid zero-length file name", file,
				run->files0_count);
		else
			return name;
	}
}

/* -------------------------------------------------------------------------------- preparations */

/* The spec from the mode or the reference; false and a report if there is none. */
static bool get_spec(const struct cli *cli, struct report *report, struct modespec *ret)
{
	struct stat st;
	int err;

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

/*
 * How many workers: lines come in order from one only. A preloaded library may never have been
 * meant for threads.
 */
static unsigned count_jobs(const struct cli *cli, enum sys_way way)
{
	if (cli->jobs != 0)
		return cli->jobs;
	return cli->verbosity != REPORT_ERRORS || cli->dry_run || way == SYS_LIBC ? 1 : 0;
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

/* Arranges the patterns; false and a report if there is no memory for that. */
static bool prepare_excludes(struct run *run)
{
	const struct cli *cli = run->cli;
	const struct charset *charset = &charset_c;

	if (cli->exclude_count == 0)
		return true;
	/* A name is taken at its word: setlocale(3) takes time, and there may be no memory. */
	if (excludes_need_charset(cli->excludes, cli->exclude_count))
		charset = userlocale_names_utf8() ? &charset_utf8 : report_charset(run->report);
	if (excludes_new(&run->excludes, cli->excludes, cli->exclude_count, charset) == 0)
		return true;
	report_error(run->report, "memory exhausted");
	return false;
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
	if (!prepare_excludes(run))
		return false;
	if (cli->files0_from != NULL) {
		int err = files0_open(&run->files0, cli->files0_from);
		if (err != 0) {
			report_error(run->report, "cannot open %q for reading%e", cli->files0_from,
				-err);
			return false;
		}
	}
	*apply = (struct apply){
		.spec = spec,
		.links = cli->apply_links,
		.way = sys_init(),
		.euid = (uid_t)getauxval(AT_EUID),
		.with_old_mode = cli->verbosity != REPORT_ERRORS,
		.with_plain = cli->mode_is_option,
		.skips_right = cli->skip_unchanged,
		.is_dry = cli->dry_run,
		.is_privileged = cli->dry_run && sys_has_capability(SYS_CAP_FOWNER),
		.overrides_modes = cli->recursive && sys_has_capability(SYS_CAP_DAC_READ_SEARCH |
									SYS_CAP_DAC_OVERRIDE),
		.guards_root = apply->guards_root,
		.root_dev = apply->root_dev,
		.root_ino = apply->root_ino,
	};
	/* The only way to read it; no file is created here, so it need not be put back. */
	if (modespec_uses_umask(spec))
		apply->umask = umask(0);
	if (cli->recursive)
		apply_prepare(apply);
	if (cli->recursive && cli->progress)
		report_start_progress(run->report, apply->unseen != APPLY_SET_UNSEEN);
	return true;
}

void run(const struct cli *cli, struct report *report)
{
	struct run run = {.cli = cli, .report = report};
	const struct walk_visitor visitor = {
		.next = cli->files0_from != NULL ? next_of_file : next_of_argv,
		.wants = cli->exclude_count > 0 ? is_not_excluded : NULL,
		.visit = visit,
	};
	struct modespec spec;

	report->verbosity = cli->verbosity;
	report->quiet = cli->quiet;
	report->is_dry = cli->dry_run;
	if (!get_spec(cli, report, &spec))
		return;
	if (prepare(&run, &spec)) {
		pool_lock_init(&run.report_lock);
		walk(cli->walk_links, count_jobs(cli, run.apply.way), &visitor, &run);
		if (cli->files0_from != NULL)
			files0_close(&run.files0);
	}
	excludes_free(run.excludes);
	modespec_free(&spec);
}
