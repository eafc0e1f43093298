/* SPDX-License-Identifier: MIT */
/*
 * probe: which method is chosen on which machine, and what sys knows about file systems.
 *
 * Link with --wrap= of openat, openat64, __openat64_2, read, statfs, statfs64, fstatfs, fstatfs64
 * and with support/tree.o.
 */
#include "probe.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "../support/answer.h"
#include "../support/fchmodat2.h"
#include "scratch.h"

/* The contents of files (NULL: they cannot be read), and the results of statfs(2), fstatfs(2). */
static const char *preload_file, *mountinfo;
static bool read_fails; /* at the end of a file, instead */
static struct {
	int err; /* 0: the following */
	long type;
	long flags;
} file_system;

int __real_openat(int dirfd, const char *name, int flags, ...);
int __wrap_openat(int dirfd, const char *name, int flags, ...);
int __wrap_openat64(int dirfd, const char *name, int flags, ...);
int __wrap___openat64_2(int dirfd, const char *name, int flags);
ssize_t __real_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size);
int __wrap_statfs(const char *name, struct statfs *ret);
int __wrap_statfs64(const char *name, struct statfs *ret);
int __wrap_fstatfs(int fd, struct statfs *ret);
int __wrap_fstatfs64(int fd, struct statfs *ret);

int __wrap_openat(int dirfd, const char *name, int flags, ...)
{
	bool is_preload = strcmp(name, "/etc/ld.so.preload") == 0;
	const char *text = is_preload ? preload_file : mountinfo;
	int fd;

	if (!is_preload && strcmp(name, "/proc/self/mountinfo") != 0)
		return __real_openat(dirfd, name, flags);
	errno = EACCES;
	if (text == NULL)
		return -1;
	fd = memfd_create("text", MFD_CLOEXEC);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

int __wrap_openat64(int dirfd, const char *name, int flags, ...)
{
	return __wrap_openat(dirfd, name, flags);
}

/* glibc's name, if calls are fortified. */
int __wrap___openat64_2(int dirfd, const char *name, int flags)
{
	return __wrap_openat(dirfd, name, flags);
}

ssize_t __wrap_read(int fd, void *buf, size_t size)
{
	ssize_t n = __real_read(fd, buf, size);

	if (n != 0 || !read_fails)
		return n;
	errno = EIO;
	return -1;
}

int __wrap_fstatfs(int fd, struct statfs *ret)
{
	(void)fd;
	memset(ret, 0, sizeof(*ret));
	ret->f_type = file_system.type;
	ret->f_flags = file_system.flags;
	errno = file_system.err;
	return file_system.err == 0 ? 0 : -1;
}

int __wrap_statfs(const char *name, struct statfs *ret)
{
	return strcmp(name, "/proc/self/fd") == 0 ? __wrap_fstatfs(-1, ret) : -1;
}

/* The same with 64 bits for sizes; C libraries call either. */
int __wrap_statfs64(const char *name, struct statfs *ret)
{
	return __wrap_statfs(name, ret);
}

int __wrap_fstatfs64(int fd, struct statfs *ret)
{
	return __wrap_fstatfs(fd, ret);
}

static void choose_without_fchmodat2(void *ctx)
{
	if (!answer_call(SYS_fchmodat2, *(unsigned *)ctx))
		exit(CHILD_CANNOT);
	for (int use = PROBE_OPERANDS; use <= PROBE_TREES; use++) {
		file_system.err = 0;
		file_system.type = 0x9fa0;
		EXPECT(probe_method(PROBE_NO_PRELOAD, (enum probe_use)use) == SYS_PROCFD);
		file_system.type = 0xef53; /* ext4: not /proc */
		EXPECT(probe_method(PROBE_NO_PRELOAD, (enum probe_use)use) == SYS_NAME);
		file_system.type = 0x9fa0;
		file_system.err = ENOENT;
		EXPECT(probe_method(PROBE_NO_PRELOAD, (enum probe_use)use) == SYS_NAME);
	}
}

/* Old kernels say ENOSYS, old sandboxes EPERM; others send SIGSYS. */
static void test_choice_without_fchmodat2(void **state)
{
	static unsigned answers[] = {SECCOMP_RET_ERRNO | ENOSYS, SECCOMP_RET_ERRNO | EPERM,
		SECCOMP_RET_ERRNO | EACCES, SECCOMP_RET_TRAP, SECCOMP_RET_TRAP | EINVAL};

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++)
		if (!in_child(choose_without_fchmodat2, &answers[i]))
			SKIP_TEST("no filters for system calls");
	rows_end();
}

/* A sandbox may end the program for a call that it does not know. */
static void choose_where_calls_kill(void *ctx)
{
	(void)ctx;
	if (!answer_call(SYS_fchmodat2, SECCOMP_RET_KILL_PROCESS))
		exit(CHILD_CANNOT);
	file_system.type = 0x9fa0;
	EXPECT(probe_method(PROBE_NO_PRELOAD, PROBE_OPERANDS) == SYS_PROCFD);
	EXPECT(probe_method(PROBE_PRELOADED, PROBE_TREES) == SYS_LIBC);
}

static void test_choice_where_calls_kill(void **state)
{
	(void)state;
	if (!in_child(choose_where_calls_kill, NULL))
		SKIP_TEST("no filters for system calls");
	rows_end();
}

/* The action of SIGSYS is the same as before. */
static void test_signal_is_put_back(void **state)
{
	struct sigaction before = {.sa_handler = SIG_IGN}, after;

	(void)state;
	assert_int_equal(sigaction(SIGSYS, &before, NULL), 0);
	probe_method(PROBE_NO_PRELOAD, PROBE_TREES);
	before.sa_handler = SIG_DFL;
	assert_int_equal(sigaction(SIGSYS, &before, &after), 0);
	assert_true(after.sa_handler == SIG_IGN);
}

static void test_choice(void **state)
{
	enum sys_method best = has_fchmodat2() ? SYS_FCHMODAT2 : SYS_PROCFD;

	(void)state;
	file_system.type = 0x9fa0;
	assert_int_equal(probe_method(PROBE_NO_PRELOAD, PROBE_TREES), best);
	assert_int_equal(probe_method(PROBE_PRELOAD_IGNORED, PROBE_TREES), best);
	assert_int_equal(probe_method(PROBE_PRELOAD_IGNORED, PROBE_OPERANDS), SYS_PROCFD);
	assert_int_equal(probe_method(PROBE_PRELOADED, PROBE_TREES), SYS_LIBC);
	assert_int_equal(probe_method(PROBE_PRELOADED, PROBE_OPERANDS), SYS_LIBC);
	/* The C library would go through /proc as well. */
	file_system.err = ENOENT;
	assert_int_equal(probe_method(PROBE_PRELOADED, PROBE_TREES), SYS_NAME);
	assert_int_equal(probe_method(PROBE_NO_PRELOAD, PROBE_OPERANDS),
		best == SYS_FCHMODAT2 ? SYS_FCHMODAT2 : SYS_NAME);
	file_system.err = 0;
}

static void test_preload(void **state)
{
	static char blanks[4096 + 1];
	const struct {
		const char *variable, *file;
		bool found;
	} rows[] = {{NULL, NULL, false}, {"", NULL, false}, {"x.so", NULL, true},
		{"", "/x.so\n", true}, {"x.so", "", true}, {NULL, "", false}, {NULL, "x.so", true},
		{NULL, " \t:\n\n", false}, {NULL, "# x.so\n \n", false},
		{NULL, "# x.so\n\n\tx.so", true}, {NULL, "\n#\n#\n", false},
		/* Longer than what is read of it. */
		{NULL, blanks, true}};

	(void)state;
	memset(blanks, ' ', sizeof(blanks) - 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fds = count_fds();

		if (rows[i].variable != NULL)
			setenv("LD_PRELOAD", rows[i].variable, 1);
		else
			unsetenv("LD_PRELOAD");
		preload_file = rows[i].file;
		if (probe_find_preload() != (rows[i].found ? PROBE_PRELOADED : PROBE_NO_PRELOAD))
			row_wrong("row %zu: it is not %d", i, rows[i].found);
		EXPECT(count_fds() == fds);
	}
	unsetenv("LD_PRELOAD");
	preload_file = NULL;
	rows_end();
}

/* -------------------------------------------------------------------------------- file systems */

#define ROOT_LINE "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
#define LINE(point, options)                                                                       \
	"30 25 0:27 / " point " " options " shared:1 - tmpfs tmpfs rw,idmapped\n"

static void test_mapped_owners(void **state)
{
	static char many[200 * sizeof(LINE("/mnt", "rw"))];
	const struct {
		const char *text;
		bool may;
	} rows[] = {{NULL, true}, {"", true}, {ROOT_LINE, false}, {LINE("/mnt", "rw"), true},
		{ROOT_LINE LINE("/mnt", "rw"), false}, {LINE("/mnt", "rw") ROOT_LINE, false},
		{ROOT_LINE LINE("/mnt", "rw,idmapped"), true},
		{ROOT_LINE LINE("/mnt", "idmapped,rw"), true},
		{ROOT_LINE LINE("/mnt", "rw,idmapped,noatime"), true},
		{LINE("/", "rw,relatime,idmapped"), true}, {LINE("/", "rw,iidmapped"), true},
		{LINE("/", "rw,ididmapped"), true}, {LINE("/", "rw,idmappe"), false},
		{ROOT_LINE LINE("/idmapped", "rw"), false},
		{ROOT_LINE LINE("/a,idmapped", "rw"), false}, {LINE("/a,b", "rw"), true},
		{many, true}};

	(void)state;
	for (int i = 0; i < 200; i++)
		strcat(many, i == 0    ? ROOT_LINE
			     : i < 199 ? LINE("/mnt", "rw")
				       : LINE("/m", "idmapped"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fds = count_fds();

		mountinfo = rows[i].text;
		if (probe_may_map_owners() != rows[i].may)
			row_wrong("row %zu: not %d", i, rows[i].may);
		EXPECT(count_fds() == fds);
		/* Then there may be more lines than were read. */
		read_fails = true;
		EXPECT(probe_may_map_owners());
		read_fails = false;
	}
	mountinfo = NULL;
	rows_end();
}

/*
 * On which file systems permissions are local, and on which GNU's tools sort: on all but tmpfs,
 * NFS, CIFS, Lustre and unknown ones.
 */
static void test_kinds(void **state)
{
	static const struct {
		unsigned long type;
		bool are_local, sorts;
	} rows[] = {
		{0xef53, true, true},
		{0x01021994, true, false},
		{0x58465342, true, true},
		{0x9123683e, true, true},
		{0x794c7630, true, true},
		{0x2fc12fc1, false, true},
		{0xbacbacbc, false, true},
		{0xf2f52010, true, true},
		{0x858458f6, true, true},
		{0x9fa0, true, true},
		{0x6969, false, false},
		{0xff534d42, false, false},
		{0xfe534d42, false, true},
		{0x517b, false, true},
		{0x01021997, false, true},
		{0x5346414f, false, true},
		{0x6b414653, false, true},
		{0x73757245, false, true},
		{0x00c36400, false, true},
		{0x0bd00bd0, false, false},
		{0x47504653, false, true},
		{0x65735546, false, true},
		{0x786f4256, false, true},
		{0x564c, false, true},
		{0x4d44, false, true},
		{0x2011bab0, false, true},
		{0x7366746e, false, true},
		{0x4244, false, true},
	};

	(void)state;
	file_system.err = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* In some libraries the type is a signed number of 32 bits. */
		for (int is_signed = 0; is_signed < 2; is_signed++) {
			file_system.type =
				is_signed ? (long)(int32_t)rows[i].type : (long)rows[i].type;
			if (sys_perms_are_local(0) != rows[i].are_local)
				row_wrong("type %#lx: not %d", rows[i].type, rows[i].are_local);
			if (sys_sorts_by_inode(0) != rows[i].sorts)
				row_wrong("type %#lx: sorts", rows[i].type);
		}
	}
	file_system.type = 0xef53;
	file_system.err = EIO;
	EXPECT(!sys_perms_are_local(0));
	EXPECT(sys_sorts_by_inode(0));
	file_system.err = 0;
	rows_end();
}

/* Old kernels and sandboxes have no statx(2). */
static void identify_without_statx(void *ctx)
{
	struct stat st, got;
	struct sys_birth birth;
	int err = *(int *)ctx;

	memset(&birth, 0xa5, sizeof(birth));
	if (!answer_call(SYS_statx, SECCOMP_RET_ERRNO | (unsigned)err))
		exit(CHILD_CANNOT);
	/* fstat(3) may need statx(2): with glibc of 32 bits, unless the error is ENOSYS. */
	if (fstat(0, &st) < 0 && errno == err) {
		EXPECT(sys_identify(0, &got, &birth) == -err);
		return;
	}
	EXPECT(fstat(0, &st) == 0 && sys_identify(0, &got, &birth) == 0);
	EXPECT(got.st_ino == st.st_ino && got.st_dev == st.st_dev);
	EXPECT(got.st_mode == st.st_mode && got.st_nlink == st.st_nlink);
	EXPECT(!birth.is_known);
	EXPECT(sys_identify(-1, &got, &birth) == -EBADF);
}

static void test_identify_without_statx(void **state)
{
	static int errs[] = {ENOSYS, EPERM};

	(void)state;
	for (size_t i = 0; i < COUNT(errs); i++)
		if (!in_child(identify_without_statx, &errs[i]))
			SKIP_TEST("no filters for system calls");
	rows_end();
}

static void test_read_only(void **state)
{
	(void)state;
	file_system.flags = ST_RDONLY | ST_NOSUID;
	assert_true(sys_is_read_only(0));
	file_system.flags = ST_NOSUID;
	assert_false(sys_is_read_only(0));
	file_system.flags = ST_RDONLY;
	file_system.err = EIO;
	assert_false(sys_is_read_only(0));
	file_system.err = 0;
	file_system.flags = 0;
}

/* The capabilities that this process has in effect, as /proc has them. */
static unsigned long long effective(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long caps = 0;
	char line[256];

	if (f == NULL)
		exit(CHILD_CANNOT);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "CapEff:", 7) == 0)
			caps = strtoull(line + 7, NULL, 16);
	fclose(f);
	return caps;
}

/* CTX: whether as another user. */
static void check_privilege(void *ctx)
{
	/* CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER. */
	static const struct {
		unsigned caps;
		unsigned long long bits;
	} rows[] = {
		{PROBE_CAP_DAC_OVERRIDE, 1 << 1},
		{PROBE_CAP_DAC_READ_SEARCH, 1 << 2},
		{PROBE_CAP_FOWNER, 1 << 3},
		{PROBE_CAP_DAC_OVERRIDE | PROBE_CAP_FOWNER, 1 << 1 | 1 << 3},
	};
	bool as_nobody = *(bool *)ctx;

	if (as_nobody)
		be_nobody();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		EXPECT(probe_has_capability(rows[i].caps) == ((effective() & rows[i].bits) != 0));
		EXPECT(!as_nobody || !probe_has_capability(rows[i].caps));
	}
}

static void test_privilege(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		bool as_nobody = i;

		if (!in_child(check_privilege, &as_nobody))
			SKIP_TEST("nobody else to be, or no /proc");
	}
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice_without_fchmodat2),
		cmocka_unit_test(test_choice_where_calls_kill),
		cmocka_unit_test(test_signal_is_put_back),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_preload),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_mapped_owners),
		cmocka_unit_test(test_identify_without_statx),
		cmocka_unit_test(test_read_only),
		cmocka_unit_test(test_privilege),
	};

	unsetenv("LD_PRELOAD");
	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
