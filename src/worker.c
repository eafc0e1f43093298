/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --------------------------------------------------------------------------------------- paths */

/* Makes path at least SIZE bytes long. Returns false if there is no memory. */
static bool reserve_path(struct worker *w, size_t size)
{
	char *path;

	if (size <= w->path_size)
		return true;
	size += size / 2;
	path = realloc(w->path, size);
	if (path == NULL)
		return false;
	w->path = path;
	w->path_size = size;
	return true;
}

const char *walk_path(const struct walk_entry *e)
{
	struct worker *w = e->worker;
	const struct dir *dir = e->dir;
	size_t len = strlen(e->name);

	if (e->given != NULL)
		return e->given;
	if (dir == NULL || !reserve_path(w, dir->path_len + len + 1))
		return e->name;
	if (w->path_dir != dir) {
		const struct dir *parent = dir->parent;

		/* Most often the walk has gone down by one level. */
		if (parent != NULL && w->path_dir == parent) {
			memcpy(w->path + parent->path_len, dir->name,
				dir->path_len - parent->path_len - 1);
			w->path[dir->path_len - 1] = '/';
		} else {
			dir_path(dir, w->path);
		}
	}
	w->path_dir = dir;
	memcpy(w->path + dir->path_len, e->name, len + 1);
	return w->path;
}

void worker_forget(struct worker *w, const struct dir *dir)
{
	/* The path still begins with that of the parent, to which DIR has a reference. */
	if (w->path_dir == dir)
		w->path_dir = dir->parent;
}

/* --------------------------------------------------------------------------------- measurements */

int64_t worker_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void worker_measure(struct worker *w, int sign)
{
	w->duration += sign * worker_clock();
	w->sleeps += sign * thread_voluntary_switches();
}

/* -------------------------------------------------------------------------------------- output */

struct transcript *walk_begin_output(const struct walk_entry *e)
{
	struct task *task = e->worker->task;

	worker_leave_out(e->worker, 1);
	if (task == NULL || task_is_head(task))
		return NULL;
	lock_take(&task->transcript.lock);
	/* It may have become the head while this worker waited for the lock. */
	if (!task_is_head(task))
		return &task->transcript;
	lock_drop(&task->transcript.lock);
	return NULL;
}

void walk_end_output(const struct walk_entry *e, struct transcript *transcript)
{
	if (transcript != NULL) {
		e->worker->noted_path = 0;
		lock_drop(&transcript->lock);
	}
	worker_leave_out(e->worker, -1);
}

/* --------------------------------------------------------------------------------- descriptors */

/* Closes a descriptor of W's own task or, if there is none, of another one. */
static bool make_room(struct worker *w)
{
	if (w->task == NULL)
		return false;
	return task_evict(w->task, w) || order_free_fds(w->order, w->task, w);
}

bool worker_may_retry(struct worker *w, int err)
{
	return sys_is_fd_shortage(err) && make_room(w);
}

bool walk_make_room(const struct walk_entry *e)
{
	return make_room(e->worker);
}
