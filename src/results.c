/* SPDX-License-Identifier: MIT */
#include "results.h"

#include <string.h>

/*
 * Whether the mode of the file changed. If the new mode could not be read, GNU reports it as
 * retained.
 */
static bool is_changed(const struct apply_record *record)
{
	return record->old != record->actual && record->restat_err == 0;
}

/* Whether an error message is printed that -f hides. */
static bool wants_error(const struct report *r, const struct apply_record *record)
{
	switch (record->result) {
	case APPLY_DONE: return !r->quiet && record->restat_err != 0;
	case APPLY_LINK:
	case APPLY_VANISHED:
	case APPLY_ROOT:
	case APPLY_CYCLE: return false;
	default: return !r->quiet;
	}
}

/* Whether the line of -v, -c or --dry-run is printed. */
static bool wants_status(const struct report *r, const struct apply_record *record)
{
	switch (record->result) {
	case APPLY_DONE:
		return r->verbosity == REPORT_ALL ||
		       ((r->verbosity == REPORT_CHANGES || r->dry_run) && is_changed(record));
	case APPLY_VANISHED:
	case APPLY_ROOT:
	case APPLY_CYCLE: return false;
	default: return r->verbosity == REPORT_ALL;
	}
}

/* Whether a message is printed that -f does not hide. */
static bool wants_warning(const struct apply_record *record)
{
	return record->result == APPLY_ROOT || record->result == APPLY_CYCLE ||
	       results_umask_interfered(record);
}

bool results_are_told(const struct report *r, const struct apply_record *record)
{
	return wants_error(r, record) || wants_status(r, record) || wants_warning(record);
}

/* Prints the error message that wants_error() asks for. */
static void err_result(
	struct report *r, struct transcript *t, const char *path, const struct apply_record *record)
{
	switch (record->result) {
	case APPLY_DONE:
		report_err_line(r, t, "getting new attributes of %q%e", path, record->restat_err);
		break;
	case APPLY_NOT_CHANGED:
		report_err_line(r, t, "changing permissions of %q%e", path, record->err);
		break;
	case APPLY_UNSAFE:
		report_err_line(r, t,
			"cannot change %q safely: it takes %s to be sure that it is not another "
			"file",
			path,
			r->preload == PROBE_PRELOADED ? "/proc, where a library is preloaded,"
						      : "a newer kernel, or /proc,");
		break;
	case APPLY_NO_ACCESS: report_err_line(r, t, "cannot access %q%e", path, record->err); break;
	case APPLY_OUTSIDE: report_err_line(r, t, "%q is not beneath %q", path, r->beneath); break;
	case APPLY_DANGLING:
		report_err_line(r, t, "cannot operate on dangling symlink %q", path);
		break;
	case APPLY_NO_REFERENT:
		report_err_line(r, t, "cannot dereference %q%e", path, record->err);
		break;
	case APPLY_UNREADABLE:
		report_err_line(r, t, "cannot read directory %q%e", path, record->err);
		break;
	case APPLY_READ_ERROR: report_err_line(r, t, "%n%e", path, record->err); break;
	default: break;
	}
}

/* Prints the line that wants_status() asks for. */
static void out_result(
	struct report *r, struct transcript *t, const char *path, const struct apply_record *record)
{
	switch (record->result) {
	case APPLY_DONE:
		if (r->dry_run && is_changed(record))
			report_out_line(r, t, "mode of %q would change from %o (%m) to %o (%m)",
				path, record->old, record->old, record->actual, record->actual);
		else if (r->dry_run)
			report_out_line(r, t, "mode of %q would be retained as %o (%m)", path,
				record->actual, record->actual);
		else if (is_changed(record))
			report_out_line(r, t, "mode of %q changed from %o (%m) to %o (%m)", path,
				record->old, record->old, record->actual, record->actual);
		else
			report_out_line(r, t, "mode of %q retained as %o (%m)", path,
				record->actual, record->actual);
		break;
	case APPLY_LINK:
		report_out_line(
			r, t, "neither symbolic link %q nor referent has been changed", path);
		break;
	case APPLY_NOT_CHANGED:
	case APPLY_UNSAFE:
		report_out_line(r, t, "failed to change mode of %q from %o (%m) to %o (%m)", path,
			record->old, record->old, record->requested, record->requested);
		break;
	default: report_out_line(r, t, "%q could not be accessed", path); break;
	}
}

/* Prints the messages that wants_warning() asks for. */
static void err_warning(
	struct report *r, struct transcript *t, const char *path, const struct apply_record *record)
{
	if (record->result == APPLY_ROOT) {
		if (strcmp(path, "/") == 0)
			report_err_line(r, t, "it is dangerous to operate recursively on %q", path);
		else
			report_err_line(r, t,
				"it is dangerous to operate recursively on %q (same as %q)", path,
				"/");
		report_err_line(r, t, "use --no-preserve-root to override this failsafe");
	} else if (record->result == APPLY_CYCLE) {
		report_err_line(r, t,
			"WARNING: Circular directory structure.\n"
			"This almost certainly means that you have a corrupted file system.\n"
			"NOTIFY YOUR SYSTEM MANAGER.\n"
			"The following directory is part of the cycle:\n  %n\n",
			path);
	} else {
		report_err_line(r, t, "%n: new permissions are %m, not %m", path, record->requested,
			record->unmasked);
	}
}

void results_tell(
	struct report *r, struct transcript *t, const char *path, const struct apply_record *record)
{
	if (wants_error(r, record))
		err_result(r, t, path, record);
	if (wants_status(r, record))
		out_result(r, t, path, record);
	if (wants_warning(record))
		err_warning(r, t, path, record);
}

void results_count(struct report *r, const struct apply_record *record)
{
	if (record->result > APPLY_LAST_SUCCESS || results_umask_interfered(record))
		atomic_store_explicit(&r->failed, true, memory_order_relaxed);
}

bool results_progress(struct report *r, const struct apply_record *record)
{
	bool changed = record->result == APPLY_DONE && record->old != record->actual;

	return progress_count(&r->progress, changed);
}
