/* SPDX-License-Identifier: MIT */
/* --preserve-root, in all spellings of "/". Each runs in a chroot: "/" is the tree of the row. */
#include "cli.h"

#define NEW        SINCE(9, 5, "-h -H -L -P --dereference")
#define OVERRIDE   E("use --no-preserve-root to override this failsafe")
#define DANGER     E("it is dangerous to operate recursively on '/'"), OVERRIDE
#define SAME(name) E("it is dangerous to operate recursively on '" name "' (same as '/')"), OVERRIDE
#define PLAIN      "./ 755, d/ 755, d/f 644"
#define LINK       "./ 755, d/ 755, d/f 644, l -> /"
#define BELOW      "./ 755, d/ 755, d/l -> /"

/* Refused, whatever else is said. */
#define REFUSED_AS_ROOT(args) T(LINK, "-R --preserve-root " args, JAIL, ERR(DANGER), FAILS)
#define REFUSED_AS(args, name, ...)                                                                \
	T(LINK, "-R --preserve-root " args, JAIL, ERR(SAME(name)), FAILS, __VA_ARGS__)

static const struct cli_row rows[] = {
	REFUSED_AS_ROOT("700 /"),
	REFUSED_AS_ROOT("700 ///"),
	REFUSED_AS_ROOT("700 ////////"),
	REFUSED_AS_ROOT("-v 700 /"),
	REFUSED_AS_ROOT("-c 700 /"),
	REFUSED_AS_ROOT("-f 700 /"),
	REFUSED_AS_ROOT("u-w /"),
	REFUSED_AS_ROOT("+ /"),
	REFUSED_AS_ROOT("-w /"),
	REFUSED_AS_ROOT("--reference=d/f /"),
	REFUSED_AS_ROOT("--no-preserve-root --preserve-root 700 /"),
	REFUSED_AS("700 //", "//", ),
	REFUSED_AS("700 /.", "/.", ),
	REFUSED_AS("700 /./", "/./", ),
	REFUSED_AS("700 /.//", "/./", ),
	REFUSED_AS("700 /..", "/..", ),
	REFUSED_AS("700 /d/..", "/d/..", ),
	REFUSED_AS("700 d/../../", "d/../../", ),
	REFUSED_AS("700 .", ".", ),
	REFUSED_AS("700 ./", "./", ),
	REFUSED_AS("700 ..", "..", ),
	REFUSED_AS("-v 700 l", "l", ),
	REFUSED_AS("700 l/", "l/", ),
	REFUSED_AS("700 l///", "l/", ),
	REFUSED_AS("700 l/l", "l/l", ),
	REFUSED_AS("-H 700 l", "l", NEW),
	REFUSED_AS("-L 700 l", "l", NEW),
	REFUSED_AS("-h 700 l", "l", NEW),
	REFUSED_AS("-hL 700 l", "l", NEW),
	REFUSED_AS("-P 700 l/", "l/", NEW),
	REFUSED_AS("-P 700 l/.", "l/.", NEW),
	REFUSED_AS("--dereference 700 l", "l", NEW),
	T("./ 755, it's -> /", NULL, WORDS("-R", "--preserve-root", "700", "it's"), JAIL,
		ERR(E("it is dangerous to operate recursively on \"it's\" (same as '/')"),
			OVERRIDE),
		FAILS),

	/* The other operands are done. */
	T(PLAIN, "-Rv --preserve-root 700 / d /", JAIL,
		SAYS(DANGER, CHANGED("d", 0755, 0700), CHANGED("d/f", 0644, 0700), DANGER), FAILS,
		AFTER("d/ 700, d/f 700")),
	T(PLAIN, "-Rf --preserve-root 700 nope / d", JAIL, ERR(DANGER), FAILS,
		AFTER("d/ 700, d/f 700")),

	/* Met below an operand. */
	T(BELOW, "-RLv --preserve-root 700 d", JAIL, SAYS(CHANGED("d", 0755, 0700), SAME("d/l")),
		FAILS, AFTER("d/ 700"), NEW),
	T(BELOW, "-RHv --dereference --preserve-root 700 d", JAIL,
		SAYS(CHANGED("d", 0755, 0700), SAME("d/l")), FAILS, AFTER("d/ 700"), NEW),
	T(BELOW, "-Rv --preserve-root 700 d", JAIL, OUT(CHANGED("d", 0755, 0700), NEITHER("d/l")),
		AFTER("d/ 700")),
	T(BELOW, "-RPv --preserve-root 700 d", JAIL, OUT(CHANGED("d", 0755, 0700), NEITHER("d/l")),
		AFTER("d/ 700"), NEW),
	T("d/ 755, d/0 644, d/1 644, d/2 644, d/3 644, d/l -> /, d/4 644, d/5 644, d/6 644, d/7 "
	  "644",
		"-RH --dereference --preserve-root 700 d", JAIL, ERR(SAME("d/l")), FAILS,
		AFTER("d/ 700, d/0 700, d/1 700, d/2 700, d/3 700, d/4 700, d/5 700, d/6 700, d/7 "
		      "700"),
		DEPARTS("no-early-end", "after a refused root the next entry is skipped")),

	/* Not hit. */
	T(LINK, "-RPv --preserve-root 700 l", JAIL, OUT(NEITHER("l")), NEW),
	T(PLAIN, "-R --preserve-root 700 d", JAIL, AFTER("d/ 700, d/f 700")),
	T(PLAIN, "-R --preserve-root 700 /d", JAIL, AFTER("d/ 700, d/f 700")),
	T(PLAIN, "--preserve-root 711 /", JAIL, AFTER("./ 711")),
	T(PLAIN, "-v --preserve-root 711 //", JAIL, OUT(CHANGED("//", 0755, 0711)),
		AFTER("./ 711")),
	T(PLAIN, "-v --preserve-root 711 ///", JAIL, OUT(CHANGED("/", 0755, 0711)),
		AFTER("./ 711")),
	T(LINK, "--preserve-root 711 l", JAIL, AFTER("./ 711")),

	/* Without it "/" is a directory like others. */
	T(PLAIN, "-R u+x /", JAIL, ROOT, AFTER("d/f 744")),
	T(PLAIN, "-R --no-preserve-root u+x /", JAIL, ROOT, AFTER("d/f 744")),
	T(PLAIN, "-R --preserve-root --no-preserve-root u+x /", JAIL, ROOT, AFTER("d/f 744")),
	T(PLAIN, "-R --preserve-root u+x / --no-preserve-root", JAIL, ROOT, AFTER("d/f 744")),
	T(LINK, "-R u+x l", JAIL, ROOT, AFTER("d/f 744")),

	/* Names below "/" have one slash. */
	T(PLAIN, "-Rc u+x /", JAIL, ROOT, OUT(CHANGED("/d/f", 0644, 0744)), AFTER("d/f 744")),
	T(PLAIN, "-Rc u+x ///", JAIL, ROOT, OUT(CHANGED("/d/f", 0644, 0744)), AFTER("d/f 744")),
	T(PLAIN, "-Rc u+x //", JAIL, ROOT, OUT(CHANGED("//d/f", 0644, 0744)), AFTER("d/f 744")),
	T(PLAIN, "-Rc u+x /.", JAIL, ROOT, OUT(CHANGED("/./d/f", 0644, 0744)), AFTER("d/f 744")),

	/* Wrong arguments are reported first. */
	T(PLAIN, "-R --preserve-root bogus /", JAIL, INVALID("bogus")),
	T(PLAIN, "-R --preserve-root 700", JAIL, USAGE("missing operand after '700'")),
};

const struct cli_group cli_root = CLI_GROUP(root);
