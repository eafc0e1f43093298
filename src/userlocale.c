#include "userlocale.h"

#include <ctype.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The locale for LC_CTYPE that the environment asks for, by POSIX's order. */
static const char *locale_name(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i]);
		if (value != NULL && *value != '\0')
			return value;
	}
	return "C";
}

/* Whether CODESET is UTF-8 in one of its spellings: case and punctuation do not count. */
static bool is_utf8(const char *codeset)
{
	const char *rest = "utf8";

	for (; *codeset != '\0' && *codeset != '@'; codeset++) {
		unsigned char c = (unsigned char)*codeset;
		if (!isalnum(c))
			continue;
		if (tolower(c) != *rest)
			return false;
		rest++;
	}
	return *rest == '\0';
}

bool userlocale_names_utf8(void)
{
	/* language[_territory][.codeset][@modifier] */
	const char *codeset = strchr(locale_name(), '.');

	return codeset != NULL && is_utf8(codeset + 1);
}

#ifdef __GLIBC__

const struct charset *userlocale_charset(void)
{
	const char *codeset;

	/* GNU's tools ask for all categories, and stay in the C locale if one is missing. */
	if (setlocale(LC_ALL, "") == NULL)
		return &charset_c;
	(void)setlocale(LC_MESSAGES, "C"); /* for strerror(3) */
	codeset = nl_langinfo(CODESET);
	if (strcmp(codeset, "UTF-8") == 0)
		return &charset_utf8;
	return strcmp(codeset, "GB18030") == 0 ? &charset_gb18030 : &charset_of_locale;
}

#else

const struct charset *userlocale_charset(void)
{
	return userlocale_names_utf8() ? &charset_utf8 : &charset_c;
}

#endif
