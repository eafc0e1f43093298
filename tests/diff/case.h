/* SPDX-License-Identifier: MIT */
/*
 * A case: a tree, a command line and the circumstances. It can be copied by assignment, because its
 * strings never change and are kept elsewhere (keep.h).
 */
#ifndef TESTS_DIFF_CASE_H
#define TESTS_DIFF_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	CASE_ENTRIES = 96,
	CASE_WORDS = 24,
	CASE_ENV = 4,
	/* The user and group of a case that does not run as root. */
	CASE_USER = 65534,
};

/* An extra: each clause of the mode becomes two, one with D and one with F. */
#define EXTRA_KINDS "D,F"

enum entry_kind {
	ENTRY_DIRECTORY,
	ENTRY_FILE,
	ENTRY_FIFO,
	ENTRY_SOCKET,
	ENTRY_LINK, /* symbolic */
	ENTRY_TWIN, /* a hard link */
};

/* An entry belongs to the user who runs the program, to root, or to the user and root's group. */
enum entry_owner { ENTRY_OWN, ENTRY_ROOTS, ENTRY_ROOTS_GROUP };

struct entry {
	enum entry_kind kind;
	enum entry_owner owner;
	mode_t mode;      /* 12 bits; not of links */
	const char *path; /* from the top of the tree, without "." and ".." */
	/* Of a link: its text. Of a twin: the path of an entry that is no link. */
	const char *target;
};

/* Where a standard stream of the program goes. */
enum case_stream {
	STREAM_PIPE,
	STREAM_FILE,     /* stdout only */
	STREAM_TOGETHER, /* stderr only: where stdout goes, which is a pipe or a file */
	STREAM_FULL,     /* /dev/full */
	STREAM_CLOSED,
	STREAM_BROKEN, /* stdout only: a pipe that nobody reads */
};

struct test_case {
	/* A directory comes before what is in it. The first is ".", where the program is run. */
	struct entry entries[CASE_ENTRIES];
	size_t n_entries;
	const char *words[CASE_WORDS]; /* the command line after the program's name */
	size_t n_words;
	const char *extra; /* for our program alone: one of its own options, EXTRA_KINDS, or NULL */
	const char *program;       /* argv[0] */
	const char *env[CASE_ENV]; /* NAME=VALUE: the whole environment */
	size_t n_env;
	mode_t umask;
	bool as_user;
	bool stdin_closed;
	bool sigpipe_ignored;
	enum case_stream out, err;
};

/*
 * Whether C can reach nothing outside of the tree: no link in it, and no word of the command line,
 * begins with a slash or leads through ".." of the top.
 */
bool case_is_contained(const struct test_case *c);

/* Whether no word is one that only our program knows: its own options, and clauses with D or F. */
bool case_is_common(const struct test_case *c);

/* The entry with this path, or NULL. */
const struct entry *case_entry(const struct test_case *c, const char *path);

/* Whether PATH, seen from the top, is a symbolic link of the tree. */
bool case_is_link(const struct test_case *c, const char *path);

/* The length of the directory part of PATH; 0: the top. */
size_t case_parent_length(const char *path);

/* Whether ENTRY is TOP or below it. */
bool case_is_below(const struct entry *entry, const struct entry *top);

#endif
