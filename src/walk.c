#include "walk.h"

#include "dir.h"
#include "pool.h"
#include "visit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	/* So many directories may wait with their descriptors open; more would gain nothing. */
	MAX_IDLE = 64,
	/* Descriptors that are left to the rest of the process, and what a busy worker may need. */
	SPARE_FDS = 16,
	FDS_PER_WORKER = 8,
	/* One thread is done with so many entries before others have started. */
	ENTRIES_ALONE = 2000,
	/* Bytes of entries that are worth handing over. */
	MIN_PART = 4096,
	MOST_JOBS_BY_DEFAULT = 8,
};

struct walk {
	struct dirset set;
	unsigned jobs;         /* workers wanted; 0: one for each CPU */
	unsigned long visited; /* entries, as long as there is one worker */
	bool is_shared;        /* there may be more: what follows is valid */
	struct pool pool;
	struct worker *others; /* all but the first */
	struct worker first;
};

/* ------------------------------------------------------------------------------ several workers */

static pool_fn walk_task;

/* So many workers as are asked for, and as there are descriptors for. */
static unsigned count_jobs(const struct walk *walk, rlim_t fds)
{
	unsigned jobs = walk->jobs;
	rlim_t most = fds > SPARE_FDS ? (fds - SPARE_FDS) / FDS_PER_WORKER : 0;

	if (jobs == 0) {
		jobs = pool_cpus();
		if (jobs > MOST_JOBS_BY_DEFAULT)
			jobs = MOST_JOBS_BY_DEFAULT;
	}
	return jobs <= most ? jobs : most > 0 ? (unsigned)most : 1;
}

/* How many descriptors there are for the walk, which has DIR open. */
static rlim_t count_fds(const struct walk *walk, const struct dir *dir)
{
	size_t ours = 1 + walk->first.dirs.idle_count;
	struct rlimit limit;
	int next = sys_dup(dir->fd);

	if (next < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
		limit.rlim_cur = 0;
	if (next >= 0)
		close(next);
	/* What the caller has left open is below the first that is free. */
	return limit.rlim_cur > (rlim_t)next ? limit.rlim_cur - (rlim_t)next + ours : 0;
}

/* Makes ready for other workers; they start when there is something for them to do. */
static void share(struct walk *walk, const struct dir *dir)
{
	rlim_t fds = count_fds(walk, dir), idle;
	struct worker *first = &walk->first;

	walk->jobs = count_jobs(walk, fds);
	walk->others = walk->jobs > 1 ? calloc(walk->jobs - 1, sizeof(*walk->others)) : NULL;
	if (walk->others == NULL) {
		walk->jobs = 1;
		return;
	}
	idle = (fds - SPARE_FDS) / walk->jobs - FDS_PER_WORKER / 2;
	if (idle > MAX_IDLE)
		idle = MAX_IDLE;
	dirs_share(&first->dirs, (size_t)idle);
	for (struct worker *w = walk->others; w < walk->others + walk->jobs - 1; w++) {
		*w = (struct worker){
			.links = first->links,
			.visitor = first->visitor,
			.ctx = first->ctx,
		};
		dirs_init(&w->dirs, &walk->set, (size_t)idle);
		dirs_share(&w->dirs, (size_t)idle);
	}
	pool_init(&walk->pool, walk->jobs, walk_task, walk);
	walk->is_shared = true;
}

/* Whether there is somebody to leave work to, of DIR or below it. */
static bool can_leave_work(struct walk *walk, const struct dir *dir)
{
	if (!walk->is_shared) {
		if (walk->jobs == 1 || walk->visited < ENTRIES_ALONE)
			return false;
		share(walk, dir);
	}
	return walk->is_shared && pool_is_hungry(&walk->pool);
}

/* Leaves the entries of DIR that have been read to another worker, if they are many. */
static void leave_entries(struct walk *walk, struct worker *w, struct dir *dir)
{
	struct dir *part;

	/*
	 * Of the last of them a share would be too small, and who has only them would end up idle.
	 */
	if (dir->at_end || dir_rest(dir) < MIN_PART || !can_leave_work(walk, dir))
		return;
	part = dir_split(&w->dirs, dir);
	if (part != NULL)
		pool_push(&walk->pool, part);
}

/* -------------------------------------------------------------------------------------- walking */

/* Visits entries of DIR until one of them is to be read now, which is returned, or all are done. */
static struct dir *read_on(struct walk *walk, struct worker *w, struct dir *dir)
{
	const char *name;
	unsigned char type;
	int got;

	for (;;) {
		struct dir *next;

		leave_entries(walk, w, dir);
		got = dir_next(&w->dirs, dir, &name, &type);
		if (got <= 0)
			break;
		if (!walk->is_shared)
			walk->visited++;
		next = visit_entry(w, dir, name, type);
		if (next == NULL)
			continue;
		/* A chain of directories gains nothing from going from hand to hand. */
		if (dir_rest(dir) == 0 || !can_leave_work(walk, dir))
			return next;
		pool_push(&walk->pool, next);
	}
	if (got < 0)
		visit_read_error(w, dir, got);
	return NULL;
}

/* Leaves DIR, which is done. The directory to go on with, or NULL. */
static struct dir *go_up(struct worker *w, struct dir *dir)
{
	for (;;) {
		int err;

		visit_forget(w, dir);
		dir = dir_leave(&w->dirs, dir);
		if (dir == NULL)
			return NULL;
		err = dir_resume(&w->dirs, dir);
		if (err == 0)
			return dir;
		visit_read_error(w, dir, err);
	}
}

/* Reads DIR and all below it but what is left to others. */
static void walk_below(struct walk *walk, struct worker *w, struct dir *dir)
{
	while (dir != NULL) {
		struct dir *next = read_on(walk, w, dir);

		if (next != NULL) {
			dir_suspend(&w->dirs, dir);
			dir = next;
		} else {
			dir = go_up(w, dir);
		}
	}
}

/* A task of the pool: a directory that another worker has visited. */
static void walk_task(void *ctx, unsigned index, void *task)
{
	struct walk *walk = ctx;
	struct worker *w = index == 0 ? &walk->first : &walk->others[index - 1];

	dir_take(&w->dirs, task);
	walk_below(walk, w, task);
}

/* Of several slashes at the end GNU's tools keep one, and two if there is nothing else. */
static void trim_slashes(char *operand)
{
	size_t len = strlen(operand);

	if (len > 2)
		while (len > 1 && operand[len - 1] == '/' && operand[len - 2] == '/')
			operand[--len] = '\0';
}

static void free_worker(struct worker *w)
{
	dirs_free(&w->dirs);
	free(w->path);
}

void walk(enum walk_links links, unsigned jobs, const struct walk_visitor *visitor, void *ctx)
{
	struct walk walk;
	struct worker *first = &walk.first;

	walk.jobs = jobs;
	walk.visited = 0;
	walk.is_shared = false;
	dirset_init(&walk.set);
	*first = (struct worker){.links = links, .visitor = visitor, .ctx = ctx};
	dirs_init(&first->dirs, &walk.set, MAX_IDLE);
	for (char *operand; (operand = visitor->next(ctx)) != NULL;) {
		trim_slashes(operand);
		walk_below(&walk, first, visit_operand(first, operand));
		if (walk.is_shared)
			pool_wait(&walk.pool);
	}
	if (walk.is_shared) {
		pool_end(&walk.pool);
		for (unsigned i = 0; i < walk.jobs - 1; i++)
			free_worker(&walk.others[i]);
		free(walk.others);
	}
	free_worker(first);
	dirset_free(&walk.set);
}
