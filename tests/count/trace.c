/* SPDX-License-Identifier: MIT */
/* One run of the program, stopped at each system call of each thread. */
#include "count.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/answer.h"

/* The names and kinds of calls. */
struct name {
	const char *name;
	int nr;
};

static const struct name names[] = {
	{"execve", SYS_execve},
	{"set_tid_address", SYS_set_tid_address},
#ifdef SYS_arch_prctl
	{"arch_prctl", SYS_arch_prctl},
#endif
	{"clone", SYS_clone},
#ifdef SYS_clone3
	{"clone3", SYS_clone3},
#endif
	{"rt_sigprocmask", SYS_rt_sigprocmask},
	{"exit", SYS_exit},
	{"exit_group", SYS_exit_group},
	{"openat", SYS_openat},
	{"close", SYS_close},
	{"fstat", SYS_fstat},
#ifdef SYS_newfstatat
	{"newfstatat", SYS_newfstatat},
#endif
#ifdef SYS_fstatat64
	{"fstatat64", SYS_fstatat64},
#endif
#ifdef SYS_stat
	{"stat", SYS_stat},
	{"lstat", SYS_lstat},
#endif
	{"statx", SYS_statx},
	{"statfs", SYS_statfs},
	{"fstatfs", SYS_fstatfs},
#ifdef SYS_chmod
	{"chmod", SYS_chmod},
#endif
	{"fchmod", SYS_fchmod},
	{"fchmodat", SYS_fchmodat},
	{"fchmodat2", SYS_fchmodat2},
	{"getdents64", SYS_getdents64},
	{"fcntl", SYS_fcntl},
	{"futex", SYS_futex},
	{"umask", SYS_umask},
	{"ioctl", SYS_ioctl},
	{"read", SYS_read},
	{"write", SYS_write},
	{"writev", SYS_writev},
	{"brk", SYS_brk},
#ifdef SYS_mmap
	{"mmap", SYS_mmap},
#endif
#ifdef SYS_mmap2
	{"mmap2", SYS_mmap2},
#endif
	{"mremap", SYS_mremap},
	{"munmap", SYS_munmap},
	{"mprotect", SYS_mprotect},
	{"madvise", SYS_madvise},
};

static unsigned long count_named(const struct count *count, const char *const *wanted)
{
	unsigned long sum = 0;

	for (; *wanted; wanted++)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strcmp(names[i].name, *wanted) == 0)
				sum += count->by_nr[names[i].nr % COUNT_NRS];
	return sum;
}

unsigned long count_writes(const struct count *count)
{
	static const char *const wanted[] = {"write", "writev", NULL};

	return count_named(count, wanted);
}

unsigned long count_memory(const struct count *count)
{
	static const char *const wanted[] = {
		"brk", "mmap", "mmap2", "mremap", "munmap", "madvise", NULL};

	return count_named(count, wanted);
}

void count_list(const struct count *more, const struct count *less, unsigned long n, char *text,
	size_t size)
{
	FILE *out = fmemopen(text, size, "w");

	text[0] = '\0';
	if (!out)
		return;
	for (size_t nr = 0; nr < COUNT_NRS; nr++) {
		double calls = ((double)more->by_nr[nr] - (less ? (double)less->by_nr[nr] : 0.0)) /
			       (double)n;
		const char *name = NULL;

		if (calls == 0.0)
			continue;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if ((size_t)names[i].nr % COUNT_NRS == nr)
				name = names[i].name;
		if (ftell(out) > 0)
			fputs(", ", out);
		if (name)
			fprintf(out, "%s %.4g", name, calls);
		else
			fprintf(out, "call number %zu %.4g", nr, calls);
	}
	fclose(out);
	text[size - 1] = '\0';
}

/* -------------------------------------------------------------------------------- the tracer */

/* The number of KiB after WORD in /proc/TID/NAME; 0 if there is none. */
static unsigned long read_kib(pid_t tid, const char *name, const char *word)
{
	char path[64], line[256];
	unsigned long kib = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)tid, name);
	in = fopen(path, "re");
	if (!in)
		return 0;
	while (kib == 0 && fgets(line, sizeof(line), in))
		if (strncmp(line, word, strlen(word)) == 0)
			kib = strtoul(line + strlen(word), NULL, 10);
	fclose(in);
	return kib;
}

/*
 * The peak of resident memory of the process of TID, which is about to end. wait4(2) does not say
 * it: its number includes the test's own memory at the fork. The kernel's peak may lack some pages
 * of each CPU, as it is summed up lazily, so what is mapped in the end is counted as well.
 */
static unsigned long read_peak(pid_t tid)
{
	unsigned long peak = read_kib(tid, "status", "VmHWM:");
	unsigned long last = read_kib(tid, "smaps_rollup", "Rss:");

	return peak > last ? peak : last;
}

/* If TID is about to make a call, counts it. 0 or a negative errno. */
static int note_call(pid_t tid, struct count *count)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(info), &info) < 0)
		return errno == ESRCH ? 0 : errno == EIO ? -ENOSYS : -errno;
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return 0;
	count->calls++;
	count->by_nr[info.entry.nr % COUNT_NRS]++;
	return 0;
}

/* Notes why TID has stopped. Returns the signal that it is to get, 0, or a negative errno. */
static int note_stop(pid_t tid, int status, struct count *count)
{
	unsigned long peak;

	switch (status >> 16) {
	case 0: break;
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK: count->threads++; return 0;
	case PTRACE_EVENT_EXIT:
		peak = read_peak(tid);
		if (peak > count->peak_kib)
			count->peak_kib = peak;
		return 0;
	default: return 0;
	}
	if (WSTOPSIG(status) == (SIGTRAP | 0x80))
		return note_call(tid, count);
	/* ptrace(2) lets a new thread begin with a SIGSTOP. */
	return WSTOPSIG(status) == SIGSTOP ? 0 : WSTOPSIG(status);
}

/* Follows the program from its beginning to its end. 0 or a negative errno. */
static int follow(pid_t first, enum count_what what, struct count *count)
{
	int request = what == COUNT_CALLS ? PTRACE_SYSCALL : PTRACE_CONT;
	pid_t tid = first;
	int status, signal = 0;

	for (;;) {
		/* A thread that has been killed meanwhile is reported soon. */
		if (signal >= 0 && ptrace(request, tid, NULL, (void *)(long)signal) < 0 &&
			errno != ESRCH)
			return -errno;
		signal = -1;
		tid = waitpid(-1, &status, __WALL);
		if (tid < 0 && errno != EINTR)
			return -errno;
		if (tid < 0)
			continue;
		if (WIFSTOPPED(status)) {
			signal = note_stop(tid, status, count);
			if (signal < 0)
				return signal;
		} else if (tid == first) {
			count->status =
				WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			return 0;
		}
	}
}

/* ----------------------------------------------------------------------------------- starting */

struct preparation {
	int out, err;
	bool no_fchmodat2;
};

/* In the child, before the program. */
static void prepare(void *ctx)
{
	const struct preparation *p = ctx;

	/* To files, as pipes would have to be read while the program is stopped. */
	if (dup2(p->out, STDOUT_FILENO) < 0 || dup2(p->err, STDERR_FILENO) < 0)
		_exit(RUN_NOT);
	if (p->no_fchmodat2 && !answer_call(SYS_fchmodat2, SECCOMP_RET_ERRNO | ENOSYS))
		_exit(RUN_NOT);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(RUN_NOT);
}

/* Splits ARGS at its blanks, which it overwrites, and adds MORE. */
static void make_argv(char *args, const char *const *more, char *argv[COUNT_WORDS])
{
	size_t n = 0;
	char *word;

	argv[n++] = (char *)count_program.path;
	while (n + 1 < COUNT_WORDS && (word = strsep(&args, " ")))
		argv[n++] = word;
	for (; more && *more && n + 1 < COUNT_WORDS; more++)
		argv[n++] = (char *)(uintptr_t)*more;
	argv[n] = NULL;
}

/* Starts the program, which is stopped after its exec. */
static int start(const struct count_how *how, struct preparation *p, pid_t *ret)
{
	char *env[] = {(char *)(how->locale ? how->locale : "LC_ALL=C"), NULL};
	char *argv[COUNT_WORDS], *args = strdup(how->args);
	struct run_how run_how = {
		.path = count_program.path,
		.fd = count_program.fd,
		.argv = argv,
		.env = env,
		.cwd = how->cwd,
		.user = how->user,
		.umask = 022,
		.seconds = 300,
		.prepare = prepare,
		.ctx = p,
	};
	struct run run;
	int rc, status;

	if (!args)
		return -ENOMEM;
	make_argv(args, how->more, argv);
	rc = run_start(&run_how, &run);
	free(args);
	if (rc < 0)
		return rc;
	close(run.out);
	close(run.err);
	*ret = run.pid;
	if (waitpid(run.pid, &status, __WALL) < 0)
		return -errno;
	if (!WIFSTOPPED(status))
		return -EPERM;
	if (ptrace(PTRACE_SETOPTIONS, run.pid, NULL,
		    (void *)(long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
				   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC |
				   PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)) == 0)
		return 0;
	rc = -errno;
	kill(run.pid, SIGKILL);
	waitpid(run.pid, NULL, __WALL);
	return rc;
}

static void note_output(const struct preparation *p, struct count *count)
{
	struct stat st;
	ssize_t len = pread(p->err, count->err, sizeof(count->err) - 1, 0);

	count->err[len < 0 ? 0 : len] = '\0';
	if (fstat(p->out, &st) == 0)
		count->out_bytes = (unsigned long)st.st_size;
}

int count_try(const struct count_how *how, struct count *ret)
{
	struct preparation p = {
		.out = memfd_create("stdout", MFD_CLOEXEC),
		.err = memfd_create("stderr", MFD_CLOEXEC),
		.no_fchmodat2 = how->no_fchmodat2,
	};
	pid_t pid;
	int rc = p.out < 0 || p.err < 0 ? -errno : 0;

	/* The exec, which is over when counting begins. */
	*ret = (struct count){.calls = 1};
	ret->by_nr[SYS_execve % COUNT_NRS] = 1;
	if (rc == 0)
		rc = start(how, &p, &pid);
	if (rc == 0) {
		rc = follow(pid, how->what, ret);
		if (rc < 0) {
			kill(pid, SIGKILL);
			while (waitpid(-1, NULL, __WALL) >= 0 || errno == EINTR)
				;
		}
	}
	if (rc == 0)
		note_output(&p, ret);
	if (p.out >= 0)
		close(p.out);
	if (p.err >= 0)
		close(p.err);
	return rc;
}
