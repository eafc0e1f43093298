/* SPDX-License-Identifier: MIT */
/*
 * The input is a name: what quote() makes of it can be read back, by a shell or by people, and
 * nothing in it does anything to a terminal.
 */
#include "fuzz.h"

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "quote.h"
#include "shell_word.h"

static const char *const style_names[] = {"always", "if needed", "words"};

/* Where the pieces go: as much memory as is needed, and no byte more. */
struct sink {
	char *bytes;
	size_t len;
};

static void put(void *ctx, const char *bytes, size_t len)
{
	struct sink *sink = ctx;

	sink->bytes = realloc(sink->bytes, sink->len + len + 1);
	if (sink->bytes == NULL)
		abort();
	memcpy(sink->bytes + sink->len, bytes, len);
	sink->len += len;
	sink->bytes[sink->len] = '\0';
	if (memchr(bytes, '\0', len) != NULL)
		fuzz_fail("a NUL is handed on");
}

/* NAME, quoted; the caller frees it. */
static char *quoted(enum quote_style style, bool utf8, const char *name)
{
	struct sink sink = {0};

	put(&sink, "", 0);
	quote(style, utf8 ? &charset_utf8 : &charset_c, name, put, &sink);
	return sink.bytes;
}

_Noreturn static void fail(
	const char *name, int style, bool utf8, const char *got, const char *what)
{
	fuzz_fail("name %s, quoted %s in %s as %s: %s", fuzz_shown(name), style_names[style],
		utf8 ? "UTF-8" : "C", fuzz_shown(got), what);
}

/* What a terminal would not just show, NULL if there is nothing. */
static const char *harm(const char *text, bool utf8)
{
	mbstate_t state = {0};
	wchar_t c;

	for (const char *s = text; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f || (!utf8 && (unsigned char)*s > 0x7f))
			return "a byte that cannot be printed";
	while (utf8 && *text != '\0') {
		size_t len = mbrtowc(&c, text, strlen(text), &state);

		if (len == (size_t)-1 || len == (size_t)-2)
			return "no UTF-8";
		if ((0x80 <= c && c < 0xa0) || iswcntrl((wint_t)c))
			return "a control character";
		text += len;
	}
	return NULL;
}

static void check(const char *name, int style, bool utf8)
{
	char *got = quoted((enum quote_style)style, utf8, name), *back = malloc(strlen(got) + 1);
	bool good;

	if (back == NULL)
		abort();
	if (harm(got, utf8) != NULL)
		fail(name, style, utf8, got, harm(got, utf8));
	good = style == QUOTE_LOCALE ? people_word_read(got, utf8, back)
				     : shell_word_read(got, back);
	if (!good)
		fail(name, style, utf8, got, "is not one word");
	if (strcmp(back, name) != 0)
		fail(name, style, utf8, got, "is read as something else");
	if (style == QUOTE_SHELL_ALWAYS && *got != '\'' && *got != '"')
		fail(name, style, utf8, got, "has no quotes");
	free(back);
	free(got);
}

/* The name or what QUOTE_SHELL_ALWAYS has, and the same in both locales unless it says so. */
static void check_against_each_other(const char *name, bool utf8)
{
	char *always = quoted(QUOTE_SHELL_ALWAYS, utf8, name);
	char *needed = quoted(QUOTE_SHELL, utf8, name);
	char *other = quoted(QUOTE_SHELL, !utf8, name);

	if (strcmp(needed, name) != 0 && strcmp(needed, always) != 0)
		fail(name, QUOTE_SHELL, utf8, needed, "neither bare nor quoted");
	if (strcmp(needed, other) != 0 && !quote_needs_locale(QUOTE_SHELL, name))
		fail(name, QUOTE_SHELL, utf8, needed, "depends on the locale");
	free(always);
	free(needed);
	free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool has_utf8, started;
	char *name = fuzz_word(&data, data + size);

	if (!started)
		has_utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
	started = true;
	for (int utf8 = 0; utf8 <= has_utf8; utf8++) {
		for (int style = QUOTE_SHELL_ALWAYS; style <= QUOTE_LOCALE; style++)
			check(name, style, utf8);
		check_against_each_other(name, utf8);
	}
	free(name);
	return 0;
}
