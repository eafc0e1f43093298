/* SPDX-License-Identifier: MIT */
#include "generate.h"

#include <string.h>

enum { TEXT = 128 };

struct text {
	char bytes[TEXT];
	size_t len;
};

static void add(struct text *t, const char *bytes, size_t len)
{
	if (t->len + len >= sizeof(t->bytes))
		return;
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
}

static void add_one_of(struct source *s, struct text *t, const char *letters)
{
	add(t, letters + source_below(s, (unsigned)strlen(letters)), 1);
}

static void add_octal(struct source *s, struct text *t)
{
	static const char *const usual[] = {"755", "644", "0", "00", "600", "0755", "00755", "777",
		"2755", "4755", "6755", "1777", "7777", "02755", "000755", "00000", "07777", "111",
		"10000", "7", "077", "000", "0000", "22", "8", "78", "4000", "006000", NULL};
	unsigned digits = 1 + source_below(s, 6);

	if (source_chance(s, 75)) {
		const char *octal = source_pick(s, usual);

		add(t, octal, strlen(octal));
		return;
	}
	if (digits > 4 || source_chance(s, 20))
		add(t, "0", 1);
	for (unsigned i = 0; i < digits; i++)
		add_one_of(s, t, i == 0 && digits > 3 ? "0001234567" : "01234567");
}

/*
 * Adds one operator and what it names. WITH_OCTAL: that may be a number. True if it is one, which
 * ends the clause.
 */
static bool add_action(struct source *s, struct text *t, bool with_octal)
{
	unsigned kind = source_below(s, 100);

	add_one_of(s, t, "+-=");
	if (with_octal && kind < 12) {
		add_octal(s, t);
		return true;
	}
	if (kind < 25) {
		add_one_of(s, t, "ugo");
	} else if (kind >= 33) {
		unsigned perms = 1 + source_below(s, source_chance(s, 70) ? 2 : 5);

		for (unsigned i = 0; i < perms; i++)
			add_one_of(s, t, "rwxXstrwx");
	}
	return false;
}

static void add_clause(struct source *s, struct text *t, bool with_who)
{
	unsigned who = !with_who || source_chance(s, 30) ? 0 : 1 + source_below(s, 2);
	bool is_done = false;

	if (with_who && source_chance(s, 4))
		who = 5;
	for (unsigned i = 0; i < who; i++)
		add_one_of(s, t, "ugoaugo");
	do
		is_done = add_action(s, t, who == 0);
	while (!is_done && source_chance(s, 25));
}

static void add_symbolic(struct source *s, struct text *t, bool with_who)
{
	add_clause(s, t, with_who);
	while (source_chance(s, 35)) {
		add(t, ",", 1);
		add_clause(s, t, true);
	}
}

/* Changes the mode from FROM on, mostly to an invalid one. */
static void spoil(struct source *s, struct text *t, size_t from)
{
	/* No D and no F, which only our program knows. */
	static const char letters[] = "ugoa+-=,rwxXst01234567,,++ugo89 zRvU;:*~\\'\n\t\x80\xc3\xa9";
	size_t at = from + source_below(s, (unsigned)(t->len - from) + 1);
	char c = letters[source_below(s, sizeof(letters) - 1)];

	switch (source_below(s, 4)) {
	case 0: /* cut off */ t->len = at; break;
	case 1: /* one less */
		if (at < t->len) {
			memmove(t->bytes + at, t->bytes + at + 1, t->len - at - 1);
			t->len--;
		}
		break;
	case 2: /* another one */
		if (at < t->len)
			t->bytes[at] = c;
		break;
	case 3: /* one more */
		if (t->len + 1 < sizeof(t->bytes)) {
			memmove(t->bytes + at + 1, t->bytes + at, t->len - at);
			t->bytes[at] = c;
			t->len++;
		}
		break;
	}
}

const char *generate_mode(struct source *s)
{
	struct text t = {.len = 0};

	if (source_chance(s, 30))
		add_octal(s, &t);
	else
		add_symbolic(s, &t, true);
	if (source_chance(s, 8))
		spoil(s, &t, 0);
	if (source_chance(s, 2))
		spoil(s, &t, 0);
	return keep_bytes(s->keep, t.bytes, t.len);
}

const char *generate_dashed_mode(struct source *s)
{
	static const char *const usual[] = {"-w", "-x", "-r", "-rwx", "-s", "-t", "-u", "-g", "-o",
		"-X", "-=", "-+", "-0", "-644", "-+x", "-=r", "-u=rw", "-a", "-,", "-w,", "-ru",
		"-w,a-w", "-x,+x", "-8", "-x8", "-v-w", NULL};
	struct text t = {.len = 0};

	if (source_chance(s, 45))
		return source_pick(s, usual);
	do {
		t.len = 0;
		add_symbolic(s, &t, false);
	} while (t.bytes[0] != '-');
	if (source_chance(s, 10))
		spoil(s, &t, 1);
	return keep_bytes(s->keep, t.bytes, t.len);
}
