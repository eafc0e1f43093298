/* SPDX-License-Identifier: MIT */
/*
 * Directories that are moved away while several workers are in and below them. How the tree is
 * divided, and what has to be found again, varies from run to run. But a worker must find the same
 * directory again, or give up.
 */
#include "race.h"

#define TREE                                                                                       \
	"top/ 775, top/a/ 775, top/a/x/ 775, top/a/y/ 775, top/a/x/l/ 775, top/a/x/r/ 775, "       \
	"top/a/y/l/ 775, top/a/y/r/ 775"
#define NEW_PLACE                                                                                  \
	", new/ 777, new/x/ 731 (root), new/y/ 731 (root), new/l/ 731 (root), new/r/ 731 (root)"
#define IN_NEW_PLACE "new/x new/y new/l new/r"
#define TRAP                                                                                       \
	", trap/ 733 (root), trap/x/ 731 (root), trap/x/l/ 731 (root), trap/x/r/ 731 (root), "     \
	"trap/y/ 731 (root), trap/y/l/ 731 (root)"
#define IN_TRAP "trap trap/x trap/x/l trap/x/r trap/y trap/y/l"

/* So few that each worker has to close waiting directories, and to open them again. */
#define CHAINS .chains = "top/a/x/l top/a/x/r top/a/y/l top/a/y/r", .chain_length = 30, .files = 40
#define RUNS                                                                                       \
	.runs = {{.spec = "755", .status = RACE_ANY_STATUS},                                       \
		{.spec = "u+x,g-w", .status = RACE_ANY_STATUS}}

static const struct race_row rows[] = {
	R("moved away", TREE NEW_PLACE, "-R SPEC top", .victims = IN_NEW_PLACE, CHAINS,
		.swaps = {{"read:a/[xy]/[lr]", ""}, {"read:[xy]/[lr]/*/9", "mv @1 new/moved"}},
		RUNS),
	R("moved away, and a link in its place", TREE NEW_PLACE TRAP, "-R SPEC top",
		.victims = IN_NEW_PLACE " " IN_TRAP, CHAINS,
		.swaps = {{"read:a/[xy]/[lr]", ""},
			{"read:[xy]/[lr]/*/9",
				"mv @1 new/moved, mv top/a new/a, ln ../trap top/a"}},
		RUNS),
	R("moved away, and a directory in its place", TREE NEW_PLACE TRAP, "-R SPEC top",
		.victims = IN_NEW_PLACE " " IN_TRAP, CHAINS,
		.swaps = {{"read:a/[xy]/[lr]", ""},
			{"read:[xy]/[lr]/*/9", "mv @1 new/moved, exchange top/a trap"}},
		RUNS),
	R("the operand moved away, and a link in its place", TREE NEW_PLACE TRAP, "-R SPEC top",
		.victims = IN_NEW_PLACE " " IN_TRAP, CHAINS,
		.swaps = {{"read:a/[xy]/[lr]", ""},
			{"read:[xy]/[lr]/*/9", "mv @1 new/moved, mv top new/top, ln trap top"}},
		RUNS),
};

const struct race_group race_workers = {
	.name = "workers",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_SEVERAL,
};
