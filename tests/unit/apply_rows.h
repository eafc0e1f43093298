/* SPDX-License-Identifier: MIT */
/*
 * Entries and how they are changed: the calls of each method, and the rules for links. Calls have
 * the words of apply_fixture.h.
 */
#ifndef APPLY_ROWS_H
#define APPLY_ROWS_H

#include "apply_fixture.h"

/* Members of struct apply that are set. */
enum { OLD = 1, UNMASKED = 2, SKIP = 4, DRY = 8 };

static const struct cost_row {
	const char *spec, *name;
	unsigned char type;
	enum place place;
	unsigned asks;
	const char *calls;         /* all methods but those below */
	const char *calls_by_name; /* SYS_NAME; NULL: the same */
	mode_t mode;               /* of the file in the end */
	enum apply_result result;
	const char *calls_by_proc; /* SYS_PROCFD; NULL: as most */
} cost_rows[] = {
	/* One call if the old mode makes no difference, wherever it is. */
	{"600", "f", DT_REG, QUIET, 0, "chmod ", "pin fstat fchmod reopen ", 0600, APPLY_DONE,
		NULL},
	{"600", "f", DT_REG, CONTESTED, 0, "chmod ", "pin fstat fchmod reopen ", 0600, APPLY_DONE,
		NULL},
	{"600", "f", DT_REG, FOREIGN, 0, "chmod ", "pin fstat fchmod reopen ", 0600, APPLY_DONE,
		NULL},
	{"600", "p", DT_FIFO, QUIET, 0, "chmod ", "pin fstat fchmod reopen follow ", 0600,
		APPLY_DONE, NULL},
	{"a=r,u+w", "f", DT_REG, QUIET, 0, "chmod ", "pin fstat fchmod reopen ", 0644, APPLY_DONE,
		NULL},
	{"=rw", "f", DT_REG, QUIET, 0, "chmod ", "pin fstat fchmod reopen ", 0644, APPLY_DONE,
		NULL},
	/* But not if a directory would get another mode: one may have taken its place. */
	{"D700,F600", "f", DT_REG, QUIET, 0, "chmod ", "pin fstat fchmod reopen ", 0600, APPLY_DONE,
		NULL},
	{"D700,F600", "f", DT_REG, CONTESTED, 0, "pin fstat fchmod ", "pin fstat fchmod reopen ",
		0600, APPLY_DONE, NULL},
	{"D700,F600", "f", DT_REG, FOREIGN, 0, "pin fstat fchmod ", "pin fstat fchmod reopen ",
		0600, APPLY_DONE, NULL},
	{"F600,Du+rw", "f", DT_REG, CONTESTED, 0, "pin fstat fchmod ", "pin fstat fchmod reopen ",
		0600, APPLY_DONE, NULL},
	/* Two calls if the old mode makes a difference; four if the directory is contested. */
	{"u+x", "f", DT_REG, QUIET, 0, "stat chmod ", "pin fstat fchmod reopen ", 0744, APPLY_DONE,
		"pin fstat fchmod "},
	{"u+x", "f", DT_REG, CLOSED, 0, "stat chmod ", "pin fstat fchmod reopen ", 0744, APPLY_DONE,
		"pin fstat fchmod "},
	{"u+x", "f", DT_REG, CONTESTED, 0, "pin fstat fchmod ", "pin fstat fchmod reopen ", 0744,
		APPLY_DONE, NULL},
	{"u+x", "f", DT_REG, FOREIGN, 0, "pin fstat fchmod ", "pin fstat fchmod reopen ", 0744,
		APPLY_DONE, NULL},
	/* What opening could wake up is not opened; its name is only good where nobody interferes.
	 */
	{"u+x", "p", DT_FIFO, QUIET, 0, "stat chmod ", "pin fstat fchmod reopen follow ", 0744,
		APPLY_DONE, "pin fstat fchmod "},
	/* A mode that is recorded needs a stat, and another if the kernel may have changed it. */
	{"600", "f", DT_REG, QUIET, OLD, "stat chmod ", "pin fstat fchmod reopen ", 0600,
		APPLY_DONE, "pin fstat fchmod "},
	{"600", "f", DT_REG, QUIET, UNMASKED, "stat chmod ", "pin fstat fchmod reopen ", 0600,
		APPLY_DONE, "pin fstat fchmod "},
	{"600", "f", DT_REG, CONTESTED, OLD, "pin fstat fchmod ", "pin fstat fchmod reopen ", 0600,
		APPLY_DONE, NULL},
	{"4600", "f", DT_REG, QUIET, OLD, "stat chmod stat ", "pin fstat fchmod reopen fstat ",
		04600, APPLY_DONE, "pin fstat fchmod fstat "},
	{"1600", "f", DT_REG, CONTESTED, OLD, "pin fstat fchmod fstat ",
		"pin fstat fchmod reopen fstat ", 01600, APPLY_DONE, NULL},
	{"4600", "f", DT_REG, QUIET, 0, "chmod ", "pin fstat fchmod reopen ", 04600, APPLY_DONE,
		NULL},
	/* A link costs nothing, but GNU would notice if it could not be examined. */
	{"600", "l", DT_LNK, QUIET, 0, "", NULL, 0777, APPLY_LINK, NULL},
	{"u+x", "l", DT_LNK, CONTESTED, OLD, "", NULL, 0777, APPLY_LINK, NULL},
	{"u+x", "l", DT_LNK, CLOSED, 0, "stat ", NULL, 0777, APPLY_LINK, NULL},
	{"600", "dang", DT_LNK, QUIET, 0, "", NULL, 0777, APPLY_LINK, NULL},
	/* It was no link when the directory was read. */
	{"600", "l", DT_REG, QUIET, 0, "chmod stat ", "pin fstat ", 0777, APPLY_LINK,
		"chmod pin fstat "},
	{"600", "l", DT_REG, CONTESTED, 0, "chmod pin fstat ", "pin fstat ", 0777, APPLY_LINK,
		NULL},
	{"u+x", "l", DT_REG, QUIET, 0, "stat ", "pin fstat ", 0777, APPLY_LINK, "pin fstat "},
	{"u+x", "l", DT_REG, CONTESTED, 0, "pin fstat ", NULL, 0777, APPLY_LINK, NULL},
	/* --skip-unchanged: one stat if the mode is right, and no other call. */
	{"644", "f", DT_REG, QUIET, SKIP, "stat ", NULL, 0644, APPLY_DONE, NULL},
	{"644", "f", DT_REG, CONTESTED, SKIP, "stat ", NULL, 0644, APPLY_DONE, NULL},
	{"u+r", "f", DT_REG, FOREIGN, SKIP | OLD, "stat ", NULL, 0644, APPLY_DONE, NULL},
	{"600", "f", DT_REG, QUIET, SKIP, "stat chmod ", "stat pin fstat fchmod reopen ", 0600,
		APPLY_DONE, "stat pin fstat fchmod "},
	{"600", "f", DT_REG, CONTESTED, SKIP, "stat pin fstat fchmod ",
		"stat pin fstat fchmod reopen ", 0600, APPLY_DONE, NULL},
	{"600", "l", DT_REG, CONTESTED, SKIP, "stat ", NULL, 0777, APPLY_LINK, NULL},
	/* --dry-run */
	{"600", "f", DT_REG, QUIET, DRY, "stat ", NULL, 0644, APPLY_DONE, NULL},
	{"u+x", "f", DT_REG, CONTESTED, DRY | OLD, "stat ", NULL, 0644, APPLY_DONE, NULL},
	{"4600", "f", DT_REG, QUIET, DRY | OLD, "stat ", NULL, 0644, APPLY_DONE, NULL},
	/* A mode for directories alone */
	{"D700", "f", DT_REG, QUIET, 0, "", NULL, 0644, APPLY_DONE, NULL},
	{"D700", "f", DT_REG, CONTESTED, OLD, "pin fstat ", NULL, 0644, APPLY_DONE, NULL},
	{"D700,F600", "f", DT_REG, QUIET, 0, "chmod ", "pin fstat fchmod reopen ", 0600, APPLY_DONE,
		NULL},
	/* Not there any more. */
	{"600", "gone", DT_REG, QUIET, 0, "chmod stat ", "pin ", (mode_t)-1, APPLY_VANISHED,
		"chmod pin "},
	{"u+x", "gone", DT_REG, CONTESTED, 0, "pin ", NULL, (mode_t)-1, APPLY_VANISHED, NULL},
	{"u+x", "gone", DT_LNK, CLOSED, 0, "stat ", NULL, (mode_t)-1, APPLY_VANISHED, NULL},
	{"u+x", "gone", DT_LNK, QUIET, 0, "", NULL, (mode_t)-1, APPLY_LINK, NULL},
};

enum event { SEEN, THROUGH, DANGLES, BY_TYPE }; /* how the walk shows it */

static const struct link_row {
	const char *name;
	enum shown_as as;
	enum event event;
	enum apply_links links;
	enum apply_result result;
	int err;
	const char *calls;
	bool changed; /* what it leads to */
} link_rows[] = {
	/* operands: -H and -L look through, -P does not */
	{"l", OPERAND, THROUGH, APPLY_OPERAND_LINKS, APPLY_DONE, 0, "fchmod ", true},
	{"l", OPERAND, THROUGH, APPLY_ALL_LINKS, APPLY_DONE, 0, "fchmod ", true},
	{"l", OPERAND, THROUGH, APPLY_NO_LINKS, APPLY_LINK, 0, "pin fstat ", false},
	{"l", OPERAND, SEEN, APPLY_OPERAND_LINKS, APPLY_DONE, 0, "pin fstat fchmod ", true},
	{"l", OPERAND, SEEN, APPLY_ALL_LINKS, APPLY_DONE, 0, "pin fstat fchmod ", true},
	{"l", OPERAND, SEEN, APPLY_NO_LINKS, APPLY_LINK, 0, "", false},
	{"ld", OPERAND, THROUGH, APPLY_NO_LINKS, APPLY_LINK, 0, "pin fstat ", false},
	{"ld", OPERAND, THROUGH, APPLY_OPERAND_LINKS, APPLY_DONE, 0, "fchmod ", true},
	{"ld", OPERAND, SEEN, APPLY_ALL_LINKS, APPLY_DONE, 0, "pin fstat fchmod ", true},
	/* no links at all */
	{"f", OPERAND, THROUGH, APPLY_OPERAND_LINKS, APPLY_DONE, 0, "fchmod ", true},
	{"f", OPERAND, SEEN, APPLY_NO_LINKS, APPLY_DONE, 0, "fchmod ", true},
	{"f", OPERAND, THROUGH, APPLY_NO_LINKS, APPLY_DONE, 0, "pin fstat fchmod ", true},
	{"d", OPERAND, THROUGH, APPLY_NO_LINKS, APPLY_DONE, 0, "pin fstat fchmod ", true},
	{"d", ENTRY, SEEN, APPLY_OPERAND_LINKS, APPLY_DONE, 0, "fchmod ", true},
	/* entries: -L looks through; others know what it is, or have to look */
	{"l", ENTRY, THROUGH, APPLY_ALL_LINKS, APPLY_DONE, 0, "fchmod ", true},
	{"l", ENTRY, THROUGH, APPLY_NO_LINKS, APPLY_LINK, 0, "pin fstat ", false},
	{"ld", ENTRY, THROUGH, APPLY_NO_LINKS, APPLY_LINK, 0, "pin fstat ", false},
	{"l", ENTRY, SEEN, APPLY_OPERAND_LINKS, APPLY_LINK, 0, "", false},
	{"l", ENTRY, SEEN, APPLY_NO_LINKS, APPLY_LINK, 0, "", false},
	{"l", ENTRY, SEEN, APPLY_ALL_LINKS, APPLY_DONE, 0, "pin fstat fchmod ", true},
	{"l", ENTRY, BY_TYPE, APPLY_OPERAND_LINKS, APPLY_LINK, 0, "", false},
	{"l", ENTRY, BY_TYPE, APPLY_NO_LINKS, APPLY_LINK, 0, "", false},
	{"l", ENTRY, BY_TYPE, APPLY_ALL_LINKS, APPLY_DONE, 0, "pin fstat fchmod ", true},
	{"ld", ENTRY, BY_TYPE, APPLY_ALL_LINKS, APPLY_DONE, 0, "pin fstat fchmod ", true},
	/* to nothing */
	{"dang", OPERAND, DANGLES, APPLY_OPERAND_LINKS, APPLY_DANGLING, 0, "", false},
	{"dang", OPERAND, DANGLES, APPLY_ALL_LINKS, APPLY_DANGLING, 0, "", false},
	{"dang", OPERAND, DANGLES, APPLY_NO_LINKS, APPLY_LINK, 0, "", false},
	{"dang", ENTRY, DANGLES, APPLY_ALL_LINKS, APPLY_DANGLING, 0, "", false},
	{"dang", ENTRY, DANGLES, APPLY_NO_LINKS, APPLY_LINK, 0, "", false},
	{"dang", OPERAND, SEEN, APPLY_OPERAND_LINKS, APPLY_NOT_CHANGED, ENOENT, "pin ", false},
	{"dang", OPERAND, SEEN, APPLY_ALL_LINKS, APPLY_NO_REFERENT, ENOENT, "pin ", false},
	{"dang", OPERAND, SEEN, APPLY_NO_LINKS, APPLY_LINK, 0, "", false},
	{"dang", ENTRY, BY_TYPE, APPLY_ALL_LINKS, APPLY_NO_REFERENT, ENOENT, "pin stat ", false},
	{"dang", ENTRY, BY_TYPE, APPLY_OPERAND_LINKS, APPLY_LINK, 0, "", false},
	{"gone", ENTRY, BY_TYPE, APPLY_ALL_LINKS, APPLY_VANISHED, 0, "pin stat ", false},
	{"loop", ENTRY, BY_TYPE, APPLY_ALL_LINKS, APPLY_NO_REFERENT, ELOOP, "pin stat ", false},
	{"loop", OPERAND, SEEN, APPLY_OPERAND_LINKS, APPLY_NOT_CHANGED, ELOOP, "pin ", false},
};

/* Puts a link in the place of the file when a call is made. */
static inline void put_link_there(void)
{
	EXPECT(unlink("f") == 0 && symlink("t", "f") == 0);
}

static inline void put_file_there(void)
{
	EXPECT(rename("f", "old") == 0 && rename("t", "f") == 0);
}

static const struct failure_row {
	const char *spec, *at; /* which call fails */
	int err;
	void (*hook)(void);
	enum place place;
	bool with_old;
	enum apply_result result;
	int result_err, restat_err;
	const char *calls;
} failure_rows[] = {
	{"600", "chmod", EPERM, NULL, QUIET, false, APPLY_DONE, 0, 0, "chmod stat chmod "},
	{"600", "chmod", EPERM, NULL, CONTESTED, false, APPLY_DONE, 0, 0,
		"chmod pin fstat fchmod "},
	{"u+x", "stat", ENOENT, NULL, QUIET, false, APPLY_VANISHED, 0, 0, "stat "},
	{"u+x", "stat", EACCES, NULL, QUIET, false, APPLY_NO_ACCESS, EACCES, 0, "stat "},
	{"u+x", "stat", EIO, NULL, QUIET, false, APPLY_NO_ACCESS, EIO, 0, "stat "},
	{"u+x", "stat", EPERM, NULL, QUIET, false, APPLY_NO_ACCESS, EPERM, 0, "stat "},
	{"u+x", "pin", EPERM, NULL, CONTESTED, false, APPLY_NO_ACCESS, EPERM, 0, "pin "},
	{"u+x", "fstat", EPERM, NULL, CONTESTED, false, APPLY_NO_ACCESS, EPERM, 0, "pin fstat "},
	{"u+x", "pin", ENOENT, NULL, CONTESTED, false, APPLY_VANISHED, 0, 0, "pin "},
	{"u+x", "pin", EMFILE, NULL, CONTESTED, false, APPLY_NO_ACCESS, EMFILE, 0, "pin "},
	{"u+x", "fstat", EIO, NULL, CONTESTED, false, APPLY_NO_ACCESS, EIO, 0, "pin fstat "},
	{"u+x", "chmod", ENOENT, NULL, QUIET, false, APPLY_VANISHED, 0, 0, "stat chmod "},
	{"u+x", "chmod", EPERM, NULL, QUIET, false, APPLY_NOT_CHANGED, EPERM, 0, "stat chmod "},
	{"u+x", "chmod", EROFS, NULL, QUIET, true, APPLY_NOT_CHANGED, EROFS, 0, "stat chmod "},
	{"u+x", "fchmod", EPERM, NULL, CONTESTED, false, APPLY_NOT_CHANGED, EPERM, 0,
		"pin fstat fchmod "},
	{"u+x", "fchmod", ENOENT, NULL, CONTESTED, false, APPLY_NOT_CHANGED, ENOENT, 0,
		"pin fstat fchmod "},
	/* The file system has no modes: no error for a link, but for others. */
	{"u+x", "chmod", EOPNOTSUPP, NULL, QUIET, false, APPLY_NOT_CHANGED, EOPNOTSUPP, 0,
		"stat chmod stat "},
	{"u+x", "fchmod", EOPNOTSUPP, NULL, CONTESTED, false, APPLY_NOT_CHANGED, EOPNOTSUPP, 0,
		"pin fstat fchmod "},
	{"u+x", "chmod", 0, put_link_there, QUIET, false, APPLY_LINK, 0, 0, "stat chmod stat "},
	{"600", "chmod", 0, put_link_there, QUIET, false, APPLY_LINK, 0, 0, "chmod stat "},
	{"600", "chmod", 0, put_link_there, CONTESTED, false, APPLY_LINK, 0, 0, "chmod pin fstat "},
};

#endif
