/* SPDX-License-Identifier: MIT */
/*
 * Directories whose new mode lets others write. They get these bits last, when all in them has been
 * done, and are not writable for others before. If a directory has to be closed before that, it
 * gets them then, and files that are left in it are pinned.
 *
 * The attacker is one of others, or of the group where that is not root's. Links are made where
 * only the missing write permission prevents it.
 */
#include "race.h"

#define TREE                                                                                       \
	"top/ 755 (root), top/f 644 (root), top/g 644 (root), other 620 (root), "                  \
	"out/ 731 (root), out/f 620 (root)"
#define TREE_OF_GROUP                                                                              \
	"top/ 755 (root:), top/f 644 (root), top/g 644 (root), other 620 (root), "                 \
	"out/ 731 (root), out/f 620 (root)"
#define REFUSED "!ln x top/y, !exchange top/f other"

/* At the first call for a file, at its change, and just before the last bits are set. */
#define ALWAYS_REFUSED                                                                             \
	.swaps = {{"any:top/f", REFUSED}, {"chmod:top/f", REFUSED}, {"chmod:top", REFUSED}}

/* Files before and behind the chains, in either order of entries. */
#define FILES_AND_CHAINS                                                                           \
	", top/a/f1 644 (root), top/a/f2 644 (root), top/a/x/ 755 (root), "                        \
	"top/a/y/ 755 (root), top/a/f3 644 (root), top/a/f4 644 (root), other 620 (root)"

static const struct race_row rows[] = {
	R("nobody else finds it writable", TREE, "-R SPEC top", .victims = "other out out/f",
		.users = RACE_TWO_USERS, ALWAYS_REFUSED,
		.runs = {{.spec = "o+w", .after = "top/ 757, top/f 646, top/g 646"},
			{.spec = "a=rwX", .after = "top/ 777, top/f 666, top/g 666"},
			{.spec = "o=u", .after = "top/ 757, top/f 646, top/g 646"}}),
	/* One call for a file, without a stat. */
	R("nobody else finds it writable, a mode for each type", TREE, "-R SPEC top",
		.victims = "other out out/f", .users = RACE_TWO_USERS,
		.swaps = {{"chmod:top/f", REFUSED}, {"chmod:top", REFUSED}},
		.runs = {{.spec = "D777,F755", .after = "top/ 777, top/f 755, top/g 755"}}),
	R("nobody else finds it writable", TREE, "-Rv SPEC top", .victims = "other out out/f",
		.users = RACE_TWO_USERS, ALWAYS_REFUSED,
		.runs = {{.spec = "777", .after = "top/ 777, top/f 777, top/g 777"},
			{.spec = "1777", .after = "top/ 1777, top/f 1777, top/g 1777"},
			{.spec = "o+w", .after = "top/ 757, top/f 646, top/g 646"}}),
	R("nobody of the group finds it writable", TREE_OF_GROUP, "-R SPEC top",
		.victims = "other out out/f", .users = RACE_TWO_USERS, ALWAYS_REFUSED,
		.runs = {{.spec = "g+w", .after = "top/ 775, top/f 664, top/g 664"},
			{.spec = "ug=rwX,o=rX", .after = "top/ 775, top/f 664, top/g 664"},
			{.spec = "g=u", .after = "top/ 775, top/f 664, top/g 664"},
			{.spec = "g+ws", .after = "top/ 2775, top/f 2664, top/g 2664"}}),
	R("nor one below it",
		"top/ 755 (root), top/d/ 755 (root), top/d/f 644 (root), other 620 (root)",
		"-R SPEC top", .victims = "other", .users = RACE_TWO_USERS,
		.swaps = {{"chmod:top/d/f", "!ln x top/y, !ln x top/d/y, !exchange top/d/f other"},
			{"chmod:top/d", "!ln x top/y, !ln x top/d/y"},
			/* This directory has its last bits by now. */
			{"chmod:top", "!ln x top/y, ln x top/d/y"}},
		.runs = {{.spec = "o+w", .after = "top/ 757, top/d/ 757, top/d/f 646"}}),
	/* What is exchanged then has been done, and is not visited again. */
	R("open when all in it has been done",
		"top/ 755 (root), top/a/ 755 (root), top/a/f 644 (root), "
		"top/a/g 644 (root), top/a/h 644 (root), f 620 (root), g 620 (root), "
		"h 620 (root)",
		"-R SPEC top", .victims = "f g h", .users = RACE_TWO_USERS,
		.swaps = {{"chmod:top/a chmod:top/a any:*",
			"exchange top/a/f f, exchange top/a/g g, exchange top/a/h h"}},
		.runs = {{.spec = "o+w", .after = "f 646, g 646, h 646"},
			{.spec = "a=rwX", .after = "f 666, g 666, h 666"}}),
	R("another file when its descriptor had to go",
		"top/ 755 (root), top/a/ 755 (root)" FILES_AND_CHAINS, "-R -P SPEC top",
		.victims = "other", .users = RACE_TWO_USERS, .chains = "top/a/x top/a/y",
		.chain_length = 9, .files = 8,
		.swaps = {{"read:9 pin:top/a/f*", ""}, {"chmod:top/a/f*", "exchange @1 other"}},
		.runs = {{.spec = "o+w", .after = "top/ 757, top/a/ 757, other 646"},
			{.spec = "a=rwX", .after = "top/ 777, top/a/ 777, other 666"}}),
	R("another file of the group's when its descriptor had to go",
		"top/ 755 (root:), top/a/ 755 (root:)" FILES_AND_CHAINS, "-R -P SPEC top",
		.victims = "other", .users = RACE_TWO_USERS, .chains = "top/a/x top/a/y",
		.chain_length = 9, .files = 8,
		.swaps = {{"read:9 pin:top/a/f*", ""}, {"chmod:top/a/f*", "exchange @1 other"}},
		.runs = {{.spec = "g+w", .after = "top/ 775, top/a/ 775, other 664"}}),
};

const struct race_group race_last = {
	.name = "last",
	.rows = rows,
	.n = sizeof(rows) / sizeof(rows[0]),
	.workers = RACE_BOTH,
};
