#include "walk.h"

#include "visit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	/* So many directories may wait with their descriptors open; more would gain nothing. */
	MAX_IDLE = 64,
	/* Descriptors that are left to the rest of the process, and what a busy worker may need. */
	SPARE_FDS = 16,
	FDS_PER_WORKER = 8,
	/* Workers: of those that only need a CPU, and of those that wait for a slow storage. */
	MAX_BY_CPU = 8,
	MAX_BY_WAIT = 32,
	/* Bytes of notes for all workers; no task needs less than the minimum. */
	MAX_NOTES = 4 * 1024 * 1024,
	MIN_NOTES = 16 * 1024,
};

/* Nanoseconds. */
enum {
	SHARE_AFTER = 2 * 1000 * 1000,
	MIN_PART = 100 * 1000, /* work that is worth handing over */
};

struct walk {
	const struct walk_options *options;
	const struct walk_visitor *visitor;
	struct dirs dirs;
	struct order order;
	struct worker first;
	struct worker *others; /* all but the first */
	bool may_share;        /* it has not been decided yet whether there are several workers */
	bool adapts;           /* how many is measured */
	size_t max_idle;       /* directories of a task that may wait open */
	size_t max_notes;      /* bytes that a task may note */
	int64_t start;
	atomic_bool is_stopped;
	/* How many calls were measured, and of those, how many went to sleep. */
	atomic_uint sampled, blocked;
	unsigned by_cpu; /* workers as long as calls do not block */
};

static int64_t clock_now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* ------------------------------------------------------------------------------ several workers */

/* How many descriptors there are for the walk. */
static rlim_t count_fds(void)
{
	struct rlimit limit;
	int next = sys_dup(STDERR_FILENO);

	/* Without a standard error stream the root directory will do. */
	if (next == -EBADF)
		next = sys_pin(AT_FDCWD, "/", SYS_NOFOLLOW);
	if (next < 0)
		return 0;
	close(next);
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= (rlim_t)next)
		return 0;
	/* What the caller has left open is below the first that is free. */
	return limit.rlim_cur - (rlim_t)next;
}

static struct worker make_worker(struct walk *walk)
{
	return (struct worker){
		.options = walk->options,
		.visitor = walk->visitor,
		.dirs = &walk->dirs,
		.order = &walk->order,
	};
}

/* Makes ready for several workers; they start when there is something for them to do. */
static void share(struct walk *walk)
{
	unsigned jobs = walk->options->jobs, limit = jobs;
	rlim_t fds = count_fds(), most = fds > SPARE_FDS ? (fds - SPARE_FDS) / FDS_PER_WORKER : 0;

	walk->may_share = false;
	if (!walk->visitor->share(walk->visitor->ctx))
		return;
	walk->adapts = jobs == 0;
	if (walk->adapts) {
		jobs = thread_cpus();
		jobs = jobs < MAX_BY_CPU ? jobs : MAX_BY_CPU;
		limit = MAX_BY_WAIT;
	}
	limit = limit < most ? limit : (unsigned)most;
	if (limit < 2)
		return;
	walk->others = malloc((limit - 1) * sizeof(*walk->others));
	if (walk->others == NULL)
		return;
	for (unsigned i = 0; i + 1 < limit; i++)
		walk->others[i] = make_worker(walk);
	walk->max_idle = (size_t)(fds - SPARE_FDS) / limit - FDS_PER_WORKER / 2;
	if (walk->max_idle > MAX_IDLE)
		walk->max_idle = MAX_IDLE;
	walk->max_notes = MAX_NOTES / 2 / limit;
	if (walk->max_notes < MIN_NOTES)
		walk->max_notes = MIN_NOTES;
	walk->by_cpu = jobs;
	order_share(&walk->order, jobs, limit);
}

/* Whether it is time for others to help: at once if they were asked for. */
static bool is_time_to_share(const struct walk *walk)
{
	return walk->options->jobs > 1 ||
	       clock_now(CLOCK_MONOTONIC_COARSE) - walk->start >= SHARE_AFTER;
}

/* Gives half of what is left of W's task away, if that is worth it. */
static void offload(struct walk *walk, struct worker *w)
{
	size_t count;
	struct range *level = task_divisible(w->task, &count);
	struct task *part;
	int64_t elapsed;

	if (level == NULL)
		return;
	/* At the pace of this level so far, open subtrees included. */
	elapsed = clock_now(CLOCK_MONOTONIC) - level->start;
	if (elapsed / (int64_t)(level->done > 0 ? level->done : 1) * (int64_t)count < MIN_PART)
		return;
	part = task_divide(w->task, level, w);
	if (part != NULL)
		order_give(&walk->order, w->task, part);
}

/* ------------------------------------------------------------------- how many workers there are */

/*
 * A worker that goes to sleep in most of its calls waits for a slow disk or a server, which more
 * workers would keep busier. Time would not tell: a busy machine looks like waiting. Called for one
 * visit in a while, with the sleeps in it.
 */
static void note_sample(struct walk *walk, long sleeps)
{
	enum { SAMPLES = 4 };
	unsigned blocked = atomic_fetch_add(&walk->blocked, sleeps > 0) + (sleeps > 0);
	unsigned target;

	if (atomic_fetch_add(&walk->sampled, 1) + 1 < SAMPLES)
		return;
	atomic_store(&walk->sampled, 0);
	atomic_store(&walk->blocked, 0);
	target = order_target(&walk->order);
	if (blocked > SAMPLES / 2)
		order_set_target(&walk->order, target * 2);
	else if (blocked == 0 && target > walk->by_cpu)
		order_set_target(
			&walk->order, target / 2 > walk->by_cpu ? target / 2 : walk->by_cpu);
}

static enum visit_outcome visit_measured(struct walk *walk, struct worker *w, struct range *range,
	const struct entry *entry, struct dir **ret_dir)
{
	int64_t tick = walk->adapts ? clock_now(CLOCK_MONOTONIC_COARSE) : w->tick;
	enum visit_outcome outcome;
	long before;

	if (tick == w->tick)
		return visit_entry(w, range->dir, entry, ret_dir);
	w->tick = tick;
	w->sleeps_printing = 0;
	before = thread_voluntary_switches();
	w->is_measured = true;
	outcome = visit_entry(w, range->dir, entry, ret_dir);
	w->is_measured = false;
	note_sample(walk, thread_voluntary_switches() - before - w->sleeps_printing);
	return outcome;
}

/* -------------------------------------------------------------------------------------- walking */

/* Whether the task of W, which is not the head, has to wait until it is. */
static bool must_put_down(struct walk *walk, struct worker *w)
{
	/* Two messages and a line, in which each byte of a name may take four. */
	enum { LINES = 3, WORDS = 512, PER_BYTE = 4, MAX_NAME = 256 };
	struct task *task = w->task;
	size_t path = task->top->dir->path_len + MAX_NAME;
	bool must;

	if (order_is_short(&walk->order))
		return true;
	lock_take(&task->transcript.lock);
	must = task->transcript.used > walk->max_notes ||
	       !transcript_reserve(&task->transcript, LINES * (path * PER_BYTE + WORDS));
	lock_drop(&task->transcript.lock);
	return must;
}

/* Enters DIR. */
static void descend(struct walk *walk, struct worker *w, struct dir *dir)
{
	bool is_timed = walk->options->jobs != 1;

	if (!task_push(w->task, dir, is_timed ? clock_now(CLOCK_MONOTONIC) : 0)) {
		visit_read_error(w, dir, -ENOMEM);
		dir_release(&walk->dirs, dir, w);
		visit_forget(w, dir);
		dir_unref(&walk->dirs, dir);
		return;
	}
	task_limit_idle(w->task, walk->max_idle, w);
}

static void leave(struct worker *w)
{
	visit_forget(w, w->task->top->dir);
	task_pop(w->task, w);
}

/* Opens the directory of the innermost level again; leaves it if it is lost. */
static enum order_outcome resume(struct walk *walk, struct worker *w)
{
	struct dir *dir = w->task->top->dir;
	bool is_shortage;
	int err;

	do {
		err = task_resume(w->task, w);
		is_shortage = err == -EMFILE || err == -ENFILE;
	} while (is_shortage && visit_make_room(w));
	if (is_shortage && !task_is_head(w->task))
		return ORDER_PUT_DOWN;
	if (err == 0)
		return ORDER_DONE;
	if (dir_tell_loss(&walk->dirs, dir))
		visit_read_error(w, dir, err);
	leave(w);
	return ORDER_DONE;
}

/* Whether what is due after the innermost directory must wait for others who are still in it. */
static bool is_leaving_too_early(struct walk *walk, const struct worker *w)
{
	const struct range *top = w->task->top;

	return top->is_last && dir_owes(&walk->dirs, top->dir) &&
	       !dir_is_last_use(&walk->dirs, top->dir);
}

/* Goes on with the innermost level: an entry, or its end. */
static enum order_outcome step(struct walk *walk, struct worker *w)
{
	struct range *range = w->task->top;
	size_t at = range->at;
	struct dir *dir = NULL;
	struct entry entry;
	int err;

	switch (task_next(w->task, &entry, &err)) {
	case TASK_ENTRY: break;
	case TASK_TOO_EARLY: return ORDER_PUT_DOWN;
	case TASK_ERROR: visit_read_error(w, range->dir, err); return ORDER_DONE;
	case TASK_END:
		if (is_leaving_too_early(walk, w))
			return ORDER_PUT_DOWN;
		leave(w);
		return ORDER_DONE;
	}
	switch (visit_measured(walk, w, range, &entry, &dir)) {
	case VISIT_DONE: break;
	case VISIT_DESCEND: descend(walk, w, dir); break;
	case VISIT_NOT_YET: task_put_back(w->task, at); return ORDER_PUT_DOWN;
	}
	return ORDER_DONE;
}

/* Does what is left of W's task, but for what it gives to others, until it must wait. */
static enum order_outcome go_on(struct walk *walk, struct worker *w)
{
	struct task *task = w->task;

	while (task->top != NULL) {
		if (atomic_load_explicit(&walk->is_stopped, memory_order_relaxed)) {
			leave(w);
			continue;
		}
		if (!task_is_head(task) && must_put_down(walk, w))
			return ORDER_PUT_DOWN;
		if (walk->may_share && is_time_to_share(walk))
			share(walk);
		if (order_is_wanting(&walk->order))
			offload(walk, w);
		if (!task->top->is_held && !task_top_is_empty(task)) {
			if (resume(walk, w) == ORDER_PUT_DOWN)
				return ORDER_PUT_DOWN;
		} else if (step(walk, w) == ORDER_PUT_DOWN) {
			return ORDER_PUT_DOWN;
		}
		if (w->is_stopped)
			atomic_store_explicit(&walk->is_stopped, true, memory_order_relaxed);
	}
	return ORDER_DONE;
}

static enum order_outcome work(void *ctx, unsigned number, struct task *task)
{
	struct walk *walk = ctx;
	struct worker *w = number == 0 ? &walk->first : &walk->others[number - 1];
	enum order_outcome outcome;

	w->task = task;
	if (task->top != NULL && task->top->start == 0)
		task->top->start = clock_now(CLOCK_MONOTONIC);
	outcome = go_on(walk, w);
	w->task = NULL;
	w->path_dir = NULL;
	return outcome;
}

/* ------------------------------------------------------------------------------------ operands */

/* Of several slashes at the end GNU's tools keep one, and two if there is nothing else. */
static void trim_slashes(char *operand)
{
	size_t len = strlen(operand);

	if (len > 2)
		while (len > 1 && operand[len - 1] == '/' && operand[len - 2] == '/')
			operand[--len] = '\0';
}

/* Walks all that is below operand DIR. */
static void walk_below(struct walk *walk, struct dir *dir)
{
	struct task *task = task_new(&walk->dirs);

	if (task == NULL || !task_push(task, dir, 0)) {
		visit_read_error(&walk->first, dir, -ENOMEM);
		dir_release(&walk->dirs, dir, &walk->first);
		dir_unref(&walk->dirs, dir);
		free(task);
		return;
	}
	order_run(&walk->order, task);
}

static void walk_operand(struct walk *walk, char *operand)
{
	struct dir *dir = NULL;

	trim_slashes(operand);
	if (visit_operand(&walk->first, operand, &dir) == VISIT_DESCEND)
		walk_below(walk, dir);
}

/* ----------------------------------------------------------------------------------------- hooks */

static unsigned found_again(void *ctx, unsigned traits, int fd, const struct stat *st)
{
	const struct walk *walk = ctx;

	return walk->visitor->again(walk->visitor->ctx, traits, fd, st);
}

static void closing(void *ctx, void *who, struct dir *dir, unsigned traits, int fd)
{
	(void)ctx;
	visit_leave(who, dir, traits, fd);
}

void walk(const struct walk_options *options, const struct walk_visitor *visitor)
{
	struct walk walk = {
		.options = options,
		.visitor = visitor,
		.may_share = options->jobs != 1,
		.max_idle = MAX_IDLE,
	};
	const struct dir_hooks hooks = {
		.returned = found_again,
		.closing = closing,
		.owing = WALK_OWING,
		.ctx = &walk,
	};
	const struct order_callbacks callbacks = {
		.work = work,
		.ctx = &walk,
		.print = visitor->print,
		.print_ctx = visitor->ctx,
	};

	dirs_init(&walk.dirs, &hooks);
	order_init(&walk.order, &callbacks);
	walk.first = make_worker(&walk);
	walk.start =
		options->recursive && options->jobs == 0 ? clock_now(CLOCK_MONOTONIC_COARSE) : 0;
	for (char *operand;
		!walk.is_stopped && (operand = visitor->next(visitor->ctx, true)) != NULL;)
		walk_operand(&walk, operand);
	order_end(&walk.order);
	for (unsigned i = 0; walk.others != NULL && i + 1 < walk.order.limit; i++)
		free(walk.others[i].path);
	free(walk.others);
	free(walk.first.path);
	dirs_free(&walk.dirs);
}
