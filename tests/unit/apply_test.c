/* SPDX-License-Identifier: MIT */
/*
 * apply: the table of DESIGN.md 3.1, with the calls that each row costs; the rules for links of
 * SPEC.md 5.2; and the errors.
 *
 * Link with --wrap= of the functions of sys in apply_fixture.h and with support/tree.o.
 */
#include "apply.h"

#include "apply_rows.h"

/* --------------------------------------------------------------- entries by name, and the cost */

static void check_cost(const struct cost_row *row, enum sys_method method)
{
	const char *calls = method == SYS_NAME && row->calls_by_name != NULL ? row->calls_by_name
			    : method == SYS_PROCFD && row->calls_by_proc != NULL
				    ? row->calls_by_proc
				    : row->calls;
	struct modespec spec;
	struct shown s;
	struct apply a;

	sys_reset();
	assert_int_equal(chmod("f", 0644) | chmod("p", 0644), 0);
	compile(&spec, row->spec);
	a = asking(&spec, method);
	a.with_old_mode = row->asks & OLD;
	a.with_unmasked = row->asks & UNMASKED;
	a.skip_unchanged = row->asks & SKIP;
	a.dry_run = row->asks & DRY;
	a.nostat = APPLY_CHMOD_NOSTAT; /* from before */
	policy_prepare(&a);
	show(&s, row->name, row->type, traits_in(&a, row->place));
	memset(&s.record, 0xa5, sizeof(s.record));
	apply(&a, &s.e, &s.record);
	if (s.record.result != row->result || s.record.err != 0 || strcmp(sys.calls, calls) != 0 ||
		mode_of(row->name) != row->mode)
		row_wrong("%s %s in place %d, asks %#x, by %s: result %d, errno %d, mode %04o, "
			  "calls: %s",
			row->spec, row->name, (int)row->place, row->asks, method_name(method),
			(int)s.record.result, s.record.err, mode_of(row->name), sys.calls);
	/* Without a stat, nothing is known of the file. */
	modespec_free(&spec);
}

static void test_entries_and_their_cost(void **state)
{
	int fds = count_fds();

	(void)state;
	scratch_enter("f 644, p| 644, l -> t, t 640, dang -> nope");
	for (size_t i = 0; i < COUNT(cost_rows); i++)
		for (int method = SYS_FCHMODAT2; method <= (int)SYS_NAME; method++)
			if (can_use((enum sys_method)method))
				check_cost(&cost_rows[i], (enum sys_method)method);
	/* No link was followed, nothing left open but the directory. */
	EXPECT(mode_of("t") == 0640);
	EXPECT(count_fds() == fds + 1);
	rows_end();
}

/* A file that can only be changed by name is left alone if others may rename there. */
static void test_unsafe(void **state)
{
	struct modespec spec;
	struct shown s;
	struct apply a;

	(void)state;
	scratch_enter("p| 644");
	compile(&spec, "600");
	a = asking(&spec, SYS_NAME);
	for (int place = CONTESTED; place <= (int)FOREIGN; place++) {
		sys_reset();
		show(&s, "p", DT_FIFO, traits_in(&a, (enum place)place));
		apply(&a, &s.e, &s.record);
		EXPECT(s.record.result == APPLY_UNSAFE);
		EXPECT(s.record.old == 0644 && s.record.requested == 0600);
	}
	EXPECT(mode_of("p") == 0644);
	/* An operand is changed by its name, if the new mode does not depend on the file. */
	sys_reset();
	show_pinned(&s, "p", OPERAND, SYS_FOLLOW);
	apply(&a, &s.e, &s.record);
	EXPECT(s.record.result == APPLY_DONE);
	EXPECT(strcmp(sys.calls, "fchmod reopen follow ") == 0);
	EXPECT(mode_of("p") == 0600);
	close(s.e.pin);
	modespec_free(&spec);
	rows_end();
}

/* If the kernel may map owners, every directory is taken for contested. */
static void test_mapped_owners(void **state)
{
	(void)state;
	scratch_enter("f 644");
	for (int may = 0; may < 2; may++) {
		struct modespec spec;
		struct shown s;
		struct apply a;

		sys_reset();
		compile(&spec, "u+x");
		a = asking(&spec, SYS_LIBC);
		a.may_map_owners = may;
		show(&s, "f", DT_REG, traits_in(&a, QUIET));
		apply(&a, &s.e, &s.record);
		EXPECT(s.record.result == APPLY_DONE);
		EXPECT(strcmp(sys.calls, may ? "pin fstat fchmod " : "stat chmod ") == 0);
		modespec_free(&spec);
	}
	rows_end();
}

/* A directory that was listed as a file is not changed. The walk is told that it is one. */
static void test_directory_that_was_a_file(void **state)
{
	static const enum place places[] = {QUIET, CONTESTED};

	(void)state;
	scratch_enter("d/ 755");
	for (int i = 0; i < 8; i++) {
		struct modespec spec;
		struct shown s;
		struct apply a;

		sys_reset();
		compile(&spec, i & 1 ? "u-x" : "600");
		a = asking(&spec, i & 2 ? SYS_LIBC : SYS_NAME);
		show(&s, "d", DT_REG, traits_in(&a, places[i / 4]));
		apply(&a, &s.e, &s.record);
		EXPECT(s.record.result == APPLY_IS_DIRECTORY);
		EXPECT(mode_of("d") == 0755);
		modespec_free(&spec);
	}
	rows_end();
}

/* --------------------------------------------------------------------------------------- links */

static void check_link(const struct link_row *row, size_t i)
{
	bool is_dir = strchr(row->name, 'd') != NULL && strcmp(row->name, "dang") != 0;
	mode_t before = is_dir ? 0755 : 0640, after = row->changed ? before | 022 : before;
	int fds = count_fds();
	struct modespec spec;
	struct shown s;
	struct apply a;

	sys_reset();
	assert_int_equal(chmod("f", 0640) | chmod("d", 0755), 0);
	compile(&spec, "go+w");
	a = asking(&spec, SYS_LIBC);
	a.links = row->links;
	policy_prepare(&a);
	if (row->event == SEEN || row->event == THROUGH)
		show_pinned(&s, row->name, row->as, row->event == SEEN ? SYS_NOFOLLOW : SYS_FOLLOW);
	else
		show(&s, row->name, DT_LNK, 0);
	s.e.operand = row->as == OPERAND;
	if (row->event == DANGLES)
		s.e.event = WALK_DANGLING;
	apply(&a, &s.e, &s.record);
	if (s.record.result != row->result || s.record.err != row->err ||
		strcmp(sys.calls, row->calls) != 0 || mode_of(is_dir ? "d" : "f") != after)
		row_wrong("row %zu, %s: result %d, errno %d, mode %04o, calls: %s", i, row->name,
			(int)s.record.result, s.record.err, mode_of(is_dir ? "d" : "f"), sys.calls);
	/* The mode of what is changed counts, never that of a link; but GNU shows it if that fails.
	 */
	if (s.record.result == APPLY_DONE &&
		(s.record.old != before || s.record.requested != after))
		row_wrong("row %zu, %s: from %04o to %04o", i, row->name, s.record.old,
			s.record.requested);
	if (s.record.result == APPLY_NOT_CHANGED &&
		(s.record.old != 0777 || s.record.requested != 0777))
		row_wrong("row %zu, %s: not the link's mode", i, row->name);
	if (s.e.pin >= 0)
		close(s.e.pin);
	EXPECT(count_fds() == fds);
	modespec_free(&spec);
}

static void test_links(void **state)
{
	(void)state;
	scratch_enter("f 640, d/ 755, l -> f, ld -> d, dang -> nope, loop -> loop");
	for (size_t i = 0; i < COUNT(link_rows); i++)
		check_link(&link_rows[i], i);
	rows_end();
}

/* If a link or what it leads to cannot be examined, the messages differ. */
static void test_links_that_cannot_be_examined(void **state)
{
	static const struct {
		const char *name, *at;
		enum apply_result result;
		int err;
		enum apply_links links;
	} rows[] = {{"l", "pin", APPLY_NO_REFERENT, EACCES, APPLY_ALL_LINKS},
		{"l", "pin", APPLY_NO_REFERENT, EPERM, APPLY_ALL_LINKS},
		{"l", "fstat", APPLY_NO_REFERENT, EACCES, APPLY_ALL_LINKS},
		{"l", "fstat", APPLY_NO_REFERENT, EPERM, APPLY_ALL_LINKS},
		{"dang", "stat", APPLY_NO_ACCESS, EACCES, APPLY_ALL_LINKS},
		{"dang", "stat", APPLY_NO_ACCESS, EPERM, APPLY_ALL_LINKS},
		{"l", "stat", APPLY_NO_ACCESS, EACCES, APPLY_NO_LINKS},
		{"l", "stat", APPLY_NO_ACCESS, EPERM, APPLY_NO_LINKS}};

	(void)state;
	scratch_enter("f 640, l -> f, dang -> nope");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		struct shown s;
		struct apply a;

		sys_reset();
		compile(&spec, "u+x");
		a = asking(&spec, SYS_LIBC);
		a.links = rows[i].links;
		show(&s, rows[i].name, DT_LNK, traits_in(&a, CLOSED));
		sys.at = rows[i].at;
		sys.err = rows[i].err;
		apply(&a, &s.e, &s.record);
		if (s.record.result != rows[i].result || s.record.err != rows[i].err)
			row_wrong("%s, %s: result %d, errno %d", rows[i].name, rows[i].at,
				(int)s.record.result, s.record.err);
		EXPECT(mode_of("f") == 0640);
		modespec_free(&spec);
	}
	rows_end();
}

static void put_link_to_itself_there(void)
{
	EXPECT(rename("f", "old") == 0 && symlink("old", "f") == 0);
}

/* Where files have to be opened again, names are followed if they were before, and no others. */
static void test_links_by_name(void **state)
{
	static const struct {
		const char *name;
		enum sys_follow follow;
		void (*hook)(void);
		enum apply_result result;
		const char *calls;
		mode_t mode; /* of the file */
	} rows[] = {
		{"f", SYS_NOFOLLOW, NULL, APPLY_DONE, "fchmod reopen ", 0744},
		{"l", SYS_FOLLOW, NULL, APPLY_DONE, "fchmod reopen ", 0744},
		{"l", SYS_NOFOLLOW, NULL, APPLY_DONE, "pin fstat fchmod reopen ", 0744},
		{"f", SYS_NOFOLLOW, put_link_to_itself_there, APPLY_NOT_CHANGED, "fchmod reopen ",
			0644},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		struct shown s;
		struct apply a;

		scratch_enter("f 644, l -> f");
		sys_reset();
		compile(&spec, "u+x");
		a = asking(&spec, SYS_NAME);
		show_pinned(&s, rows[i].name, OPERAND, rows[i].follow);
		sys.at = "reopen";
		sys.hook = rows[i].hook;
		apply(&a, &s.e, &s.record);
		if (s.record.result != rows[i].result || strcmp(sys.calls, rows[i].calls) != 0 ||
			mode_of(rows[i].hook != NULL ? "old" : "f") != rows[i].mode)
			row_wrong("row %zu: result %d, calls: %s", i, (int)s.record.result,
				sys.calls);
		close(s.e.pin);
		modespec_free(&spec);
		scratch_leave(state);
	}
	rows_end();
}

/* A directory stands in for the root here. */
static void test_guarded_root(void **state)
{
	static const struct {
		const char *name;
		enum shown_as as;
		enum sys_follow follow;
		enum apply_links links;
		enum apply_result result;
	} rows[] = {
		{"d", OPERAND, SYS_FOLLOW, APPLY_OPERAND_LINKS, APPLY_ROOT},
		{"d", OPERAND, SYS_FOLLOW, APPLY_NO_LINKS, APPLY_ROOT},
		{"d", ENTRY, SYS_NOFOLLOW, APPLY_OPERAND_LINKS, APPLY_ROOT},
		{"ld", OPERAND, SYS_FOLLOW, APPLY_OPERAND_LINKS, APPLY_ROOT},
		{"ld", OPERAND, SYS_FOLLOW, APPLY_NO_LINKS, APPLY_ROOT},
		{"ld", OPERAND, SYS_NOFOLLOW, APPLY_NO_LINKS, APPLY_LINK},
		{"ld", OPERAND, SYS_NOFOLLOW, APPLY_ALL_LINKS, APPLY_ROOT},
		{"ld", ENTRY, SYS_NOFOLLOW, APPLY_ALL_LINKS, APPLY_ROOT},
		{"ld", ENTRY, SYS_NOFOLLOW, APPLY_OPERAND_LINKS, APPLY_LINK},
		{"e", OPERAND, SYS_FOLLOW, APPLY_OPERAND_LINKS, APPLY_DONE},
		{"f", OPERAND, SYS_FOLLOW, APPLY_OPERAND_LINKS, APPLY_DONE},
	};
	struct modespec spec;
	struct stat st;
	struct apply a;

	(void)state;
	scratch_enter("d/ 755, e/, f, ld -> d");
	compile(&spec, "go-rx");
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned traits = 0;
		struct shown s;

		sys_reset();
		assert_int_equal(stat("d", &st), 0);
		a = asking(&spec, SYS_LIBC);
		a.links = rows[i].links;
		a.guards_root = true;
		a.root_dev = st.st_dev;
		a.root_ino = st.st_ino;
		show_pinned(&s, rows[i].name, rows[i].as, rows[i].follow);
		apply(&a, &s.e, &s.record);
		if (s.record.result != rows[i].result || mode_of("d") != 0755)
			row_wrong("row %zu: result %d", i, (int)s.record.result);
		if (rows[i].result == APPLY_ROOT && S_ISDIR(s.st.st_mode))
			EXPECT(descend_changed(&a, &s.e, &s.record, &traits) == WALK_SKIP);
		/* Device and inode both count, and nothing does if it is not guarded. */
		if (rows[i].result == APPLY_ROOT) {
			a.root_dev++;
			apply(&a, &s.e, &s.record);
			EXPECT(s.record.result != APPLY_ROOT);
			a.root_dev--;
			a.guards_root = false;
			apply(&a, &s.e, &s.record);
			EXPECT(s.record.result != APPLY_ROOT);
			assert_int_equal(chmod("d", 0755), 0);
		}
		close(s.e.pin);
	}
	modespec_free(&spec);
	rows_end();
}

/* ----------------------------------------------------------------------------- what goes wrong */

static void test_failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(failure_rows); i++) {
		const struct failure_row *row = &failure_rows[i];
		struct modespec spec;
		struct shown s;
		struct apply a;
		int fds;

		scratch_enter("f 644, t 640");
		sys_reset();
		compile(&spec, row->spec);
		a = asking(&spec, SYS_LIBC);
		a.with_old_mode = row->with_old;
		policy_prepare(&a);
		show(&s, "f", DT_REG, traits_in(&a, row->place));
		fds = count_fds();
		sys.at = row->at;
		sys.err = row->err;
		sys.hook = row->hook;
		apply(&a, &s.e, &s.record);
		if (s.record.result != row->result || s.record.err != row->result_err ||
			s.record.restat_err != row->restat_err ||
			strcmp(sys.calls, row->calls) != 0)
			row_wrong("row %zu: result %d, errno %d, %d, calls: %s", i,
				(int)s.record.result, s.record.err, s.record.restat_err, sys.calls);
		if (row->result == APPLY_NOT_CHANGED)
			EXPECT(s.record.old == 0644 && s.record.requested == 0744);
		EXPECT(sys.at == NULL && mode_of("t") == 0640);
		EXPECT(count_fds() == fds);
		modespec_free(&spec);
		scratch_leave(state);
	}
	rows_end();
}

/* An operand that has vanished is missed. */
static void test_failures_of_operands(void **state)
{
	struct modespec spec;
	struct shown s;
	struct apply a;

	(void)state;
	scratch_enter("f 644");
	compile(&spec, "u+x");
	a = asking(&spec, SYS_LIBC);
	for (int as = OPERAND; as <= (int)ENTRY; as++) {
		sys_reset();
		show_pinned(&s, "f", (enum shown_as)as, SYS_NOFOLLOW);
		sys.at = "fchmod";
		sys.err = ENOENT;
		apply(&a, &s.e, &s.record);
		/* There is a pin, so there is a file, even if /proc cannot be used. */
		EXPECT(s.record.result == APPLY_NOT_CHANGED);
		EXPECT(s.record.err == ENOENT);
		close(s.e.pin);
		/* -h: it is looked for itself */
		a.links = APPLY_NO_LINKS;
		show_pinned(&s, "f", (enum shown_as)as, SYS_FOLLOW);
		sys.at = "pin";
		apply(&a, &s.e, &s.record);
		EXPECT(s.record.result == (as == OPERAND ? APPLY_NO_ACCESS : APPLY_VANISHED));
		close(s.e.pin);
		a.links = APPLY_OPERAND_LINKS;
	}
	modespec_free(&spec);
	rows_end();
}

/* The file that was examined is changed, even if another one has got its name. */
static void test_swap_before_the_change(void **state)
{
	static const struct {
		enum sys_method method;
		const char *at;
		enum apply_result result;
		mode_t old; /* of the file that was looked at */
	} rows[] = {{SYS_FCHMODAT2, "fchmod", APPLY_DONE, 0744},
		{SYS_PROCFD, "fchmod", APPLY_DONE, 0744}, {SYS_LIBC, "fchmod", APPLY_DONE, 0744},
		{SYS_NAME, "reopen", APPLY_NOT_CHANGED, 0644}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modespec spec;
		struct shown s;
		struct apply a;

		if (!can_use(rows[i].method))
			continue;
		scratch_enter("f 644, t 640");
		sys_reset();
		compile(&spec, "u+x");
		a = asking(&spec, rows[i].method);
		show(&s, "f", DT_REG, traits_in(&a, CONTESTED));
		sys.at = rows[i].at;
		sys.hook = put_file_there;
		apply(&a, &s.e, &s.record);
		EXPECT(s.record.result == rows[i].result);
		EXPECT(s.record.err == (rows[i].result == APPLY_DONE ? 0 : ESTALE));
		EXPECT(mode_of("old") == rows[i].old && mode_of("f") == 0640);
		modespec_free(&spec);
		scratch_leave(state);
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_entries_and_their_cost),
		SCRATCH_TEST(test_unsafe),
		SCRATCH_TEST(test_mapped_owners),
		SCRATCH_TEST(test_directory_that_was_a_file),
		SCRATCH_TEST(test_links),
		SCRATCH_TEST(test_links_that_cannot_be_examined),
		SCRATCH_TEST(test_links_by_name),
		SCRATCH_TEST(test_guarded_root),
		SCRATCH_TEST(test_failures),
		SCRATCH_TEST(test_failures_of_operands),
		SCRATCH_TEST(test_swap_before_the_change),
	};

	umask(022);
	unsetenv("LD_PRELOAD");
	return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
