/* SPDX-License-Identifier: MIT */
/*
 * Walks the operands and everything below them, by directory descriptor, and shows each file to a
 * visitor.
 *
 * A directory is visited before its entries and, where the visitor asks for it, once more after
 * them. Entries are visited in the order of GNU's tools. Several workers may share the walk; the
 * output of the visitor still has the order of one worker. Depth and number of entries are not
 * limited, and few descriptors are needed. The walk knows nothing of modes: the visitor decides
 * what is done with a file.
 */
#ifndef WALK_H
#define WALK_H

#include "beneath.h"
#include "choices.h"
#include "sys.h"
#include "transcript.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct walk_options {
	enum walk_links links;
	bool recursive;
	bool one_file_system; /* do not visit directories on another device than their operand */
	bool by_name;         /* show operands that are not directories with st but without a pin */
	unsigned jobs;        /* the number of workers; 0: as many as the storage can keep busy */
	const struct beneath *beneath; /* where operands must be, or NULL; needs WALK_NO_LINKS */
};

enum walk_event {
	WALK_FILE,       /* any file; a directory before it is read */
	WALK_DANGLING,   /* a link that was to be followed leads nowhere */
	WALK_NO_ACCESS,  /* the file cannot be examined; see err */
	WALK_UNREADABLE, /* a directory cannot be opened, or its first read failed; see err */
	WALK_READ_ERROR, /* a later read of a directory failed; see err */
	WALK_CYCLE,      /* a directory that is its own ancestor, although no link was followed */
	WALK_OUTSIDE,    /* an operand that is not beneath options->beneath */
	WALK_AFTER,      /* everything in a directory with WALK_VISIT_AFTER has been visited */
};

/* What the visitor wants to be shown of a name. */
enum walk_want {
	WALK_WANT_NOTHING,
	WALK_WANT_CONTENTS, /* the entries, if it is a directory, but not the file itself */
	WALK_WANT_ALL,
};

struct dir;
struct worker;

/* A file that is shown to the visitor. Valid until the visitor returns. */
struct walk_entry {
	enum walk_event event;
	int err;            /* a positive errno, for the events that mention it */
	int dirfd;          /* where name is looked up; AT_FDCWD for an operand, unless beneath */
	const char *name;   /* the name of the entry in its directory, or the operand */
	const char *given;  /* for an operand the string that next() returned; otherwise NULL */
	unsigned char type; /* DT_..., as the directory has it; for an operand, as it was found */
	bool operand;
	bool contents_only; /* after WALK_WANT_CONTENTS; the file is a directory */
	bool followed;      /* name is a link, and pin and st are of the file it leads to */
	bool other_device;  /* an operand, or not on the device of its directory */
	int pin;            /* the walk's descriptor of the file, if it needed one; otherwise -1 */
	enum sys_pin pin_kind; /* what kind of descriptor, if pin is not -1 */
	const struct stat *st; /* if pin is not -1, or for an operand by_name; otherwise NULL */
	unsigned dir_traits;   /* the traits of the directory that it is in; see WALK_VISIT_AFTER */
	bool in_turn;          /* everything that comes before it has been visited */
	struct worker *worker; /* private, like the next */
	const struct dir *dir;
};

enum walk_answer {
	WALK_SKIP,           /* go on with the next file */
	WALK_DESCEND,        /* read this directory */
	WALK_DESCEND_REOPEN, /* the same, but open it once more, as permissions may have changed */
	WALK_IS_DIRECTORY,   /* it is a directory although TYPE says otherwise: visit it as one */
	WALK_NOT_YET,        /* only if not in_turn: nothing was done; visit it again when it is */
	WALK_STOP,           /* end the walk */
};

/* What several workers may visit at the same time. */
enum walk_sharing {
	WALK_SHARE_NOTHING,  /* the result depends on the order, as a file may be reached twice */
	WALK_SHARE_TREES,    /* the trees below operands, but not the operands themselves */
	WALK_SHARE_DISTINCT, /* operands too, unless they are the same file */
	WALK_SHARE_ALL,
};

/* A trait of directories: leave() is to be called before the directory is closed. */
#define WALK_OWING (1U << 31)

/*
 * A trait of directories that are to be visited after their entries: they are shown again as
 * WALK_AFTER. Members such as dirfd and followed are not set then, and dir_traits are the traits of
 * the directory itself. If the directory cannot be read it is shown as WALK_UNREADABLE instead,
 * when it is in turn, with the pin and st of the first visit.
 */
#define WALK_VISIT_AFTER (1U << 30)

/*
 * The callbacks of a walk. next() and print() are called by one thread at a time; wants(), visit(),
 * again() and leave() may run in several at once. Each gets CTX as its first argument.
 */
struct walk_visitor {
	/*
	 * Returns the next operand, or NULL if there is none. The walk may write to the string,
	 * which must stay valid until the next call with MAY_WAIT. Without MAY_WAIT it also returns
	 * NULL if finding an operand might block, or if an error must be reported before it.
	 */
	char *(*next)(void *ctx, bool may_wait);
	/*
	 * What is wanted of E, of which only the name and perhaps the type are known. It must not
	 * return WALK_WANT_NOTHING for an operand. NULL: everything is wanted.
	 */
	enum walk_want (*wants)(void *ctx, const struct walk_entry *e);
	/*
	 * Handles E. Except for WALK_STOP the answer only matters after WALK_FILE and
	 * WALK_DANGLING. *RET_TRAITS (0 on entry) are flags of the visitor's own, which the walk
	 * keeps for a directory that it enters and shows with each of its entries.
	 */
	enum walk_answer (*visit)(void *ctx, const struct walk_entry *e, unsigned *ret_traits);
	/* Returns the new traits of a directory with TRAITS that was reopened as FD, with ST. */
	unsigned (*again)(void *ctx, unsigned traits, int fd, const struct stat *st);
	/* The directory E, with its pin and its own dir_traits, is done or about to be closed. */
	void (*leave)(void *ctx, const struct walk_entry *e);
	/* Called once before further workers start: returns what they may share. */
	enum walk_sharing (*share)(void *ctx);
	/*
	 * Whether visiting an operand that is a directory, with ST, may change how other operands
	 * are reached.
	 */
	bool (*is_barrier)(void *ctx, const struct stat *st);
	/* Prints a part of a transcript. */
	transcript_print *print;
	void *ctx;
};

/*
 * Visits the operands, in their order, and the trees below the directories that the visitor enters.
 * Errors are shown to the visitor and do not end the walk.
 */
void walk(const struct walk_options *options, const struct walk_visitor *visitor);

/*
 * The path of E as it is to be shown: the operand, a slash, names. Valid until the next call by the
 * same worker. Returns e->name itself if there is no memory for the path.
 */
const char *walk_path(const struct walk_entry *e);

/*
 * Where to print messages about E: NULL for the streams, or a transcript, which is locked until
 * walk_end_output().
 */
struct transcript *walk_begin_output(const struct walk_entry *e);
void walk_end_output(const struct walk_entry *e, struct transcript *transcript);

/*
 * For a visitor that finds no free descriptor: closes one that the walk can reopen later. Returns
 * whether it is worth trying again.
 */
bool walk_make_room(const struct walk_entry *e);

#endif
