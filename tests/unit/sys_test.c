/* SPDX-License-Identifier: MIT */
/*
 * sys: every method of changing a file does the same and follows no link.
 *
 * Link with support/tree.o.
 */
#include "sys.h"

#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <sys/prctl.h>

#include "../support/fchmodat2.h"
#include "probe.h"
#include "scratch.h"

static const enum sys_method methods[] = {SYS_FCHMODAT2, SYS_PROCFD, SYS_LIBC};

/* Whether METHOD can be tried here. */
static bool can_use(enum sys_method method)
{
	return method != SYS_FCHMODAT2 || has_fchmodat2();
}

static void expect_int(const char *what, enum sys_method method, int got, int expected)
{
	if (got != expected)
		row_wrong("%s, method %d: %d, expected %d", what, (int)method, got, expected);
}

static void expect_mode(const char *name, enum sys_method method, mode_t expected)
{
	if (mode_of(name) != expected)
		row_wrong("%s, method %d: mode %04o, expected %04o", name, (int)method,
			mode_of(name), expected);
}

/* ------------------------------------------------------------------------------------ changing */

static void test_by_name(void **state)
{
	(void)state;
	scratch_enter("d/, d/f 644, d/s/ 755, d/p| 600, d/l -> f, d/dang -> nope, d/ls -> s");
	for (size_t i = 0; i < COUNT(methods); i++) {
		enum sys_method method = methods[i];
		int d = open("d", O_PATH | O_CLOEXEC), fds = count_fds();
		mode_t mode = 01700 + (mode_t)i;

		if (!can_use(method))
			continue;
		expect_int("file", method, sys_chmod(method, d, "f", mode), 0);
		expect_mode("d/f", method, mode);
		expect_int("directory", method, sys_chmod(method, d, "s", mode), 0);
		expect_mode("d/s", method, mode);
		expect_int("FIFO", method, sys_chmod(method, d, "p", mode), 0);
		expect_mode("d/p", method, mode);
		expect_int("from here", method, sys_chmod(method, AT_FDCWD, "d/f", 0640), 0);
		expect_mode("d/f", method, 0640);

		expect_int("link", method, sys_chmod(method, d, "l", 0), -EOPNOTSUPP);
		expect_int(
			"link to a directory", method, sys_chmod(method, d, "ls", 0), -EOPNOTSUPP);
		expect_int("dangling", method, sys_chmod(method, d, "dang", 0), -EOPNOTSUPP);
		expect_mode("d/f", method, 0640);
		expect_mode("d/s", method, mode);
		expect_int("missing", method, sys_chmod(method, d, "nope", 0), -ENOENT);
		expect_int("below a file", method, sys_chmod(method, d, "f/x", 0), -ENOTDIR);
		expect_int("no descriptor", method, sys_chmod(method, -1, "f", 0), -EBADF);
		EXPECT(count_fds() == fds);
		close(d);
	}
	rows_end();
}

static void test_by_pin(void **state)
{
	(void)state;
	scratch_enter("f 644, s/ 755, p| 600, decoy 600");
	for (size_t i = 0; i < COUNT(methods); i++) {
		enum sys_method method = methods[i];
		int f, s, p;

		if (!can_use(method))
			continue;
		f = sys_pin(AT_FDCWD, "f", SYS_NOFOLLOW);
		s = sys_pin(AT_FDCWD, "s", SYS_NOFOLLOW);
		p = sys_pin(AT_FDCWD, "p", SYS_NOFOLLOW);
		/* The name may mean another file by now. */
		EXPECT(rename("f", "g") == 0 && rename("decoy", "f") == 0);
		expect_int("file", method, sys_pin_chmod(method, f, SYS_PATH_PIN, 02711), 0);
		expect_int("directory", method, sys_pin_chmod(method, s, SYS_PATH_PIN, 0700), 0);
		expect_int("FIFO", method, sys_pin_chmod(method, p, SYS_PATH_PIN, 0622), 0);
		expect_mode("g", method, 02711);
		expect_mode("f", method, 0600);
		expect_mode("s", method, 0700);
		expect_mode("p", method, 0622);
		EXPECT(rename("f", "decoy") == 0 && rename("g", "f") == 0);
		EXPECT(chmod("f", 0644) == 0 && chmod("s", 0755) == 0 && chmod("p", 0600) == 0);
		close(f);
		close(s);
		close(p);
	}
	rows_end();
}

/* The number of a descriptor is written out for /proc. */
static void test_by_pins_of_many_digits(void **state)
{
	static const int numbers[] = {9, 10, 99, 100, 255, 999};

	(void)state;
	scratch_enter("f 644");
	for (size_t i = 0; i < COUNT(numbers); i++) {
		int pin = sys_pin(AT_FDCWD, "f", SYS_NOFOLLOW);

		if (dup3(pin, numbers[i], O_CLOEXEC) != numbers[i])
			SKIP_TEST("no such descriptors");
		if (pin != numbers[i])
			close(pin);
		expect_int("file", SYS_PROCFD,
			sys_pin_chmod(SYS_PROCFD, numbers[i], SYS_PATH_PIN, 0600 + (mode_t)i), 0);
		expect_mode("f", SYS_PROCFD, 0600 + (mode_t)i);
		close(numbers[i]);
	}
	rows_end();
}

static void test_name_is_unsafe(void **state)
{
	int pin;

	(void)state;
	scratch_enter("f 644");
	pin = sys_pin(AT_FDCWD, "f", SYS_NOFOLLOW);
	assert_int_equal(sys_pin_chmod(SYS_NAME, pin, SYS_PATH_PIN, 0), -SYS_EUNSAFE);
	assert_int_equal(sys_chmod(SYS_NAME, AT_FDCWD, "f", 0), -SYS_EUNSAFE);
	assert_int_equal(mode_of("f"), 0644);
	close(pin);
}

/* A descriptor that is open for reading needs no method. */
static void test_by_open_pin(void **state)
{
	(void)state;
	scratch_enter("d/ 755");
	for (int method = SYS_FCHMODAT2; method <= (int)SYS_NAME; method++) {
		int fd = sys_open_dir(AT_FDCWD, "d", SYS_NOFOLLOW);
		mode_t mode = 0700 + (mode_t)method;

		expect_int("directory", (enum sys_method)method,
			sys_pin_chmod((enum sys_method)method, fd, SYS_OPEN_PIN, mode), 0);
		expect_mode("d", (enum sys_method)method, mode);
		close(fd);
	}
	rows_end();
}

static void test_following(void **state)
{
	(void)state;
	scratch_enter("f 644, l -> f, dang -> nope");
	assert_int_equal(sys_chmod_following(AT_FDCWD, "l", 0600), 0);
	assert_int_equal(mode_of("f"), 0600);
	assert_int_equal(sys_chmod_following(AT_FDCWD, "dang", 0600), -ENOENT);
}

/* sys_reopened_chmod() for NAME, of which the attributes of WAS are known. */
static int reopened(const char *name, const char *was, enum sys_follow follow, mode_t mode)
{
	struct stat st;

	assert_int_equal(sys_stat(AT_FDCWD, was, SYS_NOFOLLOW, &st), 0);
	return sys_reopened_chmod(AT_FDCWD, name, follow, &st, mode);
}

static void test_reopened(void **state)
{
	int fds;

	(void)state;
	scratch_enter("f 644, g 600, d/ 755, e/ 700, p| 600, l -> f");
	fds = count_fds();
	assert_int_equal(reopened("f", "f", SYS_NOFOLLOW, 04755), 0);
	assert_int_equal(mode_of("f"), 04755);
	assert_int_equal(reopened("d", "d", SYS_NOFOLLOW, 01711), 0);
	assert_int_equal(mode_of("d"), 01711);
	assert_int_equal(reopened("l", "f", SYS_FOLLOW, 0640), 0);
	assert_int_equal(mode_of("f"), 0640);

	assert_int_equal(reopened("g", "f", SYS_NOFOLLOW, 0), -ESTALE);
	assert_int_equal(reopened("e", "d", SYS_NOFOLLOW, 0), -ESTALE);
	assert_int_equal(reopened("l", "g", SYS_FOLLOW, 0), -ESTALE);
	assert_int_equal(mode_of("g"), 0600);
	assert_int_equal(mode_of("e"), 0700);
	assert_int_equal(reopened("l", "f", SYS_NOFOLLOW, 0), -ELOOP);
	assert_int_equal(reopened("nope", "f", SYS_NOFOLLOW, 0), -ENOENT);
	/* Opening a FIFO may wake up another process. */
	assert_int_equal(reopened("p", "p", SYS_NOFOLLOW, 0), -SYS_EUNSAFE);
	assert_int_equal(mode_of("p"), 0600);
	assert_int_equal(mode_of("f"), 0640);
	assert_int_equal(count_fds(), fds);
}

static void reopen_unreadable(void *ctx)
{
	struct stat st;

	(void)ctx;
	be_nobody();
	EXPECT(sys_stat(AT_FDCWD, "f", SYS_NOFOLLOW, &st) == 0);
	EXPECT(sys_reopened_chmod(AT_FDCWD, "f", SYS_NOFOLLOW, &st, 0644) == -SYS_EUNSAFE);
	EXPECT(mode_of("f") == 0200);
}

static void test_reopened_if_unreadable(void **state)
{
	(void)state;
	scratch_enter_for_child("f 200");
	if (!in_child(reopen_unreadable, NULL))
		SKIP_TEST("nobody else to be");
	rows_end();
}

static void change_without_rights(void *ctx)
{
	(void)ctx;
	be_nobody();
	for (size_t i = 0; i < COUNT(methods); i++) {
		int pin = sys_pin(AT_FDCWD, "f", SYS_NOFOLLOW);

		if (!can_use(methods[i]))
			continue;
		expect_int("name", methods[i], sys_chmod(methods[i], AT_FDCWD, "f", 0), -EPERM);
		expect_int(
			"pin", methods[i], sys_pin_chmod(methods[i], pin, SYS_PATH_PIN, 0), -EPERM);
		expect_int(
			"closed", methods[i], sys_chmod(methods[i], AT_FDCWD, "d/f", 0), -EACCES);
		close(pin);
	}
	EXPECT(sys_chmod_following(AT_FDCWD, "f", 0) == -EPERM);
	EXPECT(sys_pin(AT_FDCWD, "d/f", SYS_NOFOLLOW) == -EACCES);
	EXPECT(!probe_has_capability(PROBE_CAP_FOWNER));
}

static void test_without_rights(void **state)
{
	(void)state;
	if (geteuid() != 0)
		SKIP_TEST("takes files of another user");
	scratch_enter("f 000, d/ 700, d/f 644");
	if (!in_child(change_without_rights, NULL))
		SKIP_TEST("nobody else to be");
	assert_int_equal(mode_of("f"), 0);
	rows_end();
}

static bool put_map(const char *text)
{
	FILE *map = fopen("/proc/self/uid_map", "we");

	return map != NULL && fputs(text, map) >= 0 && fclose(map) == 0;
}

/* Whether the caller may do what NAME's owner may. */
static int try_as_owner(const char *name)
{
	struct stat st;

	return sys_stat(AT_FDCWD, name, SYS_NOFOLLOW, &st) == 0
		       ? sys_try_as_owner(AT_FDCWD, name, SYS_NOFOLLOW, &st)
		       : -ENOENT;
}

/* In a user namespace that maps this user alone. */
static void look_from_namespace(void *ctx)
{
	char map[32];

	(void)ctx;
	be_nobody();
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
	/* A process that has become another user does not own the files in /proc/self. */
	if (prctl(PR_SET_DUMPABLE, 1) < 0 || unshare(CLONE_NEWUSER) < 0)
		exit(CHILD_CANNOT);
	EXPECT(probe_unmapped_uid() == 65534);
	if (!put_map(map))
		exit(CHILD_CANNOT);
	EXPECT(probe_unmapped_uid() == 65534);
	EXPECT(try_as_owner("root") == -EPERM);
	EXPECT(try_as_owner("f") == 0);
	EXPECT(try_as_owner("d") == 0);
	EXPECT(try_as_owner("closed") == -EACCES || geteuid() == 0);
	EXPECT(try_as_owner("p") == -SYS_EUNSAFE);
	EXPECT(try_as_owner("l") == -SYS_EUNSAFE);
}

static void test_owners_in_a_namespace(void **state)
{
	FILE *f = fopen("/proc/sys/kernel/overflowuid", "re");
	unsigned uid = 0;
	int fds;

	(void)state;
#ifdef __SANITIZE_THREAD__
	/* unshare(2) makes no user namespace for a process with threads. */
	SKIP_TEST("ThreadSanitizer has a thread of its own");
#endif
	if (geteuid() != 0 || f == NULL || fscanf(f, "%u", &uid) != 1 || uid != 65534)
		SKIP_TEST("takes root, and the usual number for nobody");
	fclose(f);
	scratch_enter_for_child("root 644 (root), f 644, d/ 755, closed 0, p| 644, l -> f");
	fds = count_fds();
	assert_int_equal(probe_unmapped_uid(), 0);
	EXPECT(count_fds() == fds);
	if (!in_child(look_from_namespace, NULL))
		SKIP_TEST("no namespaces of users");
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_by_name),
		SCRATCH_TEST(test_by_pin),
		SCRATCH_TEST(test_by_pins_of_many_digits),
		SCRATCH_TEST(test_name_is_unsafe),
		SCRATCH_TEST(test_by_open_pin),
		SCRATCH_TEST(test_following),
		SCRATCH_TEST(test_reopened),
		SCRATCH_TEST(test_reopened_if_unreadable),
		SCRATCH_TEST(test_without_rights),
		SCRATCH_TEST(test_owners_in_a_namespace),
	};

	umask(022);
	unsetenv("LD_PRELOAD");
	return cmocka_run_group_tests_name("sys", tests, NULL, NULL);
}
