/* SPDX-License-Identifier: MIT */
/* What the workers of a walk may use together. */
#include "../support/cmocka.h"
#include "workers.h"

static enum walk_sharing share(void *ctx)
{
	(void)ctx;
	return WALK_SHARE_ALL;
}

/* The bytes of all transcripts, whatever the number of workers: DESIGN.md 8. */
static void test_transcripts(void **state)
{
	enum { MOST = 4 * 1024 * 1024, TASKS_PER_WORKER = 4, MORE_TASKS = 16 };
	static const unsigned jobs[] = {2, 3, 4, 8, 16, 64};

	(void)state;
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		const struct walk_options options = {.jobs = jobs[i]};
		const struct walk_visitor visitor = {.share = share};
		const struct order_callbacks callbacks = {.ctx = NULL};
		struct workers workers;
		struct order order;

		order_init(&order, &callbacks);
		workers_init(&workers, &options, &visitor, NULL, &order);
		workers_share_in_time(&workers);
		assert_int_equal(order_target(&order), jobs[i]);
		assert_true(workers.max_notes > 0);
		assert_in_range(
			workers.max_notes * (TASKS_PER_WORKER * jobs[i] + MORE_TASKS), 1, MOST);
		order_end(&order);
		workers_free(&workers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_transcripts)};

	return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
