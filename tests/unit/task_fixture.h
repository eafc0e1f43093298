/* SPDX-License-Identifier: MIT */
/*
 * For the tests of task: directories as in dir_fixture.h, whose entries may be invented.
 *
 * Link with --wrap= of sys_read_dir, sys_sorts_by_inode and those of dir_fixture.h.
 */
#ifndef TASK_FIXTURE_H
#define TASK_FIXTURE_H

#include "task.h"

#include "dir_fixture.h"
#include "made_up.h"

static struct made_up made_up; /* with a count: what is in all directories */
static unsigned reads;
static size_t read_most;             /* bytes that a read returns; 0: any number */
static int read_err, read_err_after; /* an errno, after so many reads; 0: none */

ssize_t __real_sys_read_dir(int fd, void *buf, size_t size);
ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size);
bool __wrap_sys_sorts_by_inode(int fd);

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size)
{
	reads++;
	if (read_err != 0 && read_err_after-- <= 0)
		return -read_err;
	if (read_most != 0)
		size = read_most;
	return made_up.count > 0 ? made_up_read(&made_up, buf, size)
				 : __real_sys_read_dir(fd, buf, size);
}

bool __wrap_sys_sorts_by_inode(int fd)
{
	return fd >= 0;
}

static struct task *task;

static inline void begin_task(const char *text)
{
	begin(text);
	made_up = (struct made_up){.count = 0};
	reads = 0;
	read_err = 0;
	task = task_new(&dirs);
	assert_non_null(task);
}

static inline void pop_all(struct task *t)
{
	while (t->top != NULL)
		task_pop(t, t);
}

static inline void end_task(void)
{
	pop_all(task);
	EXPECT(task->idle_count == 0 && task->below == NULL);
	task_free(task);
	end();
}

static inline void push(struct task *t, struct dir *dir)
{
	assert_true(task_push(t, dir, 0));
}

/* The rest of the innermost level: the names, a blank after each; "!" and an errno. */
static inline const char *rest_of(struct task *t)
{
	static char text[4096];
	struct entry entry;
	enum task_step step;
	int err;

	text[0] = '\0';
	while ((step = task_next(t, &entry, &err)) != TASK_END) {
		size_t len = strlen(text);

		if (step == TASK_ENTRY)
			snprintf(text + len, sizeof(text) - len, "%s ", entry.name);
		else if (step == TASK_ERROR)
			snprintf(text + len, sizeof(text) - len, "!%d ", -err);
		else
			snprintf(text + len, sizeof(text) - len, "too early ");
		if (step == TASK_TOO_EARLY)
			break;
	}
	return text;
}

/* Takes COUNT entries of T. Returns how many there were. */
static inline unsigned take(struct task *t, unsigned count)
{
	struct entry entry;
	unsigned taken = 0;
	int err;

	while (taken < count && task_next(t, &entry, &err) == TASK_ENTRY)
		taken++;
	return taken;
}

static inline void expect_rest(struct task *t, const char *expected)
{
	const char *got = rest_of(t);

	if (strcmp(got, expected) != 0)
		row_wrong("[%s], expected [%s]", got, expected);
}

/* Enters DIR with six invented entries, which come in order on any file system. */
static inline void push_six(struct task *t, struct dir *dir)
{
	made_up = (struct made_up){.count = 6, .dots = 0};
	made_up_rewind(&made_up);
	push(t, dir);
}

/* Divides T where that is worth WORTH at time NOW; NULL if it has nothing to give. */
static inline struct task *divide_if(struct task *t, int64_t now, int64_t worth)
{
	struct task_cut cut;

	return task_find_cut(t, now, worth, &cut) ? task_divide(t, &cut, t) : NULL;
}

/* Divides T, whatever it is worth. */
static inline struct task *divide(struct task *t)
{
	return divide_if(t, 0, 0);
}

static inline void end_part(struct task *part)
{
	pop_all(part);
	EXPECT(part->idle_count == 0 && part->below == NULL);
	task_free(part);
}

#define ZERO  "000000xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx "
#define ONE   "000001x "
#define TWO   "000002xx "
#define THREE "000003xxx "
#define FOUR  "000004xxxx "
#define FIVE  "000005xxxxx "

#endif
