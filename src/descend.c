/* SPDX-License-Identifier: MIT */
#include "descend.h"

#include <string.h>

/*
 * Whether the caller may be refused PERMISSION (4: read, 1: search) in a directory with ST and
 * MODE. For a caller who is not the owner, only the kernel knows which class of bits applies.
 */
static bool may_be_refused(
	const struct apply *a, const struct stat *st, mode_t mode, mode_t permission)
{
	if (st->st_uid == a->euid)
		return (mode & permission << 6) == 0;
	return !a->overrides_modes && (~mode & (permission << 3 | permission)) != 0;
}

/*
 * Adds to TRAITS what follows from the attributes ST of a directory open as PIN, whose mode has
 * become or will become AFTER.
 */
static unsigned traits_of(
	const struct apply *a, unsigned traits, int pin, const struct stat *st, mode_t after)
{
	/* A directory may be on a read-only bind mount, without being on another device. */
	if (a->dry_run && sys_is_read_only(pin))
		traits |= TRAIT_READ_ONLY;
	if (a->may_map_owners || sys_others_may_rename(a->euid, st, after))
		traits |= TRAIT_CONTESTED;
	if (may_be_refused(a, st, after, 1))
		traits |= TRAIT_MAYBE_UNSEARCHABLE;
	return traits;
}

/* The traits of directory E, whose mode has become or will become AFTER. */
static unsigned traits_of_entry(const struct apply *a, const struct walk_entry *e, mode_t after)
{
	unsigned traits = apply_perms_are_local(e, e->pin) ? 0 : TRAIT_PERMS_NOT_LOCAL;

	return traits_of(a, traits, e->pin, e->st, after);
}

enum walk_answer descend_changed(const struct apply *a, const struct walk_entry *e,
	const struct apply_record *record, unsigned *ret_traits)
{
	mode_t before = e->st->st_mode;
	mode_t after = record->result == APPLY_DONE ? record->actual : before;

	if (record->result == APPLY_ROOT)
		return WALK_SKIP;
	*ret_traits = traits_of_entry(a, e, after & ~record->last_bits);
	if (record->result == APPLY_DONE && record->last_bits != 0)
		*ret_traits |= WALK_OWING | record->requested << TRAIT_FINAL_MODE_SHIFT;
	/*
	 * GNU opens a directory after changing it. That fails if the change took reading away, or
	 * searching from an operand whose name leads through it, such as ".".
	 */
	if ((before & ~after & 0444) != 0 && may_be_refused(a, e->st, after, 4))
		return WALK_DESCEND_REOPEN;
	if (e->operand && (before & ~after & 0111) != 0 && may_be_refused(a, e->st, after, 1))
		return WALK_DESCEND_REOPEN;
	return WALK_DESCEND;
}

/*
 * Whether directory E was reached by a link while links themselves were requested (-h), so that it
 * is left alone. True if that cannot be found out.
 */
static bool is_link_alone(const struct apply *a, const struct walk_entry *e)
{
	struct stat st;

	return e->followed && !apply_follows(a, e) &&
	       (sys_stat(e->dirfd, e->name, SYS_NOFOLLOW, &st) != 0 ||
		       !sys_is_same_file(&st, e->st));
}

enum walk_answer descend_unchanged(const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret, unsigned *ret_traits)
{
	memset(ret, 0, sizeof(*ret));
	if (apply_guards(a, e->st)) {
		ret->result = APPLY_ROOT;
		return WALK_SKIP;
	}
	*ret_traits = traits_of_entry(a, e, e->st->st_mode);
	if (!e->contents_only)
		*ret_traits |= WALK_VISIT_AFTER | (is_link_alone(a, e) ? TRAIT_LINK_ALONE : 0);
	return WALK_DESCEND;
}

bool descend_may_bar(const struct apply *a, const struct stat *st)
{
	mode_t after = modespec_apply(a->spec, st->st_mode, a->umask);

	return may_be_refused(a, st, st->st_mode, 1) || may_be_refused(a, st, after, 1);
}

/* The mode that a directory with TRAITS gets last, or 0. */
static mode_t final_mode(unsigned traits)
{
	return traits >> TRAIT_FINAL_MODE_SHIFT & 07777;
}

unsigned descend_again(const struct apply *a, unsigned traits, int pin, const struct stat *st)
{
	/* Its attributes may have changed while it was closed. */
	unsigned kept = traits & ~(unsigned)(TRAIT_CONTESTED | TRAIT_MAYBE_UNSEARCHABLE);

	return traits_of(a, kept, pin, st, st->st_mode | final_mode(traits));
}

int descend_last_bits(const struct walk_entry *e)
{
	return sys_pin_chmod(SYS_LIBC, e->pin, SYS_OPEN_PIN, final_mode(e->dir_traits));
}
