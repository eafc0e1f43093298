/* SPDX-License-Identifier: MIT */
/*
 * A directory that becomes a link, or another directory, while the program changes and reads it.
 * What is read must be what was changed. A directory is opened first, and what has its name
 * afterwards is left alone. If it cannot be opened before it is changed, it is opened from its pin.
 */
#include "race.h"

#define TREE         "top/ 775, top/d/ 775, top/d/f 666, out/ 731 (root), out/f 620 (root)"
#define BECOMES_LINK "mv top/d aside, ln ../out top/d"

/* Root's, but open to all, so that the attacker can move it. */
#define TREE_WITH_OTHER "top/ 775, top/d/ 775, top/d/f 666, other/ 733 (root), other/f 620 (root)"
#define BECOMES_OTHER   "exchange top/d other"

/*
 * A change that forbids the program's user to read a directory makes the program open it once more,
 * to get the kernel's error. The user must be root, or the operand would be closed as well. Others
 * may write to it, so that the attacker can move it.
 */
#define TREE_OF_OURS                                                                               \
	"top/ 775, top/d/ 777 (root), top/d/f 666, "                                               \
	"out/ 731 (root), out/f 620 (root)"
#define CLOSED_TREE "top/ 775, top/d/ 300, top/d/f 600, out/ 731 (root), out/f 620 (root)"
/* For others, and so for the program, it can be read then, but not searched. */
#define CLOSED_TREE_WITH_OTHER                                                                     \
	"top/ 775, top/d/ 300, top/d/h 600, other/ 733 (root), other/f 620 (root)"

#define TREE_OF_OURS_WITH_OTHER                                                                    \
	"top/ 775, top/d/ 777 (root), top/d/f 666, other/ 733 (root), other/f 620 (root)"

static const struct race_row rows[] = {
	/* ---- a link instead of a directory below the operand */
	R("a link before the first look", TREE, "-R SPEC top",
		.swaps = {{"read:top any:top/d", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "top/ 755, aside/ 775, aside/f 666"},
			{.spec = "u+x,g-w", .after = "top/ 755, aside/ 775, aside/f 666"},
			{.spec = "700", .after = "top/ 700, aside/ 775, aside/f 666"},
			{.spec = "D755,F644", .after = "top/ 755, aside/ 775, aside/f 666"}}),
	R("a link between the opening and the look", TREE, "-R SPEC top",
		.swaps = {{"open:top/d stat:top/d", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "u+x,g-w", .after = "aside/ 755, aside/f 746"}}),
	R("a link just before the change", TREE, "-R SPEC top",
		.swaps = {{"chmod:top/d", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "u+x,g-w", .after = "aside/ 755, aside/f 746"},
			{.spec = "u=rwX,go=rX", .after = "aside/ 755, aside/f 644"}}),
	R("a link between the change and the reading", TREE, "-R SPEC top",
		.swaps = {{"chmod:top/d read:top/d", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "u+x,g-w", .after = "aside/ 755, aside/f 746"}}),
	R("a link between the change and the opening once more", TREE_OF_OURS, "-R SPEC top",
		.users = RACE_TWO_USERS, .swaps = {{"chmod:top/d open:top/d", BECOMES_LINK}},
		.runs = {{.spec = "333", .after = "aside/ 333, aside/f 333"},
			{.spec = "a-r", .after = "aside/ 333, aside/f 222"}}),
	R("a link before the pin of what cannot be opened", CLOSED_TREE, "-R SPEC top",
		.obeys_modes = true, .swaps = {{"pin:top/d", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside/ 300, aside/f 600"},
			{.spec = "a+rx", .after = "aside/ 300, aside/f 600"}}),
	R("a link between pin and look of what cannot be opened", CLOSED_TREE, "-R SPEC top",
		.obeys_modes = true, .swaps = {{"pin:top/d stat:top/d", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "a+rx", .after = "aside/ 755, aside/f 755"}},
		/* It has to be opened to be changed. */
		.not_methods = RACE_BIT(RACE_NAME)),
	R("a link between the change and the opening of what could not be opened", CLOSED_TREE,
		"-R SPEC top", .obeys_modes = true,
		.swaps = {{"chmod:top/d open:top/d", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "a+rx", .after = "aside/ 755, aside/f 755"}},
		.not_methods = RACE_BIT(RACE_NAME)),
	/* That an entry of it is refused shows that it has been read. */
	R("a link before the opening of what cannot be searched either", CLOSED_TREE_WITH_OTHER,
		"-R SPEC top", .users = RACE_TWO_USERS, .victims = "other other/f top/d/h",
		.obeys_modes = true,
		.swaps = {{"chmod:top/d open:top/d open:top/d",
			"mv top/d aside, ln ../other top/d"}},
		.runs = {{.spec = "o+r",
			.after = "aside/ 304",
			.status = 1,
			.err = "cannot access 'top/d/h': Permission denied"}},
		.not_methods = RACE_BIT(RACE_NAME)),
	R("another directory before the opening of what cannot be searched either",
		CLOSED_TREE_WITH_OTHER, "-R SPEC top", .users = RACE_TWO_USERS,
		.victims = "other other/f top/d/h", .obeys_modes = true,
		.swaps = {{"chmod:top/d open:top/d open:top/d", "exchange top/d other"}},
		.runs = {{.spec = "o+r",
			.after = "other/ 304",
			.status = 1,
			.err = "cannot access 'top/d/h': Permission denied"}},
		.not_methods = RACE_BIT(RACE_NAME)),
	R("a link before the opening by name, the last resort", CLOSED_TREE_WITH_OTHER,
		"-R SPEC top", .users = RACE_TWO_USERS, .victims = "other other/f top/d/h",
		.obeys_modes = true, .no_proc = true,
		.swaps = {{"chmod:top/d open:top/d open:top/d",
			"mv top/d aside, ln ../other top/d"}},
		.runs = {{.spec = "o+r",
			.after = "aside/ 304",
			.status = 1,
			.err = "cannot read directory 'top/d': Stale file handle"}},
		.not_methods = ~RACE_BIT(RACE_FCHMODAT2)),
	R("another directory before the opening by name, the last resort", CLOSED_TREE_WITH_OTHER,
		"-R SPEC top", .users = RACE_TWO_USERS, .victims = "other other/f top/d/h",
		.obeys_modes = true, .no_proc = true,
		.swaps = {{"chmod:top/d open:top/d open:top/d", "exchange top/d other"}},
		.runs = {{.spec = "o+r",
			.after = "other/ 304",
			.status = 1,
			.err = "cannot read directory 'top/d': Stale file handle"}},
		.not_methods = ~RACE_BIT(RACE_FCHMODAT2)),
	R("removed before the opening by name, the last resort", CLOSED_TREE_WITH_OTHER,
		"-R SPEC top", .users = RACE_TWO_USERS, .victims = "other other/f",
		.obeys_modes = true, .no_proc = true,
		.swaps = {{"chmod:top/d open:top/d open:top/d", "rm top/d/h, rmdir top/d"}},
		.runs = {{.spec = "o+r", .after = "top/ 775"}},
		.not_methods = ~RACE_BIT(RACE_FCHMODAT2)),

	R("a link just before the change, not contested",
		"top/ 755 (root), top/d/ 775 (root), top/d/f 666, out/ 731 (root), "
		"out/f 620 (root)",
		"-R SPEC top", .users = RACE_OWN_SWAPS, .swaps = {{"chmod:top/d", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "u+x,g-w", .after = "aside/ 755, aside/f 746"}}),

	/* ---- moved away: the program goes on in what it has open */
	R("moved just before the change of what cannot be opened",
		"top/ 775, top/d/ 300, top/d/f 666, away/ 777, "
		"out/ 731 (root), out/f 620 (root)",
		"-R SPEC top", .obeys_modes = true, .swaps = {{"chmod:top/d", "mv top/d away/d"}},
		.runs = {{.spec = "755", .after = "away/d/ 755, away/d/f 755"},
			{.spec = "a+rx", .after = "away/d/ 755, away/d/f 777"}},
		.not_methods = RACE_BIT(RACE_NAME)),
	R("moved just before the change",
		"top/ 775, top/d/ 700, top/d/f 666, away/ 777, "
		"out/ 731 (root), out/f 620 (root)",
		"-R SPEC top", .swaps = {{"chmod:top/d", "mv top/d away/d"}},
		.runs = {{.spec = "755", .after = "away/d/ 755, away/d/f 755"},
			{.spec = "a+rx", .after = "away/d/ 755, away/d/f 777"}}),

	/* ---- another directory instead of one below the operand */
	/* The other one is in the tree by then, and is changed before it is read. */
	R("another directory before the first look", TREE_WITH_OTHER, "-R SPEC top", .victims = "",
		.swaps = {{"read:top any:top/d", BECOMES_OTHER}},
		.runs = {{.spec = "755",
				 .after = "other/ 775, other/f 666, top/d/ 755, top/d/f 755"},
			{.spec = "u+x,g-w",
				.after = "other/ 775, other/f 666, top/d/ 713, top/d/f 700"}}),
	R("another directory just before the change", TREE_WITH_OTHER, "-R SPEC top",
		.victims = "other other/f", .swaps = {{"chmod:top/d", BECOMES_OTHER}},
		.runs = {{.spec = "755", .after = "other/ 755, other/f 755"},
			{.spec = "u+x,g-w", .after = "other/ 755, other/f 746"},
			{.spec = "u+s", .after = "other/ 4775, other/f 4666"},
			{.spec = "D755,F644", .after = "other/ 755, other/f 644"}}),
	/* Only the type matters to most octal modes; but set-IDs are kept on directories.
	 */
	R("another directory, set-group-ID of the first",
		"top/ 775, top/d/ 2775, top/d/f 666, other/ 733 (root), other/f 620 (root)",
		"-R SPEC top", .victims = "other other/f",
		.swaps = {{"chmod:top/d", BECOMES_OTHER}},
		.runs = {{.spec = "755", .after = "other/ 2755, other/f 755"},
			{.spec = "u=rwx,go=rx", .after = "other/ 2755, other/f 755"}}),
	R("another directory between the change and the opening once more", TREE_OF_OURS_WITH_OTHER,
		"-R SPEC top", .users = RACE_TWO_USERS, .victims = "other other/f",
		.swaps = {{"chmod:top/d open:top/d", BECOMES_OTHER}},
		.runs = {{.spec = "333", .after = "other/ 333, other/f 333"},
			{.spec = "a-r", .after = "other/ 333, other/f 222"}}),
	R("another directory between the change and the reading", TREE_WITH_OTHER, "-R SPEC top",
		.victims = "other other/f", .swaps = {{"chmod:top/d read:top/d", BECOMES_OTHER}},
		.runs = {{.spec = "755", .after = "other/ 755, other/f 755"},
			{.spec = "u+x,g-w", .after = "other/ 755, other/f 746"}}),
	R("another directory when the entries are known", TREE_WITH_OTHER, "-R SPEC top",
		.victims = "other other/f", .swaps = {{"read:top/d any:d/f", BECOMES_OTHER}},
		.runs = {{.spec = "755", .after = "other/ 755, other/f 755"},
			{.spec = "u+x,g-w", .after = "other/ 755, other/f 746"}}),

	/* ---- the operand */
	R("the operand becomes a link just before the change",
		"top/ 775, top/f 666, out/ 731 (root), out/f 620 (root)", "-R SPEC top",
		.swaps = {{"chmod:top", "mv top aside, ln out top"}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "u+x,g-w", .after = "aside/ 755, aside/f 746"}}),
	R("the operand becomes a link between the change and the reading",
		"top/ 775, top/f 666, out/ 731 (root), out/f 620 (root)", "-R SPEC top",
		.swaps = {{"chmod:top read:top", "mv top aside, ln out top"}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "u+x,g-w", .after = "aside/ 755, aside/f 746"}}),
	R("the operand becomes a link after the change, and none is followed",
		"top/ 775, top/f 666, out/ 731 (root), out/f 620 (root)", "-R -P SPEC top",
		.swaps = {{"chmod:top read:top", "mv top aside, ln out top"}},
		.runs = {{.spec = "755", .after = "aside/ 755, aside/f 755"},
			{.spec = "u+x,g-w", .after = "aside/ 755, aside/f 746"}}),
	R("the operand becomes a link before the first look, and none is followed",
		"top/ 775, top/f 666, out/ 731 (root), out/f 620 (root)", "-R -P SPEC top",
		.swaps = {{"any:top", "mv top aside, ln out top"}},
		.runs = {{.spec = "755", .after = "aside/ 775, aside/f 666"},
			{.spec = "u+x,g-w", .after = "aside/ 775, aside/f 666"}}),
	R("the operand becomes another directory just before the change",
		"top/ 775, top/f 666, other/ 733 (root), other/f 620 (root)", "-R SPEC top",
		.victims = "other other/f", .swaps = {{"chmod:top", "exchange top other"}},
		.runs = {{.spec = "755", .after = "other/ 755, other/f 755"},
			{.spec = "u+x,g-w", .after = "other/ 755, other/f 746"}}),
	R("the operand becomes another directory between the change and the reading",
		"top/ 775, top/f 666, other/ 733 (root), other/f 620 (root)", "-R SPEC top",
		.victims = "other other/f", .swaps = {{"chmod:top read:top", "exchange top other"}},
		.runs = {{.spec = "755", .after = "other/ 755, other/f 755"},
			{.spec = "u+x,g-w", .after = "other/ 755, other/f 746"}}),
	/* Only the error of the second open counts; what is read is open already. */
	R("the operand becomes a link before the opening once more",
		"top/ 775 (root), top/f 666, out/ 731 (root), out/f 620 (root)", "-R SPEC top",
		.users = RACE_TWO_USERS,
		.swaps = {{"chmod:top open:top", "mv top aside, ln out top"}},
		.runs = {{.spec = "333", .after = "aside/ 333, aside/f 333"},
			{.spec = "a-r", .after = "aside/ 331, aside/f 222"}}),
	R("the operand becomes a link before the opening once more, none is followed",
		"top/ 775 (root), top/f 666, out/ 731 (root), out/f 620 (root)", "-R -P SPEC top",
		.users = RACE_TWO_USERS,
		.swaps = {{"chmod:top open:top", "mv top aside, ln out top"}},
		.runs = {{.spec = "333", .after = "aside/ 333, aside/f 333"},
			{.spec = "a-r", .after = "aside/ 331, aside/f 222"}}),
	R("the operand becomes another directory before the opening once more",
		"top/ 775 (root), top/f 666, other/ 733 (root), other/f 620 (root)", "-R SPEC top",
		.victims = "other other/f", .users = RACE_TWO_USERS,
		.swaps = {{"chmod:top open:top", "exchange top other"}},
		.runs = {{.spec = "333", .after = "other/ 333, other/f 333"},
			{.spec = "a-r", .after = "other/ 331, other/f 222"}}),
};

const struct race_group race_directories = {
	.name = "directories",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_BOTH,
};
