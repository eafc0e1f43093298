/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

struct text {
	char *bytes;
	size_t len, room;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A descriptor of 3 or more, so that arranging 0 to 2 in the child cannot hit it. */
static int move_up(int fd)
{
	int up;

	if (fd < 0 || fd > 2)
		return fd;
	up = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return up;
}

static int make_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	fds[0] = move_up(fds[0]);
	fds[1] = move_up(fds[1]);
	return fds[0] < 0 || fds[1] < 0 ? -errno : 0;
}

static int open_up(const char *path, int flags)
{
	return move_up(open(path, flags | O_CLOEXEC));
}

/* Opens what the program writes to. *READ_END is where that is read, or -1. */
static int open_out(enum run_to to, int *read_end)
{
	int fds[2];

	*read_end = -1;
	switch (to) {
	case RUN_FULL: return open_up("/dev/full", O_WRONLY);
	case RUN_CLOSED:
	case RUN_WITH_STDOUT: return -1;
	case RUN_READ:
	case RUN_BROKEN: break;
	}
	if (make_pipe(fds) < 0)
		return -1;
	*read_end = fds[0];
	if (to == RUN_BROKEN)
		close_fd(read_end);
	return fds[1];
}

static int become(const struct run_user *user)
{
	if (setgroups(0, NULL) < 0 || setgid(user->gid) < 0 || setuid(user->uid) < 0)
		return -errno;
	return 0;
}

static void put_stream(int fd, int std)
{
	if (fd < 0)
		close(std);
	else
		dup2(fd, std);
}

static void default_signals(bool sigpipe_ignored)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	if (sigpipe_ignored)
		signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* By what the time limit is multiplied: a machine may be slow, or emulated. */
static unsigned patience(void)
{
	const char *times = getenv("TEST_PATIENCE");

	return times && atoi(times) > 0 ? (unsigned)atoi(times) : 1;
}

/* In the child: becomes the program, or writes the errno to TELL. */
static void become_program(const struct run_how *how, int in, int out, int err, int tell)
{
	int failed;

	default_signals(how->sigpipe_ignored);
	alarm((how->seconds ? (unsigned)how->seconds : 20) * patience());
	umask(how->umask);
	put_stream(in, 0);
	put_stream(out, 1);
	put_stream(how->err == RUN_WITH_STDOUT ? 1 : err, 2);
	syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
	if (how->prepare)
		how->prepare(how->ctx);
	if ((!how->root || chroot(how->root) == 0) && (!how->cwd || chdir(how->cwd) == 0) &&
		(!how->user || become(how->user) == 0)) {
		execvpe(how->path, how->argv, how->env);
		if (how->fd > 0 && (errno == EACCES || errno == ENOENT || errno == ENOTDIR))
			syscall(SYS_execveat, how->fd, "", how->argv, how->env, AT_EMPTY_PATH);
	}
	failed = errno;
	if (write(tell, &failed, sizeof(failed)) < 0)
		_exit(RUN_NOT);
	_exit(RUN_NOT);
}

int run_start(const struct run_how *how, struct run *ret)
{
	int in, out, err, tell[2], failed = 0;
	struct run made;

	if (make_pipe(tell) < 0)
		return -errno;
	in = how->in == RUN_CLOSED ? -1 : open_up("/dev/null", O_RDONLY);
	out = open_out(how->out, &made.out);
	err = open_out(how->err, &made.err);
	made.pid = fork();
	if (made.pid == 0)
		become_program(how, in, out, err, tell[1]);
	if (made.pid < 0)
		failed = errno;
	close_fd(&in);
	close_fd(&out);
	close_fd(&err);
	close_fd(&tell[1]);
	if (!failed && read(tell[0], &failed, sizeof(failed)) < 0)
		failed = errno;
	close_fd(&tell[0]);
	if (failed) {
		close_fd(&made.out);
		close_fd(&made.err);
		if (made.pid > 0)
			waitpid(made.pid, NULL, 0);
		return -failed;
	}
	*ret = made;
	return 0;
}

/* Makes room for at least a page more, and a NUL. */
static int make_room(struct text *text)
{
	size_t room = 2 * text->room + 8192;
	char *bigger;

	if (text->room - text->len > 4096)
		return 0;
	bigger = realloc(text->bytes, room);
	if (!bigger)
		return -ENOMEM;
	bigger[text->len] = '\0';
	text->bytes = bigger;
	text->room = room;
	return 0;
}

/* Reads what there is, and closes *FD at its end. 0 or a negative errno. */
static int take(int *fd, struct text *text)
{
	int rc = make_room(text);
	ssize_t n;

	if (rc < 0)
		return rc;
	n = read(*fd, text->bytes + text->len, text->room - text->len - 1);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (n == 0)
		close_fd(fd);
	text->len += (size_t)n;
	text->bytes[text->len] = '\0';
	return 0;
}

static int wait_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_finish(struct run *run, struct run_result *ret)
{
	struct text out = {0}, err = {0};
	int rc = make_room(&out);

	if (rc == 0)
		rc = make_room(&err);
	while (rc == 0 && (run->out >= 0 || run->err >= 0)) {
		struct pollfd fds[] = {{run->out, POLLIN, 0}, {run->err, POLLIN, 0}};

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			rc = take(&run->out, &out);
		if (rc == 0 && fds[1].revents)
			rc = take(&run->err, &err);
	}
	close_fd(&run->out);
	close_fd(&run->err);
	ret->status = wait_status(run->pid);
	ret->out = out.bytes;
	ret->err = err.bytes;
	if (rc == 0 && ret->status < 0)
		rc = ret->status;
	if (rc < 0)
		run_result_free(ret);
	return rc;
}

int run(const struct run_how *how, struct run_result *ret)
{
	struct run started;
	int rc = run_start(how, &started);

	return rc < 0 ? rc : run_finish(&started, ret);
}

void run_result_free(struct run_result *result)
{
	free(result->out);
	free(result->err);
	result->out = result->err = NULL;
}

int run_as(const struct run_user *user, int (*fn)(void *ctx), void *ctx)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(user && become(user) < 0 ? RUN_NOT : fn(ctx));
	return wait_status(pid);
}

void run_limit_files(rlim_t n)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		_exit(RUN_NOT);
	limit.rlim_cur = n;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		_exit(RUN_NOT);
}

static bool put_text(const char *path, const char *format, unsigned id)
{
	FILE *file = fopen(path, "we");

	return file && fprintf(file, format, id, id) > 0 && fclose(file) == 0;
}

void run_own_mounts(const char *dir)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER)) < 0)
		_exit(RUN_NOT);
	if (uid != 0 && (!put_text("/proc/self/setgroups", "deny", 0) ||
				!put_text("/proc/self/uid_map", "%u %u 1", uid) ||
				!put_text("/proc/self/gid_map", "%u %u 1", gid)))
		_exit(RUN_NOT);
	if (mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || chdir(dir) < 0)
		_exit(RUN_NOT);
}
