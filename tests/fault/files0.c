/* SPDX-License-Identifier: MIT */
/* The lists of --files0-from and --modes0-from: unreadable, or with too much in them. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "chain.h"
#include "rows.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define F10   "f\0f\0f\0f\0f\0f\0f\0f\0f\0f\0"
#define FILES "f 644, g 644, list 666"
#define DIRS  "d/ 755, d/f 644, d/s/ 755, d/s/g 644, list 666"

/* Reads at most LEN bytes in the program's stead. */
static long read_some(struct fault_test *t, const struct filter_call *call, size_t len)
{
	int fd = filter_get_fd(call, (int)call->args[0]);
	char bytes[16];
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, len);
	bool ok = n >= 0 && filter_write(call, call->args[1], bytes, (size_t)n) == n;

	fault_check(t, ok, "broken fixture: nothing could be read");
	if (fd >= 0)
		close(fd);
	return ok ? n : -EIO;
}

static long read_one(struct fault_test *t, const struct filter_call *call)
{
	return read_some(t, call, 1);
}

/* The name "f" and the first letter of the next one. */
static long read_three(struct fault_test *t, const struct filter_call *call)
{
	return read_some(t, call, 3);
}

/* The record "600 f". */
static long read_record(struct fault_test *t, const struct filter_call *call)
{
	return read_some(t, call, 6);
}

static long exchange_directory(struct fault_test *t, const struct filter_call *call)
{
	(void)call;
	fault_check(t, renameat2(t->tree.fd, "d/s", t->tree.fd, "other", RENAME_EXCHANGE) == 0,
		"broken fixture: nothing could be exchanged");
	return FILTER_GO_ON;
}

#define READ_OF_LIST .call = READ, .file = "list"
#define NO_SUCH_FILE "No such file or directory"

static const struct fault_row lists[] = {
	{.tree = FILES,
		.args = "--files0-from=list u+x",
		.faults = {{.call = OPEN, .file = "list", .err = ERRS}},
		ERRNOS(EACCES, ENOENT, EISDIR, EMFILE, ENFILE, ELOOP, ENOMEM, EPERM),
		FAILS("cannot open 'list' for reading: {E}"),
		.methods = IN(METHOD_ANY),
		LIST("f\0g\0")},
	{.tree = FILES,
		.args = "--files0-from=list u+x",
		.faults = {{READ_OF_LIST, .err = ERRS}},
		ERRNOS(EIO, EISDIR, EAGAIN, EBADF, EPERM),
		FAILS("list: read error: {E}"),
		LIST("f\0g\0")},
	/* Complete names before the error are done; an incomplete one is not. */
	{.tree = FILES,
		.args = "--files0-from=list u+x",
		.faults = {{READ_OF_LIST, .nth = 1, .act = read_three},
			{READ_OF_LIST, .err = ERRS}},
		ERRNOS(EIO, EAGAIN, ENOMEM),
		FAILS("list: read error: {E}"),
		.after = "f 744",
		LIST("f\0g\0")},
	{.tree = FILES,
		.args = "-v --files0-from=- u+x",
		.faults = {{READ_OF_LIST, .nth = 1, .act = read_three}, {READ_OF_LIST, .err = EIO}},
		.out = CHANGED("f", 0644, 0744),
		FAILS("-: read error: Input/output error"),
		.after = "f 744",
		LIST("f\0g\0")},
	{.tree = FILES,
		.args = "--files0-from=list u+x",
		.faults = {{READ_OF_LIST, .nth = 1, .err = EINTR}},
		.after = "f 744, g 744",
		LIST("f\0g\0")},
	/* Names are read in any pieces, and the last one needs no null byte. */
	{.tree = FILES,
		.args = "--files0-from=list u+x",
		.faults = {{READ_OF_LIST, .act = read_one}},
		FAILS("cannot access 'nope': " NO_SUCH_FILE),
		.after = "f 744, g 744",
		LIST("f\0nope\0g")},
	{.tree = FILES,
		.args = "--files0-from=- u+x",
		.faults = {{READ_OF_LIST, .act = read_one}},
		FAILS("cannot access 'nope': " NO_SUCH_FILE),
		.after = "f 744, g 744",
		LIST("f\0nope\0g\0")},
	{.tree = FILES,
		.args = "--files0-from=list u+x",
		.faults = {{READ_OF_LIST}},
		.err = E("list:1: invalid zero-length file name")
			E("list:3: invalid zero-length file name"),
		.status = 1,
		.after = "f 744, g 744",
		LIST("\0f\0\0g")},
	{.tree = FILES,
		.args = "--files0-from=list u+x",
		.faults = {{READ_OF_LIST}},
		FAILS("list:98: invalid zero-length file name"),
		.after = "f 744",
		LIST(F10 F10 F10 F10 F10 F10 F10 F10 F10 "f\0f\0f\0f\0f\0f\0f\0\0")},
	/* After a file that is refused the next one is done. */
	{.tree = FILES,
		.args = "--files0-from=list u+x",
		.faults = {{.call = CHANGE, .file = "f", .err = ERRS}},
		ERRNOS(EPERM, EROFS, EIO),
		FAILS("changing permissions of 'f': {E}"),
		.after = "g 744",
		LIST("f\0g\0")},

	/* Lists of modes. */
	{.tree = FILES,
		.args = "--modes0-from=list",
		.faults = {{.call = OPEN, .file = "list", .err = ERRS}},
		ERRNOS(EACCES, ENOENT, EMFILE),
		FAILS("cannot open 'list' for reading: {E}"),
		LIST("600 f\000640 g\0")},
	{.tree = FILES,
		.args = "-c --modes0-from=-",
		.faults = {{READ_OF_LIST, .nth = 1, .act = read_record},
			{READ_OF_LIST, .err = ERRS}},
		ERRNOS(EIO, EISDIR, EAGAIN, EBADF, EPERM),
		.out = CHANGED("f", 0644, 0600),
		FAILS("-: read error: {E}"),
		.after = "f 600",
		LIST("600 f\000640 g\0")},
	{.tree = FILES,
		.args = "--modes0-from=list",
		.faults = {{READ_OF_LIST, .act = read_one}},
		FAILS("list:2: invalid record"),
		.after = "f 600, g 640",
		LIST("600 f\0x g\000640 g")},
	{.tree = FILES,
		.args = "--modes0-from=list",
		.faults = {{.call = CHANGE, .file = "f", .err = ERRS}},
		ERRNOS(EPERM, EROFS, EIO),
		FAILS("changing permissions of 'f': {E}"),
		.after = "g 600",
		LIST("600 f\000600 g\0")},
	{.tree = FILES,
		.args = "--modes0-from=list",
		.faults = {{.call = PIN, .file = "f", .err = ERRS}},
		ERRNOS(EMFILE, ENFILE, EACCES, ENOENT),
		FAILS("cannot access 'f': {E}"),
		.after = "g 600",
		LIST("600 f\000600 g\0")},
	/* A directory that is to get its mode in the end cannot be opened for now. */
	{.tree = DIRS,
		.args = "-j1 -v --modes0-from=list",
		.faults = {{.call = CHANGE, .file = "d/s", .nth = 1, .err = EROFS}},
		.out = FAILED("d/s", 0755, 0100) CHANGED("d/f", 0644, 0600),
		FAILS("changing permissions of 'd/s': Read-only file system"),
		.after = "d/f 600",
		LIST("100 d/s\000600 d/f\0")},
	/* A directory that is to get its mode in the end, and cannot get it. */
	{.tree = DIRS,
		.args = "-j1 -v --modes0-from=list",
		.faults = {{.call = CHANGE, .file = "d/s", .nth = 2, .err = ERRS}},
		ERRNOS(EPERM, EROFS, EIO),
		.out = CHANGED("d", 0755, 0500) CHANGED("d/s", 0755, 0100)
			CHANGED("d/s/g", 0644, 0600) FAILED("d/s", 0700, 0100),
		FAILS("changing permissions of 'd/s': {E}"),
		.after = "d/ 500, d/s/ 700, d/s/g 600",
		LIST("500 d\000100 d/s\000600 d/s/g\0")},
	{.tree = DIRS,
		.args = "-j1 -v --skip-unchanged --modes0-from=list",
		.faults = {{.call = CHANGE, .file = "d/s", .nth = 2, .err = EROFS}},
		.out = CHANGED("d/s", 0755, 0500) CHANGED("d/f", 0644, 0600)
			FAILED("d/s", 0700, 0500),
		FAILS("changing permissions of 'd/s': Read-only file system"),
		.after = "d/s/ 700, d/f 600",
		LIST("500 d/s\000600 d/f\0")},
	{.tree = DIRS,
		.args = "-j1 --modes0-from=list --beneath=d",
		.faults = {{.call = PIN, .file = "d/s", .nth = 3, .err = ERRS}},
		ERRNOS(EMFILE, EACCES, ENOENT),
		FAILS("cannot access 'd/s': {E}"),
		.after = "d/ 500, d/s/ 700, d/s/g 600",
		LIST("500 d\000100 d/s\000600 d/s/g\0")},
	/* Exchanged in between: not the one that was opened. -v tells the mode of the other. */
	{.tree = DIRS ", other/ 711, other/g 644",
		.args = "-j1 -v --modes0-from=list",
		.faults = {{.call = CHANGE, .file = "d/s/g", .act = exchange_directory}},
		.out = CHANGED("d/s", 0755, 0100) CHANGED("d/s/g", 0644, 0600)
			FAILED("d/s", 0711, 0100),
		FAILS("changing permissions of 'd/s': Stale file handle"),
		.after = "d/s/ 711, other/ 700, other/g 600",
		LIST("100 d/s\000600 d/s/g\0")},
	/* A closed directory that has its mode already, and cannot be opened for a while. */
	{.tree = "d/ 755, d/f 644, d/s/ 600, list 666",
		.args = "-v --skip-unchanged --modes0-from=list",
		.faults = {{.call = CHANGE, .file = "d/s", .err = ERRS}},
		ERRNOS(EROFS, EPERM),
		.out = RETAINED("d/s", 0600) CHANGED("d/f", 0644, 0600),
		.after = "d/f 600",
		.users = AS_USER,
		LIST("600 d/s\000600 d/f\0")},
	/* Output fails, and a directory gets its mode in the end all the same. */
	{.tree = DIRS,
		.args = "-v --modes0-from=list",
		.faults = {{.call = WRITE, .file = "<1>", .err = ENOSPC}},
		FAILS("write error: No space left on device"),
		.after = "d/s/ 100, d/f 600",
		LIST("100 d/s\000600 d/f\0")},
};

/* The list takes one descriptor all the while, and the walk has the others. */
static void test_list_and_limit(struct fault_test *t)
{
	const struct chain chain = {.levels = 100, .files = 2, .siblings = 2};
	struct run_how how = fault_how(t, "-R --files0-from=list go+w");
	int err = chain_make(t, &chain);

	if (err)
		fault_broken("no tree", err);
	fault_write(t, "list", "f\0d\0g", 5);
	how.prepare = fault_limit_files;
	how.ctx = (void *)(uintptr_t)t->number;
	fault_expect(t, &how, NULL, "", "", 0);
	chain_check(t, &chain, 0777, 0666);
	fault_check_tree(t, "f 666, g 666");
}

static void test_no_stdin(struct fault_test *t)
{
	struct run_how how = fault_how(t, t->row);

	how.in = RUN_CLOSED;
	fault_expect(t, &how, NULL, "", E("-: read error: Bad file descriptor"), 1);
	fault_check_tree(t, NULL);
}

/* The descriptor of the list would be 0, and cannot be moved. */
static void test_list_not_moved(struct fault_test *t)
{
	struct fault faults[] = {{.call = FCNTL, .err = EMFILE}, {.call = 0}};
	struct run_how how = fault_how(t, "--files0-from=list u+x");

	fault_write(t, "list", "f", 2);
	how.in = RUN_CLOSED;
	fault_expect(
		t, &how, faults, "", E("cannot open 'list' for reading: Too many open files"), 1);
	fault_check_tree(t, NULL);
}

static bool is_record(const char *name)
{
	return strchr(name, ' ') != NULL;
}

/* Runs with a list of t->number names, the N bytes of NAME. How often memory was asked for. */
static unsigned memory_for_names(
	struct fault_test *t, const char *name, size_t n, struct run_result *ret)
{
	struct fault faults[] = {{.call = MEMORY, .may_miss = true}, {.call = 0}};
	struct run_how how = fault_how(
		t, is_record(name) ? "-j1 --modes0-from=list" : "-j1 --files0-from=list u+x");
	char *bytes = fault_keep(t, malloc((size_t)t->number * n));

	for (size_t i = 0; i < (size_t)t->number; i++)
		memcpy(bytes + i * n, name, n);
	fault_write(t, "list", bytes, (size_t)t->number * n);
	fault_run(t, &how, faults, ret);
	return faults[0].hits;
}

/*
 * A thousand times as many names take no more memory, and each bad one is reported. There is one
 * worker, because several take and give back memory for each window of names.
 */
static void test_many_names(struct fault_test *t)
{
	const char *name = t->row;
	struct run_result few, many;
	unsigned memory, memory_many;
	char *last;

	t->number = 1000;
	memory = memory_for_names(t, name, strlen(name) + 1, &few);
	fault_new_tree(t, FILES);
	t->number = 1000000;
	memory_many = memory_for_names(t, name, strlen(name) + 1, &many);
	fault_check(t, memory == memory_many, "memory was asked for %u times, and %u", memory,
		memory_many);
	if (*name && *name != ' ') {
		fault_check(t, many.status == 0, "exit status %d", many.status);
		fault_check_text(t, "stderr", "", many.err);
		fault_check_tree(t, "f 744");
	} else {
		fault_check(t, many.status == 1, "exit status %d", many.status);
		last = strrchr(many.err, 'c'); /* the last line's */
		while (last > many.err && last[-1] != '\n')
			last--;
		fault_check_text(t, "the last line",
			is_record(name) ? E("list:1000000: invalid record")
					: E("list:1000000: invalid zero-length file name"),
			last ? last : "");
	}
	run_result_free(&few);
	run_result_free(&many);
}

void fault_files0(struct fault_list *list)
{
	static const int limits[] = {64, 16, 9};
	struct fault_test test = {.tree_text = FILES, .fn = test_no_stdin};

	fault_add_rows(list, lists, COUNT(lists));
	test.row = "--files0-from=- u+x";
	fault_add(list, &test, "--files0-from=-, stdin closed");
	test.row = "--modes0-from=-";
	fault_add(list, &test, "--modes0-from=-, stdin closed");
	test.fn = test_list_not_moved;
	fault_add(list, &test, "--files0-from, stdin closed, and no other descriptor to be had");
	test.in_memory = true;
	test.fn = test_list_and_limit;
	for (size_t i = 0; i < COUNT(limits); i++) {
		test.number = limits[i];
		fault_add(list, &test, "-R --files0-from, ulimit -n %d", limits[i]);
	}
	test.users = AS_USER;
	test.fn = test_many_names;
	test.row = "f";
	fault_add(list, &test, "--files0-from, a million names");
	test.row = "";
	fault_add(list, &test, "--files0-from, a million empty names");
	test.row = "744 f";
	fault_add(list, &test, "--modes0-from, a million records");
	test.row = " f";
	fault_add(list, &test, "--modes0-from, a million bad records");
}
