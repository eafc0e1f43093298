/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------------------------------- streams */

/* Writes the buffer. Returns 0 or an errno; then the rest of the buffer is lost, as with stdio. */
static int flush(struct report_stream *s)
{
	size_t done = 0;

	while (done < s->used) {
		ssize_t n = write(s->fd, s->buf + done, s->used - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int err = errno;
			s->failed = true;
			s->is_broken = err == EPIPE;
			s->used = 0;
			return err;
		}
		done += (size_t)n;
	}
	s->used = 0;
	return 0;
}

/* Where text goes: to a stream or into a transcript. */
struct sink {
	struct report_stream *stream;
	struct transcript *transcript; /* NULL: to the stream */
	enum transcript_stream kind;
};

/* A quote_put_fn. */
static void put(void *ctx, const char *bytes, size_t len)
{
	struct sink *sink = ctx;
	struct report_stream *s = sink->stream;

	if (sink->transcript != NULL) {
		transcript_add(sink->transcript, sink->kind, bytes, len);
		return;
	}
	if (s->is_mute)
		return;
	s->was_used = true;
	while (len > 0) {
		size_t n = sizeof(s->buf) - s->used;
		if (n == 0) {
			flush(s);
			continue;
		}
		if (n > len)
			n = len;
		memcpy(s->buf + s->used, bytes, n);
		s->used += n;
		bytes += n;
		len -= n;
	}
}

const struct charset *report_charset(struct report *r)
{
	return userlocale_charset(&r->locale);
}

/* Formats a message into S. PROGRAM may be NULL if KIND does not use it. */
static void put_message(struct report *r, struct sink *s, enum message_kind kind,
	const char *program, const char *format, va_list *args)
{
	const struct message_output output = {
		.put = put,
		.ctx = s,
		.fd = s->stream->fd,
		.locale = &r->locale,
		.program = program,
	};

	message_put(&output, kind, format, args);
}

static struct sink out_sink(struct report *r, struct transcript *transcript)
{
	return (struct sink){&r->out, transcript, TRANSCRIPT_OUT};
}

static struct sink err_sink(struct report *r, struct transcript *transcript)
{
	return (struct sink){&r->err, transcript, TRANSCRIPT_ERR};
}

/* To be called before text is put into standard output, as end_out() is after it. */
static void begin_out(struct report *r)
{
	if (!r->out.was_used)
		r->by_line = isatty(r->out.fd) == 1;
	if (r->by_line)
		progress_erase(&r->progress);
}

static void end_out(struct report *r)
{
	if (r->by_line)
		flush(&r->out);
}

/* To be called before text is put into standard error. */
static void begin_err(struct report *r)
{
	progress_erase(&r->progress);
	flush(&r->out);
	/* SIGPIPE would have ended the program before this message, if it were not held back. */
	r->err.is_mute = report_is_cut_off(r);
}

void report_out_line(struct report *r, struct transcript *transcript, const char *format, ...)
{
	struct sink sink = out_sink(r, transcript);
	va_list args;

	if (transcript == NULL)
		begin_out(r);
	va_start(args, format);
	put_message(r, &sink, MESSAGE_LINE, NULL, format, &args);
	va_end(args);
	if (transcript == NULL)
		end_out(r);
}

static void err_message(struct report *r, struct transcript *transcript, enum message_kind kind,
	const char *program, const char *format, va_list *args)
{
	struct sink sink = err_sink(r, transcript);

	if (transcript == NULL)
		begin_err(r);
	put_message(r, &sink, kind, program, format, args);
	if (transcript == NULL)
		flush(&r->err);
}

void report_err_line(struct report *r, struct transcript *transcript, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	err_message(r, transcript, MESSAGE_ERROR, r->program, format, &args);
	va_end(args);
}

/* Prints text on standard error that continues a message. */
static void err_rest(struct report *r, enum message_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	err_message(r, NULL, kind, NULL, format, &args);
	va_end(args);
}

void report_print(void *report, enum transcript_stream stream, const char *text, size_t len)
{
	struct report *r = report;
	bool is_out = stream == TRANSCRIPT_OUT;
	struct sink sink = is_out ? out_sink(r, NULL) : err_sink(r, NULL);

	if (is_out)
		begin_out(r);
	else
		begin_err(r);
	put(&sink, text, len);
	if (is_out)
		end_out(r);
	else
		flush(&r->err);
}

/* ------------------------------------------------------------------------------------ interface */

/*
 * Removes libtool's directory and prefix (dir/.libs/lt-chmod) as gnulib's set_program_name() does.
 */
static const char *without_libtool(const char *program)
{
	static const char dir[] = "/.libs/";
	const char *slash = strrchr(program, '/');
	const char *name = slash != NULL ? slash + 1 : program;

	if (name - program < (ptrdiff_t)strlen(dir) ||
		strncmp(name - strlen(dir), dir, strlen(dir)) != 0)
		return program;
	return strncmp(name, "lt-", 3) == 0 ? name + 3 : name;
}

void report_init(struct report *r, const char *program)
{
	r->program = without_libtool(program);
	r->argv0 = program;
	r->verbosity = REPORT_ERRORS;
	r->preload = PROBE_NO_PRELOAD;
	r->beneath = NULL;
	atomic_init(&r->failed, false);
	r->dry_run = r->quiet = r->by_line = false;
	userlocale_init(&r->locale);
	r->progress = (struct progress){.is_on = false};
	r->out.fd = STDOUT_FILENO;
	r->err.fd = STDERR_FILENO;
	r->out.used = r->err.used = 0;
	r->out.failed = r->err.failed = false;
	r->out.is_broken = r->err.is_broken = false;
	r->out.is_mute = r->err.is_mute = false;
	r->sigpipe = (struct sigpipe){.is_held = false};
	r->out.was_used = r->err.was_used = false;
}

void report_error(struct report *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	err_message(r, NULL, MESSAGE_ERROR, r->program, format, &args);
	va_end(args);
	r->failed = true;
}

void report_option_error(struct report *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	err_message(r, NULL, MESSAGE_OPTION, r->argv0, format, &args);
	va_end(args);
	r->failed = true;
}

void report_warning(struct report *r, const char *text)
{
	report_err_line(r, NULL, "warning: %s", text);
}

void report_bare_line(struct report *r, const char *line)
{
	err_rest(r, MESSAGE_TEXT, line);
	err_rest(r, MESSAGE_OWN, "\n");
}

void report_try_help(struct report *r)
{
	err_rest(r, MESSAGE_LINE, "Try '%s --help' for more information.", r->program);
}

void report_text(struct report *r, const char *format, ...)
{
	struct sink sink = out_sink(r, NULL);
	va_list args;

	va_start(args, format);
	put_message(r, &sink, MESSAGE_OWN, NULL, format, &args);
	va_end(args);
}

void report_hold_sigpipe(struct report *r)
{
	sigpipe_hold(&r->sigpipe);
}

void report_share(struct report *r)
{
	sigpipe_hold(&r->sigpipe);
	(void)report_charset(r);
}

void report_start_progress(struct report *r, bool knows_changes)
{
	progress_start(&r->progress, r->err.fd, report_charset(r),
		!knows_changes ? PROGRESS_UNKNOWN
		: r->dry_run   ? PROGRESS_TO_CHANGE
			       : PROGRESS_CHANGED);
}

void report_draw_progress(struct report *r, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		progress_draw(&r->progress, ".", 1);
	else
		progress_draw(&r->progress, path, slash > path ? (size_t)(slash - path) : 1);
}

int report_finish(struct report *r)
{
	bool failed_before = r->out.failed;
	int err;

	progress_erase(&r->progress);
	err = flush(&r->out);
	if (report_is_cut_off(r))
		sigpipe_end_program(&r->sigpipe);
	if (r->out.was_used) {
		/* Some file systems (NFS) report only now that there was no space. */
		if (close(r->out.fd) != 0 && err == 0)
			err = errno;
		if (err != 0)
			report_error(r, "write error%e", err);
		else if (failed_before)
			report_error(r, "write error");
	}
	return r->failed || r->err.failed;
}
