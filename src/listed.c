/* SPDX-License-Identifier: MIT */
#include "listed.h"

#include "modes0.h"
#include "modespec.h"

#include <errno.h>
#include <stdlib.h>

void listed_init(struct listed *listed)
{
	later_init(&listed->later);
	listed->at = NULL;
}

/* Like apply(), with MODE instead of A's spec. */
static void apply_mode(const struct apply *a, const struct walk_entry *e, mode_t mode,
	bool opens_first, struct apply_record *ret)
{
	struct apply own = *a;
	struct modespec spec;

	modespec_from_mode(&spec, mode);
	own.spec = &spec;
	own.opens_first = opens_first;
	own.skip_unchanged = a->skip_unchanged && !opens_first;
	apply(&own, e, ret);
}

/* Sets *RET to the record of a failure with errno ERR to give E MODE. */
static void fail(const struct walk_entry *e, mode_t mode, int err, struct apply_record *ret)
{
	*ret = (struct apply_record){
		.result = APPLY_NOT_CHANGED,
		.err = err,
		.old = e->st->st_mode & 07777,
		.requested = mode,
	};
}

/* Gives directory E MODE and u+rwx for now, and adds it to those that get MODE alone later. */
static void open_for_now(struct listed *listed, const struct apply *a, const struct walk_entry *e,
	mode_t mode, struct apply_record *ret)
{
	struct later_dir *dir = later_new(e->given, e->st, e->pin, mode);

	if (dir == NULL) {
		fail(e, mode, ENOMEM, ret);
		return;
	}
	apply_mode(a, e, mode, true, ret);
	if (ret->result == APPLY_DONE)
		later_add(&listed->later, dir);
	else
		free(dir);
}

/* Whether MODE keeps the caller, if it owns the directory with ST, from searching that. */
static bool keeps_out(const struct apply *a, const struct stat *st, mode_t mode)
{
	return (mode & S_IXUSR) == 0 && st->st_uid == a->euid && !a->overrides_modes;
}

void listed_apply(struct listed *listed, const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret)
{
	mode_t mode = modes0_mode(e->given);
	bool is_right = a->skip_unchanged && (e->st->st_mode & 07777) == mode;
	bool closes = !a->dry_run && S_ISDIR(e->st->st_mode) && (~mode & S_IRWXU) != 0;
	/* If a directory has its mode, it is opened only to reach its entries. */
	bool opens = closes && (!is_right || keeps_out(a, e->st, mode));

	if (opens)
		open_for_now(listed, a, e, mode, ret);
	/* That such a directory could not be opened is no error. */
	if (!opens || (is_right && ret->result != APPLY_DONE))
		apply_mode(a, e, mode, false, ret);
}

bool listed_owes(const struct listed *listed)
{
	return listed->later.first != NULL;
}

char *listed_next(struct listed *listed)
{
	if (listed->at == NULL)
		later_sort(&listed->later);
	listed->at = listed->at == NULL ? listed->later.first : listed->at->next;
	return listed->at != NULL ? listed->at->name : NULL;
}

void listed_apply_last(struct listed *listed, const struct apply *a, const struct walk_entry *e,
	struct apply_record *ret)
{
	const struct later_dir *dir = listed->at;

	if (S_ISDIR(e->st->st_mode) && later_is(dir, e->st, e->pin))
		apply_mode(a, e, dir->mode, false, ret);
	else
		fail(e, dir->mode, ESTALE, ret);
}

void listed_free(struct listed *listed)
{
	later_free(&listed->later);
}
