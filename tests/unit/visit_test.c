/* SPDX-License-Identifier: MIT */
/*
 * visit: every kind of file, as an operand and as an entry, unchanged and changed since its
 * directory was read; and what the visitor answers.
 *
 * Link with --wrap= of those of visit_calls.h and with support/tree.o.
 */
#include "visit.h"

#include "visit_calls.h"
#include "visit_rows.h"

/* ----------------------------------------------------------------------------------- every kind */

static bool is_for(const char *links, enum walk_links mode)
{
	return strchr(links, "PHL"[mode]) != NULL;
}

static void test_operands(void **state)
{
	(void)state;
	for (int links = WALK_NO_LINKS; links <= (int)WALK_ALL_LINKS; links++) {
		for (size_t i = 0; i < COUNT(operand_rows); i++) {
			struct dir *dir = NULL;

			if (!is_for(operand_rows[i].links, (enum walk_links)links))
				continue;
			begin(TREE, (enum walk_links)links, operand_rows[i].how);
			EXPECT(visit_operand(&w, operand_rows[i].name, NULL, &dir) == VISIT_DONE);
			EXPECT(dir == NULL &&
				(does.in_turn || strstr(does.shown, "visit") == NULL));
			expect_shown(operand_rows[i].name, operand_rows[i].shown);
			end();
		}
	}
	rows_end();
}

static void test_entries(void **state)
{
	(void)state;
	for (int links = WALK_NO_LINKS; links <= (int)WALK_ALL_LINKS; links++) {
		for (size_t i = 0; i < COUNT(entry_rows); i++) {
			const struct entry entry = {entry_rows[i].name, entry_rows[i].type};
			struct dir *in, *dir = NULL;

			if (!is_for(entry_rows[i].links, (enum walk_links)links))
				continue;
			begin(TREE, (enum walk_links)links, RECURSE);
			does.traits = 77;
			in = enter("d", true);
			does.answer = WALK_SKIP;
			EXPECT(visit_entry(&w, in, &entry, &dir) == VISIT_DONE && dir == NULL);
			EXPECT(does.dir_traits == 77);
			expect_shown(entry.name, entry_rows[i].shown);
			leave_all();
			end();
		}
	}
	rows_end();
}

/* Only names that are wanted are examined. */
static enum walk_want wants_f(void *ctx, const struct walk_entry *e)
{
	EXPECT(ctx == &does && e->pin < 0);
	return e->operand || strcmp(e->name, "f") == 0 ? WALK_WANT_ALL : WALK_WANT_NOTHING;
}

static void test_wants(void **state)
{
	static const struct entry entries[] = {{"f", DT_REG}, {"s", DT_DIR}, {"l", DT_LNK}};
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	visitor.wants = wants_f;
	in = enter("d", true);
	open_dir.calls = pin.calls = 0;
	for (size_t i = 0; i < COUNT(entries); i++)
		EXPECT(visit_entry(&w, in, &entries[i], &dir) == VISIT_DONE);
	expect_shown("wants", "visit file d/f; ");
	EXPECT(open_dir.calls == 0 && pin.calls == 0);
	leave_all();
	end();
	rows_end();
}

/* -------------------------------------------------------------------------------------- answers */

static void test_answers(void **state)
{
	const struct entry s = {"s", DT_DIR}, was_file = {"s", DT_REG}, f = {"f", DT_REG};
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	in = enter("d", false);
	does.answer = WALK_DESCEND;
	does.traits = 5;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_DESCEND && dir->parent == in);
	EXPECT(dir->traits == 5 && !does.in_turn);
	drop(dir);
	does.answer = WALK_DESCEND_REOPEN;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_DESCEND);
	drop(dir);
	/* The visitor has done nothing, so the entry comes again. */
	does.answer = WALK_NOT_YET;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_NOT_YET);
	EXPECT(visit_entry(&w, in, &f, &dir) == VISIT_NOT_YET);
	does.answer = WALK_STOP;
	EXPECT(!w.is_stopped && visit_entry(&w, in, &f, &dir) == VISIT_DONE && w.is_stopped);
	w.is_stopped = false;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_DONE && w.is_stopped);
	/* A directory that was read as a file is visited as one. */
	does.shown[0] = '\0';
	does.answer = WALK_IS_DIRECTORY;
	EXPECT(visit_entry(&w, in, &was_file, &dir) == VISIT_DONE);
	expect_shown("s", "visit file d/s; visit dir d/s open; ");
	leave_all();
	end();
	rows_end();
}

/* A file is not entered, whatever the visitor answers. */
static void test_descend_into_a_file(void **state)
{
	struct dir *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	does.answer = WALK_DESCEND;
	EXPECT(visit_operand(&w, "f", NULL, &dir) == VISIT_DONE && dir == NULL);
	end();
	rows_end();
}

/* ------------------------------------------------------------------------------- what is closed */

/* A directory that can be read only after its change is pinned, changed, and then opened. */
static void open_it(const struct walk_entry *e)
{
	EXPECT(e->event != WALK_FILE || fchmodat(e->dirfd, e->name, 0755, 0) == 0);
}

static void visit_closed(void *ctx)
{
	static const char *const names[] = {"none", "search", "read"};
	struct dir *dir = NULL;

	(void)ctx;
	be_nobody();
	for (size_t i = 0; i < COUNT(names); i++) {
		char expected[100];
		bool is_readable = strcmp(names[i], "read") == 0;

		begin(NULL, WALK_OPERAND_LINKS, RECURSE);
		does.answer = WALK_DESCEND;
		does.hook = open_it;
		EXPECT(visit_operand(&w, names[i], NULL, &dir) == VISIT_DESCEND);
		sprintf(expected, "visit dir %s operand followed other %s; ", names[i],
			is_readable ? "open" : "pin");
		expect_shown(names[i], expected);
		if (dir != NULL)
			EXPECT(dir->fd > 2);
		drop(dir);
		end();
	}
}

static void test_closed_directories(void **state)
{
	(void)state;
	scratch_enter_for_child("none/ 000, search/ 300, read/ 400");
	if (!in_child(visit_closed, NULL))
		SKIP_TEST("nobody else to be");
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_operands),
		SCRATCH_TEST(test_entries),
		SCRATCH_TEST(test_wants),
		SCRATCH_TEST(test_answers),
		SCRATCH_TEST(test_descend_into_a_file),
		SCRATCH_TEST(test_closed_directories),
	};

	umask(022);
	return cmocka_run_group_tests_name("visit", tests, NULL, NULL);
}
