/* SPDX-License-Identifier: MIT */
/*
 * files0: how much memory it takes, and that the initial contents of its result do not matter. What
 * it reads is tested by runs of the program.
 *
 * Link with --wrap=malloc.
 */
#include "files0.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scratch.h"

static size_t given; /* bytes that malloc(3) has given */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
	given += size;
	return __real_malloc(size);
}

/* On standard input: "a", a name that is too long, and "bc". */
static void read_standard_input(void *ctx)
{
	enum { LONG = 1 << 20 };
	static char text[LONG];
	int fd = memfd_create("names", MFD_CLOEXEC);
	struct files0 f;
	char *name;

	(void)ctx;
	memset(text, 'x', sizeof(text));
	memcpy(text, "a", 2);
	text[LONG - 3] = '\0';
	text[LONG - 2] = 'b';
	text[LONG - 1] = 'c';
	EXPECT(fd >= 0 && write(fd, text, LONG) == LONG && lseek(fd, 0, SEEK_SET) == 0);
	EXPECT(dup2(fd, STDIN_FILENO) == STDIN_FILENO);
	memset(&f, 0xa5, sizeof(f));
	given = 0;
	EXPECT(files0_open(&f, "-") == 0);
	EXPECT(files0_next(&f, &name) == 1 && strcmp(name, "a") == 0);
	EXPECT(files0_next(&f, &name) == -ENAMETOOLONG);
	EXPECT(files0_next(&f, &name) == 1 && strcmp(name, "bc") == 0);
	EXPECT(files0_next(&f, &name) == 0);
	EXPECT(given <= (size_t)16 * PATH_MAX);
	files0_close(&f);
	EXPECT(fcntl(STDIN_FILENO, F_GETFD) >= 0);
}

static void test_standard_input(void **state)
{
	(void)state;
	assert_true(in_child(read_standard_input, NULL));
	rows_end();
}

static void test_nothing_stays_open(void **state)
{
	struct files0 f;
	int fds;

	(void)state;
	scratch_enter("f 600");
	fds = count_fds();
	assert_int_equal(files0_open(&f, "f"), 0);
	files0_close(&f);
	assert_int_equal(count_fds(), fds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_standard_input), SCRATCH_TEST(test_nothing_stays_open)};

	return cmocka_run_group_tests_name("files0", tests, NULL, NULL);
}
