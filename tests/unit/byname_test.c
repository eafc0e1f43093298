/* SPDX-License-Identifier: MIT */
/*
 * byname: which files are changed by name, and which are left alone because another user might put
 * another file there. FIFOs stand for all files that are not opened.
 */
#include "byname.h"

#include <errno.h>
#include <limits.h>
#include <sys/resource.h>

#include "scratch.h"

/* Only this user can write to "ours"; everybody can write to "all". */
#define TREE "f 644, p| 644, ours/ 755, ours/p| 644, ours/l -> p, all/ 777, all/p| 644, all/f 644"

static const struct byname_row {
	const char *name, *file; /* FILE is what it leads to */
	enum sys_follow follow;
	enum { ENTRY, OPERAND } place;
	bool is_contested, is_absolute, is_changed;
} rows[] = {
	/* What can be opened. */
	{"f", "f", SYS_NOFOLLOW, ENTRY, true, false, true},
	{"all/f", "all/f", SYS_FOLLOW, OPERAND, true, false, true},
	{"ours", "ours", SYS_FOLLOW, OPERAND, false, false, true},
	/* Entries. */
	{"p", "p", SYS_NOFOLLOW, ENTRY, false, false, true},
	{"p", "p", SYS_NOFOLLOW, ENTRY, true, false, false},
	{"p", "p", SYS_NOFOLLOW, ENTRY, true, true, false},
	{"ours/l", "ours/p", SYS_FOLLOW, ENTRY, false, false, false},
	{"ours/l", "ours/p", SYS_FOLLOW, ENTRY, true, true, true},
	/* Operands, in directories that may be contested: nothing says so beforehand. */
	{"ours/p", "ours/p", SYS_FOLLOW, OPERAND, false, false, true},
	{"ours/p", "ours/p", SYS_NOFOLLOW, OPERAND, false, false, true},
	{"all/p", "all/p", SYS_FOLLOW, OPERAND, false, false, false},
	{"all/p", "all/p", SYS_NOFOLLOW, OPERAND, false, true, false},
	{"all/p", "all/p", SYS_FOLLOW, OPERAND, false, true, true},
	{"ours/l", "ours/p", SYS_FOLLOW, OPERAND, false, false, false},
	{"ours/l", "ours/p", SYS_FOLLOW, OPERAND, false, true, true},
	{"all/../ours/p", "ours/p", SYS_FOLLOW, OPERAND, false, false, true},
};

static struct byname of(const char *name)
{
	return (struct byname){.dirfd = AT_FDCWD, .name = name, .euid = geteuid()};
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct byname_row *row = &rows[i];
		struct byname file = of(row->name);
		struct stat st, now;
		int err, fds;

		scratch_enter(TREE);
		file.follow = row->follow;
		file.is_operand = row->place == OPERAND;
		file.is_contested = row->is_contested;
		file.is_absolute = row->is_absolute;
		EXPECT(stat(row->file, &st) == 0);
		fds = count_fds();
		err = byname_chmod(&file, &st, 0711);
		EXPECT(count_fds() == fds);
		if (err != (row->is_changed ? 0 : -SYS_EUNSAFE))
			row_wrong("row %zu, %s: %d", i, row->name, err);
		EXPECT(stat(row->file, &now) == 0);
		if ((now.st_mode & 07777) != (row->is_changed ? 0711U : st.st_mode & 07777U))
			row_wrong("row %zu, %s: mode %04o", i, row->name, now.st_mode & 07777U);
		scratch_leave(state);
	}
	rows_end();
}

/* The operand has become another file since it was looked at. */
static void test_another_operand(void **state)
{
	struct byname file = of("ours/p");
	struct stat st;

	(void)state;
	scratch_enter(TREE);
	file.is_operand = true;
	EXPECT(stat("p", &st) == 0);
	EXPECT(byname_chmod(&file, &st, 0711) == -SYS_EUNSAFE);
	EXPECT(unlink("ours/p") == 0);
	EXPECT(byname_chmod(&file, &st, 0711) == -SYS_EUNSAFE);
	file.name = "nope/p";
	EXPECT(byname_chmod(&file, &st, 0711) == -SYS_EUNSAFE);
	rows_end();
}

static void test_a_name_that_is_too_long(void **state)
{
	char name[PATH_MAX + 8] = "";
	struct byname file = of(name);
	struct stat st;

	(void)state;
	scratch_enter(TREE);
	memset(name, '/', sizeof(name));
	name[0] = '.';
	memcpy(name + sizeof(name) - sizeof("ours/p"), "ours/p", sizeof("ours/p"));
	file.is_operand = true;
	EXPECT(stat("ours/p", &st) == 0);
	EXPECT(byname_chmod(&file, &st, 0711) == -SYS_EUNSAFE);
	rows_end();
}

/* The walk may close another descriptor, and try again. */
static void test_no_descriptor(void **state)
{
	struct byname file = of("ours/p");
	struct rlimit limit, few;
	struct stat st;

	(void)state;
	scratch_enter(TREE);
	file.is_operand = true;
	EXPECT(stat("ours/p", &st) == 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = (struct rlimit){0, limit.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	EXPECT(byname_chmod(&file, &st, 0711) == -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	EXPECT(byname_chmod(&file, &st, 0711) == 0);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_rows),
		SCRATCH_TEST(test_another_operand),
		SCRATCH_TEST(test_a_name_that_is_too_long),
		SCRATCH_TEST(test_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
