/* SPDX-License-Identifier: MIT */
/*
 * sys: descriptors, which are never 0 to 2, and what is known of files by them.
 *
 * Link with support/tree.o.
 */
#include "sys.h"

#include <fcntl.h>
#include <stdint.h>

#include "scratch.h"

static void test_pins(void **state)
{
	struct stat st, link_st;
	int pin;

	(void)state;
	scratch_enter("f 000, l -> f, dang -> nope, loop -> loop, d/ 000");
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(lstat("l", &link_st), 0);
	for (int i = 0; i < 4; i++) {
		static const char *const names[] = {"f", "f", "l", "l"};
		struct stat got;

		pin = sys_pin(AT_FDCWD, names[i], i % 2 == 0 ? SYS_FOLLOW : SYS_NOFOLLOW);
		assert_true(pin > 2);
		assert_int_equal(fcntl(pin, F_GETFD), FD_CLOEXEC);
		assert_true((fcntl(pin, F_GETFL) & O_PATH) != 0);
		assert_int_equal(sys_pin_stat(pin, &got), 0);
		assert_int_equal(got.st_ino, i == 3 ? link_st.st_ino : st.st_ino);
		close(pin);
		assert_int_equal(
			sys_stat(AT_FDCWD, names[i], i % 2 == 0 ? SYS_FOLLOW : SYS_NOFOLLOW, &got),
			0);
		assert_int_equal(got.st_ino, i == 3 ? link_st.st_ino : st.st_ino);
	}
	assert_int_equal(sys_pin(AT_FDCWD, "dang", SYS_FOLLOW), -ENOENT);
	assert_int_equal(sys_pin(AT_FDCWD, "loop", SYS_FOLLOW), -ELOOP);
	assert_int_equal(sys_pin(AT_FDCWD, "", SYS_NOFOLLOW), -ENOENT);
	assert_int_equal(sys_pin_stat(-1, &st), -EBADF);
	assert_int_equal(sys_stat(AT_FDCWD, "dang", SYS_FOLLOW, &st), -ENOENT);
	assert_int_equal(sys_stat(AT_FDCWD, "dang", SYS_NOFOLLOW, &st), 0);
}

static void test_open_dir(void **state)
{
	_Alignas(uint64_t) char buf[4096];
	int fd;

	(void)state;
	scratch_enter("d/, d/f, l -> d, f, p|");
	fd = sys_open_dir(AT_FDCWD, "d", SYS_NOFOLLOW);
	assert_true(fd > 2);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_in_range(sys_read_dir(fd, buf, sizeof(buf)), 1, sizeof(buf));
	assert_int_equal(sys_read_dir(fd, buf, sizeof(buf)), 0);
	assert_int_equal(sys_read_dir(fd, buf, 1), 0);
	close(fd);
	assert_int_equal(sys_read_dir(fd, buf, sizeof(buf)), -EBADF);
	fd = sys_open_dir(AT_FDCWD, "l", SYS_FOLLOW);
	assert_true(fd > 2);
	assert_int_equal(sys_read_dir(fd, buf, 1), -EINVAL);
	close(fd);
	assert_int_equal(sys_open_dir(AT_FDCWD, "l", SYS_NOFOLLOW), -ENOTDIR);
	assert_int_equal(sys_open_dir(AT_FDCWD, "f", SYS_FOLLOW), -ENOTDIR);
	assert_int_equal(sys_open_dir(AT_FDCWD, "p", SYS_FOLLOW), -ENOTDIR);
	assert_int_equal(sys_open_dir(AT_FDCWD, "nope", SYS_FOLLOW), -ENOENT);
}

/* The pinned directory is opened, even if another one has got its name. */
static void test_open_pinned_dir(void **state)
{
	_Alignas(uint64_t) char buf[4096];
	struct stat st, got;
	int pin, file, fd;

	(void)state;
	scratch_enter("d/, e/, f");
	pin = sys_pin(AT_FDCWD, "d", SYS_NOFOLLOW);
	file = sys_pin(AT_FDCWD, "f", SYS_NOFOLLOW);
	assert_int_equal(stat("d", &st), 0);
	assert_int_equal(rename("d", "was") | rename("e", "d"), 0);
	fd = sys_open_pinned_dir(pin);
	assert_true(fd > 2);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(sys_pin_stat(fd, &got), 0);
	assert_int_equal(got.st_ino, st.st_ino);
	close(fd);
	assert_int_equal(sys_open_pinned_dir(file), -ENOTDIR);
	assert_int_equal(rmdir("was"), 0);
	/* It was removed. It can still be opened, and is empty. */
	fd = sys_open_pinned_dir(pin);
	assert_true(fd > 2);
	assert_int_equal(sys_read_dir(fd, buf, sizeof(buf)), -ENOENT);
	close(fd);
	close(file);
	close(pin);
}

/* A directory that can be read but not searched is opened through /proc. */
static void open_unsearchable(void *ctx)
{
	int fd, unreadable, pin;

	(void)ctx;
	be_nobody();
	pin = sys_pin(AT_FDCWD, "d", SYS_NOFOLLOW);
	unreadable = sys_pin(AT_FDCWD, "e", SYS_NOFOLLOW);
	fd = sys_open_pinned_dir(pin);
	EXPECT(fd > 2 || (fd == -EACCES && access("/proc/self/fd", X_OK) != 0));
	EXPECT(sys_open_pinned_dir(unreadable) == -EACCES);
}

static void test_open_pinned_dir_without_search(void **state)
{
	(void)state;
	scratch_enter_for_child("d/ 400, e/ 300");
	if (!in_child(open_unsearchable, NULL))
		SKIP_TEST("nobody else to be");
	rows_end();
}

/* The same as statx(2) of the C library, for both kinds of descriptors. */
static void test_identify(void **state)
{
	static const char *const names[] = {"f", "d", "l"};

	(void)state;
	scratch_enter("f 640, h => f, d/ 751, l -> f");
	for (size_t i = 0; i < 2 * COUNT(names); i++) {
		const char *name = names[i / 2];
		int fd = i == 2 ? sys_open_dir(AT_FDCWD, name, SYS_NOFOLLOW)
				: sys_pin(AT_FDCWD, name, SYS_NOFOLLOW);
		struct stat st, got;
		struct sys_birth birth;
		struct statx sx;

		memset(&birth, 0xa5, sizeof(birth));
		memset(&got, 0xa5, sizeof(got));
		assert_int_equal(lstat(name, &st), 0);
		if (statx(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &sx) != 0)
			SKIP_TEST("no statx");
		EXPECT(sys_identify(fd, &got, &birth) == 0);
		EXPECT(got.st_ino == st.st_ino && got.st_dev == st.st_dev);
		EXPECT(got.st_mode == st.st_mode && got.st_uid == st.st_uid);
		EXPECT(got.st_nlink == st.st_nlink);
		EXPECT(birth.is_known == ((sx.stx_mask & STATX_BTIME) != 0));
		EXPECT(!birth.is_known ||
			(birth.sec == sx.stx_btime.tv_sec && birth.nsec == sx.stx_btime.tv_nsec));
		close(fd);
		EXPECT(sys_identify(fd, &got, &birth) == -EBADF);
	}
	rows_end();
}

/* Every function that makes a descriptor. CTX: a bit for each stream that is closed before. */
static void open_without_streams(void *ctx)
{
	int closed = *(int *)ctx, fds[6];
	struct stat st;

	for (int fd = 0; fd <= 2; fd++)
		if (closed & 1 << fd)
			close(fd);
	fds[0] = sys_pin(AT_FDCWD, "f", SYS_NOFOLLOW);
	fds[1] = sys_open_dir(AT_FDCWD, "d", SYS_NOFOLLOW);
	fds[2] = sys_open_file("f");
	fds[3] = sys_dup(fds[1]);
	fds[4] = sys_open_pinned_dir(fds[1]);
	fds[5] = sys_pin(AT_FDCWD, "nope", SYS_NOFOLLOW);
	if (sys_chmod(SYS_PROCFD, AT_FDCWD, "f", 0600) != 0 ||
		sys_stat(AT_FDCWD, "f", SYS_NOFOLLOW, &st) != 0 ||
		sys_reopened_chmod(AT_FDCWD, "f", SYS_NOFOLLOW, &st, 0640) != 0 ||
		mode_of("f") != 0640)
		exit(5);
	for (int fd = 0; fd <= 2; fd++)
		if ((closed & 1 << fd) && fcntl(fd, F_GETFD) >= 0)
			exit(6);
	for (size_t i = 0; i < COUNT(fds) - 1; i++)
		if (fds[i] <= 2 || fcntl(fds[i], F_GETFD) != FD_CLOEXEC)
			exit(7);
	exit(fds[5] != -ENOENT);
}

static void test_streams_stay_closed(void **state)
{
	(void)state;
	scratch_enter("f 644, d/");
	for (int closed = 0; closed < 8; closed++)
		in_child(open_without_streams, &closed);
	rows_end();
}

static void test_open_file(void **state)
{
	int fd;

	(void)state;
	scratch_enter("f, d/");
	fd = sys_open_file("f");
	assert_true(fd > 2);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	close(fd);
	assert_int_equal(sys_open_file("nope"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_pins),
		SCRATCH_TEST(test_open_dir),
		SCRATCH_TEST(test_open_pinned_dir),
		SCRATCH_TEST(test_open_pinned_dir_without_search),
		SCRATCH_TEST(test_identify),
		SCRATCH_TEST(test_streams_stay_closed),
		SCRATCH_TEST(test_open_file),
	};

	umask(022);
	return cmocka_run_group_tests_name("sys: descriptors", tests, NULL, NULL);
}
