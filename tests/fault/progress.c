/* SPDX-License-Identifier: MIT */
/*
 * When there is a line of --progress, on a pseudo terminal and where there is none, and what it
 * counts. How it looks in each width is tested in tests/unit/progress_test.c. The walk is made slow
 * enough for it by directories that take their time to be opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "../support/pty.h"
#include "rows.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

enum {
	DIRS = 9,
	FILES = 20, /* in each; the program looks at the clock at every 16th */
	NAP = 90 * 1000,
	ENTRIES = 1 + DIRS * (1 + FILES),
	MOST_A_SECOND = 5,
};

/* What standard error is. */
enum screen { TERMINAL, BOTH_TERMINAL, PIPE, CLOSED, FULL };

struct progress_row {
	const char *what, *args;
	const char *out, *err; /* of the file that is refused; otherwise nothing */
	struct fault faults[2];
	const char *env; /* NULL: TERM=xterm */
	enum screen screen;
	unsigned short columns; /* 0: not known, which is taken for 80 */
	int least;              /* so often is the line drawn; 0: never */
	int status;
	int lines;                                 /* on standard output */
	mode_t files, dirs;                        /* their modes in the end; 0: as before */
	enum { UNKNOWN, SOME, ALL, NONE } counted; /* how many of those seen are changed */
};

/* -------------------------------------------------------------------------------------- fixture */

/* The tree with these modes. Kept. */
static char *tree_text(struct fault_test *t, mode_t dirs, mode_t files)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fprintf(out, "d/ %o", dirs);
	for (int i = 0; i < DIRS; i++) {
		fprintf(out, ", d/s%d/ %o", i, dirs);
		for (int j = 0; j < FILES; j++)
			fprintf(out, ", d/s%d/f%d %o", i, j, files);
	}
	fclose(out);
	return fault_keep(t, text);
}

static long nap(struct fault_test *t, const struct filter_call *call)
{
	(void)t;
	(void)call;
	usleep(NAP);
	return FILTER_GO_ON;
}

/* The terminal goes away in the middle; t->number is its other end. */
static long hang_up(struct fault_test *t, const struct filter_call *call)
{
	(void)call;
	close(t->number);
	t->number = -1;
	return FILTER_GO_ON;
}

/* Opens a terminal: t->kept_fd. Its master. */
static int open_terminal(struct fault_test *t, unsigned short columns)
{
	struct winsize size = {.ws_row = 24, .ws_col = columns};
	int master = pty_open(&t->kept_fd);

	if (master < 0)
		fault_skip("there is no pseudo terminal");
	if (ioctl(master, TIOCSWINSZ, &size) < 0)
		fault_broken("TIOCSWINSZ", errno);
	return master;
}

/* run_how's prepare: standard error, or both, are the terminal. */
static void put_on_stderr(void *ctx)
{
	const struct fault_test *t = ctx;
	const struct progress_row *row = t->row;

	if (dup2(t->kept_fd, STDERR_FILENO) < 0 ||
		(row->screen == BOTH_TERMINAL && dup2(t->kept_fd, STDOUT_FILENO) < 0))
		_exit(RUN_NOT);
}

/* All that was written to the terminal, which no process has open any more. Kept. */
static char *read_terminal(struct fault_test *t, int master)
{
	char *text, bytes[4096];
	size_t len;
	FILE *out = open_memstream(&text, &len);
	ssize_t n;

	while ((n = read(master, bytes, sizeof(bytes))) > 0)
		fwrite(bytes, 1, (size_t)n, out);
	fclose(out);
	return fault_keep(t, text);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------------ what is on the screen */

#define END "\033[K"

/* What has been written so far. */
struct look {
	struct fault_test *t;
	bool shown; /* the line is there */
	int drawn;  /* so often */
	unsigned seen;
	FILE *others; /* other lines */
};

/*
 * "12 files, 12 changed, 34/s: DIRECTORY", or as much of it as there is room for; -n: to change. No
 * word of changes where files are changed without a look at them.
 */
static void check_line(struct look *look, const char *line, size_t len)
{
	const struct progress_row *row = look->t->row;
	char *text = fault_text(look->t, "%.*s", (int)len, line);
	unsigned seen, changed = 0, rate;
	int end = 0, n = 3;

	if (row->counted == UNKNOWN)
		n = sscanf(text, "%u files, %u/s: %n", &seen, &rate, &end) + 1;
	else if (strncmp(row->args, "-Rn", 3) == 0)
		n = sscanf(text, "%u files, %u to change, %u/s: %n", &seen, &changed, &rate, &end);
	else
		n = sscanf(text, "%u files, %u changed, %u/s: %n", &seen, &changed, &rate, &end);
	if (!fault_check(look->t, n == 3 && end > 0, "what does the line say: %s", text))
		return;
	fault_check(look->t, look->seen < seen && seen <= ENTRIES, "%u files after %u", seen,
		look->seen);
	fault_check(look->t, changed <= seen, "%s", text);
	fault_check(look->t, row->counted != ALL || changed == seen, "%s", text);
	fault_check(look->t, row->counted != NONE || changed == 0, "%s", text);
	/* The operand itself is in the one where it is named. */
	fault_check(look->t, text[end] == (seen == 1 ? '.' : 'd'), "no directory: %s", text);
	look->seen = seen;
}

/* One line, drawn or erased, or a message; where the next one begins. */
static const char *look_at(struct look *look, const char *text)
{
	const char *end = *text == '\r' ? strstr(text, END) : strchr(text, '\n');

	if (!fault_check(look->t, end, "this has no end: %s", text))
		return text + strlen(text);
	if (*text != '\r') {
		fault_check(look->t, !look->shown, "in the line: %.*s", (int)(end - text), text);
		fprintf(look->others, "%.*s\n", (int)(end - text), text);
		return end + 1;
	}
	text++;
	look->shown = end > text;
	if (look->shown) {
		look->drawn++;
		check_line(look, text, (size_t)(end - text));
	}
	return end + strlen(END);
}

static int count_lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* All that the terminal has shown, in a run that TOOK so many seconds. */
static void check_screen(struct fault_test *t, const char *text, double took)
{
	const struct progress_row *row = t->row;
	struct look look = {.t = t};
	char *others;
	size_t len;

	look.others = open_memstream(&others, &len);
	while (*text)
		text = look_at(&look, text);
	fclose(look.others);
	fault_check(t, !look.shown, "the line has not been erased");
	fault_check(t, look.drawn >= row->least && (row->least > 0 || look.drawn == 0),
		"drawn %d times", look.drawn);
	fault_check(t, look.drawn <= took * MOST_A_SECOND + 1, "drawn %d times in %.1f seconds",
		look.drawn, took);
	if (row->screen == BOTH_TERMINAL)
		fault_check(t, count_lines(others) == row->lines, "%d lines instead of %d",
			count_lines(others), row->lines);
	else
		fault_check_text(t, "messages", row->err ? row->err : "", others);
	free(others);
}

/* ----------------------------------------------------------------------------------------- rows */

#define LATE         "d/s6/f7"
#define LATE_REFUSED .faults = {{.call = CHANGE, .file = LATE, .err = EIO}}, .status = 1

static const struct progress_row rows[] = {
	{"40 columns", "-R --progress F600 d", .columns = 40, .least = 2, .files = 0600},
	{"a look at each", "-R --progress --skip-unchanged 700 d", .columns = 200, .least = 2,
		.files = 0700, .dirs = 0700, .counted = ALL},
	{"a mode that all have", "-R --progress D755,F644 d", .columns = 80, .least = 2},
	{"nothing to be changed", "-R --progress --skip-unchanged D755,F644 d", .columns = 80,
		.least = 2, .counted = NONE},
	{"workers", "-R --progress -j 4 F600 d", .columns = 40, .least = 2, .files = 0600},

	/* Other lines begin where the line has been. */
	{"a message", "-R --progress 700 d", .columns = 40, .least = 2, LATE_REFUSED,
		.err = E("changing permissions of '" LATE "': Input/output error"), .files = 0700,
		.dirs = 0700},
	{"lines to a pipe", "-Rv --progress F600 d", .columns = 40, .least = 2, .lines = ENTRIES,
		.files = 0600, .counted = SOME},
	{"lines to the terminal", "-Rc --progress D700 d", .screen = BOTH_TERMINAL, .columns = 40,
		.least = 2, .lines = 1 + DIRS, .dirs = 0700, .counted = SOME},
	{"lines to the terminal", "-Rn --progress D700 d", .screen = BOTH_TERMINAL, .columns = 40,
		.least = 2, .lines = 1 + DIRS, .counted = SOME},

	/* A terminal, but none on which lines are erased. */
	{"TERM=dumb", "-R --progress F600 d", .env = "TERM=dumb", .columns = 40, .files = 0600},
	{"TERM is empty", "-R --progress F600 d", .env = "TERM=", .columns = 40, .files = 0600},
	{"a terminal", "-R F600 d", .columns = 40, .files = 0600},
	{"a sandbox that hides the terminal", "-R --progress F600 d", .columns = 40,
		.faults = {{.call = IOCTL, .file = "<2>", .err = EPERM}}, .files = 0600},
	{"a sandbox that hides the columns", "-R --progress F600 d", .columns = 0, .least = 2,
		.faults = {{.call = IOCTL, .file = "<2>", .err = EPERM, .nth = 2, .onward = true}},
		.files = 0600},
	/* That nothing can be shown is no error of any file. */
	{"a terminal that takes nothing", "-R --progress F600 d", .columns = 40,
		.faults = {{.call = WRITE, .file = "<2>", .err = EIO}}, .files = 0600},
	{"a terminal that hangs up", "-R --progress F600 d", .columns = 40,
		.faults = {{.call = OPEN_DIR, .nth = 7, .act = hang_up}}, .files = 0600},

	{"stderr is a pipe", "-R --progress F600 d", .screen = PIPE, .files = 0600},
	{"stderr is closed", "-R --progress F600 d", .screen = CLOSED, .files = 0600},
	{"stderr is full", "-R --progress F600 d", .screen = FULL, .files = 0600},
	{"stderr is full, and a message", "-R --progress 700 d", .screen = FULL, LATE_REFUSED,
		.files = 0700, .dirs = 0700},
};

/* One run, which is given back what TERMINAL has shown (kept; NULL: none). How long it took. */
static double run_slowly(
	struct fault_test *t, const struct run_how *how, int terminal, char **ret_shown)
{
	const struct progress_row *row = t->row;
	struct fault faults[] = {row->faults[0], {.call = OPEN_DIR, .act = nap}, {.call = 0}};
	double since = seconds(), took;
	struct run_result result;

	t->number = terminal;
	fault_run(t, how, faults[0].call ? faults : faults + 1, &result);
	took = seconds() - since;
	fault_check(t, result.status == row->status, "exit status %d", result.status);
	fault_check_text(t, "stderr", "", result.err);
	if (row->screen != BOTH_TERMINAL)
		fault_check(t, count_lines(result.out) == row->lines, "%d lines on stdout",
			count_lines(result.out));
	run_result_free(&result);
	*ret_shown = NULL;
	if (t->kept_fd >= 0)
		close(t->kept_fd);
	t->kept_fd = -1;
	if (t->number >= 0) {
		*ret_shown = read_terminal(t, terminal);
		close(terminal);
	}
	return took;
}

/* That all has the mode that was asked for, but for the file that is refused. */
static void check_modes(struct fault_test *t)
{
	const struct progress_row *row = t->row;
	char *after = tree_text(t, row->dirs ? row->dirs : 0755, row->files ? row->files : 0644);
	char *late = row->status ? strstr(after, LATE " ") : NULL;

	if (late) {
		/* 700 becomes 644. */
		late += strlen(LATE " ");
		late[0] = '6';
		late[1] = late[2] = '4';
	}
	fault_check_tree(t, after);
}

static void test_progress(struct fault_test *t)
{
	const struct progress_row *row = t->row;
	bool is_terminal = row->screen == TERMINAL || row->screen == BOTH_TERMINAL;
	int terminal = is_terminal ? open_terminal(t, row->columns) : -1;
	struct run_how how;
	char *shown;
	double took;

	fault_new_tree(t, tree_text(t, 0755, 0644));
	how = fault_how(t, row->args);
	fault_setenv(t, &how, row->env ? row->env : "TERM=xterm");
	how.err = row->screen == CLOSED ? RUN_CLOSED : row->screen == FULL ? RUN_FULL : RUN_READ;
	if (is_terminal) {
		how.prepare = put_on_stderr;
		how.ctx = t;
	}
	took = run_slowly(t, &how, terminal, &shown);
	if (shown)
		check_screen(t, shown, took);
	check_modes(t);
}

static const struct progress_row operands = {
	.args = "-R --progress 600 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", .columns = 80};

/* Operands without a slash: the directory at hand is the one that we are in. */
static void test_operands(struct fault_test *t)
{
	struct fault faults[] = {{.call = PIN, .act = nap}, {.call = 0}};
	const struct progress_row *row = t->row;
	char *text = fault_text(t, "0 644"), *shown;
	struct run_result result;
	struct run_how how;

	t->number = open_terminal(t, row->columns);
	for (int i = 1; i <= 17; i++)
		text = fault_text(t, "%s, %d 644", text, i);
	fault_new_tree(t, text);
	how = fault_how(t, row->args);
	fault_setenv(t, &how, "TERM=xterm");
	how.prepare = put_on_stderr;
	how.ctx = t;
	fault_run(t, &how, faults, &result);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	run_result_free(&result);
	close(t->kept_fd);
	t->kept_fd = -1;
	shown = read_terminal(t, t->number);
	close(t->number);
	fault_check(t, strstr(shown, "/s: ." END), "no line for this directory: %s", shown);
}

void fault_progress(struct fault_list *list)
{
	struct fault_test test = {.fn = test_progress, .users = AS_USER, .in_memory = true};

	for (size_t i = 0; i < COUNT(rows); i++) {
		test.row = &rows[i];
		fault_add(list, &test, "%s, %s", rows[i].args, rows[i].what);
	}
	test.fn = test_operands;
	test.row = &operands;
	fault_add(list, &test, "%s", operands.args);
}
