/* SPDX-License-Identifier: MIT */
/* Names of every kind, and how they are shown to a visitor: see visit_fixture.h. */
#ifndef VISIT_ROWS_H
#define VISIT_ROWS_H

#include <dirent.h>

#define TREE                                                                                       \
	"f, p|, l -> f, ld -> d, dang -> nope, loop -> loop, d/, d/f, d/p|, d/s/, d/l -> f, "      \
	"d/ls -> s, d/dang -> nope, d/loop -> loop"

static const struct {
	const char *links, *name; /* LINKS: some of -P, -H and -L */
	unsigned how;
	const char *shown;
} operand_rows[] = {
	{"HL", "f", 0, "visit file f operand followed other pin; "},
	{"HL", "f", RECURSE, "visit file f operand followed other pin; "},
	{"P", "f", 0, "visit file f operand other pin; "},
	{"P", "p", RECURSE, "visit fifo p operand other pin; "},
	/* A directory that is to be read is opened for that first. */
	{"HL", "d", 0, "visit dir d operand followed other pin; "},
	{"HL", "d", RECURSE, "visit dir d operand followed other open; "},
	{"P", "d", RECURSE, "visit dir d operand other open; "},
	{"HL", "l", 0, "visit file l operand followed other pin; "},
	{"P", "l", RECURSE, "visit link l operand other pin; "},
	{"HL", "ld", RECURSE, "visit dir ld operand followed other open; "},
	{"P", "ld", RECURSE, "visit link ld operand other pin; "},
	{"P", "ld/", RECURSE, "visit dir ld/ operand other open; "},
	{"HL", "dang", RECURSE, "dangling link dang operand; "},
	{"P", "dang", RECURSE, "visit link dang operand other pin; "},
	{"HL", "loop", 0, "no access unknown loop operand: ELOOP; "},
	{"P", "loop", 0, "visit link loop operand other pin; "},
	{"HLP", "dang/", RECURSE, "no access unknown dang/ operand: ENOENT; "},
	{"HLP", "nope", 0, "no access unknown nope operand: ENOENT; "},
	{"HLP", "nope", RECURSE, "no access unknown nope operand: ENOENT; "},
	{"HLP", "", RECURSE, "no access unknown  operand: ENOENT; "},
	{"HLP", "f/x", RECURSE, "no access unknown f/x operand: ENOTDIR; "},
	{"HLP", "l/", RECURSE, "no access unknown l/ operand: ENOTDIR; "},
	/* By name, if it is no directory. */
	{"HL", "f", BY_NAME, "visit file f operand followed other by name; "},
	{"HL", "p", BY_NAME, "visit fifo p operand followed other by name; "},
	{"HL", "l", BY_NAME, "visit file l operand followed other by name; "},
	{"HL", "d", BY_NAME, "visit dir d operand followed other pin; "},
	{"HL", "ld", BY_NAME, "visit dir ld operand followed other pin; "},
	{"HL", "dang", BY_NAME, "dangling link dang operand; "},
	{"HL", "loop", BY_NAME, "no access unknown loop operand: ELOOP; "},
	{"HL", "nope", BY_NAME, "no access unknown nope operand: ENOENT; "},
	{"HL", "f/x", BY_NAME, "no access unknown f/x operand: ENOTDIR; "},
};

static const struct {
	const char *links, *name;
	unsigned char type; /* what the directory says */
	const char *shown;
} entry_rows[] = {
	/* Files are not examined if their type is enough. */
	{"HLP", "f", DT_REG, "visit file d/f; "},
	{"HLP", "p", DT_FIFO, "visit fifo d/p; "},
	{"HP", "l", DT_LNK, "visit link d/l; "},
	{"HP", "dang", DT_LNK, "visit link d/dang; "},
	{"HLP", "nope", DT_REG, "visit file d/nope; "},
	{"HP", "s", DT_DIR, "visit dir d/s open; "},
	{"L", "s", DT_DIR, "visit dir d/s followed open; "},
	{"L", "l", DT_LNK, "visit file d/l followed pin; "},
	{"L", "ls", DT_LNK, "visit dir d/ls followed open; "},
	{"L", "dang", DT_LNK, "dangling link d/dang; "},
	{"L", "loop", DT_LNK, "no access link d/loop: ELOOP; "},
	/* An unknown type is found out. */
	{"HP", "f", DT_UNKNOWN, "visit file d/f pin; "},
	{"L", "f", DT_UNKNOWN, "visit file d/f followed pin; "},
	{"HP", "s", DT_UNKNOWN, "visit dir d/s open; "},
	{"HP", "l", DT_UNKNOWN, "visit link d/l pin; "},
	{"HP", "dang", DT_UNKNOWN, "visit link d/dang pin; "},
	{"L", "l", DT_UNKNOWN, "visit file d/l followed pin; "},
	{"L", "dang", DT_UNKNOWN, "dangling link d/dang; "},
	{"HLP", "nope", DT_UNKNOWN, "no access unknown d/nope: ENOENT; "},
	/* The type has changed since the directory was read. */
	{"HP", "f", DT_DIR, "visit file d/f pin; "},
	{"HP", "p", DT_DIR, "visit fifo d/p pin; "},
	{"HP", "ls", DT_DIR, "visit link d/ls pin; "},
	{"L", "ls", DT_DIR, "visit dir d/ls followed open; "},
	{"HLP", "nope", DT_DIR, "no access dir d/nope: ENOENT; "},
	{"L", "s", DT_LNK, "visit dir d/s followed open; "},
};

#endif
