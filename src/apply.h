/* SPDX-License-Identifier: MIT */
/*
 * Decides what to do with one file, does it, and returns a record of what happened. Prints nothing.
 * All functions may be called by several threads at once.
 */
#ifndef APPLY_H
#define APPLY_H

#include "choices.h"
#include "modespec.h"
#include "probe.h"
#include "sys.h"
#include "walk.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* What is requested, which is the same for every file. Read-only after policy_prepare(). */
struct apply {
	const struct modespec *spec;
	mode_t umask;
	enum sys_method method;               /* SYS_UNDECIDED if only operands are changed */
	_Atomic enum sys_method *late_method; /* in that case, chosen when it is first needed */
	enum probe_preload preload;
	enum apply_links links;
	uid_t euid;
	bool with_old_mode;  /* records need old, and the actual mode as the file system keeps it */
	bool with_unmasked;  /* records need unmasked */
	bool skip_unchanged; /* leave files alone that have their mode already */
	bool recursive;      /* directories are read ... */
	bool contents_first; /* ... and changed after all that they contain */
	bool dry_run;        /* change nothing, and predict the result */
	bool is_privileged;  /* for dry_run: the caller may change files of other owners ... */
	uid_t unmapped_uid;  /* ... except of this one; 0: no exception */
	bool may_map_owners; /* st_uid may not be the owner; see probe_may_map_owners() */
	bool overrides_modes; /* the caller can read and search every directory */
	/*
	 * Whether a file that is neither a directory nor a link must be examined. If not, all of
	 * them get nostat_mode, or none is changed because the spec does not concern them.
	 */
	enum { APPLY_STAT, APPLY_CHMOD_NOSTAT, APPLY_SKIP_NOSTAT } nostat;
	mode_t nostat_mode;
	/* Directories get nostat_mode too, except for set-ID bits that they keep. */
	bool nostat_suits_dirs;
	bool by_name;       /* operands that are not directories may be changed by name */
	bool opens_first;   /* directories get u+rwx as well, until apply() is called once more */
	bool opens_last;    /* others may write to a directory only after its entries are done */
	bool order_matters; /* see policy_order_matters() */
	/* The root directory, if it must not be changed. */
	bool guards_root;
	dev_t root_dev;
	ino_t root_ino;
};

/* Traits of a directory, beside those of walk.h, that matter for its entries. */
enum {
	/* Somebody other than the caller and root may rename what is in it. */
	TRAIT_CONTESTED = 1,
	/* Owners and modes of its file system do not tell whether it is contested. */
	TRAIT_PERMS_NOT_LOCAL = 2,
	/* The caller may lack search permission, without which no entry can be examined. */
	TRAIT_MAYBE_UNSEARCHABLE = 4,
	/* For dry_run: it is on a mount that cannot be written to. */
	TRAIT_READ_ONLY = 8,
	/* It was reached by a link, and the link itself was requested, which has no mode. */
	TRAIT_LINK_ALONE = 16,
	/* The bits from here on are the mode that it gets when all that it contains is done. */
	TRAIT_FINAL_MODE_SHIFT = 8,
};

/* Everything up to APPLY_LAST_SUCCESS leaves the exit status at 0. */
enum apply_result {
	APPLY_DONE,
	APPLY_LINK,     /* a symbolic link, which has no mode; left alone */
	APPLY_VANISHED, /* was gone before it could be changed */
	APPLY_LAST_SUCCESS = APPLY_VANISHED,
	APPLY_NOT_CHANGED, /* the system call failed; err */
	APPLY_UNSAFE,      /* no method is certain to change this file and no other */
	APPLY_NO_ACCESS,   /* could not be examined; err */
	APPLY_OUTSIDE,     /* an operand that is not beneath the directory where it must be */
	APPLY_DANGLING,    /* a link that was to be followed leads nowhere */
	APPLY_NO_REFERENT, /* the referent of a link could not be examined; err */
	APPLY_ROOT,        /* the root directory, which must not be changed */
	APPLY_UNREADABLE,  /* a directory whose entries could not be listed; err */
	APPLY_READ_ERROR,  /* the same, but some of them have been; err */
	APPLY_CYCLE,       /* a directory that is its own ancestor */
	/* Not a result: nothing has been done, and apply() is to be called again. */
	APPLY_TOO_EARLY,    /* when it is in_turn: the order matters, and it has several links */
	APPLY_IS_DIRECTORY, /* as a directory: it is one, although e->type says otherwise */
};

/* The modes are 12 bits, and known if the file was examined. */
struct apply_record {
	enum apply_result result;
	int err;        /* a positive errno */
	int restat_err; /* DONE: an errno if the actual mode could not be examined, or 0 */
	mode_t old;
	mode_t requested;  /* what the spec makes of old */
	mode_t actual;     /* DONE: what the file has; requested if that need not be known */
	mode_t unmasked;   /* what the spec would make of old without a umask */
	mode_t first_bits; /* DONE: bits that a directory has for now, beside actual */
	mode_t last_bits;  /* DONE: bits that a directory gets last; see descend_last_bits() */
};

/*
 * Does what A requests to E and records the result in *RET. The event of E is WALK_FILE,
 * WALK_DANGLING, WALK_AFTER, or WALK_UNREADABLE with a pin.
 */
void apply(const struct apply *a, const struct walk_entry *e, struct apply_record *ret);

/* Whether the file with ST is the root directory, which must not be changed. */
bool apply_guards(const struct apply *a, const struct stat *st);

/* Whether the referent of link E is changed rather than the link. */
bool apply_follows(const struct apply *a, const struct walk_entry *e);

/* Whether E, which is open as PIN, is on a file system where sys_perms_are_local(). */
bool apply_perms_are_local(const struct walk_entry *e, int pin);

#endif
