/* SPDX-License-Identifier: MIT */
/* userlocale: compared with POSIX's order of the locale variables. */
#include "userlocale.h"

#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

enum value_kind { NOTHING, PLAIN_C, MISSING, UTF8, MISSING_UTF8 };

/* What LC_ALL, LC_CTYPE and LANG are set to; NULL: not at all. */
static const struct {
	const char *value;
	enum value_kind kind;
} values[] = {
	{NULL, NOTHING},
	{"", NOTHING},
	{"C", PLAIN_C},
	{"POSIX", PLAIN_C},
	{"C.ISO-8859-1", MISSING},
	{"xx_XX", MISSING},
	{"C.UTF-16", MISSING},
	{"C.UTF-80", MISSING},
	{"C.UTF", MISSING},
	{"C.", MISSING},
	{"utf8", MISSING},
	{"C.UTF-8", UTF8},
	{"C.utf8", UTF8},
	{"C.UTF8", UTF8},
	{"C.utf-8", UTF8},
	{"C.UTF-8@euro", UTF8},
	{"xx_XX.UTF-8", MISSING_UTF8},
	{"xx_XX.utf8@euro", MISSING_UTF8},
};

static void set_variable(const char *name, const char *value)
{
	if (value != NULL)
		assert_int_equal(setenv(name, value, 1), 0);
	else
		assert_int_equal(unsetenv(name), 0);
}

/* Which of the values of LC_ALL, LC_CTYPE and LANG counts. */
static enum value_kind first(enum value_kind all, enum value_kind ctype, enum value_kind lang)
{
	return all != NOTHING ? all : ctype != NOTHING ? ctype : lang;
}

static bool names_utf8(enum value_kind kind)
{
	return kind == UTF8 || kind == MISSING_UTF8;
}

static bool is_utf8(enum value_kind all, enum value_kind ctype, enum value_kind lang)
{
#ifdef __GLIBC__
	/* GNU's tools fall back to C for everything if the locale of any category is missing. */
	if (all == NOTHING && (lang == MISSING || lang == MISSING_UTF8))
		return false;
	return first(all, ctype, lang) == UTF8;
#else
	return names_utf8(first(all, ctype, lang));
#endif
}

static const char *or_unset(const char *value)
{
	return value != NULL ? value : "(unset)";
}

/* Every value in each of the three variables: the first that is set and not empty counts. */
static void test_locale(void **state)
{
	(void)state;
#ifdef __GLIBC__
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		SKIP_TEST("no locale C.UTF-8");
#endif
	for (size_t i = 0; i < COUNT(values) * COUNT(values) * COUNT(values); i++) {
		size_t all = i / COUNT(values) / COUNT(values);
		size_t ctype = i / COUNT(values) % COUNT(values), lang = i % COUNT(values);
		enum value_kind kind =
			first(values[all].kind, values[ctype].kind, values[lang].kind);
		bool expected = is_utf8(values[all].kind, values[ctype].kind, values[lang].kind);
		const struct charset *got;
		struct userlocale locale;

		set_variable("LC_ALL", values[all].value);
		set_variable("LC_CTYPE", values[ctype].value);
		set_variable("LANG", values[lang].value);
		assert_non_null(setlocale(LC_ALL, "C"));

		userlocale_init(&locale);
		got = userlocale_charset(&locale);
		if ((got == &charset_utf8) != expected)
			row_wrong("LC_ALL=%s LC_CTYPE=%s LANG=%s: not %d",
				or_unset(values[all].value), or_unset(values[ctype].value),
				or_unset(values[lang].value), expected);
		if (userlocale_names_utf8() != names_utf8(kind))
			row_wrong("LC_ALL=%s LC_CTYPE=%s LANG=%s: the name does not say %d",
				or_unset(values[all].value), or_unset(values[ctype].value),
				or_unset(values[lang].value), names_utf8(kind));
#ifdef __GLIBC__
		/* charset asks iswprint(3) of the locale that was entered. */
		if (expected && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
			row_wrong("LC_ALL=%s LC_CTYPE=%s LANG=%s: entered is %s",
				or_unset(values[all].value), or_unset(values[ctype].value),
				or_unset(values[lang].value), nl_langinfo(CODESET));
#endif
	}
	rows_end();
}

/* Whether catalogs are used. Those of dgettext(3) are in tests/cli/rows_catalogs.c. */
static void test_english_is_not_translated(void **state)
{
	static const struct {
		const char *all, *messages, *lang, *language;
		bool is_english;
	} languages[] = {
		{NULL, NULL, NULL, NULL, true},
		{NULL, NULL, NULL, "de", true},
		{"C", "de_DE", "de_DE", "de", true},
		{"POSIX", NULL, NULL, "de", true},
		{"", "", "", "de", true},
		{"C.UTF-8", NULL, NULL, NULL, true},
		{"C.UTF-8", NULL, NULL, "", true},
		{"C.UTF-8", NULL, NULL, "de", false},
		{NULL, NULL, "en_US.UTF-8", NULL, true},
		{NULL, NULL, "en_US.UTF-8", "de:en", false},
		{NULL, NULL, "en", NULL, true},
		{NULL, NULL, "en@shaw", NULL, true},
		{NULL, NULL, "eng_XX", NULL, false},
		{NULL, NULL, "e", NULL, false},
		{NULL, NULL, "et_EE", NULL, false},
		{NULL, NULL, "de_DE", NULL, false},
		{NULL, "C", "de_DE", "de", true},
		{NULL, "de_DE", "C", NULL, false},
		{NULL, "en_GB", "de_DE", NULL, true},
		{"de_DE", "C", "C", NULL, false},
		{"en_US", "de_DE", "de_DE", NULL, true},
		{"Cx", NULL, NULL, NULL, false},
	};

	(void)state;
	unsetenv("LC_CTYPE");
	for (size_t i = 0; i < COUNT(languages); i++) {
		struct userlocale locale;
		bool is_english;

		set_variable("LC_ALL", languages[i].all);
		set_variable("LC_MESSAGES", languages[i].messages);
		set_variable("LANG", languages[i].lang);
		set_variable("LANGUAGE", languages[i].language);
		userlocale_init(&locale);
		assert_null(userlocale_translation(&locale, USERLOCALE_GNU, "no such message"));
		is_english = locale.language == USERLOCALE_ENGLISH;
#ifdef __GLIBC__
		if (is_english != languages[i].is_english)
			row_wrong("row %zu: not %d", i, languages[i].is_english);
#else
		if (!is_english)
			row_wrong("row %zu: no catalog can be read", i);
#endif
		if (is_english && locale.charset != NULL)
			row_wrong("row %zu: the locale is looked at", i);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locale),
		cmocka_unit_test(test_english_is_not_translated),
	};

	unsetenv("LOCPATH");
	return cmocka_run_group_tests_name("userlocale", tests, NULL, NULL);
}
