/* SPDX-License-Identifier: MIT */
/* Errors of one file, and their messages. */
#include "cli.h"

static const struct cli_row rows[] = {
	/* cannot access: the file cannot be examined. */
	T(NULL, "755 nope", ERR(ABSENT("nope")), FAILS),
	T("f 644", "755 f/", ERR(E("cannot access 'f/': Not a directory")), FAILS),
	T("f 644", "755 f/x", ERR(E("cannot access 'f/x': Not a directory")), FAILS),
	T("f 644", "755 nope f", ERR(ABSENT("nope")), FAILS, AFTER("f 755")),
	T("f 644", "755 nope/f", ERR(ABSENT("nope/f")), FAILS),
	T("f 644", "755 f/.", ERR(E("cannot access 'f/.': Not a directory")), FAILS),
	T("l -> l", "755 l", ERR(E("cannot access 'l': Too many levels of symbolic links")), FAILS),
	T("l -> m, m -> l", "755 l", ERR(E("cannot access 'l': Too many levels of symbolic links")),
		FAILS),
	T("l -> l", "-v 755 l",
		SAYS(E("cannot access 'l': Too many levels of symbolic links"), NO_ACCESS("l")),
		FAILS),
	T("l -> nope", "755 l/", ERR(ABSENT("l/")), FAILS),
	T("f 644, l -> f", "755 l/", ERR(E("cannot access 'l/': Not a directory")), FAILS),
	T("l -> f/x, f 644", "755 l", ERR(E("cannot access 'l': Not a directory")), FAILS),
	T(NULL, "755 ''", ERR(ABSENT("")), FAILS),
	T("d/ 000, d/f 644", "755 d/f", USER, ERR(OUT_OF_REACH("d/f")), FAILS),
	T("d/ 644, d/f 644", "-v 755 d/f", USER, SAYS(OUT_OF_REACH("d/f"), NO_ACCESS("d/f")),
		FAILS),
	T("d/ 755 (root), d/e/ 700 (root), d/e/f 644 (root)", "755 d/e/f", USER,
		ERR(OUT_OF_REACH("d/e/f")), FAILS),
	T("d/ 000, d/l -> nope", "755 d/l", USER, ERR(OUT_OF_REACH("d/l")), FAILS),
	T("d/ 000, d/f 644, l -> d/f", "755 l", USER, ERR(OUT_OF_REACH("l")), FAILS),
	T("d/ 000, d/f 644, l -> d/f", "-v 755 l", USER, SAYS(OUT_OF_REACH("l"), NO_ACCESS("l")),
		FAILS),

	/* changing permissions: the system call failed. */
	T("f 644 (root)", "600 f", USER, ERR(REFUSED("f")), FAILS),
	T("d/ 755, d/f 644 (root)", "600 d/f", USER, ERR(REFUSED("d/f")), FAILS),
	T("f 644 (root), l -> f", "600 l", USER, ERR(REFUSED("l")), FAILS),
	T("p| 644 (root)", "600 p", USER, ERR(REFUSED("p")), FAILS),
	T("n% 666 (root)", "600 n", USER, ERR(REFUSED("n")), FAILS),
	T("f 644 (root), g 644", "-v 600 f g", USER,
		SAYS(REFUSED("f"), FAILED("f", 0644, 0600), CHANGED("g", 0644, 0600)), FAILS,
		AFTER("g 600")),

	/* cannot operate on dangling symlink. */
	T("l -> nope", "755 l", ERR(DANGLING("l")), FAILS),
	T("l -> nope, f 644", "755 l f", ERR(DANGLING("l")), FAILS, AFTER("f 755")),
	T("l -> m, m -> nope", "755 l", ERR(DANGLING("l")), FAILS),
	T("d/ 755, d/l -> nope", "755 d/l", ERR(DANGLING("d/l")), FAILS),
	T("l -> nope", "-R 755 l", ERR(DANGLING("l")), FAILS),
	T("l -> nope", "-Rv 755 l", SAYS(DANGLING("l"), NO_ACCESS("l")), FAILS),
	T("l -> nope", "-Rf 755 l", FAILS),
	T("l -> nope/x", "755 l", ERR(DANGLING("l")), FAILS),
	T("l -> d/x, d/ 755", "755 l", ERR(DANGLING("l")), FAILS),

	/* cannot read directory. */
	T("d/ 755, d/f 644", "-R 000 d", USER, ERR(UNREADABLE("d")), FAILS, AFTER("d/ 0")),
	T("d/ 755, d/f 644", "-R 100 d", USER, ERR(UNREADABLE("d")), FAILS, AFTER("d/ 100")),
	T("d/ 755, d/f 644", "-R u-r d", USER, ERR(UNREADABLE("d")), FAILS, AFTER("d/ 355")),
	T("d/ 755, d/f 644", "-R u-rwx d", USER, ERR(UNREADABLE("d")), FAILS, AFTER("d/ 55")),
	T("d/ 755, d/s/ 755, d/s/f 644", "-R g+w,u-r d", USER, ERR(UNREADABLE("d")), FAILS,
		AFTER("d/ 375")),
	T("d/ 311, d/f 644", "-R g+w d", USER, ERR(UNREADABLE("d")), FAILS, AFTER("d/ 331")),
	T("d/ 755 (root), d/s/ 700 (root)", "-R 700 d", USER,
		ERR(REFUSED("d"), REFUSED("d/s"), UNREADABLE("d/s")), FAILS),
	T("d/ 755", "-R 000 d", USER, ERR(UNREADABLE("d")), FAILS, AFTER("d/ 0")),

	/* One failure does not stop the rest. */
	T("f 644, g 644", "755 f nope g", ERR(ABSENT("nope")), FAILS, AFTER("f 755, g 755")),
	T("f 644, g 644 (root), h 644", "755 f g h", USER, ERR(REFUSED("g")), FAILS,
		AFTER("f 755, h 755")),
	T("f 644, d/ 755, d/e 644", "-R 000 nope d f", USER, ERR(ABSENT("nope"), UNREADABLE("d")),
		FAILS, AFTER("f 0, d/ 0")),
	T("f 644, l -> nope", "755 l nope f", ERR(DANGLING("l"), ABSENT("nope")), FAILS,
		AFTER("f 755")),

	/* What -f hides, and what it does not. */
	T("f 644", "-f 755 nope f", FAILS, AFTER("f 755")),
	T("f 644 (root)", "-f 755 f", USER, FAILS),
	T("l -> nope", "-f 755 l", FAILS),
	T("d/ 755, d/f 644", "-Rf 000 d", USER, FAILS, AFTER("d/ 0")),
	T("f 777", "-f -w f", ERR(SURPRISED("f", "r-xrwxrwx", "r-xr-xr-x")), FAILS, AFTER("f 577")),
	T("f 644", "-f 888 f", INVALID("888")),
	T("f 644", "-f bogus f", INVALID("bogus")),
	T(NULL, "-f", USAGE("missing operand")),
	T(NULL, "-f 755", USAGE("missing operand after '755'")),
	T(NULL, "-f --foo", USAGE("unrecognized option '--foo'")),

	/* Other kinds of file are changed, not opened. */
	T("p| 644", "755 p", AFTER("p| 755")),
	T("s= 644", "755 s", AFTER("s= 755")),
	T("d/ 755, d/p| 644", "-R 700 d", AFTER("d/ 700, d/p| 700")),
	T("d/ 755, d/s= 644", "-R 700 d", AFTER("d/ 700, d/s= 700")),
	T("n% 600", "666 n", ROOT, AFTER("n% 666")),
	T("d/ 755, d/n% 600", "-R 700 d", ROOT, AFTER("d/ 700, d/n% 700")),
	T("p| 644", "-R 700 p", AFTER("p| 700")),
	T("p| 644, l -> p", "-v 4755 l", OUT(CHANGED("l", 0644, 4755)), AFTER("p| 4755")),
};

const struct cli_group cli_errors = CLI_GROUP(errors);
