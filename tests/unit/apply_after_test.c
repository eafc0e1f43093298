/* SPDX-License-Identifier: MIT */
/*
 * apply: directories that are read as they are, and changed after their contents or not at all.
 *
 * Link with --wrap= of the functions of sys in apply_fixture.h and with support/tree.o.
 */
#include "apply.h"

#include "apply_fixture.h"

/* Begins a run that changes modes by SPEC, contents first. */
static void begin(struct visit *v, const char *spec)
{
	*v = (struct visit){0};
	sys_reset();
	compile(&v->spec, spec);
	v->a = asking(&v->spec, SYS_LIBC);
	v->a.recursive = v->a.contents_first = true;
	policy_prepare(&v->a);
}

/* Opens the directory NAME. Returns what descend_unchanged() says. */
static enum walk_answer enter(
	struct visit *v, const char *name, enum shown_as as, enum sys_follow follow)
{
	show_open(&v->s, name, as, follow);
	memset(&v->s.record, 0xa5, sizeof(v->s.record));
	return descend_unchanged(&v->a, &v->s.e, &v->s.record, &v->traits);
}

/* Shows it again, after its contents. */
static void show_after(struct visit *v)
{
	assert_int_equal(__real_sys_pin_stat(v->s.e.pin, &v->s.st), 0);
	v->s.e.event = WALK_AFTER;
	v->s.e.dir_traits = v->traits;
	v->s.e.followed = v->s.e.other_device = false;
	/* It must not be looked up by name. */
	v->s.e.name = "nope";
	sys.calls[0] = '\0';
}

static void leave(struct visit *v)
{
	show_after(v);
	apply(&v->a, &v->s.e, &v->s.record);
}

static const struct after_row {
	const char *spec;
	mode_t before, now, after; /* NOW: the mode that it has got meanwhile */
	bool contested;            /* meanwhile, by the mode that it has then */
} after_rows[] = {
	{"755", 0700, 0700, 0755, false},
	{"a-rwx", 0755, 0755, 0, false},
	/* All bits are set in the end: until then others cannot write there. */
	{"go+w", 0755, 0755, 0777, false},
	{"go-w", 0777, 0777, 0755, true},
	{"D2750,F600", 0755, 0755, 02750, false},
	/* What counts is the mode that it has in the end. */
	{"g=u", 0700, 0500, 0550, false},
	{"F600", 0700, 0700, 0700, false},
};

static void check_after(const struct after_row *row)
{
	struct modespec look;
	struct apply looking;
	struct visit v;

	begin(&v, row->spec);
	compile(&look, "u+x");
	looking = asking(&look, SYS_LIBC);
	assert_int_equal(chmod("d", row->before), 0);
	EXPECT(enter(&v, "d", ENTRY, SYS_NOFOLLOW) == WALK_DESCEND);
	EXPECT((v.traits & WALK_VISIT_AFTER) != 0 && (v.traits & WALK_OWING) == 0);
	EXPECT(v.s.record.result == APPLY_DONE && v.s.record.err == 0);
	EXPECT(mode_of("d") == row->before && sys.calls[0] == '\0');
	if (is_pinned(&looking, v.traits) != row->contested)
		row_wrong("%s on %04o: traits %#x", row->spec, row->before, v.traits);
	assert_int_equal(chmod("d", row->now), 0);
	leave(&v);
	EXPECT(v.s.record.result == APPLY_DONE);
	if (mode_of("d") != row->after || v.s.record.old != row->now ||
		v.s.record.actual != row->after || v.s.record.last_bits != 0)
		row_wrong("%s on %04o: %04o", row->spec, row->before, mode_of("d"));
	EXPECT(strcmp(sys.calls, strcmp(row->spec, "F600") == 0 ? "" : "fchmod ") == 0);
	visit_end(&v);
	modespec_free(&look);
}

static void test_after(void **state)
{
	(void)state;
	scratch_enter("d/ 755");
	for (size_t i = 0; i < COUNT(after_rows); i++)
		check_after(&after_rows[i]);
	rows_end();
}

/* A directory of which only the contents are wanted is not shown again. */
static void test_contents_only(void **state)
{
	(void)state;
	scratch_enter("d/ 755");
	for (int first = 0; first < 2; first++) {
		struct visit v;

		begin(&v, "go+w");
		v.a.contents_first = first;
		v.a.links = APPLY_NO_LINKS;
		show_open(&v.s, "d", OPERAND, SYS_FOLLOW);
		v.s.e.contents_only = true;
		EXPECT(descend_unchanged(&v.a, &v.s.e, &v.s.record, &v.traits) == WALK_DESCEND);
		EXPECT((v.traits & (WALK_VISIT_AFTER | WALK_OWING)) == 0 && mode_of("d") == 0755);
		EXPECT(strcmp(sys.calls, "perms ") == 0);
		visit_end(&v);
	}
	rows_end();
}

/* A link that is left alone stays so, although the directory that it leads to was entered. */
static void test_links(void **state)
{
	static const struct {
		const char *name;
		enum shown_as as;
		enum sys_follow follow;
		enum apply_links links;
		bool is_alone;
		const char *calls; /* on entering */
	} rows[] = {
		{"l", OPERAND, SYS_FOLLOW, APPLY_OPERAND_LINKS, false, "perms "},
		{"l", OPERAND, SYS_FOLLOW, APPLY_ALL_LINKS, false, "perms "},
		{"l", OPERAND, SYS_FOLLOW, APPLY_NO_LINKS, true, "perms stat "},
		{"d", OPERAND, SYS_FOLLOW, APPLY_NO_LINKS, false, "perms stat "},
		{"d", OPERAND, SYS_NOFOLLOW, APPLY_NO_LINKS, false, "perms "},
		{"l", ENTRY, SYS_FOLLOW, APPLY_NO_LINKS, true, "stat "},
		{"l", ENTRY, SYS_FOLLOW, APPLY_ALL_LINKS, false, ""},
		{"d", ENTRY, SYS_FOLLOW, APPLY_NO_LINKS, false, "stat "},
		{"d", ENTRY, SYS_NOFOLLOW, APPLY_OPERAND_LINKS, false, ""},
	};

	(void)state;
	scratch_enter("d/ 700, l -> d");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct visit v;

		begin(&v, "755");
		v.a.links = rows[i].links;
		assert_int_equal(chmod("d", 0700), 0);
		EXPECT(enter(&v, rows[i].name, rows[i].as, rows[i].follow) == WALK_DESCEND);
		if (strcmp(sys.calls, rows[i].calls) != 0)
			row_wrong("row %zu: calls [%s]", i, sys.calls);
		leave(&v);
		if (v.s.record.result != (rows[i].is_alone ? APPLY_LINK : APPLY_DONE) ||
			mode_of("d") != (rows[i].is_alone ? 0700 : 0755))
			row_wrong("row %zu: result %d, mode %04o", i, (int)v.s.record.result,
				mode_of("d"));
		visit_end(&v);
	}
	rows_end();
}

static void take_away(void)
{
	assert_int_equal(renameat(AT_FDCWD, "d", AT_FDCWD, "gone"), 0);
}

static void put_link(void)
{
	take_away();
	assert_int_equal(symlink("gone", "d"), 0);
}

static void put_another(void)
{
	take_away();
	assert_int_equal(mkdir("d", 0700), 0);
}

/* A name that has become a link, or that leads elsewhere or nowhere: it is another file. */
static void test_link_meanwhile(void **state)
{
	static void (*const hooks[])(void) = {put_link, put_another, take_away};

	for (size_t i = 0; i < COUNT(hooks); i++) {
		struct visit v;

		scratch_enter("d/ 700");
		begin(&v, "755");
		v.a.links = APPLY_NO_LINKS;
		sys.at = "stat";
		sys.hook = hooks[i];
		enter(&v, "d", ENTRY, SYS_FOLLOW);
		leave(&v);
		EXPECT(v.s.record.result == APPLY_LINK);
		EXPECT(mode_of("gone") == 0700);
		visit_end(&v);
		scratch_leave(state);
	}
	rows_end();
}

static void test_root(void **state)
{
	struct stat root;
	struct visit v;

	(void)state;
	scratch_enter("d/ 700");
	begin(&v, "755");
	assert_int_equal(stat("d", &root), 0);
	v.a.guards_root = true;
	v.a.root_dev = root.st_dev;
	v.a.root_ino = root.st_ino;
	EXPECT(enter(&v, "d", OPERAND, SYS_NOFOLLOW) == WALK_SKIP);
	EXPECT(v.s.record.result == APPLY_ROOT && v.traits == 0);
	visit_end(&v);
	rows_end();
}

/* The change is refused. A dry run says the same. */
static void test_refused(void **state)
{
	struct visit v;

	(void)state;
	scratch_enter("d/ 700");
	begin(&v, "755");
	enter(&v, "d", ENTRY, SYS_NOFOLLOW);
	sys.at = "fchmod";
	sys.err = EROFS;
	leave(&v);
	EXPECT(v.s.record.result == APPLY_NOT_CHANGED);
	EXPECT(v.s.record.err == EROFS && v.s.record.old == 0700 && v.s.record.requested == 0755);
	v.a.dry_run = v.a.is_privileged = true;
	leave(&v);
	EXPECT(v.s.record.result == APPLY_DONE);
	EXPECT(strcmp(sys.calls, "read-only ") == 0 && mode_of("d") == 0700);
	visit_end(&v);
	rows_end();
}

/*
 * Checks what a dry run of "700" predicts for NAME, whose owner seems to be this user or another.
 */
static void ask_for(const char *name, bool seems_own, enum apply_result expected)
{
	struct visit v;

	begin(&v, "700");
	v.a.dry_run = true;
	enter(&v, name, ENTRY, SYS_NOFOLLOW);
	show_after(&v);
	v.a.unmapped_uid = v.s.st.st_uid = v.a.euid + !seems_own;
	apply(&v.a, &v.s.e, &v.s.record);
	EXPECT(v.s.record.result == expected);
	EXPECT(v.s.record.err == (expected == APPLY_DONE ? 0 : EPERM));
	visit_end(&v);
}

/* Only the kernel knows who owns the directory. It is asked by the descriptor. */
static void ask_the_kernel(void *ctx)
{
	(void)ctx;
	be_nobody();
	ask_for("d", true, APPLY_NOT_CHANGED);
	ask_for("own", false, APPLY_DONE);
}

static void test_owner_without_mapping(void **state)
{
	(void)state;
	scratch_enter_for_child("d/ 755 (root), own/ 755");
	if (!in_child(ask_the_kernel, NULL))
		SKIP_TEST("nobody else to be");
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_after),
		SCRATCH_TEST(test_contents_only),
		SCRATCH_TEST(test_links),
		SCRATCH_TEST(test_link_meanwhile),
		SCRATCH_TEST(test_root),
		SCRATCH_TEST(test_refused),
		SCRATCH_TEST(test_owner_without_mapping),
	};

	umask(022);
	return cmocka_run_group_tests_name("apply: after", tests, NULL, NULL);
}
