/*
 * Command lines, and what is made of them: SPEC.md 1, and the options of DESIGN.md 6.
 */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include <stdbool.h>

/*
 * Elements are separated by blanks, '' is an empty one. MEANS names what is not as it is without
 * options: see described() in cli_test.c.
 */
struct line_row {
	const char *line, *means;
};

static const struct line_row line_rows[] = {
	{"755 f", "mode=755 files=f"},
	{"u+x,go=r f g h", "mode=u+x,go=r files=f g h"},
	{"bogus f", "mode=bogus files=f"}, /* compiled later */
	{"'' f", "mode= files=f"},
	{"755 ''", "mode=755 files="},

	/* 1.2: options, of which the last counts */
	{"-c 755 f", "changes mode=755 files=f"},
	{"-v 755 f", "verbose mode=755 files=f"},
	{"-vc 755 f", "changes mode=755 files=f"},
	{"-cv 755 f", "verbose mode=755 files=f"},
	{"-c -v -c 755 f", "changes mode=755 files=f"},
	{"-f 755 f", "quiet mode=755 files=f"},
	{"-vf 755 f", "verbose quiet mode=755 files=f"},
	{"-R 755 f", "recursive mode=755 files=f"},
	{"-RR -R 755 f", "recursive mode=755 files=f"},
	{"--preserve-root 755 f", "preserve-root mode=755 files=f"},
	{"--no-preserve-root 755 f", "mode=755 files=f"},
	{"--preserve-root --no-preserve-root 755 f", "mode=755 files=f"},
	{"--no-preserve-root --preserve-root 755 f", "preserve-root mode=755 files=f"},
	{"--reference=r f", "reference=r files=f"},
	{"--reference r f", "reference=r files=f"},
	{"--reference= f", "reference= files=f"},
	{"--reference -v f", "reference=-v files=f"},
	{"--reference -- f", "reference=-- files=f"},
	{"--reference=a=b f", "reference=a=b files=f"},
	{"--reference=r --reference=s f", "reference=s files=f"},
	{"f g --reference=r", "reference=r files=f g"},
	{"--reference=r 755 f", "reference=r files=755 f"},
	{"-Rfv 755 f", "verbose quiet recursive mode=755 files=f"},
	{"-RHv 755 f", "verbose recursive mode=755 files=f"},

	/* 1.2: permutation */
	{"755 f -v", "verbose mode=755 files=f"},
	{"755 -v f", "verbose mode=755 files=f"},
	{"755 f -R g --quiet h", "quiet recursive mode=755 files=f g h"},
	{"755 f -- -v", "mode=755 files=f -v"},
	{"755 -- f -v", "mode=755 files=f -v"},
	{"-v -- 755 f", "verbose mode=755 files=f"},
	{"-- 755 -- f", "mode=755 files=-- f"},
	{"-- 755 f --", "mode=755 files=f --"},
	{"755 --", "missing operand after '755'"},
	{"- f", "mode=- files=f"},
	{"755 -", "mode=755 files=-"},
	{"755 f - -v", "verbose mode=755 files=f -"},

	/* 1.3: modes that look like options */
	{"-w f", "option-mode=-w files=f"},
	{"f -w", "option-mode=-w files=f"},
	{"-w -x f", "option-mode=-w,-x files=f"},
	{"f -x g -w", "option-mode=-x,-w files=f g"},
	{"-w -x -r -s f", "option-mode=-w,-x,-r,-s files=f"},
	{"-w -w f", "option-mode=-w,-w files=f"},
	{"-w 755 f", "option-mode=-w files=755 f"},
	{"u+x -w f", "option-mode=-w files=u+x f"},
	{"-- -w f", "mode=-w files=f"},
	{"-w -- -x", "option-mode=-w files=-x"},
	{"-w -v f", "verbose option-mode=-w files=f"},
	{"-w --verbose f -R", "verbose recursive option-mode=-w files=f"},
	{"-- --r f", "mode=--r files=f"},
	{"-wv f", "option-mode=-wv files=f"},
	{"-wR f", "option-mode=-wR files=f"},
	{"-w8 f", "option-mode=-w8 files=f"},
	{"-u+x f", "option-mode=-u+x files=f"},
	{"-r,u+w f", "option-mode=-r,u+w files=f"},
	{"-,u+x f", "option-mode=-,u+x files=f"},
	{"-=600 f", "option-mode=-=600 files=f"},
	{"-644 f", "option-mode=-644 files=f"},
	{"-a f", "option-mode=-a files=f"},
	{"-Rw f", "recursive option-mode=-Rw files=f"},
	{"-vw f", "verbose option-mode=-vw files=f"},
	{"-fu+x f", "quiet option-mode=-fu+x files=f"},
	{"-v755 f", "verbose option-mode=-v755 files=f"},
	{"-HLPw f", "walk=none option-mode=-HLPw files=f"},

	/* 5.2: links; without -R, too */
	{"-H 755 f", "mode=755 files=f"},
	{"-L 755 f", "walk=all change=all mode=755 files=f"},
	{"-P 755 f", "walk=none mode=755 files=f"},
	{"-LP 755 f", "walk=none mode=755 files=f"},
	{"-PL 755 f", "walk=all change=all mode=755 files=f"},
	{"-LH 755 f", "mode=755 files=f"},
	{"-h 755 f", "change=none mode=755 files=f"},
	{"--dereference 755 f", "change=all mode=755 files=f"},
	{"-h --dereference 755 f", "change=all mode=755 files=f"},
	{"--dereference -h 755 f", "change=none mode=755 files=f"},
	{"-hL 755 f", "walk=all change=none mode=755 files=f"},
	{"-hP 755 f", "walk=none change=none mode=755 files=f"},
	{"-P --dereference 755 f", "walk=none change=all mode=755 files=f"},
	{"-R 755 f -P", "recursive walk=none change=none mode=755 files=f"},
	{"-RPh 755 f", "recursive walk=none change=none mode=755 files=f"},
	{"-RL 755 f", "recursive walk=all change=all mode=755 files=f"},
	{"-RLh 755 f", "recursive walk=all change=none mode=755 files=f"},
	{"-R --dereference 755 f", "recursive change=all mode=755 files=f"},
	{"-RH --dereference 755 f", "recursive change=all mode=755 files=f"},
	{"-RPL --dereference 755 f", "recursive walk=all change=all mode=755 files=f"},
	{"-RP --dereference -h 755 f", "recursive walk=none change=none mode=755 files=f"},

	/* what no other chmod has */
	{"-n 755 f", "dry-run mode=755 files=f"},
	{"--dry-run 755 f", "dry-run mode=755 files=f"},
	{"-Rnv 755 f", "verbose recursive dry-run mode=755 files=f"},
	{"--skip-unchanged 755 f", "skip-unchanged mode=755 files=f"},
	{"-R 755 f --one-file-system", "recursive one-file-system mode=755 files=f"},
	{"--progress 755 f", "progress mode=755 files=f"},
	{"--exclude=*.o 755 f", "exclude=*.o mode=755 files=f"},
	{"--exclude a --exclude= --exclude=b 755 f", "exclude=a,,b mode=755 files=f"},
	{"--include=*.sh --exclude=x/ --include a/// 755 f",
		"exclude=x include=*.sh,a mode=755 files=f"},
	{"--contents-first --contents-first 755 f", "contents-first mode=755 files=f"},
	{"--files0-from=l 755", "files0-from=l mode=755 files="},
	{"--files0-from - -w", "files0-from=- option-mode=-w files="},
	{"--reference=r --files0-from=a --files0-from=b", "reference=r files0-from=b files="},
	{"-nw f", "dry-run option-mode=-nw files=f"},

	/* workers */
	{"-j1 755 f", "jobs=1 mode=755 files=f"},
	{"-j 1 755 f", "jobs=1 mode=755 files=f"},
	{"-j64 755 f", "jobs=64 mode=755 files=f"},
	{"-j 064 755 f", "jobs=64 mode=755 files=f"},
	{"-j 00000000000000000000000002 755 f", "jobs=2 mode=755 files=f"},
	{"--jobs=7 755 f", "jobs=7 mode=755 files=f"},
	{"--jobs 7 755 f", "jobs=7 mode=755 files=f"},
	{"-Rj4 755 f", "recursive jobs=4 mode=755 files=f"},
	{"-Rvj 4 755 f", "verbose recursive jobs=4 mode=755 files=f"},
	{"-j4 -j5 755 f", "jobs=5 mode=755 files=f"},
	{"755 f -j4", "jobs=4 mode=755 files=f"},
	{"-wj4 f", "option-mode=-wj4 files=f"},

	/* 1.5: a missing operand goes before what is found out later */
	{"", "missing operand"},
	{"--", "missing operand"},
	{"755", "missing operand after '755'"},
	{"bogus", "missing operand after 'bogus'"},
	{"-v 755 -R", "missing operand after '755'"},
	{"755 -j 4", "missing operand after '755'"},
	{"-w", "missing operand"},
	{"-R", "missing operand"},
	{"--reference=nope", "missing operand"},
	{"it's", "missing operand after 'it\\'s'"},

	{"--reference=r -w f", "cannot combine mode and --reference options"},
	{"-w --reference=r f", "cannot combine mode and --reference options"},
	{"-w --reference=r", "cannot combine mode and --reference options"},

	{"-z f", "invalid option -- 'z'"},
	{"755 f -z", "invalid option -- 'z'"},
	{"-Rz", "invalid option -- 'z'"},
	{"-zw", "invalid option -- 'z'"},
	{"-8 f", "invalid option -- '8'"},
	{"-9", "invalid option -- '9'"},
	{"-v-w f", "invalid option -- '-'"},
	{"-\xc3\xa9 f", "invalid option -- '\xc3'"},
	{"--foo", "unrecognized option '--foo'"},
	{"--foo=bar", "unrecognized option '--foo=bar'"},
	{"--w f", "unrecognized option '--w'"},
	{"--=x", "option '--=x' is ambiguous; possibilities: '--changes' '--dereference'"
		 " '--recursive' '--no-dereference' '--no-preserve-root' '--preserve-root'"
		 " '--quiet' '--reference' '--silent' '--verbose' '--help' '--version'"},
	{"--recursive=x", "option '--recursive' doesn't allow an argument"},
	{"--rec= 755 f", "option '--recursive' doesn't allow an argument"},
	{"--help=x", "option '--help' doesn't allow an argument"},
	{"--reference", "option '--reference' requires an argument"},
	{"755 f --ref", "option '--reference' requires an argument"},
	{"--re=x", "option '--re=x' is ambiguous; possibilities: '--recursive' '--reference'"},
	{"-j", "option requires an argument -- 'j'"},
	{"755 f -Rj", "option requires an argument -- 'j'"},
	{"--jobs", "option '--jobs' requires an argument"},
	{"--job=4 755 f", "unrecognized option '--job=4'"},
	{"--dry-run=x 755 f", "option '--dry-run' doesn't allow an argument"},
	{"755 f --exclude", "option '--exclude' requires an argument"},
	{"755 --files0-from", "option '--files0-from' requires an argument"},
	{"--files0-from=l", "missing operand"},

	/* The first error counts. */
	{"-z --foo", "invalid option -- 'z'"},
	{"--foo -z", "unrecognized option '--foo'"},
	{"-w --reference=r -z", "invalid option -- 'z'"},
	{"-z --help", "invalid option -- 'z'"},
};

/* Errors that are told without the line that points to --help. */
static const struct line_row other_error_rows[] = {
	{"-RP --dereference 755 f", "-R --dereference requires either -H or -L"},
	{"--dereference -P 755 f -R", "-R --dereference requires either -H or -L"},
	{"-fRP --dereference 755 f", "-R --dereference requires either -H or -L"},
	{"-RP --dereference", "-R --dereference requires either -H or -L"},
	{"-RP --dereference -w --reference=r", "-R --dereference requires either -H or -L"},
	{"-j 0 755 f", "invalid number of jobs: '0'"},
	{"-j 65 755 f", "invalid number of jobs: '65'"},
	{"-j 650 755 f", "invalid number of jobs: '650'"},
	{"-j 4294967297 755 f", "invalid number of jobs: '4294967297'"},
	{"-j 18446744073709551617 755 f", "invalid number of jobs: '18446744073709551617'"},
	{"-j -1 755 f", "invalid number of jobs: '-1'"},
	{"-j +1 755 f", "invalid number of jobs: '+1'"},
	{"-j '' 755 f", "invalid number of jobs: ''"},
	{"-j 4x 755 f", "invalid number of jobs: '4x'"},
	{"-j4R 755 f", "invalid number of jobs: '4R'"},
	{"-j4: 755 f", "invalid number of jobs: '4:'"},
	{"-j4/ 755 f", "invalid number of jobs: '4/'"},
	{"-j -- 755 f", "invalid number of jobs: '--'"},
	{"--jobs= 755 f", "invalid number of jobs: ''"},
	{"--jobs=100 -z", "invalid number of jobs: '100'"},
};

/* Errors with a second line. */
static const struct line_row files0_rows[] = {
	{"--files0-from=l 755 f g", "extra operand 'f'"},
	{"755 f --files0-from=l", "extra operand 'f'"},
	{"--files0-from=l -w 755", "extra operand '755'"},
	{"--files0-from=l --reference=r it's", "extra operand 'it\\'s'"},
};

/* With POSIXLY_CORRECT in the environment. */
static const struct line_row posix_rows[] = {
	{"755 f -v", "mode=755 files=f -v"},
	{"-v 755 -R f", "verbose mode=755 files=-R f"},
	{"755 -- f", "mode=755 files=-- f"},
	{"-w f -x", "option-mode=-w files=f -x"},
	{"-w -x f", "option-mode=-w,-x files=f"},
	{"-v -- 755 f", "verbose mode=755 files=f"},
	{"755 --help", "mode=755 files=--help"},
	{"- -v", "mode=- files=-v"},
	{"--reference r f -v", "reference=r files=f -v"},
	{"755", "missing operand after '755'"},
};

/* --help or --version is answered the moment it is met. */
static const char *const helped_rows[] = {
	"--help",
	"--version",
	"--help -z",
	"--version --foo",
	"755 f --help",
	"--hel",
	"--vers",
	"-w --reference=r --help",
	"-RP --dereference --help",
	"--help -RP --dereference",
	"-Rv --version 755 f",
};

#endif
