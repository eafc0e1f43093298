/*
 * visit: every kind of name, as an operand and as an entry, as its directory has it and as it has
 * become since; what cannot be opened; and paths.
 *
 * Link with --wrap= of sys_open_dir, sys_open_pinned_dir, sys_pin, sys_pin_stat, those of
 * no_memory.h and with support/tree.o.
 */
#include "visit.h"

#include "no_memory.h"
#include "visit_fixture.h"
#include "visit_rows.h"

enum { MAX_TEXT = 1024 };

/* Calls that fail: so many of each with an errno; and what is called before the next. */
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

static bool fails(struct failing *f)
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

/* ----------------------------------------------------------------------------------- the visitor */

static struct {
	enum walk_answer answer;
	unsigned traits;                          /* of what is entered */
	void (*hook)(const struct walk_entry *e); /* is called first */
	char shown[MAX_TEXT];
	unsigned dir_traits, leaves;
	bool in_turn;
} does;

static enum walk_answer visit(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
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

static void leave_visitor(void *ctx, const struct walk_entry *e)
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

static unsigned returned(void *ctx, unsigned traits, int fd, const struct stat *st)
{
	(void)fd;
	(void)st;
	return ctx == &does ? traits : 0;
}

static void closing(void *ctx, void *who, struct dir *dir, unsigned traits, int fd)
{
	EXPECT(ctx == &does);
	visit_leave(who, dir, traits, fd);
}

static enum order_outcome no_work(void *ctx, unsigned worker, struct task *task)
{
	(void)ctx;
	(void)worker;
	(void)task;
	return ORDER_DONE;
}

static void begin(const char *text, enum walk_links links, unsigned how)
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

static void end(void)
{
	EXPECT(dirs.count == 0 && count_fds() == fds_before);
	order_end(&order);
	free(w.path);
	dirs_free(&dirs);
}

static void expect_shown(const char *name, const char *expected)
{
	if (strcmp(does.shown, expected) != 0)
		row_wrong("%s: shown as [%s], expected [%s]", name, does.shown, expected);
	does.shown[0] = '\0';
}

/* Enters operand NAME as the outermost level of a task, which is the head or not. */
static struct dir *enter(const char *name, bool is_head)
{
	struct dir *dir = NULL;

	w.task = NULL;
	does.answer = WALK_DESCEND;
	EXPECT(visit_operand(&w, name, &dir) == VISIT_DESCEND);
	assert_non_null(dir);
	w.task = task_new(&dirs);
	assert_true(task_push(w.task, dir, 0));
	atomic_store(&w.task->is_head, is_head);
	does.shown[0] = '\0';
	return dir;
}

/* Leaves all that has been entered. */
static void leave_all(void)
{
	while (w.task->top != NULL) {
		visit_forget(&w, w.task->top->dir);
		task_pop(w.task, &w);
	}
	task_free(w.task);
	w.task = NULL;
}

/* What was entered, if anything, is left again. */
static void drop(struct dir *dir)
{
	if (dir == NULL)
		return;
	dir_release(&dirs, dir, &w);
	visit_forget(&w, dir);
	dir_unref(&dirs, dir);
}

static bool is_for(const char *links, enum walk_links mode)
{
	return strchr(links, "PHL"[mode]) != NULL;
}

/* ----------------------------------------------------------------------------------- every kind */

static void test_operands(void **state)
{
	(void)state;
	for (int links = WALK_NO_LINKS; links <= (int)WALK_ALL_LINKS; links++) {
		for (size_t i = 0; i < COUNT(operand_rows); i++) {
			struct dir *dir = NULL;

			if (!is_for(operand_rows[i].links, (enum walk_links)links))
				continue;
			begin(TREE, (enum walk_links)links, operand_rows[i].how);
			EXPECT(visit_operand(&w, operand_rows[i].name, &dir) == VISIT_DONE);
			EXPECT(dir == NULL &&
				(does.in_turn || strstr(does.shown, "visit") == NULL));
			expect_shown(operand_rows[i].name, operand_rows[i].shown);
			end();
		}
	}
	rows_end();
}

static void test_entries(void **state)
{
	(void)state;
	for (int links = WALK_NO_LINKS; links <= (int)WALK_ALL_LINKS; links++) {
		for (size_t i = 0; i < COUNT(entry_rows); i++) {
			const struct entry entry = {entry_rows[i].name, entry_rows[i].type};
			struct dir *in, *dir = NULL;

			if (!is_for(entry_rows[i].links, (enum walk_links)links))
				continue;
			begin(TREE, (enum walk_links)links, RECURSE);
			does.traits = 77;
			in = enter("d", true);
			does.answer = WALK_SKIP;
			EXPECT(visit_entry(&w, in, &entry, &dir) == VISIT_DONE && dir == NULL);
			EXPECT(does.dir_traits == 77);
			expect_shown(entry.name, entry_rows[i].shown);
			leave_all();
			end();
		}
	}
	rows_end();
}

/* Only names that are wanted are looked at. */
static bool wants_f(void *ctx, const struct walk_entry *e)
{
	EXPECT(ctx == &does && e->pin < 0 && !e->operand);
	return strcmp(e->name, "f") == 0;
}

static void test_wants(void **state)
{
	static const struct entry entries[] = {{"f", DT_REG}, {"s", DT_DIR}, {"l", DT_LNK}};
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	visitor.wants = wants_f;
	in = enter("d", true);
	open_dir.calls = pin.calls = 0;
	for (size_t i = 0; i < COUNT(entries); i++)
		EXPECT(visit_entry(&w, in, &entries[i], &dir) == VISIT_DONE);
	expect_shown("wants", "visit file d/f; ");
	EXPECT(open_dir.calls == 0 && pin.calls == 0);
	leave_all();
	end();
	rows_end();
}

/* -------------------------------------------------------------------------------------- answers */

static void test_answers(void **state)
{
	const struct entry s = {"s", DT_DIR}, was_file = {"s", DT_REG}, f = {"f", DT_REG};
	struct dir *in, *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	in = enter("d", false);
	does.answer = WALK_DESCEND;
	does.traits = 5;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_DESCEND && dir->parent == in);
	EXPECT(dir->traits == 5 && !does.in_turn);
	drop(dir);
	does.answer = WALK_DESCEND_REOPEN;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_DESCEND);
	drop(dir);
	/* Nothing has been done: it comes again. */
	does.answer = WALK_NOT_YET;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_NOT_YET);
	EXPECT(visit_entry(&w, in, &f, &dir) == VISIT_NOT_YET);
	does.answer = WALK_STOP;
	EXPECT(!w.is_stopped && visit_entry(&w, in, &f, &dir) == VISIT_DONE && w.is_stopped);
	w.is_stopped = false;
	EXPECT(visit_entry(&w, in, &s, &dir) == VISIT_DONE && w.is_stopped);
	/* A directory that was read as a file is visited as one. */
	does.shown[0] = '\0';
	does.answer = WALK_IS_DIRECTORY;
	EXPECT(visit_entry(&w, in, &was_file, &dir) == VISIT_DONE);
	expect_shown("s", "visit file d/s; visit dir d/s open; ");
	leave_all();
	end();
	rows_end();
}

/* A file is not entered, whatever the visitor says. */
static void test_descend_into_a_file(void **state)
{
	struct dir *dir = NULL;

	(void)state;
	begin(TREE, WALK_OPERAND_LINKS, RECURSE);
	does.answer = WALK_DESCEND;
	EXPECT(visit_operand(&w, "f", &dir) == VISIT_DONE && dir == NULL);
	end();
	rows_end();
}

/* ------------------------------------------------------------------------------- what is closed */

/* What can be read only after the change is pinned, changed and opened then. */
static void open_it(const struct walk_entry *e)
{
	EXPECT(e->event != WALK_FILE || fchmodat(e->dirfd, e->name, 0755, 0) == 0);
}

static void visit_closed(void *ctx)
{
	static const char *const names[] = {"none", "search", "read"};
	struct dir *dir = NULL;

	(void)ctx;
	be_nobody();
	for (size_t i = 0; i < COUNT(names); i++) {
		char expected[100];
		bool is_readable = strcmp(names[i], "read") == 0;

		begin(NULL, WALK_OPERAND_LINKS, RECURSE);
		does.answer = WALK_DESCEND;
		does.hook = open_it;
		EXPECT(visit_operand(&w, names[i], &dir) == VISIT_DESCEND);
		sprintf(expected, "visit dir %s operand followed other %s; ", names[i],
			is_readable ? "open" : "pin");
		expect_shown(names[i], expected);
		if (dir != NULL)
			EXPECT(dir->fd > 2);
		drop(dir);
		end();
	}
}

static void test_closed_directories(void **state)
{
	(void)state;
	scratch_enter_for_child("none/ 000, search/ 300, read/ 400");
	if (!in_child(visit_closed, NULL))
		SKIP_TEST("nobody else to be");
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_operands),
		SCRATCH_TEST(test_entries),
		SCRATCH_TEST(test_wants),
		SCRATCH_TEST(test_answers),
		SCRATCH_TEST(test_descend_into_a_file),
		SCRATCH_TEST(test_closed_directories),
	};

	umask(022);
	return cmocka_run_group_tests_name("visit", tests, NULL, NULL);
}
