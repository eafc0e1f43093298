/* SPDX-License-Identifier: MIT */
/* Faults and methods: what becomes of each call that the filter stops. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../support/fchmodat2.h"
#include "fault.h"

/* The C library itself: nothing is more harmless to be preloaded. */
#ifdef __GLIBC__
#include <gnu/lib-names.h>
#else
#define LIBC_SO "libc.so"
#endif

/* What fault_run() and the thread that answers share. */
struct session {
	struct fault_test *t;
	struct fault faults[2 * FAULTS_MAX];
	size_t n;
};

/* The system calls of each kind. */
static const struct {
	unsigned kinds;
	int nr;
} calls[] = {
	{ANY_OPEN, SYS_openat},
	{PIN | OPENAT2 | PROBE_OPENAT2, SYS_openat2},
	{STAT, SYS_fstat},
	{STAT, SYS_statx},
	{CHANGE | FCHMODAT2 | PROBE, SYS_fchmodat2},
	{CHANGE, SYS_fchmodat},
	{CHANGE, SYS_fchmod},
	{GETDENTS, SYS_getdents64},
	{STATFS, SYS_statfs},
	{FSTATFS, SYS_fstatfs},
	{CLOSE, SYS_close},
	{WRITE, SYS_write},
	{WRITE, SYS_writev},
	{UMASK, SYS_umask},
	{IOCTL, SYS_ioctl},
	{FCNTL, SYS_fcntl},
	{IDS, SYS_getuid},
	{IDS, SYS_geteuid},
	{IDS, SYS_getgid},
	{IDS, SYS_getegid},
	{MEMORY, SYS_brk},
	{MEMORY, SYS_mmap},
	{CLONE, SYS_clone},
	{CLONE, SYS_clone3},
	{READ, SYS_read},
#ifdef SYS_open
	{ANY_OPEN, SYS_open},
	{STAT, SYS_stat},
	{STAT, SYS_lstat},
	{CHANGE, SYS_chmod},
#endif
#ifdef SYS_newfstatat
	{STAT, SYS_newfstatat},
#endif
/* What a processor of 32 bits has beside them, or instead. */
#ifdef SYS_fstatat64
	{STAT, SYS_fstatat64},
	{STAT, SYS_stat64},
	{STAT, SYS_lstat64},
	{STAT, SYS_fstat64},
	{STATFS, SYS_statfs64},
	{FSTATFS, SYS_fstatfs64},
	{FCNTL, SYS_fcntl64},
	{IDS, SYS_getuid32},
	{IDS, SYS_geteuid32},
	{IDS, SYS_getgid32},
	{IDS, SYS_getegid32},
	{MEMORY, SYS_mmap2},
#endif
};

enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* Kinds that are about files of the tree. */
#define OF_TREE (ANY_OPEN | OPENAT2 | STAT | CHANGE | FCHMODAT2 | GETDENTS | FSTATFS | CLOSE)

static unsigned kind_of_open(unsigned flags)
{
	if (flags & O_PATH)
		return PIN;
	return flags & O_DIRECTORY ? OPEN_DIR : OPEN;
}

static unsigned kinds_of(const struct filter_call *call)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < CALLS; i++) {
		if (calls[i].nr == call->nr)
			kinds = calls[i].kinds;
	}
	if (call->nr == SYS_openat)
		return kind_of_open((unsigned)call->args[2]);
	if (call->nr == SYS_openat2)
		return (int)call->args[0] == -1 ? PROBE_OPENAT2 : PIN | OPENAT2;
	if (call->nr == SYS_fchmodat2)
		return (int)call->args[0] == -1 ? PROBE : CHANGE | FCHMODAT2;
	if (kinds == MEMORY && call->nr != SYS_brk)
		return call->args[3] & MAP_ANONYMOUS ? MEMORY : 0;
	return kinds;
}

/* The file that CALL is about, as struct fault names it; false if there is none. */
static bool file_of(
	const struct fault_test *t, const struct filter_call *call, char ret[static PATH_MAX])
{
	size_t len = strlen(t->tree.path);
	int fd = filter_fd(call);
	bool known = filter_path(call, ret);

	if (known && strncmp(ret, t->tree.path, len) == 0 && ret[len] == '/')
		memmove(ret, ret + len + 1, strlen(ret + len));
	else if (known && strcmp(ret, t->tree.path) == 0)
		strcpy(ret, ".");
	else if (fd >= 0 && fd <= 2)
		snprintf(ret, PATH_MAX, "<%d>", fd);
	else
		return known && ret[0] == '/';
	return true;
}

static bool matches(const struct fault *fault, unsigned kinds, const char *file)
{
	if (!(fault->call & kinds))
		return false;
	if (fault->file)
		return file && strcmp(fault->file, file) == 0;
	return !(kinds & OF_TREE) || (file && file[0] != '<' && file[0] != '/');
}

/* The kernel has no errno for brk(2), but answers that the end is elsewhere. */
static long refusal(const struct filter_call *call, int err)
{
	return call->nr == SYS_brk ? 0 : -err;
}

/* A filter_fn. */
static long answer(void *ctx, const struct filter_call *call)
{
	struct session *session = ctx;
	unsigned kinds = kinds_of(call);
	char path[PATH_MAX];
	const char *file = kinds && file_of(session->t, call, path) ? path : NULL;

	for (size_t i = 0; i < session->n; i++) {
		struct fault *fault = &session->faults[i];
		long result;

		if (!matches(fault, kinds, file))
			continue;
		fault->seen++;
		if (fault->nth && fault->seen != fault->nth &&
			!(fault->onward && fault->seen > fault->nth))
			continue;
		fault->hits++;
		result = fault->act ? fault->act(session->t, call) : FILTER_GO_ON;
		if (result != FILTER_GO_ON || fault->err)
			return result != FILTER_GO_ON ? result : refusal(call, fault->err);
	}
	return FILTER_GO_ON;
}

/* ------------------------------------------------------------------------------------- methods */

static const char *const method_names[METHODS] = {
	"any method", "fchmodat2", "procfd", "sandbox", "libc", "name"};

const char *fault_method_name(enum fault_method method)
{
	return method_names[method];
}

/* What makes the program use each method, or shows that it did. */
static const struct fault method_faults[METHODS][3] = {
	[METHOD_FCHMODAT2] = {{.call = PROBE}},
	[METHOD_PROCFD] = {{.call = PROBE, .err = ENOSYS},
		{.call = FCHMODAT2, .err = ENOSYS, .may_miss = true}},
	[METHOD_SANDBOX] = {{.call = PROBE, .err = EPERM},
		{.call = FCHMODAT2, .err = EPERM, .may_miss = true}},
	[METHOD_LIBC] = {{.call = PROBE, .may_miss = true}},
	[METHOD_NAME] = {{.call = PROBE, .err = ENOSYS},
		{.call = FCHMODAT2, .err = ENOSYS, .may_miss = true},
		{.call = STATFS, .err = ENOENT}},
};

static void skip_unless_possible(const struct fault_test *t)
{
	if (t->method == METHOD_FCHMODAT2 && !has_fchmodat2())
		fault_skip("this kernel has no fchmodat2");
	if (t->method == METHOD_LIBC && fault_program.is_static)
		fault_skip("nothing can be preloaded into a static program");
}

static size_t append(struct session *session, const struct fault *faults)
{
	size_t first = session->n;

	for (; faults && faults->call; faults++) {
		if (session->n == sizeof(session->faults) / sizeof(session->faults[0]))
			abort();
		session->faults[session->n++] = *faults;
	}
	return first;
}

/* Without -R the program looks for a method only if an operand needs one, and tries /proc first. */
static bool is_recursive(const struct run_how *how)
{
	for (char *const *word = how->argv + 1; *word && strcmp(*word, "--") != 0; word++)
		if (**word == '-' && (*word)[1] != '-' && strchr(*word, 'R'))
			return true;
	return false;
}

/* Whether QEMU, as of an old version, did not pass a new call on but answered ENOSYS itself. */
static bool is_answered_by_qemu(const struct fault *fault)
{
	const unsigned new = PROBE | FCHMODAT2 | PROBE_OPENAT2 | OPENAT2;

	return fault_program.qemu && fault->hits == 0 && !fault->may_miss &&
	       (fault->call & ~new) == 0;
}

static void skip_if_answered_by_qemu(const struct fault *fault)
{
	if (is_answered_by_qemu(fault))
		fault_skip(fault->call & (PROBE | FCHMODAT2) ? "QEMU does not know fchmodat2"
							     : "QEMU does not know openat2");
}

/* QEMU starts a thread before the program, and gets memory for itself. */
static void skip_if_about_qemu(const struct fault *faults)
{
	for (; fault_program.qemu && faults && faults->call; faults++) {
		if (faults->call & MEMORY)
			fault_skip("QEMU gets memory for itself");
		if ((faults->call & CLONE) && (faults->err || faults->act) && faults->nth <= 1)
			fault_skip("QEMU itself does not start without a thread");
	}
}

static void check_method(struct fault_test *t, const struct run_how *how,
	const struct session *session, size_t first)
{
	for (size_t i = first; i < session->n; i++) {
		const struct fault *fault = &session->faults[i];

		if (t->method == METHOD_FCHMODAT2 || t->method == METHOD_SANDBOX)
			skip_if_answered_by_qemu(fault);
		if (t->method == METHOD_LIBC)
			fault_check(t, fault->hits == 0, "the program looked for fchmodat2");
		else
			fault_check(t,
				fault->hits > 0 || fault->may_miss || !is_recursive(how) ||
					is_answered_by_qemu(fault),
				"the program did not use the method %s", method_names[t->method]);
	}
}

/* ------------------------------------------------------------------------------------- running */

static size_t chosen_calls(const struct session *session, int nrs[static CALLS])
{
	unsigned kinds = 0;
	size_t n = 0;

	for (size_t i = 0; i < session->n; i++)
		kinds |= session->faults[i].call;
	for (size_t i = 0; i < CALLS; i++) {
		if (calls[i].kinds & kinds)
			nrs[n++] = calls[i].nr;
	}
	return n;
}

void fault_run(struct fault_test *t, const struct run_how *how, struct fault *faults,
	struct run_result *ret)
{
	struct session session = {.t = t};
	struct run_how with = *how;
	int nrs[CALLS], rc;
	size_t own;

	skip_unless_possible(t);
	skip_if_about_qemu(faults);
	append(&session, faults);
	own = append(&session, method_faults[t->method]);
	if (t->method == METHOD_LIBC)
		fault_setenv(t, &with, "LD_PRELOAD=" LIBC_SO);
	rc = session.n ? filter_run(&with, nrs, chosen_calls(&session, nrs), answer, &session, ret)
		       : run(&with, ret);
	if (filter_is_missing(rc) && session.n)
		fault_skip(fault_text(t, "no seccomp user notification: %s", strerror(-rc)));
	if (!fault_check(t, rc == 0, "the program could not be started: %s", strerror(-rc)))
		*ret = (struct run_result){RUN_NOT, strdup(""), strdup("")};
	for (size_t i = 0; i < own; i++) {
		faults[i] = session.faults[i];
		skip_if_answered_by_qemu(&faults[i]);
		fault_check(t, faults[i].hits > 0 || faults[i].may_miss,
			"fault %zu did not happen (%u calls seen)", i + 1, faults[i].seen);
	}
	check_method(t, how, &session, own);
}

void fault_expect(struct fault_test *t, const struct run_how *how, struct fault *faults,
	const char *out, const char *err, int status)
{
	struct run_result result;

	fault_run(t, how, faults, &result);
	fault_check(
		t, result.status == status, "exit status %d instead of %d", result.status, status);
	if (out)
		fault_check_text(
			t, "stdout, sorted", fault_sorted(t, out), fault_sorted(t, result.out));
	if (err)
		fault_check_text(t, "stderr", err, result.err);
	run_result_free(&result);
}
