/* SPDX-License-Identifier: MIT */
#include "generate.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_LONGEST = 255, DEPTH_MAX = 12 };

/* ---------------------------------------------------------------------------------------- names */

/* A growing name. */
struct piece {
	char bytes[NAME_LONGEST];
	size_t len;
};

static void add(struct piece *p, const char *bytes, size_t len)
{
	if (p->len + len > sizeof(p->bytes))
		return;
	memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

static void add_string(struct piece *p, const char *string)
{
	add(p, string, strlen(string));
}

/* A byte that may be in a name. */
static void add_byte(struct source *s, struct piece *p)
{
	char byte = (char)(1 + source_below(s, 255));

	if (byte != '/')
		add(p, &byte, 1);
}

static void add_ascii(struct source *s, struct piece *p)
{
	static const char odd[] = " !\"#$%&'()*+,-.:;<=>?@[\\]^_`{|}~''''\\  ##~~ab{}";
	char c = odd[source_below(s, sizeof(odd) - 1)];

	add(p, &c, 1);
}

static void add_control(struct source *s, struct piece *p)
{
	char c = (char)(source_chance(s, 10) ? 0x7f : 1 + source_below(s, 31));

	add(p, &c, 1);
}

/* Adds C in UTF-8, even a surrogate; with LONGER in an overlong form. */
static void add_utf8(struct piece *p, unsigned c, bool longer)
{
	char bytes[4];
	int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (longer && n < 4)
		n++;
	for (int i = n - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	bytes[0] = (char)(n == 1 ? c : (0xf00U >> n & 0xff) | c);
	add(p, bytes, (size_t)n);
}

static void add_character(struct source *s, struct piece *p)
{
	/* The ends of ranges, and characters that are special. */
	static const unsigned special[] = {0x80, 0x85, 0x9f, 0xa0, 0xad, 0xe9, 0x300, 0x7ff, 0x800,
		0x200b, 0x200e, 0x2018, 0x2019, 0x2028, 0x2029, 0x202e, 0x3000, 0x65e5, 0xd7ff,
		0xd800, 0xdfff, 0xe000, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x1f600, 0xe0001,
		0x10ffff, 0x110000, 0x1fffff};

	bool longer = source_chance(s, 8);
	unsigned range = source_chance(s, 80) ? 0x3000 : 0x10ff80;

	if (longer && source_chance(s, 30))
		add_utf8(p, source_below(s, 0x80), longer);
	else if (source_chance(s, 50))
		add_utf8(p, special[source_below(s, sizeof(special) / sizeof(special[0]))], longer);
	else
		add_utf8(p, 0x80 + source_below(s, range), longer);
	if (p->len > 0 && source_chance(s, 10))
		p->len--; /* cut off */
}

static const char *plain_name(struct source *s)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f", "l", "s", "x", "file",
		"sub", "dir", "a", "b", "c", "d", NULL};

	return source_pick(s, names);
}

static const char *word_like_name(struct source *s)
{
	static const char *const names[] = {"-", "--", "-R", "-v", "-w", "-rwx", "--re",
		"--reference", "--reference=f", "755", "0", "u+x", "a=", "=", "+", ",", "-rf",
		"--verbose", "...", ".a", "..a", "-f-", "C.UTF-8", "'", "\"", "#", "~", "{", "}",
		"*", "\\", "\n", "a b", "it's", "#it's", "it's {", NULL};

	return source_pick(s, names);
}

static const char *long_name(struct source *s)
{
	struct piece p = {.len = 0};
	unsigned len = source_chance(s, 50) ? NAME_LONGEST : 100 + source_below(s, 155);

	while (p.len < len)
		add_string(&p, "n");
	return keep_bytes(s->keep, p.bytes, p.len);
}

const char *generate_name(struct source *s)
{
	struct piece p = {.len = 0};
	unsigned kind = source_below(s, 100), parts;

	if (kind < 50)
		return plain_name(s);
	if (kind < 62)
		return word_like_name(s);
	if (kind < 64)
		return long_name(s);
	parts = 1 + source_below(s, kind < 70 ? 8 : 4);
	for (unsigned i = 0; i < parts; i++) {
		unsigned part = source_below(s, 100);

		if (kind < 70 || part < 5)
			add_byte(s, &p);
		else if (part < 35)
			add_string(&p, plain_name(s));
		else if (part < 65 || kind < 80)
			add_ascii(s, &p);
		else if (part < 80)
			add_control(s, &p);
		else
			add_character(s, &p);
	}
	if (p.len == 0 || strncmp(p.bytes, "..", p.len < 3 ? p.len : 3) == 0)
		add_string(&p, "q");
	return keep_bytes(s->keep, p.bytes, p.len);
}

/* ----------------------------------------------------------------------------------------- tree */

mode_t generate_bits(struct source *s)
{
	static const mode_t usual[] = {0755, 0644, 0700, 0600, 0777, 0666, 0, 0444, 0555, 0111,
		0222, 0333, 0100, 0400, 01777, 02755, 04755, 06711, 07777, 02644};

	if (source_chance(s, 70))
		return usual[source_below(s, sizeof(usual) / sizeof(usual[0]))];
	return source_below(s, 010000);
}

/* One of the directories, as its path and a slash; "" for the top. */
static const char *some_directory(struct source *s, const struct test_case *c)
{
	const struct entry *e;

	do
		e = &c->entries[source_below(s, (unsigned)c->n_entries)];
	while (e->kind != ENTRY_DIRECTORY);
	return strcmp(e->path, ".") == 0 ? "" : keep_format(s->keep, "%s/", e->path);
}

static size_t depth(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

/* A relative path to entry TO from the directory that entry FROM is in. */
static const char *relative(struct source *s, const char *from, const char *to)
{
	size_t common = 0, up;
	const char *path = "";

	for (size_t i = 0; from[i] && from[i] == to[i]; i++) {
		if (from[i] == '/')
			common = i + 1;
	}
	up = depth(from + common);
	for (size_t i = 0; i < up; i++)
		path = keep_format(s->keep, "../%s", path);
	return keep_format(s->keep, "%s%s", path, to + common);
}

/* The text of a link at PATH. It may lead out of the tree; generate_case() drops such a case. */
static const char *generate_target(struct source *s, const struct test_case *c, const char *path)
{
	static const char *const odd[] = {".", "..", "./", "nowhere", "nowhere/x", "../..", "a/..",
		"a", "d/../a", "f/", "", "b//c", NULL};
	unsigned kind = source_below(s, 100);
	const char *target;

	if (kind < 60) {
		const struct entry *to = &c->entries[source_below(s, (unsigned)c->n_entries)];

		target = relative(s, path, to->path);
		return source_chance(s, 10) ? keep_format(s->keep, "%s/", target) : target;
	}
	if (kind < 68)
		return relative(s, path, path); /* leads to itself */
	if (kind < 80)
		return generate_name(s);
	if (kind < 82)
		return keep_format(s->keep, "%sn", long_name(s));
	target = source_pick(s, odd);
	return *target ? target : "x";
}

static enum entry_kind generate_kind(struct source *s)
{
	static const enum entry_kind kinds[] = {ENTRY_FILE, ENTRY_FILE, ENTRY_FILE, ENTRY_FILE,
		ENTRY_FILE, ENTRY_FILE, ENTRY_DIRECTORY, ENTRY_DIRECTORY, ENTRY_DIRECTORY,
		ENTRY_DIRECTORY, ENTRY_DIRECTORY, ENTRY_LINK, ENTRY_LINK, ENTRY_LINK, ENTRY_LINK,
		ENTRY_TWIN, ENTRY_FIFO, ENTRY_FIFO, ENTRY_SOCKET, ENTRY_FILE};

	return kinds[source_below(s, sizeof(kinds) / sizeof(kinds[0]))];
}

/* Something that a hard link can be made of, or NULL. */
static const char *some_file(struct source *s, const struct test_case *c)
{
	const struct entry *e = &c->entries[source_below(s, (unsigned)c->n_entries)];

	return e->kind == ENTRY_DIRECTORY || e->kind == ENTRY_LINK ? NULL : e->path;
}

static enum entry_owner generate_owner(
	struct source *s, const struct generate_for *goal, const struct test_case *c)
{
	unsigned n = source_below(s, 100);

	if (!goal->as_root || !c->as_user || n < 84)
		return ENTRY_OWN;
	return n < 92 ? ENTRY_ROOTS : ENTRY_ROOTS_GROUP;
}

static void add_entry(struct source *s, const struct generate_for *goal, struct test_case *c,
	const char *parent, enum entry_kind kind)
{
	struct entry e = {.kind = kind};

	e.path = keep_format(s->keep, "%s%s", parent, generate_name(s));
	if (c->n_entries == CASE_ENTRIES || case_entry(c, e.path) || strcmp(e.path, ".") == 0 ||
		depth(e.path) > DEPTH_MAX)
		return;
	/* Most directories can be searched, or there would not be much to do. */
	e.mode = generate_bits(s);
	if (kind == ENTRY_DIRECTORY && source_chance(s, 60))
		e.mode |= 0700;
	e.owner = generate_owner(s, goal, c);
	if (e.kind == ENTRY_TWIN) {
		e.target = some_file(s, c);
		if (!e.target)
			e.kind = ENTRY_FILE;
	} else if (e.kind == ENTRY_LINK) {
		e.target = generate_target(s, c, e.path);
	}
	c->entries[c->n_entries++] = e;
}

void generate_tree(struct source *s, const struct generate_for *goal, struct test_case *c)
{
	unsigned n = source_below(s, source_chance(s, 70) ? 7 : 18);

	c->entries[0] = (struct entry){.kind = ENTRY_DIRECTORY, .path = ".", .mode = 0755};
	c->n_entries = 1;
	if (source_chance(s, 15))
		c->entries[0].mode = generate_bits(s);
	/* Root can enter it and then become the user. Another user has to be able to search it. */
	if (!goal->as_root)
		c->entries[0].mode |= 0100;
	/* Often there is at least one directory. */
	if (source_chance(s, 60))
		add_entry(s, goal, c, "", ENTRY_DIRECTORY);
	for (unsigned i = 0; i < n; i++) {
		/* Before the call: the order in which arguments are evaluated is not defined. */
		enum entry_kind kind = generate_kind(s);

		add_entry(s, goal, c, some_directory(s, c), kind);
	}
	if (source_chance(s, 3)) {
		/* Deep: more levels than GNU keeps open. */
		for (unsigned i = 0; i < DEPTH_MAX; i++)
			add_entry(s, goal, c,
				c->entries[c->n_entries - 1].kind == ENTRY_DIRECTORY && i > 0
					? keep_format(
						  s->keep, "%s/", c->entries[c->n_entries - 1].path)
					: "",
				ENTRY_DIRECTORY);
	} else if (source_chance(s, 2)) {
		/* Many: more output than fits into a buffer. */
		const char *parent = some_directory(s, c);

		for (unsigned i = 0; i < CASE_ENTRIES; i++)
			add_entry(s, goal, c, parent, ENTRY_FILE);
	}
}
