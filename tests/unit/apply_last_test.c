/* SPDX-License-Identifier: MIT */
/*
 * apply: bits that let others write to a directory are set last, when all in it is done.
 *
 * Link with --wrap= of the functions of sys in apply_fixture.h and with support/tree.o.
 */
#include "apply.h"

#include "apply_fixture.h"

enum { ELSEWHERE = 1, NOT_OPEN = 2, FLAT = 4, DRY_RUN = 8, ALL_LINKS = 16, OF_OTHERS = 32 };

static const struct last_row {
	const char *spec;
	mode_t before;
	unsigned how;
	mode_t first, last; /* its mode after apply(), and the bits that are owed */
	bool contested;     /* meanwhile */
} last_rows[] = {
	/* Bits that newly let others write wait. */
	{"g+w", 0755, 0, 0755, 0020, false},
	{"o+w", 0755, 0, 0755, 0002, false},
	{"go+w", 0700, 0, 0700, 0022, false},
	{"ug=rwX,o=rX", 0700, 0, 0755, 0020, false},
	{"g+w,g+s,+t", 0755, 0, 03755, 0020, false},
	/* There are no such bits. */
	{"u+w", 0555, 0, 0755, 0, false},
	{"go-w", 0777, 0, 0755, 0, true},
	{"g+r", 0700, 0, 0740, 0, false},
	{"g=u", 0500, 0, 0550, 0, false},
	/* Others could rename there before. */
	{"g+w", 0757, 0, 0777, 0, true},
	{"o+w", 0775, 0, 0777, 0, true},
	{"g+w", 0775, 0, 0775, 0, true},
	{"g+w", 0755, OF_OTHERS, 0775, 0, true},
	/* Permissions are not local, or there is no descriptor to set them by. */
	{"g+w", 0755, ELSEWHERE, 0775, 0, true},
	{"g+w", 0755, NOT_OPEN, 0775, 0, true},
	/* Entries take one call each, contested or not; other modes need a stat. */
	{"777", 0755, 0, 0777, 0, true},
	{"D777,F666", 0755, 0, 0755, 0022, false},
	/* Where nothing is changed, and where one file has many paths. */
	{"g+w", 0755, FLAT, 0775, 0, true},
	{"g+w", 0755, DRY_RUN, 0755, 0, true},
	{"g+w", 0755, ALL_LINKS, 0775, 0, true},
};

/* Begins a run that changes modes by SPEC, HOW, and shows directory d as the walk has opened it. */
static void begin(struct visit *v, const char *spec, unsigned how)
{
	*v = (struct visit){0};
	compile(&v->spec, spec);
	v->a = asking(&v->spec, SYS_LIBC);
	v->a.recursive = (how & FLAT) == 0;
	v->a.dry_run = (how & DRY_RUN) != 0;
	v->a.is_privileged = true;
	v->a.links = how & ALL_LINKS ? APPLY_ALL_LINKS : APPLY_OPERAND_LINKS;
	policy_prepare(&v->a);
	if (how & OF_OTHERS)
		v->a.euid = geteuid() + 1;
	if (how & NOT_OPEN)
		show_pinned(&v->s, "d", ENTRY, SYS_NOFOLLOW);
	else
		show_open(&v->s, "d", ENTRY, SYS_NOFOLLOW);
	v->s.e.other_device = true;
}

static void check_last(size_t i, const struct last_row *row)
{
	struct modespec look;
	struct apply looking;
	struct visit v;

	sys_reset();
	sys.perms_not_local = (row->how & ELSEWHERE) != 0;
	assert_int_equal(chmod("d", row->before), 0);
	/* Its owner is neither the caller nor root. */
	if (geteuid() == 0)
		assert_int_equal(chown("d", row->how & OF_OTHERS ? NOBODY : 0, -1U), 0);
	begin(&v, row->spec, row->how);
	compile(&look, "u+x");
	looking = asking(&look, SYS_LIBC);
	looking.euid = v.a.euid;
	apply(&v.a, &v.s.e, &v.s.record);
	EXPECT(v.s.record.result == APPLY_DONE);
	if (mode_of("d") != row->first || v.s.record.last_bits != row->last)
		row_wrong("row %zu: mode %04o, last bits %04o", i, mode_of("d"),
			v.s.record.last_bits);
	/* The file system is asked about permissions only if there are bits to be given last. */
	EXPECT(((row->first | row->last) & 0022) != 0 || strstr(sys.calls, "perms") == NULL);
	/* The record has the mode in the end. */
	EXPECT((row->how & DRY_RUN) != 0 || v.s.record.actual == (row->first | row->last));
	descend_changed(&v.a, &v.s.e, &v.s.record, &v.traits);
	if (((v.traits & WALK_OWING) != 0) != (row->last != 0) ||
		is_pinned(&looking, v.traits) != row->contested)
		row_wrong("row %zu: traits %#x", i, v.traits);
	if (row->last != 0) {
		v.s.e.dir_traits = v.traits;
		EXPECT(descend_last_bits(&v.s.e) == 0);
		EXPECT(mode_of("d") == (row->first | row->last));
	}
	visit_end(&v);
	modespec_free(&look);
}

static void test_last_bits(void **state)
{
	(void)state;
	scratch_enter("d/ 755");
	for (size_t i = 0; i < COUNT(last_rows); i++)
		check_last(i, &last_rows[i]);
	rows_end();
}

/* Nothing is owed if the first change fails. If the second one fails, that is reported. */
static void test_last_bits_fail(void **state)
{
	struct visit v;

	(void)state;
	scratch_enter("d/ 755");
	sys_reset();
	begin(&v, "g+w", 0);
	sys.at = "fchmod";
	sys.err = EPERM;
	apply(&v.a, &v.s.e, &v.s.record);
	EXPECT(v.s.record.result == APPLY_NOT_CHANGED);
	EXPECT(descend_changed(&v.a, &v.s.e, &v.s.record, &v.traits) == WALK_DESCEND);
	EXPECT((v.traits & WALK_OWING) == 0);
	apply(&v.a, &v.s.e, &v.s.record);
	EXPECT(v.s.record.last_bits == 0020);
	descend_changed(&v.a, &v.s.e, &v.s.record, &v.traits);
	v.s.e.dir_traits = v.traits;
	sys.at = "fchmod";
	sys.err = EROFS;
	EXPECT(descend_last_bits(&v.s.e) == -EROFS);
	EXPECT(mode_of("d") == 0755);
	visit_end(&v);
	rows_end();
}

/* If modes are recorded and set-ID bits are set, there is a stat after the first change. */
static void test_last_bits_and_restat(void **state)
{
	struct visit v;

	(void)state;
	scratch_enter("d/ 755");
	sys_reset();
	begin(&v, "g+ws", 0);
	v.a.with_old_mode = true;
	apply(&v.a, &v.s.e, &v.s.record);
	EXPECT(strcmp(sys.calls, "perms fchmod fstat ") == 0);
	EXPECT(v.s.record.old == 0755 && v.s.record.requested == 02775 &&
		v.s.record.actual == 02775);
	EXPECT(mode_of("d") == 02755);
	visit_end(&v);
	rows_end();
}

/* A directory gets its last bits when it is closed: after that its entries are contested. */
static void test_traits_of_what_is_found_again(void **state)
{
	static const struct {
		mode_t before, again; /* what it has when it is found again */
		bool perms_not_local, contested, closed;
	} rows[] = {
		{0755, 0755, false, true, false},
		{0700, 0720, false, true, true},
		{0755, 0775, false, true, false},
		{0755, 0775, true, true, false},
	};
	struct modespec look;

	(void)state;
	scratch_enter("d/ 755");
	compile(&look, "u+x");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct apply looking = asking(&look, SYS_LIBC);
		struct visit v;
		struct stat st;
		unsigned again;

		sys_reset();
		sys.perms_not_local = rows[i].perms_not_local;
		assert_int_equal(chmod("d", rows[i].before), 0);
		begin(&v, "g+w", 0);
		apply(&v.a, &v.s.e, &v.s.record);
		descend_changed(&v.a, &v.s.e, &v.s.record, &v.traits);
		assert_int_equal(chmod("d", rows[i].again), 0);
		assert_int_equal(fstat(v.s.e.pin, &st), 0);
		again = descend_again(&v.a, v.traits & ~WALK_OWING, v.s.e.pin, &st);
		EXPECT((again & WALK_OWING) == 0);
		if (is_pinned(&looking, again) != rows[i].contested)
			row_wrong("row %zu: traits %#x", i, again);
		visit_end(&v);
	}
	modespec_free(&look);
	rows_end();
}

/* Others got write permission while it was closed, or lost it. */
static void test_traits_follow_the_mode(void **state)
{
	struct modespec look;
	struct apply a;
	struct stat st = {.st_mode = S_IFDIR | 0755, .st_uid = 1000};
	unsigned contested, quiet;

	(void)state;
	scratch_enter(NULL);
	sys_reset();
	compile(&look, "u+x");
	a = asking(&look, SYS_LIBC);
	a.euid = 1000;
	quiet = traits_of(&a, 0755, false);
	contested = traits_of(&a, 0777, false);
	EXPECT(!is_pinned(&a, quiet) && is_pinned(&a, contested));
	EXPECT(!is_pinned(&a, descend_again(&a, contested, -1, &st)));
	EXPECT(is_pinned(&a, descend_again(&a, traits_of(&a, 0755, true), -1, &st)));
	st.st_mode = S_IFDIR | 0775;
	EXPECT(is_pinned(&a, descend_again(&a, quiet, -1, &st)));
	st.st_mode = S_IFDIR | 0755;
	st.st_uid = 1001;
	EXPECT(is_pinned(&a, descend_again(&a, quiet, -1, &st)));
	/* Whether it can be searched is found out again, too. */
	st = (struct stat){.st_mode = S_IFDIR | 0655, .st_uid = 1000};
	EXPECT(!is_looked_at(&a, quiet));
	EXPECT(is_looked_at(&a, descend_again(&a, quiet, -1, &st)));
	EXPECT(is_looked_at(&a, traits_of(&a, 0655, false)));
	st.st_mode = S_IFDIR | 0755;
	EXPECT(!is_looked_at(&a, descend_again(&a, traits_of(&a, 0655, false), -1, &st)));
	modespec_free(&look);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_last_bits),
		SCRATCH_TEST(test_last_bits_fail),
		SCRATCH_TEST(test_last_bits_and_restat),
		SCRATCH_TEST(test_traits_of_what_is_found_again),
		SCRATCH_TEST(test_traits_follow_the_mode),
	};

	umask(022);
	unsetenv("LD_PRELOAD");
	return cmocka_run_group_tests_name("apply: last", tests, NULL, NULL);
}
