/* SPDX-License-Identifier: MIT */
/* Symbolic links: which are followed, entered, changed, left alone (SPEC.md 4.2, 5.2, 5.5).
 */
#include "cli.h"

#define NEW SINCE(9, 5, "-h -H -L -P --dereference")

/* The five kinds of files that -R can meet, and what becomes of them. */
#define FILE_TREE     "f 644, l -> f"
#define DIR_TREE      "d/ 755, d/f 644, l -> d"
#define IN_FILE       "d/ 755, d/l -> ../f, f 644"
#define IN_DIR        "d/ 755, d/l -> ../e, e/ 755, e/f 644"
#define DANGLING_TREE "l -> nope"
#define IN_DANGLING   "d/ 755, d/l -> nope"

#define D_CHANGED CHANGED("d", 0755, 0700)

#define OPERAND_FILE_CHANGED(opt, ...)                                                             \
	T(FILE_TREE, opt " -v 700 l", OUT(CHANGED("l", 0644, 0700)), AFTER("f 700"), __VA_ARGS__)
#define OPERAND_FILE_LEFT(opt, ...) T(FILE_TREE, opt " -v 700 l", OUT(NEITHER("l")), __VA_ARGS__)
#define OPERAND_DIR_ENTERED(opt, ...)                                                              \
	T(DIR_TREE, opt " -v 700 l", OUT(CHANGED("l", 0755, 0700), CHANGED("l/f", 0644, 0700)),    \
		AFTER("d/ 700, d/f 700"), __VA_ARGS__)
#define OPERAND_DIR_LEFT(opt, ...) T(DIR_TREE, opt " -v 700 l", OUT(NEITHER("l")), __VA_ARGS__)
#define OPERAND_DIR_ONLY_ENTERED(opt, ...)                                                         \
	T(DIR_TREE, opt " -v 700 l", OUT(NEITHER("l"), CHANGED("l/f", 0644, 0700)),                \
		AFTER("d/f 700"), __VA_ARGS__)
#define FILE_CHANGED(opt, ...)                                                                     \
	T(IN_FILE, opt " -v 700 d", OUT(D_CHANGED, CHANGED("d/l", 0644, 0700)),                    \
		AFTER("d/ 700, f 700"), __VA_ARGS__)
#define FILE_LEFT(opt, ...)                                                                        \
	T(IN_FILE, opt " -v 700 d", OUT(D_CHANGED, NEITHER("d/l")), AFTER("d/ 700"), __VA_ARGS__)
#define DIR_ENTERED(opt, ...)                                                                      \
	T(IN_DIR, opt " -v 700 d",                                                                 \
		OUT(D_CHANGED, CHANGED("d/l", 0755, 0700), CHANGED("d/l/f", 0644, 0700)),          \
		AFTER("d/ 700, e/ 700, e/f 700"), __VA_ARGS__)
#define DIR_LEFT(opt, ...)                                                                         \
	T(IN_DIR, opt " -v 700 d", OUT(D_CHANGED, NEITHER("d/l")), AFTER("d/ 700"), __VA_ARGS__)
#define DIR_ONLY_ENTERED(opt, ...)                                                                 \
	T(IN_DIR, opt " -v 700 d", OUT(D_CHANGED, NEITHER("d/l"), CHANGED("d/l/f", 0644, 0700)),   \
		AFTER("d/ 700, e/f 700"), __VA_ARGS__)
#define DIR_ONLY_CHANGED(opt, ...)                                                                 \
	T(IN_DIR, opt " -v 700 d", OUT(D_CHANGED, CHANGED("d/l", 0755, 0700)),                     \
		AFTER("d/ 700, e/ 700"), __VA_ARGS__)
#define OPERAND_DANGLES(opt, ...)                                                                  \
	T(DANGLING_TREE, opt " -v 700 l", SAYS(DANGLING("l"), NO_ACCESS("l")), FAILS, __VA_ARGS__)
#define OPERAND_DANGLING_LEFT(opt, ...)                                                            \
	T(DANGLING_TREE, opt " -v 700 l", OUT(NEITHER("l")), __VA_ARGS__)
#define DANGLES(opt, error, ...)                                                                   \
	T(IN_DANGLING, opt " -v 700 d", SAYS(D_CHANGED, error, NO_ACCESS("d/l")), FAILS,           \
		AFTER("d/ 700"), __VA_ARGS__)
#define DANGLING_LEFT(opt, ...)                                                                    \
	T(IN_DANGLING, opt " -v 700 d", OUT(D_CHANGED, NEITHER("d/l")), AFTER("d/ 700"),           \
		__VA_ARGS__)

/* A row of the matrix: what follows nothing, all operands, everything, ... */
#define LIKE_H(opt, ...)                                                                           \
	OPERAND_FILE_CHANGED(opt, __VA_ARGS__), OPERAND_DIR_ENTERED(opt, __VA_ARGS__),             \
		FILE_LEFT(opt, __VA_ARGS__), DIR_LEFT(opt, __VA_ARGS__),                           \
		OPERAND_DANGLES(opt, __VA_ARGS__), DANGLING_LEFT(opt, __VA_ARGS__)
#define LIKE_L(opt, ...)                                                                           \
	OPERAND_FILE_CHANGED(opt, __VA_ARGS__), OPERAND_DIR_ENTERED(opt, __VA_ARGS__),             \
		FILE_CHANGED(opt, __VA_ARGS__), DIR_ENTERED(opt, __VA_ARGS__),                     \
		OPERAND_DANGLES(opt, __VA_ARGS__), DANGLES(opt, DANGLING("d/l"), __VA_ARGS__)
#define LIKE_P(opt, ...)                                                                           \
	OPERAND_FILE_LEFT(opt, __VA_ARGS__), OPERAND_DIR_LEFT(opt, __VA_ARGS__),                   \
		FILE_LEFT(opt, __VA_ARGS__), DIR_LEFT(opt, __VA_ARGS__),                           \
		OPERAND_DANGLING_LEFT(opt, __VA_ARGS__), DANGLING_LEFT(opt, __VA_ARGS__)
#define LIKE_h(opt, ...)                                                                           \
	OPERAND_FILE_LEFT(opt, __VA_ARGS__), OPERAND_DIR_ONLY_ENTERED(opt, __VA_ARGS__),           \
		FILE_LEFT(opt, __VA_ARGS__), DIR_LEFT(opt, __VA_ARGS__),                           \
		OPERAND_DANGLING_LEFT(opt, __VA_ARGS__), DANGLING_LEFT(opt, __VA_ARGS__)
#define LIKE_hL(opt, ...)                                                                          \
	OPERAND_FILE_LEFT(opt, __VA_ARGS__), OPERAND_DIR_ONLY_ENTERED(opt, __VA_ARGS__),           \
		FILE_LEFT(opt, __VA_ARGS__), DIR_ONLY_ENTERED(opt, __VA_ARGS__),                   \
		OPERAND_DANGLING_LEFT(opt, __VA_ARGS__), DANGLING_LEFT(opt, __VA_ARGS__)
#define LIKE_DEREFERENCE(opt, ...)                                                                 \
	OPERAND_FILE_CHANGED(opt, __VA_ARGS__), OPERAND_DIR_ENTERED(opt, __VA_ARGS__),             \
		FILE_CHANGED(opt, __VA_ARGS__), DIR_ONLY_CHANGED(opt, __VA_ARGS__),                \
		OPERAND_DANGLES(opt, __VA_ARGS__),                                                 \
		DANGLES(opt, E("cannot dereference 'd/l': " NOENT), __VA_ARGS__)

#define ELOOP_ "Too many levels of symbolic links"

static const struct cli_row rows[] = {
	/* With -R: the matrix of SPEC.md 5.2; of several options the last counts. */
	LIKE_H("-R", ),
	LIKE_H("-RH", NEW),
	LIKE_H("-RLPH", NEW),
	LIKE_L("-RL", NEW),
	LIKE_L("-RHPL", NEW),
	LIKE_L("-RL --dereference", NEW),
	LIKE_L("-RLh --dereference", NEW),
	LIKE_P("-RP", NEW),
	LIKE_P("-RLHP", NEW),
	LIKE_P("-RPh", NEW),
	LIKE_P("-R -P --dereference -h", NEW),
	LIKE_h("-Rh", NEW),
	LIKE_h("-RHh", NEW),
	LIKE_h("-R --dereference -h", NEW),
	LIKE_hL("-RhL", NEW),
	LIKE_hL("-RLh", NEW),
	LIKE_DEREFERENCE("-R --dereference", NEW),
	LIKE_DEREFERENCE("-RH --dereference", NEW),
	LIKE_DEREFERENCE("-RPh --dereference -H", NEW),

	/* Without -R. */
	OPERAND_FILE_CHANGED("", ),
	OPERAND_FILE_CHANGED("-H", NEW),
	OPERAND_FILE_CHANGED("-L", NEW),
	OPERAND_FILE_CHANGED("--dereference", NEW),
	OPERAND_FILE_CHANGED("-P --dereference", NEW),
	OPERAND_FILE_CHANGED("-h --dereference", NEW),
	OPERAND_FILE_LEFT("-h", NEW),
	OPERAND_FILE_LEFT("--no-dereference", NEW),
	OPERAND_FILE_LEFT("-hH", NEW),
	OPERAND_FILE_LEFT("-hL", NEW),
	OPERAND_FILE_LEFT("-Ph", NEW),
	OPERAND_FILE_LEFT("--dereference -h", NEW),
	OPERAND_DIR_LEFT("-h", NEW),
	OPERAND_DANGLES("", ),
	OPERAND_DANGLES("-H", NEW),
	OPERAND_DANGLES("-L", NEW),
	OPERAND_DANGLES("--dereference", NEW),
	OPERAND_DANGLING_LEFT("-h", NEW),
	OPERAND_DANGLING_LEFT("-hL", NEW),
	OPERAND_DANGLING_LEFT("-hP", NEW),
	T(DANGLING_TREE, "-P --dereference -v 700 l",
		SAYS(E("cannot dereference 'l': " NOENT), NO_ACCESS("l")), FAILS, NEW),
	T(DANGLING_TREE, "-P 700 l", ERR(E("changing permissions of 'l': " NOENT)), FAILS, NEW),
	T(DANGLING_TREE, "-P -v 700 l",
		SAYS(E("changing permissions of 'l': " NOENT), FAILED("l", 0777, 0700)), FAILS,
		NEW),
	T(FILE_TREE, "-P 700 l", AFTER("f 700"), NEW),
	T("f 600, l -> f", "-P -v g+r l", OUT(CHANGED("l", 0600, 0640)), AFTER("f 640"),
		DEPARTS("referent-mode",
			"-P without -R computes from the link's own mode, and makes this 777")),
	T("d/ 2700, l -> d", "-P 755 l", AFTER("d/ 2755"),
		DEPARTS("referent-mode",
			"-P without -R takes a directory for a link, and drops set-group-ID")),

	/* The old mode is that of the referent. */
	T("f 640, d/ 700, d/l -> ../f", "-R --dereference -c g=u d",
		OUT(CHANGED("d", 0700, 0770), CHANGED("d/l", 0640, 0660)), AFTER("d/ 770, f 660"),
		NEW),
	T("f 640, d/ 770, d/l -> ../f", "-RL -c g=u d", OUT(CHANGED("d/l", 0640, 0660)),
		AFTER("f 660"), NEW),
	T("e/ 2700, d/ 755, d/l -> ../e", "-R --dereference 755 d", AFTER("e/ 2755"), NEW),
	T("f 777, d/ 755, d/l -> ../f", "-R -w d", AFTER("d/ 555")),
	T("f 777, l -> f", "-h -w l", NEW),

	/* A link that is left alone is reported only with -v. */
	T(FILE_TREE, "-h 700 l", NEW),
	T(FILE_TREE, "-h -c 700 l", NEW),
	T(FILE_TREE, "-h -fv 700 l", OUT(NEITHER("l")), NEW),
	T("d/ 700, d/l -> nope", "-R 700 d"),
	T("d/ 700, d/l -> nope", "-Rc 700 d"),
	T("d/ 700, d/l -> nope", "-Rfv 700 d", OUT(RETAINED("d", 0700), NEITHER("d/l"))),
	T("d/ 700, d/l -> nope", "-RLf 700 d", FAILS, NEW),
	T("d/ 700, d/l -> nope", "-Rf --dereference 700 d", FAILS, NEW),
	T("d/ 700, d/l -> nope", "-Rc --dereference 700 d",
		ERR(E("cannot dereference 'd/l': " NOENT)), FAILS, NEW),

	/* Links that form a cycle, and that lead through something that is no directory. */
	T("d/ 700, d/l -> l", "-Rv 700 d", OUT(RETAINED("d", 0700), NEITHER("d/l"))),
	T("d/ 700, d/l -> l", "-RL 700 d", ERR(E("cannot access 'd/l': " ELOOP_)), FAILS, NEW),
	T("d/ 700, d/l -> l", "-R --dereference 700 d", ERR(E("cannot dereference 'd/l': " ELOOP_)),
		FAILS, NEW),
	T("l -> l", "-h 700 l", ERR(E("cannot access 'l': " ELOOP_)), FAILS, NEW),
	T("l -> l", "-Ph -v 700 l", OUT(NEITHER("l")), NEW),
	T("l -> l", "-RPv 700 l", OUT(NEITHER("l")), NEW),
	T("d/ 700, d/f 700, d/l -> f/x", "-RL 700 d",
		ERR(E("cannot access 'd/l': Not a directory")), FAILS, NEW),
	T("d/ 700, d/f 700, d/l -> f/x", "-R --dereference 700 d",
		ERR(E("cannot dereference 'd/l': Not a directory")), FAILS, NEW),
	T("l -> m, m -> n, n -> d, d/ 755, d/f 644", "-Rc 700 l",
		OUT(CHANGED("l", 0755, 0700), CHANGED("l/f", 0644, 0700)),
		AFTER("d/ 700, d/f 700")),

	/* -L: a directory that is met in itself is changed again, but not entered. */
	T("d/ 755, d/s/ 755, d/s/l -> ..", "-RLv 700 d",
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/s", 0755, 0700), RETAINED("d/s/l", 0700)),
		AFTER("d/ 700, d/s/ 700"), NEW),
	T("d/ 755, d/l -> .", "-RLv 700 d", OUT(CHANGED("d", 0755, 0700), RETAINED("d/l", 0700)),
		AFTER("d/ 700"), NEW),
	T("d/ 755, d/s/ 755, d/s/l -> ../../d/s", "-RLv 700 d",
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/s", 0755, 0700), RETAINED("d/s/l", 0700)),
		AFTER("d/ 700, d/s/ 700"), NEW),
	T("d/ 755, e/ 755, d/l -> ../e, e/l -> ../d", "-RLv 700 d",
		OUT(CHANGED("d", 0755, 0700), CHANGED("d/l", 0755, 0700), RETAINED("d/l/l", 0700)),
		AFTER("d/ 700, e/ 700"), NEW),

	T("d/ 770, d/s/ 700, d/s/f 640", "-RL u=g d", USER, ERR(UNREADABLE("d/s")), FAILS,
		AFTER("d/s/ 0"), NEW),
	T("d/ 770, d/s/ 700, d/s/f 640", "-RP u=g d", USER, ERR(UNREADABLE("d/s")), FAILS,
		AFTER("d/s/ 0"), NEW),

	/* With a slash behind its name a link stands for the directory. */
	T(DIR_TREE, "-Rv 700 l/", OUT(CHANGED("l/", 0755, 0700), CHANGED("l/f", 0644, 0700)),
		AFTER("d/ 700, d/f 700")),
	T(DIR_TREE, "-RPv 700 l/", OUT(CHANGED("l/", 0755, 0700), CHANGED("l/f", 0644, 0700)),
		AFTER("d/ 700, d/f 700"), NEW),
	T(DIR_TREE, "-RPv 700 l//", OUT(CHANGED("l/", 0755, 0700), CHANGED("l/f", 0644, 0700)),
		AFTER("d/ 700, d/f 700"), NEW),
	T(DIR_TREE, "-Rhv 700 l/", OUT(CHANGED("l/", 0755, 0700), CHANGED("l/f", 0644, 0700)),
		AFTER("d/ 700, d/f 700"), NEW),
	T(DIR_TREE, "-hv 700 l/", OUT(CHANGED("l/", 0755, 0700)), AFTER("d/ 700"), NEW),
	T(DIR_TREE, "-hv 700 l/.", OUT(CHANGED("l/.", 0755, 0700)), AFTER("d/ 700"), NEW),
	T(DIR_TREE, "-Pv 700 l/", OUT(CHANGED("l/", 0755, 0700)), AFTER("d/ 700"), NEW),
	T(FILE_TREE, "-h 700 l/", ERR(E("cannot access 'l/': Not a directory")), FAILS, NEW),
	T(DANGLING_TREE, "-h 700 l/", ERR(ABSENT("l/")), FAILS, NEW),
	T(DANGLING_TREE, "-RP 700 l/", ERR(ABSENT("l/")), FAILS, NEW),
	T(DIR_TREE, "-Rv 700 l/f", OUT(CHANGED("l/f", 0644, 0700)), AFTER("d/f 700")),
	T(DIR_TREE, "-Phv 700 l/f", OUT(CHANGED("l/f", 0644, 0700)), AFTER("d/f 700"), NEW),

	/* A link of another user. */
	T("f 644, l -> f (root)", "-v 700 l", OUT(CHANGED("l", 0644, 0700)), AFTER("f 700")),
	T("f 644, d/ 700, d/l -> ../f (root)", "-RLv 700 d",
		OUT(RETAINED("d", 0700), CHANGED("d/l", 0644, 0700)), AFTER("f 700"), NEW),
	T("f 644 (root), d/ 700, d/l -> ../f", "-RLv 700 d", USER,
		SAYS(RETAINED("d", 0700), REFUSED("d/l"), FAILED("d/l", 0644, 0700)), FAILS, NEW),
	T("f 644 (root), d/ 700, d/l -> ../f", "-RHv --dereference 700 d", USER,
		SAYS(RETAINED("d", 0700), REFUSED("d/l"), FAILED("d/l", 0644, 0700)), FAILS, NEW),
	/* A link that cannot be examined itself. */
	T("./ 755, a/ 755, a/l -> x", "-R --dereference 644 a", USER, ERR(OUT_OF_REACH("a/l")),
		FAILS, AFTER("a/ 644"), SINCE(9, 5, "--dereference")),
};

const struct cli_group cli_links = CLI_GROUP(links);
