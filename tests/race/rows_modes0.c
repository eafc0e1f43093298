/* SPDX-License-Identifier: MIT */
/*
 * --modes0-from: what a record names is exchanged at each call, and a directory that gets its mode
 * in the end in between as well. A mode goes to the file that was pinned under the name of its
 * record, or to none. Without --beneath links on the way are the caller's.
 */
#include "race.h"

#define TREE                                                                                       \
	.tree = "top/ 777, top/d/ 777, top/d/f 666, top/d/g 600, out/ 731 (root), "                \
		"out/f 620 (root), trap/ 733 (root), trap/f 620 (root), other 620 (root)",         \
	.victims = "out out/f trap trap/f other"
#define DEEP                                                                                       \
	.tree = "top/ 777, top/d/ 777, top/d/e/ 777, trap/ 733 (root), trap/e/ 733 (root)",        \
	.victims = "trap trap/e"

#define LIST                  "--modes0-from=SPEC"
#define DIR_BECOMES_LINK      "mv top/d aside, ln ../out top/d"
#define DIR_BECOMES_DIRECTORY "exchange top/d trap"
#define FILE_BECOMES_LINK     "mv top/d/f aside, ln ../../out/f top/d/f"
#define FILE_BECOMES_OTHER    "exchange top/d/f other"

#define NO_SUCH_FILE "No such file or directory"
#define STALE(name)  "changing permissions of '" name "': Stale file handle"
#define LOOP         "Too many levels of symbolic links"

#define NOT_BY_NAME .not_methods = RACE_BIT(RACE_NAME)
#define BY_NAME     .not_methods = ~RACE_BIT(RACE_NAME)

/* Several workers look at all records of a window first. */
#define PLAIN(...)                                                                                 \
	{RACE_HERE, .args = LIST, __VA_ARGS__},                                                    \
	{                                                                                          \
		RACE_HERE, .args = "-j4 " LIST, __VA_ARGS__                                        \
	}
#define BENEATH(...)                                                                               \
	{RACE_HERE, .args = "--beneath=top " LIST, __VA_ARGS__},                                   \
	{                                                                                          \
		RACE_HERE, .args = "-j4 --beneath=top " LIST, __VA_ARGS__, .no_openat2 = true      \
	}
#define EVERY(...) PLAIN(__VA_ARGS__), BENEATH(__VA_ARGS__)
/* For several records, whose order is that of one worker. */
#define ONE(...)                                                                                   \
	{RACE_HERE, .args = LIST, __VA_ARGS__},                                                    \
	{                                                                                          \
		RACE_HERE, .args = "--beneath=top " LIST, __VA_ARGS__                              \
	}

#define FILE_DONE(after_) .runs = {{.spec = "640 top/d/f@", .after = after_}}
#define FILE_FAILS(after_, err_)                                                                   \
	.runs = {{.spec = "640 top/d/f@", .after = after_, .status = 1, .err = err_}}
#define DIR_DONE(after_) .runs = {{.spec = "500 top/d@", .after = after_}}
#define DIR_FAILS(after_, err_)                                                                    \
	.runs = {{.spec = "500 top/d@", .after = after_, .status = 1, .err = err_}}

/* Of a directory whose record closes it to its owner. */
#define LAST_PIN    "chmod:top/d pin:top/d"
#define LAST_LOOK   "chmod:top/d pin:top/d stat:top/d"
#define LAST_CHANGE "chmod:top/d chmod:top/d"

static const struct race_row rows[] = {
	/* A directory on the way. */
	{RACE_HERE, .name = "the directory becomes a link before it is found",
		.tree = "top/ 777, top/d/ 777, top/d/f 666, out/ 731 (root), out/f 620 (root)",
		.args = LIST, .victims = "out", .swaps = {{"any:top/d/f", DIR_BECOMES_LINK}},
		FILE_DONE("aside/f 666, out/f 640")},
	BENEATH(.name = "the directory becomes a link before it is found", TREE,
		.swaps = {{"pin:top/d", DIR_BECOMES_LINK}},
		FILE_FAILS("aside/f 666", "cannot access 'top/d/f': " LOOP)),
	BENEATH(.name = "the directory becomes a link when it has been found", TREE,
		.swaps = {{"pin:top/d/f", DIR_BECOMES_LINK}}, FILE_DONE("aside/f 640")),
	EVERY(.name = "the directory becomes a link before the look", TREE,
		.swaps = {{"pin:top/d/f stat:top/d/f", DIR_BECOMES_LINK}}, FILE_DONE("aside/f 640"),
		NOT_BY_NAME),
	EVERY(.name = "the directory becomes a link before the change", TREE,
		.swaps = {{"chmod:top/d/f", DIR_BECOMES_LINK}}, FILE_DONE("aside/f 640")),
	PLAIN(.name = "the directory becomes a link before it is opened again", TREE,
		.swaps = {{"open:top/d/f", DIR_BECOMES_LINK}},
		FILE_FAILS("aside/f 666", STALE("top/d/f")), BY_NAME),
	EVERY(.name = "the directory becomes another before the look", TREE,
		.swaps = {{"pin:top/d/f stat:top/d/f", DIR_BECOMES_DIRECTORY}},
		FILE_DONE("trap/f 640"), NOT_BY_NAME),
	EVERY(.name = "the directory becomes another before the change", TREE,
		.swaps = {{"chmod:top/d/f", DIR_BECOMES_DIRECTORY}}, FILE_DONE("trap/f 640")),
	BENEATH(.name = "what must be above becomes a link", TREE,
		.swaps = {{"pin:top/d", "mv top aside, ln out top"}}, FILE_DONE("aside/d/f 640")),

	/* The last name. */
	EVERY(.name = "the file becomes a link before the first look", TREE,
		.swaps = {{"any:top/d/f", FILE_BECOMES_LINK}}, FILE_DONE("aside 666")),
	EVERY(.name = "the file becomes a link before it is pinned", TREE,
		.swaps = {{"pin:top/d/f", FILE_BECOMES_LINK}}, FILE_DONE("aside 666")),
	EVERY(.name = "the file becomes a link before the look", TREE,
		.swaps = {{"pin:top/d/f stat:top/d/f", FILE_BECOMES_LINK}}, FILE_DONE("aside 640"),
		NOT_BY_NAME),
	EVERY(.name = "the file becomes a link before it is opened again", TREE,
		.swaps = {{"open:top/d/f", FILE_BECOMES_LINK}},
		FILE_FAILS("aside 666", "changing permissions of 'top/d/f': " LOOP), BY_NAME),
	EVERY(.name = "the file becomes a link before the change", TREE,
		.swaps = {{"chmod:top/d/f", FILE_BECOMES_LINK}}, FILE_DONE("aside 640")),
	EVERY(.name = "the file becomes another before the look", TREE,
		.swaps = {{"pin:top/d/f stat:top/d/f", FILE_BECOMES_OTHER}}, FILE_DONE("other 640"),
		NOT_BY_NAME),
	EVERY(.name = "the file becomes another before it is opened again", TREE,
		.swaps = {{"open:top/d/f", FILE_BECOMES_OTHER}},
		FILE_FAILS("other 666", STALE("top/d/f")), BY_NAME),
	EVERY(.name = "the file becomes another before the change", TREE,
		.swaps = {{"chmod:top/d/f", FILE_BECOMES_OTHER}}, FILE_DONE("other 640")),
	EVERY(.name = "the file becomes a directory before the change", TREE,
		.swaps = {{"chmod:top/d/f", "exchange top/d/f trap"}}, FILE_DONE("trap 640")),
	/* Each record counts for what has its name by then. */
	ONE(.name = "the file becomes that of the next record before the look", TREE,
		.swaps = {{"pin:top/d/f stat:top/d/f", "exchange top/d/f top/d/g"}},
		.runs = {{.spec = "640 top/d/f@604 top/d/g@", .after = "top/d/f 600, top/d/g 604"}},
		NOT_BY_NAME),
	ONE(.name = "the file becomes that of the record before, before the change", TREE,
		.swaps = {{"chmod:top/d/g", "exchange top/d/f top/d/g"}},
		.runs = {{.spec = "640 top/d/f@604 top/d/g@",
			.after = "top/d/f 604, top/d/g 640"}}),

	/* A directory that gets its mode in the end; the first time. */
	EVERY(.name = "a directory becomes a link before it is pinned", TREE,
		.swaps = {{"pin:top/d", DIR_BECOMES_LINK}}, DIR_DONE("aside/ 777")),
	EVERY(.name = "a directory becomes a link before the look", TREE,
		.swaps = {{"pin:top/d stat:top/d", DIR_BECOMES_LINK}},
		DIR_FAILS("aside/ 700", STALE("top/d")), NOT_BY_NAME),
	EVERY(.name = "a directory becomes another before the change", TREE,
		.swaps = {{"chmod:top/d", DIR_BECOMES_DIRECTORY}},
		DIR_FAILS("trap/ 700", STALE("top/d"))),
	EVERY(.name = "a directory becomes a file before the change", TREE,
		.swaps = {{"chmod:top/d", "exchange top/d other"}},
		DIR_FAILS("other/ 700", STALE("top/d"))),

	/* The last time. */
	EVERY(.name = "a directory becomes a link before the last pin", TREE,
		.swaps = {{LAST_PIN, DIR_BECOMES_LINK}}, DIR_FAILS("aside/ 700", STALE("top/d"))),
	EVERY(.name = "a directory becomes a link to itself before the last pin", TREE,
		.swaps = {{LAST_PIN, "mv top/d aside, ln ../aside top/d"}},
		DIR_FAILS("aside/ 700", STALE("top/d"))),
	EVERY(.name = "a directory becomes another before the last pin", TREE,
		.swaps = {{LAST_PIN, DIR_BECOMES_DIRECTORY}},
		DIR_FAILS("trap/ 700", STALE("top/d"))),
	EVERY(.name = "a directory becomes a file before the last pin", TREE,
		.swaps = {{LAST_PIN, "exchange top/d other"}},
		DIR_FAILS("other/ 700", STALE("top/d"))),
	EVERY(.name = "a directory is moved away before the last pin", TREE,
		.swaps = {{LAST_PIN, "mv top/d aside"}},
		DIR_FAILS("aside/ 700", "cannot access 'top/d': " NO_SUCH_FILE)),
	EVERY(.name = "a directory becomes a link before the last look", TREE,
		.swaps = {{LAST_LOOK, DIR_BECOMES_LINK}}, DIR_DONE("aside/ 500"), NOT_BY_NAME),
	EVERY(.name = "a directory becomes another before the last look", TREE,
		.swaps = {{LAST_LOOK, DIR_BECOMES_DIRECTORY}}, DIR_DONE("trap/ 500"), NOT_BY_NAME),
	EVERY(.name = "a directory becomes another before it is opened again", TREE,
		.swaps = {{LAST_LOOK " open:top/d", DIR_BECOMES_DIRECTORY}},
		DIR_FAILS("trap/ 700", STALE("top/d")), BY_NAME),
	EVERY(.name = "a directory becomes a link before the last change", TREE,
		.swaps = {{LAST_CHANGE, DIR_BECOMES_LINK}}, DIR_DONE("aside/ 500")),
	EVERY(.name = "a directory becomes another before the last change", TREE,
		.swaps = {{LAST_CHANGE, DIR_BECOMES_DIRECTORY}}, DIR_DONE("trap/ 500")),
	PLAIN(.name = "what is above becomes a link before the last pin", DEEP,
		.swaps = {{"chmod:top/d/e pin:top/d/e", "mv top/d aside, ln ../trap top/d"}},
		.runs = {{.spec = "500 top/d/e@",
			.after = "aside/e/ 700",
			.status = 1,
			.err = STALE("top/d/e")}}),
	BENEATH(.name = "what is above becomes a link before the last pin", DEEP,
		.swaps = {{"chmod:top/d/e pin:top/d", "mv top/d aside, ln ../trap top/d"}},
		.runs = {{.spec = "500 top/d/e@",
			.after = "aside/e/ 700",
			.status = 1,
			.err = "cannot access 'top/d/e': " LOOP}}),

	/* In between, with records below it. */
	ONE(.name = "a directory becomes another while its file is changed", TREE,
		.swaps = {{"chmod:top/d/f", DIR_BECOMES_DIRECTORY}},
		.runs = {{.spec = "500 top/d@640 top/d/f@",
			.after = "trap/ 700, trap/f 640",
			.status = 1,
			.err = STALE("top/d")}}),
	ONE(.name = "two directories, the upper becomes another before the last changes", DEEP,
		.swaps = {{"chmod:top/d/e", DIR_BECOMES_DIRECTORY}},
		.runs = {{.spec = "500 top/d@500 top/d/e@",
			.after = "trap/ 700, trap/e/ 700",
			.status = 1,
			.err = STALE("top/d/e")}}),
	ONE(.name = "two directories, the upper becomes another between the last changes", DEEP,
		.swaps = {{"chmod:top/d/e chmod:top/d/e", DIR_BECOMES_DIRECTORY}},
		.runs = {{.spec = "500 top/d@500 top/d/e@",
			.after = "trap/ 700, trap/e/ 500",
			.status = 1,
			.err = STALE("top/d")}}),
};

const struct race_group race_modes0 = {
	.name = "modes0",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_ONE,
};
