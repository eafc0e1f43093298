/* SPDX-License-Identifier: MIT */
/*
 * Says what happened to each file, in GNU's sentences.
 *
 * All but results_tell() may be called by several threads at once; results_tell() too, after
 * report_share() and with a transcript.
 */
#ifndef RESULTS_H
#define RESULTS_H

#include "apply.h"
#include "report.h"

#include <stdbool.h>

/* Whether the umask kept a permission that the user asked to remove (chmod -w). */
static inline bool results_umask_interfered(const struct apply_record *record)
{
	return record->result == APPLY_DONE && (record->requested & ~record->unmasked) != 0;
}

/*
 * Whether all went well and nobody has asked to be told: neither results_count() nor
 * results_are_told() need be called. Inline because that is so for nearly every file.
 */
static inline bool results_are_silent(const struct report *r, const struct apply_record *record)
{
	return record->result == APPLY_DONE && record->restat_err == 0 &&
	       r->verbosity == REPORT_ERRORS && !r->dry_run && !results_umask_interfered(record);
}

/* Makes the exit status 1 if RECORD is an error. */
void results_count(struct report *r, const struct apply_record *record);

/* Whether results_tell() would print anything, so that it needs the path. */
bool results_are_told(const struct report *r, const struct apply_record *record);

/* Prints all messages about the file PATH, or adds them to T if that is not NULL. */
void results_tell(struct report *r, struct transcript *t, const char *path,
	const struct apply_record *record);

/*
 * Counts RECORD for the line of progress, which must be on. Returns whether it is time to call
 * report_draw_progress().
 */
bool results_progress(struct report *r, const struct apply_record *record);

#endif
