#include "hold.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 30, NONE = -1 };

/* Linux 6.6: the program and we never run at once, so the kernel may switch without a detour. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

/* The calls that are announced, and where their arguments are. */
static const struct announced {
	int nr;
	enum hold_kind kind;
	int fd, name, flags;
} announced[] = {
	{SYS_openat, HOLD_OPEN, 0, 1, 2},
	{SYS_fstat, HOLD_STAT, 0, NONE, NONE},
	{SYS_statx, HOLD_STAT, 0, 1, NONE},
	{SYS_fchmod, HOLD_CHMOD, 0, NONE, NONE},
	{SYS_fchmodat, HOLD_CHMOD, 0, 1, NONE},
	{HOLD_FCHMODAT2, HOLD_CHMOD, 0, 1, NONE},
	{SYS_getdents64, HOLD_READ, 0, NONE, NONE},
#ifdef SYS_newfstatat
	{SYS_newfstatat, HOLD_STAT, 0, 1, NONE},
#endif
#ifdef SYS_fstatat64
	{SYS_fstatat64, HOLD_STAT, 0, 1, NONE},
	{SYS_fstat64, HOLD_STAT, 0, NONE, NONE},
#endif
#ifdef SYS_open
	{SYS_open, HOLD_OPEN, NONE, 0, 1},
	{SYS_stat, HOLD_STAT, NONE, 0, NONE},
	{SYS_lstat, HOLD_STAT, NONE, 0, NONE},
	{SYS_chmod, HOLD_CHMOD, NONE, 0, NONE},
#endif
};

enum { ANNOUNCED = sizeof(announced) / sizeof(announced[0]) };

/* A run under way. */
struct holder {
	const struct hold_how *how;
	int socket[2]; /* ours, the child's: the child sends the listener */
	int listener;
	pid_t pid;
	struct seccomp_notif *notif; /* as large as this kernel wants them */
	struct seccomp_notif_resp *answer;
	size_t notif_size, answer_size;
};

/* -------------------------------------------------------------------------------- the filter */

/*
 * Installs a filter for this process: the listener's descriptor (0 if nothing is ANNOUNCED) or a
 * negative errno. No look at the architecture: the program is of ours, and this is no jail.
 */
static int install(const struct hold_refusal *refuse, bool announces)
{
	struct sock_filter code[2 * (ANNOUNCED + HOLD_MAX_REFUSALS) + 2];
	struct sock_fprog program = {.filter = code};
	unsigned flags = announces ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
	unsigned short n = 0;
	long fd;

	code[n++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < HOLD_MAX_REFUSALS && refuse[i].nr; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned)refuse[i].nr, 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)refuse[i].err);
	}
	for (size_t i = 0; i < ANNOUNCED && announces; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned)announced[i].nr, 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	return fd < 0 ? -errno : (int)fd;
}

int hold_refuse(const struct hold_refusal *refuse)
{
	return install(refuse, false);
}

static int try_to_install(void *ctx)
{
	static const struct hold_refusal none[HOLD_MAX_REFUSALS];
	int listener = install(none, true);

	(void)ctx;
	return listener < 0 ? -listener : 0;
}

int hold_works(void)
{
	int err = run_as(NULL, try_to_install, NULL);

	return err > 0 ? -err : err;
}

/* ------------------------------------------------------------------ the listener's way to us */

/* Room for one descriptor beside a message. */
union control {
	struct cmsghdr header; /* for its alignment */
	char bytes[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message(struct iovec *part, union control *control)
{
	return (struct msghdr){
		.msg_iov = part,
		.msg_iovlen = 1,
		.msg_control = control->bytes,
		.msg_controllen = sizeof(control->bytes),
	};
}

/* Sends LISTENER, or the errno that it is instead. */
static void send_listener(int sock, int listener)
{
	int err = listener < 0 ? -listener : 0;
	struct iovec part = {&err, sizeof(err)};
	union control control = {0};
	struct msghdr msg = message(&part, &control);

	if (err)
		msg.msg_controllen = 0;
	else {
		*CMSG_FIRSTHDR(&msg) = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(sizeof(int)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), &listener, sizeof(listener));
	}
	sendmsg(sock, &msg, MSG_NOSIGNAL);
}

static int receive_listener(int sock)
{
	int err = EPIPE, listener;
	struct iovec part = {&err, sizeof(err)};
	union control control = {0};
	struct msghdr msg = message(&part, &control);
	ssize_t got = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);

	if (got < 0)
		return -errno;
	if (err || !CMSG_FIRSTHDR(&msg))
		return err ? -err : -EPIPE;
	memcpy(&listener, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(listener));
	return listener;
}

/* In the child, just before it becomes the program. */
static void prepare(void *ctx)
{
	struct holder *holder = ctx;
	const struct run_how *run = &holder->how->run;
	int listener;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	listener = install(holder->how->refuse, true);
	send_listener(holder->socket[1], listener);
	if (listener < 0)
		_exit(RUN_NOT);
	close(listener);
	if (run->prepare)
		run->prepare(run->ctx);
}

/* --------------------------------------------------------------------- what is behind a call */

/* The path of descriptor FD of thread TID; false if it has none. */
static bool fd_path(pid_t tid, int fd, char buf[static PATH_MAX])
{
	static const char gone[] = " (deleted)";
	char link[64];
	ssize_t len;

	if (fd == AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/%d/cwd", tid);
	else
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", tid, fd);
	len = readlink(link, buf, PATH_MAX - 1);
	if (len < 0)
		return false;
	buf[len] = '\0';
	if ((size_t)len >= sizeof(gone) && strcmp(buf + len + 1 - sizeof(gone), gone) == 0)
		buf[(size_t)len + 1 - sizeof(gone)] = '\0';
	return true;
}

/* The string at ADDRESS of thread TID; false if it cannot be read. */
static bool read_string(pid_t tid, uint64_t address, char buf[static PATH_MAX])
{
	char memory[64];
	ssize_t len;
	int fd;

	snprintf(memory, sizeof(memory), "/proc/%d/mem", tid);
	fd = open(memory, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = pread(fd, buf, PATH_MAX, (off_t)address);
	close(fd);
	return len > 0 && memchr(buf, '\0', (size_t)len);
}

/* What the call N is for. False if it is none of those announced, or the program has died. */
static bool describe(const struct seccomp_notif *n, struct hold_call *ret)
{
	char dir[PATH_MAX], name[PATH_MAX] = "";
	const struct announced *call = announced;
	pid_t tid = (pid_t)n->pid;
	size_t len;
	int fd;

	while (call < announced + ANNOUNCED && call->nr != n->data.nr)
		call++;
	if (call == announced + ANNOUNCED)
		return false;
	if (call->name != NONE && !read_string(tid, n->data.args[call->name], name))
		return false;
	ret->thread = tid;
	ret->nr = call->nr;
	ret->kind = call->kind;
	if (call->flags != NONE && (n->data.args[call->flags] & O_PATH))
		ret->kind = HOLD_PIN;
	ret->fd = call->fd == NONE ? AT_FDCWD : (int)n->data.args[call->fd];
	if (sscanf(name, "/proc/self/fd/%d", &fd) == 1) {
		ret->fd = fd;
		name[0] = '\0';
	}
	len = strlen(name);
	while (len > 1 && name[len - 1] == '/')
		name[--len] = '\0';
	if (name[0] == '/' || !fd_path(tid, ret->fd, dir))
		dir[0] = '\0';
	snprintf(ret->path, sizeof(ret->path), "%s%s%s", dir, *name && *name != '/' ? "/" : "",
		name);
	return true;
}

/* --------------------------------------------------------------------------------- attending */

/* Takes one call, shows it to the caller and lets the program go on. 0 or a negative errno. */
static int attend_one(struct holder *holder)
{
	const struct hold_how *how = holder->how;
	struct hold_call call;
	int rc = 0;

	memset(holder->notif, 0, holder->notif_size);
	if (ioctl(holder->listener, SECCOMP_IOCTL_NOTIF_RECV, holder->notif) < 0)
		return errno == ENOENT || errno == EINTR ? 0 : -errno; /* it was killed */
	/* The thread could have died, and its number be another's by now. */
	if (describe(holder->notif, &call) &&
		ioctl(holder->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &holder->notif->id) == 0)
		rc = how->at(how->ctx, &call);
	if (rc < 0)
		return rc;
	memset(holder->answer, 0, holder->answer_size);
	holder->answer->id = holder->notif->id;
	holder->answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	rc = ioctl(holder->listener, SECCOMP_IOCTL_NOTIF_SEND, holder->answer);
	return rc < 0 && errno != ENOENT ? -errno : 0;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* Attends to the program until it has ended. 0 or a negative errno. */
static int attend(struct holder *holder)
{
	/* Not the listener alone: before Linux 6.11 it does not notice the end of a zombie. */
	int pidfd = (int)syscall(SYS_pidfd_open, holder->pid, 0);
	struct pollfd fds[] = {{holder->listener, POLLIN, 0}, {pidfd, POLLIN, 0}};
	long end = now_ms() + SECONDS * 1000L;
	int rc = pidfd < 0 ? -errno : 0;

	while (rc == 0) {
		long left = end - now_ms();
		int n = left > 0 ? poll(fds, 2, (int)left) : 0;

		if (n == 0)
			rc = -ETIMEDOUT;
		else if (n > 0 && (fds[0].revents & POLLIN))
			rc = attend_one(holder);
		else if (n > 0)
			break;
		else if (errno != EINTR)
			rc = -errno;
	}
	if (pidfd >= 0)
		close(pidfd);
	return rc;
}

/* The larger of what this kernel and what our headers say. */
static size_t size_for(size_t kernel, size_t ours)
{
	return kernel > ours ? kernel : ours;
}

static int allocate(struct holder *holder)
{
	struct seccomp_notif_sizes sizes;

	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return -errno;
	holder->notif_size = size_for(sizes.seccomp_notif, sizeof(*holder->notif));
	holder->answer_size = size_for(sizes.seccomp_notif_resp, sizeof(*holder->answer));
	holder->notif = malloc(holder->notif_size);
	holder->answer = malloc(holder->answer_size);
	return holder->notif && holder->answer ? 0 : -ENOMEM;
}

/* The program has been started; its end is due in any case. */
static int see_through(struct holder *holder, struct run *started, struct run_result *ret)
{
	int rc, finished;

	holder->pid = started->pid;
	holder->listener = receive_listener(holder->socket[0]);
	ioctl(holder->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	rc = holder->listener < 0 ? holder->listener : attend(holder);
	if (rc < 0 && holder->listener >= 0)
		kill(-started->pid, SIGKILL);
	if (holder->listener >= 0)
		close(holder->listener);
	finished = run_finish(started, ret);
	if (rc < 0 && finished == 0)
		run_result_free(ret);
	return rc < 0 ? rc : finished;
}

int hold_run(const struct hold_how *how, struct run_result *ret)
{
	struct holder holder = {.how = how};
	struct run_how run = how->run;
	struct run started;
	int rc = allocate(&holder);

	run.prepare = prepare;
	run.ctx = &holder;
	if (rc == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, holder.socket) < 0)
		rc = -errno;
	if (rc == 0) {
		rc = run_start(&run, &started);
		close(holder.socket[1]);
		if (rc == 0)
			rc = see_through(&holder, &started, ret);
		close(holder.socket[0]);
	}
	free(holder.notif);
	free(holder.answer);
	return rc;
}
