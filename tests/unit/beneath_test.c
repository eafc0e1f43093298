/* SPDX-License-Identifier: MIT */
/*
 * beneath: which names are below a directory, and where each is looked up. Links are not followed.
 */
#include "beneath.h"

#include <limits.h>

#include "scratch.h"

#define TREE                                                                                       \
	"d/, d/f, d/s/, d/s/g, d/l -> s, d/dead -> nope, d/up -> .., dl -> d, d/s/t/, d/s/t/h, e/"

static const struct beneath_row {
	const char *dir, *operand;
	const char *parent; /* what it is looked up in */
	const char *name;
	int err;
} rows[] = {
	{"d", "d", "d", ".", 0},
	{"d", "d/", "d", ".", 0},
	{"d", "d//", "d", ".", 0},
	{"d//", "d", "d", ".", 0},
	{"d", "d/f", "d", "f", 0},
	{"d", "d///f", "d", "f", 0},
	{"d/", "d/nope", "d", "nope", 0},
	{"d", "d/l", "d", "l", 0},
	{"d", "d/s/g", "d/s", "g", 0},
	{"d", "d/s/", "d/s", ".", 0},
	{"d", "d//s//t//h", "d/s/t", "h", 0},
	{"d", "d/./s/./g", "d/s", "g", 0},
	{"d/s", "d/s/t/h", "d/s/t", "h", 0},
	{"dl", "dl/s/g", "d/s", "g", 0},
	{"e/../d", "e/../d/s/g", "d/s", "g", 0},
	{".", "./d/f", "d", "f", 0},
	{".", ".", ".", ".", 0},
	{"/", "/", "/", ".", 0},
	{"/", "//", "/", ".", 0},
	{"//", "/dev/null", "/dev", "null", 0},
	/* Not below the directory. */
	{"d", "", NULL, NULL, -EXDEV},
	{"/", "", NULL, NULL, -EXDEV},
	{"/", "dev/null", NULL, NULL, -EXDEV},
	{".", "d/f", NULL, NULL, -EXDEV},
	{"d", "e", NULL, NULL, -EXDEV},
	{"d", "dl", NULL, NULL, -EXDEV},
	{"d", "./d", NULL, NULL, -EXDEV},
	{"d", "d/..", NULL, NULL, -EXDEV},
	{"d", "d/../d/f", NULL, NULL, -EXDEV},
	{"d", "d/s/..", NULL, NULL, -EXDEV},
	{"d", "d/s/../f", NULL, NULL, -EXDEV},
	{"d/s", "d/s../g", NULL, NULL, -EXDEV},
	{"d", "d/..s", "d", "..s", 0},
	{"d", "d/s..", "d", "s..", 0},
	{"d", "d/.../x", NULL, NULL, -ENOENT},
	/* Through a link, a file, or a directory that is missing. */
	{"d", "d/l/g", NULL, NULL, -ELOOP},
	{"d", "d/l/", NULL, NULL, -ELOOP},
	{"d", "d/l/.", NULL, NULL, -ELOOP},
	{"d", "d/up/e", NULL, NULL, -ELOOP},
	{"d", "d/dead/x", NULL, NULL, -ELOOP},
	{"d", "d/s/nope/x", NULL, NULL, -ENOENT},
	{"d", "d/f/x", NULL, NULL, -ENOTDIR},
	{"d", "d/f/", NULL, NULL, -ENOTDIR},
};

static bool is_same(int fd, const char *name)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(name, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static void test_rows(void **state)
{
	(void)state;
	scratch_enter(TREE);
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		const struct beneath_row *row = &rows[i / 2];
		struct beneath b;
		struct beneath_place place;
		int fds = count_fds(), err;

		assert_int_equal(beneath_open(&b, row->dir), 0);
		/* With openat2 and without. */
		b.by_parts |= i % 2 != 0;
		err = beneath_find(&b, row->operand, &place);
		if (err != row->err)
			row_wrong("%s in %s: %d", row->operand, row->dir, err);
		if (err == 0) {
			if (row->name == NULL || strcmp(place.name, row->name) != 0 ||
				!is_same(place.dirfd, row->parent))
				row_wrong("%s in %s: %s", row->operand, row->dir, place.name);
			beneath_leave(&place);
		}
		beneath_close(&b);
		EXPECT(count_fds() == fds);
	}
	rows_end();
}

static void test_long_names(void **state)
{
	char name[PATH_MAX + 8];
	struct beneath_place place;
	struct beneath b;

	(void)state;
	scratch_enter(TREE);
	assert_int_equal(beneath_open(&b, "d"), 0);
	for (int i = 0; i < 2; i++, b.by_parts = true) {
		memset(name, '/', sizeof(name));
		memcpy(name, "d/s", 3);
		strcpy(name + sizeof(name) - 2, "g");
		/* The name of the parent is "s" and all slashes but the first and the last. */
		EXPECT(beneath_find(&b, name, &place) == -ENAMETOOLONG);
		EXPECT(beneath_find(&b, (memmove(name + 3, name + 13, sizeof(name) - 13), name),
			       &place) == 0);
		EXPECT(is_same(place.dirfd, "d/s") && strcmp(place.name, "g") == 0);
		beneath_leave(&place);
	}
	beneath_close(&b);
	rows_end();
}

/* The directory is the one that was opened, even if another one has got its name. */
static void test_once(void **state)
{
	struct beneath_place place;
	struct beneath b;

	(void)state;
	scratch_enter(TREE);
	assert_int_equal(beneath_open(&b, "dl"), 0);
	EXPECT(rename("d", "other") == 0 && rename("e", "d") == 0);
	EXPECT(beneath_find(&b, "dl/s/g", &place) == 0);
	EXPECT(is_same(place.dirfd, "other/s"));
	beneath_leave(&place);
	beneath_close(&b);
	EXPECT(beneath_open(&b, "other/f") == -ENOTDIR);
	EXPECT(beneath_open(&b, "nope") == -ENOENT);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_rows),
		SCRATCH_TEST(test_long_names),
		SCRATCH_TEST(test_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
