/* SPDX-License-Identifier: MIT */
/*
 * Directories that are moved away while the program is below them (departure moved-is-error). Going
 * up it must not go on in the directory to which ".." leads now, nor in one that has been put in
 * the place of the right one.
 *
 * "a" has two entries, x and y, that are alike. Whichever comes first, the other is still to be
 * done when the program comes back. Wherever it could be misled to there are an x and a y as well.
 * Waiting directories are closed because there are few descriptors, or many levels.
 */
#include "race.h"

#define TREE   "top/ 775, top/a/ 775, top/a/x/ 775, top/a/y/ 775"
#define CHAINS .chains = "top/a/x top/a/y"

/* Where it is moved to. Nothing here may be changed. */
#define NEW_PLACE                                                                                  \
	", new/ 777, new/x/ 731 (root), new/x/1/ 731 (root), new/y/ 731 (root), new/y/1/ 731 "     \
	"(root)"
#define IN_NEW_PLACE "new new/x new/x/1 new/y new/y/1"

/* What is put where "a" was, or where "top" was. */
#define TRAP    ", trap/ 733 (root), trap/x/ 731 (root), trap/y/ 731 (root)"
#define IN_TRAP "trap trap/x trap/y"
#define DEEP_TRAP                                                                                  \
	", trap/ 733 (root), trap/a/ 731 (root), trap/a/x/ 731 (root), trap/a/y/ 731 (root)"
#define IN_DEEP_TRAP "trap trap/a trap/a/x trap/a/y"

#define FEW  .chain_length = 9, .files = 8
#define MANY .chain_length = 75

#define ALL_DONE .nothing_left = 0775, .runs = {{.spec = "755"}, {.spec = "u+x,g-w"}}
#define NOT_ALL_DONE                                                                               \
	.runs = {{.spec = "755", .status = 1, .err = "top/a"},                                     \
		{.spec = "u+x,g-w", .status = 1, .err = "top/a"}}
#define LITTLE_DONE                                                                                \
	.runs = {{.spec = "755", .status = 1, .err = "top"},                                       \
		{.spec = "u+x,g-w", .status = 1, .err = "top"}}

static const struct race_row rows[] = {
	/* ---- moved: what has been moved is done, and the rest is found again */
	R("moved away while it is read, all descriptors open", TREE NEW_PLACE, "-R SPEC top",
		.victims = IN_NEW_PLACE, CHAINS, .chain_length = 3,
		.swaps = {{"read:a/[xy]", "mv @1 new/moved"}}, ALL_DONE),
	R("moved away while the program is below, few descriptors", TREE NEW_PLACE, "-R SPEC top",
		.victims = IN_NEW_PLACE, CHAINS, FEW,
		.swaps = {{"read:a/[xy]", ""}, {"read:9", "mv @1 new/moved"},
			{"open:moved/*..", ""}},
		ALL_DONE),
	R("moved away while the program is below, many levels", TREE NEW_PLACE, "-R SPEC top",
		.victims = IN_NEW_PLACE, CHAINS, MANY,
		.swaps = {{"read:a/[xy]", ""}, {"read:75", "mv @1 new/moved"},
			{"open:moved/*..", ""}},
		ALL_DONE),
	R("moved away just before the program goes up, few descriptors", TREE NEW_PLACE,
		"-R SPEC top", .victims = IN_NEW_PLACE, CHAINS, FEW,
		.swaps = {{"read:a/[xy]", ""}, {"open:a/[xy]/*..", "mv @1 new/moved"}}, ALL_DONE),
	R("moved away just before the program goes up, many levels", TREE NEW_PLACE, "-R SPEC top",
		.victims = IN_NEW_PLACE, CHAINS, MANY,
		.swaps = {{"read:a/[xy]", ""}, {"open:a/[xy]/*..", "mv @1 new/moved"}}, ALL_DONE),
	R("its parent is moved away, few descriptors", TREE NEW_PLACE, "-R SPEC top",
		.victims = IN_NEW_PLACE, CHAINS, FEW,
		.swaps = {{"read:9", "mv top/a new/moved"}, {"open:moved/*..", ""}}, ALL_DONE),
	R("its parent is moved away, many levels", TREE NEW_PLACE, "-R SPEC top",
		.victims = IN_NEW_PLACE, CHAINS, MANY,
		.swaps = {{"read:75", "mv top/a new/moved"}, {"open:moved/*..", ""}}, ALL_DONE),

	/* ---- moved, and something else put where the rest would be looked for */
	R("moved, and its parent replaced by a link, few descriptors", TREE NEW_PLACE TRAP,
		"-R SPEC top", .victims = "new/x new/y " IN_TRAP, CHAINS, FEW,
		.swaps = {{"read:a/[xy]", ""},
			{"open:a/[xy]/*..", "mv @1 new/moved, mv top/a new/a, ln ../trap top/a"}},
		NOT_ALL_DONE),
	R("moved, and its parent replaced by a link, many levels", TREE NEW_PLACE TRAP,
		"-R SPEC top", .victims = "new/x new/y " IN_TRAP, CHAINS, MANY,
		.swaps = {{"read:a/[xy]", ""},
			{"open:a/[xy]/*..", "mv @1 new/moved, mv top/a new/a, ln ../trap top/a"}},
		NOT_ALL_DONE),
	R("moved, and its parent replaced by a directory, few descriptors", TREE NEW_PLACE TRAP,
		"-R SPEC top", .victims = "new/x new/y " IN_TRAP, CHAINS, FEW,
		.swaps = {{"read:a/[xy]", ""},
			{"open:a/[xy]/*..", "mv @1 new/moved, exchange top/a trap"}},
		NOT_ALL_DONE),
	R("moved, and its parent replaced by a directory, many levels", TREE NEW_PLACE TRAP,
		"-R SPEC top", .victims = "new/x new/y " IN_TRAP, CHAINS, MANY,
		.swaps = {{"read:a/[xy]", ""},
			{"open:a/[xy]/*..", "mv @1 new/moved, exchange top/a trap"}},
		NOT_ALL_DONE),
	R("moved, and the link put there when the way from above begins", TREE NEW_PLACE TRAP,
		"-R SPEC top", .victims = "new/x new/y " IN_TRAP, CHAINS, FEW,
		.swaps = {{"read:a/[xy]", ""}, {"open:a/[xy]/*..", "mv @1 new/moved"},
			{"open:top/a", "mv top/a new/a, ln ../trap top/a"}},
		NOT_ALL_DONE),
	R("moved, and the operand replaced by a link, few descriptors", TREE NEW_PLACE DEEP_TRAP,
		"-R SPEC top", .victims = "new/x new/y " IN_DEEP_TRAP, CHAINS, FEW,
		.swaps = {{"read:a/[xy]", ""},
			{"open:a/[xy]/*..", "mv @1 new/moved, mv top new/top, ln trap top"}},
		LITTLE_DONE),
	R("moved, and the operand replaced by a link, many levels", TREE NEW_PLACE DEEP_TRAP,
		"-R SPEC top", .victims = "new/x new/y " IN_DEEP_TRAP, CHAINS, MANY,
		.swaps = {{"read:a/[xy]", ""},
			{"open:a/[xy]/*..", "mv @1 new/moved, mv top new/top, ln trap top"}},
		LITTLE_DONE),
	R("moved, and the operand replaced by a directory, few descriptors",
		TREE NEW_PLACE DEEP_TRAP, "-R SPEC top", .victims = "new/x new/y " IN_DEEP_TRAP,
		CHAINS, FEW,
		.swaps = {{"read:a/[xy]", ""},
			{"open:a/[xy]/*..", "mv @1 new/moved, exchange top trap"}},
		LITTLE_DONE),
};

const struct race_group race_moves = {
	.name = "moves",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_ONE,
};
