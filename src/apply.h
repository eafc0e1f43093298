/* SPDX-License-Identifier: MIT */
/*
 * What is to be done with one file, and doing it. Says what happened as a record; prints nothing.
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

/* What is asked for, the same for every file. Read-only after policy_prepare(). */
struct apply {
	const struct modespec *spec;
	mode_t umask;
	enum sys_method method;               /* SYS_UNDECIDED if operands alone are changed */
	_Atomic enum sys_method *late_method; /* then: SYS_UNDECIDED until it has been needed */
	enum probe_preload preload;
	enum apply_links links;
	uid_t euid;
	bool with_old_mode; /* the record has to tell the modes, and those that files really have */
	bool with_unmasked; /* the record has to tell what the mode would be without a umask */
	bool skip_unchanged;  /* what has its mode already is left untouched */
	bool recursive;       /* directories are read */
	bool contents_first;  /* and changed when all in them has been done */
	bool dry_run;         /* nothing is changed, only told */
	bool is_privileged;   /* for dry_run: the files of others could be changed ... */
	uid_t unmapped_uid;   /* ... unless that is their owner; 0: no such owner */
	bool may_map_owners;  /* owners do not tell who may rename in a directory */
	bool overrides_modes; /* every directory can be read and searched, whatever its mode */
	/*
	 * What can be done with a file that is no directory and no link without a look at it: set
	 * the mode that they all get, or nothing because the spec does not speak of them.
	 */
	enum { APPLY_STAT, APPLY_CHMOD_NOSTAT, APPLY_SKIP_NOSTAT } nostat;
	mode_t nostat_mode;
	/* Directories get that mode too, but for set-ID bits that they keep. */
	bool nostat_suits_dirs;
	bool by_name;       /* operands that are no directories can be changed by name */
	bool opens_first;   /* a directory lets its owner in until apply() is called once more */
	bool opens_last;    /* a directory is opened to others when all in it has been done */
	bool order_matters; /* see policy_order_matters() */
	/* The root directory, if it must not be touched. */
	bool guards_root;
	dev_t root_dev;
	ino_t root_ino;
};

/* Traits of a directory, beside those of walk.h: what its entries have to know of it. */
enum {
	/* Somebody other than the caller and root may rename what is in it. */
	TRAIT_CONTESTED = 1,
	/* It is on a file system where owners and modes do not tell whether it is contested. */
	TRAIT_PERMS_NOT_LOCAL = 2,
	/* The caller may lack search permission, so that nothing in it can be examined. */
	TRAIT_MAYBE_UNSEARCHABLE = 4,
	/* For dry_run: it is on a mount that cannot be written to. */
	TRAIT_READ_ONLY = 8,
	/* The link by which it was reached is what was asked for, and that is left alone. */
	TRAIT_LINK_ALONE = 16,
	/* It gets the mode in the bits from here on when all that it contains is done. */
	TRAIT_FINAL_MODE_SHIFT = 8,
};

/* Everything up to APPLY_LAST_SUCCESS leaves the exit status at 0. */
enum apply_result {
	APPLY_DONE,
	APPLY_LINK,     /* a symbolic link, which has no mode; left alone */
	APPLY_VANISHED, /* was gone before it could be changed */
	APPLY_LAST_SUCCESS = APPLY_VANISHED,
	APPLY_NOT_CHANGED, /* the system call failed; err */
	APPLY_UNSAFE,      /* nothing here can change this file and be sure that it is no other */
	APPLY_NO_ACCESS,   /* could not be examined; err */
	APPLY_OUTSIDE,     /* an operand that is not beneath the directory where it must be */
	APPLY_DANGLING,    /* a link that was to be followed leads nowhere */
	APPLY_NO_REFERENT, /* what a link leads to could not be examined; err */
	APPLY_ROOT,        /* the root directory, which is guarded */
	APPLY_UNREADABLE,  /* a directory whose entries could not be listed; err */
	APPLY_READ_ERROR,  /* the same, but some of them have been; err */
	APPLY_CYCLE,       /* a directory in itself */
	/* Nothing has been done: */
	APPLY_TOO_EARLY,    /* the order of files with several links matters */
	APPLY_IS_DIRECTORY, /* its type does not say so */
};

/* The modes are 12 bits, and known if the file was examined. */
struct apply_record {
	enum apply_result result;
	int err;        /* an errno */
	int restat_err; /* DONE: an errno, if actual is not known but assumed */
	mode_t old;
	mode_t requested;  /* what the spec makes of it */
	mode_t actual;     /* DONE: what the file has, as far as struct apply asks for that */
	mode_t unmasked;   /* what the spec would make of it if there were no umask */
	mode_t first_bits; /* DONE: that a directory has for now, beside actual */
	mode_t last_bits;  /* DONE: of a directory that is read, see descend_last_bits() */
};

/*
 * Does what A asks for to E and tells what happened in *RET. E is WALK_FILE, WALK_DANGLING,
 * WALK_AFTER, or WALK_UNREADABLE with a pin.
 */
void apply(const struct apply *a, const struct walk_entry *e, struct apply_record *ret);

/* Whether the file with ST is the root directory, and guarded. */
bool apply_guards(const struct apply *a, const struct stat *st);

/* Whether what link E leads to is changed. */
bool apply_follows(const struct apply *a, const struct walk_entry *e);

/* Whether PIN, which is E, is where owners and modes tell who may change it. */
bool apply_perms_are_local(const struct walk_entry *e, int pin);

#endif
