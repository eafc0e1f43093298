/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A run_how's prepare: the list is standard input. */
static void put_on_stdin(void *ctx)
{
	const struct fault_test *t = ctx;

	if (dup2(t->kept_fd, STDIN_FILENO) < 0)
		_exit(RUN_NOT);
}

/* One run of the row, with ERR for its errno. */
static void run_row(struct fault_test *t, const struct fault_row *row, int err)
{
	struct fault faults[4];
	struct run_how how = fault_how(t, row->args);
	long before = ftell(t->notes.out);

	memcpy(faults, row->faults, sizeof(faults));
	for (size_t i = 0; i < 4; i++) {
		if (faults[i].err == ERRS)
			faults[i].err = err;
	}
	if (row->env)
		fault_setenv(t, &how, row->env);
	if (row->list)
		fault_write(t, "list", row->list, row->list_size);
	if (row->list && strstr(row->args, "=-")) {
		t->kept_fd = openat(t->tree.fd, "list", O_RDONLY | O_CLOEXEC);
		how.prepare = put_on_stdin;
		how.ctx = t;
	}
	fault_expect(t, &how, faults, fault_expand(t, row->out, err),
		fault_expand(t, row->err, err), row->status);
	fault_check_tree(t, row->after);
	if (t->kept_fd >= 0)
		close(t->kept_fd);
	t->kept_fd = -1;
	if (err)
		fault_check(t, ftell(t->notes.out) == before, "with %s", strerror(err));
}

/* Whether valgrind itself would be refused what it needs. */
static bool refuses_valgrind(const struct fault_row *row)
{
	for (const struct fault *f = row->faults; f < row->faults + 4; f++)
		if ((f->call & (FCNTL | WRITE)) && f->err && !f->file && !f->nth)
			return true;
	return false;
}

static void test_row(struct fault_test *t)
{
	const struct fault_row *row = t->row;

	if (fault_program.is_under_valgrind && refuses_valgrind(row))
		fault_skip("valgrind makes this call itself");
	if (fault_program.qemu && strcmp(fault_program.qemu, "powerpc") == 0 &&
		(row->faults[0].call & UMASK))
		fault_skip("an errno is positive on powerpc, so umask(2) cannot be seen to fail");
	if (row->dynamic && fault_program.is_static)
		fault_skip("the static program does not make this call");
	if (!row->errs)
		run_row(t, row, 0);
	/* Root sees but the first: which of them it is makes no difference to it. */
	for (const int *err = row->errs; err && *err && (err == row->errs || t->as_user); err++) {
		if (err != row->errs)
			fault_new_tree(t, row->tree);
		run_row(t, row, *err);
	}
}

/* "PIN|STAT of d/f" */
static void describe(const struct fault *fault, char *text, size_t size)
{
	static const char *const kinds[] = {"PIN", "OPEN_DIR", "OPEN", "STAT", "CHANGE",
		"FCHMODAT2", "PROBE", "GETDENTS", "STATFS", "FSTATFS", "CLOSE", "WRITE", "UMASK",
		"IOCTL", "FCNTL", "IDS", "MEMORY", "CLONE", "READ", "OPENAT2", "PROBE_OPENAT2"};
	size_t len = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (fault->call & 1U << i)
			len += (size_t)snprintf(
				text + len, size - len, "%s%s", len ? "|" : "", kinds[i]);
	}
	if (fault->nth)
		len += (size_t)snprintf(text + len, size - len, " %u", fault->nth);
	if (fault->file)
		snprintf(text + len, size - len, " of %s", fault->file);
}

void fault_add_methods(struct fault_list *list, const struct fault_test *test, unsigned methods,
	const char *format, ...)
{
	struct fault_test with = *test;
	va_list args;
	char *name;

	va_start(args, format);
	if (vasprintf(&name, format, args) < 0)
		abort();
	va_end(args);
	for (unsigned method = 0; method < METHODS; method++) {
		with.method = (enum fault_method)method;
		/* Nothing can be preloaded into a static program; the group "methods" says so. */
		if (((methods ? methods : SAFE_METHODS) & IN(method)) &&
			!(method == METHOD_LIBC && fault_program.is_static))
			fault_add(list, &with, "%s, %s", name, fault_method_name(with.method));
	}
	free(name);
}

void fault_add_rows(struct fault_list *list, const struct fault_row *rows, size_t n)
{
	for (const struct fault_row *row = rows; row < rows + n; row++) {
		struct fault_test test = {
			.tree_text = row->tree, .fn = test_row, .row = row, .users = row->users};
		char what[200] = "nothing";

		describe(&row->faults[0], what, sizeof(what));
		fault_add_methods(list, &test, row->methods, "%s, refused: %s", row->args, what);
	}
}
