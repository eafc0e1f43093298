/* SPDX-License-Identifier: MIT */
/*
 * apply: the modes in the record, the predictions of a dry run, and how directories and their
 * entries are treated (DESIGN.md 3).
 *
 * Link with --wrap= of the functions of sys in apply_fixture.h and with support/tree.o.
 */
#include "apply.h"

#include "apply_fixture.h"

static void test_modes(void **state)
{
	struct modespec spec;
	struct shown s;
	struct apply a;

	(void)state;
	scratch_enter("f 777, d/ 2777");
	sys_reset();
	compile(&spec, "-w");
	a = asking(&spec, SYS_LIBC);
	a.with_old_mode = a.with_unmasked = true;
	policy_prepare(&a);
	show(&s, "f", DT_REG, traits_in(&a, QUIET));
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.old == 0777 && s.record.requested == 0577 && s.record.actual == 0577);
	EXPECT(s.record.unmasked == 0555);
	show_pinned(&s, "d", ENTRY, SYS_NOFOLLOW);
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.old == 02777 && s.record.requested == 02577 && s.record.unmasked == 02555);
	close(s.e.pin);
	/* Without the old mode it is not recorded that the umask interfered. */
	a.with_unmasked = false;
	show(&s, "f", DT_REG, 0);
	apply(&a, &s.e, &s.record);
	EXPECT((s.record.requested & ~s.record.unmasked) == 0);
	modespec_free(&spec);
	rows_end();
}

/* The kernel drops set-group-ID if the caller is not in the group; the record has the real mode. */
static void set_group_id(void *ctx)
{
	struct modespec spec;
	struct shown s;
	struct apply a;

	(void)ctx;
	be_nobody();
	sys_reset();
	if (modespec_compile(&spec, "g+s", NULL) != 0)
		exit(1);
	a = asking(&spec, SYS_LIBC);
	a.with_old_mode = true;
	show(&s, "f", DT_REG, 0);
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.result == APPLY_DONE);
	EXPECT(s.record.old == 0644 && s.record.requested == 02644 && s.record.actual == 0644);
	/* Without the old mode it is not found out. */
	a.with_old_mode = false;
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.actual == 02644);
	/* Another user's. */
	show(&s, "r", DT_REG, 0);
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.result == APPLY_NOT_CHANGED);
	EXPECT(s.record.err == EPERM && s.record.old == 0600 && s.record.requested == 02600);
	modespec_free(&spec);
}

static void test_modes_that_the_kernel_refuses(void **state)
{
	(void)state;
	if (geteuid() != 0)
		SKIP_TEST("takes files of other users");
	scratch_enter_for_child("f 644 (:root), r 600 (root)");
	if (!in_child(set_group_id, NULL))
		SKIP_TEST("nobody else to be");
	rows_end();
}

/* By a link or a mount, a file may be on another file system, on which modes may not be local. */
static void test_restat_of_others(void **state)
{
	struct modespec spec;
	struct shown s;
	struct apply a;

	(void)state;
	scratch_enter("f 644");
	compile(&spec, "u+x,u-x");
	a = asking(&spec, SYS_LIBC);
	a.with_old_mode = true;
	a.links = APPLY_ALL_LINKS;
	for (int i = 0; i < 4; i++) {
		sys_reset();
		show_pinned(&s, "f", ENTRY, i & 1 ? SYS_FOLLOW : SYS_NOFOLLOW);
		s.e.other_device = i & 2;
		apply(&a, &s.e, &s.record);
		EXPECT(s.record.result == APPLY_DONE);
		EXPECT(strcmp(sys.calls, i > 0 ? "fchmod fstat " : "fchmod ") == 0);
		close(s.e.pin);
	}
	modespec_free(&spec);
	rows_end();
}

/*
 * The stat after the change may fail. That is reported as by GNU (SPEC.md 5.7), unless the file has
 * just been deleted, as with every other call.
 */
static void test_restat(void **state)
{
	static const struct {
		int err;
		enum shown_as as;
		enum apply_result result;
		int restat_err;
	} rows[] = {
		{EACCES, ENTRY, APPLY_DONE, EACCES},
		{EACCES, OPERAND, APPLY_DONE, EACCES},
		{ENOENT, ENTRY, APPLY_VANISHED, 0},
	};

	(void)state;
	scratch_enter("f 4600");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		struct shown s;
		struct apply a;

		sys_reset();
		compile(&spec, "u+rs");
		a = asking(&spec, SYS_LIBC);
		a.with_old_mode = true;
		if (rows[i].as == OPERAND)
			show_pinned(&s, "f", OPERAND, SYS_FOLLOW);
		else
			show(&s, "f", DT_REG, 0);
		sys.at = rows[i].as == OPERAND ? "fstat" : "stat";
		sys.skip = rows[i].as == OPERAND ? 0 : 1;
		sys.err = rows[i].err;
		apply(&a, &s.e, &s.record);
		EXPECT(sys.at == NULL);
		if (s.record.result != rows[i].result || s.record.restat_err != rows[i].restat_err)
			row_wrong("row %zu: result %d, errno %d", i, (int)s.record.result,
				s.record.restat_err);
		/* The mode is taken to be the requested one. */
		if (s.record.result == APPLY_DONE)
			EXPECT(s.record.actual == 04600);
		if (s.e.pin >= 0)
			close(s.e.pin);
		modespec_free(&spec);
	}
	rows_end();
}

/* --dry-run predicts the result, without a change. */
static void test_predictions(void **state)
{
	static const struct {
		bool is_mine, is_privileged, read_only;
		int err;
		enum sys_method method;
	} rows[] = {{true, false, false, 0, SYS_FCHMODAT2},
		{false, false, false, EPERM, SYS_FCHMODAT2}, {false, true, false, 0, SYS_FCHMODAT2},
		{true, false, true, EROFS, SYS_FCHMODAT2},
		{false, false, true, EROFS, SYS_FCHMODAT2},
		{true, true, true, EROFS, SYS_FCHMODAT2}, {false, false, false, EPERM, SYS_LIBC}};

	(void)state;
	scratch_enter("f 644, d/ 755");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		unsigned traits = 0;
		struct shown d, s;
		struct apply a;

		sys_reset();
		compile(&spec, "u+x");
		a = asking(&spec, rows[i].method);
		a.dry_run = a.with_old_mode = true;
		a.is_privileged = rows[i].is_privileged;
		a.euid += !rows[i].is_mine;
		sys.read_only = rows[i].read_only;
		show_pinned(&d, "d", OPERAND, SYS_FOLLOW);
		for (int k = 0; k < 2; k++) {
			if (k == 0) {
				apply(&a, &d.e, &d.record);
				descend_changed(&a, &d.e, &d.record, &traits);
			}
			show(&s, "f", DT_REG, traits);
			apply(&a, &s.e, &s.record);
			if (s.record.err != rows[i].err ||
				s.record.result !=
					(rows[i].err == 0 ? APPLY_DONE : APPLY_NOT_CHANGED))
				row_wrong("row %zu: result %d, errno %d", i, (int)s.record.result,
					s.record.err);
			EXPECT(s.record.requested == 0744 && s.record.old == 0644);
		}
		EXPECT(strstr(sys.calls, "chmod") == NULL && mode_of("f") == 0644);
		close(d.e.pin);
		modespec_free(&spec);
	}
	rows_end();
}

/* --------------------------------------------------------------------- answers for directories */

static const struct answer_row {
	mode_t before, after;
	bool is_mine, is_roots;
	enum walk_answer answer;
	bool contested, closed; /* as far as the entries tell */
} answer_rows[] = {
	{0755, 0755, true, false, WALK_DESCEND, false, false},
	{0755, 0755, false, true, WALK_DESCEND, false, false},
	{0755, 0755, false, false, WALK_DESCEND, true, false},
	{0775, 0755, true, false, WALK_DESCEND, true, false},
	{0755, 0775, true, false, WALK_DESCEND, true, false},
	{0755, 0757, true, false, WALK_DESCEND, true, false},
	{0757, 0755, false, true, WALK_DESCEND, true, false},
	{01777, 01777, false, true, WALK_DESCEND, true, false},
	{0555, 0555, true, false, WALK_DESCEND, false, false},
	{0000, 0755, true, false, WALK_DESCEND, false, false},
	{0755, 0711, true, false, WALK_DESCEND, false, false},
	{0755, 0711, false, true, WALK_DESCEND_REOPEN, false, false},
	{0755, 0355, true, false, WALK_DESCEND_REOPEN, false, false},
	{0755, 0751, true, false, WALK_DESCEND, false, false},
	{0751, 0750, false, true, WALK_DESCEND, false, true},
	{0755, 0751, false, true, WALK_DESCEND_REOPEN, false, false},
	{0755, 0655, true, false, WALK_DESCEND, false, true},
	{0755, 0754, true, false, WALK_DESCEND, false, false},
	{0755, 0754, false, true, WALK_DESCEND, false, true},
	{0755, 0745, true, false, WALK_DESCEND, false, false},
	{0755, 0745, false, true, WALK_DESCEND, false, true},
	{0600, 0755, true, false, WALK_DESCEND, false, false},
	{0777, 0000, true, false, WALK_DESCEND_REOPEN, true, true},
};

static void test_directory_answers(void **state)
{
	struct modespec spec;

	(void)state;
	scratch_enter(NULL);
	sys_reset();
	compile(&spec, "u+x");
	for (size_t i = 0; i < COUNT(answer_rows); i++) {
		const struct answer_row *row = &answer_rows[i];
		struct apply a = asking(&spec, SYS_LIBC);
		struct apply_record done = {.result = APPLY_DONE,
			.old = row->before,
			.actual = row->after,
			.requested = 07777};
		struct apply_record failed = {.result = APPLY_NOT_CHANGED,
			.err = EPERM,
			.old = row->before,
			.requested = row->after};
		struct stat st = {.st_mode = S_IFDIR | row->before};
		struct walk_entry e = {.pin = -1, .st = &st};
		unsigned traits = 0;

		a.euid = 1000;
		st.st_uid = row->is_mine ? 1000 : row->is_roots ? 0 : 1001;
		if (descend_changed(&a, &e, &done, &traits) != row->answer ||
			is_pinned(&a, traits) != row->contested ||
			is_looked_at(&a, traits) != row->closed)
			row_wrong("row %zu: traits %#x", i, traits);
		/* If nothing was changed, the mode is the old one. */
		EXPECT(descend_changed(&a, &e, &failed, &traits) == WALK_DESCEND);
		EXPECT(is_looked_at(&a, traits) ==
			(row->is_mine ? !(row->before & 0100) : (row->before & 0011) != 0011));
	}
	modespec_free(&spec);
	rows_end();
}

/* A later operand may lead through the directory, so it matters whether it can be searched. */
static void test_operands_that_bar(void **state)
{
	static const struct {
		const char *spec;
		mode_t before, after;
		bool is_mine;
		enum walk_answer answer;
		bool may_bar; /* before or afterwards it may not be searched */
	} rows[] = {
		{"u-w", 0755, 0555, true, WALK_DESCEND, false},
		{"u-x", 0755, 0655, true, WALK_DESCEND_REOPEN, true},
		{"u+x", 0655, 0755, true, WALK_DESCEND, true},
		{"g-r", 0655, 0615, true, WALK_DESCEND, true},
		{"go-x", 0755, 0744, true, WALK_DESCEND, false},
		{"o-x", 0755, 0754, false, WALK_DESCEND_REOPEN, true},
		{"u-x", 0755, 0655, false, WALK_DESCEND, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct apply_record done = {.result = APPLY_DONE, .actual = rows[i].after};
		struct stat st = {
			.st_mode = S_IFDIR | rows[i].before, .st_uid = rows[i].is_mine ? 1000 : 0};
		struct walk_entry e = {.pin = -1, .st = &st, .operand = true};
		struct modespec spec;
		unsigned traits = 0;
		struct apply a;

		sys_reset();
		compile(&spec, rows[i].spec);
		a = asking(&spec, SYS_LIBC);
		a.euid = 1000;
		if (descend_changed(&a, &e, &done, &traits) != rows[i].answer ||
			descend_may_bar(&a, &st) != rows[i].may_bar)
			row_wrong("row %zu", i);
		modespec_free(&spec);
	}
	rows_end();
}

/* Root can read everything. Which directories are contested is the same for root. */
static void test_directory_answers_for_root(void **state)
{
	struct apply_record done = {.result = APPLY_DONE, .old = 0755};
	struct stat st = {.st_mode = S_IFDIR | 0755, .st_uid = 1001};
	struct walk_entry e = {.pin = -1, .st = &st};
	struct modespec spec;
	struct apply a;
	unsigned traits = 0;

	(void)state;
	scratch_enter(NULL);
	sys_reset();
	compile(&spec, "u+x");
	a = asking(&spec, SYS_LIBC);
	a.euid = 0;
	/* In a container root may lack the capabilities. */
	EXPECT(descend_changed(&a, &e, &done, &traits) == WALK_DESCEND_REOPEN);
	EXPECT(is_pinned(&a, traits) && is_looked_at(&a, traits));
	a.overrides_modes = true;
	EXPECT(descend_changed(&a, &e, &done, &traits) == WALK_DESCEND);
	EXPECT(is_pinned(&a, traits) && !is_looked_at(&a, traits));
	st.st_uid = 0;
	done.actual = 0700;
	EXPECT(descend_changed(&a, &e, &done, &traits) == WALK_DESCEND);
	EXPECT(!is_pinned(&a, traits) && !is_looked_at(&a, traits));
	modespec_free(&spec);
	rows_end();
}

/* Where the walk enters a file system, it is asked whether permissions are local. */
static void test_file_systems(void **state)
{
	struct modespec spec;
	struct apply_record done = {.result = APPLY_DONE, .old = 0755, .actual = 0755};
	struct stat st = {.st_mode = S_IFDIR | 0755};
	struct walk_entry e = {.pin = -1, .st = &st};
	struct apply a;

	(void)state;
	scratch_enter(NULL);
	compile(&spec, "u+x");
	a = asking(&spec, SYS_LIBC);
	st.st_uid = a.euid;
	for (int i = 0; i < 4; i++) {
		unsigned traits = 0;

		sys_reset();
		sys.perms_not_local = i % 2 == 0;
		e.dir_traits = 0;
		e.other_device = true;
		EXPECT(descend_changed(&a, &e, &done, &traits) == WALK_DESCEND);
		EXPECT(strcmp(sys.calls, "perms ") == 0);
		EXPECT(is_pinned(&a, traits) == sys.perms_not_local);
		e.other_device = false;
		e.dir_traits = traits;
		sys.calls[0] = '\0';
		EXPECT(descend_changed(&a, &e, &done, &traits) == WALK_DESCEND);
		EXPECT(strcmp(sys.calls, "") == 0);
		EXPECT(is_pinned(&a, traits) == sys.perms_not_local);
		/* The walk enters another file system. */
		sys.perms_not_local = i / 2;
		e.other_device = true;
		e.dir_traits = traits;
		EXPECT(descend_changed(&a, &e, &done, &traits) == WALK_DESCEND);
		EXPECT(is_pinned(&a, traits) == sys.perms_not_local);
		/* Below a directory that is contested by its mode as well. */
		e.other_device = false;
		e.dir_traits = traits;
		st.st_mode = S_IFDIR | 0777;
		EXPECT(descend_changed(&a, &e, &done, &traits) == WALK_DESCEND);
		e.dir_traits = traits;
		st.st_mode = S_IFDIR | 0755;
		EXPECT(descend_changed(&a, &e, &done, &traits) == WALK_DESCEND);
		EXPECT(is_pinned(&a, traits) == sys.perms_not_local);
	}
	modespec_free(&spec);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_modes),
		SCRATCH_TEST(test_modes_that_the_kernel_refuses),
		SCRATCH_TEST(test_restat),
		SCRATCH_TEST(test_restat_of_others),
		SCRATCH_TEST(test_predictions),
		SCRATCH_TEST(test_directory_answers),
		SCRATCH_TEST(test_operands_that_bar),
		SCRATCH_TEST(test_directory_answers_for_root),
		SCRATCH_TEST(test_file_systems),
	};

	umask(022);
	unsetenv("LD_PRELOAD");
	return cmocka_run_group_tests_name("apply: modes", tests, NULL, NULL);
}
