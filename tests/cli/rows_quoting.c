/* SPDX-License-Identifier: MIT */
/* Names as they are shown: every example of SPEC.md 4.4, in the C and a UTF-8 locale. */
#include "cli.h"

#define C_LOCALE    .env = "LC_ALL=C"
#define LQ          "\342\200\230"
#define RQ          "\342\200\231"
#define QUOTING_BUG SINCE(9, 6, "names with a quote and an escape at their end")

/* A name as shown inside sentences (ALWAYS quoted), and alone (quoted IF NEEDED). */
#define SHELL(locale, name_, always, if_needed, ...)                                               \
	T(name_ " 644", NULL, NAME("-v: " name_), locale, USER, WORDS("-v", "--", "0", name_),     \
		OUT("mode of " always " changed from {0644} to {0000}\n"), AFTER(name_ " 0"),      \
		__VA_ARGS__),                                                                      \
		T(name_ " 777", NULL, NAME("-w: " name_), locale, USER, WORDS("-w", "--", name_),  \
			ERR(SURPRISED(if_needed, "r-xrwxrwx", "r-xr-xr-x")), FAILS,                \
			AFTER(name_ " 577"), __VA_ARGS__),                                         \
		T(NULL, NULL, NAME("no such file: " name_), locale, USER,                          \
			WORDS("--", "755", name_), ERR(E("cannot access " always ": " NOENT)),     \
			FAILS, __VA_ARGS__),                                                       \
		T(NULL, NULL, NAME("--reference: " name_), locale, USER,                           \
			WORDS("--reference", name_, "f"),                                          \
			ERR(E("failed to get attributes of " always ": " NOENT)), FAILS,           \
			__VA_ARGS__)

/* A word of the command line that is no file. */
#define WORD(locale, word, shown)                                                                  \
	T(NULL, NULL, NAME("invalid mode: " word), locale, USER, WORDS("--", word, "f"),           \
		USAGE("invalid mode: " shown)),                                                    \
		T(NULL, NULL, NAME("missing operand: " word), locale, USER, WORDS("--", word),     \
			USAGE("missing operand after " shown))

/* All of that in both locales: which differ in everything, in the word only, in nothing. */
#define WIDE(name, always, u_always, if_needed, u_if_needed, word, u_word)                         \
	SHELL(C_LOCALE, name, always, if_needed, ), WORD(C_LOCALE, name, "'" word "'"),            \
		SHELL(UTF8, name, u_always, u_if_needed, ), WORD(UTF8, name, LQ u_word RQ)
#define ASCII(name, always, if_needed, word, u_word)                                               \
	WIDE(name, always, always, if_needed, if_needed, word, u_word)
#define SAME(name, always, if_needed, word) ASCII(name, always, if_needed, word, word)

/* A locale that is or is not UTF-8. */
#define CURLY(env) T(NULL, "bogus f", NAME(env), ENV(env), USAGE("invalid mode: " LQ "bogus" RQ))
#define PLAIN(env) T(NULL, "bogus f", NAME(env), ENV(env), USAGE("invalid mode: 'bogus'"))

static const struct cli_row rows[] = {
	SAME("plain", "'plain'", "plain", "plain"),
	SAME("a b", "'a b'", "'a b'", "a b"),
	ASCII("it's", "\"it's\"", "\"it's\"", "it\\'s", "it's"),
	SAME("say \"hi\"", "'say \"hi\"'", "'say \"hi\"'", "say \"hi\""),
	ASCII("it's \"x\"", "'it'\\''s \"x\"'", "'it'\\''s \"x\"'", "it\\'s \"x\"", "it's \"x\""),
	ASCII("a'b$c", "'a'\\''b$c'", "'a'\\''b$c'", "a\\'b$c", "a'b$c"),
	ASCII("a'b c", "\"a'b c\"", "\"a'b c\"", "a\\'b c", "a'b c"),
	ASCII("'", "\"'\"", "\"'\"", "\\'", "'"),
	ASCII("#it's", "\"#it's\"", "\"#it's\"", "#it\\'s", "#it's"),
	ASCII("it's#", "'it'\\''s#'", "'it'\\''s#'", "it\\'s#", "it's#"),
	ASCII("~it's", "\"~it's\"", "\"~it's\"", "~it\\'s", "~it's"),
	ASCII("it's~", "'it'\\''s~'", "'it'\\''s~'", "it\\'s~", "it's~"),
	ASCII("{it's}", "'{it'\\''s}'", "'{it'\\''s}'", "{it\\'s}", "{it's}"),
	SAME("a\nb", "'a'$'\\n''b'", "'a'$'\\n''b'", "a\\nb"),
	SAME("\n", "''$'\\n'", "''$'\\n'", "\\n"),
	SAME("\na", "''$'\\n''a'", "''$'\\n''a'", "\\na"),
	SAME("a\n", "'a'$'\\n'", "'a'$'\\n'", "a\\n"),
	SAME("a\n\nb", "'a'$'\\n\\n''b'", "'a'$'\\n\\n''b'", "a\\n\\nb"),
	SAME("a\tb", "'a'$'\\t''b'", "'a'$'\\t''b'", "a\\tb"),
	SAME("a\015b", "'a'$'\\r''b'", "'a'$'\\r''b'", "a\\rb"),
	SAME("a\033b", "'a'$'\\033''b'", "'a'$'\\033''b'", "a\\033b"),
	SAME("a\007\010\013\014b", "'a'$'\\a\\b\\v\\f''b'", "'a'$'\\a\\b\\v\\f''b'",
		"a\\a\\b\\v\\fb"),
	SAME("a\177b", "'a'$'\\177''b'", "'a'$'\\177''b'", "a\\177b"),
	SAME("a\001b", "'a'$'\\001''b'", "'a'$'\\001''b'", "a\\001b"),
	SAME("a\\b", "'a\\b'", "'a\\b'", "a\\\\b"),
	SAME("a\\nb", "'a\\nb'", "'a\\nb'", "a\\\\nb"),
	ASCII("a'\nb", "'a'\\'''$'\\n''b'", "'a'\\'''$'\\n''b'", "a\\'\\nb", "a'\\nb"),
	ASCII("a\n'b", "'a'$'\\n'\\''b'", "'a'$'\\n'\\''b'", "a\\n\\'b", "a\\n'b"),
	WIDE("\303\251", "''$'\\303\\251'", "'\303\251'", "''$'\\303\\251'", "\303\251",
		"\\303\\251", "\303\251"),
	WIDE("\346\227\245\346\234\254", "''$'\\346\\227\\245\\346\\234\\254'",
		"'\346\227\245\346\234\254'", "''$'\\346\\227\\245\\346\\234\\254'",
		"\346\227\245\346\234\254", "\\346\\227\\245\\346\\234\\254",
		"\346\227\245\346\234\254"),
	WIDE("\303\251's", "''$'\\303\\251'\\''s'", "\"\303\251's\"", "''$'\\303\\251'\\''s'",
		"\"\303\251's\"", "\\303\\251\\'s", "\303\251's"),
	SAME("\377", "''$'\\377'", "''$'\\377'", "\\377"),
	SAME("a\351b", "'a'$'\\351''b'", "'a'$'\\351''b'", "a\\351b"),
	SAME("a\303", "'a'$'\\303'", "'a'$'\\303'", "a\\303"),
	SAME("\303(", "''$'\\303''('", "''$'\\303''('", "\\303("),
	SAME("\342\230", "''$'\\342\\230'", "''$'\\342\\230'", "\\342\\230"),
	WIDE("\342\200\213", "''$'\\342\\200\\213'", "'\342\200\213'", "''$'\\342\\200\\213'",
		"\342\200\213", "\\342\\200\\213", "\342\200\213"),
	WIDE("\302\240", "''$'\\302\\240'", "'\302\240'", "''$'\\302\\240'", "\302\240",
		"\\302\\240", "\302\240"),
	WIDE("\342\200\231", "''$'\\342\\200\\231'", "'\342\200\231'", "''$'\\342\\200\\231'",
		"\342\200\231", "\\342\\200\\231", "\\\342\200\231"),
	SAME("\302\205", "''$'\\302\\205'", "''$'\\302\\205'", "\\302\\205"),
	SAME("-rf", "'-rf'", "-rf", "-rf"),
	SAME("~", "'~'", "'~'", "~"),
	SAME("#", "'#'", "'#'", "#"),
	SAME("a#", "'a#'", "a#", "a#"),
	SAME("#a", "'#a'", "'#a'", "#a"),
	SAME("{", "'{'", "'{'", "{"),
	SAME("{}", "'{}'", "{}", "{}"),
	SAME("}", "'}'", "'}'", "}"),
	SAME("a{b", "'a{b'", "a{b", "a{b"),
	SAME("*", "'*'", "'*'", "*"),
	SAME("a?b", "'a?b'", "'a?b'", "a?b"),
	SAME("[x]", "'[x]'", "'[x]'", "[x]"),
	SAME("x]", "'x]'", "x]", "x]"),
	SAME("a:b", "'a:b'", "'a:b'", "a:b"),
	SAME("a=b", "'a=b'", "'a=b'", "a=b"),
	SAME("a!b", "'a!b'", "'a!b'", "a!b"),
	SAME("a^b", "'a^b'", "'a^b'", "a^b"),
	SAME("a@b%c,d+e.f_g-h", "'a@b%c,d+e.f_g-h'", "a@b%c,d+e.f_g-h", "a@b%c,d+e.f_g-h"),
	SAME("a;b", "'a;b'", "'a;b'", "a;b"),
	SAME("a&b", "'a&b'", "'a&b'", "a&b"),
	SAME("a|b", "'a|b'", "'a|b'", "a|b"),
	SAME("a<b>c", "'a<b>c'", "'a<b>c'", "a<b>c"),
	SAME("(a)", "'(a)'", "'(a)'", "(a)"),
	SAME("$a", "'$a'", "'$a'", "$a"),
	SAME("`a`", "'`a`'", "'`a`'", "`a`"),
	SHELL(C_LOCALE, "it's\n", "'it'\\''s'$'\\n'", "'it'\\''s'$'\\n'", QUOTING_BUG),
	SHELL(UTF8, "it's\n", "'it'\\''s'$'\\n'", "'it'\\''s'$'\\n'", QUOTING_BUG),
	SHELL(C_LOCALE, "{'\t", "'{'\\'''$'\\t'", "'{'\\'''$'\\t'", QUOTING_BUG),
	WORD(C_LOCALE, "it's\n", "'it\\'s\\n'"),
	WORD(UTF8, "it's\n", LQ "it's\\n" RQ),

	/* The empty name. */
	WORD(C_LOCALE, "", "''"),
	WORD(UTF8, "", LQ RQ),
	T(NULL, "755 ''", UTF8, ERR(ABSENT("")), FAILS),
	T("f 644", "--reference '' f", UTF8, ERR(E("failed to get attributes of '': " NOENT)),
		FAILS),

	/* Paths below an operand, and the other sentences. */
	T("a\nb/ 755, a\nb/\303\251 644", "-Rv 700 'a\nb'",
		OUT("mode of 'a'$'\\n''b' changed from {0755} to {0700}\n",
			"mode of 'a'$'\\n''b/'$'\\303\\251' changed from {0644} to {0700}\n"),
		AFTER("a\nb/ 700, a\nb/\303\251 700")),
	T("d/ 755, d/\303\251 644", "-Rv 700 d", UTF8,
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/\303\251", 0644, 0700)),
		AFTER("d/ 700, d/\303\251 700")),
	T("it's/ 755, it's/a b 644", NULL, WORDS("-Rv", "700", "it's"),
		OUT("mode of \"it's\" changed from {0755} to {0700}\n",
			"mode of \"it's/a b\" changed from {0644} to {0700}\n"),
		AFTER("it's/ 700, it's/a b 700")),
	T("l\n -> nope", "-v 755 'l\n'",
		SAYS(E("cannot operate on dangling symlink 'l'$'\\n'"),
			"'l'$'\\n' could not be accessed\n"),
		FAILS),
	T("d/ 755, d/l\n -> nope", "-Rv 700 d",
		OUT(CHANGED("d", 0755, 0700),
			"neither symbolic link 'd/l'$'\\n' nor referent has been changed\n"),
		AFTER("d/ 700")),
	T("d\n/ 755, d\n/f 644", "-R 000 'd\n'", USER,
		ERR(E("cannot read directory 'd'$'\\n': Permission denied")), FAILS,
		AFTER("d\n/ 0")),
	T("f\n 644 (root)", "-v 600 'f\n'", USER,
		SAYS(E("changing permissions of 'f'$'\\n': Operation not permitted"),
			"failed to change mode of 'f'$'\\n' from {0644} to {0600}\n"),
		FAILS),

	/* What makes a locale UTF-8: the first of the three that is set and not empty. */
	CURLY("LC_ALL=C.UTF-8"),
	CURLY("LC_ALL=C.utf8"),
	CURLY("LC_CTYPE=C.UTF-8"),
	CURLY("LANG=C.UTF-8"),
	CURLY("LC_ALL= LC_CTYPE= LANG=C.UTF-8"),
	CURLY("LC_ALL=C.UTF-8 LC_CTYPE=C LANG=C"),
	CURLY("LC_CTYPE=C.UTF-8 LANG=C"),
	PLAIN("LC_ALL=C LC_CTYPE=C.UTF-8 LANG=C.UTF-8"),
	PLAIN("LC_ALL=POSIX LANG=C.UTF-8"),
	PLAIN("LC_CTYPE=C LANG=C.UTF-8"),
	PLAIN("LC_MESSAGES=C.UTF-8"),
	PLAIN("LANGUAGE=C.UTF-8"),
	PLAIN("LC_ALL="),
	PLAIN("LANG=nonsense"),
};

const struct cli_group cli_quoting = CLI_GROUP(quoting);
