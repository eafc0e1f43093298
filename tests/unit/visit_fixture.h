/* SPDX-License-Identifier: MIT */
/*
 * For the tests of visit and walk: what a visitor is shown, as text.
 *
 * Link with support/tree.o.
 */
#ifndef VISIT_FIXTURE_H
#define VISIT_FIXTURE_H

#include "walk.h"

#include <dirent.h>
#include <stdio.h>

#include "scratch.h"

static inline const char *err_name(int err)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {{0, ""}, {EACCES, " EACCES"}, {EIO, " EIO"}, {ELOOP, " ELOOP"},
		{EMFILE, " EMFILE"}, {ENOENT, " ENOENT"}, {ENOMEM, " ENOMEM"},
		{ENOTDIR, " ENOTDIR"}, {ESTALE, " ESTALE"}};

	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].err == err)
			return names[i].name;
	return " another errno";
}

static inline const char *type_name(unsigned char type)
{
	switch (type) {
	case DT_REG: return "file";
	case DT_DIR: return "dir";
	case DT_LNK: return "link";
	case DT_FIFO: return "fifo";
	default: return "unknown";
	}
}

/* Writes E as words, with a semicolon and a blank after them. */
static inline int in_words(char *text, size_t size, const struct walk_entry *e)
{
	static const char *const events[] = {"visit", "dangling", "no access", "unreadable",
		"read error", "cycle", "outside", "after"};

	return snprintf(text, size, "%s %s %s%s%s%s%s%s%s; ", events[e->event], type_name(e->type),
		walk_path(e), e->operand ? " operand" : "",
		e->st != NULL && e->followed ? " followed" : "",
		e->st != NULL && e->other_device ? " other" : "",
		e->st == NULL                 ? ""
		: e->pin < 0                  ? " by name"
		: e->pin_kind == SYS_OPEN_PIN ? " open"
					      : " pin",
		e->err != 0 ? ":" : "", err_name(e->err));
}

#endif
