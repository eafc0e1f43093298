/* Trees of many entries, and a visitor who counts them, whichever thread it is called by. */
#ifndef WALK_TREES_H
#define WALK_TREES_H

#include "walk.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "walk_reading.h"

/*
 * OPERANDS trees, "0" to ..., each with directories "0000" to DIRS - 1, each with files "00000" to
 * FILES - 1. With DIRS of 0 the files are in the operand itself.
 */
enum { MAX_OPERANDS = 3, MAX_DIRS = 200, MAX_ENTRIES = 12000, PATIENCE = 30 /* seconds */ };

static struct {
	unsigned operands, dirs, files;
	bool is_bad[MAX_DIRS];
	/* one walk */
	unsigned next;     /* operand */
	unsigned share_at; /* the visit that waits for a second thread to come; 0: none */
	unsigned walk;     /* its number */
	char operand[16];
	atomic_uint visits, threads, wrong;
	atomic_uint seen_operands[MAX_OPERANDS], seen_dirs[MAX_DIRS], seen_bad[MAX_DIRS];
	atomic_uint seen_files[MAX_OPERANDS * MAX_ENTRIES];
} many;

static inline void make_trees(unsigned operands, unsigned dirs, unsigned files)
{
	memset(&many, 0, sizeof(many));
	memset(&reading, 0, sizeof(reading));
	many.operands = operands;
	many.dirs = dirs;
	many.files = files;
	scratch_enter("file");
	for (unsigned i = 0; i < operands * (dirs > 0 ? dirs : 1); i++) {
		char path[64];
		size_t len = (size_t)sprintf(path, "%u", dirs > 0 ? i / dirs : i);
		struct stat st;

		EXPECT(mkdir(path, 0700) == 0 || errno == EEXIST);
		if (dirs > 0) {
			len += (size_t)sprintf(path + len, "/%04u", i % dirs);
			EXPECT(mkdir(path, 0700) == 0 && stat(path, &st) == 0);
			many.is_bad[i % dirs] = st.st_ino % 3 == 0;
		}
		/* Links are made faster than files. */
		for (unsigned k = 0; k < files; k++) {
			sprintf(path + len, "/%05u", k);
			assert_int_equal(link("file", path), 0);
		}
	}
}

/* Before each walk. */
static inline void begin_many(void)
{
	many.next = 0;
	many.walk++;
	many.share_at = 0;
	many.visits = many.threads = many.wrong = 0;
	memset(&many.seen_operands, 0, sizeof(many.seen_operands));
	memset(&many.seen_dirs, 0, sizeof(many.seen_dirs));
	memset(&many.seen_bad, 0, sizeof(many.seen_bad));
	memset(&many.seen_files, 0, sizeof(many.seen_files));
}

/* Entries of one operand, and itself; without errors. */
static inline unsigned count_entries(void)
{
	return 1 + many.dirs + (many.dirs > 0 ? many.dirs : 1) * many.files;
}

static inline char *next_of_many(void *ctx)
{
	(void)ctx;
	/* What was handed out before must be done with. */
	if (reading.err == 0 && atomic_load(&many.visits) != many.next * count_entries())
		row_wrong("operand %u is begun too early", many.next);
	if (many.next == many.operands)
		return NULL;
	memset(many.operand, '#', sizeof(many.operand));
	sprintf(many.operand, "%u", many.next++);
	return many.operand;
}

static inline void expect_in_thread(bool so)
{
	if (!so)
		atomic_fetch_add(&many.wrong, 1);
}

static inline void wait_for_second_thread(void)
{
	time_t end = time(NULL) + PATIENCE;

	while (atomic_load(&many.threads) < 2 && time(NULL) < end)
		sched_yield();
}

/* The directory or file of the PATH that is left behind the operand. Traits are numbers from 1. */
static inline enum walk_answer count_entry(
	const struct walk_entry *e, const char *path, unsigned operand, unsigned *ret_traits)
{
	unsigned dir = 0, file = 0, dirs = many.dirs;
	size_t len = strlen(path);

	expect_in_thread(!e->operand && strstr(path, e->name) != NULL);
	expect_in_thread(e->dirfd > 2 || e->event != WALK_FILE);
	if (dirs > 0 && len == 4 && sscanf(path, "%4u", &dir) == 1 && dir < dirs) {
		expect_in_thread(e->dir_traits == 1000 + operand);
		expect_in_thread(atomic_load(&many.seen_operands[operand]) == 1);
		if (e->event == WALK_UNREADABLE) {
			expect_in_thread(e->err == reading.err);
			atomic_fetch_add(&many.seen_bad[dir], 1);
			return WALK_PASS;
		}
		expect_in_thread(e->event == WALK_FILE);
		atomic_fetch_add(&many.seen_dirs[dir], 1);
		*ret_traits = 1 + dir;
		return WALK_ENTER;
	}
	if (dirs > 0 ? len == 10 && sscanf(path, "%4u/%5u", &dir, &file) == 2
		     : len == 5 && sscanf(path, "%5u", &file) == 1) {
		/* A directory comes before what is in it, and what was said of it comes along. */
		if (dirs > 0)
			expect_in_thread(atomic_load(&many.seen_dirs[dir]) == 1);
		expect_in_thread(e->dir_traits == (dirs > 0 ? 1 + dir : 1000 + operand));
		expect_in_thread(e->event == WALK_FILE && file < many.files);
		atomic_fetch_add(
			&many.seen_files[operand * MAX_ENTRIES + dir * many.files + file], 1);
		return WALK_PASS;
	}
	expect_in_thread(false);
	return WALK_PASS;
}

static inline enum walk_answer visit_many(
	void *ctx, const struct walk_entry *e, unsigned *ret_traits)
{
	static _Thread_local unsigned walk_of_thread;
	const char *path = walk_path(e);
	unsigned operand = (unsigned)(path[0] - '0');

	expect_in_thread(ctx == &many && *ret_traits == 0);
	if (walk_of_thread != many.walk)
		atomic_fetch_add(&many.threads, 1);
	walk_of_thread = many.walk;
	if (atomic_fetch_add(&many.visits, 1) + 1 == many.share_at)
		wait_for_second_thread();
	if (operand >= many.operands || (path[1] != '\0' && path[1] != '/')) {
		expect_in_thread(false);
		return WALK_PASS;
	}
	if (path[1] == '/')
		return count_entry(e, path + 2, operand, ret_traits);
	expect_in_thread(e->operand && e->event == WALK_FILE);
	atomic_fetch_add(&many.seen_operands[operand], 1);
	*ret_traits = 1000 + operand;
	return WALK_ENTER;
}

static inline void expect_count(const char *what, unsigned n, unsigned got, unsigned expected)
{
	if (got != expected)
		row_wrong("%s %u was visited %u times, expected %u", what, n, got, expected);
}

/* What is there has been visited once, by JOBS threads at most (0: any number). */
static inline void expect_all_visited(unsigned jobs)
{
	unsigned parts = many.dirs > 0 ? many.dirs : 1;

	if (atomic_load(&many.wrong) != 0)
		row_wrong("%u workers: %u visits are wrong", jobs, atomic_load(&many.wrong));
	if (jobs != 0 && atomic_load(&many.threads) > jobs)
		row_wrong("%u workers: %u threads", jobs, atomic_load(&many.threads));
	for (unsigned o = 0; o < many.operands; o++) {
		expect_count("operand", o, atomic_load(&many.seen_operands[o]), 1);
		for (unsigned d = 0; d < parts; d++) {
			bool is_bad = reading.bad_third && many.is_bad[d];

			if (many.dirs > 0) {
				expect_count("dir", d, atomic_load(&many.seen_dirs[d]), 1);
				expect_count("bad dir", d, atomic_load(&many.seen_bad[d]), is_bad);
			}
			for (unsigned f = 0; f < many.files; f++)
				expect_count("file", d * many.files + f,
					atomic_load(&many.seen_files[o * MAX_ENTRIES +
								     d * many.files + f]),
					!is_bad);
		}
	}
}

#endif
