/*
 * run: the whole of it in one process, from what the command line asks for to files and words.
 *
 * Link with --wrap= of calloc, getauxval, sys_read_dir, sys_stat and with support/tree.o.
 */
#include "run.h"

#include <dirent.h>
#include <locale.h>
#include <sched.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "captured.h"
#include "run_rows.h"
#include "scratch.h"

enum { MAX_OPERANDS = 8, MASK = 022 };

/* What fails or is not as it should be. */
static struct {
	bool dirs_look_like_files; /* in what directories read */
	const char *vanishing;     /* a directory that is removed after its name was read */
	int good_reads;            /* of directories, before others fail; 0: all */
	bool memory, root;
} fault;

ssize_t __real_sys_read_dir(int fd, void *buf, size_t size);
ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size);
int __real_sys_stat(int dirfd, const char *name, enum sys_follow follow, struct stat *ret);
int __wrap_sys_stat(int dirfd, const char *name, enum sys_follow follow, struct stat *ret);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
unsigned long __real_getauxval(unsigned long type);
unsigned long __wrap_getauxval(unsigned long type);

/* As it would be in a program that this user has started. */
unsigned long __wrap_getauxval(unsigned long type)
{
	return type == AT_EUID ? geteuid() : __real_getauxval(type);
}

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size)
{
	struct raw_entry {
		uint64_t ino;
		int64_t off;
		unsigned short len;
		unsigned char type;
	};
	ssize_t len;

	if (fault.good_reads != 0 && --fault.good_reads == 0)
		return -EIO;
	len = __real_sys_read_dir(fd, buf, size);
	for (ssize_t at = 0; at < len;) {
		struct raw_entry *entry = (void *)((char *)buf + at);

		if (fault.dirs_look_like_files && entry->type == DT_DIR)
			entry->type = DT_REG;
		at += entry->len;
	}
	if (fault.vanishing != NULL)
		rmdir(fault.vanishing);
	return len;
}

int __wrap_sys_stat(int dirfd, const char *name, enum sys_follow follow, struct stat *ret)
{
	return fault.root && strcmp(name, "/") == 0 ? -EACCES
						    : __real_sys_stat(dirfd, name, follow, ret);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fault.memory ? NULL : __real_calloc(count, size);
}

/* Runs for CLI and OPERANDS; the exit status. */
static int run_with(struct cli cli, const char *operands, struct captured *c)
{
	static char memory[256];
	static char *list[MAX_OPERANDS];

	cli.operands = list;
	cli.operand_count = 0;
	strcpy(memory, operands);
	for (char *one = strtok(memory, " "); one != NULL; one = strtok(NULL, " "))
		list[cli.operand_count++] = one;
	captured_init(c, "chmod", APART);
	umask(MASK);
	run(&cli, &c->report);
	return captured_finish(c);
}

static void expect_text(
	const char *operands, const char *stream, const char *got, const char *expected)
{
	if (strcmp(got, expected != NULL ? expected : "") != 0)
		row_wrong("%s: %s [%s], expected [%s]", operands, stream, got,
			expected != NULL ? expected : "");
}

static void check_run(const struct run_row *row)
{
	static struct captured c;
	const char *excludes[] = {row->exclude};
	struct cli cli = row->cli;
	int fds = count_fds();

	cli.excludes = (struct cli_list){excludes, row->exclude != NULL};
	if (run_with(cli, row->operands, &c) != row->status)
		row_wrong("%s of %s: status is not %d", row->operands, row->tree, row->status);
	expect_text(row->operands, "stdout", captured_out(&c), row->out);
	expect_text(row->operands, "stderr", captured_err(&c), row->err);
	captured_free(&c);
	if (count_fds() != fds)
		row_wrong("%s of %s: descriptors stay open", row->operands, row->tree);
}

static void check_run_as_nobody(void *row)
{
	be_nobody();
	check_run(row);
}

static void write_list(const char *contents)
{
	FILE *f = fopen("list", "w");

	assert_non_null(f);
	for (const char *s = contents; *s != '\0'; s++)
		fputc(*s == '@' ? '\0' : *s, f);
	fclose(f);
}

static void test_rows(void **state)
{
	size_t skipped = 0;

	for (size_t i = 0; i < COUNT(run_rows); i++) {
		struct run_row row = run_rows[i];
		char *differs;

		if (tree_needs_root(row.tree) && geteuid() != 0) {
			skipped++;
			continue;
		}
		if (row.user == NOT_ROOT)
			scratch_enter_for_child(row.tree);
		else
			scratch_enter(row.tree);
		if (row.list != NULL)
			write_list(row.list);
		if (row.user == ANYBODY)
			check_run(&row);
		else if (!in_child(check_run_as_nobody, &row))
			skipped++;
		differs = tree_differs(&scratch, row.tree, row.changed);
		if (differs != NULL)
			row_wrong("%s of %s:\n%s", row.operands, row.tree, differs);
		free(differs);
		scratch_leave(state);
	}
	if (skipped > 0)
		print_message("skipped: %zu rows, of files of two users\n", skipped);
	rows_end();
}

/* The umask is read if it makes a difference, and then it is left at 0. */
static void test_umask(void **state)
{
	static const struct {
		const char *mode;
		mode_t left;
	} rows[] = {{"u+x", MASK}, {"+x", 0}, {"755", MASK}, {"a=r,+w", 0}, {NULL, MASK}};
	static struct captured c;

	(void)state;
	scratch_enter("f 644");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cli cli = {PLAIN, .mode = rows[i].mode};

		if (rows[i].mode == NULL)
			cli.reference = "f";
		EXPECT(run_with(cli, "f", &c) == 0);
		if (umask(MASK) != rows[i].left)
			row_wrong("%s: the umask is not %03o", rows[i].mode, rows[i].left);
		captured_free(&c);
	}
	rows_end();
}

/* A character is what the locale says it is. */
static void test_excludes_and_the_locale(void **state)
{
	static struct captured c;
	const char *exclude = "d/?";
	struct cli cli = {RECURSIVE, .mode = "F600", .excludes = {&exclude, 1}};

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		SKIP_TEST("no locale C.UTF-8");
	for (int is_utf8 = 0; is_utf8 < 2; is_utf8++) {
		setlocale(LC_CTYPE, "C");
		setenv("LC_ALL", is_utf8 ? "C.UTF-8" : "C", 1);
		scratch_enter("d/ 755, d/\xc3\xa9 644, d/x 644, d/xy 644");
		run_with(cli, "d", &c);
		captured_free(&c);
		EXPECT(mode_of("d/\xc3\xa9") == (is_utf8 ? 0644 : 0600));
		EXPECT(mode_of("d/x") == 0644 && mode_of("d/xy") == 0600);
		scratch_leave(state);
	}
	setlocale(LC_CTYPE, "C");
	setenv("LC_ALL", "C", 1);
	rows_end();
}

/* A directory that a file system calls a file is changed as a directory, and entered. */
static void test_wrong_types(void **state)
{
	static const struct {
		const char *mode, *changed;
	} rows[] = {
		{"go=rX", "d/ 755, d/s/ 2755, d/s/t/ 755, d/s/t/f 644"},
		{"D711,F640", "d/ 711, d/s/ 2711, d/s/t/ 711, d/s/t/f 640"},
		{"a+x", "d/ 711, d/s/ 2711, d/s/t/ 711, d/s/t/f 711"},
	};
	static const char tree[] = "d/ 700, d/s/ 2700, d/s/t/ 700, d/s/t/f 600";
	static struct captured c;

	(void)state;
	fault.dirs_look_like_files = true;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cli cli = {RECURSIVE, CHANGES, .mode = rows[i].mode};
		size_t lines = 0;
		char *differs;

		scratch_enter(tree);
		EXPECT(run_with(cli, "d", &c) == 0);
		EXPECT(strcmp(captured_err(&c), "") == 0);
		for (const char *s = captured_out(&c); (s = strchr(s, '\n')) != NULL; s++)
			lines++;
		EXPECT(lines == 4);
		captured_free(&c);
		differs = tree_differs(&scratch, tree, rows[i].changed);
		if (differs != NULL)
			row_wrong("%s:\n%s", rows[i].mode, differs);
		free(differs);
		scratch_leave(state);
	}
	fault.dirs_look_like_files = false;
	rows_end();
}

/* One run on "d" with what fails, which is forgotten then. */
static void check_fault(const char *what, struct cli cli, const char *err, int status)
{
	static struct captured c;

	if (run_with(cli, "d", &c) != status)
		row_wrong("%s: status is not %d", what, status);
	expect_text(what, "stderr", captured_err(&c), err);
	captured_free(&c);
	memset(&fault, 0, sizeof(fault));
}

static void test_faults(void **state)
{
	struct cli cli = {RECURSIVE, .mode = "700"};

	(void)state;
	scratch_enter("d/ 755, d/s/ 755");
	/* Who deletes faster than we change is no error. */
	fault.vanishing = "d/s";
	check_fault("vanishing", cli, "", 0);
	EXPECT(mode_of("d/s") == (mode_t)-1 && mode_of("d") == 0700);

	EXPECT(mkdir("d/s", 0755) == 0);
	fault.good_reads = 2;
	check_fault("a read error", cli, "chmod: d: Input/output error\n", 1);
	EXPECT(mode_of("d/s") == 0700);
	fault.good_reads = 1;
	check_fault("no read", cli, "chmod: cannot read directory 'd': Input/output error\n", 1);

	cli.mode = "u+r,u+r,u+r,u+r,u+r,u+r,u+r,u=";
	fault.memory = true;
	check_fault("no memory", cli, "chmod: memory exhausted\n", 1);
	EXPECT(mode_of("d") == 0700);
	cli.mode = "u=";
	cli.preserve_root = true;
	fault.root = true;
	check_fault(
		"no root", cli, "chmod: failed to get attributes of '/': Permission denied\n", 1);
	EXPECT(mode_of("d") == 0700);
	rows_end();
}

/* What has the right mode keeps its ctime with --skip-unchanged alone. */
static void test_skipped_files_are_untouched(void **state)
{
	static struct captured c;

	(void)state;
	for (int row = 0; row < 4; row++) {
		struct cli cli = {RECURSIVE, .mode = row & 2 ? "a+r" : "D755,F644"};
		struct stat before, after;

		scratch_enter("d/ 755, d/f 644");
		cli.skip_unchanged = row & 1;
		EXPECT(stat("d/f", &before) == 0);
		/* Until the clock of files has gone on. */
		do {
			EXPECT(run_with(cli, "d", &c) == 0);
			captured_free(&c);
			close(open("x", O_CREAT | O_CLOEXEC, 0600));
			EXPECT(stat("x", &after) == 0 && unlink("x") == 0);
		} while (after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
			 after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
		EXPECT(run_with(cli, "d", &c) == 0);
		captured_free(&c);
		EXPECT(stat("d/f", &after) == 0);
		EXPECT((before.st_ctim.tv_sec == after.st_ctim.tv_sec &&
			       before.st_ctim.tv_nsec == after.st_ctim.tv_nsec) ==
			cli.skip_unchanged);
		scratch_leave(state);
	}
	rows_end();
}

/* ------------------------------------------------------------------------------ large and deep */

enum { DIRS = 60, FILES = 70 };

/* Sets all modes of the tree of test_workers(). */
static void reset_modes(mode_t dir_mode)
{
	for (int i = 0; i < DIRS; i++) {
		char path[32];

		sprintf(path, "d/%d", i);
		EXPECT(chmod(path, dir_mode) == 0);
		for (int k = 0; k < FILES; k++) {
			sprintf(path, "d/%d/%d", i, k);
			EXPECT(chmod(path, 0640) == 0);
		}
	}
	EXPECT(chmod("d", dir_mode) == 0);
}

static void expect_modes(mode_t dir_mode, mode_t file_mode)
{
	size_t wrong = 0;

	for (int i = 0; i < DIRS; i++) {
		char path[32];

		sprintf(path, "d/%d", i);
		wrong += mode_of(path) != dir_mode;
		for (int k = 0; k < FILES; k++) {
			sprintf(path, "d/%d/%d", i, k);
			wrong += mode_of(path) != file_mode;
		}
	}
	wrong += mode_of("d") != dir_mode;
	if (wrong > 0)
		row_wrong("%zu files have not the mode %04o or %04o", wrong, dir_mode, file_mode);
}

/* Every file, by however many workers, in a tree that is contested or not. */
static void test_workers(void **state)
{
	static const unsigned jobs[] = {0, 1, 2, 64};
	static struct captured c;

	(void)state;
	scratch_enter("d/ 755");
	for (int i = 0; i < DIRS; i++) {
		char path[32];

		sprintf(path, "d/%d", i);
		EXPECT(mkdir(path, 0755) == 0);
		for (int k = 0; k < FILES; k++) {
			sprintf(path, "d/%d/%d", i, k);
			close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0640));
		}
	}
	for (size_t i = 0; i < 3 * COUNT(jobs); i++) {
		static const struct {
			const char *mode;
			mode_t before, dirs, files;
		} rows[] = {{"u=rwX,go=rX", 0700, 0755, 0644}, {"711", 0700, 0711, 0711},
			{"u+x,o=r", 0777, 0774, 0744}};
		struct cli cli = {RECURSIVE, .mode = rows[i % 3].mode, .jobs = jobs[i / 3]};

		reset_modes(rows[i % 3].before);
		EXPECT(run_with(cli, "d", &c) == 0);
		EXPECT(strcmp(captured_err(&c), "") == 0);
		captured_free(&c);
		expect_modes(rows[i % 3].dirs, rows[i % 3].files);
	}
	rows_end();
}

/* Descriptors run short while files are pinned: those that wait give theirs up. */
static void run_with_few_descriptors(void *ctx)
{
	static struct captured c;
	struct cli cli = {RECURSIVE, .mode = "u+x"};
	struct rlimit limit;

	(void)ctx;
	EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = 16;
	EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	EXPECT(run_with(cli, "d", &c) == 0);
	EXPECT(strcmp(captured_err(&c), "") == 0);
}

static void test_few_descriptors(void **state)
{
	enum { LEVELS = 100 };
	char path[2 * LEVELS + 16] = "d";

	(void)state;
	scratch_enter("d/ 777, d/f 644");
	for (int i = 1; i < LEVELS; i++) {
		strcat(path, "/d");
		EXPECT(mkdir(path, 0700) == 0 && chmod(path, 0777) == 0);
		strcat(path, "/f");
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
		path[strlen(path) - 2] = '\0';
	}
	in_child(run_with_few_descriptors, NULL);
	strcpy(path, "d");
	for (int i = 0; i < LEVELS; i++) {
		strcat(path, "/f");
		EXPECT(mode_of(path) == 0744);
		strcpy(path + strlen(path) - 1, "d");
	}
	rows_end();
}

/* --------------------------------------------------------------------- what takes another root */

/* Only in a root of its own: what guards the machine's is what is tested. */
static void refuse_root(void *ctx)
{
	static struct captured c;
	struct cli cli = {RECURSIVE, .preserve_root = true, .mode = "700"};

	(void)ctx;
	if (chroot(".") != 0 || chdir("/") != 0)
		exit(CHILD_CANNOT);
	EXPECT(run_with(cli, "/ f /// //", &c) == 1);
	expect_text("/", "stderr", captured_err(&c),
		"chmod: it is dangerous to operate recursively on '/'\n"
		"chmod: use --no-preserve-root to override this failsafe\n"
		"chmod: it is dangerous to operate recursively on '/'\n"
		"chmod: use --no-preserve-root to override this failsafe\n"
		"chmod: it is dangerous to operate recursively on '//' (same as '/')\n"
		"chmod: use --no-preserve-root to override this failsafe\n");
	EXPECT(mode_of("/") == 0755 && mode_of("/d/f") == 0644 && mode_of("/f") == 0700);
	captured_free(&c);
	/* Without -R it is a directory like any other, and so it is by default. */
	cli.recursive = false;
	EXPECT(run_with(cli, "/", &c) == 0 && mode_of("/") == 0700);
	captured_free(&c);
	cli.recursive = true;
	cli.preserve_root = false;
	EXPECT(run_with(cli, "/", &c) == 0 && mode_of("/d/f") == 0700);
	captured_free(&c);
	/* Sanitizers look for /proc at the end. */
	_exit(rows_wrong > 0);
}

static void test_root(void **state)
{
	(void)state;
	scratch_enter("d/ 755, d/f 644, f 644");
	if (!in_child(refuse_root, NULL))
		SKIP_TEST("no other root to be had");
	rows_end();
}

static void run_on_mounts(void *ctx)
{
	static struct captured c;
	struct cli cli = {RECURSIVE, .mode = "700", VERBOSE, .quiet = true};

	(void)ctx;
	if (unshare(CLONE_NEWNS) != 0 ||
		mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", "d/m", "tmpfs", 0, "mode=755") != 0 ||
		mount("c", "c/s/b", "none", MS_BIND, NULL) != 0)
		exit(CHILD_CANNOT);
	/* Another file system is left out if that is asked for, but not if it is an operand. */
	cli.one_file_system = true;
	EXPECT(run_with(cli, "d", &c) == 0);
	expect_text("d", "stdout", captured_out(&c),
		"mode of 'd' changed from 0755 (rwxr-xr-x) to 0700 (rwx------)\n");
	EXPECT(mode_of("d/m") == 0755);
	captured_free(&c);
	EXPECT(run_with(cli, "d/m", &c) == 0 && mode_of("d/m") == 0700);
	captured_free(&c);
	/* A directory in itself is not entered again. */
	cli.one_file_system = false;
	EXPECT(run_with(cli, "c", &c) == 1);
	expect_text("c", "stdout", captured_out(&c),
		"mode of 'c' changed from 0755 (rwxr-xr-x) to 0700 (rwx------)\n"
		"mode of 'c/s' changed from 0755 (rwxr-xr-x) to 0700 (rwx------)\n");
	expect_text("c", "stderr", captured_err(&c),
		"chmod: WARNING: Circular directory structure.\n"
		"This almost certainly means that you have a corrupted file system.\n"
		"NOTIFY YOUR SYSTEM MANAGER.\n"
		"The following directory is part of the cycle:\n  c/s/b\n\n");
	captured_free(&c);
	/* What cannot be written to is told of, and by --dry-run already. */
	EXPECT(mount("none", "d/m", "none", MS_REMOUNT | MS_RDONLY, NULL) == 0);
	cli.quiet = false;
	cli.mode = "711";
	for (int is_dry = 1; is_dry >= 0; is_dry--) {
		cli.dry_run = is_dry;
		EXPECT(run_with(cli, "d/m", &c) == 1);
		expect_text("d/m", "stderr", captured_err(&c),
			"chmod: changing permissions of 'd/m': Read-only file system\n");
		captured_free(&c);
	}
}

static void test_mounts(void **state)
{
	(void)state;
	scratch_enter("d/ 755, d/m/ 755, c/ 755, c/s/ 755, c/s/b/ 755");
	if (!in_child(run_on_mounts, NULL))
		SKIP_TEST("no file systems to be mounted");
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_rows),
		SCRATCH_TEST(test_umask),
		SCRATCH_TEST(test_excludes_and_the_locale),
		SCRATCH_TEST(test_wrong_types),
		SCRATCH_TEST(test_faults),
		SCRATCH_TEST(test_skipped_files_are_untouched),
		SCRATCH_TEST(test_workers),
		SCRATCH_TEST(test_few_descriptors),
		SCRATCH_TEST(test_root),
		SCRATCH_TEST(test_mounts),
	};

	umask(MASK);
	unsetenv("LD_PRELOAD");
	setenv("LC_ALL", "C", 1);
	return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
