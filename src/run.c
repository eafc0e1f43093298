#include "run.h"

#include "modespec.h"
#include "pool.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>

struct run {
	struct apply apply;
	bool recursive;
	struct pool_lock report_lock;
	struct report *report;
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

/* Changes E and tells of it. What the walk is to do next. */
static enum walk_answer change(struct run *run, const struct walk_entry *e, unsigned *ret_traits)
{
	struct apply_record record;
	bool done;

	do
		done = apply(&run->apply, e, &record);
	while (done && (record.err == EMFILE || record.err == ENFILE) && walk_shed(e));
	if (!done)
		return WALK_LOOK;
	tell(run, e, &record);
	if (!run->recursive || e->pin < 0 || !S_ISDIR(e->st->st_mode))
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

/* The visitor of the walk. */
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
 * How many workers: lines come in GNU's order from one only. A preloaded library may never have
 * been meant for threads.
 */
static unsigned count_jobs(const struct cli *cli, enum sys_way way)
{
	if (cli->jobs != 0)
		return cli->jobs;
	return cli->verbosity != REPORT_ERRORS || way == SYS_LIBC ? 1 : 0;
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

void run(const struct cli *cli, struct report *report)
{
	struct modespec spec;
	struct run run = {
		.apply =
			{
				.spec = &spec,
				.links = cli->apply_links,
				.euid = (uid_t)getauxval(AT_EUID),
				.with_old_mode = cli->verbosity != REPORT_ERRORS,
				.with_plain = cli->mode_is_option,
			},
		.report = report,
		.recursive = cli->recursive,
	};

	report->verbosity = cli->verbosity;
	report->quiet = cli->quiet;
	if (!get_spec(cli, report, &spec))
		return;
	if (cli->recursive && cli->preserve_root && !get_root(&run.apply, report)) {
		modespec_free(&spec);
		return;
	}
	/* The only way to read it; no file is created here, so it need not be put back. */
	if (modespec_uses_umask(&spec))
		run.apply.umask = umask(0);
	run.apply.way = sys_init();
	if (cli->recursive && !run.apply.with_old_mode && !run.apply.with_plain)
		run.apply.is_absolute =
			modespec_is_absolute(&spec, S_IFREG, run.apply.umask, &run.apply.absolute);
	pool_lock_init(&run.report_lock);
	walk(cli->operands, cli->operand_count, cli->walk_links, count_jobs(cli, run.apply.way),
		visit, &run);
	modespec_free(&spec);
}
