/* SPDX-License-Identifier: MIT */
#include "group.h"

#include <fnmatch.h>
#include <stdlib.h>

static const char *chosen = "*";

void group_choose(const char *pattern)
{
	chosen = pattern;
}

bool group_is_chosen(const char *name)
{
	return fnmatch(chosen, name, 0) == 0;
}

void group_add(struct test_group *group, const struct CMUnitTest *test, char *name, void *state)
{
	struct CMUnitTest *unit;

	if (!name || !state)
		abort();
	if (!group_is_chosen(name)) {
		free(name);
		free(state);
		return;
	}
	group->units = realloc(group->units, (group->n + 1) * sizeof(*group->units));
	if (!group->units)
		abort();
	unit = &group->units[group->n++];
	*unit = *test;
	unit->name = name;
	unit->initial_state = state;
}

int group_run(struct test_group *group, const char *name)
{
	int failed = 0;

	if (group->n > 0)
		failed = _cmocka_run_group_tests(name, group->units, group->n, NULL, NULL);
	while (group->n > 0) {
		group->n--;
		free((char *)group->units[group->n].name);
		free(group->units[group->n].initial_state);
	}
	free(group->units);
	group->units = NULL;
	return failed;
}
