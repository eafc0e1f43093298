/* SPDX-License-Identifier: MIT */
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The context of install(). */
struct installer {
	const struct run_how *how;
	const int *nrs;
	size_t n;
	int tell; /* where the listener, or an errno, goes to */
};

/* The thread that answers. */
struct server {
	pthread_t thread;
	int listener, stop;
	filter_fn *fn;
	void *ctx;
};

/* ------------------------------------------------------------------------------ in the program */

/* Loads a filter that stops the chosen calls. Its listener, or a negative errno. */
static int load(const int *nrs, size_t n)
{
	struct sock_filter code[FILTER_MAX + 3];
	struct sock_fprog program = {.len = (unsigned short)(n + 3), .filter = code};
	long fd;

	code[0] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < n; i++)
		code[1 + i] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nrs[i], (unsigned char)(n - i), 0);
	code[1 + n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[2 + n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	fd = syscall(
		SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	return fd < 0 ? -errno : (int)fd;
}

/* Sends VALUE, with a descriptor unless FD is negative. */
static void send_fd(int to, int value, int fd)
{
	struct iovec data = {&value, sizeof(value)};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		*CMSG_FIRSTHDR(&message) = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(sizeof(int))};
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &fd, sizeof(fd));
	}
	if (sendmsg(to, &message, MSG_NOSIGNAL) < 0)
		_exit(RUN_NOT);
}

/* A run_how's prepare. */
static void install(void *ctx)
{
	const struct installer *installer = ctx;
	int fd;

	fd = load(installer->nrs, installer->n);
	send_fd(installer->tell, fd < 0 ? fd : 0, fd);
	if (fd < 0)
		_exit(RUN_NOT);
	/* The exec closes the listener; a close before that would not be answered. */
	if (installer->how->prepare)
		installer->how->prepare(installer->how->ctx);
}

/* ------------------------------------------------------------------------------------- outside */

/* The listener that install() sent, or a negative errno. */
static int receive_fd(int from)
{
	int value = -EPIPE, fd = -1;
	struct iovec data = {&value, sizeof(value)};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	ssize_t n;

	do
		n = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0 || value < 0)
		return value;
	if (!CMSG_FIRSTHDR(&message))
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

/* Lets FN answer one call. Does nothing if the program has died meanwhile. */
static void serve_one(struct server *server, struct seccomp_notif *got, size_t got_size,
	struct seccomp_notif_resp *answer, size_t answer_size)
{
	struct filter_call call;
	long result;

	memset(got, 0, got_size);
	if (ioctl(server->listener, SECCOMP_IOCTL_NOTIF_RECV, got) < 0)
		return;
	call.pid = (pid_t)got->pid;
	call.nr = got->data.nr;
	for (int i = 0; i < 6; i++)
		call.args[i] = got->data.args[i];
	result = server->fn(server->ctx, &call);
	memset(answer, 0, answer_size);
	answer->id = got->id;
	if (result == FILTER_GO_ON)
		answer->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (result < 0)
		answer->error = (int)result;
	else
		answer->val = result;
	ioctl(server->listener, SECCOMP_IOCTL_NOTIF_SEND, answer);
}

static void *serve(void *arg)
{
	struct server *server = arg;
	struct seccomp_notif_sizes sizes;
	struct pollfd fds[] = {{server->listener, POLLIN, 0}, {server->stop, POLLIN, 0}};
	void *got, *answer;

	/* The structures of a newer kernel may be larger. */
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return NULL;
	got = malloc(sizes.seccomp_notif + sizeof(struct seccomp_notif));
	answer = malloc(sizes.seccomp_notif_resp + sizeof(struct seccomp_notif_resp));
	while (got && answer && poll(fds, 2, -1) >= 0) {
		if (fds[0].revents & POLLIN)
			serve_one(
				server, got, sizes.seccomp_notif, answer, sizes.seccomp_notif_resp);
		else if (fds[0].revents || fds[1].revents)
			break;
	}
	free(got);
	free(answer);
	/* Without a listener calls that are stopped fail with ENOSYS. */
	close(server->listener);
	return NULL;
}

/* Serves the program, which has been started, to its end. */
static int finish(struct server *server, struct run *started, struct run_result *ret)
{
	uint64_t one = 1;
	int rc, rc2;

	server->stop = eventfd(0, EFD_CLOEXEC);
	rc = server->stop < 0 ? errno : pthread_create(&server->thread, NULL, serve, server);
	if (rc != 0)
		close(server->listener);
	rc2 = run_finish(started, ret);
	if (rc == 0) {
		if (write(server->stop, &one, sizeof(one)) < 0)
			abort();
		pthread_join(server->thread, NULL);
	} else if (rc2 == 0) {
		run_result_free(ret);
	}
	if (server->stop >= 0)
		close(server->stop);
	return rc != 0 ? -rc : rc2;
}

int filter_run(const struct run_how *how, const int *nrs, size_t n, filter_fn *fn, void *ctx,
	struct run_result *ret)
{
	struct installer installer = {.how = how, .nrs = nrs, .n = n};
	struct run_how with = *how;
	struct server server = {.fn = fn, .ctx = ctx};
	struct run started;
	int pair[2], rc;

	if (n > FILTER_MAX)
		return -E2BIG;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	installer.tell = pair[1];
	with.prepare = install;
	with.ctx = &installer;
	rc = run_start(&with, &started);
	close(pair[1]);
	server.listener = rc < 0 ? rc : receive_fd(pair[0]);
	close(pair[0]);
	if (rc < 0)
		return rc;
	if (server.listener >= 0)
		return finish(&server, &started, ret);
	if (run_finish(&started, ret) == 0)
		run_result_free(ret);
	return server.listener;
}

bool filter_is_missing(int err)
{
	return err == -EINVAL || err == -ENOSYS || err == -EBUSY || err == -EPERM;
}

/* ----------------------------------------------------------------- what is known of a call */

ssize_t filter_read(const struct filter_call *call, uint64_t addr, void *buf, size_t len)
{
	struct iovec ours = {buf, len}, theirs = {(void *)(uintptr_t)addr, len};
	ssize_t n = process_vm_readv(call->pid, &ours, 1, &theirs, 1, 0);

	return n < 0 ? -errno : n;
}

ssize_t filter_write(const struct filter_call *call, uint64_t addr, const void *buf, size_t len)
{
	struct iovec ours = {(void *)(uintptr_t)buf, len}, theirs = {(void *)(uintptr_t)addr, len};
	ssize_t n = process_vm_writev(call->pid, &ours, 1, &theirs, 1, 0);

	return n < 0 ? -errno : n;
}

/* The process that thread TID belongs to. */
static pid_t process_of(pid_t tid)
{
	char path[64], line[128];
	pid_t pid = tid;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof(line), status)) {
		if (sscanf(line, "Tgid: %d", &pid) == 1)
			break;
	}
	if (status)
		fclose(status);
	return pid;
}

int filter_get_fd(const struct filter_call *call, int fd)
{
	int pidfd = (int)syscall(SYS_pidfd_open, process_of(call->pid), 0), got;

	if (pidfd < 0)
		return -errno;
	got = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (got < 0)
		got = -errno;
	close(pidfd);
	return got;
}

/* For each call, which arguments are the descriptor and the name of the file. -1: none. */
static const struct subject {
	int nr, fd, name;
} subjects[] = {
	{SYS_openat, 0, 1},
	{SYS_openat2, 0, 1},
	{SYS_statx, 0, 1},
	{SYS_fchmodat, 0, 1},
	{SYS_fchmodat2, 0, 1},
	{SYS_statfs, -1, 0},
#ifdef SYS_open
	{SYS_open, -1, 0},
	{SYS_stat, -1, 0},
	{SYS_lstat, -1, 0},
	{SYS_chmod, -1, 0},
#endif
	{SYS_fstat, 0, -1},
	{SYS_fchmod, 0, -1},
	{SYS_fstatfs, 0, -1},
	{SYS_getdents64, 0, -1},
	{SYS_close, 0, -1},
	{SYS_fcntl, 0, -1},
	{SYS_ioctl, 0, -1},
	{SYS_write, 0, -1},
	{SYS_read, 0, -1},
#ifdef SYS_newfstatat
	{SYS_newfstatat, 0, 1},
#endif
#ifdef SYS_fstatat64
	{SYS_fstatat64, 0, 1},
	{SYS_stat64, -1, 0},
	{SYS_lstat64, -1, 0},
	{SYS_statfs64, -1, 0},
	{SYS_fstat64, 0, -1},
	{SYS_fstatfs64, 0, -1},
	{SYS_fcntl64, 0, -1},
#endif
};

static const struct subject *subject_of(int nr)
{
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		if (subjects[i].nr == nr)
			return &subjects[i];
	}
	return NULL;
}

int filter_fd(const struct filter_call *call)
{
	const struct subject *subject = subject_of(call->nr);

	if (!subject)
		return -1;
	return subject->fd < 0 ? AT_FDCWD : (int)call->args[subject->fd];
}

/* The path of the open file that FD of the program stands for. */
static bool path_of_fd(const struct filter_call *call, int fd, char ret[static PATH_MAX])
{
	char link[64];
	ssize_t n;

	if (fd == AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/%d/cwd", (int)call->pid);
	else
		snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)call->pid, fd);
	n = readlink(link, ret, PATH_MAX - 1);
	if (n < 0)
		return false;
	ret[n] = '\0';
	return true;
}

/* The string at ADDR, which may end at the end of a mapping. */
static bool read_name(const struct filter_call *call, uint64_t addr, char ret[static PATH_MAX])
{
	size_t len = 0;

	while (len < PATH_MAX - 1) {
		size_t page = 4096 - (addr + len) % 4096;
		size_t want = page < PATH_MAX - 1 - len ? page : PATH_MAX - 1 - len;
		ssize_t n = filter_read(call, addr + len, ret + len, want);

		if (n <= 0)
			return false;
		if (memchr(ret + len, '\0', (size_t)n))
			return true;
		len += (size_t)n;
	}
	return false;
}

bool filter_path(const struct filter_call *call, char ret[static PATH_MAX])
{
	static const char proc[] = "/proc/self/fd/";
	const struct subject *subject = subject_of(call->nr);
	char name[PATH_MAX] = "";
	size_t len;

	if (!subject)
		return false;
	if (subject->name >= 0 && !read_name(call, call->args[subject->name], name))
		return false;
	if (strncmp(name, proc, sizeof(proc) - 1) == 0 && name[sizeof(proc) - 1])
		return path_of_fd(call, atoi(name + sizeof(proc) - 1), ret);
	if (name[0] == '/') {
		strcpy(ret, name);
		return true;
	}
	if (!path_of_fd(call, filter_fd(call), ret))
		return false;
	len = strlen(ret);
	/* "." is the directory itself. */
	if (strcmp(name, ".") == 0)
		return true;
	if (name[0] && snprintf(ret + len, PATH_MAX - len, "/%s", name) >= (int)(PATH_MAX - len))
		return false;
	return true;
}
