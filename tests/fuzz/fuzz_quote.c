/* SPDX-License-Identifier: MIT */
/*
 * The input is a name. What quote() makes of it must be the name when it is read back, and have
 * nothing that a terminal would act on.
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

static const char *const style_names[] = {"shell-always", "shell", "locale"};

/* NAME, quoted; the caller frees it. */
static char *quoted(enum quote_style style, bool utf8, const char *name)
{
	struct fuzz_text text = {0};

	fuzz_put(&text, "", 0);
	quote(style, utf8 ? &charset_utf8 : &charset_c, name, fuzz_put, &text);
	return text.bytes;
}

_Noreturn static void fail(
	const char *name, int style, bool utf8, const char *got, const char *what)
{
	fuzz_fail("name %s, quoted %s in %s as %s: %s", fuzz_shown(name), style_names[style],
		utf8 ? "UTF-8" : "C", fuzz_shown(got), what);
}

/* What TEXT has that a terminal would not show as it is; NULL: nothing. */
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
	good = style == QUOTE_LOCALE ? locale_word_read(got, utf8, back)
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

/*
 * QUOTE_SHELL gives the bare name or what QUOTE_SHELL_ALWAYS gives. If it differs between locales,
 * quote_needs_locale() says so.
 */
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
