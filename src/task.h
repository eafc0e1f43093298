/*
 * A task: a part of the walk that one worker does at a time, and that can be divided.
 *
 * Its unit of work is a range: entries of one directory that follow each other, in memory, and for
 * the last range of a directory what has not been read yet. A task is a stack of ranges, one for
 * each level from where it began down to where it is now. What is given away is the later half of
 * the outermost level that has anything left, and comes right after what is kept, so that the order
 * of a walk by one worker can be told from the order of the tasks.
 *
 * A level that waits holds its directory open as long as descriptors last. Nothing is ever found
 * again by an offset: before a directory is closed, what has not been read of it is.
 */
#ifndef TASK_H
#define TASK_H

#include "dir.h"
#include "names.h"
#include "transcript.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct range {
	struct range *outer, *inner;
	struct dir *dir;
	struct names *names; /* NULL: none */
	size_t at, end;      /* the entries in names that are left */
	size_t last;         /* where the one that was handed out last began */
	bool has_unread;     /* what has not been read of the directory is left, too */
	bool is_last;        /* the last one of its directory: what is due after it is due here */
	bool is_held;        /* the directory is held by this range */
	int err;             /* -errno that ended the directory behind these entries, or 0 */
	unsigned long done;  /* entries that were handed out */
	int64_t start;       /* when that began, by the caller's clock */
	struct range *older, *newer; /* of those that are held and wait */
};

enum task_state { TASK_READY, TASK_RUNNING, TASK_DOWN, TASK_DONE };

struct task {
	struct dirs *dirs;
	struct range *top, *bottom; /* the innermost level, and the outermost */
	struct range *first_left;   /* no level outside of this one has entries left */
	struct range *oldest, *newest;
	size_t idle_count;
	/* A directory so many levels below the top that is held until the top has been reopened. */
	struct dir *below;
	size_t below_levels;

	/* Instead of levels, or outside of them: operands of a window, see operands.h. */
	size_t operand, operand_end;
	unsigned long operands_done;
	int64_t start;

	/* For order.c: */
	struct task *prev, *next;
	enum task_state state;
	atomic_bool is_head;
	struct transcript transcript;
};

/* A task without levels, or NULL: no memory. */
struct task *task_new(struct dirs *dirs);

/* Frees a task that has no levels. */
void task_free(struct task *task);

/*
 * A new innermost level: all of DIR, which is held for it. The one above it waits. False: no
 * memory, and nothing has happened. START: the clock.
 */
bool task_push(struct task *task, struct dir *dir, int64_t start);

/* Leaves the innermost level, whatever is left of it. WHO: see dir.h, here and below. */
void task_pop(struct task *task, void *who);

/* What task_next() has found. */
enum task_step { TASK_ENTRY, TASK_END, TASK_ERROR, TASK_TOO_EARLY };

/*
 * The next entry of the innermost level, valid until it is popped or pushed upon; or that there is
 * none; or once, behind the last one, that reading failed: *RET_ERR. TASK_TOO_EARLY: too many names
 * of this directory are in memory, and those before it must be done first.
 */
enum task_step task_next(struct task *task, struct entry *ret, int *ret_err);

/* Puts the entry that task_next() returned last back. */
void task_put_back(struct task *task);

/* Whether what is left of the innermost level, or due after it, needs its directory. */
bool task_top_needs_dir(struct task *task);

/* Opens the innermost directory again, if it has been closed. Values of dir_reopen(). */
int task_resume(struct task *task, void *who);

/*
 * The same for the level that it goes back to, if that needs its directory: to be called as long as
 * the way there, through the innermost directory, is open.
 */
int task_resume_outer(struct task *task, void *who);

/* Closes the directory of a level that waits. False if there is none that is open. */
bool task_evict(struct task *task, void *who);

/* Closes as many as it takes for no more than MOST to be open. */
void task_limit_idle(struct task *task, size_t most, void *who);

/* Closes all directories of a task that nobody runs. False if none was open. */
bool task_close_all(struct task *task, void *who);

/*
 * The level that would be divided next: the outermost one that has something left; NULL if only the
 * innermost has, and not enough to leave half. *RET_COUNT: about how many entries would be given.
 */
struct range *task_divisible(struct task *task, size_t *ret_count);

/*
 * Divides LEVEL, which task_divisible() returned: a new task with the later half. What is due after
 * levels that are done goes along. NULL: no memory, and nothing has happened.
 */
struct task *task_divide(struct task *task, struct range *level, void *who);

#endif
