/* SPDX-License-Identifier: MIT */
#include "source.h"

#include "modes0.h"

#include <errno.h>

bool source_open(struct source *ret, const struct cli *cli, struct report *report)
{
	const char *file = cli->modes0_from != NULL ? cli->modes0_from : cli->files0_from;
	int err;

	*ret = (struct source){.cli = cli, .report = report, .file = file};
	if (file == NULL)
		return true;
	err = files0_open(&ret->list, file);
	if (err != 0)
		report_error(report, "cannot open %q for reading%e", file, -err);
	else if (cli->modes0_from != NULL)
		ret->list.limit += MODES0_BEFORE_NAME;
	return err == 0;
}

/* Whether ITEM of the list is valid. */
static bool is_good(const struct source *s, const char *item)
{
	return s->cli->modes0_from != NULL ? modes0_is_record(item) : *item != '\0';
}

/* Reports that the last item read is invalid, or too long. */
static void report_invalid(struct source *s, bool is_too_long)
{
	bool has_modes = s->cli->modes0_from != NULL;

	if (!is_too_long)
		report_error(s->report, "%n:%u: %s", s->file, s->count,
			has_modes ? "invalid record" : "invalid zero-length file name");
	else
		report_error(s->report,
			"%n:%u: longer than any path; each %s must end in a null byte, as find %s "
			"writes it",
			s->file, s->count, has_modes ? "record" : "name",
			has_modes ? "-printf '%m %p\\0'" : "-print0");
}

/*
 * Does the work of source_next() for a list. Without MAY_WAIT it returns only what has been read
 * already and is valid.
 */
static char *next_of_list(struct source *s, bool may_wait)
{
	const char *ready;
	char *item;

	while (may_wait || ((ready = files0_peek(&s->list)) != NULL && is_good(s, ready))) {
		int got = files0_next(&s->list, &item);

		if (got < 0 && got != -ENAMETOOLONG)
			report_error(s->report, "%n: read error%e", s->file, -got);
		if (got <= 0 && got != -ENAMETOOLONG)
			return NULL;
		s->count++;
		if (got > 0 && is_good(s, item))
			return s->cli->modes0_from != NULL ? modes0_name(item) : item;
		report_invalid(s, got < 0);
	}
	return NULL;
}

char *source_next(struct source *s, bool may_wait)
{
	if (s->file != NULL)
		return next_of_list(s, may_wait);
	return s->count < s->cli->operand_count ? s->cli->operands[s->count++] : NULL;
}

void source_close(struct source *s)
{
	if (s->file != NULL)
		files0_close(&s->list);
}
