/* SPDX-License-Identifier: MIT */
/*
 * Rows for progress: where it is shown, its numbers, and paths in the room that is left for them.
 */
#ifndef PROGRESS_ROWS_H
#define PROGRESS_ROWS_H

#include <stdbool.h>
#include <stdint.h>

enum where { TERMINAL, PIPE, FILE_, CLOSED };

static const struct {
	enum where where;
	const char *term;
	bool is_on;
} places[] = {
	{TERMINAL, "xterm", true},
	{TERMINAL, "linux", true},
	{TERMINAL, "dumber", true},
	{TERMINAL, "dumb", false},
	{TERMINAL, "", false},
	{TERMINAL, NULL, false},
	{PIPE, "xterm", false},
	{FILE_, "xterm", false},
	{CLOSED, "xterm", false},
};

static const struct {
	unsigned seen, changed;
	int64_t ms;
	const char *line;
} numbers[] = {
	{0, 0, 1000, "0 files, 0 changed, 0/s: d"},
	{1, 0, 1000, "1 files, 0 changed, 1/s: d"},
	{1, 1, 500, "1 files, 1 changed, 2/s: d"},
	{10, 9, 1000, "10 files, 9 changed, 10/s: d"},
	{1000, 250, 2000, "1000 files, 250 changed, 500/s: d"},
	{1000, 250, 250, "1000 files, 250 changed, 4000/s: d"},
	{12345, 6789, 10000000, "12345 files, 6789 changed, 1/s: d"},
};

/* The line up to the path, before any file is done: for rows about the path alone. */
static const char before_path[] = "0 files, 0 changed, 0/s: ";

static const struct {
	unsigned short room; /* columns for the path */
	const char *path, *shown;
} paths[] = {
	{3, "abc", "abc"},
	{9, "abc", "abc"},
	{1, "/", "/"},
	/* Nothing can be dropped. */
	{2, "abc", "ab"},
	{0, "abc", ""},
	/* As few of the first directories are dropped as possible. */
	{11, "aa/bb/cc/dd", "aa/bb/cc/dd"},
	{10, "aa/bb/cc/dd", ".../cc/dd"},
	{9, "aa/bb/cc/dd", ".../cc/dd"},
	{8, "aa/bb/cc/dd", ".../dd"},
	{6, "aa/bb/cc/dd", ".../dd"},
	{13, "aaaaa/bb/cc/dd", ".../bb/cc/dd"},
	{9, "/a/bc/def", "/a/bc/def"},
	{8, "/a/bc/def", ".../def"},
	{8, "../../a/b", ".../a/b"},
	/* The last name is cut. */
	{5, "aa/bb/cc/dd", ".../d"},
	{4, "aa/bb/cc/dd", ".../"},
	{2, "aa/bb/cc/dd", ".."},
	{0, "aa/bb/cc/dd", ""},
	/* Names are quoted as by GNU. There are no quotes if what needs them is dropped. */
	{8, "x y/ab", "'x y/ab'"},
	{7, "x y/ab", ".../ab"},
	{9, "aaaaa/x y", "'.../x y'"},
	{8, "aaaaa/x y", "'.../x y"},
	{6, "it's/d", ".../d"},
	{8, "it's/d", "\"it's/d\""},
	/* Control characters do not reach the terminal. */
	{30, "a\033[31mb", "'a'$'\\033''[31mb'"},
	{30, "a\r\nb", "'a'$'\\r\\n''b'"},
	{30, "\177", "''$'\\177'"},
	{30, "\303\251", "''$'\\303\\251'"},
	{13, "a\033b/cc/dd", ".../cc/dd"},
	{8, "a\033b", "'a'$'\\03"},
};

static const struct {
	unsigned short room;
	const char *path, *shown;
} utf8_paths[] = {
	/* U+6F22 and U+5B57 take two columns each. */
	{4, "\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2\xe5\xad\x97"},
	{3, "\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2"},
	{2, "\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2"},
	{1, "\xe6\xbc\xa2\xe5\xad\x97", ""},
	{7, "\xe6\xbc\xa2\xe5\xad\x97/\xe6\xbc\xa2", "\xe6\xbc\xa2\xe5\xad\x97/\xe6\xbc\xa2"},
	{6, "\xe6\xbc\xa2\xe5\xad\x97/\xe6\xbc\xa2", ".../\xe6\xbc\xa2"},
	{5, "\xe6\xbc\xa2\xe5\xad\x97/\xe6\xbc\xa2", ".../"},
	{9, "a/\xf0\x9f\x98\x80", "a/\xf0\x9f\x98\x80"},
	{9, "\xc3\xa9", "\xc3\xa9"},
	/* Bytes that are no UTF-8, and control characters that are: U+009B begins commands. */
	{30, "a\xff", "'a'$'\\377'"},
	{30, "a\xc2\x9b", "'a'$'\\302\\233'"},
	{30, "\xe6\xbc", "''$'\\346\\274'"},
};

#endif
