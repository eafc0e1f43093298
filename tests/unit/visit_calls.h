/* SPDX-License-Identifier: MIT */
/*
 * For the tests of visit: a worker, a visitor, and calls that fail.
 *
 * Link with --wrap= of sys_open_dir, sys_open_pinned_dir, sys_pin, sys_pin_stat, those of
 * no_memory.h and with support/tree.o.
 */
#ifndef VISIT_CALLS_H
#define VISIT_CALLS_H

#include "visit.h"

#include "no_memory.h"
#include "visit_fixture.h"

enum { MAX_TEXT = 1024, RECURSE = 1, BY_NAME = 2 };

/* How many calls of a function fail, with which errno, and what is called before the next one. */
struct failing {
	int err, times;
	unsigned calls;
};
static struct failing open_dir, open_pinned, pin, pin_stat;

int __real_sys_open_dir(int dirfd, const char *name, enum sys_follow follow);
int __wrap_sys_open_dir(int dirfd, const char *name, enum sys_follow follow);
int __real_sys_open_pinned_dir(int fd);
int __wrap_sys_open_pinned_dir(int fd);
int __real_sys_pin(int dirfd, const char *name, enum sys_follow follow);
int __wrap_sys_pin(int dirfd, const char *name, enum sys_follow follow);
int __real_sys_pin_stat(int fd, struct stat *ret);
int __wrap_sys_pin_stat(int fd, struct stat *ret);

static inline bool fails(struct failing *f)
{
	f->calls++;
	return f->times > 0 && f->times-- > 0;
}

int __wrap_sys_open_dir(int dirfd, const char *name, enum sys_follow follow)
{
	return fails(&open_dir) ? -open_dir.err : __real_sys_open_dir(dirfd, name, follow);
}

int __wrap_sys_open_pinned_dir(int fd)
{
	return fails(&open_pinned) ? -open_pinned.err : __real_sys_open_pinned_dir(fd);
}

int __wrap_sys_pin(int dirfd, const char *name, enum sys_follow follow)
{
	return fails(&pin) ? -pin.err : __real_sys_pin(dirfd, name, follow);
}

int __wrap_sys_pin_stat(int fd, struct stat *ret)
{
	return fails(&pin_stat) ? -pin_stat.err : __real_sys_pin_stat(fd, ret);
}

/* ---------------------------------------------------------------------------------- the visitor */

static struct {
	enum walk_answer answer;
	unsigned traits;                          /* of what is entered */
	void (*hook)(const struct walk_entry *e); /* is called first */
	char shown[MAX_TEXT];
	unsigned dir_traits, leaves;
	bool in_turn;
} does;

static inline enum walk_answer visit(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	size_t len = strlen(does.shown);
	struct stat st;

	EXPECT(ctx == &does && *ret_traits == 0);
	in_words(does.shown + len, MAX_TEXT - len, e);
	if (e->event == WALK_FILE && e->pin >= 0)
		EXPECT(fstat(e->pin, &st) == 0 && st.st_ino == e->st->st_ino &&
			st.st_mode == e->st->st_mode && IFTODT(st.st_mode) == e->type);
	does.dir_traits = e->dir_traits;
	does.in_turn = e->in_turn;
	*ret_traits = does.traits;
	if (does.hook != NULL)
		does.hook(e);
	return e->event == WALK_FILE || e->event == WALK_DANGLING ? does.answer : WALK_SKIP;
}

static inline void leave_visitor(void *ctx, const struct walk_entry *e)
{
	EXPECT(ctx == &does);
	EXPECT(e->pin_kind == SYS_OPEN_PIN && fcntl(e->pin, F_GETFD) >= 0);
	EXPECT((e->dir_traits & WALK_OWING) != 0);
	does.leaves++;
}

static struct walk_options options;
static struct walk_visitor visitor;
static struct dirs dirs;
static struct order order;
static struct worker w;
static int fds_before;

static inline unsigned returned(void *ctx, unsigned traits, int fd, const struct stat *st)
{
	(void)fd;
	(void)st;
	return ctx == &does ? traits : 0;
}

static inline void closing(void *ctx, void *who, struct dir *dir, unsigned traits, int fd)
{
	EXPECT(ctx == &does);
	visit_leave(who, dir, traits, fd);
}

static inline enum order_outcome no_work(void *ctx, unsigned worker, struct task *task)
{
	(void)ctx;
	(void)worker;
	(void)task;
	return ORDER_DONE;
}

static inline void begin(const char *text, enum walk_links links, unsigned how)
{
	const struct dir_hooks hooks = {
		.returned = returned, .closing = closing, .owing = WALK_OWING, .ctx = &does};
	const struct order_callbacks callbacks = {.work = no_work};

	if (scratch.path == NULL)
		scratch_enter_for_child(text);
	memset(&does, 0, sizeof(does));
	open_dir = open_pinned = pin = pin_stat = (struct failing){.err = 0};
	options = (struct walk_options){
		.links = links, .recursive = how & RECURSE, .by_name = how & BY_NAME};
	visitor = (struct walk_visitor){.visit = visit, .leave = leave_visitor, .ctx = &does};
	dirs_init(&dirs, &hooks);
	order_init(&order, &callbacks);
	w = (struct worker){
		.options = &options, .visitor = &visitor, .dirs = &dirs, .order = &order};
	fds_before = count_fds();
}

static inline void end(void)
{
	EXPECT(dirs.count == 0 && count_fds() == fds_before);
	order_end(&order);
	free(w.path);
	dirs_free(&dirs);
}

static inline void expect_shown(const char *name, const char *expected)
{
	if (strcmp(does.shown, expected) != 0)
		row_wrong("%s: shown as [%s], expected [%s]", name, does.shown, expected);
	does.shown[0] = '\0';
}

/* Enters operand NAME as the outermost level of a task, which is the head or not. */
static inline struct dir *enter(const char *name, bool is_head)
{
	struct dir *dir = NULL;

	w.task = NULL;
	does.answer = WALK_DESCEND;
	EXPECT(visit_operand(&w, name, NULL, &dir) == VISIT_DESCEND);
	assert_non_null(dir);
	w.task = task_new(&dirs);
	assert_true(task_push(w.task, dir, 0));
	atomic_store(&w.task->is_head, is_head);
	does.shown[0] = '\0';
	return dir;
}

/* Leaves all directories that were entered. */
static inline void leave_all(void)
{
	while (w.task->top != NULL) {
		worker_forget(&w, w.task->top->dir);
		task_pop(w.task, &w);
	}
	task_free(w.task);
	w.task = NULL;
}

/* Leaves DIR, unless it is NULL. */
static inline void drop(struct dir *dir)
{
	if (dir == NULL)
		return;
	dir_release(&dirs, dir, &w);
	worker_forget(&w, dir);
	dir_unref(&dirs, dir);
}

#endif
