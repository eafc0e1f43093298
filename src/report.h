/* SPDX-License-Identifier: MIT */
/*
 * Prints what the program has to say, on GNU's streams and in GNU's order.
 *
 * Standard output is buffered, by line on a terminal, and the buffer is written before each message
 * on standard error. Several threads at once may call report_is_cut_off() and, after
 * report_share(), the functions that take a transcript, with one. What is said of each file, in
 * which words, is in results.h. FORMAT and its arguments are described in message.h everywhere.
 */
#ifndef REPORT_H
#define REPORT_H

#include "choices.h"
#include "message.h"
#include "probe.h"
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

/* Prints a line on standard output, or adds it to TRANSCRIPT if that is not NULL. */
void report_out_line(struct report *r, struct transcript *transcript, const char *format, ...);

/*
 * Prints a message "PROGRAM: ..." on standard error, or adds it to TRANSCRIPT if that is not NULL.
 * The exit status stays as it is.
 */
void report_err_line(struct report *r, struct transcript *transcript, const char *format, ...);

/* Prints such a message and makes the exit status 1. */
void report_error(struct report *r, const char *format, ...);

/* The same for an error that getopt_long(3) would print; see MESSAGE_OPTION. */
void report_option_error(struct report *r, const char *format, ...);

/* Prints TEXT as a warning on standard error. The exit status stays as it is. */
void report_warning(struct report *r, const char *text);

/* Prints LINE, the second line of a GNU message, on standard error without "PROGRAM: ". */
void report_bare_line(struct report *r, const char *line);

/* Prints the line that points to --help on standard error. */
void report_try_help(struct report *r);

/* Prints text that is not GNU's on standard output. */
void report_text(struct report *r, const char *format, ...);

/* A transcript_print. */
void report_print(void *report, enum transcript_stream stream, const char *text, size_t len);

/*
 * Holds SIGPIPE back from now on. report_is_cut_off() returns true when it would have ended the
 * program; report_finish() then ends it by that signal.
 */
void report_hold_sigpipe(struct report *r);

static inline bool report_is_cut_off(const struct report *r)
{
	return r->sigpipe.is_held && (r->out.is_broken || r->err.is_broken);
}

/*
 * Must be called before several threads print into transcripts: determines the charset and holds
 * SIGPIPE back.
 */
void report_share(struct report *r);

/* The charset of the user's locale. The first call may call setlocale(3). */
const struct charset *report_charset(struct report *r);

/*
 * Shows a line of progress on standard error from now on, if that is a terminal. KNOWS_CHANGES says
 * whether each record has the old mode of its file.
 */
void report_start_progress(struct report *r, bool knows_changes);

/* Draws the line, with the directory that the file PATH is in as the current one. */
void report_draw_progress(struct report *r, const char *path);

/* Writes the rest of the output, reports write errors, and returns the exit status. */
int report_finish(struct report *r);

#endif
