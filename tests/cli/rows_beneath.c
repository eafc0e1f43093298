/* SPDX-License-Identifier: MIT */
/* --beneath: which operands are beneath a directory, and that no link below it is followed. */
#include "cli.h"

#define OURS    DEPARTS("own-options", "an option of our own")
#define TREE    "d/ 755, d/f 644, d/s/ 755, d/s/g 644, out/ 755, out/v 644"
#define LINKS   TREE ", d/l -> ../out, d/lf -> ../out/v, d/ls -> s, d/dead -> nope"
#define NOT(x)  E("'" x "' is not beneath 'd'")
#define LOOP(x) E("cannot access '" x "': Too many levels of symbolic links")

static void names_from_find(struct cli_test *test)
{
	cli_script(test, "find d -print0 | \"$CHMOD\" -c --beneath=d --files0-from=- u=rwX,go=rX",
		"", "", 0);
	cli_script(test,
		"printf 'd/s/g\\0out/v\\0d/l/v\\0\\0d/f' >list;"
		"\"$CHMOD\" --beneath=d --files0-from=list 600 2>err; s=$?;"
		"sed 's/^[^:]*: //' err; exit $s",
		"'out/v' is not beneath 'd'\n"
		"cannot access 'd/l/v': Too many levels of symbolic links\n"
		"list:4: invalid zero-length file name\n",
		"", 1);
	cli_check_tree(test, "d/f 600, d/s/g 600");
}

/* Enough operands for several workers: the output is that of one. */
static void many_names_in_order(struct cli_test *test)
{
	cli_script(test,
		"i=0; while [ $i -lt 9000 ]; do printf 'd/s/g\\0out/%s\\0d/l/%s\\0' $i $i; "
		"i=$((i + 1)); done >list;"
		"for j in 1 2 8; do \"$CHMOD\" -v -j$j --beneath=d --files0-from=list 644 >o$j "
		"2>&1; echo $?; cmp o1 o$j; done; wc -l <o1; rm list o?",
		"1\n1\n1\n45000\n", "", 0);
	cli_check_tree(test, NULL);
}

/* The longest name that there can be, and one more byte. */
static void long_names(struct cli_test *test)
{
	cli_script(test,
		"n=$(head -c 4092 /dev/zero | tr '\\0' /); \"$CHMOD\" --beneath=d 600 \"d${n}f\" "
		"\"d$n/ff\" \"d/${n}x/f\" 2>err; sed 's/^[^:]*: //' err | tr -s /",
		"cannot access 'd/ff': No such file or directory\n"
		"cannot access 'd/x/f': No such file or directory\n",
		"", 0);
	cli_script(test,
		"n=$(printf '%s' $(seq 1100) | head -c 3000); \"$CHMOD\" --beneath=d 600 "
		"\"d/$n/$n/f\" 2>err; sed 's/^[^:]*: //' err | tr -d 0-9",
		"cannot access 'd///f': File name too long\n", "", 0);
	cli_check_tree(test, "d/f 600");
}

static const struct cli_row rows[] = {
	/* What is beneath. */
	T(TREE, "--beneath=d 700 d d/f d/s/g d/s", AFTER("d/ 700, d/f 700, d/s/ 700, d/s/g 700"),
		OURS),
	T(TREE, "-v --beneath d u+x d//f d/./s/../s d/s// d/s/.",
		SAYS(CHANGED("d//f", 0644, 0744), NOT("d/./s/../s"), NO_ACCESS("d/./s/../s"),
			RETAINED("d/s/", 0755), RETAINED("d/s/.", 0755)),
		FAILS, AFTER("d/f 744"), OURS),
	T(TREE, "--beneath=d/ 600 d/f", AFTER("d/f 600"), OURS),
	T(TREE, "--beneath=d/s// 600 d/s/g d/f", ERR(E("'d/f' is not beneath 'd/s//'")), FAILS,
		AFTER("d/s/g 600"), OURS),
	T(TREE, "--beneath=. 600 ./d/f d/s/g .", ERR(E("'d/s/g' is not beneath '.'")), FAILS,
		AFTER("d/f 600, ./ 600"), OURS, ROOT),
	T(TREE, "--beneath=/ 600 /d/f //d/s/g d/f /", JAIL, ERR(E("'d/f' is not beneath '/'")),
		FAILS, AFTER("d/f 600, d/s/g 600, ./ 600"), OURS),
	T(TREE, "--beneath=d/../d 600 d/../d/f", AFTER("d/f 600"), OURS),

	/* What is not. */
	T(TREE, "--beneath=d 600 out/v d/f", ERR(NOT("out/v")), FAILS, AFTER("d/f 600"), OURS),
	T(TREE ", dx/, dx/f", "--beneath=d 600 dx dx/f ./d/f /d/f D", FAILS,
		ERR(NOT("dx"), NOT("dx/f"), NOT("./d/f"), NOT("/d/f"), NOT("D")), OURS),
	T(TREE, "--beneath=d 600 d/.. d/../out/v d/s/../../out/v d/s/.. d/nope/../f", FAILS,
		ERR(NOT("d/.."), NOT("d/../out/v"), NOT("d/s/../../out/v"), NOT("d/s/.."),
			NOT("d/nope/../f")),
		OURS),
	T("d/ 755, d/..f 644, d/f.. 644, d/.../ 755", "--beneath=d 600 d/..f d/f.. d/...",
		AFTER("d/..f 600, d/f.. 600, d/.../ 600"), OURS),
	T(TREE, NULL, WORDS("--beneath=d", "600", ""), ERR(NOT("")), FAILS, OURS),
	T("f 644", NULL, WORDS("--beneath=/", "600", ""), ERR(E("'' is not beneath '/'")), FAILS,
		OURS),
	T(TREE, "-f --beneath=d 600 out/v d/f", FAILS, AFTER("d/f 600"), OURS),
	T(TREE, "--beneath=d 600 d/nope d/f/x d/nope/x d/f/ d/f", FAILS,
		ERR(ABSENT("d/nope"), E("cannot access 'd/f/x': Not a directory"),
			ABSENT("d/nope/x"), E("cannot access 'd/f/': Not a directory")),
		AFTER("d/f 600"), OURS),

	/* No link is followed, neither before the last name nor as the last name. */
	T(LINKS, "--beneath=d 600 d/l/v d/ls/g d/l/ d/ls/. d/ls/s/x", FAILS,
		ERR(LOOP("d/l/v"), LOOP("d/ls/g"), LOOP("d/l/"), LOOP("d/ls/."), LOOP("d/ls/s/x")),
		OURS),
	T(LINKS, "-v --beneath=d 600 d/lf d/l d/dead d/ls",
		OUT(NEITHER("d/lf"), NEITHER("d/l"), NEITHER("d/dead"), NEITHER("d/ls")), OURS),
	T(LINKS, "-v --beneath=d u+x d/lf d/f", OUT(NEITHER("d/lf"), CHANGED("d/f", 0644, 0744)),
		AFTER("d/f 744"), OURS),
	T(LINKS ", dl -> d", "--beneath=dl 600 dl/f dl", AFTER("d/f 600, d/ 600"), OURS, ROOT),
	T(LINKS ", dl -> d", "--beneath=dl 600 d/f", ERR(E("'d/f' is not beneath 'dl'")), FAILS,
		OURS),
	T(LINKS, "-HP --beneath=d 600 d/lf", OURS),
	T(LINKS, "-h --beneath=d 600 d/lf d/f", AFTER("d/f 600"), OURS),

	/* With -R. */
	T(LINKS, "-R --beneath=d go= d", AFTER("d/ 700, d/f 600, d/s/ 700, d/s/g 600"), OURS),
	T(LINKS, "-Rv --beneath=d go= d/s d/l d/l/ out", FAILS,
		SAYS(CHANGED("d/s", 0755, 0700), CHANGED("d/s/g", 0644, 0600), NEITHER("d/l"),
			LOOP("d/l/"), NO_ACCESS("d/l/"), NOT("out"), NO_ACCESS("out")),
		AFTER("d/s/ 700, d/s/g 600"), OURS),
	T("d/ 0, d/s/ 0, d/s/f 0", "-R --beneath=d u+rwX d", AFTER("d/ 700, d/s/ 700, d/s/f 600"),
		OURS),
	T("d/ 755, d/s/ 0, d/s/f 0", "-R --beneath=d/s u+rwX d/s", AFTER("d/s/ 700, d/s/f 600"),
		OURS),
	T("d/ 755, d/s/ 0", "--beneath=d/s 755 d/s/", AFTER("d/s/ 755"), OURS),
	T(TREE, "-R --exclude=d/s --preserve-root --beneath=d go= d", AFTER("d/ 700, d/f 600"),
		OURS),
	T("d/ 755, d/f 644", "-R --preserve-root --beneath=/ go= /", JAIL, FAILS,
		ERR(E("it is dangerous to operate recursively on '/'"),
			E("use --no-preserve-root to override this failsafe")),
		OURS),

	/* With -n, -c, --skip-unchanged, --reference, and no permission. */
	T(TREE, "-n --beneath=d 600 d/f out/v", FAILS,
		SAYS("mode of 'd/f' would change from {0644} to {0600}\n", NOT("out/v")), OURS),
	T(TREE ", r 640", "-c --skip-unchanged --beneath=d --reference=r d/f d/s/g",
		OUT(CHANGED("d/f", 0644, 0640), CHANGED("d/s/g", 0644, 0640)),
		AFTER("d/f 640, d/s/g 640"), OURS),
	T("d/ 755, d/f 644 (root)", "--beneath=d 600 d/f", USER, ERR(REFUSED("d/f")), FAILS, OURS),
	T("d/ 755, d/s/ 0, d/s/f 644", "--beneath=d 600 d/s/f", USER, ERR(OUT_OF_REACH("d/s/f")),
		FAILS, OURS),
	T("d/ 0, d/f 644", "--beneath=d 600 d/f", USER, ERR(OUT_OF_REACH("d/f")), FAILS, OURS),
	F("--files0-from=- with --beneath", LINKS, names_from_find, OURS),
	F("many names beneath, in order", LINKS, many_names_in_order, OURS),
	F("long names beneath", TREE, long_names, OURS),

	/* The command line. */
	T(TREE, "--beneath=nope 600 nope/f d/f", ERR(ABSENT("nope")), FAILS, OURS),
	T(TREE, "--beneath=d/f 600 d/f", ERR(E("cannot access 'd/f': Not a directory")), FAILS,
		OURS),
	T(TREE, "--beneath= 600 /f", ERR(ABSENT("")), FAILS, OURS),
	T(TREE, "--beneath=out --beneath=d 600 d/f", AFTER("d/f 600"), OURS),
	T(TREE, "-L --beneath=d 600 d/f", USAGE("cannot combine --beneath and -L"), OURS),
	T(TREE, "-RL --beneath=d 600 d", USAGE("cannot combine --beneath and -L"), OURS),
	T(TREE, "--dereference --beneath=d 600 d/f",
		USAGE("cannot combine --beneath and --dereference"), OURS),
	T(TREE, "-LH --dereference -h --beneath=d 600 d/f", AFTER("d/f 600"), OURS),
	T(TREE, "--beneath", USAGE("option '--beneath' requires an argument"), OURS),
	T(TREE, "--beneat=d 600 d/f", USAGE("unrecognized option '--beneat=d'")),
	T(TREE, "--beneath=d 600", USAGE("missing operand after '600'"), OURS),
};

const struct cli_group cli_beneath = CLI_GROUP(beneath);
