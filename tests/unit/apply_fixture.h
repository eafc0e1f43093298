/* SPDX-License-Identifier: MIT */
/*
 * For the tests of apply: entries as a walk would show them, and wrappers of functions of sys,
 * which note each call and may let it fail.
 */
#ifndef APPLY_FIXTURE_H
#define APPLY_FIXTURE_H

#include "apply.h"
#include "descend.h"
#include "policy.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

#include "scratch.h"

/* What was called, a word and a blank for each call, and what happens at a call. */
static struct {
	char calls[512];
	const char *at;     /* the call that something happens at, once ... */
	int skip;           /* ... after so many such calls */
	int err;            /* it is not made and fails with this; 0: it is made */
	void (*hook)(void); /* is called first */
	bool perms_not_local, read_only;
} sys;

/* Notes a call of NAME. Returns whether it has to fail. */
static inline bool note(const char *name)
{
	size_t len = strlen(sys.calls);
	bool is_it = sys.at != NULL && strcmp(sys.at, name) == 0;

	snprintf(sys.calls + len, sizeof(sys.calls) - len, "%s ", name);
	if (!is_it || sys.skip-- > 0)
		return false;
	sys.at = NULL;
	if (sys.hook != NULL)
		sys.hook();
	return sys.err != 0;
}

/* A wrapper of sys_NAME(), which is noted as WORD. */
#define NOTED(word, name, parameters, arguments)                                                   \
	int __real_sys_##name parameters;                                                          \
	int __wrap_sys_##name parameters;                                                          \
	int __wrap_sys_##name parameters                                                           \
	{                                                                                          \
		return note(word) ? -sys.err : __real_sys_##name arguments;                        \
	}

NOTED("pin", pin, (int dirfd, const char *name, enum sys_follow follow), (dirfd, name, follow))
NOTED("fstat", pin_stat, (int pin, struct stat *ret), (pin, ret))
NOTED("fchmod", pin_chmod, (enum sys_method method, int pin, enum sys_pin kind, mode_t mode),
	(method, pin, kind, mode))
NOTED("stat", stat, (int dirfd, const char *name, enum sys_follow follow, struct stat *ret),
	(dirfd, name, follow, ret))
NOTED("chmod", chmod, (enum sys_method method, int dirfd, const char *name, mode_t mode),
	(method, dirfd, name, mode))
NOTED("follow", chmod_following, (int dirfd, const char *name, mode_t mode), (dirfd, name, mode))
NOTED("reopen", reopened_chmod,
	(int dirfd, const char *name, enum sys_follow follow, const struct stat *st, mode_t mode),
	(dirfd, name, follow, st, mode))

bool __wrap_sys_perms_are_local(int fd);
bool __wrap_sys_is_read_only(int fd);

bool __wrap_sys_perms_are_local(int fd)
{
	(void)fd;
	note("perms");
	return !sys.perms_not_local;
}

bool __wrap_sys_is_read_only(int fd)
{
	(void)fd;
	note("read-only");
	return sys.read_only;
}

/* An entry, and what it points to. */
struct shown {
	struct walk_entry e;
	struct stat st;
	struct apply_record record;
};

static inline void sys_reset(void)
{
	memset(&sys, 0, sizeof(sys));
}

/* NAME in the working directory, below an operand, by its type alone. */
static inline void show(struct shown *s, const char *name, unsigned char type, unsigned traits)
{
	*s = (struct shown){
		.e =
			{
				.event = WALK_FILE,
				.dirfd = AT_FDCWD,
				.name = name,
				.type = type,
				.pin = -1,
				.dir_traits = traits,
			},
	};
}

enum shown_as { OPERAND, ENTRY };

/* NAME as the walk has looked at it. Close s->e.pin. */
static inline void show_pinned(
	struct shown *s, const char *name, enum shown_as as, enum sys_follow follow)
{
	show(s, name, DT_UNKNOWN, 0);
	s->e.operand = s->e.other_device = as == OPERAND;
	s->e.followed = follow == SYS_FOLLOW;
	s->e.pin = __real_sys_pin(AT_FDCWD, name, follow);
	assert_true(s->e.pin >= 0);
	assert_int_equal(__real_sys_pin_stat(s->e.pin, &s->st), 0);
	s->e.type = IFTODT(s->st.st_mode);
	s->e.st = &s->st;
}

/* Directory NAME as the walk has opened it. Close s->e.pin. */
static inline void show_open(
	struct shown *s, const char *name, enum shown_as as, enum sys_follow follow)
{
	show_pinned(s, name, as, follow);
	close(s->e.pin);
	s->e.pin = sys_open_dir(AT_FDCWD, name, follow);
	s->e.pin_kind = SYS_OPEN_PIN;
	assert_true(s->e.pin >= 0);
	sys.calls[0] = '\0';
}

static inline void compile(struct modespec *m, const char *spec)
{
	assert_int_equal(modespec_compile(m, spec, NULL), 0);
}

/* A run that changes modes by SPEC, without any option. */
static inline struct apply asking(const struct modespec *spec, enum sys_method method)
{
	return (struct apply){.spec = spec, .umask = 022, .method = method, .euid = geteuid()};
}

/* For a test that visits a directory. */
struct visit {
	struct modespec spec;
	struct apply a;
	struct shown s;
	unsigned traits;
};

static inline void visit_end(struct visit *v)
{
	close(v->s.e.pin);
	modespec_free(&v->spec);
}

/* What descend_changed() says of a directory of that mode: its traits. */
static inline unsigned traits_of(const struct apply *a, mode_t mode, bool perms_not_local)
{
	struct apply_record record = {.result = APPLY_DONE, .actual = mode, .old = mode};
	struct stat st = {.st_mode = S_IFDIR | mode, .st_uid = a->euid};
	struct walk_entry e = {.pin = -1, .st = &st, .other_device = true};
	bool before = sys.perms_not_local;
	unsigned traits = 0;

	sys.perms_not_local = perms_not_local;
	descend_changed(a, &e, &record, &traits);
	sys.perms_not_local = before;
	sys.calls[0] = '\0';
	return traits;
}

/* Kinds of directories. */
enum place { QUIET, CONTESTED, FOREIGN, CLOSED }; /* FOREIGN: on NFS or the like */

static inline unsigned traits_in(const struct apply *a, enum place place)
{
	return traits_of(a,
		place == CONTESTED ? 0777
		: place == CLOSED  ? 0644
				   : 0755,
		place == FOREIGN);
}

/* Whether an entry with TRAITS is pinned, so that the directory is taken for contested. */
static inline bool is_pinned(const struct apply *a, unsigned traits)
{
	struct shown s;

	sys.calls[0] = '\0';
	show(&s, "nope", DT_REG, traits);
	apply(a, &s.e, &s.record);
	return strcmp(sys.calls, "pin ") == 0;
}

/* Whether a link in such a directory is looked at. */
static inline bool is_looked_at(const struct apply *a, unsigned traits)
{
	struct shown s;

	sys.calls[0] = '\0';
	show(&s, "nope", DT_LNK, traits);
	apply(a, &s.e, &s.record);
	return strcmp(sys.calls, "stat ") == 0;
}

/* The name of METHOD. */
static inline const char *method_name(enum sys_method method)
{
	static const char *const names[] = {"fchmodat2", "procfd", "libc", "name"};

	return names[method];
}

/* Whether METHOD can be used here. */
static inline bool can_use(enum sys_method method)
{
	/* sys has tests of its own for the others. */
	return method != SYS_FCHMODAT2 ||
	       probe_method(PROBE_NO_PRELOAD, PROBE_TREES) == SYS_FCHMODAT2;
}

#endif
