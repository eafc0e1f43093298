/*
 * apply: files whose turn has not come, and operands by their name.
 *
 * Link with --wrap= of the functions of sys in apply_fixture.h and with support/tree.o.
 */
#include "apply.h"

#include "apply_fixture.h"

/* -------------------------------------------------------------------------------------- in turn */

static void test_order_matters(void **state)
{
	static const struct {
		const char *spec;
		bool with_old, is_dry, matters;
	} rows[] = {
		{"755", false, false, false},
		{"u+x,go-w", false, false, false},
		{"a+rX", false, false, false},
		{"g=u", false, false, false},
		{"g=u,o=g", false, false, false},
		/* Bits go round. */
		{"u=g,g=o,o=", false, false, true},
		{"o=g,g=u", false, false, true},
		{"u-g,g+o,o+u", false, false, true},
		{"a-x+X", false, false, false},
		{"a+X,u-x,g-x", false, false, false},
		{"a+X,u+x", false, false, true},
		/* Of directories alone, which have one name. */
		{"Du=g,Dg=o,Do=", false, false, false},
		/* Who is first shows in the lines, but not where nothing is changed. */
		{"755", true, false, true},
		{"755", true, true, false},
		{"u=g,g=o,o=", false, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		struct apply a;

		compile(&spec, rows[i].spec);
		a = asking(&spec, SYS_LIBC);
		a.with_old_mode = rows[i].with_old;
		a.is_dry = rows[i].is_dry;
		if (apply_order_matters(&a) != rows[i].matters)
			row_wrong("%s, row %zu", rows[i].spec, i);
		modespec_free(&spec);
	}
	rows_end();
}

/* With links followed a directory may be closed on one way and needed on another. */
static void test_closes_directories(void **state)
{
	static const struct {
		const char *spec;
		bool overrides, is_dry, closes;
	} rows[] = {
		{"755", false, false, false},
		{"600", false, false, true},
		{"a-x", false, false, true},
		{"u-r", false, false, true},
		{"go=", false, false, false},
		{"Du=r", false, false, true},
		{"F600,D700", false, false, false},
		{"600", true, false, false},
		{"600", false, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		struct apply a;

		compile(&spec, rows[i].spec);
		a = asking(&spec, SYS_LIBC);
		a.overrides_modes = rows[i].overrides;
		a.is_dry = rows[i].is_dry;
		if (apply_closes_directories(&a) != rows[i].closes)
			row_wrong("%s, row %zu", rows[i].spec, i);
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
		EXPECT(apply(&a, &s.e, &s.record));
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

static void test_which_are_by_name(void **state)
{
	static const struct {
		const char *spec;
		bool is_dry;
		enum apply_links links;
		bool by_name;
	} rows[] = {
		{"644", false, APPLY_OPERAND_LINKS, true},
		{"644", false, APPLY_ALL_LINKS, true},
		{"a=r,u+w", false, APPLY_OPERAND_LINKS, true},
		{"644", true, APPLY_OPERAND_LINKS, false},
		{"644", false, APPLY_NO_LINKS, false},
		/* It depends on what has that name. */
		{"u+x", false, APPLY_OPERAND_LINKS, false},
		{"D755,F644", false, APPLY_OPERAND_LINKS, false},
		{"F644", false, APPLY_OPERAND_LINKS, false},
		{"a=rX", false, APPLY_OPERAND_LINKS, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		struct apply a;

		compile(&spec, rows[i].spec);
		a = asking(&spec, SYS_LIBC);
		a.is_dry = rows[i].is_dry;
		a.links = rows[i].links;
		a.by_name = !rows[i].by_name; /* from before */
		for (int k = 0; k < 4; k++) {
			a.with_old_mode = k & 1;
			a.skips_right = k & 2;
			apply_prepare(&a);
			if (a.by_name != rows[i].by_name)
				row_wrong("%s, row %zu: by_name", rows[i].spec, i);
		}
		modespec_free(&spec);
	}
	rows_end();
}

/* As GNU's: one look by the walk, one call, and a second look if set-ID bits are to be told. */
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
		/* It was there: who names it misses it. */
		{"600", "f", 0, "follow", ENOENT, "follow ", APPLY_NOT_CHANGED, 0644},
		{"600", "f", 0, "follow", EOPNOTSUPP, "follow ", APPLY_NOT_CHANGED, 0644},
	};

	(void)state;
	for (size_t i = 0; i < 4 * COUNT(rows); i++) {
		enum sys_way way = (enum sys_way)(i % 4);
		struct modespec spec;
		struct shown s;
		struct apply a;
		size_t k = i / 4;

		scratch_enter("f 644, l -> f, p| 644");
		sys_reset();
		compile(&spec, rows[k].spec);
		a = asking(&spec, way);
		a.with_old_mode = rows[k].asks & 1;
		a.skips_right = rows[k].asks & 2;
		apply_prepare(&a);
		show(&s, rows[k].name, DT_REG, 0);
		s.e.operand = s.e.other_device = s.e.followed = true;
		assert_int_equal(stat(rows[k].name, &s.st), 0);
		s.e.st = &s.st;
		sys.at = rows[k].at;
		sys.err = rows[k].err;
		EXPECT(apply(&a, &s.e, &s.record));
		assert_int_equal(stat(rows[k].name, &s.st), 0);
		if (s.record.result != rows[k].result || s.record.err != rows[k].err ||
			strcmp(sys.calls, rows[k].calls) != 0 ||
			(s.st.st_mode & 07777) != rows[k].mode)
			row_wrong("row %zu, by %s: result %d, errno %d, mode %04o, calls: %s", k,
				way_name(way), (int)s.record.result, s.record.err,
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
		SCRATCH_TEST(test_order_matters),
		SCRATCH_TEST(test_closes_directories),
		SCRATCH_TEST(test_too_early),
		SCRATCH_TEST(test_which_are_by_name),
		SCRATCH_TEST(test_operands_by_name),
	};

	umask(022);
	unsetenv("LD_PRELOAD");
	return cmocka_run_group_tests_name("apply: order", tests, NULL, NULL);
}
