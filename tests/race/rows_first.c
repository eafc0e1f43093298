/* SPDX-License-Identifier: MIT */
/*
 * --contents-first: a directory is changed when all in it is done, by the descriptor through which
 * it was read, or when it has been found again; never what has got its name meanwhile. It is not
 * writable for others before.
 *
 * "trap" is what the attacker puts in the place of a directory; it must not be changed.
 */
#include "race.h"

#define TREE    "top/ 775, top/a/ 775, top/a/f 775, trap/ 733 (root), trap/f 731 (root), new/ 777"
#define IN_TRAP "trap trap/f"
#define ARGS    "-R --contents-first SPEC top"

#define ALL_DONE .nothing_left = 0775, .runs = {{.spec = "755"}, {.spec = "u+x,g-w"}}
#define NOT_ALL_DONE(what)                                                                         \
	.runs = {{.spec = "755", .status = 1, .err = what},                                        \
		{.spec = "u+x,g-w", .status = 1, .err = what}}

/* "a" is closed while the program is below it: there are few descriptors, or many levels. */
#define CHAIN_TREE                                                                                 \
	"top/ 775, top/a/ 775, top/a/x/ 775, trap/ 733 (root), trap/x/ 733 (root), new/ 777"
#define IN_CHAIN_TRAP "trap trap/x"
#define FEW           .chains = "top/a/x", .chain_length = 9, .files = 8
#define MANY          .chains = "top/a/x", .chain_length = 75

#define WRITABLE_TREE                                                                              \
	"top/ 755 (root), top/a/ 755 (root), top/a/f 644 (root), top/f 644 (root), "               \
	"other 620 (root)"
#define REFUSED_IN_TOP "!ln x top/y, !exchange top/f other"
#define REFUSED_IN_A   "!ln x top/a/y, !exchange top/a/f other"

static const struct race_row rows[] = {
	{
		RACE_HERE,
		.name = "exchanged while its file is changed",
		.tree = TREE,
		.victims = IN_TRAP,
		.args = ARGS,
		.swaps = {{"chmod:a/f", "exchange top/a trap"}},
		ALL_DONE,
	},
	{
		RACE_HERE,
		.name = "exchanged when it is read to its end",
		.tree = TREE,
		.victims = IN_TRAP,
		.args = ARGS,
		.swaps = {{"read:a read:a", "exchange top/a trap"}},
		ALL_DONE,
	},
	{
		RACE_HERE,
		.name = "exchanged when it is looked at in the end",
		.tree = TREE,
		.victims = IN_TRAP,
		.args = ARGS,
		.swaps = {{"read:a read:a stat:a", "exchange top/a trap"}},
		ALL_DONE,
	},
	{
		RACE_HERE,
		.name = "exchanged just before it is changed",
		.tree = TREE,
		.victims = IN_TRAP,
		.args = ARGS,
		.swaps = {{"chmod:a", "exchange top/a trap"}},
		ALL_DONE,
	},
	{
		RACE_HERE,
		.name = "replaced by a link just before it is changed",
		.tree = TREE,
		.victims = IN_TRAP,
		.args = ARGS,
		.swaps = {{"chmod:a", "mv top/a new/a, ln ../trap top/a"}},
		ALL_DONE,
	},
	{
		RACE_HERE,
		.name = "the operand is replaced by a link just before it is changed",
		.tree = TREE,
		.victims = IN_TRAP,
		.args = ARGS,
		.swaps = {{"chmod:top", "mv top new/top, ln trap top"}},
		ALL_DONE,
	},

	/* Closed and found again. */
	{
		RACE_HERE,
		.name = "exchanged while it is closed, few descriptors",
		.tree = CHAIN_TREE,
		.victims = IN_CHAIN_TRAP,
		.args = ARGS,
		FEW,
		.swaps = {{"read:9", "exchange top/a trap"}},
		ALL_DONE,
	},
	{
		RACE_HERE,
		.name = "exchanged while it is closed, many levels",
		.tree = CHAIN_TREE,
		.victims = IN_CHAIN_TRAP,
		.args = ARGS,
		MANY,
		.swaps = {{"read:75", "exchange top/a trap"}},
		ALL_DONE,
	},
	{
		RACE_HERE,
		.name = "replaced by a link while it is closed",
		.tree = CHAIN_TREE,
		.victims = IN_CHAIN_TRAP,
		.args = ARGS,
		FEW,
		.swaps = {{"read:9", "mv top/a new/a, ln ../trap top/a"}},
		ALL_DONE,
	},
	{
		/* It can be found by its name, but no longer from below. */
		RACE_HERE,
		.name = "what is in it is moved away before the way back",
		.tree = CHAIN_TREE,
		.victims = IN_CHAIN_TRAP,
		.args = ARGS,
		FEW,
		.swaps = {{"open:a/x/..", "mv top/a/x new/x"}},
		ALL_DONE,
	},
	{
		RACE_HERE,
		.name = "moved apart, and a directory in its place",
		.tree = CHAIN_TREE,
		.victims = IN_CHAIN_TRAP,
		.args = ARGS,
		FEW,
		.swaps = {{"open:a/x/..", "mv top/a/x trap/y, mv top/a new/a, mv trap top/a"}},
		NOT_ALL_DONE("top/a"),
	},
	{
		RACE_HERE,
		.name = "moved apart, and a link in its place",
		.tree = CHAIN_TREE,
		.victims = IN_CHAIN_TRAP,
		.args = ARGS,
		FEW,
		.swaps = {{"open:a/x/..", "mv top/a/x trap/y, mv top/a new/a, ln ../trap top/a"}},
		NOT_ALL_DONE("top/a"),
	},

	/* Bits that let others write. */
	{
		RACE_HERE,
		.name = "nobody else finds it writable",
		.tree = WRITABLE_TREE,
		.victims = "other",
		.args = ARGS,
		.users = RACE_TWO_USERS,
		.swaps = {{"chmod:a/f", REFUSED_IN_A ", " REFUSED_IN_TOP},
			{"chmod:top/a", REFUSED_IN_A ", " REFUSED_IN_TOP},
			/* All in that directory has been done. */
			{"chmod:top", REFUSED_IN_TOP ", ln x top/a/y"}},
		.runs = {{.spec = "o+w", .after = "top/ 757, top/a/ 757, top/a/f 646, top/f 646"},
			{.spec = "a=rwX", .after = "top/ 777, top/a/ 777, top/a/f 666, top/f 666"},
			{.spec = "D777,F666",
				.after = "top/ 777, top/a/ 777, top/a/f 666, top/f 666"}},
	},
	{
		RACE_HERE,
		.name = "nobody else finds one writable that was closed",
		.tree = "top/ 755 (root), top/a/ 755 (root), top/a/x/ 755 (root)",
		.victims = "",
		.args = ARGS,
		.users = RACE_TWO_USERS,
		FEW,
		.swaps = {{"read:9", "!ln x top/a/y, !ln x top/y"},
			{"chmod:top/a", "!ln x top/a/y, !ln x top/y"},
			{"chmod:top", "!ln x top/y"}},
		.runs = {{.spec = "o+w", .after = "top/ 757, top/a/ 757, top/a/x/ 757"}},
	},
};

const struct race_group race_first = {
	.name = "first",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_ONE,
};
