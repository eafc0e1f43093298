/* SPDX-License-Identifier: MIT */
/*
 * Prints everything that the program has to say, in GNU's sentences, on GNU's streams and in GNU's
 * order.
 *
 * Standard output is buffered, by line on a terminal, and the buffer is written before each message
 * on standard error. Only these functions may be called by several threads at once: report_wants(),
 * report_count(), report_count_progress() and, after report_share(), report_record() with a
 * transcript.
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
	bool failed;           /* a write has failed */
	atomic_bool is_broken; /* a write has failed with EPIPE: nobody reads the stream */
	bool was_used;
	bool is_mute; /* drop output: without sigpipe_hold() the program would have ended */
	/* As large as GNU's. The size decides how much is done before SIGPIPE ends the program. */
	char buf[4 * 1024];
};

struct report {
	const char *program; /* argv[0] without what libtool adds to it */
	const char *argv0;   /* argv[0] */
	enum report_verbosity verbosity;
	enum probe_preload preload;
	const char *beneath; /* the directory of --beneath, or NULL */
	bool dry_run;        /* say what would be changed */
	bool quiet;          /* -f */
	atomic_bool failed;  /* the exit status is 1 */
	bool by_line;        /* standard output is a terminal */
	struct userlocale locale;
	struct progress progress;
	struct sigpipe sigpipe;
	struct report_stream out, err;
};

/* PROGRAM is argv[0] and must outlive *R. */
void report_init(struct report *r, const char *program);

/*
 * Prints a message "PROGRAM: ..." on standard error, which -f does not hide, and makes the exit
 * status 1. FORMAT and its arguments are described in message.h.
 */
void report_error(struct report *r, const char *format, ...);

/* The same for an error that getopt_long(3) would print; see MESSAGE_OPTION. */
void report_option_error(struct report *r, const char *format, ...);

/* Prints TEXT as a warning on standard error. The exit status stays as it is. */
void report_warning(struct report *r, const char *text);

/* Prints LINE, the second line of a GNU message, on standard error without "PROGRAM: ". */
void report_bare_line(struct report *r, const char *line);

/* Prints the line that points to --help on standard error. */
void report_try_help(struct report *r);

/* Prints text that is not GNU's on standard output. FORMAT is described in message.h. */
void report_text(struct report *r, const char *format, ...);

/* Whether report_record() would print anything for RECORD, so that it needs the path. */
bool report_wants(const struct report *r, const struct apply_record *record);

/*
 * Prints all messages about the file PATH, or adds them to TRANSCRIPT if that is not NULL, and
 * calls report_count().
 */
void report_record(struct report *r, struct transcript *transcript, const char *path,
	const struct apply_record *record);

/* A transcript_print for report_record()'s transcripts. */
void report_print(void *report, enum transcript_stream stream, const char *text, size_t len);

/*
 * Holds SIGPIPE back from now on. report_is_cut_off() returns true when it would have ended the
 * program; report_finish() then ends it by that signal.
 */
void report_hold_sigpipe(struct report *r);
bool report_is_cut_off(const struct report *r);

/*
 * Must be called before several threads call report_record(): determines the charset and holds
 * SIGPIPE back.
 */
void report_share(struct report *r);

/* Makes the exit status 1 if RECORD is an error. For records that report_wants() does not want. */
void report_count(struct report *r, const struct apply_record *record);

/* The charset of the user's locale. The first call may call setlocale(3). */
const struct charset *report_charset(struct report *r);

/*
 * Shows a line of progress on standard error from now on, if that is a terminal. KNOWS_CHANGES says
 * whether each record has the old mode of its file.
 */
void report_start_progress(struct report *r, bool knows_changes);

/* Counts RECORD for that line. Returns whether it is time to call report_draw_progress(). */
bool report_count_progress(struct report *r, const struct apply_record *record);

/* Draws the line, with the directory that the file PATH is in as the current one. */
void report_draw_progress(struct report *r, const char *path);

/* Writes the rest of the output, reports write errors, and returns the exit status. */
int report_finish(struct report *r);

#endif
