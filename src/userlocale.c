/* SPDX-License-Identifier: MIT */
#include "userlocale.h"

#include <ctype.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Whether messages can be translated. A static program cannot load iconv's charset converters. */
#if defined(__GLIBC__) && !defined(STATIC_BUILD)
#include <libintl.h>
#define HAS_CATALOGS 1
#else
#define bindtextdomain(domain, dir) ((void)(domain), (void)(dir))
#define dgettext(domain, msgid)     ((void)(domain), (msgid))
#define HAS_CATALOGS                0
#endif

static const char gnu_domain[] = "coreutils";

void userlocale_init(struct userlocale *l)
{
	*l = (struct userlocale){
		.language = HAS_CATALOGS ? USERLOCALE_UNKNOWN : USERLOCALE_ENGLISH};
}

/* The name of the locale for CATEGORY, by the precedence that POSIX gives the variables. */
static const char *locale_name(const char *category)
{
	const char *const variables[] = {"LC_ALL", category, "LANG"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i]);
		if (value != NULL && *value != '\0')
			return value;
	}
	return "C";
}

/* Whether CODESET is UTF-8 in any spelling: case and punctuation are ignored. */
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
	const char *codeset = strchr(locale_name("LC_CTYPE"), '.');

	return codeset != NULL && is_utf8(codeset + 1);
}

/*
 * Whether messages are to be in English. In every locale but C, gettext(3) tries the languages in
 * LANGUAGE first.
 */
static bool is_english(void)
{
	const char *name = locale_name("LC_MESSAGES"), *language = getenv("LANGUAGE");
	size_t len = strcspn(name, "_.@");

	if (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0)
		return true;
	if (language != NULL && *language != '\0')
		return false;
	return (len == 1 && *name == 'C') || (len == 2 && strncmp(name, "en", 2) == 0);
}

static bool is_foreign(struct userlocale *l)
{
	if (l->language == USERLOCALE_UNKNOWN)
		l->language = is_english() ? USERLOCALE_ENGLISH : USERLOCALE_FOREIGN;
	return l->language == USERLOCALE_FOREIGN;
}

#ifdef __GLIBC__

static const struct charset *find_charset(bool foreign)
{
	const char *codeset;

	/* Like GNU's tools: if the locale of one category is missing, all stay in the C locale. */
	if (setlocale(LC_ALL, "") == NULL)
		return &charset_c;
	if (foreign)
		bindtextdomain(gnu_domain, LOCALEDIR);
	else
		(void)setlocale(LC_MESSAGES, "C"); /* makes strerror(3) speak English */
	codeset = nl_langinfo(CODESET);
	if (strcmp(codeset, "UTF-8") == 0)
		return &charset_utf8;
	return strcmp(codeset, "GB18030") == 0 ? &charset_gb18030 : &charset_of_locale;
}

#else

static const struct charset *find_charset(bool foreign)
{
	(void)foreign;
	return userlocale_names_utf8() ? &charset_utf8 : &charset_c;
}

#endif

const struct charset *userlocale_charset(struct userlocale *l)
{
	if (l->charset == NULL)
		l->charset = find_charset(is_foreign(l));
	return l->charset;
}

const char *userlocale_translation(
	struct userlocale *l, enum userlocale_domain domain, const char *msgid)
{
	const char *text;

	if (!HAS_CATALOGS || !is_foreign(l))
		return NULL;
	(void)userlocale_charset(l);
	text = dgettext(domain == USERLOCALE_GNU ? gnu_domain : "libc", msgid);
	return text != msgid && *text != '\0' ? text : NULL;
}
