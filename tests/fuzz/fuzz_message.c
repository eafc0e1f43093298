/* SPDX-License-Identifier: MIT */
/*
 * The input is a translation from a catalog. The message must be what printf(3) makes of the
 * translation and the arguments of GNU's message, or else the English message.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

/* The translation of every message. */
static const char *translation;

const char *__wrap_userlocale_translation(
	struct userlocale *l, enum userlocale_domain domain, const char *msgid);

const char *__wrap_userlocale_translation(
	struct userlocale *l, enum userlocale_domain domain, const char *msgid)
{
	(void)l;
	(void)domain;
	(void)msgid;
	return translation != NULL && *translation != '\0' ? translation : NULL;
}

/* The message that is written if the catalog has TEXT (NULL: no translation). */
static char *said(const char *text, enum message_kind kind, const char *format, ...)
{
	struct fuzz_text said = {0};
	struct userlocale locale = {.charset = &charset_utf8, .language = USERLOCALE_FOREIGN};
	const struct message_output out = {fuzz_put, &said, -1, &locale, "chmod"};
	va_list args;

	translation = text;
	va_start(args, format);
	message_put(&out, kind, format, &args);
	va_end(args);
	return said.bytes;
}

/* Fails unless GOT is ENGLISH or EXPECTED, and has no control characters. Frees GOT and ENGLISH. */
static void check(const char *text, char *got, char *english, const char *expected)
{
	if (strcmp(got, english) != 0 && strcmp(got, expected) != 0)
		fuzz_fail("%s becomes %s instead of %s", fuzz_shown(text), fuzz_shown(got),
			fuzz_shown(expected));
	for (const char *s = got; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t') || *s == 0x7f)
			fuzz_fail("%s becomes %s", fuzz_shown(text), fuzz_shown(got));
	free(got);
	free(english);
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

/* A message of GNU's that ends with an errno. */
static void check_error(const char *text)
{
	static const char format[] = "%q: %o, not %u%e";
	char *english = said(NULL, MESSAGE_ERROR, format, "f", (mode_t)0644, 7UL, ENOENT);
	char *got = said(text, MESSAGE_ERROR, format, "f", (mode_t)0644, 7UL, ENOENT);
	char *expected = NULL, *middle = NULL;

	if (strcmp(got, english) != 0 &&
		(asprintf(&middle, text, "'f'", 0644UL, 7UL) < 0 ||
			asprintf(&expected, "chmod: %s: No such file or directory\n", middle) < 0))
		abort();
	check(text, got, english, expected);
	free(middle);
	free(expected);
}

/* A line of GNU's; its translation has the newline. */
static void check_line(const char *text)
{
	static const char format[] = "mode of %q retained as %o (%m)";
	char *english = said(NULL, MESSAGE_LINE, format, "f", (mode_t)0, (mode_t)0755);
	char *got = said(text, MESSAGE_LINE, format, "f", (mode_t)0, (mode_t)0755);
	char *expected = NULL;

	if (strcmp(got, english) != 0 && asprintf(&expected, text, "'f'", 0UL, "rwxr-xr-x") < 0)
		abort();
	check(text, got, english, expected);
	free(expected);
}

/* A message of getopt_long(3), which names the program. */
static void check_option(const char *text)
{
	char *english = said(NULL, MESSAGE_OPTION, "invalid option -- '%c'", 'z');
	char *got = said(text, MESSAGE_OPTION, "invalid option -- '%c'", 'z');
	char *expected = NULL;

	if (strcmp(got, english) != 0 && asprintf(&expected, text, "chmod", 'z') < 0)
		abort();
	check(text, got, english, expected);
	free(expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_word(&data, data + size);

	check_error(text);
	check_line(text);
	check_option(text);
	free(text);
	return 0;
}
