/* SPDX-License-Identifier: MIT */
#include "slowfs.h"
#include "slowfs_requests.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A request that waits for its release. */
struct slowfs_stuck {
	uint64_t unique;
	bool interrupted;
	struct slowfs_stuck *next;
};

/* ---------------------------------------------------------------------------- slow, and counted */

static void wait_a_while(struct slowfs_server *server, unsigned *random)
{
	unsigned delay = server->shared->delay;
	uint64_t us = server->how->jitter ? (uint64_t)rand_r(random) % (2 * delay + 1) : delay;
	struct timespec time = {(time_t)(us / 1000000), (long)(us % 1000000 * 1000)};

	if (us > 0)
		nanosleep(&time, NULL);
}

/* Waits until the test releases the request, or a signal interrupts the caller. */
static int wait_for_release(struct slowfs_server *server, uint64_t unique)
{
	static const struct timespec pause = {0, 1000000};
	struct slowfs_stuck me = {.unique = unique, .next = server->stuck}, **at = &server->stuck;

	server->stuck = &me;
	server->shared->stuck++;
	while (!server->shared->released && !me.interrupted) {
		pthread_mutex_unlock(&server->lock);
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&server->lock);
	}
	server->shared->stuck--;
	while (*at != &me)
		at = &(*at)->next;
	*at = me.next;
	return me.interrupted ? -EINTR : 0;
}

/* The kernel repeats the interrupt of a request that is not stuck until that is answered. */
static int interrupt(struct slowfs_server *server, uint64_t unique)
{
	struct slowfs_stuck *stuck = server->stuck;

	while (stuck && stuck->unique != unique)
		stuck = stuck->next;
	if (!stuck)
		return -EAGAIN;
	stuck->interrupted = true;
	return 0;
}

static bool gets_stuck(const struct slowfs_request *request)
{
	const char *name = request->server->how->stuck;
	const struct fuse_setattr_in *in = request->arg;

	return name && request->head->opcode == FUSE_SETATTR && (in->valid & FATTR_MODE) &&
	       strcmp(request->node->name, name) == 0;
}

static void forget(struct slowfs_server *server, const struct fuse_in_header *head, const void *arg)
{
	const struct fuse_forget_in *one = arg;
	const struct fuse_batch_forget_in *batch = arg;
	const struct fuse_forget_one *all = (const struct fuse_forget_one *)(batch + 1);

	if (head->opcode == FUSE_FORGET) {
		memtree_forget(&server->tree, slowfs_node(server, head->nodeid), one->nlookup);
		return;
	}
	for (uint32_t i = 0; i < batch->count; i++)
		memtree_forget(&server->tree, slowfs_node(server, all[i].nodeid), all[i].nlookup);
}

/* Whether no caller waits for an answer. It must be sent all the same if *RETERR is not 0. */
static bool is_aside(struct slowfs_server *server, const struct fuse_in_header *head,
	const void *arg, int *reterr)
{
	*reterr = 0;
	switch (head->opcode) {
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET: forget(server, head, arg); return true;
	case FUSE_INTERRUPT:
		*reterr = interrupt(server, ((const struct fuse_interrupt_in *)arg)->unique);
		return true;
	default: return false;
	}
}

static void reply(
	struct slowfs_server *server, uint64_t unique, int rc, const void *data, size_t len)
{
	struct fuse_out_header head = {.error = rc, .unique = unique};
	struct iovec parts[] = {{&head, sizeof(head)}, {(void *)(uintptr_t)data, len}};

	head.len = (uint32_t)(sizeof(head) + len);
	/* The request was interrupted, or the connection is gone: no answer is needed. */
	if (writev(server->fd, parts, 2) < 0 && errno != ENOENT && errno != ENODEV)
		perror("slowfs");
}

static void note_under_way(struct slowfs_shared *shared)
{
	unsigned now = ++shared->under_way, most = shared->most_under_way;

	while (now > most && !atomic_compare_exchange_weak(&shared->most_under_way, &most, now))
		;
}

static void serve_one(
	struct slowfs_server *server, const char *message, char *room, unsigned *random)
{
	const struct fuse_in_header *head = (const struct fuse_in_header *)(const void *)message;
	struct slowfs_request request = {.server = server,
		.head = head,
		.arg = head + 1,
		.room = room,
		.data = &request.out};
	/* No caller waits for the closing of a directory. */
	bool counts = head->opcode != FUSE_RELEASEDIR;
	int rc;

	server->shared->counts[head->opcode % SLOWFS_OPCODES]++;
	pthread_mutex_lock(&server->lock);
	if (is_aside(server, head, request.arg, &rc)) {
		pthread_mutex_unlock(&server->lock);
		if (rc < 0)
			reply(server, head->unique, rc, NULL, 0);
		return;
	}
	pthread_mutex_unlock(&server->lock);
	if (counts) {
		note_under_way(server->shared);
		wait_a_while(server, random);
	}
	pthread_mutex_lock(&server->lock);
	request.node = slowfs_node(server, head->nodeid);
	rc = gets_stuck(&request) ? wait_for_release(server, head->unique) : 0;
	if (rc == 0)
		rc = slowfs_carry_out(&request);
	pthread_mutex_unlock(&server->lock);
	server->shared->under_way -= counts;
	reply(server, head->unique, rc, request.data, rc < 0 ? 0 : request.len);
}

static void *serve(void *arg)
{
	struct slowfs_server *server = arg;
	char *message = malloc(SLOWFS_BUFFER), *room = malloc(SLOWFS_BUFFER);
	unsigned random = (unsigned)(uintptr_t)message;

	while (message && room) {
		ssize_t n = read(server->fd, message, SLOWFS_BUFFER);

		if (n > 0)
			serve_one(server, message, room, &random);
		else if (errno != EINTR && errno != EAGAIN && errno != ENOENT)
			break;
	}
	free(message);
	free(room);
	return NULL;
}

/* ------------------------------------------------------------------------------ start and stop */

static void add_files(struct memtree *tree, struct mem_node *dir, unsigned n)
{
	char name[16];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "f%05u", i);
		memtree_link(
			tree, dir, name, memtree_new(tree, S_IFREG | 0644, geteuid(), getegid()));
	}
}

static void fill(struct memtree *tree, const struct slowfs_how *how)
{
	char name[16];

	tree->positions_shift = how->positions_shift;
	tree->root.uid = geteuid();
	tree->root.gid = getegid();
	for (unsigned i = 0; i < how->dirs; i++) {
		struct mem_node *dir = memtree_new(tree, S_IFDIR | 0755, geteuid(), getegid());

		snprintf(name, sizeof(name), "d%05u", i);
		memtree_link(tree, &tree->root, name, dir);
		add_files(tree, dir, how->files);
	}
	if (how->dirs == 0)
		add_files(tree, &tree->root, how->files);
}

/* The server's process. */
static void run_server(int fd, const struct slowfs_how *how, struct slowfs_shared *shared)
{
	struct slowfs_server server = {.fd = fd, .how = how, .shared = shared};
	unsigned threads = how->threads ? how->threads : SLOWFS_THREADS;
	pthread_t *all = calloc(threads, sizeof(*all));
	unsigned n = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0);
	pthread_mutex_init(&server.lock, NULL);
	memtree_init(&server.tree);
	fill(&server.tree, how);
	while (all && n < threads && pthread_create(&all[n], NULL, serve, &server) == 0)
		n++;
	while (n > 0)
		pthread_join(all[--n], NULL);
	_exit(0);
}

static int mount_fd(const char *mountpoint, int fd, const struct slowfs_how *how)
{
	char options[160];

	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=%u,group_id=%u%s", fd,
		geteuid(), getegid(), how->permissions ? ",allow_other,default_permissions" : "");
	return mount("slowfs", mountpoint, "fuse", MS_NOSUID | MS_NODEV, options) < 0 ? -errno : 0;
}

int slowfs_start(const char *mountpoint, const struct slowfs_how *how, struct slowfs *ret)
{
	struct slowfs fs = {.mountpoint = strdup(mountpoint)};
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), rc = fd < 0 ? -errno : 0;

	fs.shared = mmap(NULL, sizeof(*fs.shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!fs.mountpoint || fs.shared == MAP_FAILED)
		abort();
	fs.shared->delay = how->delay;
	if (rc == 0)
		rc = mount_fd(mountpoint, fd, how);
	fflush(NULL);
	fs.pid = rc == 0 ? fork() : -1;
	if (fs.pid == 0)
		run_server(fd, how, fs.shared);
	if (rc == 0 && fs.pid < 0) {
		rc = -errno;
		umount2(mountpoint, MNT_DETACH);
	}
	if (fd >= 0)
		close(fd);
	if (rc < 0)
		slowfs_stop(&fs);
	else
		*ret = fs;
	return rc;
}

void slowfs_reset(struct slowfs *fs)
{
	for (int i = 0; i < SLOWFS_OPCODES; i++)
		fs->shared->counts[i] = 0;
	fs->shared->most_under_way = 0;
}

unsigned long slowfs_total(const struct slowfs *fs)
{
	unsigned long n = 0;

	for (int i = 0; i < SLOWFS_OPCODES; i++)
		n += fs->shared->counts[i];
	return n;
}

void slowfs_print(const struct slowfs *fs, FILE *out)
{
	static const char *const names[SLOWFS_OPCODES] = {[FUSE_LOOKUP] = "LOOKUP",
		[FUSE_GETATTR] = "GETATTR",
		[FUSE_SETATTR] = "SETATTR",
		[FUSE_OPENDIR] = "OPENDIR",
		[FUSE_READDIR] = "READDIR",
		[FUSE_RELEASEDIR] = "RELEASEDIR",
		[FUSE_FORGET] = "FORGET",
		[FUSE_BATCH_FORGET] = "BATCH_FORGET"};

	for (int i = 0; i < SLOWFS_OPCODES; i++) {
		unsigned long n = fs->shared->counts[i];

		if (n > 0 && names[i])
			fprintf(out, "%s %lu\n", names[i], n);
		else if (n > 0)
			fprintf(out, "opcode %d %lu\n", i, n);
	}
	fprintf(out, "most under way %u\n", fs->shared->most_under_way);
}

void slowfs_stop(struct slowfs *fs)
{
	/* First of all, so that no process waits for an answer. */
	if (fs->pid > 0) {
		kill(fs->pid, SIGKILL);
		waitpid(fs->pid, NULL, 0);
		umount2(fs->mountpoint, MNT_DETACH);
	}
	munmap(fs->shared, sizeof(*fs->shared));
	free(fs->mountpoint);
	*fs = (struct slowfs){0};
}
