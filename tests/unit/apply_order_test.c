/* SPDX-License-Identifier: MIT */
/*
 * apply: files whose turn has not come, and operands by their name.
 *
 * Link with --wrap= of the functions of sys in apply_fixture.h and with support/tree.o.
 */
#include "apply.h"

#include "apply_fixture.h"

/* -------------------------------------------------------------------------------------- in turn */

/* What policy says about a whole run before it begins. */
enum question { ORDER_MATTERS, CLOSES_DIRECTORIES, BY_NAME };

static const struct {
	enum question question;
	const char *spec;
	bool yes;
	bool with_old, dry_run, overrides;
	enum apply_links links;
} questions[] = {
	{ORDER_MATTERS, "755", false},
	{ORDER_MATTERS, "u+x,go-w", false},
	{ORDER_MATTERS, "a+rX", false},
	{ORDER_MATTERS, "g=u", false},
	{ORDER_MATTERS, "g=u,o=g", false},
	/* Bits go round. */
	{ORDER_MATTERS, "u=g,g=o,o=", true},
	{ORDER_MATTERS, "o=g,g=u", true},
	{ORDER_MATTERS, "u-g,g+o,o+u", true},
	{ORDER_MATTERS, "a-x+X", false},
	{ORDER_MATTERS, "a+X,u-x,g-x", false},
	{ORDER_MATTERS, "a+X,u+x", true},
	/* Only of directories, which have one name. */
	{ORDER_MATTERS, "Du=g,Dg=o,Do=", false},
	/* Lines show which name was changed first, unless nothing is changed. */
	{ORDER_MATTERS, "755", true, .with_old = true},
	{ORDER_MATTERS, "755", false, .with_old = true, .dry_run = true},
	{ORDER_MATTERS, "u=g,g=o,o=", false, .dry_run = true},

	/* With links followed a directory may be closed by one path and needed by another. */
	{CLOSES_DIRECTORIES, "755", false},
	{CLOSES_DIRECTORIES, "600", true},
	{CLOSES_DIRECTORIES, "a-x", true},
	{CLOSES_DIRECTORIES, "u-r", true},
	{CLOSES_DIRECTORIES, "go=", false},
	{CLOSES_DIRECTORIES, "Du=r", true},
	{CLOSES_DIRECTORIES, "F600,D700", false},
	{CLOSES_DIRECTORIES, "600", false, .overrides = true},
	{CLOSES_DIRECTORIES, "600", false, .dry_run = true},

	{BY_NAME, "644", true, .links = APPLY_OPERAND_LINKS},
	{BY_NAME, "644", true, .links = APPLY_ALL_LINKS},
	{BY_NAME, "a=r,u+w", true, .links = APPLY_OPERAND_LINKS},
	{BY_NAME, "644", false, .dry_run = true, .links = APPLY_OPERAND_LINKS},
	{BY_NAME, "644", false, .links = APPLY_NO_LINKS},
	/* It depends on what has that name. */
	{BY_NAME, "u+x", false, .links = APPLY_OPERAND_LINKS},
	{BY_NAME, "D755,F644", false, .links = APPLY_OPERAND_LINKS},
	{BY_NAME, "F644", false, .links = APPLY_OPERAND_LINKS},
	{BY_NAME, "a=rX", false, .links = APPLY_OPERAND_LINKS},
};

/* The answer to QUESTION. That to BY_NAME is the same for all four METHODs, and for each BEFORE. */
static bool answer(enum question question, struct apply *a, int method, bool before)
{
	if (question == ORDER_MATTERS)
		return policy_order_matters(a);
	if (question == CLOSES_DIRECTORIES)
		return policy_closes_directories(a);
	a->with_old_mode = method & 1;
	a->skip_unchanged = method & 2;
	a->by_name = before;
	policy_prepare(a);
	return a->by_name;
}

static void test_questions(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4 * COUNT(questions); i++) {
		size_t row = i / 4;
		struct modespec spec;
		struct apply a;

		compile(&spec, questions[row].spec);
		a = asking(&spec, SYS_LIBC);
		a.with_old_mode = questions[row].with_old;
		a.dry_run = questions[row].dry_run;
		a.overrides_modes = questions[row].overrides;
		if (questions[row].question == BY_NAME)
			a.links = questions[row].links;
		if (answer(questions[row].question, &a, (int)(i % 4), !questions[row].yes) !=
			questions[row].yes)
			row_wrong("%s, row %zu", questions[row].spec, row);
		modespec_free(&spec);
	}
	rows_end();
}

static void test_too_early(void **state)
{
	static const struct {
		const char *name;
		bool matters, in_turn, is_early;
	} rows[] = {
		{"f", true, false, true},
		{"f", true, true, false},
		{"f", false, false, false},
		{"one", true, false, false},
		/* Their own ".." counts as a link. */
		{"d", true, false, false},
	};
	struct modespec spec;

	(void)state;
	scratch_enter("f 644, h => f, one 644, d/ 755, d/s/");
	compile(&spec, "u=g,g=o,o=");
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		bool is_dir = strcmp(rows[i / 2].name, "d") == 0;
		struct shown s;
		struct apply a;
		mode_t before = is_dir ? 0755 : 0644;

		sys_reset();
		assert_int_equal(chmod(rows[i / 2].name, before), 0);
		a = asking(&spec, SYS_LIBC);
		a.order_matters = rows[i / 2].matters;
		if (is_dir || i % 2 == 0)
			show_pinned(&s, rows[i / 2].name, ENTRY, SYS_NOFOLLOW);
		else
			show(&s, rows[i / 2].name, DT_REG, 0);
		s.e.in_turn = rows[i / 2].in_turn;
		apply(&a, &s.e, &s.record);
		if ((s.record.result == APPLY_TOO_EARLY) != rows[i / 2].is_early ||
			(mode_of(rows[i / 2].name) == before) != rows[i / 2].is_early)
			row_wrong("row %zu: result %d, mode %04o", i, (int)s.record.result,
				mode_of(rows[i / 2].name));
		if (s.e.pin >= 0)
			close(s.e.pin);
	}
	modespec_free(&spec);
	rows_end();
}

/* ------------------------------------------------------------------------------------- by name */

/* As by GNU: the walk has made a stat; then one call, and another stat if set-ID bits are shown. */
static void test_operands_by_name(void **state)
{
	static const struct {
		const char *spec, *name;
		unsigned asks;
		const char *at;
		int err;
		const char *calls;
		enum apply_result result;
		mode_t mode; /* of what the name leads to */
	} rows[] = {
		{"600", "f", 0, NULL, 0, "follow ", APPLY_DONE, 0600},
		{"600", "l", 0, NULL, 0, "follow ", APPLY_DONE, 0600},
		{"600", "p", 0, NULL, 0, "follow ", APPLY_DONE, 0600},
		{"600", "f", 1, NULL, 0, "follow stat ", APPLY_DONE, 0600},
		{"4600", "f", 1, NULL, 0, "follow stat ", APPLY_DONE, 04600},
		{"4600", "l", 1, NULL, 0, "follow stat ", APPLY_DONE, 04600},
		{"644", "f", 2, NULL, 0, "", APPLY_DONE, 0644},
		{"600", "f", 2, NULL, 0, "follow ", APPLY_DONE, 0600},
		{"600", "f", 0, "follow", EPERM, "follow ", APPLY_NOT_CHANGED, 0644},
		/* It vanished: for an operand that is an error. */
		{"600", "f", 0, "follow", ENOENT, "follow ", APPLY_NOT_CHANGED, 0644},
		{"600", "f", 0, "follow", EOPNOTSUPP, "follow ", APPLY_NOT_CHANGED, 0644},
	};

	(void)state;
	for (size_t i = 0; i < 4 * COUNT(rows); i++) {
		enum sys_method method = (enum sys_method)(i % 4);
		struct modespec spec;
		struct shown s;
		struct apply a;
		size_t k = i / 4;

		scratch_enter("f 644, l -> f, p| 644");
		sys_reset();
		compile(&spec, rows[k].spec);
		a = asking(&spec, method);
		a.with_old_mode = rows[k].asks & 1;
		a.skip_unchanged = rows[k].asks & 2;
		policy_prepare(&a);
		show(&s, rows[k].name, DT_REG, 0);
		s.e.operand = s.e.other_device = s.e.followed = true;
		assert_int_equal(stat(rows[k].name, &s.st), 0);
		s.e.st = &s.st;
		sys.at = rows[k].at;
		sys.err = rows[k].err;
		apply(&a, &s.e, &s.record);
		assert_int_equal(stat(rows[k].name, &s.st), 0);
		if (s.record.result != rows[k].result || s.record.err != rows[k].err ||
			strcmp(sys.calls, rows[k].calls) != 0 ||
			(s.st.st_mode & 07777) != rows[k].mode)
			row_wrong("row %zu, by %s: result %d, errno %d, mode %04o, calls: %s", k,
				method_name(method), (int)s.record.result, s.record.err,
				s.st.st_mode & 07777U, sys.calls);
		EXPECT(s.record.old == 0644);
		modespec_free(&spec);
		scratch_leave(state);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_questions),
		SCRATCH_TEST(test_too_early),
		SCRATCH_TEST(test_operands_by_name),
	};

	umask(022);
	unsetenv("LD_PRELOAD");
	return cmocka_run_group_tests_name("apply: order", tests, NULL, NULL);
}
