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

/* Much cheaper than the precise clock, but it may stand still for 10 ms. */
static int64_t coarse_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
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
	return ws->options->jobs > 1 || coarse_clock() - ws->start >= SHARE_AFTER;
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
		ws->start = coarse_clock();
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
		ws->start = coarse_clock();
	else if (is_time_to_share(ws))
		share(ws);
}

/* -------------------------------------------------------------------------------- dividing work */

/* Removes the later half of the operands of TASK and returns it as a new task, or NULL. */
static struct task *divide_operands(struct task *task, int64_t now)
{
	size_t left = task->operand_end - task->operand, given = left > 1 ? left / 2 : left;
	struct task *part;

	if (task_estimate(now, task->start, task->operands_done, given) < MIN_SPLIT)
		return NULL;
	part = task_new(task->dirs);
	if (part == NULL)
		return NULL;
	part->operand_end = task->operand_end;
	part->operand = task->operand_end -= given;
	return part;
}

/* Removes some of the levels of W's task and returns them as a new task, or NULL. */
static struct task *divide_levels(struct worker *w, int64_t now)
{
	struct task_cut cut;

	if (!task_find_cut(w->task, now, MIN_SPLIT, &cut))
		return NULL;
	return task_divide(w->task, &cut, w);
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
		&ws->pause_end, milliseconds(worker_clock()) + pause, memory_order_relaxed);
	atomic_store_explicit(&ws->pause, pause, memory_order_relaxed);
}

void workers_offload(struct workers *ws, struct worker *w)
{
	struct task *task = w->task, *part;
	size_t operands = task->operand_end - task->operand;
	int64_t now = worker_clock();

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
 * Takes a visit that lasted DURATION into account, and adapts the number of workers when that is
 * evidence enough. Workers that sleep most of the time wait for a slow disk or a server, which
 * more workers would keep busier. The number of visits that sleep does not tell that, because a
 * disk is read in blocks of many inodes; nor does the time of visits, because on a busy machine
 * all take long.
 */
static void adapt(struct workers *ws, unsigned duration, bool has_slept)
{
	/*
	 * One visit of several hundred may sleep while a disk is read, and a few may while others
	 * hold a lock on a busy machine.
	 */
	enum { MIN_SLEPT = 4, MAX_SAMPLED = 2048 };
	unsigned slept = atomic_fetch_add(&ws->slept, has_slept) + has_slept;
	unsigned sampled = atomic_fetch_add(&ws->sampled, 1) + 1;
	unsigned time = atomic_fetch_add(&ws->sampled_time, duration) + duration;
	unsigned slept_time, target;

	slept_time = has_slept ? duration : 0;
	slept_time += atomic_fetch_add(&ws->slept_time, slept_time);
	/* Only one worker decides. */
	if ((!has_slept || slept != MIN_SLEPT) && sampled != MAX_SAMPLED)
		return;
	atomic_store(&ws->slept, 0);
	atomic_store(&ws->sampled, 0);
	atomic_store(&ws->sampled_time, 0);
	atomic_store(&ws->slept_time, 0);
	target = order_target(ws->order);
	if (slept >= MIN_SLEPT && slept_time > time / 2)
		order_set_target(ws->order, target * 2);
	else if (slept_time < time / 8 && target > ws->by_cpu)
		order_set_target(ws->order, target / 2 > ws->by_cpu ? target / 2 : ws->by_cpu);
}

/*
 * Chooses how many visits by W are measured: about one in MEASURE_AFTER nanoseconds, as measuring
 * takes some hundreds. One of an odd number is, because blocks have powers of two of inodes.
 */
static void choose_interval(struct worker *w)
{
	enum { PERIOD = 256, MEASURE_AFTER = 100 * 1000 };

	w->visits += w->interval + 1;
	if (w->visits >= PERIOD) {
		int64_t now = worker_clock();
		int64_t interval = MEASURE_AFTER * (int64_t)w->visits / (now - w->since + 1);

		w->interval = interval < PERIOD ? (unsigned)interval & ~1U : PERIOD;
		w->visits = 0;
		w->since = now;
	}
	w->unmeasured = w->interval;
}

void workers_note_sample(struct workers *ws, struct worker *w)
{
	enum { MAX_DURATION = 2 * 1000 * 1000 };

	worker_measure(w, 1);
	w->is_measured = false;
	choose_interval(w);
	/* The sum of so many fits into 32 bits. Not every CPU has atomics of 64. */
	adapt(ws, w->duration < MAX_DURATION ? (unsigned)w->duration : MAX_DURATION, w->sleeps > 0);
}
