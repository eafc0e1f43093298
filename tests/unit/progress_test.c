/* SPDX-License-Identifier: MIT */
/*
 * progress on a pseudo terminal: what is drawn, in terminals of each width, and how often.
 *
 * The test sets the time. Link with --wrap= of clock_gettime, __clock_gettime64 and write.
 */
#include "progress.h"

#include <locale.h>
#include <pthread.h>

#include "progress_fixture.h"
#include "progress_rows.h"

static bool has_utf8; /* there is a UTF-8 locale, and it is entered */

/* ------------------------------------------------------------------------------------ on or off */

static void test_on_or_off(void **state)
{
	int pipes[2], file = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	if (!terminal_open(&terminal))
		SKIP_TEST("no pseudo terminals");
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	for (size_t i = 0; i < COUNT(places); i++) {
		const int fds[] = {terminal.fd, pipes[1], file, -1};
		struct progress p = {0};

		set_term(places[i].term);
		atomic_store(&writing.calls, 0);
		progress_start(&p, fds[places[i].where], &charset_c, PROGRESS_CHANGED);
		if (p.is_on != places[i].is_on)
			row_wrong("row %zu: not %d", i, places[i].is_on);
		progress_erase(&p);
		if (atomic_load(&writing.calls) != 0)
			row_wrong("row %zu: something is written", i);
	}
	close(pipes[0]);
	close(pipes[1]);
	close(file);
	end();
	rows_end();
}

/* ------------------------------------------------------------------------------------- the line */

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct progress p;

		begin(&p, 80, false);
		count(&p, numbers[i].seen, numbers[i].changed);
		draw(&p, numbers[i].ms, "d");
		expect_row(numbers[i].line);
		end();
	}
	rows_end();
}

/* More files than 32 bits can count. */
static void test_large_numbers(void **state)
{
	struct progress p;

	(void)state;
	begin(&p, 80, false);
	p.seen = p.changed = UINT32_MAX;
	count(&p, 2, 1);
	draw(&p, 1000, "d");
	expect_row("4294967297 files, 4294967296 changed, 4294967297/s: d");
	end();
	rows_end();
}

static void expect_path(unsigned room, bool utf8, const char *path, const char *shown)
{
	char expected[sizeof(before_path) + 100];
	struct progress p;

	begin(&p, (unsigned short)(sizeof(before_path) + room), utf8);
	draw(&p, 1000, path);
	sprintf(expected, "%s%s", before_path, shown);
	expect_row(expected);
	end();
}

static void test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++)
		expect_path(paths[i].room, false, paths[i].path, paths[i].shown);
	rows_end();
}

static void test_utf8_paths(void **state)
{
	(void)state;
	if (!has_utf8)
		SKIP_TEST("no locale C.UTF-8");
	for (size_t i = 0; i < COUNT(utf8_paths); i++)
		expect_path(utf8_paths[i].room, true, utf8_paths[i].path, utf8_paths[i].shown);
	rows_end();
}

/* In each usual width, and in very large ones. terminal.h reports what does not fit. */
static void test_widths(void **state)
{
	static const unsigned short wide[] = {0, 255, 256, 511, 512, 513, 1000, 2000, UINT16_MAX};
	static const char *const names[] = {"", "d", "usr/share/doc/some/directory/that/is/long",
		"\xe6\xbc\xa2\xe5\xad\x97/a\xe6\xbc\xa2/\xf0\x9f\x98\x80\xf0\x9f\x98\x80/\xc3\xa9z",
		"a\033[2Jb/\n\n\n/\xff\xfe/\x7f/'\"\\"};

	(void)state;
	for (size_t i = 0; i < (100 + COUNT(wide)) * COUNT(names) * 2; i++) {
		size_t n = i / COUNT(names) / 2;
		bool utf8 = has_utf8 && i % 2;
		struct progress p;

		begin(&p, n < 100 ? (unsigned short)(n + 1) : wide[n - 100], utf8);
		count(&p, 123456, 65432);
		draw(&p, 1000, names[i / 2 % COUNT(names)]);
		terminal_row(&terminal);
		EXPECT(terminal.returns == 1);
		progress_erase(&p);
		if (*terminal_row(&terminal) != '\0' || rows_wrong > 0)
			row_wrong("%zu columns, name %zu", terminal.columns, i / 2 % COUNT(names));
		end();
	}
	rows_end();
}

/* A terminal that does not tell its width is taken to have 80 columns. */
static void test_unknown_width(void **state)
{
	static char path[80 - sizeof(before_path) + 1], expected[80];
	struct progress p;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	sprintf(expected, "%s%s", before_path, path);
	assert_int_equal(strlen(expected), 79);
	begin(&p, 0, false);
	draw(&p, 1000, path);
	expect_row(expected);
	end();
	rows_end();
}

/* Of paths longer than the row, the end is shown. */
static void test_long_paths(void **state)
{
	static char path[3000];

	(void)state;
	for (size_t i = 0; i < sizeof(path) - 1; i++)
		path[i] = (char)(i % 10 == 9 ? '/' : 'a' + i / 10 % 10);
	for (size_t len = 450; len < sizeof(path) - 1; len += len < 550 ? 1 : 347) {
		for (unsigned short columns = 80; columns <= 1280; columns *= 4) {
			const char *row, *shown;
			struct progress p;
			size_t shown_len;
			char *tail = path + sizeof(path) - 1 - len;

			begin(&p, columns, false);
			draw(&p, 1000, tail);
			row = terminal_row(&terminal);
			shown = row + strlen(before_path);
			shown_len = strlen(row) - strlen(before_path);
			if (strcmp(shown, tail) != 0 &&
				(strncmp(shown, ".../", 4) != 0 || shown_len - 3 > len ||
					strcmp(shown + 3, tail + len - (shown_len - 3)) != 0))
				row_wrong("%zu bytes in %u columns: %s", len, columns, row);
			/* One directory more would not fit into 80 columns. */
			if (columns == 80 && strlen(row) + strlen("/abcdefgh") < 80 - 1)
				row_wrong("%zu bytes in %u columns: only %s", len, columns, row);
			end();
		}
	}
	rows_end();
}

static void test_long_names(void **state)
{
	static char path[3000];
	struct progress p;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	for (size_t slash = 0; slash < 2; slash++) {
		path[0] = slash ? '/' : 'x';
		begin(&p, UINT16_MAX, false);
		draw(&p, 1000, path);
		if (strncmp(terminal_row(&terminal), before_path, strlen(before_path)) != 0)
			row_wrong("the row is \"%s\"", terminal.row);
		end();
	}
	rows_end();
}

/* Every byte but NUL and /, alone and between others. */
static void test_every_byte(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 255 * 2; i++) {
		const char byte = (char)(1 + i / 2), path[] = {'a', byte, byte, 'b', '\0'};
		struct progress p;

		begin(&p, 80, has_utf8 && i % 2);
		draw(&p, 1000, path);
		terminal_row(&terminal);
		draw(&p, 2000, path + 1);
		if (strncmp(terminal_row(&terminal), before_path, strlen(before_path)) != 0)
			row_wrong("byte %#x: the row is \"%s\"", (unsigned char)byte, terminal.row);
		end();
	}
	rows_end();
}

/* If changes are not counted, the line says nothing about them. */
static void test_changes(void **state)
{
	static const struct {
		enum progress_changes changes;
		const char *row;
	} rows[] = {
		{PROGRESS_UNKNOWN, "10 files, 10/s: d"},
		{PROGRESS_CHANGED, "10 files, 7 changed, 10/s: d"},
		{PROGRESS_TO_CHANGE, "10 files, 7 to change, 10/s: d"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct progress p;

		begin(&p, 80, false);
		p.changes = rows[i].changes;
		count(&p, 10, 7);
		draw(&p, 1000, "d");
		expect_row(rows[i].row);
		end();
	}
	rows_end();
}

/* --------------------------------------------------------------------------- again, and no more */

/* Nothing is left of a longer line that was there before, nor of a line that is erased. */
static void test_redrawn_and_erased(void **state)
{
	struct progress p;

	(void)state;
	begin(&p, 80, false);
	atomic_store(&writing.calls, 0);
	progress_erase(&p);
	EXPECT(atomic_load(&writing.calls) == 0);
	draw(&p, 1000, "some/long/directory");
	expect_row("0 files, 0 changed, 0/s: some/long/directory");
	draw(&p, 2000, "d");
	expect_row("0 files, 0 changed, 0/s: d");
	progress_erase(&p);
	expect_row("");
	EXPECT(terminal.at == 0);
	/* What another process writes after that stays. */
	atomic_store(&writing.calls, 0);
	progress_erase(&p);
	EXPECT(atomic_load(&writing.calls) == 0);
	draw(&p, 3000, "e");
	expect_row("0 files, 0 changed, 0/s: e");
	progress_erase(&p);
	expect_row("");
	end();
	rows_end();
}

/* When lines were drawn, in milliseconds. */
static struct {
	int64_t ms[5000];
	size_t count;
} drawn;

/* At most five of them in any second, and about as many. */
static void expect_rate(int64_t ms)
{
	for (size_t i = 5; i < drawn.count; i++)
		if (drawn.ms[i] - drawn.ms[i - 5] < 1000)
			row_wrong("six times in %d ms", (int)(drawn.ms[i] - drawn.ms[i - 5]));
	if (drawn.count < (size_t)ms / 1000 * 4)
		row_wrong("drawn only %zu times in %d ms", drawn.count, (int)ms);
}

/* Draws, and notes whether that was done. */
static void draw_and_note(struct progress *p, int64_t ms)
{
	unsigned returns = terminal.returns;

	draw(p, ms, "d");
	terminal_row(&terminal);
	if (terminal.returns > returns)
		drawn.ms[drawn.count++] = ms;
}

/* However often progress is to be drawn: each millisecond, twice at a time, and out of step. */
static void test_five_times_a_second(void **state)
{
	static const int64_t steps[] = {1, 3, 7, 199};
	enum { TIME = 4000 };

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct progress p;

		begin(&p, 80, false);
		drawn.count = 0;
		for (int64_t ms = 0; ms < TIME; ms += steps[i]) {
			draw_and_note(&p, ms);
			draw_and_note(&p, ms);
		}
		/*
		 * If steps are nearly as long as the time between two lines, every other may draw.
		 */
		expect_rate(steps[i] < 100 ? TIME : TIME / 2);
		end();
	}
	rows_end();
}

/* After a long call without a line there are not many lines at once. */
static void test_after_a_pause(void **state)
{
	struct progress p;

	(void)state;
	begin(&p, 80, false);
	drawn.count = 0;
	for (int64_t ms = 60000; ms < 62000; ms++)
		draw_and_note(&p, ms);
	expect_rate(2000);
	end();
	rows_end();
}

/* The caller that counts files is told when a line is due, with the next file. */
static void test_due(void **state)
{
	struct progress p;

	(void)state;
	begin(&p, 80, false);
	atomic_store(&clock_now, start + 199 * MS);
	EXPECT(!progress_count(&p, false));
	atomic_store(&clock_now, start + 200 * MS);
	EXPECT(progress_count(&p, false));
	draw(&p, 200, "d");
	EXPECT(!progress_count(&p, false));
	for (int64_t ms = 1000; ms < 10000; ms += 1000) {
		atomic_store(&clock_now, start + ms * MS);
		EXPECT(progress_count(&p, false));
		EXPECT(progress_count(&p, true));
		draw(&p, ms, "d");
		EXPECT(!progress_count(&p, false));
		atomic_store(&clock_now, start + (ms + 100) * MS);
		EXPECT(!progress_count(&p, false));
	}
	end();
	rows_end();
}

enum { THREADS = 2, FILES = 200000 };

static struct {
	struct progress progress;
	pthread_mutex_t mutex;
} shared = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* Counts, every fourth as changed, and draws when it is due; a microsecond passes with each. */
static void *count_in_thread(void *ctx)
{
	for (unsigned i = 0; i < FILES; i++) {
		atomic_fetch_add(&clock_now, MS / 1000);
		if (!progress_count(&shared.progress, i % 4 == 0))
			continue;
		pthread_mutex_lock(&shared.mutex);
		progress_draw(&shared.progress, "d", 1);
		pthread_mutex_unlock(&shared.mutex);
	}
	return ctx;
}

static void test_threads(void **state)
{
	/* They have 400 ms together. */
	const char *expected = "400000 files, 100000 changed, 400000/s: d";
	pthread_t threads[THREADS];

	(void)state;
	begin(&shared.progress, 80, false);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_in_thread, NULL), 0);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	terminal_row(&terminal);
	EXPECT(1 <= terminal.returns && terminal.returns <= 2);
	draw(&shared.progress, 1000, "d");
	expect_row(expected);
	end();
	rows_end();
}

/* -------------------------------------------------------------- terminals that are not so quick */

static void test_short_writes(void **state)
{
	(void)state;
	for (writing.most = 1; writing.most < 5; writing.most++)
		expect_path(9, false, "aa/bb/cc/dd", ".../cc/dd");
	writing.most = 0;
	rows_end();
}

/* The time until the next line begins when this one has been written. */
static void test_slow_terminal(void **state)
{
	struct progress p;

	(void)state;
	begin(&p, 80, false);
	writing.takes = 1000;
	EXPECT(!progress_count(&p, false));
	draw(&p, 200, "d");
	EXPECT(!progress_count(&p, false));
	writing.takes = 0;
	end();
	rows_end();
}

/* The window was closed. Files are still changed. */
static void test_terminal_that_is_gone(void **state)
{
	struct progress p;

	(void)state;
	begin(&p, 80, false);
	close(terminal.master);
	draw(&p, 1000, "d");
	progress_erase(&p);
	close(terminal.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_on_or_off),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_large_numbers),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_utf8_paths),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_unknown_width),
		cmocka_unit_test(test_long_paths),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_redrawn_and_erased),
		cmocka_unit_test(test_five_times_a_second),
		cmocka_unit_test(test_after_a_pause),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_short_writes),
		cmocka_unit_test(test_slow_terminal),
		cmocka_unit_test(test_terminal_that_is_gone),
	};

	/* By the locale, quote knows what is printable, and terminal.h how wide a character is. */
	has_utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
	fence = fence_make();
	return cmocka_run_group_tests_name("progress", tests, NULL, NULL);
}
