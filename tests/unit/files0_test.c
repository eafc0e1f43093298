/*
 * files0: every name arrives as it is, however it is cut when read, and no half of one does.
 *
 * Link with --wrap=malloc and --wrap=read.
 */
#include "files0.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scratch.h"

/* What read(2) gives from now on, if there is anything: DATA, and again, up to LEN bytes in all. */
static struct {
	const char *data;
	size_t size, len, at;
	size_t most;         /* bytes at a time; 0: all there is room for */
	unsigned interrupts; /* before each time */
	unsigned interrupted;
	int err; /* what comes behind; 0: the end */
} feed;

/* What malloc(3) has given, and the most that it gives at a time. */
static struct {
	size_t given, most;
} memory = {.most = SIZE_MAX};

ssize_t __real_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

ssize_t __wrap_read(int fd, void *buf, size_t size)
{
	size_t len = feed.len - feed.at;

	if (feed.data == NULL)
		return __real_read(fd, buf, size);
	if (feed.interrupted++ < feed.interrupts) {
		errno = EINTR;
		return -1;
	}
	feed.interrupted = 0;
	if (len == 0 && feed.err != 0) {
		errno = feed.err;
		return -1;
	}
	if (len > size)
		len = size;
	if (feed.most > 0 && len > feed.most)
		len = feed.most;
	for (size_t i = 0; i < len; i++)
		((char *)buf)[i] = feed.data[feed.at++ % feed.size];
	return (ssize_t)len;
}

void *__wrap_malloc(size_t size)
{
	if (size > memory.most)
		return NULL;
	memory.given += size;
	return __real_malloc(size);
}

/* Any file, of which DATA is read, TIMES times. */
static void start(struct files0 *f, const char *data, size_t size, size_t times)
{
	memset(&feed, 0, sizeof(feed));
	memset(&memory, 0, sizeof(memory));
	memory.most = SIZE_MAX;
	feed.data = data;
	feed.size = size;
	feed.len = size * times;
	memset(f, 0xa5, sizeof(*f));
	assert_int_equal(files0_open(f, "/dev/null"), 0);
}

static void finish(struct files0 *f)
{
	memory.most = SIZE_MAX;
	feed.data = NULL;
	files0_close(f);
}

/* The next name is the LEN bytes of EXPECTED. Overwrites it, which is nothing to the others. */
static bool next_is(struct files0 *f, const char *expected, size_t len)
{
	char *name = NULL;
	bool result = files0_next(f, &name) == 1 && strlen(name) == len &&
		      memcmp(name, expected, len) == 0;

	if (result)
		memset(name, '#', len);
	return result;
}

/* What there is instead of a name: 0 or -errno. 1: there is one. */
static int rest_of(struct files0 *f)
{
	char *name;

	return files0_next(f, &name);
}

enum { MOST_NAMES = 5 };

#define DATA(string) string, sizeof(string) - 1

static const struct {
	const char *data;
	size_t size;
	const char *names[MOST_NAMES + 1];
} rows[] = {
	{DATA(""), {NULL}},
	{DATA("a\0"), {"a"}},
	{DATA("a\0bc\0def\0"), {"a", "bc", "def"}},
	/* The last may have no NUL, which makes no name of its own. */
	{DATA("a"), {"a"}},
	{DATA("a\0bc"), {"a", "bc"}},
	{DATA("name\0n"), {"name", "n"}},
	/* Empty ones are names as well; who asks may want to complain of them. */
	{DATA("\0"), {""}},
	{DATA("\0\0"), {"", ""}},
	{DATA("\0a"), {"", "a"}},
	{DATA("a\0\0b\0"), {"a", "", "b"}},
	{DATA("a\0\0"), {"a", ""}},
	/* No other byte ends one, or says anything. */
	{DATA("a\nb\0c\n"), {"a\nb", "c\n"}},
	{DATA(" a \0-R\0*\0\\0\0'\""), {" a ", "-R", "*", "\\0", "'\""}},
	{DATA("\xff\xfe\0\xc3\xa9\0\x01"), {"\xff\xfe", "\xc3\xa9", "\x01"}},
};

/* However many bytes come at a time, and however often it is interrupted. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows) * 4 * 3; i++) {
		size_t row = i / 12, n = 0;
		struct files0 f;

		start(&f, rows[row].data, rows[row].size, 1);
		feed.most = i % 4;
		feed.interrupts = i / 4 % 3;
		while (rows[row].names[n] != NULL &&
			next_is(&f, rows[row].names[n], strlen(rows[row].names[n])))
			n++;
		if (rows[row].names[n] != NULL || rest_of(&f) != 0 || rest_of(&f) != 0)
			row_wrong("row %zu, %zu bytes at a time, %u interrupts: name %zu", row,
				feed.most, feed.interrupts, n);
		finish(&f);
	}
	rows_end();
}

/* A terminal could go on behind its end. */
static void test_nothing_behind_the_end(void **state)
{
	struct files0 f;

	(void)state;
	start(&f, DATA("a\0b"), 1);
	assert_true(next_is(&f, "a", 1));
	assert_true(next_is(&f, "b", 1));
	assert_int_equal(rest_of(&f), 0);
	feed.at = 0;
	assert_int_equal(rest_of(&f), 0);
	finish(&f);
}

/* Around each length that a buffer could have: with and without a NUL, in pieces of some sizes. */
static void test_long_names(void **state)
{
	enum { MOST = 1 << 18 };
	static const size_t pieces[] = {0, 4096, 5000, 7};
	static char data[MOST + 2 + sizeof("\0short")];

	(void)state;
	for (size_t i = 0; i < MOST + 2; i++)
		data[i] = (char)(1 + i % 251);
	for (size_t power = 1024; power <= MOST; power *= 2) {
		for (size_t i = 0; i < 5 * COUNT(pieces); i++) {
			size_t len = power - 2 + i % 5;
			bool is_path = len < PATH_MAX;
			char behind[sizeof("short") + 1];
			struct files0 f;

			memcpy(behind, data + len, sizeof(behind));
			memcpy(data + len, "\0short", sizeof(behind));
			start(&f, data, len + 1 + strlen("short"), 1);
			feed.most = pieces[i / 5];
			if ((is_path ? !next_is(&f, data, len) : rest_of(&f) != -ENAMETOOLONG) ||
				!next_is(&f, "short", 5) || rest_of(&f) != 0)
				row_wrong("a name of %zu bytes, then a short one", len);
			finish(&f);

			start(&f, data, len, 1);
			feed.most = pieces[i / 5];
			if ((is_path ? !next_is(&f, data, len) : rest_of(&f) != -ENAMETOOLONG) ||
				rest_of(&f) != 0)
				row_wrong("a name of %zu bytes without a NUL", len);
			finish(&f);
			memcpy(data + len, behind, sizeof(behind));
		}
	}
	rows_end();
}

/* What is too long is not read into memory, and each byte of it is looked at once. */
static void test_no_nul_at_all(void **state)
{
	static const char line[] = "some/name\n";
	struct files0 f;

	(void)state;
	start(&f, line, strlen(line), 10000000);
	assert_int_equal(rest_of(&f), -ENAMETOOLONG);
	assert_int_equal(rest_of(&f), 0);
	assert_in_range(memory.given, 0, 64 * 1024);
	finish(&f);
}

/* The next NAMES ones are NAME. */
static void take_names(struct files0 *f, const char *name, size_t names)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < names; i++)
		if (!next_is(f, name, len))
			row_wrong("name %zu is not \"%s\"", i, name);
}

/* A million names take no more memory than the first of them. */
static void test_many_names(void **state)
{
	static const char name[] = "a/name/of/some/23/bytes";
	struct files0 f;
	size_t given;

	(void)state;
	start(&f, name, sizeof(name), 1000000);
	take_names(&f, name, 1000);
	given = memory.given;
	take_names(&f, name, 999000);
	EXPECT(rest_of(&f) == 0);
	EXPECT(memory.given == given);
	finish(&f);
	rows_end();
}

/* Neither do long ones, each of which finds the room of the one before it. */
static void test_many_long_names(void **state)
{
	static char name[PATH_MAX];
	struct files0 f;
	size_t given;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	start(&f, name, sizeof(name), 1000);
	take_names(&f, name, 1);
	given = memory.given;
	take_names(&f, name, 999);
	EXPECT(rest_of(&f) == 0);
	EXPECT(memory.given == given);
	finish(&f);
	rows_end();
}

static void test_no_memory(void **state)
{
	struct files0 f;

	(void)state;
	start(&f, DATA("a\0"), 1);
	memory.most = 0;
	assert_int_equal(rest_of(&f), -ENOMEM);
	memory.most = SIZE_MAX;
	assert_int_equal(rest_of(&f), 0);
	finish(&f);
}

/* What was read of a name when the rest could not be is the name of another file. */
static void test_read_error(void **state)
{
	(void)state;
	for (size_t most = 0; most < 4; most++) {
		struct files0 f;

		start(&f, DATA("a\0bc\0d"), 1);
		feed.most = most;
		feed.err = EIO;
		feed.interrupts = 1;
		EXPECT(next_is(&f, "a", 1));
		EXPECT(next_is(&f, "bc", 2));
		EXPECT(rest_of(&f) == -EIO);
		EXPECT(rest_of(&f) == 0);
		finish(&f);
	}
	rows_end();
}

static void test_directory(void **state)
{
	struct files0 f;

	(void)state;
	scratch_enter("d/ 755");
	assert_int_equal(files0_open(&f, "d"), 0);
	assert_int_equal(rest_of(&f), -EISDIR);
	assert_int_equal(rest_of(&f), 0);
	files0_close(&f);
}

static void write_file(const char *name, const char *data, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	close(fd);
}

/* Real ones; none stays open. */
static void test_files(void **state)
{
	struct files0 f;
	int fds;

	(void)state;
	scratch_enter("f 600, empty 600");
	fds = count_fds();
	write_file("f", DATA("a\0bc"));
	write_file("-", DATA("minus\0"));
	assert_int_equal(files0_open(&f, "f"), 0);
	assert_true(next_is(&f, "a", 1));
	assert_true(next_is(&f, "bc", 2));
	assert_int_equal(rest_of(&f), 0);
	files0_close(&f);
	assert_int_equal(files0_open(&f, "empty"), 0);
	assert_int_equal(rest_of(&f), 0);
	files0_close(&f);
	assert_int_equal(files0_open(&f, "./-"), 0);
	assert_true(next_is(&f, "minus", 5));
	files0_close(&f);
	assert_int_equal(count_fds(), fds);
}

static void test_no_such_file(void **state)
{
	struct files0 f;
	int fds;

	(void)state;
	scratch_enter("f 600");
	fds = count_fds();
	assert_int_equal(files0_open(&f, "missing"), -ENOENT);
	assert_int_equal(files0_open(&f, ""), -ENOENT);
	assert_int_equal(files0_open(&f, "f/f"), -ENOTDIR);
	assert_int_equal(count_fds(), fds);
}

/* Standard input is somebody else's: it stays open. */
static void read_standard_input(void *ctx)
{
	int fd = memfd_create("names", MFD_CLOEXEC);
	struct files0 f;

	(void)ctx;
	EXPECT(fd >= 0 && write(fd, DATA("a\0bc")) == 4 && lseek(fd, 0, SEEK_SET) == 0);
	EXPECT(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
	EXPECT(files0_open(&f, "-") == 0);
	EXPECT(next_is(&f, "a", 1));
	EXPECT(next_is(&f, "bc", 2));
	EXPECT(rest_of(&f) == 0);
	files0_close(&f);
	EXPECT(fcntl(STDIN_FILENO, F_GETFD) >= 0);
}

static void read_closed_input(void *ctx)
{
	struct files0 f;

	(void)ctx;
	close(STDIN_FILENO);
	EXPECT(files0_open(&f, "-") == 0);
	EXPECT(rest_of(&f) == -EBADF);
	files0_close(&f);
}

/* In a directory with a file of that name. */
static void test_standard_input(void **state)
{
	(void)state;
	scratch_enter("");
	write_file("-", DATA("minus\0"));
	assert_true(in_child(read_standard_input, NULL));
	assert_true(in_child(read_closed_input, NULL));
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_nothing_behind_the_end),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_no_nul_at_all),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_many_long_names),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_read_error),
		SCRATCH_TEST(test_directory),
		SCRATCH_TEST(test_files),
		SCRATCH_TEST(test_no_such_file),
		SCRATCH_TEST(test_standard_input),
	};

	return cmocka_run_group_tests_name("files0", tests, NULL, NULL);
}
