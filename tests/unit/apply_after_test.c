/* SPDX-License-Identifier: MIT */
/*
 * apply: directories that are read as they are, and changed after their contents or not at all.
 *
 * Link with --wrap= of the functions of sys in apply_fixture.h and with support/tree.o.
 */
#include "apply.h"

#include "apply_fixture.h"

/* Directory NAME as the walk has opened it. Close s->e.pin. */
static void show_open(struct shown *s, const char *name, enum shown_as as, enum sys_follow follow)
{
	show_pinned(s, name, as, follow);
	close(s->e.pin);
	s->e.pin = sys_open_dir(AT_FDCWD, name, follow);
	s->e.pin_kind = SYS_OPEN_PIN;
	assert_true(s->e.pin >= 0);
	sys.calls[0] = '\0';
}

static struct apply asking_first(const struct modespec *spec)
{
	struct apply a = asking(spec, SYS_LIBC);

	a.recursive = a.contents_first = true;
	policy_prepare(&a);
	return a;
}

/* The same directory when all in it is done. */
static void show_after(struct shown *s, unsigned traits)
{
	assert_int_equal(__real_sys_pin_stat(s->e.pin, &s->st), 0);
	s->e.event = WALK_AFTER;
	s->e.dir_traits = traits;
	s->e.followed = s->e.other_device = false;
	/* Nothing of it is looked up by name. */
	s->e.name = "nope";
	sys.calls[0] = '\0';
}

static const struct after_row {
	const char *spec;
	mode_t before, now, after; /* NOW: what somebody has made of it meanwhile */
	bool contested;            /* meanwhile, by the mode that it has then */
} after_rows[] = {
	{"755", 0700, 0700, 0755, false},
	{"a-rwx", 0755, 0755, 0, false},
	/* All at once, and only then: until then nobody else can write there. */
	{"go+w", 0755, 0755, 0777, false},
	{"go-w", 0777, 0777, 0755, true},
	{"D2750,F600", 0755, 0755, 02750, false},
	/* What counts is the mode that it has in the end. */
	{"g=u", 0700, 0500, 0550, false},
	{"F600", 0700, 0700, 0700, false},
};

static void test_after(void **state)
{
	(void)state;
	scratch_enter("d/ 755");
	for (size_t i = 0; i < COUNT(after_rows); i++) {
		const struct after_row *row = &after_rows[i];
		struct modespec spec, look;
		struct apply a, looking;
		unsigned traits = 0;
		struct shown s;

		sys_reset();
		compile(&spec, row->spec);
		compile(&look, "u+x");
		a = asking_first(&spec);
		looking = asking(&look, SYS_LIBC);
		assert_int_equal(chmod("d", row->before), 0);
		show_open(&s, "d", ENTRY, SYS_NOFOLLOW);
		memset(&s.record, 0xa5, sizeof(s.record));
		EXPECT(descend_unchanged(&a, &s.e, &s.record, &traits) == WALK_DESCEND);
		EXPECT((traits & WALK_VISIT_AFTER) != 0 && (traits & WALK_OWING) == 0);
		EXPECT(s.record.result == APPLY_DONE && s.record.err == 0);
		EXPECT(mode_of("d") == row->before && sys.calls[0] == '\0');
		if (is_pinned(&looking, traits) != row->contested)
			row_wrong("%s on %04o: traits %#x", row->spec, row->before, traits);
		assert_int_equal(chmod("d", row->now), 0);
		show_after(&s, traits);
		apply(&a, &s.e, &s.record);
		EXPECT(s.record.result == APPLY_DONE);
		if (mode_of("d") != row->after || s.record.old != row->now ||
			s.record.actual != row->after || s.record.last_bits != 0)
			row_wrong("%s on %04o: %04o", row->spec, row->before, mode_of("d"));
		EXPECT(strcmp(sys.calls, strcmp(row->spec, "F600") == 0 ? "" : "fchmod ") == 0);
		close(s.e.pin);
		modespec_free(&spec);
		modespec_free(&look);
	}
	rows_end();
}

/* In a TREE of its own, asks for TEXT, contents first. */
static struct apply begin(const char *tree, struct modespec *spec, const char *text)
{
	scratch_enter(tree);
	sys_reset();
	compile(spec, text);
	return asking_first(spec);
}

/* Its contents alone: it is not shown again. */
static void test_contents_only(void **state)
{
	struct modespec spec;
	unsigned traits = 0;
	struct shown s;
	struct apply a;

	(void)state;
	a = begin("d/ 755", &spec, "go+w");
	for (int first = 0; first < 2; first++) {
		a.contents_first = first;
		a.links = APPLY_NO_LINKS;
		show_open(&s, "d", OPERAND, SYS_FOLLOW);
		s.e.contents_only = true;
		EXPECT(descend_unchanged(&a, &s.e, &s.record, &traits) == WALK_DESCEND);
		EXPECT((traits & (WALK_VISIT_AFTER | WALK_OWING)) == 0 && mode_of("d") == 0755);
		EXPECT(strcmp(sys.calls, "binding ") == 0);
		close(s.e.pin);
	}
	modespec_free(&spec);
	rows_end();
}

/* A link that is left alone is, although what it leads to was entered. */
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
		{"l", OPERAND, SYS_FOLLOW, APPLY_OPERAND_LINKS, false, "binding "},
		{"l", OPERAND, SYS_FOLLOW, APPLY_ALL_LINKS, false, "binding "},
		{"l", OPERAND, SYS_FOLLOW, APPLY_NO_LINKS, true, "binding stat "},
		{"d", OPERAND, SYS_FOLLOW, APPLY_NO_LINKS, false, "binding stat "},
		{"d", OPERAND, SYS_NOFOLLOW, APPLY_NO_LINKS, false, "binding "},
		{"l", ENTRY, SYS_FOLLOW, APPLY_NO_LINKS, true, "stat "},
		{"l", ENTRY, SYS_FOLLOW, APPLY_ALL_LINKS, false, ""},
		{"d", ENTRY, SYS_FOLLOW, APPLY_NO_LINKS, false, "stat "},
		{"d", ENTRY, SYS_NOFOLLOW, APPLY_OPERAND_LINKS, false, ""},
	};

	(void)state;
	scratch_enter("d/ 700, l -> d");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		unsigned traits = 0;
		struct shown s;
		struct apply a;

		sys_reset();
		compile(&spec, "755");
		a = asking_first(&spec);
		a.links = rows[i].links;
		assert_int_equal(chmod("d", 0700), 0);
		show_open(&s, rows[i].name, rows[i].as, rows[i].follow);
		EXPECT(descend_unchanged(&a, &s.e, &s.record, &traits) == WALK_DESCEND);
		if (strcmp(sys.calls, rows[i].calls) != 0)
			row_wrong("row %zu: calls [%s]", i, sys.calls);
		show_after(&s, traits);
		apply(&a, &s.e, &s.record);
		if (s.record.result != (rows[i].is_alone ? APPLY_LINK : APPLY_DONE) ||
			mode_of("d") != (rows[i].is_alone ? 0700 : 0755))
			row_wrong("row %zu: result %d, mode %04o", i, (int)s.record.result,
				mode_of("d"));
		close(s.e.pin);
		modespec_free(&spec);
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

/* A name that has become a link, leads elsewhere or nowhere, is not what was entered. */
static void test_link_meanwhile(void **state)
{
	static void (*const hooks[])(void) = {put_link, put_another, take_away};

	for (size_t i = 0; i < COUNT(hooks); i++) {
		struct modespec spec;
		unsigned traits = 0;
		struct shown s;
		struct apply a;

		scratch_enter("d/ 700");
		sys_reset();
		compile(&spec, "755");
		a = asking_first(&spec);
		a.links = APPLY_NO_LINKS;
		show_open(&s, "d", ENTRY, SYS_FOLLOW);
		sys.at = "stat";
		sys.hook = hooks[i];
		descend_unchanged(&a, &s.e, &s.record, &traits);
		show_after(&s, traits);
		apply(&a, &s.e, &s.record);
		EXPECT(s.record.result == APPLY_LINK);
		EXPECT(mode_of("gone") == 0700);
		close(s.e.pin);
		modespec_free(&spec);
		scratch_leave(state);
	}
	rows_end();
}

static void test_root(void **state)
{
	struct modespec spec;
	unsigned traits = 0;
	struct shown s;
	struct apply a;

	(void)state;
	a = begin("d/ 700", &spec, "755");
	show_open(&s, "d", OPERAND, SYS_NOFOLLOW);
	a.guards_root = true;
	a.root_dev = s.st.st_dev;
	a.root_ino = s.st.st_ino;
	EXPECT(descend_unchanged(&a, &s.e, &s.record, &traits) == WALK_SKIP);
	EXPECT(s.record.result == APPLY_ROOT && traits == 0);
	close(s.e.pin);
	modespec_free(&spec);
	rows_end();
}

/* Without permission, or for show. */
static void test_refused(void **state)
{
	struct modespec spec;
	unsigned traits = 0;
	struct shown s;
	struct apply a;

	(void)state;
	a = begin("d/ 700", &spec, "755");
	show_open(&s, "d", ENTRY, SYS_NOFOLLOW);
	descend_unchanged(&a, &s.e, &s.record, &traits);
	show_after(&s, traits);
	sys.at = "fchmod";
	sys.err = EROFS;
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.result == APPLY_NOT_CHANGED);
	EXPECT(s.record.err == EROFS && s.record.old == 0700 && s.record.requested == 0755);
	a.dry_run = a.is_privileged = true;
	sys.calls[0] = '\0';
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.result == APPLY_DONE);
	EXPECT(strcmp(sys.calls, "read-only ") == 0 && mode_of("d") == 0700);
	close(s.e.pin);
	modespec_free(&spec);
	rows_end();
}

/* What a dry run of "700" says of NAME, whose owner shows as this user or as somebody else. */
static void ask_for(const char *name, bool seems_own, enum apply_result expected)
{
	struct modespec spec;
	unsigned traits = 0;
	struct shown s;
	struct apply a;

	sys_reset();
	compile(&spec, "700");
	a = asking_first(&spec);
	a.dry_run = true;
	show_open(&s, name, ENTRY, SYS_NOFOLLOW);
	descend_unchanged(&a, &s.e, &s.record, &traits);
	show_after(&s, traits);
	a.unmapped_uid = s.st.st_uid = a.euid + !seems_own;
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.result == expected);
	EXPECT(s.record.err == (expected == APPLY_DONE ? 0 : EPERM));
	close(s.e.pin);
	modespec_free(&spec);
}

/* Whose it is only the kernel knows, which is asked by the descriptor. */
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
