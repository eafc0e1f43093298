/* SPDX-License-Identifier: MIT */
#include "apply.h"

#include "byname.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The file to be changed, and how to reach it. */
struct target {
	int pin; /* -1: by name */
	enum sys_pin pin_kind;
	int dirfd;
	const char *name;
	enum sys_follow follow; /* how NAME leads to it */
};

/*
 * The method of changing files. For operands that are changed by name it is not determined before
 * it is needed.
 */
static enum sys_method method_of(const struct apply *a)
{
	enum sys_method method = a->method;

	if (method == SYS_UNDECIDED)
		method = atomic_load_explicit(a->late_method, memory_order_relaxed);
	if (method == SYS_UNDECIDED) {
		method = probe_method(a->preload, PROBE_OPERANDS);
		atomic_store_explicit(a->late_method, method, memory_order_relaxed);
	}
	return method;
}

static bool is_link(const struct stat *st)
{
	return S_ISLNK(st->st_mode);
}

static void fail(struct apply_record *ret, enum apply_result result, int err)
{
	ret->result = result;
	ret->err = -err;
}

/* An entry that was deleted since its directory was read is no failure; an operand is. */
static void fail_unless_vanished(
	const struct walk_entry *e, struct apply_record *ret, enum apply_result result, int err)
{
	if (err == -ENOENT && !e->operand)
		ret->result = APPLY_VANISHED;
	else
		fail(ret, result, err);
}

bool apply_guards(const struct apply *a, const struct stat *st)
{
	return a->guards_root && st->st_ino == a->root_ino && st->st_dev == a->root_dev;
}

/* Whether somebody else can put another file in the place of an entry of E's directory. */
static bool is_contested(const struct walk_entry *e)
{
	return (e->dir_traits & (TRAIT_CONTESTED | TRAIT_PERMS_NOT_LOCAL)) != 0;
}

bool apply_perms_are_local(const struct walk_entry *e, int pin)
{
	return e->other_device ? sys_perms_are_local(pin)
			       : (e->dir_traits & TRAIT_PERMS_NOT_LOCAL) == 0;
}

/* Changes T where there is neither fchmodat2 nor /proc, so that a pin is of no use. */
static int change_without_pin(const struct apply *a, const struct walk_entry *e,
	const struct target *t, const struct stat *st, mode_t mode)
{
	mode_t same;
	const struct byname file = {
		.dirfd = t->dirfd,
		.name = t->name,
		.follow = t->follow,
		.is_operand = e->operand,
		.is_contested = is_contested(e),
		/* Slow to determine, and only needed for names that are followed. */
		.is_absolute = t->follow == SYS_FOLLOW &&
			       modespec_is_absolute(a->spec, st->st_mode, a->umask, &same),
		.euid = a->euid,
	};

	return byname_chmod(&file, st, mode);
}

/* What the system call would return, as far as that can be known without making it. */
static int predict(const struct apply *a, const struct walk_entry *e, const struct target *t,
	const struct stat *st)
{
	bool is_read_only =
		t->pin < 0 ? (e->dir_traits & TRAIT_READ_ONLY) != 0 : sys_is_read_only(t->pin);
	bool is_anybodys = a->unmapped_uid != 0 && st->st_uid == a->unmapped_uid;

	if (is_read_only)
		return -EROFS;
	if (is_anybodys) {
		int err = sys_try_as_owner(t->dirfd, t->name, t->follow, st);
		if (err == 0 || err == -EPERM)
			return err;
	}
	return (a->is_privileged && !is_anybodys) || st->st_uid == a->euid ? 0 : -EPERM;
}

/* Sets the mode of T, except in a dry run. */
static int change(const struct apply *a, const struct walk_entry *e, const struct target *t,
	const struct stat *st, mode_t mode)
{
	int err;

	if (a->dry_run)
		return predict(a, e, t, st);
	if (t->pin < 0 && t->follow == SYS_FOLLOW)
		return sys_chmod_following(t->dirfd, t->name, mode);
	if (t->pin < 0)
		return sys_chmod(method_of(a), t->dirfd, t->name, mode);
	err = sys_pin_chmod(method_of(a), t->pin, t->pin_kind, mode);
	if (err == -SYS_EUNSAFE)
		err = change_without_pin(a, e, t, st, mode);
	return err;
}

/*
 * Whether the file may have another mode now than the requested one: the kernel may drop the bits
 * above 0777, and a file system whose permissions are not local may drop any. A file that is not on
 * the device of its directory may be on such a file system.
 */
static bool may_differ(const struct walk_entry *e, const struct target *t, mode_t mode)
{
	return (mode & 07000) != 0 || (e->dir_traits & TRAIT_PERMS_NOT_LOCAL) != 0 ||
	       e->other_device || t->follow == SYS_FOLLOW;
}

/* Fills in which mode the file has after a change that succeeded. */
static void restat(const struct apply *a, const struct walk_entry *e, const struct target *t,
	struct apply_record *ret)
{
	struct stat st;
	int err;

	ret->actual = ret->requested;
	if (!a->with_old_mode || a->dry_run || !may_differ(e, t, ret->requested))
		return;
	err = t->pin < 0 ? sys_stat(t->dirfd, t->name, t->follow, &st) : sys_pin_stat(t->pin, &st);
	if (err == 0)
		ret->actual = ((st.st_mode & 07777) | ret->last_bits) & ~ret->first_bits;
	else if (err == -ENOENT && !e->operand)
		ret->result = APPLY_VANISHED;
	else
		ret->restat_err = -err;
}

/* Fills in the record's modes for a file with ST. Returns whether the file stays as it is. */
static bool plan(const struct apply *a, const struct stat *st, struct apply_record *ret)
{
	ret->old = ret->actual = st->st_mode & 07777;
	ret->requested = modespec_apply(a->spec, st->st_mode, a->umask);
	ret->unmasked = a->with_unmasked ? modespec_apply(a->spec, st->st_mode, 0) : ret->requested;
	return (a->skip_unchanged && ret->requested == ret->old) ||
	       !modespec_affects(a->spec, st->st_mode);
}

/*
 * Whether the file must wait for its turn in GNU's order, because it may be changed by another of
 * its names too.
 */
static bool is_too_early(const struct apply *a, const struct walk_entry *e, const struct stat *st)
{
	return a->order_matters && !e->in_turn && st->st_nlink > 1 && !S_ISDIR(st->st_mode);
}

/*
 * The bits that newly let others write to directory E, if they are to be given last. Until then
 * nobody else can replace its entries, so that these need not be pinned.
 */
static mode_t bits_for_last(const struct apply *a, const struct walk_entry *e,
	const struct target *t, const struct stat *st, mode_t mode)
{
	mode_t given = mode & ~st->st_mode & 0022;

	if (given == 0 || !a->opens_last || !S_ISDIR(st->st_mode) || t->pin != e->pin ||
		t->pin_kind != SYS_OPEN_PIN || sys_others_may_rename(a->euid, st, st->st_mode) ||
		!apply_perms_are_local(e, t->pin))
		return 0;
	return given;
}

/* Changes a file that has been looked at, and is no link. */
static void change_known(const struct apply *a, const struct walk_entry *e, const struct target *t,
	const struct stat *st, struct apply_record *ret)
{
	struct stat now;
	int err;

	if (is_too_early(a, e, st)) {
		ret->result = APPLY_TOO_EARLY;
		return;
	}
	if (plan(a, st, ret))
		return;
	ret->last_bits = bits_for_last(a, e, t, st, ret->requested);
	if (a->opens_first && S_ISDIR(st->st_mode))
		ret->first_bits = S_IRWXU & ~ret->requested;
	err = change(a, e, t, st, (ret->requested & ~ret->last_bits) | ret->first_bits);
	if (err == 0)
		restat(a, e, t, ret);
	else if (err == -SYS_EUNSAFE)
		ret->result = APPLY_UNSAFE;
	else if (err == -EOPNOTSUPP && t->pin < 0 && t->follow == SYS_NOFOLLOW &&
		 sys_stat(t->dirfd, t->name, SYS_NOFOLLOW, &now) == 0 && is_link(&now))
		ret->result = APPLY_LINK; /* it has become one */
	else if (t->pin < 0 || method_of(a) == SYS_NAME)
		fail_unless_vanished(e, ret, APPLY_NOT_CHANGED, err);
	else
		fail(ret, APPLY_NOT_CHANGED, err); /* it is pinned: ENOENT would be of /proc */
}

/* Changes the file that E names itself, through a pin. */
static void change_by_own_pin(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	struct target t = {
		.pin = sys_pin(e->dirfd, e->name, SYS_NOFOLLOW),
		.pin_kind = SYS_PATH_PIN,
		.dirfd = e->dirfd,
		.name = e->name,
	};
	struct stat st;
	int err = t.pin < 0 ? t.pin : sys_pin_stat(t.pin, &st);

	if (err < 0)
		fail_unless_vanished(e, ret, APPLY_NO_ACCESS, err);
	else if (is_link(&st))
		ret->result = APPLY_LINK;
	else if (S_ISDIR(st.st_mode) && e->pin < 0)
		ret->result = APPLY_IS_DIRECTORY;
	else
		change_known(a, e, &t, &st, ret);
	if (t.pin >= 0)
		close(t.pin);
}

/* How an entry is changed that takes a look. */
enum way {
	BY_NAME,    /* it is looked at and changed by its name */
	BY_PIN,     /* both through a pin */
	NAME_FIRST, /* a name is good enough for a look; what is to be changed is pinned then */
};

static enum way way_of(const struct apply *a, const struct walk_entry *e)
{
	bool changes_names = method_of(a) == SYS_FCHMODAT2 || method_of(a) == SYS_LIBC;

	if (a->dry_run || (changes_names && !is_contested(e)))
		return BY_NAME;
	return a->skip_unchanged ? NAME_FIRST : BY_PIN;
}

/* Changes the file that E names itself. */
static void change_entry(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	struct target t = {.pin = -1, .dirfd = e->dirfd, .name = e->name};
	enum way way = way_of(a, e);
	struct stat st;
	int err;

	if (way == BY_PIN) {
		change_by_own_pin(a, e, ret);
		return;
	}
	err = sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st);
	if (err < 0)
		fail_unless_vanished(e, ret, APPLY_NO_ACCESS, err);
	else if (is_link(&st))
		ret->result = APPLY_LINK;
	else if (S_ISDIR(st.st_mode))
		ret->result = APPLY_IS_DIRECTORY;
	else if (way == BY_NAME)
		change_known(a, e, &t, &st, ret);
	else if (!plan(a, &st, ret))
		change_by_own_pin(a, e, ret);
}

/*
 * Does what can be done without examining the file, and returns whether that was all. In a
 * contested directory an attacker might replace the file by a directory, which would get the mode
 * of files; so the file is examined there unless both get the same.
 */
static bool change_nostat(const struct apply *a, const struct walk_entry *e)
{
	return a->nostat == APPLY_SKIP_NOSTAT ||
	       (a->nostat == APPLY_CHMOD_NOSTAT && (a->nostat_suits_dirs || !is_contested(e)) &&
		       sys_chmod(method_of(a), e->dirfd, e->name, a->nostat_mode) == 0);
}

/*
 * Changes an operand that is no directory by its name, as GNU's chmod does: whatever has that name
 * by now is what the user named.
 */
static void change_operand_by_name(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	const struct target t = {
		.pin = -1, .dirfd = e->dirfd, .name = e->name, .follow = SYS_FOLLOW};

	if (is_link(e->st))
		ret->result = APPLY_LINK; /* what a link of /proc leads to */
	else
		change_known(a, e, &t, e->st, ret);
}

/* Changes what the link E leads to. LINK: the attributes of the link, if they are known. */
static void change_referent(const struct apply *a, const struct walk_entry *e,
	const struct stat *link, struct apply_record *ret)
{
	struct target t = {
		.pin = sys_pin(e->dirfd, e->name, SYS_FOLLOW),
		.pin_kind = SYS_PATH_PIN,
		.dirfd = e->dirfd,
		.name = e->name,
		.follow = SYS_FOLLOW,
	};
	struct stat st;
	int err = t.pin < 0 ? t.pin : sys_pin_stat(t.pin, &st), no_link;

	if (err == 0 && apply_guards(a, &st)) {
		ret->result = APPLY_ROOT;
	} else if (err == 0 && is_link(&st)) {
		/* A link of /proc leads to what a descriptor stands for, which may be a link. */
		ret->result = APPLY_LINK;
	} else if (err == 0) {
		change_known(a, e, &t, &st, ret);
	} else if (link == NULL && (no_link = sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st)) < 0) {
		fail_unless_vanished(e, ret, APPLY_NO_ACCESS, no_link);
	} else if (link == NULL || a->links == APPLY_ALL_LINKS) {
		fail(ret, APPLY_NO_REFERENT, err);
	} else {
		/* -P and an operand: GNU examines the link, and fails when it comes to changing. */
		ret->old = link->st_mode & 07777;
		ret->requested = modespec_apply(a->spec, link->st_mode, a->umask);
		fail(ret, APPLY_NOT_CHANGED, err);
	}
	if (t.pin >= 0)
		close(t.pin);
}

/* Handles an entry that is a link by its type, and that the walk did not follow. */
static void apply_link_entry(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	struct stat st;
	int err;

	if (a->links == APPLY_ALL_LINKS) {
		change_referent(a, e, NULL, ret);
		return;
	}
	ret->result = APPLY_LINK;
	/* There is nothing to do, but GNU examines links too, and reports if that fails. */
	if (!(e->dir_traits & TRAIT_MAYBE_UNSEARCHABLE))
		return;
	err = sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st);
	if (err < 0)
		fail_unless_vanished(e, ret, APPLY_NO_ACCESS, err);
}

/* Handles an entry whose type is known and not that of a directory. */
static void apply_by_type(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	if (e->type == DT_LNK)
		apply_link_entry(a, e, ret);
	else if (!change_nostat(a, e))
		change_entry(a, e, ret);
}

bool apply_follows(const struct apply *a, const struct walk_entry *e)
{
	return a->links == APPLY_ALL_LINKS || (a->links == APPLY_OPERAND_LINKS && e->operand);
}

/* Handles a file that the walk has pinned and examined. */
static void apply_to_pin(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	bool through = apply_follows(a, e);
	struct target t = {
		.pin = e->pin,
		.pin_kind = e->pin_kind,
		.dirfd = e->dirfd,
		.name = e->name,
		.follow = e->followed ? SYS_FOLLOW : SYS_NOFOLLOW,
	};

	if (apply_guards(a, e->st))
		ret->result = APPLY_ROOT;
	else if (e->followed && !through)
		change_by_own_pin(a, e, ret);
	else if (!is_link(e->st))
		change_known(a, e, &t, e->st, ret);
	else if (through)
		change_referent(a, e, e->st, ret);
	else
		ret->result = APPLY_LINK;
}

/* Changes a directory after its contents, by the descriptor through which it was read. */
static void apply_after(const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	const struct target t = {
		.pin = e->pin, .pin_kind = e->pin_kind, .dirfd = e->pin, .name = "."};

	if (e->dir_traits & TRAIT_LINK_ALONE)
		ret->result = APPLY_LINK;
	else
		change_known(a, e, &t, e->st, ret);
}

void apply(const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (e->event == WALK_DANGLING)
		ret->result = a->links == APPLY_NO_LINKS ? APPLY_LINK : APPLY_DANGLING;
	else if (e->event == WALK_AFTER)
		apply_after(a, e, ret);
	else if (e->operand && e->pin < 0)
		change_operand_by_name(a, e, ret);
	else if (e->pin < 0)
		apply_by_type(a, e, ret);
	else
		apply_to_pin(a, e, ret);
}
