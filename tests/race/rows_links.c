/* SPDX-License-Identifier: MIT */
/*
 * Links below the operand that are followed with -L or --dereference. They may lead anywhere, but
 * what is changed is what has been examined.
 */
#include "race.h"

#define TREE            "top/ 775, top/l -> ../f, f 666, out/ 731 (root), out/f 620 (root)"
#define LEADS_ELSEWHERE "rm top/l, ln ../out/f top/l"
#define TREE_WITH_DIR                                                                              \
	"top/ 775, top/l -> ../d, d/ 775, d/f 666, "                                               \
	"out/ 731 (root), out/f 620 (root)"

static const struct race_row rows[] = {
	R("leads elsewhere just before the change", TREE, "-R -L SPEC top",
		.swaps = {{"any:top/l chmod:*", LEADS_ELSEWHERE}},
		.runs = {{.spec = "755", .after = "f 755"}, {.spec = "u+x,g-w", .after = "f 746"},
			{.spec = "u=rwX,go=rX", .after = "f 644"},
			{.spec = "u+s", .after = "f 4666"}}),
	R("leads elsewhere just before the change", TREE, "-R -H --dereference SPEC top",
		.swaps = {{"any:top/l chmod:*", LEADS_ELSEWHERE}},
		.runs = {{.spec = "755", .after = "f 755"}, {.spec = "u+x,g-w", .after = "f 746"},
			{.spec = "u=rwX,go=rX", .after = "f 644"}}),
	R("leads elsewhere between pin and look", TREE, "-R -L SPEC top",
		.swaps = {{"pin:top/l stat:*", LEADS_ELSEWHERE}},
		.runs = {{.spec = "755", .after = "f 755"}, {.spec = "u+x,g-w", .after = "f 746"}},
		.not_methods = RACE_BIT(RACE_NAME)),
	R("leads elsewhere between pin and look", TREE, "-R -H --dereference SPEC top",
		.swaps = {{"pin:top/l stat:*", LEADS_ELSEWHERE}},
		.runs = {{.spec = "755", .after = "f 755"}, {.spec = "u+x,g-w", .after = "f 746"}},
		.not_methods = RACE_BIT(RACE_NAME)),
	R("leads elsewhere in the last moment", TREE, "-R -L SPEC top",
		.swaps = {{"pin:top/l stat:* open:*", LEADS_ELSEWHERE}},
		.runs = {{.spec = "755",
				 .after = "f 666",
				 .status = 1,
				 .err = "changing permissions of 'top/l': Stale file handle"},
			{.spec = "u+x,g-w",
				.after = "f 666",
				.status = 1,
				.err = "changing permissions of 'top/l': Stale file handle"}},
		.not_methods = ~RACE_BIT(RACE_NAME)),
	R("its referent becomes another file just before the change", TREE, "-R -L SPEC top",
		.swaps = {{"any:top/l chmod:*", "mv f aside, ln out/f f"}},
		.runs = {{.spec = "755", .after = "aside 755"},
			{.spec = "u+x,g-w", .after = "aside 746"}}),
	R("its referent becomes another file just before the change",
		"top/ 775, top/l -> ../f, f 666, other 620 (root)", "-R -H --dereference SPEC top",
		.victims = "other", .swaps = {{"any:top/l chmod:*", "exchange f other"}},
		.runs = {{.spec = "755", .after = "other 755, f 620"},
			{.spec = "u+x,g-w", .after = "other 746, f 620"},
			{.spec = "u+xs", .after = "other 4766, f 620"}}),
	R("leads to another directory just before the change", TREE_WITH_DIR, "-R -L SPEC top",
		.swaps = {{"any:top/l chmod:*", "rm top/l, ln ../out top/l"}},
		.runs = {{.spec = "755", .after = "d/ 755, d/f 755"},
			{.spec = "u+x,g-w", .after = "d/ 755, d/f 746"}}),
	R("leads to another directory between the change and the reading", TREE_WITH_DIR,
		"-R -L SPEC top",
		.swaps = {{"any:top/l chmod:* read:d", "rm top/l, ln ../out top/l"}},
		.runs = {{.spec = "755", .after = "d/ 755, d/f 755"},
			{.spec = "u+x,g-w", .after = "d/ 755, d/f 746"}}),
	R("a directory becomes a link to another before the opening once more",
		"top/ 775, top/d/ 777 (root), top/d/f 666, out/ 731 (root), out/f 620 "
		"(root)",
		"-R -L SPEC top", .users = RACE_TWO_USERS,
		.swaps = {{"chmod:top/d open:top/d", "mv top/d aside, ln ../out top/d"}},
		.runs = {{.spec = "333", .after = "aside/ 333, aside/f 333"},
			{.spec = "a-r", .after = "aside/ 333, aside/f 222"}}),
};

const struct race_group race_links = {
	.name = "links",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_ONE,
};
