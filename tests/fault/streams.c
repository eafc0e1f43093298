/* SPDX-License-Identifier: MIT */
/* Standard streams that are closed, full, broken, slow or short. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rows.h"

#define TREE  "d/ 755, d/s/ 755, d/s/f 644"
#define AFTER "d/s/f 744"
#define LINES RETAINED("d", 0755) RETAINED("d/s", 0755) CHANGED("d/s/f", 0644, 0744)

#define ON_STDOUT(errno_)                                                                          \
	{                                                                                          \
		.call = WRITE, .file = "<1>", .err = errno_                                        \
	}

static const struct fault_row rows[] = {
	/* Output fails. */
	/* One worker: with several the program raises SIGPIPE itself when it gets EPIPE. */
	{.tree = TREE,
		.args = "-Rv -j1 u+x d",
		.faults = {ON_STDOUT(ERRS)},
		ERRNOS(ENOSPC, EIO, EDQUOT, EFBIG, EAGAIN, EPIPE, EBADF, ENOSYS, EPERM),
		FAILS("write error: {E}"),
		.after = AFTER},
	{.tree = TREE,
		.args = "-Rvf u+x d",
		.faults = {ON_STDOUT(ERRS)},
		ERRNOS(ENOSPC),
		FAILS("write error: {E}"),
		.after = AFTER},
	/* Lines before a message are lost by then, and GNU has forgotten their errno. */
	{.tree = "f 644",
		.args = "-c u+x f nope",
		.faults = {ON_STDOUT(ERRS)},
		ERRNOS(ENOSPC, EIO),
		.err = E("cannot access 'nope': No such file or directory") E("write error"),
		.status = 1,
		.after = "f 744"},
	/* Some file systems report it only when the file is closed. */
	{.tree = TREE,
		.args = "-Rv u+x d",
		.faults = {{.call = CLOSE, .file = "<1>", .err = ERRS}},
		ERRNOS(ENOSPC, EIO, EDQUOT),
		.out = LINES,
		FAILS("write error: {E}"),
		.after = AFTER},
	{.tree = TREE,
		.args = "--help",
		.faults = {ON_STDOUT(ERRS)},
		ERRNOS(ENOSPC, EIO),
		FAILS("write error: {E}"),
		.methods = IN(METHOD_ANY)},
	{.tree = TREE,
		.args = "--version",
		.faults = {ON_STDOUT(ERRS)},
		ERRNOS(ENOSPC, EIO),
		FAILS("write error: {E}"),
		.methods = IN(METHOD_ANY)},

	/* Messages fail. */
	{.tree = "f 644",
		.args = "-v u+x nope f",
		.faults = {{.call = WRITE, .file = "<2>", .err = ERRS}},
		ERRNOS(ENOSPC, EIO, EPIPE, EBADF, EAGAIN),
		.out = NO_ACCESS("nope") CHANGED("f", 0644, 0744),
		.status = 1,
		.after = "f 744"},

	/* An interrupted write is repeated, and nothing is lost. */
	{.tree = TREE,
		.args = "-Rv u+x d",
		.faults = {{.call = WRITE, .file = "<1>", .nth = 1, .err = EINTR}},
		.out = LINES,
		.after = AFTER},
	{.tree = "f 644",
		.args = "-v u+x nope f",
		.faults = {{.call = WRITE, .nth = 1, .err = EINTR},
			{.call = WRITE, .nth = 1, .err = EINTR}},
		.out = NO_ACCESS("nope") CHANGED("f", 0644, 0744),
		FAILS("cannot access 'nope': No such file or directory"),
		.after = "f 744"},

	/* With all output lost there is the status, and the work is done. */
	{.tree = TREE ", e 644",
		.args = "-Rv u+x d nope e",
		.faults = {{.call = WRITE, .err = EIO}},
		.status = 1,
		.after = AFTER ", e 744"},
};

/* Writes one byte in the program's stead, and says so. */
static long write_one(struct fault_test *t, const struct filter_call *call)
{
	int fd = filter_get_fd(call, (int)call->args[0]);
	char byte;
	bool ok = fd >= 0 && filter_read(call, call->args[1], &byte, 1) == 1 &&
		  write(fd, &byte, 1) == 1;

	fault_check(t, ok, "broken fixture: the byte could not be written");
	if (fd >= 0)
		close(fd);
	return ok ? 1 : -EIO;
}

static const struct fault_row short_writes[] = {
	{.tree = TREE,
		.args = "-Rv u+x d",
		.faults = {{.call = WRITE, .file = "<1>", .act = write_one}},
		.out = LINES,
		.after = AFTER},
	{.tree = "f 644",
		.args = "-v u+x nope f",
		.faults = {{.call = WRITE, .file = "<2>", .act = write_one}},
		.out = NO_ACCESS("nope") CHANGED("f", 0644, 0744),
		FAILS("cannot access 'nope': No such file or directory"),
		.after = "f 744"},
};

/* ----------------------------------------------------------------------------- closed at the start
 */

enum { NO_STDIN = 1, NO_STDOUT = 2, NO_STDERR = 4 };

/* Whether descriptor FD of the program can neither be read from nor written to. */
static bool is_path_only(const struct filter_call *call, int fd)
{
	char path[64], line[128];
	unsigned flags = 0;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)call->pid, fd);
	info = fopen(path, "re");
	while (info && fgets(line, sizeof(line), info)) {
		if (sscanf(line, "flags: %o", &flags) == 1)
			break;
	}
	if (info)
		fclose(info);
	return flags & O_PATH;
}

/*
 * Notes it if a file of the tree is worked on by one of the standard descriptors. What the C
 * library's own fchmodat() does inside is not ours to choose, and does no harm.
 */
static long check_fd(struct fault_test *t, const struct filter_call *call)
{
	int fd = filter_fd(call);
	bool is_used = fd >= 0 && fd <= 2 && !(t->method == METHOD_LIBC && is_path_only(call, fd));

	fault_check(t, !is_used, "system call %d works on descriptor %d", call->nr, fd);
	return FILTER_GO_ON;
}

static void check_empty(struct fault_test *t, const char *name)
{
	struct stat st;

	fault_check(t, fstatat(t->tree.fd, name, &st, 0) == 0 && st.st_size == 0,
		"something was written to %s", name);
}

static void test_closed(struct fault_test *t)
{
	struct fault faults[] = {
		{.call = ANY_OPEN | STAT | CHANGE | GETDENTS | FSTATFS, .act = check_fd},
		{.call = 0}};
	struct run_how how = fault_how(t, "-Rv u+x d nope e");
	bool no_out = t->number & NO_STDOUT, no_err = t->number & NO_STDERR;
	const char *out =
		no_out ? "" : fault_expand(t, LINES NO_ACCESS("nope") CHANGED("e", 0644, 0744), 0);
	/* The lines before the message were lost with it. */
	const char *err = E("cannot access 'nope': No such file or directory");

	how.in = t->number & NO_STDIN ? RUN_CLOSED : RUN_READ;
	how.out = no_out ? RUN_CLOSED : RUN_READ;
	how.err = no_err ? RUN_CLOSED : RUN_READ;
	if (no_out)
		err = E("cannot access 'nope': No such file or directory")
			E("write error: Bad file descriptor");
	fault_expect(t, &how, faults, out, no_err ? "" : err, 1);
	check_empty(t, "d/s/f");
	check_empty(t, "e");
	fault_check_tree(t, AFTER ", e 744");
}

/* No error but that of the output, if there is one. */
static void test_closed_well(struct fault_test *t)
{
	struct fault faults[] = {
		{.call = ANY_OPEN | STAT | CHANGE | GETDENTS | FSTATFS, .act = check_fd},
		{.call = 0}};
	struct run_how how = fault_how(t, "-R u+x d e");

	how.in = t->number & NO_STDIN ? RUN_CLOSED : RUN_READ;
	how.out = t->number & NO_STDOUT ? RUN_CLOSED : RUN_READ;
	how.err = t->number & NO_STDERR ? RUN_CLOSED : RUN_READ;
	fault_expect(t, &how, faults, "", "", 0);
	check_empty(t, "d/s/f");
	check_empty(t, "e");
	fault_check_tree(t, AFTER ", e 744");
}

/* A closed stream would be reused, and the descriptor cannot be moved. */
static void test_no_move(struct fault_test *t)
{
	struct fault faults[] = {{.call = FCNTL, .err = EMFILE}, {.call = 0}};
	struct run_how how = fault_how(t, "u+x f");

	how.in = RUN_CLOSED;
	fault_expect(t, &how, faults, "", E("cannot access 'f': Too many open files"), 1);
	fault_check_tree(t, NULL);
}

/* ------------------------------------------------------------------------------------- pipes */

static void test_sigpipe(struct fault_test *t)
{
	struct run_how how = fault_how(t, "-Rv u+x d");

	how.out = RUN_BROKEN;
	how.sigpipe_ignored = t->number;
	if (t->number)
		fault_expect(t, &how, NULL, "", E("write error: Broken pipe"), 1);
	else
		fault_expect(t, &how, NULL, "", "", 128 + SIGPIPE);
	fault_check_tree(t, AFTER);
}

/* Held back for the bits that a directory gets last: nothing is said that the signal would stop. */
static void test_sigpipe_held(struct fault_test *t)
{
	struct run_how how = fault_how(t, "-Rv 3 d");

	how.out = RUN_BROKEN;
	fault_expect(t, &how, NULL, "", "", 128 + SIGPIPE);
	fault_check_tree(t, "d/ 3");
}

static void put_on_stdout(void *ctx)
{
	const struct fault_test *t = ctx;

	if (dup2(t->kept_fd, STDOUT_FILENO) < 0)
		_exit(RUN_NOT);
}

/* The pipe is full and must not be waited for. */
static void test_full_pipe(struct fault_test *t)
{
	static char zeros[65536];
	struct run_how how = fault_how(t, "-Rv u+x d");
	int fds[2];

	if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) < 0)
		fault_broken("pipe2", errno);
	t->kept_fd = fds[1];
	for (size_t size = sizeof(zeros); size > 0; size /= 2) {
		while (write(fds[1], zeros, size) > 0)
			;
	}
	how.prepare = put_on_stdout;
	how.ctx = t;
	fault_expect(t, &how, NULL, "", E("write error: Resource temporarily unavailable"), 1);
	close(fds[0]);
	fault_check_tree(t, AFTER);
}

static void limit_size(void *ctx)
{
	struct rlimit limit = {10, 10};

	put_on_stdout(ctx);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		_exit(RUN_NOT);
	signal(SIGXFSZ, SIG_IGN);
}

/* The file that the output goes to may not grow. */
static void test_file_size(struct fault_test *t)
{
	struct run_how how = fault_how(t, "-Rv u+x d");
	struct stat st;

	t->kept_fd = openat(t->tree.fd, "out", O_WRONLY | O_APPEND | O_CLOEXEC);
	if (t->kept_fd < 0)
		fault_broken("out", errno);
	how.prepare = limit_size;
	how.ctx = t;
	fault_expect(t, &how, NULL, "", E("write error: File too large"), 1);
	fault_check(t, fstat(t->kept_fd, &st) == 0 && st.st_size == 10, "%ld bytes were written",
		(long)st.st_size);
	fault_check_tree(t, AFTER);
}

#define ROWS(rows) rows, sizeof(rows) / sizeof((rows)[0])

void fault_streams(struct fault_list *list)
{
	struct fault_test test = {.tree_text = TREE ", e 644"};

	fault_add_rows(list, ROWS(rows));
	fault_add_rows(list, ROWS(short_writes));
	for (test.number = 0; test.number < 8; test.number++) {
		for (unsigned method = METHOD_FCHMODAT2; method < METHODS; method++) {
			test.method = (enum fault_method)method;
			if (method == METHOD_LIBC && fault_program.is_static)
				continue;
			test.fn = test_closed;
			fault_add(list, &test, "-Rv,%s%s%s closed, %s",
				test.number & NO_STDIN ? " stdin" : "",
				test.number & NO_STDOUT ? " stdout" : "",
				test.number & NO_STDERR ? " stderr" : "",
				fault_method_name(test.method));
			test.fn = test_closed_well;
			fault_add(list, &test, "-R,%s%s%s closed, %s",
				test.number & NO_STDIN ? " stdin" : "",
				test.number & NO_STDOUT ? " stdout" : "",
				test.number & NO_STDERR ? " stderr" : "",
				fault_method_name(test.method));
		}
	}
	test = (struct fault_test){.tree_text = "f 644", .fn = test_no_move};
	fault_add(list, &test, "stdin closed, and no other descriptor to be had");
	test = (struct fault_test){.tree_text = TREE, .fn = test_sigpipe};
	fault_add(list, &test, "-Rv into a broken pipe");
	test.number = 1;
	fault_add(list, &test, "-Rv into a broken pipe, SIGPIPE ignored");
	test = (struct fault_test){
		.tree_text = "d/ 755", .fn = test_sigpipe_held, .users = AS_USER};
	fault_add(list, &test, "-Rv into a broken pipe, with bits for last and an error");
	test = (struct fault_test){.tree_text = TREE, .fn = test_full_pipe};
	fault_add(list, &test, "-Rv into a full pipe that does not block");
	test = (struct fault_test){.tree_text = TREE ", out 666", .fn = test_file_size};
	fault_add(list, &test, "-Rv into a file that may not grow");
}
