/* SPDX-License-Identifier: MIT */
/* --modes0-from: every file gets the mode that a list has for it, and nothing else is touched. */
#include "cli.h"

#define OURS   DEPARTS("own-options", "an option of our own")
#define TREE   "d/ 2755, d/f 4711, d/s/ 1777, d/s/g 600, d/p| 640, d/l -> f, d/x -> ../o, o 600"
#define BAD(n) "list:" #n ": invalid record\n"

/*
 * Runs a script, in which L writes a list of what a string has, with a null byte for every '@', and
 * M runs the program on that and shows what it says without its name.
 */
static void listed(struct cli_test *test, const char *script, const char *out, int status)
{
	char text[4096];

	snprintf(text, sizeof(text),
		"L() { printf %%s \"$1\" | tr @ '\\000' >list; }\n"
		"M() { \"$CHMOD\" --modes0-from=list \"$@\" >out 2>&1; s=$?; "
		"sed \"s|^$CHMOD: ||\" out; rm -f out list; return $s; }\n%s",
		script);
	cli_script(test, text, out, "", status);
}

/* Modes that find(1) has saved are restored, whatever was done to the tree. */
static void undoes(struct cli_test *test)
{
	cli_script(test,
		"find d -printf '%m %p\\0' >list; \"$CHMOD\" -R 777 d; "
		"\"$CHMOD\" --modes0-from=list; find d -printf '%m %p\\0' | cmp - list; rm list",
		"", "", 0);
	cli_check_tree(test, NULL);
}

/* As the owner, to whom the tree is closed, and some directories will be closed again. */
static void undoes_as_owner(struct cli_test *test)
{
	cli_script(test,
		"\"$CHMOD\" 555 d; \"$CHMOD\" 511 d/s; find d -printf '%m %p\\0' >list; "
		"printf '%s\\0' '600 d/s/g' >>list; \"$CHMOD\" 000 d/s/g d/s d; "
		"\"$CHMOD\" --modes0-from=list; rm list",
		"", "", 0);
	cli_check_tree(test, "d/ 555, d/s/ 511");
}

/* Closed directories in each other are closed from below, in whatever order they are listed. */
static void closes_from_below(struct cli_test *test)
{
	listed(test, "L '0 a@0 a/b@0 a/b/c@0 a/b/c/f@'; M -v",
		"mode of 'a' changed from {0755} to {0000}\n"
		"mode of 'a/b' changed from {0755} to {0000}\n"
		"mode of 'a/b/c' changed from {0755} to {0000}\n"
		"mode of 'a/b/c/f' changed from {0644} to {0000}\n",
		0);
	cli_check_tree(test, "a/ 0, a/b/ 0, a/b/c/ 0, a/b/c/f 0");
}

static void closes_in_any_order(struct cli_test *test)
{
	listed(test, "L '0 a/b/c/f@100 a/b/c@200 a/b@300 a@'; M --beneath=a -j8", "", 0);
	cli_check_tree(test, "a/ 300, a/b/ 200, a/b/c/ 100, a/b/c/f 0");
}

/* A part "." in a name leads no deeper. */
static void closes_by_longer_names(struct cli_test *test)
{
	listed(test, "L '0 ././a@0 a/b@0 ./a/b/./c@'; M", "", 0);
	cli_check_tree(test, "a/ 0, a/b/ 0, a/b/c/ 0");
}

/* Of several such records for one directory, the last counts as well. */
static void closes_repeatedly(struct cli_test *test)
{
	listed(test, "L '500 a@0 a/b@0 a@500 a/b@100 a'; M -j2", "", 0);
	cli_check_tree(test, "a/ 100, a/b/ 500");
}

/* An invalid record is reported with its number; the others are done. */
static void bad_records(struct cli_test *test)
{
	listed(test,
		"L '@644@644 @ 644 f@8 f@64x f@-1 f@u+x f@644\tf@00000644 f@200000 f@177777777 "
		"f@0644f@644 f'; M",
		BAD(1) BAD(2) BAD(3) BAD(4) BAD(5) BAD(6) BAD(7) BAD(8) BAD(9) BAD(10) BAD(11)
			BAD(12) BAD(13),
		1);
	cli_check_tree(test, "f 644");
}

/* A mode may come with the type of the file, as st_mode has it; a name may be anything. */
static void good_records(struct cli_test *test)
{
	listed(test, "L '100640 f@0100604 g@7777 h@1 i@0  x y@000000 $j@600 -k@'; M -c",
		"mode of 'f' changed from {0644} to {0640}\n"
		"mode of 'g' changed from {0644} to {0604}\n"
		"mode of 'h' changed from {0644} to {7777}\n"
		"mode of 'i' changed from {0644} to {0001}\n"
		"mode of ' x y' changed from {0644} to {0000}\n"
		"mode of '$j' changed from {0644} to {0000}\n"
		"mode of '-k' changed from {0644} to {0600}\n",
		0);
	cli_check_tree(test, "f 640, g 604, h 7777, i 1,  x y 0, $j 0, -k 600");
}

static void errors_of_files(struct cli_test *test)
{
	listed(test, "L '600 f@600 nope@755 f/x@600 g'; M",
		"cannot access 'nope': No such file or directory\n"
		"cannot access 'f/x': Not a directory\n",
		1);
	cli_check_tree(test, "f 600, g 600");
}

static void passes_over_links(struct cli_test *test)
{
	listed(test, "L '777 d/l@120777 d/x@777 dead@640 d/f'; M -v",
		NEITHER("d/l") NEITHER("d/x")
			NEITHER("dead") "mode of 'd/f' changed from {4711} to {0640}\n",
		0);
	listed(test, "L '777 d/l@120777 d/x@777 dead@640 d/f'; M -c", "", 0);
	cli_check_tree(test, "d/f 640");
}

static void audits(struct cli_test *test)
{
	listed(test, "L '2755 d@711 d/f@755 d/s@600 d/s/g@640 d/p@500 d/s@'; M -n",
		"mode of 'd/f' would change from {4711} to {0711}\n"
		"mode of 'd/s' would change from {1777} to {0755}\n"
		"mode of 'd/s' would change from {1777} to {0500}\n",
		0);
	listed(test, "L '711 d/f@600 d/s/g'; M -nv",
		"mode of 'd/f' would change from {4711} to {0711}\n"
		"mode of 'd/s/g' would be retained as {0600}\n",
		0);
	listed(test, "L '711 d/f@711 d/nope@600 d/s/g'; M -nc",
		"mode of 'd/f' would change from {4711} to {0711}\n"
		"cannot access 'd/nope': No such file or directory\n",
		1);
	cli_check_tree(test, NULL);
}

static void is_beneath(struct cli_test *test)
{
	listed(test, "L '644 o@644 d/../o@600 d/m/g@700 d/s@777 d/x@2700 d@'; M --beneath=d",
		"'o' is not beneath 'd'\n"
		"'d/../o' is not beneath 'd'\n"
		"cannot access 'd/m/g': Too many levels of symbolic links\n",
		1);
	cli_check_tree(test, "d/s/ 700, d/ 2700");
}

/* What is right keeps its ctime, even a directory that its owner may not write to. */
static void repairs(struct cli_test *test)
{
	cli_script(test,
		"T() { stat -c '%Z %z' d/f d/s d/s/g; }; T >before; sleep 0.05; "
		"printf '%s\\0' '4711 d/f' '555 d/s' '640 d/s/g' >list; "
		"\"$CHMOD\" --skip-unchanged --modes0-from=list; T >after; "
		"diff before after | grep -c '^>'; rm list before after",
		"1\n", "", 0);
	cli_check_tree(test, "d/s/g 640");
}

/* The same below directories that have their modes, which keep their owner out. */
static void repairs_below(struct cli_test *test)
{
#define REPAIRED                                                                                   \
	"mode of 'd' changed from {0755} to {0500}\n"                                              \
	"mode of 'd/s' retained as {0000}\n"                                                       \
	"mode of 'd/s/t' retained as {0600}\n"                                                     \
	"mode of 'd/s/t/g' changed from {0644} to {0640}\n"                                        \
	"mode of 'd/s/t/h' retained as {0600}\n"
	cli_script(test,
		"printf '%s\\0' '500 d' '0 d/s' '600 d/s/t' '640 d/s/t/g' '600 d/s/t/h' >list; "
		"for j in 1 8; do \"$CHMOD\" 755 d d/s d/s/t; \"$CHMOD\" 644 d/s/t/g; "
		"\"$CHMOD\" 600 d/s/t; \"$CHMOD\" 0 d/s; "
		"\"$CHMOD\" -v -j$j --skip-unchanged --modes0-from=list; done; rm list",
		REPAIRED REPAIRED, "", 0);
#undef REPAIRED
	cli_check_tree(test, "d/ 500, d/s/ 0, d/s/t/ 600, d/s/t/g 640");
}

/* Of several records for one file, by one name or by two, the last counts. */
static void repeated(struct cli_test *test)
{
	cli_script(test,
		"mkdir t; i=0; while [ $i -lt 900 ]; do echo t/$i; i=$((i + 1)); done >names; "
		"xargs touch <names; for i in $(cat names); do ln $i $i.b; done; "
		"{ sed 's/^/700 /' names; sed 's/^/600 /' names; "
		"sed 's/^/640 /; s/$/.b/' names; } | tr '\\n' '\\000' >list; "
		"for j in 1 2 4 8; do \"$CHMOD\" -R 777 t; "
		"\"$CHMOD\" -j$j -v --modes0-from=list >o$j; cmp o1 o$j; "
		"find t ! -perm 640 -type f | wc -l; "
		"\"$CHMOD\" -j$j --modes0-from=list; find t ! -perm 640 -type f | wc -l; done; "
		"rm -rf names list o? t",
		"0\n0\n0\n0\n0\n0\n0\n0\n", "", 0);
	cli_check_tree(test, NULL);
}

/* Enough records for several workers and for several windows: the output is that of one. */
static void many_in_order(struct cli_test *test)
{
	cli_script(test,
		"mkdir t; i=0; while [ $i -lt 3000 ]; do echo t/$i; i=$((i + 1)); done >names; "
		"xargs touch <names; (cd t; ln 7 hard; ln 7 other); "
		"{ for i in $(cat names); do printf '6%02o %s@bad@600 t/no@' "
		"$((${i#t/} % 64)) $i; done; printf '700 t/hard@701 t/other@'; } | "
		"tr @ '\\000' >list; "
		"for j in 1 2 8; do \"$CHMOD\" -R 777 t; "
		"\"$CHMOD\" -j$j --modes0-from=list >o$j 2>&1; echo $?; cmp o1 o$j; "
		"find t -printf '%m %p\\n' | sort >m$j; cmp m1 m$j; "
		"\"$CHMOD\" -j$j -nv --modes0-from=list >n$j 2>&1; cmp n1 n$j; "
		"\"$CHMOD\" -R 777 t; \"$CHMOD\" -j$j -v --modes0-from=list >v$j 2>&1; "
		"cmp v1 v$j; done; grep -c . o1 v1; sed -n 1p m1; grep '/7$' m1; "
		"rm -rf names list o? m? n? v? t",
		"1\n1\n1\no1:6000\nv1:12002\n600 t/0\n701 t/7\n", "", 0);
}

#define TOO_LONG(where)                                                                            \
	where ": longer than any path; each record must end in a null byte, as find -printf "      \
	      "'%m %p\\0' writes it\n"

/* The longest path, and a list that has no null bytes. */
static void long_records(struct cli_test *test)
{
	cli_script(test,
		"E() { \"$CHMOD\" --modes0-from=$1 2>err; s=$?; sed 's/^[^:]*: //' err | tr -d x; "
		"rm -f err list; return $s; };"
		"X() { head -c $1 /dev/zero | tr '\\0' x; };"
		"{ printf '0100600 '; X 4095; printf '@600 g'; } | tr @ '\\000' >list; E list; "
		"{ printf '0100600 '; X 4096; printf '@600 f'; } | tr @ '\\000' >list; E list; "
		"yes 644 f | head -c 4000000 | E -",
		"cannot access '': File name too long\n" TOO_LONG("list:1") TOO_LONG("-:1"), "", 1);
	cli_check_tree(test, "f 600, g 600");
}

static const struct cli_row rows[] = {
	F("a list of find undoes what was done", TREE, undoes, OURS),
	F("the same by an owner to whom the tree is closed", "d/ 755, d/f 644, d/s/ 755, d/s/g 600",
		undoes_as_owner, OURS),
	F("closed directories in each other", "a/, a/b/, a/b/c/, a/b/c/f", closes_from_below, OURS),
	F("closed directories, listed from below", "a/, a/b/, a/b/c/, a/b/c/f", closes_in_any_order,
		OURS),
	F("closed directories, by longer names", "a/, a/b/, a/b/c/", closes_by_longer_names, OURS),
	F("a closed directory, listed twice", "a/, a/b/", closes_repeatedly, OURS),
	F("records that are none", "f 600", bad_records, OURS),
	F("records of all kinds", "f, g, h, i,  x y, $j, -k", good_records, OURS),
	F("files that cannot be had", "f, g", errors_of_files, OURS),
	F("links in a list", TREE ", dead -> nope", passes_over_links, OURS),
	F("an audit", TREE, audits, OURS),
	F("a list with --beneath", TREE ", d/m -> s", is_beneath, OURS),
	F("a repair", "d/, d/f 4711, d/s/ 555, d/s/g 600", repairs, OURS),
	F("a repair below closed directories", "d/, d/s/ 755, d/s/t/ 755, d/s/t/g 600, d/s/t/h 600",
		repairs_below, OURS),
	F("many records, in order", "f", many_in_order, OURS),
	F("several records for one file", "f", repeated, OURS),
	F("long records", "f, g", long_records, OURS),
	T("f 644", "--modes0-from=/dev/null", OURS),
	T("f 644, d/", "--modes0-from=d", FAILS, ERR(E("d: read error: Is a directory")), OURS),
	T("f 644", "--modes0-from=nope", FAILS, ERR(E("cannot open 'nope' for reading: " NOENT)),
		OURS),

	/* The command line. */
	T("f 644", "--modes0-from=- 600 f", FAILS,
		ERR(E("extra operand '600'"), "operands cannot be combined with --modes0-from\n",
			TRY),
		OURS),
	T("f 644", "--modes0-from=- -w", USAGE("cannot combine --modes0-from and a mode"), OURS),
	T("f 644", "--modes0-from=- --reference=f",
		USAGE("cannot combine --modes0-from and --reference"), OURS),
	T("f 644", "--modes0-from=- --files0-from=f",
		USAGE("cannot combine --modes0-from and --files0-from"), OURS),
	T("f 644", "-R --modes0-from=-", USAGE("cannot combine --modes0-from and --recursive"),
		OURS),
	T("f 644", "-L --modes0-from=-", USAGE("cannot combine --modes0-from and -L"), OURS),
	T("f 644", "--dereference --modes0-from=-",
		USAGE("cannot combine --modes0-from and --dereference"), OURS),
	T("f 644", "-h -H -P --modes0-from=/dev/null", OURS),
	T("f 644", "--modes0-from", USAGE("option '--modes0-from' requires an argument"), OURS),
	T("f 644", "--modes0=x", USAGE("unrecognized option '--modes0=x'")),
};

const struct cli_group cli_modes0 = CLI_GROUP(modes0);
