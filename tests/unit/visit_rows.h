/* Names of every kind, and how they are shown to a visitor: see visit_fixture.h. */
#ifndef VISIT_ROWS_H
#define VISIT_ROWS_H

#include <dirent.h>

static const struct {
	const char *links, *name, *shown; /* LINKS: some of -P, -H and -L */
} operand_rows[] = {
	{"HL", "f", "visit file f operand followed other pin; "},
	{"P", "f", "visit file f operand other pin; "},
	{"P", "p", "visit fifo p operand other pin; "},
	{"HL", "d", "visit dir d operand followed other pin; "},
	{"P", "d", "visit dir d operand other pin; "},
	{"HL", "l", "visit file l operand followed other pin; "},
	{"P", "l", "visit link l operand other pin; "},
	{"HL", "ld", "visit dir ld operand followed other pin; "},
	{"P", "ld", "visit link ld operand other pin; "},
	{"P", "ld/", "visit dir ld/ operand other pin; "},
	{"HL", "dang", "dangling link dang operand; "},
	{"P", "dang", "visit link dang operand other pin; "},
	{"HL", "loop", "no access unknown loop operand: ELOOP; "},
	{"P", "loop", "visit link loop operand other pin; "},
	{"HLP", "dang/", "no access unknown dang/ operand: ENOENT; "},
	{"HLP", "nope", "no access unknown nope operand: ENOENT; "},
	{"HLP", "", "no access unknown  operand: ENOENT; "},
	{"HLP", "f/x", "no access unknown f/x operand: ENOTDIR; "},
	{"HLP", "l/", "no access unknown l/ operand: ENOTDIR; "},
};

static const struct {
	const char *links, *name;
	unsigned char type; /* what the directory says */
	const char *shown;
} entry_rows[] = {
	/* Nothing is looked at that need not be. */
	{"HLP", "f", DT_REG, "visit file d/f; "},
	{"HLP", "p", DT_FIFO, "visit fifo d/p; "},
	{"HP", "l", DT_LNK, "visit link d/l; "},
	{"HP", "dang", DT_LNK, "visit link d/dang; "},
	{"HLP", "nope", DT_REG, "visit file d/nope; "},
	/* A directory is opened at once. */
	{"HLP", "s", DT_DIR, "visit dir d/s open; "},
	{"L", "l", DT_LNK, "visit file d/l followed pin; "},
	{"L", "ls", DT_LNK, "visit dir d/ls followed pin; "},
	{"L", "dang", DT_LNK, "dangling link d/dang; "},
	{"L", "loop", DT_LNK, "no access link d/loop: ELOOP; "},
	/* Whatever it is is found out. */
	{"HP", "f", DT_UNKNOWN, "visit file d/f pin; "},
	{"L", "f", DT_UNKNOWN, "visit file d/f followed pin; "},
	{"HP", "s", DT_UNKNOWN, "visit dir d/s pin; "},
	{"HP", "l", DT_UNKNOWN, "visit link d/l pin; "},
	{"HP", "dang", DT_UNKNOWN, "visit link d/dang pin; "},
	{"L", "l", DT_UNKNOWN, "visit file d/l followed pin; "},
	{"L", "dang", DT_UNKNOWN, "dangling link d/dang; "},
	{"HLP", "nope", DT_UNKNOWN, "no access unknown d/nope: ENOENT; "},
	/* What has become another type since it was read. */
	{"HP", "f", DT_DIR, "visit file d/f pin; "},
	{"HP", "ls", DT_DIR, "visit link d/ls pin; "},
	{"L", "ls", DT_DIR, "visit dir d/ls followed pin; "},
	{"HLP", "nope", DT_DIR, "no access dir d/nope: ENOENT; "},
	{"L", "s", DT_LNK, "visit dir d/s followed pin; "},
};

#endif
