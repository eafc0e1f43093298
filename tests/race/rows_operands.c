/* SPDX-License-Identifier: MIT */
/*
 * An operand that becomes another file between its examination and its change. Where its mode
 * depends on the old one, what is changed is what was examined. An octal mode and its like are
 * given by name, as GNU's chmod does, to what is no directory: whatever has the name by then is
 * what the caller named, and nothing else is touched.
 */
#include "race.h"

#define TREE            "f 666, out/ 731 (root), out/f 620 (root)"
#define BECOMES_LINK    "mv f aside, ln out/f f"
#define TREE_WITH_OTHER "f 666, d/ 733 (root), d/other 620 (root)"
#define TREE_WITH_LINK  "f 666, l -> f, out/ 731 (root), out/f 620 (root)"
#define TREE_BELOW      "p/ 775, p/f 666, out/ 731 (root), out/f 620 (root)"

/* Without fchmodat2 and /proc the file is opened again after the look at it, and told from others.
 */
#define NOT_BY_NAME .not_methods = RACE_BIT(RACE_NAME)
#define BY_NAME     .not_methods = ~RACE_BIT(RACE_NAME)

static const struct race_row rows[] = {
	R("becomes a link just before the change", TREE, "SPEC f",
		.swaps = {{"chmod:f", BECOMES_LINK}},
		.runs = {{.spec = "u+x,g-w", .after = "aside 746"},
			{.spec = "u=rwX,go=rX", .after = "aside 644"}}),
	R("becomes a link just before the change by name", TREE, "SPEC f", .victims = "out f",
		.swaps = {{"chmod:f", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "f -> x, out/f 755"},
			{.spec = "u=rw,go=r", .after = "f -> x, out/f 644"}}),
	R("becomes a link just before the change", TREE, "-v SPEC f",
		.swaps = {{"chmod:f", BECOMES_LINK}},
		.runs = {{.spec = "u+s", .after = "aside 4666"},
			{.spec = "u+x,g-w", .after = "aside 746"}}),
	R("becomes a link just before the change by name", TREE, "-v SPEC f", .victims = "out f",
		.swaps = {{"chmod:f", BECOMES_LINK}},
		.runs = {{.spec = "4755", .after = "f -> x, out/f 4755"}}),
	R("becomes a link just before the change, links not followed", TREE, "-h SPEC f",
		.swaps = {{"chmod:f", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside 755"},
			{.spec = "u+x,g-w", .after = "aside 746"}}),
	R("becomes a link before the first look, links not followed", TREE, "-h SPEC f",
		.swaps = {{"any:f", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside 666"},
			{.spec = "u+x,g-w", .after = "aside 666"}}),
	R("becomes a link just before the change, recursive", TREE, "-R SPEC f",
		.swaps = {{"chmod:f", BECOMES_LINK}},
		.runs = {{.spec = "755", .after = "aside 755"},
			{.spec = "u+x,g-w", .after = "aside 746"}}),
	R("becomes a link between pin and look", TREE, "SPEC f",
		.swaps = {{"pin:f stat:f", BECOMES_LINK}},
		.runs = {{.spec = "u+x,g-w", .after = "aside 746"},
			{.spec = "u=rwX,go=rX", .after = "aside 644"}},
		NOT_BY_NAME),
	R("becomes a link in the last moment", TREE, "SPEC f",
		.swaps = {{"stat:f open:f", BECOMES_LINK}},
		.runs = {{.spec = "u+x,g-w",
			.after = "aside 666",
			.status = 1,
			.err = "changing permissions of 'f': Stale file handle"}},
		BY_NAME),
	R("becomes another file just before the change", TREE_WITH_OTHER, "SPEC f",
		.victims = "d d/other", .swaps = {{"chmod:f", "exchange f d/other"}},
		.runs = {{.spec = "u+x,g-w", .after = "d/other 746, f 620"},
			{.spec = "go=u", .after = "d/other 666, f 620"},
			{.spec = "u+xs", .after = "d/other 4766, f 620"}}),
	R("becomes another file just before the change by name", TREE_WITH_OTHER, "SPEC f",
		.victims = "d f", .swaps = {{"chmod:f", "exchange f d/other"}},
		.runs = {{.spec = "755", .after = "d/other 666, f 755"},
			{.spec = "a=r", .after = "d/other 666, f 444"}}),
	R("becomes another file just before the change, links not followed", TREE_WITH_OTHER,
		"-h SPEC f", .victims = "d d/other", .swaps = {{"chmod:f", "exchange f d/other"}},
		.runs = {{.spec = "755", .after = "d/other 755, f 620"},
			{.spec = "u+x,g-w", .after = "d/other 746, f 620"}}),
	R("becomes another file between pin and look", TREE_WITH_OTHER, "SPEC f",
		.victims = "d d/other", .swaps = {{"pin:f stat:f", "exchange f d/other"}},
		.runs = {{.spec = "u+x,g-w", .after = "d/other 746, f 620"},
			{.spec = "u=rwX,go=rX", .after = "d/other 644, f 620"}},
		NOT_BY_NAME),
	R("becomes a directory just before the change", TREE_WITH_OTHER, "SPEC f",
		.victims = "d d/other", .swaps = {{"chmod:f", "exchange f d"}},
		.runs = {{.spec = "u+x,g-w", .after = "d 746, f/ 733, f/other 620"}}),
	R("becomes a directory just before the change by name", TREE_WITH_OTHER, "SPEC f",
		.victims = "f d/other", .swaps = {{"chmod:f", "exchange f d"}},
		.runs = {{.spec = "755", .after = "d 666, f/ 755, f/other 620"}}),
	R("a directory becomes another just before the change",
		"e/ 2775, d/ 733 (root), d/other 620 (root)", "SPEC e", .victims = "d d/other",
		.swaps = {{"chmod:e", "exchange e d"}},
		.runs = {{.spec = "755", .after = "d/ 2755, e/ 733"},
			{.spec = "g-w,u+s", .after = "d/ 6755, e/ 733"}}),
	R("its directory becomes a link just before the change", TREE_BELOW, "SPEC p/f",
		.swaps = {{"chmod:p/f", "mv p aside, ln out p"}},
		.runs = {{.spec = "u+x,g-w", .after = "aside/ 775, aside/f 746"}}),
	R("its directory becomes a link just before the change by name", TREE_BELOW, "SPEC p/f",
		.victims = "out p p/f", .swaps = {{"chmod:p/f", "mv p aside, ln out p"}},
		.runs = {{.spec = "755", .after = "aside/ 775, aside/f 666, out/f 755"}}),
	R("its directory becomes a link just before the change, links not followed", TREE_BELOW,
		"-h SPEC p/f", .swaps = {{"chmod:p/f", "mv p aside, ln out p"}},
		.runs = {{.spec = "755", .after = "aside/ 775, aside/f 755"},
			{.spec = "u+x,g-w", .after = "aside/ 775, aside/f 746"}}),

	/* ---- an operand that is a link, and leads elsewhere when its referent has been examined
	 */
	R("a link leads elsewhere just before the change", TREE_WITH_LINK, "SPEC l",
		.swaps = {{"any:l chmod:*", "rm l, ln out/f l"}},
		.runs = {{.spec = "u+x,g-w", .after = "f 746"},
			{.spec = "u=rwX,go=rX", .after = "f 644"}}),
	R("a link leads elsewhere just before the change by name", TREE_WITH_LINK, "SPEC l",
		.victims = "out f", .swaps = {{"any:l chmod:*", "rm l, ln out/f l"}},
		.runs = {{.spec = "755", .after = "f 666, out/f 755"}}),
	R("a link leads elsewhere just before the change, recursive", TREE_WITH_LINK, "-R SPEC l",
		.swaps = {{"any:l chmod:*", "rm l, ln out/f l"}},
		.runs = {{.spec = "755", .after = "f 755"}, {.spec = "u+x,g-w", .after = "f 746"}}),
	R("a link leads elsewhere just before the change, with -P", TREE_WITH_LINK, "-P SPEC l",
		.swaps = {{"any:l chmod:*", "rm l, ln out/f l"}},
		.runs = {{.spec = "755", .after = "f 755"}, {.spec = "u+x,g-w", .after = "f 746"}}),
	R("the referent becomes another file just before the change", TREE_WITH_LINK, "SPEC l",
		.swaps = {{"any:l chmod:*", "mv f aside, ln out/f f"}},
		.runs = {{.spec = "u+x,g-w", .after = "aside 746"}}),
	R("the referent becomes another file just before the change by name", TREE_WITH_LINK,
		"SPEC l", .victims = "out f",
		.swaps = {{"any:l chmod:*", "mv f aside, ln out/f f"}},
		.runs = {{.spec = "755", .after = "aside 666, out/f 755"}}),
	R("a link to a directory leads elsewhere just before the change",
		"d/ 775, d/f 666, l -> d, out/ 731 (root), out/f 620 (root)", "-R SPEC l",
		.swaps = {{"any:l chmod:*", "rm l, ln out l"}},
		.runs = {{.spec = "755", .after = "d/ 755, d/f 755"},
			{.spec = "u+x,g-w", .after = "d/ 755, d/f 746"}}),
	R("a link to a directory leads elsewhere just before the reading",
		"d/ 775, d/f 666, l -> d, out/ 731 (root), out/f 620 (root)", "-R SPEC l",
		.swaps = {{"any:l chmod:* read:d", "rm l, ln out l"}},
		.runs = {{.spec = "755", .after = "d/ 755, d/f 755"},
			{.spec = "u+x,g-w", .after = "d/ 755, d/f 746"}}),
};

const struct race_group race_operands = {
	.name = "operands",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_ONE,
};
