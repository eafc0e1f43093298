/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include "options.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static bool begins_with(const char *text, const char *beginning)
{
	return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Whether error messages for files are not to be seen. */
static bool is_silent(const struct test_case *c)
{
	struct options options;

	options_read(c, OPTIONS_OF_9_5, &options);
	return options.quiet || (c->err != STREAM_PIPE && c->err != STREAM_TOGETHER);
}

/* ---------------------------------------------------------------------------------- whole cases */

static bool needs_9_5(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	(void)outcomes;
	return options_need_9_5(c);
}

static bool is_own_text(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	const struct outcome *ours = &outcomes[OURS], *gnu = &outcomes[GNU];

	for (size_t i = 0; i < c->n_entries; i++) {
		if (ours->after[i].touched || gnu->after[i].touched)
			return false;
	}
	return ours->status == gnu->status && strcmp(ours->err, gnu->err) == 0 &&
	       ((begins_with(ours->out, "chmod (surechmod, ") &&
			begins_with(gnu->out, "chmod (GNU coreutils) ")) ||
		       (begins_with(ours->out, "Usage: ") && begins_with(gnu->out, "Usage: ")));
}

static bool changes_through_link(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	struct options options;

	(void)outcomes;
	options_read(c, OPTIONS_OF_9_5, &options);
	if (options.wrong || options.recursive || options.walk != 'P')
		return false;
	for (size_t i = 0; i < options.n_rest; i++) {
		if (case_is_link(c, options.rest[i]))
			return true;
	}
	return false;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static size_t denials(const struct outcome *outcome)
{
	return count(outcome->out, ": Permission denied\n") +
	       count(outcome->err, ": Permission denied\n");
}

/*
 * With -L GNU's walk opens files by their whole paths. A path may lead through a directory that
 * this run has closed to its user (a/../a, or a link back). Then GNU's gets no further; ours does.
 */
static bool walks_by_path(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	const struct outcome *ours = &outcomes[OURS], *gnu = &outcomes[GNU];
	struct options options;
	bool comes_back = false;

	options_read(c, OPTIONS_OF_9_5, &options);
	if (!c->as_user || options.wrong || !options.recursive || options.walk != 'L' ||
		gnu->status != 1)
		return false;
	for (size_t i = 0; i < options.n_rest; i++)
		comes_back |= strstr(options.rest[i], "..") != NULL;
	for (size_t i = 0; i < c->n_entries; i++) {
		comes_back |= c->entries[i].kind == ENTRY_LINK;
		if (gnu->after[i].touched && !ours->after[i].touched)
			return false;
	}
	return comes_back && (denials(gnu) > denials(ours) || is_silent(c));
}

/* ---------------------------------------------------------------------------------------- lines */

static bool shows_base_name(struct line_pair *pair)
{
	const char *program = pair->c->program, *slash = strrchr(program, '/');
	size_t cut = slash ? (size_t)(slash + 1 - program) : 0;
	struct line gnu = pair->gnu;

	if (!slash || !pair->ours.bytes || !gnu.bytes || cut + gnu.len + 1 > sizeof(pair->room) ||
		gnu.bytes == pair->room || !begins_with(pair->ours.bytes, program) ||
		!begins_with(gnu.bytes, slash + 1))
		return false;
	memcpy(pair->room, program, cut);
	memcpy(pair->room + cut, gnu.bytes, gnu.len + 1);
	pair->gnu = (struct line){pair->room, cut + gnu.len};
	pair->take_ours = pair->take_gnu = 0;
	return true;
}

/* The line of -v or -c for a file whose mode was set. */
struct told {
	size_t name_len; /* of what comes before: "mode of 'f'" */
	bool retained;
	unsigned from, to;
};

/* Reads the last LEN bytes of LINE, which are FORMAT with the modes, into *RET. */
static bool read_end(struct line line, const char *format, size_t len, struct told *ret)
{
	char end[64], letters[16];
	int n = -1;

	if (!line.bytes || line.len <= len || len >= sizeof(end) ||
		!begins_with(line.bytes, "mode of "))
		return false;
	memcpy(end, line.bytes + line.len - len, len);
	end[len] = '\0';
	ret->name_len = line.len - len;
	ret->retained = strstr(format, "retained") != NULL;
	if (ret->retained)
		sscanf(end, format, &ret->to, letters, &n);
	else
		sscanf(end, format, &ret->from, letters, &ret->to, letters, &n);
	if (ret->retained)
		ret->from = ret->to;
	return n == (int)len;
}

static bool read_told(struct line line, struct told *ret)
{
	return read_end(line, " changed from %4o (%9c) to %4o (%9c)%n",
		       strlen(" changed from 0644 (rw-r--r--) to 0644 (rw-r--r--)"), ret) ||
	       read_end(line, " retained as %4o (%9c)%n", strlen(" retained as 0644 (rw-r--r--)"),
		       ret);
}

static bool same_name(const struct line_pair *pair, const struct told *ours, const struct told *gnu)
{
	return ours->name_len == gnu->name_len &&
	       memcmp(pair->ours.bytes, pair->gnu.bytes, ours->name_len) == 0;
}

/* How many bytes two lines have in common at their beginning. */
static size_t common(struct line a, struct line b)
{
	size_t n = 0;

	while (n < a.len && n < b.len && a.bytes[n] == b.bytes[n])
		n++;
	return n;
}

/* LINE with CUT bytes after the first AT + 1 replaced by TEXT, in ROOM. */
static struct line mend(struct line line, size_t at, size_t cut, const char *text, char *room)
{
	size_t len = strlen(text), rest = line.len - at - 1 - cut;

	memcpy(room, line.bytes, at + 1);
	stpcpy(room + at + 1, text);
	/* With what ends the line. */
	memcpy(room + at + 1 + len, line.bytes + at + 1 + cut, rest + 1);
	return (struct line){room, at + 1 + len + rest};
}

/*
 * Before 9.6 GNU quotes some names wrongly at their beginning: those that have a single quote and
 * end in an escape, and cannot be in double quotes. There are two quotes too many if the name
 * begins with no escape; if it begins with one, '$' is missing.
 */
static bool quotes_wrongly(struct line_pair *pair)
{
	struct line ours = pair->ours, gnu = pair->gnu, mended;
	size_t same, before;
	char room[sizeof(pair->room)];

	if (!ours.bytes || !gnu.bytes || gnu.len + 8 > sizeof(room))
		return false;
	before = common(ours, gnu);
	for (size_t at = 0; at <= before && at + 1 < gnu.len; at++) {
		if (gnu.bytes[at] != '\'')
			continue;
		if (gnu.bytes[at + 1] == '\\')
			mended = mend(gnu, at, 0, "'$'", room);
		else if (gnu.len - at > 2 && memcmp(gnu.bytes + at, "'''", 3) == 0)
			mended = mend(gnu, at, 2, "", room);
		else
			continue;
		same = common(ours, mended);
		/* The single quote and the escape must be in the name that begins here. */
		if (same <= before || !memmem(ours.bytes + at, same - at, "'\\''", 4) ||
			!memmem(ours.bytes + at, same - at, "'$'", 3))
			continue;
		memcpy(pair->room, room, mended.len + 1);
		pair->gnu = (struct line){pair->room, mended.len};
		pair->take_ours = pair->take_gnu = 0;
		return true;
	}
	return false;
}

static bool has_root_group(const struct test_case *c)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		if (c->entries[i].owner == ENTRY_ROOTS_GROUP)
			return true;
	}
	return false;
}

/* The kernel drops the set-group-ID bit if the user is not in the file's group. */
static bool shows_requested(struct line_pair *pair)
{
	struct told ours, gnu;

	return pair->c->as_user && has_root_group(pair->c) && read_told(pair->ours, &ours) &&
	       read_told(pair->gnu, &gnu) && same_name(pair, &ours, &gnu) &&
	       ours.retained == gnu.retained && (ours.retained || ours.from == gnu.from) &&
	       (gnu.to & 02000) && ours.to == (gnu.to & ~02000U);
}

static const char restat_error[] = ": getting new attributes of ";

/* GNU stats a file again by its name, after it has set a bit that the kernel may have dropped. */
static bool restats_by_name(struct line_pair *pair)
{
	struct told ours, gnu;

	if (!pair->c->as_user)
		return false;
	if (pair->gnu.bytes &&
		memmem(pair->gnu.bytes, pair->gnu.len, restat_error, sizeof(restat_error) - 1)) {
		pair->take_ours = 0;
		pair->restat_errors++;
		return true;
	}
	/* Ours says that the file has changed ... */
	if (!read_told(pair->ours, &ours) || ours.retained ||
		(pair->restat_errors == 0 && !is_silent(pair->c)))
		return false;
	/* ... and GNU takes it for unchanged: it prints another line with -v, none with -c. */
	if (read_told(pair->gnu, &gnu) && same_name(pair, &ours, &gnu)) {
		if (!gnu.retained || !(gnu.to & 07000) || (ours.to & ~02000U) != (gnu.to & ~02000U))
			return false;
	} else {
		struct options options;

		options_read(pair->c, OPTIONS_OF_9_5, &options);
		if (options.verbosity != 'c' || !((ours.to & 07000) || has_root_group(pair->c)))
			return false;
		pair->take_gnu = 0;
	}
	pair->restat_errors -= pair->restat_errors > 0;
	return true;
}

/* The same with -c, if stdout cannot be written to: ours fails to print a line that GNU lacks. */
static bool restats_silently(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	struct options options;

	/* A broken pipe may end ours early, before all modes are changed. */
	for (size_t i = 0; i < c->n_entries && c->out != STREAM_BROKEN; i++) {
		if (outcomes[OURS].after[i].mode != outcomes[GNU].after[i].mode)
			return false;
	}
	options_read(c, OPTIONS_OF_9_5, &options);
	return c->as_user && options.verbosity == 'c' && c->out != STREAM_PIPE &&
	       c->out != STREAM_FILE && (strstr(outcomes[GNU].err, restat_error) || is_silent(c));
}

/*
 * Both end by SIGPIPE, with the same messages. How much was changed before depends on the workers.
 */
static bool works_ahead(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	enum { BY_SIGPIPE = 128 + SIGPIPE };

	return c->extra && strcmp(c->extra, "--jobs=4") == 0 && c->out == STREAM_BROKEN &&
	       !c->sigpipe_ignored && outcomes[OURS].status == BY_SIGPIPE &&
	       outcomes[GNU].status == BY_SIGPIPE &&
	       strcmp(outcomes[OURS].err, outcomes[GNU].err) == 0;
}

/* GNU's status is 1 if it cannot write the message, which ours does not have. */
static bool cannot_print_error(const struct test_case *c, const struct outcome outcomes[PROGRAMS])
{
	return (c->err == STREAM_CLOSED || c->err == STREAM_FULL) && outcomes[OURS].status == 0 &&
	       outcomes[GNU].status == 1;
}

const struct rule rules[] = {
	{
		.name = "options of 9.5",
		.reason = "this version has no -h -H -L -P --dereference --no-dereference",
		.before = 905,
		.whole = needs_9_5,
		.skips = true,
	},
	{
		.name = "texts",
		.departure = "own-texts",
		.reason = "--help and --version have texts of their own",
		.whole = is_own_text,
	},
	{
		.name = "-P on a link",
		.departure = "referent-mode",
		.reason = "GNU computes from the link's own mode and changes what it leads to",
		.from = 905,
		.whole = changes_through_link,
		.skips = true,
	},
	{
		.name = "-L by path",
		.departure = "no-path-names",
		.reason = "GNU's walk with -L goes by path names, which -R may have closed to it",
		.from = 905,
		.whole = walks_by_path,
		.skips = true,
	},
	{
		.name = "program name",
		.departure = "program-name",
		.reason = "GNU with gnulib's error() (Debian's since 9.7) shows only its base name",
		.line = shows_base_name,
	},
	{
		.name = "quoting",
		.reason = "GNU before 9.6 begins some names with quotes wrongly, if they end in an "
			  "escape",
		.before = 906,
		.line = quotes_wrongly,
	},
	{
		.name = "dropped set-group-ID",
		.departure = "set-id-shown",
		.reason = "GNU shows the mode it asked for, ours the one the file has",
		.line = shows_requested,
	},
	{
		.name = "second look",
		.departure = "stat-and-change",
		.reason = "GNU stats the file again by name, which may be out of reach by then",
		.line = restats_by_name,
		.status = cannot_print_error,
	},
	{
		.name = "second look, unseen",
		.departure = "stat-and-change",
		.reason = "the same with -c, where ours fails to print the line that GNU does not "
			  "have",
		.whole = restats_silently,
		.skips = true,
	},
	{
		.name = "work ahead",
		.reason = "other workers have done some of what comes after the line that nobody "
			  "reads",
		.whole = works_ahead,
	},
};
const size_t n_rules = sizeof(rules) / sizeof(rules[0]);
