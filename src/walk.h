/*
 * Every name under the operands, by directory descriptor.
 *
 * A directory is visited before its entries, where the visitor asks for it also after them, and
 * entries in the order in which GNU's tools visit them. Several workers share what there is to do;
 * what their visitor prints comes in the order of one worker all the same. Any depth, any number of
 * entries, few descriptors. The walk knows nothing of modes; what is done with a file is the
 * visitor's.
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
	bool one_file_system; /* directories on another device than the operand stay out */
	bool by_name;  /* operands that are no directories are shown with st, and without a pin */
	unsigned jobs; /* workers; 0: as many as the storage can use */
	const struct beneath *beneath; /* where operands must be, or NULL; with WALK_NO_LINKS */
};

enum walk_event {
	WALK_FILE,       /* a file to be changed, a directory before it is read */
	WALK_DANGLING,   /* a link that was to be followed leads nowhere */
	WALK_NO_ACCESS,  /* it cannot be examined; err */
	WALK_UNREADABLE, /* a directory cannot be opened, or nothing of it read; err */
	WALK_READ_ERROR, /* a directory cannot be read any further; err */
	WALK_CYCLE,      /* a directory that is one of its own ancestors, without links */
	WALK_OUTSIDE,    /* an operand that is not beneath the directory where it must be */
	WALK_AFTER,      /* all in a directory with the trait WALK_VISIT_AFTER has been done */
};

/* What of a file is wanted. */
enum walk_want {
	WALK_WANT_NOTHING,
	WALK_WANT_CONTENTS, /* if it is a directory, what is in it, but not the file itself */
	WALK_WANT_ALL,
};

struct dir;
struct worker;

/* Valid until the visitor returns. */
struct walk_entry {
	enum walk_event event;
	int err;            /* errno of the events that say so */
	int dirfd;          /* where name is looked up; AT_FDCWD for an operand, unless beneath */
	const char *name;   /* of the entry in its directory, or the operand */
	const char *given;  /* of an operand: the string that next() returned; else NULL */
	unsigned char type; /* DT_..., as the directory has it; of an operand, as it was found */
	bool operand;
	bool contents_only;    /* WALK_WANT_CONTENTS: it is a directory, or it was not shown */
	bool followed;         /* pin and st are not of a link, but of what it leads to */
	bool other_device;     /* an operand, or not on the device of its directory */
	int pin;               /* the file itself, which the walk had to open and closes; else -1 */
	enum sys_pin pin_kind; /* if pin is not -1 */
	const struct stat *st; /* if pin is not -1, or the walk is by name; else NULL */
	unsigned dir_traits;   /* what the visitor said of the directory it is in; see WALK_AFTER */
	bool in_turn;          /* all that comes before it has been done */
	struct worker *worker; /* these two for the functions below */
	const struct dir *dir;
};

enum walk_answer {
	WALK_SKIP,           /* done with it */
	WALK_DESCEND,        /* read this directory */
	WALK_DESCEND_REOPEN, /* the same, but it may be closed to us now: find that out */
	WALK_IS_DIRECTORY,   /* it is a directory although TYPE says otherwise: visit it as one */
	WALK_NOT_YET, /* nothing has been done: visit it again in turn; only if it is not in_turn */
	WALK_STOP,    /* visit nothing any more */
};

enum walk_sharing {
	WALK_SHARE_NOTHING, /* a file may be reached in several ways, and it shows which is first */
	WALK_SHARE_TREES,   /* the same of operands only */
	WALK_SHARE_DISTINCT, /* operands too, but those that are one file are visited in turn */
	WALK_SHARE_ALL,
};

/* A trait of directories: leave() is to be called before its descriptor goes. */
#define WALK_OWING (1U << 31)

/*
 * A trait of directories that were not changed when they were shown: they are shown again, as
 * WALK_AFTER, when all in them has been done. Of dirfd, followed and the like nothing is set then;
 * dir_traits are its own. One that cannot be read is shown as WALK_UNREADABLE instead, in its turn
 * and with pin and st as before.
 */
#define WALK_VISIT_AFTER (1U << 30)

/*
 * Who asks for a walk. next() and print() are called by one thread at a time, wants(), visit(),
 * again() and leave() by several. CTX is the visitor's.
 */
struct walk_visitor {
	/*
	 * The next operand, which may be written to, and is valid until the next call with
	 * MAY_WAIT; NULL: none. Without MAY_WAIT also if it might take a while to find one, or
	 * something has to be told before it.
	 */
	char *(*next)(void *ctx, bool may_wait);
	/*
	 * What is wanted of E, of which only the name, and perhaps the type, are known; of an
	 * operand at least the contents. NULL: all of everything.
	 */
	enum walk_want (*wants)(void *ctx, const struct walk_entry *e);
	/*
	 * What to do with E; an answer counts for WALK_FILE and WALK_DANGLING only, but for
	 * WALK_STOP. *RET_TRAITS (0 on entry) is kept for a directory that is entered, and shown
	 * with each of its entries.
	 */
	enum walk_answer (*visit)(void *ctx, const struct walk_entry *e, unsigned *ret_traits);
	/* The traits of a directory with TRAITS that was closed and found again as FD, with ST. */
	unsigned (*again)(void *ctx, unsigned traits, int fd, const struct stat *st);
	/* Directory E (pin, dir_traits: its own) is done, or about to be closed. */
	void (*leave)(void *ctx, const struct walk_entry *e);
	/* Several workers could start now: what may they share? */
	enum walk_sharing (*share)(void *ctx);
	/*
	 * Whether what is done with an operand that is a directory, with ST, makes a difference to
	 * how others are reached.
	 */
	bool (*is_barrier)(void *ctx, const struct stat *st);
	/* Prints what a transcript has. */
	transcript_print *print;
	void *ctx;
};

/*
 * Visits the operands and what the visitor enters below them, one operand after the other. Whatever
 * happens to one file is told to the visitor and does not end the walk.
 */
void walk(const struct walk_options *options, const struct walk_visitor *visitor);

/*
 * The path of E as it is to be shown: operand, slash, names. Valid until the next call by the same
 * worker. If there is no memory for it, the name alone.
 */
const char *walk_path(const struct walk_entry *e);

/*
 * Where to print about E: NULL for the streams themselves, or a transcript, which is locked until
 * walk_end_output().
 */
struct transcript *walk_begin_output(const struct walk_entry *e);
void walk_end_output(const struct walk_entry *e, struct transcript *transcript);

/*
 * For a visitor that runs out of descriptors: closes one that the walk can do without for now.
 * Whether it is worth another try.
 */
bool walk_make_room(const struct walk_entry *e);

#endif
