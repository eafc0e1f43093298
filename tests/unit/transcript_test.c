/* SPDX-License-Identifier: MIT */
/*
 * transcript: what is printed is what was put in, in order, while more is put in.
 *
 * Link with --wrap= of those of no_memory.h.
 */
#include "transcript.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "no_memory.h"
#include "random_tree.h"
#include "rows.h"

enum { OUT = TRANSCRIPT_OUT, ERR = TRANSCRIPT_ERR, MAX_TEXT = 1024 * 1024 };

/* What has been printed: two bytes for each, of which the first names the stream. */
static struct {
	char text[2 * MAX_TEXT];
	size_t len;
	unsigned calls;
	struct lock *outer; /* must be free while this prints */
} printed;

static void print(void *ctx, enum transcript_stream stream, const char *text, size_t len)
{
	EXPECT(ctx == &printed);
	if (printed.outer != NULL) {
		lock_take(printed.outer);
		lock_drop(printed.outer);
	}
	printed.calls++;
	assert_true(printed.len + 2 * len < sizeof(printed.text));
	for (size_t i = 0; i < len; i++) {
		printed.text[printed.len++] = stream == TRANSCRIPT_OUT ? 'o' : 'e';
		printed.text[printed.len++] = text[i];
	}
	printed.text[printed.len] = '\0';
}

static void begin(struct transcript *t)
{
	transcript_init(t);
	printed.len = printed.calls = 0;
	printed.text[0] = '\0';
	printed.outer = NULL;
}

static void add(struct transcript *t, int stream, const char *text)
{
	transcript_add(t, (enum transcript_stream)stream, text, strlen(text));
}

static void test_replay(void **state)
{
	struct transcript t;

	(void)state;
	begin(&t);
	transcript_replay(&t, print, &printed);
	EXPECT(printed.calls == 0);
	assert_true(transcript_reserve(&t, 100));
	add(&t, OUT, "ab");
	add(&t, OUT, "c");
	add(&t, ERR, "d");
	add(&t, OUT, "e");
	transcript_replay(&t, print, &printed);
	assert_string_equal(printed.text, "oaobocedoe");
	/* Texts that follow each other on one stream are one piece. */
	EXPECT(printed.calls == 3 && t.used == 0);
	/* It can be used again, and begins anew. */
	assert_true(transcript_reserve(&t, 100));
	add(&t, OUT, "f");
	transcript_replay(&t, print, &printed);
	assert_string_equal(printed.text, "oaobocedoeof");
	transcript_free(&t);
	rows_end();
}

/* What was reserved can be put in: so many bytes, in up to eight pieces of any lengths. */
static void test_reserve(void **state)
{
	static const char text[40000];
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct transcript t;
		size_t total = 0;

		begin(&t);
		for (int round = 0; round < 5; round++) {
			size_t size = random_below(&seed, i % 10 == 0 ? 8 * 4000 : 300),
			       rest = size;

			assert_true(transcript_reserve(&t, size));
			for (int piece = 0; piece < 8; piece++) {
				size_t len =
					piece == 7 ? rest : random_below(&seed, (unsigned)rest + 1);

				transcript_add(&t, (enum transcript_stream)(piece % 2), text, len);
				rest -= len;
			}
			total += size;
		}
		transcript_replay(&t, print, &printed);
		total -= printed.len / 2;
		if (total != 0)
			row_wrong("round %d: %zu bytes are missing", i, total);
		transcript_free(&t);
	}
	rows_end();
}

/* The memory of all transcripts is counted together, with what is being printed. */
static void test_counted(void **state)
{
	struct transcript first, second;
	struct lock outer;
	atomic_bool is_empty;
	atomic_size_t total;

	(void)state;
	atomic_init(&total, 0);
	lock_init(&outer);
	begin(&first);
	begin(&second);
	transcript_count_in(&first, &total);
	transcript_count_in(&second, &total);
	EXPECT(transcript_reserve(&first, 10) && atomic_load(&total) == first.size);
	EXPECT(transcript_reserve(&second, 100000));
	EXPECT(atomic_load(&total) == first.size + second.size && second.size > 100000);
	add(&second, OUT, "a");
	lock_take(&outer);
	EXPECT(transcript_print_some(&second, print, &printed, &outer, &is_empty));
	lock_drop(&outer);
	EXPECT(atomic_load(&total) == first.size + second.size);
	transcript_free(&second);
	EXPECT(atomic_load(&total) == first.size);
	transcript_free(&first);
	EXPECT(atomic_load(&total) == 0);
	rows_end();
}

/* More than was reserved: directories that have to be closed may have messages, too. */
static void test_not_reserved(void **state)
{
	static char line[1000];
	struct transcript t;

	(void)state;
	begin(&t);
	memset(line, 'x', sizeof(line) - 1);
	for (int i = 0; i < 100; i++)
		add(&t, i % 2 == 0 ? OUT : ERR, line);
	transcript_replay(&t, print, &printed);
	EXPECT(printed.len == 2 * 100 * strlen(line));
	transcript_free(&t);
	rows_end();
}

/* Without memory nothing changes. A text that has no room is left out as a whole. */
static void test_no_memory(void **state)
{
	struct transcript t;

	(void)state;
	begin(&t);
	memory_limit(0, true);
	EXPECT(!transcript_reserve(&t, 1));
	add(&t, OUT, "a");
	EXPECT(t.used == 0);
	memory_unlimit();
	assert_true(transcript_reserve(&t, 3));
	add(&t, OUT, "abc");
	memory_limit(0, true);
	EXPECT(!transcript_reserve(&t, 100000));
	EXPECT(memory_unlimit() == 1);
	transcript_replay(&t, print, &printed);
	assert_string_equal(printed.text, "oaoboc");
	transcript_free(&t);
	rows_end();
}

/* The lock is not held while a piece is printed. What comes meanwhile is printed next. */
static void test_print_some(void **state)
{
	struct transcript t;
	struct lock outer;
	atomic_bool is_head = false;

	(void)state;
	begin(&t);
	lock_init(&outer);
	printed.outer = &outer;
	lock_take(&outer);
	assert_true(transcript_reserve(&t, 100));
	add(&t, OUT, "a");
	add(&t, ERR, "b");
	EXPECT(transcript_print_some(&t, print, &printed, &outer, &is_head));
	EXPECT(!is_head);
	assert_string_equal(printed.text, "oaeb");
	/* There is as much room as before. */
	add(&t, OUT, "c");
	EXPECT(transcript_print_some(&t, print, &printed, &outer, &is_head) && !is_head);
	EXPECT(!transcript_print_some(&t, print, &printed, &outer, &is_head) && is_head);
	assert_string_equal(printed.text, "oaeboc");
	/* Without memory for another buffer the worker waits meanwhile. */
	is_head = false;
	printed.outer = NULL;
	add(&t, ERR, "d");
	memory_limit(0, true);
	EXPECT(transcript_print_some(&t, print, &printed, &outer, &is_head) && !is_head);
	EXPECT(memory_unlimit() == 1);
	EXPECT(!transcript_print_some(&t, print, &printed, &outer, &is_head) && is_head);
	assert_string_equal(printed.text, "oaeboced");
	lock_drop(&outer);
	transcript_free(&t);
	rows_end();
}

/* ------------------------------------------------------------------------- while more is noted */

enum { LINES = 20000 };

struct noter {
	struct transcript t;
	atomic_bool is_head;
};

/* Puts lines into the transcript while it is not the head; after that it prints them itself. */
static void *note_lines(void *arg)
{
	struct noter *noter = arg;

	for (int i = 0; i < LINES; i++) {
		enum transcript_stream stream = i % 7 == 0 ? TRANSCRIPT_ERR : TRANSCRIPT_OUT;
		char line[16];
		size_t len = (size_t)sprintf(line, "%d\n", i);

		lock_take(&noter->t.lock);
		if (atomic_load_explicit(&noter->is_head, memory_order_acquire))
			print(&printed, stream, line, len);
		else if (transcript_reserve(&noter->t, len))
			transcript_add(&noter->t, stream, line, len);
		lock_drop(&noter->t.lock);
	}
	return NULL;
}

static void test_while_more_is_noted(void **state)
{
	static struct noter noter;
	struct lock outer;
	pthread_t thread;
	size_t at = 0;

	(void)state;
	begin(&noter.t);
	atomic_init(&noter.is_head, false);
	lock_init(&outer);
	assert_int_equal(pthread_create(&thread, NULL, note_lines, &noter), 0);
	lock_take(&outer);
	while (transcript_print_some(&noter.t, print, &printed, &outer, &noter.is_head))
		sched_yield();
	lock_drop(&outer);
	assert_int_equal(pthread_join(thread, NULL), 0);
	EXPECT(noter.t.used == 0);
	for (int i = 0; i < LINES; i++) {
		char line[16];

		sprintf(line, "%d\n", i);
		for (const char *s = line; *s != '\0'; s++, at += 2)
			if (printed.text[at] != (i % 7 == 0 ? 'e' : 'o') ||
				printed.text[at + 1] != *s) {
				row_wrong("line %d is wrong", i);
				i = LINES;
				break;
			}
	}
	EXPECT(at == printed.len || rows_wrong > 0);
	transcript_free(&noter.t);
	rows_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_counted),
		cmocka_unit_test(test_not_reserved),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_print_some),
		cmocka_unit_test(test_while_more_is_noted),
	};

	return cmocka_run_group_tests_name("transcript", tests, NULL, NULL);
}
