/* SPDX-License-Identifier: MIT */
#include "policy.h"

/* Whether all directories that have no set-ID bits get MODE. */
static bool gives_directories(const struct apply *a, mode_t mode)
{
	enum { MOST_WITHOUT_SET_IDS = 01777 };

	for (mode_t old = 0; old <= MOST_WITHOUT_SET_IDS; old++)
		if (modespec_apply(a->spec, S_IFDIR | old, a->umask) != mode)
			return false;
	return true;
}

void policy_prepare(struct apply *a)
{
	bool is_absolute = modespec_is_absolute(a->spec, S_IFREG, a->umask, &a->nostat_mode);

	a->nostat_suits_dirs = is_absolute && gives_directories(a, a->nostat_mode);
	a->by_name = a->nostat_suits_dirs && !a->dry_run && a->links != APPLY_NO_LINKS;
	a->nostat = APPLY_STAT;
	if (!a->with_old_mode && !a->with_unmasked) {
		if (!modespec_affects(a->spec, S_IFREG))
			a->nostat = APPLY_SKIP_NOSTAT;
		else if (!a->skip_unchanged && !a->dry_run && a->method != SYS_NAME && is_absolute)
			a->nostat = APPLY_CHMOD_NOSTAT;
	}
	/*
	 * Opening directories to others last keeps them from interfering with the two calls that a
	 * file takes. There is nothing to interfere with if it takes one.
	 */
	a->opens_last = a->recursive && !a->contents_first && a->links != APPLY_ALL_LINKS &&
			!a->dry_run && !(a->nostat == APPLY_CHMOD_NOSTAT && a->nostat_suits_dirs);
}

bool policy_order_matters(const struct apply *a)
{
	enum { ALL_BITS = 07777 };

	if (a->dry_run)
		return false;
	if (a->with_old_mode)
		return true;
	for (mode_t old = 0; old <= ALL_BITS; old++) {
		mode_t once = modespec_apply(a->spec, S_IFREG | old, a->umask);

		if (modespec_apply(a->spec, S_IFREG | once, a->umask) != once)
			return true;
	}
	return false;
}

bool policy_closes_directories(const struct apply *a)
{
	mode_t opened = modespec_apply(a->spec, S_IFDIR | 0777, a->umask);

	/* A caller who does not override modes can only change directories that it owns. */
	return !a->dry_run && !a->overrides_modes && (opened & 0500) != 0500;
}
