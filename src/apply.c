#include "apply.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Traits of a directory. */
enum {
	/* Somebody other than the caller and root may rename what is in it. */
	CONTESTED = 1,
	/* It is on a file system where owners and modes do not tell whether it is contested. */
	NOT_BINDING = 2,
	/* The caller may lack search permission, so that nothing in it can be examined. */
	MAYBE_CLOSED = 4,
};

/* What a function that changes a file has to know of it beside its attributes. */
struct target {
	int pin; /* -1: by name */
	enum sys_pin pin_kind;
	int dirfd;
	const char *name;
	enum sys_follow follow; /* how NAME leads to it */
};

static bool is_link(const struct stat *st)
{
	return S_ISLNK(st->st_mode);
}

static void fail(struct apply_record *ret, enum apply_result result, int err)
{
	ret->result = result;
	ret->err = -err;
}

/* What has vanished below an operand is no failure: somebody was faster with deleting it. */
static void fail_unless_vanished(
	const struct walk_entry *e, struct apply_record *ret, enum apply_result result, int err)
{
	if (err == -ENOENT && !e->operand)
		ret->result = APPLY_VANISHED;
	else
		fail(ret, result, err);
}

/*
 * Whether somebody other than the caller and root may rename what is in a directory: its owner, and
 * whoever its mode lets write, before or after it was changed. A POSIX ACL that lets others write
 * shows in the group's bits. The sticky bit protects entries from those who do not own them, not
 * from those who do.
 */
static bool is_contested(const struct apply *a, const struct stat *st, mode_t after)
{
	return (st->st_uid != 0 && st->st_uid != a->euid) || ((st->st_mode | after) & 0022) != 0;
}

static bool is_guarded_root(const struct apply *a, const struct stat *st)
{
	return a->guards_root && st->st_ino == a->root_ino && st->st_dev == a->root_dev;
}

/* Without fchmodat2 and /proc a file that is not open can be named to the kernel by its name alone.
 */
static int change_without_pin(
	const struct walk_entry *e, const struct target *t, const struct stat *st, mode_t mode)
{
	int err = sys_reopened_chmod(t->dirfd, t->name, t->follow, st, mode);

	/* Where nobody else can rename it, the name still stands for what has been looked at. */
	if (err == -SYS_EUNSAFE && !e->operand && !(e->dir_traits & (CONTESTED | NOT_BINDING)))
		err = sys_chmod_following(t->dirfd, t->name, mode);
	return err;
}

/* The system call. */
static int change(const struct apply *a, const struct walk_entry *e, const struct target *t,
	const struct stat *st, mode_t mode)
{
	int err;

	if (t->pin < 0)
		return sys_chmod(a->way, t->dirfd, t->name, mode);
	err = sys_pin_chmod(a->way, t->pin, t->pin_kind, mode);
	if (err == -SYS_EUNSAFE)
		err = change_without_pin(e, t, st, mode);
	return err;
}

/* The record's modes after a change that succeeded. */
static void look_again(const struct apply *a, const struct target *t, struct apply_record *ret)
{
	struct stat st;
	int err;

	ret->now = ret->asked;
	/* The kernel may drop only these; all others are what was asked for. */
	if (!a->with_old_mode || (ret->asked & 07000) == 0)
		return;
	err = t->pin < 0 ? sys_stat(t->dirfd, t->name, SYS_NOFOLLOW, &st)
			 : sys_pin_stat(t->pin, &st);
	if (err == 0)
		ret->now = st.st_mode & 07777;
	ret->look_again_err = -err;
}

/* Changes a file that has been looked at, and is no link. */
static void change_known(const struct apply *a, const struct walk_entry *e, const struct target *t,
	const struct stat *st, struct apply_record *ret)
{
	struct stat now;
	int err;

	ret->old = st->st_mode & 07777;
	ret->asked = modespec_apply(a->spec, st->st_mode, a->umask);
	ret->plain = a->with_plain ? modespec_apply(a->spec, st->st_mode, 0) : ret->asked;
	err = change(a, e, t, st, ret->asked);
	if (err == 0)
		look_again(a, t, ret);
	else if (err == -SYS_EUNSAFE)
		ret->result = APPLY_UNSAFE;
	else if (err == -EOPNOTSUPP && t->pin < 0 &&
		 sys_stat(t->dirfd, t->name, SYS_NOFOLLOW, &now) == 0 && is_link(&now))
		ret->result = APPLY_LINK; /* it has become one */
	else
		fail_unless_vanished(e, ret, APPLY_NOT_CHANGED, err);
}

/* Changes the file with NAME itself, through a pin. False if it is a directory, and E cannot know.
 */
static bool change_by_own_pin(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	struct target t = {
		.pin = sys_pin(e->dirfd, e->name, SYS_NOFOLLOW),
		.pin_kind = SYS_PATH_PIN,
		.dirfd = e->dirfd,
		.name = e->name,
	};
	struct stat st;
	bool known = true;
	int err = t.pin < 0 ? t.pin : sys_pin_stat(t.pin, &st);

	if (err < 0)
		fail_unless_vanished(e, ret, APPLY_NO_ACCESS, err);
	else if (is_link(&st))
		ret->result = APPLY_LINK;
	else if (S_ISDIR(st.st_mode) && e->pin < 0)
		known = false;
	else
		change_known(a, e, &t, &st, ret);
	if (t.pin >= 0)
		close(t.pin);
	return known;
}

/* The same in a directory where a name goes on meaning the same file. */
static bool change_by_name(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	struct target t = {.pin = -1, .dirfd = e->dirfd, .name = e->name};
	struct stat st;
	int err = sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st);

	if (err < 0)
		fail_unless_vanished(e, ret, APPLY_NO_ACCESS, err);
	else if (is_link(&st))
		ret->result = APPLY_LINK;
	else if (S_ISDIR(st.st_mode))
		return false;
	else
		change_known(a, e, &t, &st, ret);
	return true;
}

/* One call for a file whose old mode makes no difference. False if it takes a look to tell more. */
static bool change_unseen(const struct apply *a, const struct walk_entry *e)
{
	return sys_chmod(a->way, e->dirfd, e->name, a->absolute) == 0;
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
	int err = t.pin < 0 ? t.pin : sys_pin_stat(t.pin, &st);

	if (err == 0 && is_guarded_root(a, &st)) {
		ret->result = APPLY_ROOT;
	} else if (err == 0) {
		change_known(a, e, &t, &st, ret);
	} else if (a->links == APPLY_ALL_LINKS || link == NULL) {
		fail(ret, APPLY_NO_REFERENT, err);
	} else {
		/* -P and an operand: GNU examines the link, and fails when it comes to changing. */
		ret->old = link->st_mode & 07777;
		ret->asked = modespec_apply(a->spec, link->st_mode, a->umask);
		fail(ret, APPLY_NOT_CHANGED, err);
	}
	if (t.pin >= 0)
		close(t.pin);
}

/* An entry that is a link by its type, and that the walk did not look behind. */
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
	/* There is nothing to do, but GNU looks, and complains if it cannot. */
	if (!(e->dir_traits & MAYBE_CLOSED))
		return;
	err = sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st);
	if (err < 0)
		fail_unless_vanished(e, ret, APPLY_NO_ACCESS, err);
}

/* An entry whose type is known, and neither a directory nor unknown. */
static bool apply_by_name(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	if (e->type == DT_LNK) {
		apply_link_entry(a, e, ret);
		return true;
	}
	if (a->is_absolute && a->way != SYS_NAME && change_unseen(a, e))
		return true;
	if (a->way == SYS_NAME || (e->dir_traits & (CONTESTED | NOT_BINDING)))
		return change_by_own_pin(a, e, ret);
	return change_by_name(a, e, ret);
}

/* An entry that the walk has looked at. */
static void apply_to_pin(
	const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	bool through =
		a->links == APPLY_ALL_LINKS || (a->links == APPLY_OPERAND_LINKS && e->operand);
	struct target t = {
		.pin = e->pin,
		.pin_kind = e->pin_kind,
		.dirfd = e->dirfd,
		.name = e->name,
		.follow = e->followed ? SYS_FOLLOW : SYS_NOFOLLOW,
	};

	if (is_guarded_root(a, e->st))
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

bool apply(const struct apply *a, const struct walk_entry *e, struct apply_record *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (e->event == WALK_DANGLING)
		ret->result = a->links == APPLY_NO_LINKS ? APPLY_LINK : APPLY_DANGLING;
	else if (e->pin < 0)
		return apply_by_name(a, e, ret);
	else
		apply_to_pin(a, e, ret);
	return true;
}

enum walk_answer apply_directory_answer(const struct apply *a, const struct walk_entry *e,
	const struct apply_record *record, unsigned *ret_traits)
{
	mode_t before = e->st->st_mode;
	mode_t after = record->result == APPLY_DONE ? record->now : before;

	if (record->result == APPLY_ROOT)
		return WALK_PASS;
	*ret_traits = e->dir_traits & NOT_BINDING;
	if (e->other_device)
		*ret_traits = sys_modes_are_binding(e->pin) ? 0 : NOT_BINDING;
	if (is_contested(a, e->st, after))
		*ret_traits |= CONTESTED;
	if ((after & 0111) != 0111)
		*ret_traits |= MAYBE_CLOSED;
	/* What could be opened before it was changed, cannot be if reading was taken away. */
	return (before & ~after & 0444) != 0 ? WALK_ENTER_AGAIN : WALK_ENTER;
}
