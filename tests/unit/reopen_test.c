/* SPDX-License-Identifier: MIT */
/*
 * reopen: closed directories are opened again, from below and from above; and directories that
 * cannot be found again.
 *
 * Link with --wrap= of those of dir_fixture.h and with support/tree.o.
 */
#include "reopen.h"

#include "dir_fixture.h"

enum { DEEPEST = 2010, DEEP = 1010 }; /* levels; more take long to make */

static struct dir *chain[DEEPEST];

/* Leaves the chain of enter_chain(), whose last directory is held. */
static void leave_chain(unsigned levels)
{
	dir_release(&dirs, chain[levels - 1], NULL);
	for (unsigned i = levels; i-- > 0;)
		dir_unref(&dirs, chain[i]);
}

/* ---------------------------------------------------------------------------------- from below */

static void test_from_below(void **state)
{
	static const unsigned levels[] = {1, 2, 999, 1000, 1001, 1999, 2000, 2001, DEEPEST - 1};

	(void)state;
	begin(NULL);
	make_chain(DEEPEST);
	enter_chain(chain, DEEPEST);
	for (size_t i = 0; i < COUNT(levels); i++) {
		struct dir *dir = chain[DEEPEST - 1 - levels[i]];

		fake.opens = 0;
		EXPECT(dir_reopen(&dirs, dir, chain[DEEPEST - 1], NULL) == 0);
		EXPECT(is_open_right(dir) && dir->holders == 1);
		/* One call for a thousand levels. */
		if (fake.opens != (levels[i] + 999) / 1000)
			row_wrong("%u levels: %u calls", levels[i], fake.opens);
		EXPECT(count_fds() == fds_before + 2);
		dir_release(&dirs, dir, NULL);
	}
	leave_chain(DEEPEST);
	end();
}

/* If descriptors run out, it can be tried again. After another error it is opened from above. */
static void test_from_below_fails(void **state)
{
	static const struct {
		int err, after, expected;
	} rows[] = {
		{EMFILE, 0, -EMFILE},
		{EMFILE, 1, -EMFILE},
		{ENFILE, 1, -ENFILE},
		/* Then from above, one level after the other. */
		{EACCES, 0, 0},
		{EPERM, 0, 0},
		{EIO, 1, 0},
		{ENOENT, 1, 0},
	};

	(void)state;
	begin(NULL);
	make_chain(DEEP);
	enter_chain(chain, DEEP);
	for (size_t i = 0; i < COUNT(rows); i++) {
		fail_opens(rows[i].err, 1, rows[i].after);
		EXPECT(dir_reopen(&dirs, chain[2], chain[DEEP - 1], NULL) == rows[i].expected);
		EXPECT(!chain[2]->is_lost && fake.open_times == 0);
		if (rows[i].expected < 0)
			EXPECT(dir_reopen(&dirs, chain[2], chain[DEEP - 1], NULL) == 0);
		EXPECT(is_open_right(chain[2]) && count_fds() == fds_before + 2);
		dir_release(&dirs, chain[2], NULL);
	}
	leave_chain(DEEP);
	end();
}

/* A directory that was moved leads elsewhere. Then the closed one is looked up from above. */
static void test_below_was_moved(void **state)
{
	struct dir *d, *s, *t;

	(void)state;
	begin("d/, d/s/, d/s/t/, e/");
	d = open_in(NULL, "d");
	s = open_in(d, "s");
	t = open_in(s, "t");
	dir_release(&dirs, d, NULL);
	dir_release(&dirs, s, NULL);
	assert_int_equal(rename("d/s/t", "e/t"), 0);
	EXPECT(dir_reopen(&dirs, s, t, NULL) == 0 && is_open_right(s));
	EXPECT(dir_reopen(&dirs, d, t, NULL) == 0 && is_open_right(d));
	dir_release(&dirs, s, NULL);
	dir_release(&dirs, d, NULL);
	/* Or not found at all. */
	assert_int_equal(rename("d/s", "e/s"), 0);
	EXPECT(dir_reopen(&dirs, s, t, NULL) == -ESTALE);
	EXPECT(s->fd < 0 && d->fd < 0);
	leave(t);
	dir_unref(&dirs, s);
	dir_unref(&dirs, d);
	end();
}

/* ---------------------------------------------------------------------------------- from above */

/* From the nearest directory that is open, or from the operand, which may be a link. */
static void test_from_above(void **state)
{
	(void)state;
	begin("d/, l -> d");
	make_chain(50);
	for (unsigned open = 0; open <= 40; open += 8) {
		enter_chain(chain, 50);
		if (open > 0)
			EXPECT(dir_reopen(&dirs, chain[open], NULL, NULL) == 0);
		fake.opens = 0;
		EXPECT(dir_reopen(&dirs, chain[45], NULL, NULL) == 0);
		if (fake.opens != (open > 0 ? 45 - open : 46))
			row_wrong("open at %u: %u calls", open, fake.opens);
		EXPECT(is_open_right(chain[45]) && chain[45]->holders == 1);
		/* The directories between are not kept open. */
		EXPECT(count_fds() == fds_before + (open > 0 ? 3 : 2));
		EXPECT(chain[44]->fd < 0 && (open == 0 || chain[open]->holders == 1));
		dir_release(&dirs, chain[45], NULL);
		if (open > 0)
			dir_release(&dirs, chain[open], NULL);
		leave_chain(50);
	}
	chain[0] = open_as(NULL, "l", SYS_FOLLOW);
	dir_ref(&dirs, chain[0]);
	dir_release(&dirs, chain[0], NULL);
	EXPECT(dir_reopen(&dirs, chain[0], NULL, NULL) == 0);
	EXPECT(is_open_right(chain[0]));
	dir_unref(&dirs, chain[0]);
	leave(chain[0]);
	end();
}

static const struct failure_row {
	int err;      /* of the call that opens it */
	int after;    /* calls */
	int expected; /* -errno */
	bool is_lost;
} failure_rows[] = {
	{EMFILE, 2, -EMFILE, false},
	{ENFILE, 0, -ENFILE, false},
	{EACCES, 2, -EACCES, true},
	{EACCES, 0, -EACCES, true},
	{EIO, 1, -EIO, true},
	/* Removed or moved, which looks the same. */
	{ENOENT, 2, -ESTALE, true},
	{ENOTDIR, 2, -ENOTDIR, true},
};

static void test_from_above_fails(void **state)
{
	(void)state;
	begin("d/, d/s/, d/s/t/, d/s/t/u/");
	for (size_t i = 0; i < COUNT(failure_rows); i++) {
		const struct failure_row *row = &failure_rows[i];
		struct dir *d = open_in(NULL, "d"), *s = open_in(d, "s"), *t = open_in(s, "t");
		int got;

		dir_ref(&dirs, t);
		dir_release(&dirs, d, NULL);
		dir_release(&dirs, s, NULL);
		dir_release(&dirs, t, NULL);
		fail_opens(row->err, 1, row->after);
		got = dir_reopen(&dirs, t, NULL, NULL);
		if (got != row->expected)
			row_wrong("row %zu: %d", i, got);
		EXPECT(count_fds() == fds_before && t->fd < 0 && t->holders == 0);
		/* The directories above the one that failed are not lost. */
		EXPECT(t->is_lost == row->is_lost);
		EXPECT(s->is_lost == (row->is_lost && row->after < 2));
		EXPECT(d->is_lost == (row->is_lost && row->after < 1));
		fake.opens = 0;
		got = dir_reopen(&dirs, t, NULL, NULL);
		EXPECT(row->is_lost ? got < 0 && fake.opens == 0 : got == 0);
		if (got == 0)
			dir_release(&dirs, t, NULL);
		dir_unref(&dirs, t);
		dir_unref(&dirs, t);
		dir_unref(&dirs, s);
		dir_unref(&dirs, d);
	}
	end();
}

static void test_no_memory(void **state)
{
	struct dir *d;

	(void)state;
	begin("d/");
	d = open_in(NULL, "d");
	dir_ref(&dirs, d);
	dir_release(&dirs, d, NULL);
	memory_limit(0, true);
	EXPECT(dir_reopen(&dirs, d, NULL, NULL) == -ENOMEM);
	EXPECT(memory_unlimit() == 1);
	EXPECT(dir_reopen(&dirs, d, NULL, NULL) == 0);
	dir_unref(&dirs, d);
	leave(d);
	end();
}

/* ------------------------------------------------------------------------------------ identity */

/* Device and inode number must be the same, and the time of birth if it is known both times. */
static void test_identity(void **state)
{
	static const struct {
		bool noted, there;
		int64_t later;
		unsigned ino_was, ino_is; /* another one by so much, when it is closed and found */
		int identify, expected;
	} rows[] = {
		{true, true, 0, 0, 0, 0, 0},
		{true, true, 1, 0, 0, 0, -ESTALE},
		{true, true, -1, 0, 0, 0, -ESTALE},
		{false, true, 1, 0, 0, 0, 0},
		{true, false, 1, 0, 0, 0, 0},
		{true, true, 0, 0, 1, 0, -ESTALE},
		{false, false, 0, 0, 1, 0, -ESTALE},
		{true, true, 0, 0, 0, EIO, -EIO},
		/* It has got another number since it was opened, and keeps that. */
		{true, true, 0, 1, 1, 0, 0},
		{true, true, 0, 1, 0, 0, -ESTALE},
	};

	(void)state;
	begin("d/, d/s/");
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		const size_t k = i / 2;
		bool from_below = i % 2;
		struct dir *d = open_in(NULL, "d"), *s = from_below ? open_in(d, "s") : NULL;
		int got;

		fake.births = fake.identify = 0;
		fake.ino = d->ino + rows[k].ino_was;
		fake.knows_no_birth = !rows[k].noted;
		dir_ref(&dirs, d);
		dir_release(&dirs, d, NULL);
		fake.births = rows[k].later;
		fake.knows_no_birth = !rows[k].there;
		fake.identify = rows[k].identify;
		fake.ino = d->ino + rows[k].ino_is;
		got = dir_reopen(&dirs, d, s, NULL);
		if (got != rows[k].expected)
			row_wrong("row %zu: %d", i, got);
		if (got == 0)
			dir_release(&dirs, d, NULL);
		if (s != NULL)
			leave(s);
		dir_unref(&dirs, d);
		dir_unref(&dirs, d);
	}
	fake.ino = 0;
	end();
}

/* Another directory has its name, or a link to it. */
static void test_exchanged(void **state)
{
	struct dir *d, *s;

	(void)state;
	begin("d/, d/s/, e/, e/s/");
	for (int i = 0; i < 2; i++) {
		d = open_in(NULL, "d");
		s = open_in(d, "s");
		dir_ref(&dirs, s);
		dir_release(&dirs, s, NULL);
		dir_release(&dirs, d, NULL);
		assert_int_equal(rename("d/s", "was"), 0);
		if (i == 0)
			assert_int_equal(rename("e/s", "d/s"), 0);
		else
			assert_int_equal(symlink("../was", "d/s"), 0);
		EXPECT(dir_reopen(&dirs, s, NULL, NULL) == (i == 0 ? -ESTALE : -ENOTDIR));
		dir_unref(&dirs, s);
		dir_unref(&dirs, s);
		dir_unref(&dirs, d);
		assert_int_equal((i == 0 ? rename("d/s", "e/s") : unlink("d/s")), 0);
		assert_int_equal(rename("was", "d/s"), 0);
	}
	end();
}

/* ---------------------------------------------------------------------------------------- lost */

/* If one directory is lost, so are all below it. They are not looked up. */
static void test_lost_chain(void **state)
{
	unsigned told = 0;

	(void)state;
	begin(NULL);
	make_chain(DEEP);
	enter_chain(chain, DEEP);
	assert_int_equal(renameat(AT_FDCWD, "n/n", AT_FDCWD, "was"), 0);
	fake.opens = 0;
	EXPECT(dir_reopen(&dirs, chain[DEEP - 2], NULL, NULL) == -ESTALE);
	EXPECT(fake.opens == 2);
	for (unsigned i = DEEP - 2; i > 0; i--) {
		EXPECT(dir_reopen(&dirs, chain[i], NULL, NULL) == -ESTALE);
		/* Each is reported once, by whichever worker finds it first. */
		told += dir_tell_loss(&dirs, chain[i]);
		EXPECT(!dir_tell_loss(&dirs, chain[i]));
	}
	EXPECT(fake.opens == 2 && told == DEEP - 2);
	EXPECT(!chain[0]->is_lost);
	/* From below it is found. */
	EXPECT(dir_reopen(&dirs, chain[DEEP - 3], chain[DEEP - 1], NULL) == 0);
	EXPECT(is_open_right(chain[DEEP - 3]));
	dir_release(&dirs, chain[DEEP - 3], NULL);
	leave_chain(DEEP);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_from_below),
		SCRATCH_TEST(test_from_below_fails),
		SCRATCH_TEST(test_below_was_moved),
		SCRATCH_TEST(test_from_above),
		SCRATCH_TEST(test_from_above_fails),
		SCRATCH_TEST(test_no_memory),
		SCRATCH_TEST(test_identity),
		SCRATCH_TEST(test_exchanged),
		SCRATCH_TEST(test_lost_chain),
	};

	umask(022);
	return cmocka_run_group_tests_name("reopen", tests, NULL, NULL);
}
