/* SPDX-License-Identifier: MIT */
/*
 * visit: files of which only the contents are wanted, and directories that are visited once more
 * after their contents.
 *
 * Link with --wrap= of those of visit_calls.h and with support/tree.o.
 */
#include "visit.h"

#include "visit_calls.h"

#define TREE                                                                                       \
	"f, p|, l -> f, ld -> d, dang -> nope, d/, d/f, d/p|, d/s/, d/l -> f, d/ls -> s, d/dang "  \
	"-> nope, d/loop -> loop"

/* ------------------------------------------------------------------------------- contents alone */

static enum walk_want wants_contents(void *ctx, const struct walk_entry *e)
{
	EXPECT(ctx == &does && e->pin < 0 && !e->contents_only);
	return WALK_WANT_CONTENTS;
}

static const struct contents_row {
	const char *links, *name;
	unsigned char type;
	const char *shown;
	unsigned opens, pins; /* calls that examined it */
} contents_rows[] = {
	/* A file that cannot have contents is not examined. */
	{"HLP", "f", DT_REG, "", 0, 0},
	{"HLP", "p", DT_FIFO, "", 0, 0},
	{"HP", "l", DT_LNK, "", 0, 0},
	{"HP", "ls", DT_LNK, "", 0, 0},
	{"HLP", "nope", DT_REG, "", 0, 0},
	/* Of others only the type is examined. */
	{"L", "l", DT_LNK, "", 1, 0},
	{"L", "dang", DT_LNK, "", 1, 0},
	{"HLP", "f", DT_UNKNOWN, "", 1, 0},
	{"HLP", "p", DT_UNKNOWN, "", 1, 0},
	{"HP", "l", DT_UNKNOWN, "", 1, 0},
	{"HP", "ls", DT_UNKNOWN, "", 1, 0},
	{"HLP", "nope", DT_UNKNOWN, "", 1, 0},
	{"HLP", "f", DT_DIR, "", 1, 0},
	{"HLP", "nope", DT_DIR, "", 1, 0},
	/* Directories. */
	{"HP", "s", DT_DIR, "visit dir d/s open; ", 1, 0},
	{"HP", "s", DT_UNKNOWN, "visit dir d/s open; ", 1, 0},
	{"L", "s", DT_DIR, "visit dir d/s followed open; ", 1, 0},
	{"L", "ls", DT_LNK, "visit dir d/ls followed open; ", 1, 0},
	/* It may have been a directory. */
	{"L", "loop", DT_LNK, "no access link d/loop: ELOOP; ", 1, 1},
};

static void test_contents_of_entries(void **state)
{
	(void)state;
	for (int links = WALK_NO_LINKS; links <= (int)WALK_ALL_LINKS; links++) {
		for (size_t i = 0; i < COUNT(contents_rows); i++) {
			const struct contents_row *row = &contents_rows[i];
			const struct entry entry = {row->name, row->type};
			struct dir *in, *dir = NULL;

			if (strchr(row->links, "PHL"[links]) == NULL)
				continue;
			begin(TREE, (enum walk_links)links, RECURSE);
			in = enter("d", true);
			visitor.wants = wants_contents;
			open_dir.calls = pin.calls = 0;
			EXPECT((visit_entry(&w, in, &entry, &dir) == VISIT_DESCEND) ==
				(strstr(row->shown, "visit") != NULL));
			expect_shown(entry.name, row->shown);
			if (open_dir.calls != row->opens || pin.calls != row->pins)
				row_wrong("%s as %s: %u and %u calls", row->name,
					type_name(row->type), open_dir.calls, pin.calls);
			drop(dir);
			leave_all();
			end();
		}
	}
	rows_end();
}

static void test_contents_of_operands(void **state)
{
	static const struct {
		const char *name, *shown;
	} rows[] = {
		{"f", ""},
		{"p", ""},
		{"l", ""},
		{"dang", ""},
		{"d", "visit dir d operand followed other open; "},
		{"ld", "visit dir ld operand followed other open; "},
		/* An operand that is missing is reported. */
		{"nope", "no access unknown nope operand: ENOENT; "},
		{"f/x", "no access unknown f/x operand: ENOTDIR; "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dir *dir = NULL;

		begin(TREE, WALK_OPERAND_LINKS, RECURSE);
		visitor.wants = wants_contents;
		EXPECT(visit_operand(&w, rows[i].name, NULL, &dir) == VISIT_DONE && dir == NULL);
		expect_shown(rows[i].name, rows[i].shown);
		end();
	}
	rows_end();
}

/* The contents of a mount point are on another file system. */
static void test_contents_on_one_file_system(void **state)
{
	const struct entry s = {"s", DT_DIR}, f = {"f", DT_UNKNOWN};
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_NO_LINKS, RECURSE);
	options.one_file_system = true;
	in = enter("d", true);
	visitor.wants = wants_contents;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_DESCEND);
	expect_shown("s", "visit dir d/s open; ");
	drop(dir);
	EXPECT(visit_entry(&w, in, &f, &dir) == VISIT_DONE);
	expect_shown("f", "");
	leave_all();
	end();
	rows_end();
}

/* ---------------------------------------------------------------------------------------- after */

static void test_after(void **state)
{
	const struct entry s = {"s", DT_DIR};
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	in = enter("d", true);
	does.traits = WALK_VISIT_AFTER | 5;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_DESCEND);
	expect_shown("s", "visit dir d/s open; ");
	EXPECT(visit_after(&w, dir) == VISIT_DONE);
	expect_shown("s", "after dir d/s open; ");
	EXPECT(does.dir_traits == (WALK_VISIT_AFTER | 5) && does.in_turn);
	EXPECT(visit_after(&w, in) == VISIT_DONE);
	expect_shown("d", "after dir d operand open; ");
	/* It cannot be examined any more. */
	pin_stat = (struct failing){.err = EIO, .times = 1};
	EXPECT(visit_after(&w, dir) == VISIT_DONE);
	expect_shown("s", "no access dir d/s: EIO; ");
	drop(dir);
	leave_all();
	end();
	rows_end();
}

static enum walk_answer not_yet(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	visit(ctx, e, ret_traits);
	return WALK_NOT_YET;
}

/* A change that was not made can be put off. It is reported only in its turn. */
static void test_put_off(void **state)
{
	const struct entry s = {"s", DT_DIR};
	struct dir *in, *dir = NULL;

	(void)state;
	for (int is_head = 0; is_head < 2; is_head++) {
		begin(TREE, WALK_OPERAND_LINKS, RECURSE);
		in = enter("d", is_head);
		does.traits = WALK_VISIT_AFTER;
		open_dir = (struct failing){.err = EACCES, .times = 2};
		open_pinned = (struct failing){.err = EACCES, .times = 1};
		EXPECT(visit_entry(&w, in, &s, &dir) == (is_head ? VISIT_DONE : VISIT_NOT_YET));
		expect_shown("s", is_head ? "visit dir d/s pin; unreadable dir d/s pin: EACCES; "
					  : "visit dir d/s pin; ");
		memory_limit(0, false);
		EXPECT(visit_entry(&w, in, &s, &dir) == (is_head ? VISIT_DONE : VISIT_NOT_YET));
		memory_unlimit();
		expect_shown("s", is_head ? "visit dir d/s open; unreadable dir d/s open: ENOMEM; "
					  : "visit dir d/s open; ");
		visitor.wants = wants_contents;
		does.traits = 0;
		open_dir = (struct failing){.err = EACCES, .times = 2};
		open_pinned = (struct failing){.err = EACCES, .times = 1};
		EXPECT(visit_entry(&w, in, &s, &dir) == (is_head ? VISIT_DONE : VISIT_NOT_YET));
		visitor.visit = not_yet;
		EXPECT(visit_after(&w, in) == VISIT_NOT_YET && dir == NULL);
		leave_all();
		end();
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_contents_of_entries),
		SCRATCH_TEST(test_contents_of_operands),
		SCRATCH_TEST(test_contents_on_one_file_system),
		SCRATCH_TEST(test_after),
		SCRATCH_TEST(test_put_off),
	};

	umask(022);
	return cmocka_run_group_tests_name("visit: after", tests, NULL, NULL);
}
