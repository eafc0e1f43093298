/*
 * Everything that is printed: what happened, in GNU's sentences, on GNU's streams, in GNU's order.
 *
 * Standard output is kept in a buffer (a line at a time on a terminal) which is written before each
 * message on standard error. Not thread-safe but for report_wants(), report_count(),
 * report_count_progress(), and report_record() with a transcript after report_share().
 */
#ifndef REPORT_H
#define REPORT_H

#include "apply.h"
#include "choices.h"
#include "message.h"
#include "progress.h"
#include "sigpipe.h"
#include "transcript.h"
#include "userlocale.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct report_stream {
	int fd;
	size_t used;
	bool failed;           /* a write failed before */
	atomic_bool is_broken; /* nobody will read it any more */
	bool was_used;
	bool is_mute;       /* what comes now would not have come if SIGPIPE had not been held */
	char buf[4 * 1024]; /* as large as GNU's, which shows in what is done before SIGPIPE */
};

struct report {
	const char *program; /* as it was called, but for what libtool adds */
	const char *argv0;   /* as it was called */
	enum report_verbosity verbosity;
	enum probe_preload preload;
	const char *beneath; /* where operands must be, or NULL */
	bool dry_run;        /* changes are told as what would be */
	bool quiet;          /* -f */
	atomic_bool failed;  /* the exit status is 1 */
	bool by_line;        /* standard output is a terminal */
	struct userlocale locale;
	struct progress progress;
	struct sigpipe sigpipe;
	struct report_stream out, err;
};

/* PROGRAM: argv[0], which must outlive the report. */
void report_init(struct report *r, const char *program);

/*
 * A message "PROGRAM: ..." on standard error, after what is in standard output's buffer; -f does
 * not hide it and the exit status is 1. FORMAT and what follows it: see message.h.
 */
void report_error(struct report *r, const char *format, ...);

/* The same for what GNU leaves to getopt_long(3): MESSAGE_OPTION. */
void report_option_error(struct report *r, const char *format, ...);

/* The same for what leaves the exit status as it is. */
void report_warning(struct report *r, const char *text);

/* A line of GNU's that goes on with a message on standard error. */
void report_bare_line(struct report *r, const char *line);

/* The line that points to --help, after an error. */
void report_try_help(struct report *r);

/* Text of our own for standard output; FORMAT as above. */
void report_text(struct report *r, const char *format, ...);

/* Whether RECORD leads to any output, so that its path is needed. */
bool report_wants(const struct report *r, const struct apply_record *record);

/* All that is to be said of the file PATH: now, or noted in TRANSCRIPT if that is not NULL. */
void report_record(struct report *r, struct transcript *transcript, const char *path,
	const struct apply_record *record);

/* A transcript_print: what was noted there is said now. */
void report_print(void *report, enum transcript_stream stream, const char *text, size_t len);

/*
 * SIGPIPE does not end the program from now on; report_is_cut_off() is true when it would have, and
 * report_finish() makes up for it.
 */
void report_hold_sigpipe(struct report *r);
bool report_is_cut_off(const struct report *r);

/*
 * Finds out what it takes to know before several threads write into transcripts, each into its own,
 * and holds SIGPIPE.
 */
void report_share(struct report *r);

/* Counts RECORD for the exit status, as report_record() does, when it says nothing. */
void report_count(struct report *r, const struct apply_record *record);

/* The charset of the user's locale, for which setlocale(3) may be called. */
const struct charset *report_charset(struct report *r);

/*
 * Shows a line of progress on standard error from now on, if that is a terminal. KNOWS_CHANGES:
 * whether each record tells if the file had another mode before.
 */
void report_start_progress(struct report *r, bool knows_changes);

/* Counts RECORD for that line. Whether it is due. For any thread. */
bool report_count_progress(struct report *r, const struct apply_record *record);

/* Draws it, with the directory that the file PATH is in as the one at hand. */
void report_draw_progress(struct report *r, const char *path);

/* Writes out what is left, says if that went wrong, and returns the exit status. */
int report_finish(struct report *r);

#endif
