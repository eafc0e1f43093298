/*
 * One name on the walk: looked at as far as the walk itself needs it, and shown to the visitor.
 * What a visitor is and what it sees stands first, what only the walk needs after it.
 */
#ifndef VISIT_H
#define VISIT_H

#include "dir.h"
#include "sys.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Which symbolic links are walked through: -P, -H, -L. */
enum walk_links { WALK_NO_LINKS, WALK_OPERAND_LINKS, WALK_ALL_LINKS };

enum walk_event {
	WALK_FILE,       /* a file to be changed, a directory before it is read */
	WALK_DANGLING,   /* a link that was to be followed leads nowhere */
	WALK_NO_ACCESS,  /* it cannot be examined; err */
	WALK_UNREADABLE, /* a directory cannot be opened, or nothing of it read; err */
	WALK_READ_ERROR, /* a directory cannot be read any further; err */
	WALK_CYCLE,      /* a directory that is one of its own ancestors, without links */
};

struct worker;

/* Valid until the visitor returns. */
struct walk_entry {
	enum walk_event event;
	int err;            /* errno of the events that say so */
	int dirfd;          /* where name is looked up; AT_FDCWD for an operand */
	const char *name;   /* of the entry in its directory, or the operand */
	unsigned char type; /* DT_..., as the directory has it; of an operand, as it was found */
	bool operand;
	bool followed;         /* pin and st are not of a link, but of what it leads to */
	bool other_device;     /* an operand, or not on the device of its directory */
	int pin;               /* the file itself, for the walk had to look at it; else -1 */
	enum sys_pin pin_kind; /* if pin is not -1 */
	const struct stat *st; /* if pin is not -1 */
	unsigned dir_traits;   /* what the visitor said of the directory it is in */
	struct worker *worker; /* for walk_path() and walk_make_room() */
	const struct dir *dir; /* the same */
};

enum walk_answer {
	WALK_PASS,        /* done with it */
	WALK_ENTER,       /* read this directory */
	WALK_ENTER_AGAIN, /* the same, but it may be closed to us now: open it anew */
	WALK_LOOK,        /* it is a directory although TYPE says otherwise: visit it as one */
};

/* Who asks for a walk. Only next is never called by several threads at once. */
struct walk_visitor {
	/*
	 * The next operand, valid until the next call; slashes at its end may be cut off. NULL:
	 * none.
	 */
	char *(*next)(void *ctx);
	/*
	 * Whether entry E, which is no operand, is to be looked at; only its name, and perhaps its
	 * type, are known. NULL: all are.
	 */
	bool (*wants)(void *ctx, const struct walk_entry *e);
	/*
	 * What to do with E; an answer counts for WALK_FILE and WALK_DANGLING only. *RET_TRAITS (0
	 * on entry) is kept for a directory that is entered, and shown with each of its entries.
	 */
	enum walk_answer (*visit)(void *ctx, const struct walk_entry *e, unsigned *ret_traits);
};

/*
 * The path of E as it is to be shown: operand, slash, names. Valid until the next call by the same
 * worker. If there is no memory for it, the name alone.
 */
const char *walk_path(const struct walk_entry *e);

/*
 * For a visitor that runs out of descriptors: the walk closes one that it can do without for now,
 * or waits a moment for one. Whether it is worth another try.
 */
bool walk_make_room(const struct walk_entry *e);

/* ------------------------------------------------------------------------------- for the walk */

/* Who visits: one thread's part of a walk. */
struct worker {
	enum walk_links links;
	const struct walk_visitor *visitor;
	void *ctx;
	struct dirs dirs;
	/* The path that was shown last, and the directory whose path it begins with. */
	char *path;
	size_t path_size;
	const struct dir *path_dir;
};

/* Visits an operand. The directory to be read now, or NULL. */
struct dir *visit_operand(struct worker *w, const char *name);

/* Visits entry NAME of IN, of TYPE (DT_...). The directory to be read now, or NULL. */
struct dir *visit_entry(struct worker *w, struct dir *in, const char *name, unsigned char type);

/* Tells the visitor that DIR cannot be read any further for ERR (negative). */
void visit_read_error(struct worker *w, struct dir *dir, int err);

/* To be called before DIR is left. */
void visit_forget(struct worker *w, const struct dir *dir);

#endif
