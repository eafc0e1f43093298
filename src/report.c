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

/* Prints a line on standard output, or adds it to TRANSCRIPT. */
static void out_line(struct report *r, struct transcript *transcript, const char *format, ...)
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

/* Prints a message on standard error, or adds it to TRANSCRIPT. */
static void err_line(struct report *r, struct transcript *transcript, const char *format, ...)
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
	err_line(r, NULL, "warning: %s", text);
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

/*
 * Whether the mode of the file changed. If the new mode could not be read, GNU reports it as
 * retained.
 */
static bool is_changed(const struct apply_record *record)
{
	return record->old != record->actual && record->restat_err == 0;
}

/* Whether the umask kept a permission that the user asked to remove (chmod -w). */
static bool umask_interfered(const struct apply_record *record)
{
	return record->result == APPLY_DONE && (record->requested & ~record->unmasked) != 0;
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
	       umask_interfered(record);
}

bool report_wants(const struct report *r, const struct apply_record *record)
{
	return wants_error(r, record) || wants_status(r, record) || wants_warning(record);
}

/* Prints the error message that wants_error() asks for. */
static void err_result(
	struct report *r, struct transcript *t, const char *path, const struct apply_record *record)
{
	switch (record->result) {
	case APPLY_DONE:
		err_line(r, t, "getting new attributes of %q%e", path, record->restat_err);
		break;
	case APPLY_NOT_CHANGED:
		err_line(r, t, "changing permissions of %q%e", path, record->err);
		break;
	case APPLY_UNSAFE:
		err_line(r, t,
			"cannot change %q safely: it takes %s to be sure that it is not another "
			"file",
			path,
			r->preload == PROBE_PRELOADED ? "/proc, where a library is preloaded,"
						      : "a newer kernel, or /proc,");
		break;
	case APPLY_NO_ACCESS: err_line(r, t, "cannot access %q%e", path, record->err); break;
	case APPLY_OUTSIDE: err_line(r, t, "%q is not beneath %q", path, r->beneath); break;
	case APPLY_DANGLING: err_line(r, t, "cannot operate on dangling symlink %q", path); break;
	case APPLY_NO_REFERENT: err_line(r, t, "cannot dereference %q%e", path, record->err); break;
	case APPLY_UNREADABLE:
		err_line(r, t, "cannot read directory %q%e", path, record->err);
		break;
	case APPLY_READ_ERROR: err_line(r, t, "%n%e", path, record->err); break;
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
			out_line(r, t, "mode of %q would change from %o (%m) to %o (%m)", path,
				record->old, record->old, record->actual, record->actual);
		else if (r->dry_run)
			out_line(r, t, "mode of %q would be retained as %o (%m)", path,
				record->actual, record->actual);
		else if (is_changed(record))
			out_line(r, t, "mode of %q changed from %o (%m) to %o (%m)", path,
				record->old, record->old, record->actual, record->actual);
		else
			out_line(r, t, "mode of %q retained as %o (%m)", path, record->actual,
				record->actual);
		break;
	case APPLY_LINK:
		out_line(r, t, "neither symbolic link %q nor referent has been changed", path);
		break;
	case APPLY_NOT_CHANGED:
	case APPLY_UNSAFE:
		out_line(r, t, "failed to change mode of %q from %o (%m) to %o (%m)", path,
			record->old, record->old, record->requested, record->requested);
		break;
	default: out_line(r, t, "%q could not be accessed", path); break;
	}
}

/* Prints the messages that wants_warning() asks for. */
static void err_warning(
	struct report *r, struct transcript *t, const char *path, const struct apply_record *record)
{
	if (record->result == APPLY_ROOT) {
		if (strcmp(path, "/") == 0)
			err_line(r, t, "it is dangerous to operate recursively on %q", path);
		else
			err_line(r, t, "it is dangerous to operate recursively on %q (same as %q)",
				path, "/");
		err_line(r, t, "use --no-preserve-root to override this failsafe");
	} else if (record->result == APPLY_CYCLE) {
		err_line(r, t,
			"WARNING: Circular directory structure.\n"
			"This almost certainly means that you have a corrupted file system.\n"
			"NOTIFY YOUR SYSTEM MANAGER.\n"
			"The following directory is part of the cycle:\n  %n\n",
			path);
	} else {
		err_line(r, t, "%n: new permissions are %m, not %m", path, record->requested,
			record->unmasked);
	}
}

void report_count(struct report *r, const struct apply_record *record)
{
	if (record->result > APPLY_LAST_SUCCESS || umask_interfered(record))
		atomic_store_explicit(&r->failed, true, memory_order_relaxed);
}

void report_record(
	struct report *r, struct transcript *t, const char *path, const struct apply_record *record)
{
	report_count(r, record);
	if (wants_error(r, record))
		err_result(r, t, path, record);
	if (wants_status(r, record))
		out_result(r, t, path, record);
	if (wants_warning(record))
		err_warning(r, t, path, record);
}

void report_hold_sigpipe(struct report *r)
{
	sigpipe_hold(&r->sigpipe);
}

bool report_is_cut_off(const struct report *r)
{
	return r->sigpipe.is_held && (r->out.is_broken || r->err.is_broken);
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

bool report_count_progress(struct report *r, const struct apply_record *record)
{
	bool changed = record->result == APPLY_DONE && record->old != record->actual;

	return r->progress.is_on && progress_count(&r->progress, changed);
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
