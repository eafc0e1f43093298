/*
 * What is to be done with one file, and doing it. Says what happened as a record; prints nothing.
 */
#ifndef APPLY_H
#define APPLY_H

#include "modespec.h"
#include "sys.h"
#include "walk.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Which symbolic links are changed through: no option, -h, --dereference. */
enum apply_links { APPLY_OPERAND_LINKS, APPLY_NO_LINKS, APPLY_ALL_LINKS };

/* What is asked for, the same for every file. Read-only once it is made. */
struct apply {
	const struct modespec *spec;
	mode_t umask;
	enum sys_way way;
	enum apply_links links;
	uid_t euid;
	bool with_old_mode; /* the record has to tell old and new modes, which may need looking
			       again */
	bool with_plain;    /* the record has to tell what the mode would be without a umask */
	/* The mode of everything but directories, if it can be set without a look at the old one.
	 */
	bool is_absolute;
	mode_t absolute;
	/* The root directory, if it must not be touched. */
	bool guards_root;
	dev_t root_dev;
	ino_t root_ino;
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
	APPLY_DANGLING,    /* a link that was to be followed leads nowhere */
	APPLY_NO_REFERENT, /* what a link leads to could not be examined; err */
	APPLY_ROOT,        /* the root directory, which is guarded */
	APPLY_UNREADABLE,  /* a directory whose entries could not be listed; err */
	APPLY_READ_ERROR,  /* the same, but some of them have been; err */
	APPLY_CYCLE,       /* a directory in itself */
};

/* The modes are 12 bits, and valid as far as struct apply asks for them and the file was examined.
 */
struct apply_record {
	enum apply_result result;
	int err;            /* an errno */
	int look_again_err; /* DONE: an errno, if NOW is not known but assumed */
	mode_t old;
	mode_t asked; /* what the spec makes of it */
	mode_t now;   /* DONE: what the file has */
	mode_t plain; /* what the spec would make of it if there were no umask */
};

/*
 * Does what A asks for to E (WALK_FILE or WALK_DANGLING) and tells what happened in *RET. True; or
 * false if E is a directory although its type says otherwise, and nothing has been done.
 */
bool apply(const struct apply *a, const struct walk_entry *e, struct apply_record *ret);

/* What to do with a directory that apply() has been called for; traits for struct walk_entry. */
enum walk_answer apply_directory_answer(const struct apply *a, const struct walk_entry *e,
	const struct apply_record *record, unsigned *ret_traits);

#endif
