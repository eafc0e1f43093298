/* SPDX-License-Identifier: MIT */
/*
 * --beneath: a directory in the path, or the last name, is exchanged for a link out of the tree, at
 * each call. Nothing outside is changed, whether openat2(2) resolves the path or the program does.
 */
#include "race.h"

#define TREE "top/ 775, top/d/ 775, top/d/f 666, out/ 731 (root), out/f 620 (root)"
#define DEEP                                                                                       \
	"top/ 775, top/d/ 775, top/d/e/ 775, top/d/e/f 666, out/ 731 (root), out/e/ 731 (root), "  \
	"out/e/f 620 (root), out/f 620 (root)"
#define DEEP_VICTIMS .victims = "out out/e out/e/f out/f"

#define DIR_BECOMES_LINK "mv top/d aside, ln ../out top/d"
#define BECOMES_LINK     "mv top/d/f aside, ln ../../out/f top/d/f"
#define TOP_BECOMES_LINK "mv top aside, ln out top"

#define LOOP(name)  "cannot access '" name "': Too many levels of symbolic links"
#define NOT_BY_NAME .not_methods = RACE_BIT(RACE_NAME)
#define BY_NAME     .not_methods = ~RACE_BIT(RACE_NAME)

/* One row each with openat2 and without. */
#define BOTH(...)                                                                                  \
	{RACE_HERE, __VA_ARGS__},                                                                  \
	{                                                                                          \
		RACE_HERE, __VA_ARGS__, .no_openat2 = true                                         \
	}
/* The specs. Each gives the same mode to all files that are reached. */
#define RUNS(after_)                                                                               \
	.runs = {{.spec = "755", .after = after_}, {.spec = "a=rx,u+w", .after = after_}}
#define RUNS_FAIL(after_, err_)                                                                    \
	.runs = {{.spec = "755", .after = after_, .status = 1, .err = err_},                       \
		{.spec = "go-w", .after = after_, .status = 1, .err = err_}}

static const struct race_row rows[] = {
	/* A directory in the path. */
	BOTH(.name = "the directory becomes a link before it is found", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f", .swaps = {{"pin:top/d", DIR_BECOMES_LINK}},
		RUNS_FAIL("aside/f 666", LOOP("top/d/f"))),
	BOTH(.name = "the directory becomes a link when it has been found", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f", .swaps = {{"pin:top/d/f", DIR_BECOMES_LINK}},
		RUNS("aside/f 755")),
	BOTH(.name = "the directory becomes a link before the look", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f",
		.swaps = {{"pin:top/d/f stat:top/d/f", DIR_BECOMES_LINK}}, RUNS("aside/f 755")),
	BOTH(.name = "the directory becomes a link before the change", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f",
		.swaps = {{"chmod:top/d/f", DIR_BECOMES_LINK}}, RUNS("aside/f 755")),
	BOTH(.name = "the first of two directories becomes a link", .tree = DEEP, DEEP_VICTIMS,
		.args = "--beneath=top SPEC top/d/e/f", .swaps = {{"pin:top/d*", DIR_BECOMES_LINK}},
		RUNS_FAIL("aside/e/f 666", LOOP("top/d/e/f"))),
	BOTH(.name = "the second of two directories becomes a link", .tree = DEEP, DEEP_VICTIMS,
		.args = "--beneath=top SPEC top/d/e/f",
		.swaps = {{"pin:top/d/e", "mv top/d/e aside, ln ../../out/e top/d/e"}},
		RUNS_FAIL("aside/f 666", LOOP("top/d/e/f"))),
	{RACE_HERE, .name = "the first becomes a link when it has been found by parts",
		.tree = DEEP, DEEP_VICTIMS, .args = "--beneath=top SPEC top/d/e/f",
		.no_openat2 = true, .swaps = {{"pin:top/d/e", DIR_BECOMES_LINK}},
		RUNS("aside/e/f 755")},
	BOTH(.name = "the directory becomes a link to what is above", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f",
		.swaps = {{"pin:top/d", "mv top/d aside, ln .. top/d"}},
		RUNS_FAIL("aside/f 666", LOOP("top/d/f"))),

	/* The last name. */
	BOTH(.name = "the file becomes a link before it is pinned", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f", .swaps = {{"pin:top/d/f", BECOMES_LINK}},
		RUNS("aside 666")),
	BOTH(.name = "the file becomes a link before the look", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f",
		.swaps = {{"pin:top/d/f stat:top/d/f", BECOMES_LINK}}, RUNS("aside 755"),
		NOT_BY_NAME),
	BOTH(.name = "the file becomes a link before the change", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f", .swaps = {{"chmod:top/d/f", BECOMES_LINK}},
		RUNS("aside 755")),
	BOTH(.name = "the file becomes a link before it is opened again", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f", .swaps = {{"open:top/d/f", BECOMES_LINK}},
		RUNS_FAIL("aside 666",
			"changing permissions of 'top/d/f': Too many levels of symbolic links"),
		BY_NAME),
	BOTH(.name = "the file becomes a link before the second look", .tree = TREE,
		.args = "-v --beneath=top SPEC top/d/f",
		.swaps = {{"chmod:top/d/f stat:top/d/f", BECOMES_LINK}},
		.runs = {{.spec = "4755", .after = "aside 4755"}}, NOT_BY_NAME),
	BOTH(.name = "a directory as the operand becomes a link", .tree = TREE,
		.args = "--beneath=top SPEC top/d", .swaps = {{"pin:top/d", DIR_BECOMES_LINK}},
		RUNS("aside/ 775, aside/f 666")),
	BOTH(.name = "with a slash behind it as well", .tree = TREE,
		.args = "--beneath=top SPEC top/d/", .swaps = {{"pin:top/d", DIR_BECOMES_LINK}},
		RUNS_FAIL("aside/ 775, aside/f 666", LOOP("top/d/"))),

	/* DIR itself, which is opened once. */
	BOTH(.name = "what must be above becomes a link", .tree = TREE,
		.args = "--beneath=top SPEC top/d/f top/d top", .victims = "out out/f",
		.swaps = {{"pin:top/d", TOP_BECOMES_LINK}},
		RUNS("aside/d/f 755, aside/d/ 755, aside/ 755")),

	/* With -R. */
	BOTH(.name = "-R, the directory becomes a link before it is opened", .tree = DEEP,
		DEEP_VICTIMS, .args = "-R --beneath=top SPEC top/d/e",
		.swaps = {{"any:top/d", DIR_BECOMES_LINK}},
		RUNS_FAIL("aside/e/f 666", LOOP("top/d/e"))),
	BOTH(.name = "-R, the operand becomes a link before it is opened", .tree = DEEP,
		DEEP_VICTIMS, .args = "-R --beneath=top SPEC top/d/e",
		.swaps = {{"open:top/d/e", "mv top/d/e aside, ln ../../out/e top/d/e"}},
		RUNS("aside/ 775, aside/f 666")),
	BOTH(.name = "-R, the operand becomes a link before it is read", .tree = DEEP, DEEP_VICTIMS,
		.args = "-R --beneath=top SPEC top/d/e",
		.swaps = {{"read:top/d/e", "mv top/d/e aside, ln ../../out/e top/d/e"}},
		RUNS("aside/ 755, aside/f 755")),
};

const struct race_group race_beneath = {
	.name = "beneath",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_ONE,
};
