/* SPDX-License-Identifier: MIT */
#include "case.h"

#include <stdio.h>
#include <string.h>

enum {
	LINKS_MAX = 40, /* that the kernel follows for one name */
	PLACE = 8192,
};

/* A name is looked up, as the kernel would do it. */
struct lookup {
	const struct test_case *c;
	char place[PLACE]; /* where we are: the path of a directory, "" for the top */
	unsigned links;
	bool escaped;
	bool ended; /* the kernel would find nothing here */
};

const struct entry *case_entry(const struct test_case *c, const char *path)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		if (strcmp(c->entries[i].path, path) == 0)
			return &c->entries[i];
	}
	return NULL;
}

size_t case_parent_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

bool case_is_below(const struct entry *entry, const struct entry *top)
{
	size_t len = strlen(top->path);

	return strcmp(top->path, ".") == 0 ||
	       (strncmp(entry->path, top->path, len) == 0 &&
		       (entry->path[len] == '\0' || entry->path[len] == '/'));
}

static void look_up(struct lookup *at, const char *path);

static void go_to(struct lookup *at, const char *name, size_t len)
{
	size_t here = strlen(at->place);
	const struct entry *entry;

	if (len == 1 && *name == '.')
		return;
	if (len == 2 && strncmp(name, "..", 2) == 0) {
		at->escaped = here == 0;
		at->place[case_parent_length(at->place)] = '\0';
		return;
	}
	if (here + len + 2 > sizeof(at->place)) {
		at->ended = true;
		return;
	}
	snprintf(at->place + here, sizeof(at->place) - here, "%s%.*s", here ? "/" : "", (int)len,
		name);
	entry = case_entry(at->c, at->place);
	if (entry && entry->kind == ENTRY_DIRECTORY)
		return;
	at->place[here] = '\0';
	if (!entry || entry->kind != ENTRY_LINK || ++at->links > LINKS_MAX)
		at->ended = true;
	else
		look_up(at, entry->target);
}

static void look_up(struct lookup *at, const char *path)
{
	if (*path == '/')
		at->escaped = true;
	while (*path && !at->escaped && !at->ended) {
		size_t len = strcspn(path, "/");

		if (len > 0)
			go_to(at, path, len);
		path += len;
		path += strspn(path, "/");
	}
}

/* Whether PATH, seen from the directory that is the first LEN bytes of FROM, stays inside. */
static bool stays_inside(const struct test_case *c, const char *from, size_t len, const char *path)
{
	struct lookup at = {.c = c};

	if (len >= sizeof(at.place))
		return false;
	memcpy(at.place, from, len);
	look_up(&at, path);
	return !at.escaped;
}

bool case_is_contained(const struct test_case *c)
{
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct entry *e = &c->entries[i];

		if (e->kind == ENTRY_LINK &&
			!stays_inside(c, e->path, case_parent_length(e->path), e->target))
			return false;
	}
	for (size_t i = 0; i < c->n_words; i++) {
		const char *equals = strchr(c->words[i], '=');

		if (!stays_inside(c, "", 0, c->words[i]) ||
			(equals && !stays_inside(c, "", 0, equals + 1)))
			return false;
	}
	return true;
}

bool case_is_link(const struct test_case *c, const char *path)
{
	struct lookup at = {.c = c};
	size_t parent = case_parent_length(path);
	const char *name = path + parent + (path[parent] == '/');
	const struct entry *entry;
	char before[PLACE];

	if (parent >= sizeof(before))
		return false;
	snprintf(before, sizeof(before), "%.*s", (int)parent, path);
	look_up(&at, before);
	parent = strlen(at.place);
	if (at.ended || at.escaped || parent + strlen(name) + 2 > sizeof(at.place))
		return false;
	sprintf(at.place + parent, "%s%s", parent ? "/" : "", name);
	entry = case_entry(c, at.place);
	return entry && entry->kind == ENTRY_LINK;
}

/* -n or -j, alone or after other letters. */
static bool is_own_letter(const char *word)
{
	if (word[0] != '-' || word[1] == '-')
		return false;
	word += 1 + strspn(word + 1, "cfvRHLPh");
	return *word == 'n' || *word == 'j';
}

static bool is_own_option(const char *word)
{
	static const char *const names[] = {"jobs", "dry-run", "skip-unchanged", "exclude",
		"include", "contents-first", "one-file-system", "files0-from", "progress", NULL};
	size_t len = strcspn(word, "=");

	for (size_t i = 0; names[i]; i++) {
		if (strncmp(word, "--", 2) == 0 && len == 2 + strlen(names[i]) &&
			strncmp(word + 2, names[i], len - 2) == 0)
			return true;
	}
	return false;
}

/* A clause that begins with D or F. */
static bool has_own_clause(const char *word)
{
	for (const char *s = word; *s; s++) {
		if ((*s == 'D' || *s == 'F') && (s == word || s[-1] == ','))
			return true;
	}
	return false;
}

bool case_is_common(const struct test_case *c)
{
	for (size_t i = 0; i < c->n_words; i++) {
		if (is_own_letter(c->words[i]) || is_own_option(c->words[i]) ||
			has_own_clause(c->words[i]))
			return false;
	}
	return true;
}
