/* SPDX-License-Identifier: MIT */
/*
 * dir: how long directories live and are open, what is due when they are closed, and which are
 * above which.
 *
 * Link with --wrap= of those of dir_fixture.h and with support/tree.o.
 */
#include "dir.h"

#include <pthread.h>

#include "dir_fixture.h"
#include "reopen.h"

/* ------------------------------------------------------------------------------------ lifetime */

static void test_paths(void **state)
{
	static const struct {
		const char *names[4], *path;
	} rows[] = {
		{{"d"}, "d/"},
		{{"d/"}, "d/"},
		{{"d//"}, "d//"},
		{{"/"}, "/"},
		{{"d", "s", "t"}, "d/s/t/"},
		{{"d/", "s"}, "d/s/"},
	};

	(void)state;
	begin("d/, d/s/, d/s/t/");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dir *dir = NULL;
		char path[32];

		for (size_t k = 0; k < 4 && rows[i].names[k] != NULL; k++) {
			struct dir *parent = dir;

			dir = open_in(parent, rows[i].names[k]);
			EXPECT(dir->parent == parent && strcmp(dir->name, rows[i].names[k]) == 0);
			/* The directory in it keeps its parent. */
			if (parent != NULL)
				leave(parent);
		}
		memset(path, '#', sizeof(path));
		dir_path(dir, path);
		EXPECT(dir->path_len == strlen(rows[i].path));
		EXPECT(memcmp(path, rows[i].path, dir->path_len) == 0);
		EXPECT(path[dir->path_len] == '#');
		leave(dir);
		EXPECT(dirs.count == 0);
	}
	end();
}

static void test_uses(void **state)
{
	struct dir *d, *s;

	(void)state;
	begin("d/, d/s/");
	d = open_in(NULL, "d");
	EXPECT(dir_is_last_use(&dirs, d));
	dir_ref(&dirs, d);
	EXPECT(!dir_is_last_use(&dirs, d));
	dir_unref(&dirs, d);
	EXPECT(dir_is_last_use(&dirs, d));
	s = open_in(d, "s");
	EXPECT(!dir_is_last_use(&dirs, d) && dir_is_last_use(&dirs, s));
	leave(s);
	EXPECT(dir_is_last_use(&dirs, d));
	s = open_in(d, "s");
	leave(d);
	EXPECT(dirs.count == 2 && d->fd < 0);
	/* The last one ends all above it. */
	leave(s);
	end();
}

static void test_no_memory(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	begin("d/");
	fd = open("d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	memory_limit(0, true);
	EXPECT(dir_new(&dirs, NULL, "d", fd, &st, SYS_FOLLOW) == NULL);
	EXPECT(memory_unlimit() == 1);
	/* It is still the caller's. */
	EXPECT(close(fd) == 0);
	end();
}

/* -------------------------------------------------------------------------- how many hold them */

static void test_holders(void **state)
{
	struct dir *d;

	(void)state;
	begin("d/");
	d = open_in(NULL, "d");
	dir_ref(&dirs, d);
	EXPECT(is_open_right(d));
	EXPECT(dir_hold(&dirs, d));
	EXPECT(dir_hold(&dirs, d));
	for (int i = 0; i < 2; i++) {
		dir_release(&dirs, d, NULL);
		EXPECT(is_open_right(d));
	}
	EXPECT(count_fds() == fds_before + 1);
	dir_release(&dirs, d, NULL);
	EXPECT(d->fd == -1 && count_fds() == fds_before);
	EXPECT(!dir_hold(&dirs, d));
	EXPECT(dir_reopen(&dirs, d, NULL, NULL) == 0);
	EXPECT(is_open_right(d) && d->holders == 1);
	/* The second holder shares it. */
	EXPECT(dir_reopen(&dirs, d, NULL, NULL) == 0);
	EXPECT(d->holders == 2 && count_fds() == fds_before + 1);
	EXPECT(fake.returns == 1 && fake.opens == 1);
	dir_release(&dirs, d, NULL);
	dir_unref(&dirs, d);
	leave(d);
	end();
}

/* To recognize a directory later takes a call, which is only made if that may be needed. */
static void test_birth_is_noted(void **state)
{
	struct dir *d;

	(void)state;
	begin("d/");
	d = open_in(NULL, "d");
	leave(d);
	EXPECT(fake.identifies == 0);
	d = open_in(NULL, "d");
	dir_ref(&dirs, d);
	fake.births = 77;
	dir_release(&dirs, d, NULL);
	EXPECT(fake.identifies == 1 && d->known.birth.is_known && d->known.birth.sec == 77);
	dir_unref(&dirs, d);
	dir_unref(&dirs, d);
	end();
}

static struct dir *closed_dir;

/* What another worker may do at any moment, and what a change of mode may do to the number. */
static void reopen_meanwhile(void)
{
	bool was_open = closed_dir->fd >= 0;

	fake.meanwhile = NULL;
	EXPECT(dir_reopen(&dirs, closed_dir, NULL, NULL) == 0);
	dir_release(&dirs, closed_dir, NULL);
	if (was_open)
		fake.meanwhile = reopen_meanwhile;
	else
		fake.ino++;
}

/* Where a file gets another inode number when it is changed. */
static void test_reopened_while_closed(void **state)
{
	static const unsigned traits[] = {0, OWING};

	(void)state;
	begin("d/");
	for (size_t i = 0; i < COUNT(traits); i++) {
		closed_dir = open_in(NULL, "d");
		closed_dir->traits = traits[i];
		dir_ref(&dirs, closed_dir);
		fake.ino = closed_dir->ino + 1;
		fake.meanwhile = reopen_meanwhile;
		dir_release(&dirs, closed_dir, NULL);
		fake.meanwhile = NULL;
		EXPECT(fake.ino == closed_dir->ino + 1 + i);
		EXPECT(dir_reopen(&dirs, closed_dir, NULL, NULL) == 0);
		dir_release(&dirs, closed_dir, NULL);
		fake.ino = 0;
		dir_unref(&dirs, closed_dir);
		dir_unref(&dirs, closed_dir);
	}
	end();
}

/* --------------------------------------------------------------------------- what is due then */

static void test_closing(void **state)
{
	int one, two;
	struct dir *d;

	(void)state;
	begin("d/");
	d = open_in(NULL, "d");
	dir_ref(&dirs, d);
	EXPECT(!dir_owes(&dirs, d));
	d->traits = OWING | TRAIT;
	EXPECT(dir_owes(&dirs, d));
	EXPECT(dir_hold(&dirs, d));
	dir_release(&dirs, d, &one);
	EXPECT(fake.closings == 0 && dir_owes(&dirs, d));
	/* What is due is done once, when the last holder releases it. */
	dir_release(&dirs, d, &two);
	EXPECT(fake.closings == 1 && fake.closed == d && fake.closed_by == &two && fake.was_open);
	EXPECT(!dir_owes(&dirs, d) && d->traits == TRAIT);
	/* A directory that is opened again gets new traits. */
	EXPECT(dir_reopen(&dirs, d, NULL, &one) == 0);
	EXPECT(fake.returns == 1 && d->traits == (TRAIT | FOUND_AGAIN));
	dir_release(&dirs, d, &one);
	EXPECT(fake.closings == 1);
	dir_unref(&dirs, d);
	dir_unref(&dirs, d);
	/* Even if it will not be opened again. */
	d = open_in(NULL, "d");
	d->traits = OWING;
	leave(d);
	EXPECT(fake.closings == 2 && fake.was_open);
	d = open_in(NULL, "d");
	d->traits = TRAIT;
	leave(d);
	EXPECT(fake.closings == 2);
	end();
}

/* ------------------------------------------------------------------------ which are on the way */

enum { MANY = 1000 };

static void check_many(void)
{
	static struct dir *many[MANY];
	static int fds[MANY];
	char name[16];
	struct stat st;
	int fd = open("d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	fstat(fd, &st);
	for (int i = 0; i < MANY; i++) {
		sprintf(name, "%d", i);
		/* Invented inode numbers, as all descriptors are of one directory. */
		st.st_ino = (ino_t)i * 4096 + 7;
		fds[i] = dup(fd);
		many[i] =
			dir_new(&dirs, i > 0 ? many[i - 1] : NULL, name, fds[i], &st, SYS_NOFOLLOW);
		assert_non_null(many[i]);
	}
	EXPECT(dirs.count == MANY);
	for (int i = 0; i < MANY; i++) {
		st.st_ino = (ino_t)i * 4096 + 7;
		EXPECT(dir_is_above(&dirs, many[MANY - 1], fd, &st));
		EXPECT(dir_is_above(&dirs, many[i], fd, &st));
		EXPECT(i == 0 || !dir_is_above(&dirs, many[i - 1], fd, &st));
		st.st_ino++;
		EXPECT(!dir_is_above(&dirs, many[MANY - 1], fd, &st));
		st.st_ino--;
		st.st_dev++;
		EXPECT(!dir_is_above(&dirs, many[MANY - 1], fd, &st));
		st.st_dev--;
	}
	for (int i = MANY - 1; i >= 0; i--)
		leave(many[i]);
	EXPECT(dirs.count == 0);
	for (size_t i = 0; i < dirs.slot_count; i++)
		EXPECT(dirs.slots[i] == NULL);
	close(fd);
}

/* Any number of them; without memory it only gets slower. */
static void test_many(void **state)
{
	(void)state;
	begin("d/");
	check_many();
	EXPECT(dirs.slot_count >= MANY / 2);
	check_many();
	end();
}

static void test_many_without_memory(void **state)
{
	struct dir *many[200];
	size_t slots;

	(void)state;
	begin("d/, d/s/");
	slots = dirs.slot_count;
	for (size_t i = 0; i < COUNT(many); i++) {
		/* One block for itself, none for more slots. */
		memory_limit(1, true);
		many[i] = open_in(i > 0 ? many[0] : NULL, i > 0 ? "s" : "d");
		memory_unlimit();
	}
	EXPECT(dirs.slot_count == slots && dirs.count == COUNT(many));
	for (size_t i = COUNT(many); i-- > 0;)
		leave(many[i]);
	end();
}

/* --------------------------------------------------------------------------------- identity */

static void test_above(void **state)
{
	struct dir *d, *s, *t;
	struct stat st;
	int fd;

	(void)state;
	begin("d/, d/s/, d/t/, d/s/u/");
	d = open_in(NULL, "d");
	s = open_in(d, "s");
	t = open_in(d, "t");
	fd = open("d/s", O_PATH | O_CLOEXEC);
	assert_int_equal(fstat(fd, &st), 0);
	EXPECT(dir_is_above(&dirs, s, fd, &st));
	EXPECT(!dir_is_above(&dirs, d, fd, &st));
	/* Above another worker's directory, but not above this one. */
	EXPECT(!dir_is_above(&dirs, t, fd, &st));
	close(fd);
	leave(t);
	leave(s);
	leave(d);
	end();
}

/* An inode number may be given to another directory when the first one has been removed. */
static void test_above_and_births(void **state)
{
	static const struct {
		bool noted, there; /* whether the birth was known then, and is now */
		int64_t later;
		bool is_closed, cannot, is_above;
	} rows[] = {
		{true, true, 0, true, false, true},
		{true, true, 1, true, false, false},
		{true, false, 1, true, false, true},
		{false, true, 1, true, false, true},
		{true, true, 1, true, true, true},
		/* It is asked itself as long as it is open. */
		{true, true, 1, false, false, true},
	};

	(void)state;
	begin("d/, d/s/");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct dir *d = open_in(NULL, "d"), *s = open_in(d, "s");
		int fd = open("d", O_PATH | O_CLOEXEC);
		struct stat st;

		assert_int_equal(fstat(fd, &st), 0);
		fake.births = 0;
		fake.identify = 0;
		fake.knows_no_birth = !rows[i].noted;
		if (rows[i].is_closed)
			dir_release(&dirs, d, NULL);
		fake.births = rows[i].later;
		fake.knows_no_birth = !rows[i].there;
		fake.identify = rows[i].cannot ? EIO : 0;
		if (dir_is_above(&dirs, s, fd, &st) != rows[i].is_above)
			row_wrong("row %zu", i);
		leave(s);
		if (!rows[i].is_closed)
			dir_release(&dirs, d, NULL);
		dir_unref(&dirs, d);
		close(fd);
	}
	end();
}

/* ------------------------------------------------------------------------------ several workers */

enum { WORKERS = 4, ROUNDS = 3000 };

static struct dir *shared, *shared_in;

static void *come_and_go(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		struct dir *dir = i % 3 == 0 ? shared_in : shared;

		dir_ref(&dirs, dir);
		if (!dir_hold(&dirs, dir) && dir_reopen(&dirs, dir, NULL, NULL) != 0)
			return dir;
		if (!is_open_right(dir))
			return dir;
		dir_release(&dirs, dir, NULL);
		dir_unref(&dirs, dir);
	}
	return NULL;
}

/* A directory that workers share is open while one of them needs it, and closed by the last one. */
static void test_workers(void **state)
{
	pthread_t threads[WORKERS];
	void *wrong;

	(void)state;
	begin("d/, d/s/");
	shared = open_in(NULL, "d");
	shared_in = open_in(shared, "s");
	dir_release(&dirs, shared, NULL);
	dir_release(&dirs, shared_in, NULL);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, come_and_go, NULL), 0);
	for (int i = 0; i < WORKERS; i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		EXPECT(wrong == NULL);
	}
	EXPECT(shared->fd < 0 && shared->holders == 0);
	dir_unref(&dirs, shared_in);
	dir_unref(&dirs, shared);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_paths),
		SCRATCH_TEST(test_uses),
		SCRATCH_TEST(test_no_memory),
		SCRATCH_TEST(test_holders),
		SCRATCH_TEST(test_birth_is_noted),
		SCRATCH_TEST(test_reopened_while_closed),
		SCRATCH_TEST(test_closing),
		SCRATCH_TEST(test_many),
		SCRATCH_TEST(test_many_without_memory),
		SCRATCH_TEST(test_above),
		SCRATCH_TEST(test_above_and_births),
		SCRATCH_TEST(test_workers),
	};

	umask(022);
	return cmocka_run_group_tests_name("dir", tests, NULL, NULL);
}
