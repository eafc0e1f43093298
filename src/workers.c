/* SPDX-License-Identifier: MIT */
#include "workers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	/* Waiting directories that a task keeps open at most. More would bring no gain. */
	MAX_IDLE = 64,
	/* Descriptors that are left to the rest of the process, and that a worker may need. */
	SPARE_FDS = 16,
	FDS_PER_WORKER = 8,
	/* The most workers while visits do not sleep, and while they wait for storage. */
	MAX_BY_CPU = 8,
	MAX_BY_WAIT = 32,
};

/* Nanoseconds. */
enum {
	SHARE_AFTER = 2 * 1000 * 1000, /* a walk that lasts longer gets more workers */
	MIN_SPLIT = 100 * 1000,        /* work that takes less is not given to another worker */
};

static int64_t read_clock(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t workers_clock(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* ------------------------------------------------------------------------------ several workers */

/* How many more descriptors the process may open. */
static rlim_t count_fds(void)
{
	struct rlimit limit;
	int next = sys_dup(STDERR_FILENO);

	/* If standard error is closed, a descriptor of the root directory will do. */
	if (next == -EBADF)
		next = sys_pin(AT_FDCWD, "/", SYS_NOFOLLOW);
	if (next < 0)
		return 0;
	close(next);
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= (rlim_t)next)
		return 0;
	/* Assumes that all inherited descriptors are below the first free one. */
	return limit.rlim_cur - (rlim_t)next;
}

static struct worker make_worker(struct workers *ws)
{
	return (struct worker){
		.options = ws->options,
		.visitor = ws->visitor,
		.dirs = ws->dirs,
		.order = ws->order,
	};
}

/* Prepares for several workers, if they are possible. order.h starts their threads. */
static void share(struct workers *ws)
{
	unsigned jobs = ws->options->jobs, limit = jobs;
	enum walk_sharing sharing;
	rlim_t fds = count_fds(), most = fds > SPARE_FDS ? (fds - SPARE_FDS) / FDS_PER_WORKER : 0;

	ws->may_share = false;
	sharing = ws->visitor->share(ws->visitor->ctx);
	if (sharing == WALK_SHARE_NOTHING)
		return;
	if (jobs == 0) {
		jobs = thread_cpus();
		jobs = jobs < MAX_BY_CPU ? jobs : MAX_BY_CPU;
		limit = MAX_BY_WAIT;
	}
	limit = limit < most ? limit : (unsigned)most;
	if (limit < 2)
		return;
	ws->others = malloc((limit - 1) * sizeof(*ws->others));
	if (ws->others == NULL)
		return;
	for (unsigned i = 0; i + 1 < limit; i++)
		ws->others[i] = make_worker(ws);
	ws->max_idle = (size_t)(fds - SPARE_FDS) / limit - FDS_PER_WORKER / 2;
	if (ws->max_idle > MAX_IDLE)
		ws->max_idle = MAX_IDLE;
	ws->max_notes = WORKERS_MAX_TRANSCRIPTS / 2 / limit;
	ws->adapts = ws->options->jobs == 0;
	ws->by_cpu = jobs;
	ws->shares_operands = sharing >= WALK_SHARE_DISTINCT;
	ws->tells_repeated = sharing == WALK_SHARE_DISTINCT;
	order_share(ws->order, jobs, limit);
}

/* Whether the walk has lasted long enough. With -jN the user has decided that already. */
static bool is_time_to_share(const struct workers *ws)
{
	return ws->options->jobs > 1 ||
	       read_clock(CLOCK_MONOTONIC_COARSE) - ws->start >= SHARE_AFTER;
}

void workers_init(struct workers *ws, const struct walk_options *options,
	const struct walk_visitor *visitor, struct dirs *dirs, struct order *order)
{
	*ws = (struct workers){
		.options = options,
		.visitor = visitor,
		.dirs = dirs,
		.order = order,
		.may_share = options->jobs != 1,
		.max_idle = MAX_IDLE,
	};
	ws->first = make_worker(ws);
	if (options->recursive && ws->may_share)
		ws->start = read_clock(CLOCK_MONOTONIC_COARSE);
}

void workers_free(struct workers *ws)
{
	for (unsigned i = 0; ws->others != NULL && i + 1 < ws->order->limit; i++)
		free(ws->others[i].path);
	free(ws->others);
	free(ws->first.path);
}

void workers_try_to_share(struct workers *ws)
{
	if (ws->start == 0 && ws->options->jobs == 0)
		ws->start = read_clock(CLOCK_MONOTONIC_COARSE);
	else if (is_time_to_share(ws))
		share(ws);
}

/* -------------------------------------------------------------------------------- dividing work */

/* Whether COUNT items will take MIN_SPLIT or more, as DONE items have taken since START. */
static bool is_worth_it(int64_t now, int64_t start, unsigned long done, size_t count)
{
	int64_t elapsed = now - start;

	return elapsed / (int64_t)(done > 0 ? done : 1) * (int64_t)count >= MIN_SPLIT;
}

/* Removes the later half of the operands of TASK and returns it as a new task, or NULL. */
static struct task *divide_operands(struct task *task, int64_t now)
{
	size_t left = task->operand_end - task->operand, given = left > 1 ? left / 2 : left;
	struct task *part;

	if (!is_worth_it(now, task->start, task->operands_done, given))
		return NULL;
	part = task_new(task->dirs);
	if (part == NULL)
		return NULL;
	part->operand_end = task->operand_end;
	part->operand = task->operand_end -= given;
	return part;
}

/*
 * Removes the later half of the outermost level of W's task and returns it as a new task, or NULL.
 */
static struct task *divide_levels(struct worker *w, int64_t now)
{
	size_t count;
	struct range *level = task_divisible(w->task, &count);

	if (level == NULL || !is_worth_it(now, level->start, level->done, count))
		return NULL;
	return task_divide(w->task, level, w);
}

/* A time that fits into an atomic_uint, and wraps around. Not every CPU has 64-bit atomics. */
static unsigned milliseconds(int64_t time)
{
	return (unsigned)(time / 1000000);
}

static bool is_paused(struct workers *ws, int64_t now)
{
	return atomic_load_explicit(&ws->pause, memory_order_relaxed) > 0 &&
	       (int)(milliseconds(now) -
		       atomic_load_explicit(&ws->pause_end, memory_order_relaxed)) < 0;
}

void workers_note_put_down(struct workers *ws, bool done)
{
	enum { MAX_PAUSE = 64 };
	unsigned pause = atomic_load_explicit(&ws->pause, memory_order_relaxed);

	if (done && pause == 0)
		return;
	pause = done ? 0 : pause == 0 ? 1 : pause < MAX_PAUSE ? pause * 2 : MAX_PAUSE;
	atomic_store_explicit(
		&ws->pause_end, milliseconds(workers_clock()) + pause, memory_order_relaxed);
	atomic_store_explicit(&ws->pause, pause, memory_order_relaxed);
}

void workers_offload(struct workers *ws, struct worker *w)
{
	struct task *task = w->task, *part;
	size_t operands = task->operand_end - task->operand;
	int64_t now = workers_clock();

	if (is_paused(ws, now))
		return;
	if (operands > 1 || (operands == 1 && task->top != NULL))
		part = divide_operands(task, now);
	else
		part = divide_levels(w, now);
	if (part != NULL)
		order_give(ws->order, task, part);
}

/* ------------------------------------------------------------------- how many workers there are */

/*
 * Takes the number of SLEEPS in a measured visit into account, and adapts the number of workers
 * every few visits. Workers that sleep in most visits wait for a slow disk or a server, which more
 * workers would keep busier. The time that a visit takes would not tell that, because on a busy
 * machine all visits take long.
 */
static void adapt(struct workers *ws, long sleeps)
{
	enum { SAMPLES = 4 };
	unsigned blocked = atomic_fetch_add(&ws->blocked, sleeps > 0) + (sleeps > 0);
	unsigned target;

	if (atomic_fetch_add(&ws->sampled, 1) + 1 < SAMPLES)
		return;
	atomic_store(&ws->sampled, 0);
	atomic_store(&ws->blocked, 0);
	target = order_target(ws->order);
	if (blocked > SAMPLES / 2)
		order_set_target(ws->order, target * 2);
	else if (blocked == 0 && target > ws->by_cpu)
		order_set_target(ws->order, target / 2 > ws->by_cpu ? target / 2 : ws->by_cpu);
}

void workers_start_sample(struct worker *w)
{
	enum { IN_A_TICK = 16 };
	int64_t tick = read_clock(CLOCK_MONOTONIC_COARSE);

	if (tick == w->tick) {
		/* Visits are short. Reading the clock for each of them would slow them down. */
		w->unmeasured = IN_A_TICK;
		return;
	}
	w->tick = tick;
	w->is_measured = true;
	w->sleeps = -thread_voluntary_switches();
}

void workers_note_sample(struct workers *ws, struct worker *w)
{
	w->is_measured = false;
	adapt(ws, w->sleeps + thread_voluntary_switches());
}
