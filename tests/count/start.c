/* SPDX-License-Identifier: MIT */
/* What the start and the end of the program cost: one file to change, and nothing else to do. */
#include "../support/cmocka.h"
#include "count.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The budgets of the static program. */
enum {
	START_CALLS = 6,   /* "chmod 644 f", from execve to exit, both included */
	START_MEMORY = 0,  /* of them, for memory */
	MORE_BY_PIN = 3,   /* more if the old mode counts: is there /proc, pin, close */
	MORE_BY_UMASK = 1, /* more if the umask counts */
	MORE_BY_WORDS = 4, /* more if it prints anything: fstat, is it a terminal, write, close */
	FILE_BYTES = 96 * 1024,
};

/* Whether the program has glibc in it, which gets memory before main(). */
static bool has_glibc(void)
{
	static const char mark[] = "glibc.malloc.";
	struct stat st;
	int fd = open(count_program.path, O_RDONLY | O_CLOEXEC);
	char *bytes = NULL;
	ssize_t len = -1;
	bool found;

	if (fd >= 0 && fstat(fd, &st) == 0 && (bytes = malloc((size_t)st.st_size)))
		len = read(fd, bytes, (size_t)st.st_size);
	found = len > 0 && memmem(bytes, (size_t)len, mark, sizeof(mark) - 1);
	if (fd >= 0)
		close(fd);
	free(bytes);
	return found;
}

static void needs_small_libc(void)
{
	if (!count_program.is_static)
		count_skip("the program is not static");
	if (has_glibc())
		count_skip("the static program has glibc in it, and the budget is for musl");
}

static int setup(void **state)
{
	static struct tree tree;
	int rc = tree_make("f 644, d/ 755", (uid_t)-1, (gid_t)-1, &tree);

	if (rc < 0) {
		print_error("no tree: %s\n", strerror(-rc));
		return -1;
	}
	*state = &tree;
	return 0;
}

static int teardown(void **state)
{
	tree_remove(*state);
	return 0;
}

/* Runs ARGS in the tree and compares with the budgets. */
static void start_with(void **state, const char *args, unsigned more)
{
	const struct tree *tree = *state;
	struct count_how how = {.args = args, .cwd = tree->path};
	struct count seen;
	char list[1024];

	needs_small_libc();
	count_run(&how, &seen);
	count_list(&seen, NULL, 1, list, sizeof(list));
	count_at_most("system calls", (double)seen.calls, START_CALLS + more, list);
	count_at_most("of them for memory", (double)count_memory(&seen), START_MEMORY, list);
	count_at_most("threads", (double)seen.threads, 0, list);
}

static void octal(void **state)
{
	start_with(state, "644 f", 0);
}

static void octal_with_words(void **state)
{
	start_with(state, "-v 600 f", MORE_BY_WORDS);
}

static void relative(void **state)
{
	start_with(state, "go-w f", MORE_BY_PIN);
}

static void relative_with_umask(void **state)
{
	start_with(state, "+x f", MORE_BY_PIN + MORE_BY_UMASK);
}

/* The same for a user without privileges. */
static void privileges(void **state)
{
	const struct tree *tree = *state;
	const struct run_user nobody = {65534, 65534};
	struct count_how how = {.args = "-R 755 d", .cwd = tree->path};
	struct count seen;
	char list[1024];

	if (geteuid() == 0) {
		how.user = &nobody;
		assert_int_equal(fchownat(tree->fd, "d", nobody.uid, nobody.gid, 0), 0);
	}
	count_run(&how, &seen);
	count_list(&seen, NULL, 1, list, sizeof(list));
	count_at_most("questions for privileges", (double)seen.by_nr[SYS_capget], 1, list);
}

static unsigned long calls_in(const struct tree *tree, const char *locale, const char *args)
{
	struct count_how how = {.args = args, .cwd = tree->path, .locale = locale};
	struct count seen;

	count_run(&how, &seen);
	return seen.calls;
}

/* A program that prints nothing, or prints in English, does not read the locale. */
static void languages(void **state)
{
	static const char german[] = "LC_ALL=de_DE.UTF-8", english[] = "LC_ALL=en_US.UTF-8";
	static const char *const silent[] = {"644 f", "go-w f", "-j1 -R 755 d", "-c 644 f"};

	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		unsigned long in_c = calls_in(*state, "LC_ALL=C", silent[i]);

		count_at_most("calls in German", (double)calls_in(*state, german, silent[i]),
			(double)in_c, silent[i]);
	}
	count_at_most("calls of -v in English", (double)calls_in(*state, english, "-v 600 f"),
		(double)calls_in(*state, "LC_ALL=C", "-v 600 f"), NULL);
}

static void size(void **state)
{
	struct stat st;

	(void)state;
	needs_small_libc();
	assert_int_equal(stat(count_program.path, &st), 0);
	count_at_most("bytes of the program", (double)st.st_size, FILE_BYTES, NULL);
}

int count_group_start(void)
{
	const struct CMUnitTest tests[] = {
		{"start: octal", octal, NULL, NULL, NULL},
		{"start: octal, -v", octal_with_words, NULL, NULL, NULL},
		{"start: relative", relative, NULL, NULL, NULL},
		{"start: relative, with the umask", relative_with_umask, NULL, NULL, NULL},
		{"start: privileges, -R", privileges, NULL, NULL, NULL},
		{"start: languages", languages, NULL, NULL, NULL},
		{"start: size of the program", size, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("start", tests, setup, teardown);
}
