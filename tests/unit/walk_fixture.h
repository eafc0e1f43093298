/* SPDX-License-Identifier: MIT */
/*
 * For the tests of walk: a visitor that prints every path, as run does, and a machine whose clock,
 * threads, memory and directories the test controls.
 *
 * Link with --wrap= of calloc, clock_gettime, __clock_gettime64, lock_take, malloc, order_free_fds,
 * order_set_target, pthread_create, realloc, sys_open_dir, sys_read_dir, thread_cpus,
 * thread_voluntary_switches and with support/tree.o.
 */
#ifndef WALK_FIXTURE_H
#define WALK_FIXTURE_H

#include "walk.h"

#include "order.h"
#include "task.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

#include "random_tree.h"
#include "visit_fixture.h"

enum { MAX_OUTPUT = 2 * 1024 * 1024 };

/* How the machine behaves. */
static struct {
	/* Each reading of the clock advances it by up to so many microseconds. */
	unsigned clock_step;
	unsigned pauses;    /* one call in PAUSES takes longer; 0: none */
	atomic_bool sleeps; /* every call goes to sleep */
	bool locks_sleep;   /* taking a lock takes a millisecond, asleep */
	unsigned cpus;      /* 0: as many as there are */
	int threads;        /* how many can be started; below 0: any number */
	bool no_tasks, no_transcripts, no_workers; /* there is no memory for them */
	bool no_transcripts_in_visits;             /* none while a file is visited */
	unsigned no_memory;                        /* one allocation in NO_MEMORY fails; 0: none */
	bool reads_fail; /* directories with certain names cannot be read (any further) */
	unsigned fds;    /* how many descriptors are left when there are several workers */
	/* A task that is not the head finds no descriptor on its way up, and becomes the head. */
	atomic_bool runs_short;
} machine;

/* What has happened. */
static struct {
	atomic_uint threads, visits, leaves, wrong;
	atomic_int at_once, most_at_once;
	atomic_bool is_printing;
	atomic_uint late_heads; /* see machine.runs_short */
	char text[MAX_OUTPUT];  /* a line for each visit; those to standard error begin with "!" */
	size_t len;
	unsigned shares;
	atomic_uint target, highest_target; /* workers that were wanted last, and at most */
} seen;

static _Thread_local uint64_t thread_seed = 1;
static _Thread_local bool visits_operand, has_shared, is_in_visit, was_in_turn, runs_short;
static _Thread_local long switches;
static atomic_llong now; /* nanoseconds */

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret);
void __real_lock_take(struct lock *lock);
void __wrap_lock_take(struct lock *lock);
int __real_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg);
int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg);
int __real_sys_open_dir(int dirfd, const char *name, enum sys_follow follow);
int __wrap_sys_open_dir(int dirfd, const char *name, enum sys_follow follow);
ssize_t __real_sys_read_dir(int fd, void *buf, size_t size);
ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size);
bool __real_order_free_fds(struct order *order, struct task *task, void *caller);
bool __wrap_order_free_fds(struct order *order, struct task *task, void *caller);
void __real_order_set_target(struct order *order, unsigned workers);
void __wrap_order_set_target(struct order *order, unsigned workers);
unsigned __real_thread_cpus(void);
unsigned __wrap_thread_cpus(void);
long __wrap_thread_voluntary_switches(void);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

/* A number for each name, always the same. */
static inline unsigned hash_of(const char *name)
{
	unsigned hash = 5381;

	for (; *name != '\0'; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash >> 3;
}

/* EXPECT() is for one thread only. */
static inline void expect_in_thread(bool so)
{
	if (!so)
		atomic_fetch_add(&seen.wrong, 1);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	long long step = machine.clock_step == 0
				 ? 0
				 : random_below(&thread_seed, machine.clock_step) * 1000LL;
	long long time = atomic_fetch_add(&now, step) + step;

	(void)clock;
	*ret = (struct timespec){.tv_sec = time / 1000000000, .tv_nsec = time % 1000000000};
	return 0;
}

/* The name in libraries of 32 bits, for times of 64. */
int __wrap___clock_gettime64(clockid_t clock, struct timespec *ret)
{
	return __wrap_clock_gettime(clock, ret);
}

void __wrap_lock_take(struct lock *lock)
{
	if (machine.locks_sleep) {
		atomic_fetch_add(&now, 1000 * 1000);
		switches++;
	}
	__real_lock_take(lock);
}

int __wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*main)(void *), void *arg)
{
	if (machine.threads >= 0 && (int)atomic_load(&seen.threads) >= machine.threads)
		return EAGAIN;
	atomic_fetch_add(&seen.threads, 1);
	return __real_pthread_create(thread, attr, main, arg);
}

/* Whether an allocation fails. Those for paths do not, as the name would be shown instead. */
static inline bool memory_fails(size_t size, size_t least)
{
	return machine.no_memory != 0 && size >= least &&
	       random_below(&thread_seed, machine.no_memory) == 0;
}

static inline void pause_at_random(void)
{
	const struct timespec pause = {.tv_nsec = 30 * 1000};

	if (machine.pauses != 0 && random_below(&thread_seed, machine.pauses) == 0)
		nanosleep(&pause, NULL);
}

int __wrap_sys_open_dir(int dirfd, const char *name, enum sys_follow follow)
{
	pause_at_random();
	if (!was_in_turn && strncmp(name, "..", 2) == 0)
		runs_short = atomic_exchange(&machine.runs_short, false);
	return runs_short ? -EMFILE : __real_sys_open_dir(dirfd, name, follow);
}

bool __wrap_order_free_fds(struct order *order, struct task *task, void *caller)
{
	bool is_late = runs_short && !task_is_head(task);
	bool is_any = __real_order_free_fds(order, task, caller);

	if (!runs_short)
		return is_any;
	runs_short = false;
	while (!task_is_head(task))
		sched_yield();
	atomic_fetch_add(&seen.late_heads, is_late);
	return !is_late;
}

/* Whether reading fails, at once or after the first entries: that depends on the name. */
static inline bool fails_to_read(int fd)
{
	bool has_begun = lseek(fd, 0, SEEK_CUR) != 0;
	char link[32], path[512] = "";
	const char *slash;

	sprintf(link, "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof(path) - 1) < 0)
		return false;
	slash = strrchr(path, '/');
	return slash != NULL && hash_of(slash) % 6 == (has_begun ? 1 : 0);
}

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size)
{
	pause_at_random();
	if (machine.reads_fail && fails_to_read(fd))
		return -EIO;
	return __real_sys_read_dir(fd, buf, size);
}

unsigned __wrap_thread_cpus(void)
{
	return machine.cpus != 0 ? machine.cpus : __real_thread_cpus();
}

long __wrap_thread_voluntary_switches(void)
{
	return machine.sleeps ? switches++ : switches;
}

void __wrap_order_set_target(struct order *order, unsigned workers)
{
	atomic_store(&seen.target, workers);
	if (workers > atomic_load(&seen.highest_target))
		atomic_store(&seen.highest_target, workers);
	__real_order_set_target(order, workers);
}

void *__wrap_malloc(size_t size)
{
	/* The first allocation after that is for the workers. */
	bool is_for_workers = has_shared;

	has_shared = false;
	return (machine.no_workers && is_for_workers) || memory_fails(size, 0)
		       ? NULL
		       : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	static atomic_uint tasks;

	/* Allocations for operands do not fail. */
	if (machine.no_tasks && !visits_operand && size == sizeof(struct task) &&
		atomic_fetch_add(&tasks, 1) % 3 != 0)
		return NULL;
	return memory_fails(count * size, 0) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return (machine.no_transcripts && size >= 4096) ||
			       (machine.no_transcripts_in_visits && is_in_visit && size >= 4096) ||
			       memory_fails(size, 4096)
		       ? NULL
		       : __real_realloc(p, size);
}

/* ---------------------------------------------------------------------------------- the visitor */

/* A wordy name has three lines, of so many bytes and five for each byte of the path. */
enum { WORDS = 500 };

/* What is to be walked, and what the visitor does. */
static struct {
	const char *const *operands;
	size_t count;
	char operand[256];
	unsigned not_yet, owing, after, wordy; /* one name in so many; 0: none */
	bool may_share;
	void (*hook)(const struct walk_entry *e); /* is called first */
} asked;

static inline void print(void *ctx, enum transcript_stream stream, const char *text, size_t len)
{
	/* One at a time. */
	expect_in_thread(ctx == &asked && !atomic_exchange(&seen.is_printing, true));
	expect_in_thread(seen.len + 2 * len < MAX_OUTPUT && text[len - 1] == '\n');
	for (size_t i = 0; i < len && seen.len + 2 < MAX_OUTPUT; i++) {
		if (stream == TRANSCRIPT_ERR && (i == 0 || text[i - 1] == '\n'))
			seen.text[seen.len++] = '!';
		seen.text[seen.len++] = text[i];
	}
	seen.text[seen.len] = '\0';
	atomic_store(&seen.is_printing, false);
}

static inline void say(const struct walk_entry *e, enum transcript_stream stream, const char *text)
{
	struct transcript *transcript = walk_begin_output(e);

	expect_in_thread(transcript == NULL || !e->in_turn);
	if (transcript == NULL)
		print(&asked, stream, text, strlen(text));
	else
		transcript_add(transcript, stream, text, strlen(text));
	walk_end_output(e, transcript);
}

static inline char *next_operand(void *ctx, bool may_wait)
{
	expect_in_thread(ctx == &asked && may_wait);
	if (asked.count == 0)
		return NULL;
	/* It is valid until the next call only. */
	memset(asked.operand, '#', sizeof(asked.operand) - 1);
	strcpy(asked.operand, *asked.operands++);
	asked.count--;
	return asked.operand;
}

/* Whether E is a directory that is shown once more, or would have been. */
static inline bool comes_after(const struct walk_entry *e)
{
	return e->pin >= 0 && S_ISDIR(e->st->st_mode) && asked.after != 0 &&
	       hash_of(e->name) % asked.after == 0;
}

static inline void say_of(const struct walk_entry *e, const char *words)
{
	bool is_error = e->event != WALK_FILE && e->event != WALK_AFTER;
	bool is_wordy = asked.wordy != 0 && hash_of(e->name) % asked.wordy == 0;
	const char *path = walk_path(e);
	int more = is_wordy && strlen(path) < 300 ? (int)strlen(path) * 4 + WORDS : 0, len = 0;
	char text[8192];

	for (int i = 0; more > 0 && i < 2; i++)
		len += sprintf(text + len, "%s %0*d\n", path, more, i);
	len += sprintf(text + len, "%s%s\n", path, words);
	if (more > 0)
		sprintf(text + len - 1, "%0*d\n", more, 0);
	say(e, is_error ? TRANSCRIPT_ERR : TRANSCRIPT_OUT, text);
}

static inline void show_event(const struct walk_entry *e)
{
	static const char *const words[] = {[WALK_FILE] = "",
		[WALK_UNREADABLE] = ": unreadable",
		[WALK_READ_ERROR] = ": read error",
		[WALK_CYCLE] = ": cycle",
		[WALK_NO_ACCESS] = ": no access",
		[WALK_DANGLING] = ": no access",
		[WALK_AFTER] = " is done"};
	struct walk_entry again = *e;

	atomic_fetch_add(&seen.visits, 1);
	say_of(e, words[e->event]);
	expect_in_thread(e->event != WALK_AFTER || (e->dir_traits & WALK_VISIT_AFTER) != 0);
	/* It will not be shown again. */
	again.event = WALK_AFTER;
	if (e->event == WALK_UNREADABLE && comes_after(e))
		say_of(&again, " is done");
}

static inline enum walk_answer visit(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	int at_once = atomic_fetch_add(&seen.at_once, 1) + 1;
	enum walk_answer answer = WALK_DESCEND;

	expect_in_thread(ctx == &asked && *ret_traits == 0);
	if (at_once > atomic_load(&seen.most_at_once))
		atomic_store(&seen.most_at_once, at_once);
	pause_at_random();
	visits_operand = e->operand;
	is_in_visit = true;
	was_in_turn = e->in_turn;
	if (asked.hook != NULL)
		asked.hook(e);
	if (!e->in_turn && (e->event == WALK_FILE || e->event == WALK_AFTER) &&
		asked.not_yet != 0 &&
		(hash_of(e->name) + (unsigned)e->event) % asked.not_yet == 0) {
		answer = WALK_NOT_YET;
	} else if (e->event == WALK_FILE && comes_after(e)) {
		*ret_traits = WALK_VISIT_AFTER;
	} else {
		show_event(e);
		if (e->event == WALK_FILE && e->pin >= 0 && asked.owing != 0 &&
			hash_of(e->name) % asked.owing == 0)
			*ret_traits = WALK_OWING;
	}
	is_in_visit = false;
	atomic_fetch_sub(&seen.at_once, 1);
	return answer;
}

static inline unsigned again(void *ctx, unsigned traits, int fd, const struct stat *st)
{
	expect_in_thread(ctx == &asked && fcntl(fd, F_GETFD) >= 0 && S_ISDIR(st->st_mode));
	return traits;
}

static inline void leave(void *ctx, const struct walk_entry *e)
{
	char text[4096];

	expect_in_thread(ctx == &asked && (e->dir_traits & WALK_OWING) != 0);
	expect_in_thread(fcntl(e->pin, F_GETFD) >= 0 && e->pin_kind == SYS_OPEN_PIN);
	atomic_fetch_add(&seen.leaves, 1);
	snprintf(text, sizeof(text), "%s is left\n", walk_path(e));
	say(e, TRANSCRIPT_OUT, text);
}

static inline enum walk_sharing share(void *ctx)
{
	struct rlimit limit;

	expect_in_thread(ctx == &asked);
	seen.shares++;
	if (machine.fds != 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		int next = dup(0);

		close(next);
		limit.rlim_cur = (rlim_t)next + machine.fds;
		expect_in_thread(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	}
	has_shared = asked.may_share;
	return asked.may_share ? WALK_SHARE_TREES : WALK_SHARE_NOTHING;
}

enum { LEVELS = 200 };

/* Makes a chain of directories named by their level, with eight files beside each. */
static inline void make_levels(void)
{
	int at = open(".", O_PATH | O_CLOEXEC);

	for (unsigned i = 0; i < LEVELS; i++) {
		char name[16];
		int fd;

		sprintf(name, "%u", i);
		assert_int_equal(mkdirat(at, name, 0755), 0);
		fd = openat(at, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = fd;
		for (int k = 0; k < 8; k++) {
			sprintf(name, "f%d", k);
			fd = openat(at, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
			close(fd);
		}
	}
	close(at);
}

/* Is called before each walk. */
static inline void begin_walk(void)
{
	memset(&machine, 0, sizeof(machine));
	memset(&asked, 0, sizeof(asked));
	machine.threads = -1;
	asked.may_share = true;
}

/* Walks the COUNT operands with JOBS workers. Returns what was printed. */
static inline const char *walk_with(
	enum walk_links links, unsigned jobs, const char *const *operands, size_t count)
{
	const struct walk_options options = {.links = links, .recursive = true, .jobs = jobs};
	const struct walk_visitor visitor = {
		.next = next_operand,
		.visit = visit,
		.again = again,
		.leave = leave,
		.share = share,
		.print = print,
		.ctx = &asked,
	};
	struct rlimit limit;
	int fds = count_fds();

	memset(&seen, 0, sizeof(seen));
	asked.operands = operands;
	asked.count = count;
	getrlimit(RLIMIT_NOFILE, &limit);
	walk(&options, &visitor);
	setrlimit(RLIMIT_NOFILE, &limit);
	EXPECT(count_fds() == fds);
	EXPECT(atomic_load(&seen.wrong) == 0);
	return seen.text;
}

static inline const char *walk_one(enum walk_links links, unsigned jobs, const char *operand)
{
	return walk_with(links, jobs, &operand, 1);
}

#endif
