/*
 * What the tests of visit work with: two workers, a visitor that puts what it is shown into words,
 * and memory that may not be had.
 */
#ifndef VISIT_FIXTURE_H
#define VISIT_FIXTURE_H

#include "visit.h"

#include <dirent.h>
#include <stdio.h>

#include "scratch.h"

enum { MAX_TEXT = 1024 };

#define TREE                                                                                       \
	"f, p|, l -> f, ld -> d, dang -> nope, loop -> loop, d/, d/f, d/p|, d/s/, d/l -> f, "      \
	"d/ls -> s, d/dang -> nope, d/loop -> loop"

static bool no_memory, no_stat;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);

int __real_sys_pin_stat(int pin, struct stat *ret);
int __wrap_sys_pin_stat(int pin, struct stat *ret);

int __wrap_sys_pin_stat(int pin, struct stat *ret)
{
	return no_stat ? -EIO : __real_sys_pin_stat(pin, ret);
}

void *__wrap_malloc(size_t size)
{
	return no_memory ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return no_memory ? NULL : __real_realloc(p, size);
}

static inline const char *err_name(int err)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {{0, ""}, {EACCES, " EACCES"}, {EIO, " EIO"}, {ELOOP, " ELOOP"},
		{EMFILE, " EMFILE"}, {ENOENT, " ENOENT"}, {ENOMEM, " ENOMEM"},
		{ENOTDIR, " ENOTDIR"}, {ESTALE, " ESTALE"}};

	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].err == err)
			return names[i].name;
	return " another errno";
}

static inline const char *type_name(unsigned char type)
{
	switch (type) {
	case DT_REG: return "file";
	case DT_DIR: return "dir";
	case DT_LNK: return "link";
	case DT_FIFO: return "fifo";
	default: return "unknown";
	}
}

/* The visitor: what it is to do, and what it was shown. */
static struct {
	enum walk_answer answer, first_answer; /* the latter to the next, if it is not WALK_PASS */
	unsigned traits;
	void (*hook)(const struct walk_entry *e); /* is called first */
	bool (*wants)(void *ctx, const struct walk_entry *e);
	char shown[MAX_TEXT]; /* every entry in words, "; " behind each */
	int pin;
	unsigned dir_traits;
} visitor_does;

static inline enum walk_answer visit(void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	static const char *const events[] = {
		"visit", "dangling", "no access", "unreadable", "read error", "cycle"};
	size_t len = strlen(visitor_does.shown);
	enum walk_answer answer;
	struct stat st;

	EXPECT(ctx == &visitor_does);
	EXPECT(*ret_traits == 0);
	snprintf(visitor_does.shown + len, MAX_TEXT - len, "%s %s %s%s%s%s%s%s%s; ",
		events[e->event], type_name(e->type), walk_path(e), e->operand ? " operand" : "",
		e->pin >= 0 && e->followed ? " followed" : "",
		e->pin >= 0 && e->other_device ? " other" : "",
		e->pin < 0                    ? ""
		: e->pin_kind == SYS_OPEN_PIN ? " open"
					      : " pin",
		e->err != 0 ? ":" : "", err_name(e->err));
	if (e->event == WALK_FILE && e->pin >= 0)
		EXPECT(sys_pin_stat(e->pin, &st) == 0 && st.st_ino == e->st->st_ino &&
			st.st_dev == e->st->st_dev && st.st_mode == e->st->st_mode);
	EXPECT(e->operand == (e->dirfd == AT_FDCWD) || e->event == WALK_READ_ERROR ||
		e->event == WALK_UNREADABLE);
	visitor_does.pin = e->pin;
	visitor_does.dir_traits = e->dir_traits;
	*ret_traits = visitor_does.traits;
	if (visitor_does.hook != NULL)
		visitor_does.hook(e);
	answer = visitor_does.first_answer;
	visitor_does.first_answer = WALK_PASS;
	return answer != WALK_PASS ? answer : visitor_does.answer;
}

static struct dirset set;
static struct worker ours, theirs;
static struct walk_visitor visitor;

static inline void begin(const char *text, enum walk_links links)
{
	if (scratch.path == NULL)
		scratch_enter_for_child(text);
	memset(&visitor_does, 0, sizeof(visitor_does));
	visitor = (struct walk_visitor){.visit = visit};
	dirset_init(&set);
	ours = theirs = (struct worker){.links = links, .visitor = &visitor, .ctx = &visitor_does};
	dirs_init(&ours.dirs, &set, 8);
	dirs_init(&theirs.dirs, &set, 8);
}

static inline void end(void)
{
	EXPECT(set.count == 0);
	dirs_free(&ours.dirs);
	dirs_free(&theirs.dirs);
	free(ours.path);
	free(theirs.path);
	dirset_free(&set);
}

static inline void expect_shown(const char *name, const char *expected)
{
	if (strcmp(visitor_does.shown, expected) != 0)
		row_wrong("%s: shown as [%s], expected [%s]", name, visitor_does.shown, expected);
	visitor_does.shown[0] = '\0';
}

static inline void leave(struct worker *w, struct dir *dir)
{
	if (dir == NULL)
		return;
	visit_forget(w, dir);
	dir_leave(&w->dirs, dir);
}

/* The directory with NAME as an operand, entered; what was shown of it is forgotten. */
static struct dir *enter(struct worker *w, const char *name)
{
	struct dir *dir;

	visitor_does.first_answer = WALK_ENTER;
	dir = visit_operand(w, name);
	visitor_does.shown[0] = '\0';
	assert_non_null(dir);
	return dir;
}

#endif
