/* modespec_format() against the words of stat(1). */
#include "modespec.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "modespec_rows.h"
#include "rows.h"

enum { ALL = 07777 };

static void test_format_of_every_mode(void **state)
{
	static const char *const plain[] = {"---", "--x", "-w-", "-wx", "r--", "r-x", "rw-", "rwx"};
	static const char *const set_id[] = {
		"--S", "--s", "-wS", "-ws", "r-S", "r-s", "rwS", "rws"};
	static const char *const sticky[] = {
		"--T", "--t", "-wT", "-wt", "r-T", "r-t", "rwT", "rwt"};

	(void)state;
	for (mode_t mode = 0; mode <= ALL; mode++) {
		char expected[32], buf[12];
		sprintf(expected, "%s%s%s", (mode & 04000 ? set_id : plain)[mode >> 6 & 7],
			(mode & 02000 ? set_id : plain)[mode >> 3 & 7],
			(mode & 01000 ? sticky : plain)[mode & 7]);
		memset(buf, '#', sizeof(buf));
		assert_ptr_equal(modespec_format(S_IFDIR | mode, buf), buf);
		if (strcmp(buf, expected) != 0 || buf[10] != '#')
			row_wrong("%04o: %.12s, expected %s", mode, buf, expected);
		if (strcmp(modespec_format(mode, buf), expected) != 0)
			row_wrong("%04o without a type: %s, expected %s", mode, buf, expected);
	}
	rows_end();
}

static void test_format_of_named_modes(void **state)
{
	char buf[10];

	(void)state;
	for (size_t i = 0; i < COUNT(named_modes); i++)
		if (strcmp(modespec_format(named_modes[i].mode, buf), named_modes[i].text) != 0)
			row_wrong("%04o: %s, expected %s", named_modes[i].mode, buf,
				named_modes[i].text);
	rows_end();
}

/* A directory with an empty file for each of the named modes, called 0, 1 and so on. */
static char dir[4096];

static char *path_of(size_t i, char path[static 4200])
{
	snprintf(path, 4200, "%s/%zu", dir, i);
	return path;
}

static int make_files(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char path[4200];

	(void)state;
	snprintf(dir, sizeof(dir), "%s/modespec_format.XXXXXX", tmp != NULL && *tmp ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL)
		return -1;
	for (size_t i = 0; i < COUNT(named_modes); i++) {
		int fd = open(path_of(i, path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 || fchmod(fd, named_modes[i].mode) != 0 || close(fd) != 0)
			return -1;
	}
	return setenv("FORMAT_TEST_DIR", dir, 1);
}

static int remove_files(void **state)
{
	char path[4200];

	(void)state;
	for (size_t i = 0; i < COUNT(named_modes); i++)
		unlink(path_of(i, path));
	return rmdir(dir);
}

/* The rows above are stat(1)'s own words, on this machine too. */
static void test_named_modes_are_those_of_stat(void **state)
{
	char command[256] = "cd \"$FORMAT_TEST_DIR\" && LC_ALL=C stat -c %a:%A";
	FILE *output;

	(void)state;
	if (system("stat -c %a:%A / >/dev/null 2>&1") != 0)
		SKIP_TEST("no stat(1) that knows -c");
	for (size_t i = 0; i < COUNT(named_modes); i++) {
		char path[4200];
		struct stat st;
		assert_int_equal(stat(path_of(i, path), &st), 0);
		if ((st.st_mode & ALL) != named_modes[i].mode)
			SKIP_TEST("the file system does not take every mode");
		sprintf(command + strlen(command), " %zu", i);
	}
	output = popen(command, "re");
	assert_non_null(output);
	for (size_t i = 0; i < COUNT(named_modes); i++) {
		char expected[64], line[64] = "nothing";
		sprintf(expected, "%o:-%s\n", named_modes[i].mode, named_modes[i].text);
		if (fgets(line, sizeof(line), output) == NULL || strcmp(line, expected) != 0)
			row_wrong("stat says %s, expected %s", line, expected);
	}
	assert_int_equal(pclose(output), 0);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format_of_every_mode),
		cmocka_unit_test(test_format_of_named_modes),
		cmocka_unit_test_setup_teardown(
			test_named_modes_are_those_of_stat, make_files, remove_files),
	};

	return cmocka_run_group_tests_name("modespec_format", tests, NULL, NULL);
}
