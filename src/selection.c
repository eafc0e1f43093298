/* SPDX-License-Identifier: MIT */
#include "selection.h"

#include "patterns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool needs_charset(const struct cli_list *list)
{
	return patterns_need_charset(list->items, list->count);
}

bool selection_needs_charset(const struct cli *cli)
{
	return needs_charset(&cli->excludes) || needs_charset(&cli->includes);
}

static int arrange(
	struct patterns **ret, const struct cli_list *list, const struct charset *charset)
{
	return list->count > 0 ? patterns_new(ret, list->items, list->count, charset) : 0;
}

int selection_init(struct selection *ret, const struct cli *cli, const struct charset *charset)
{
	int err;

	*ret = (struct selection){NULL, NULL};
	err = arrange(&ret->excludes, &cli->excludes, charset);
	return err != 0 ? err : arrange(&ret->includes, &cli->includes, charset);
}

void selection_free(struct selection *selection)
{
	patterns_free(selection->excludes);
	patterns_free(selection->includes);
}

/* Whether any of PATTERNS matches E. Returns 1, 0, or -ENOMEM. */
static int matches_entry(const struct patterns *patterns, const struct walk_entry *e)
{
	enum patterns_answer answer = patterns_name(patterns, e->name);
	const char *path;

	if (answer != PATTERNS_ASK_PATH)
		return answer == PATTERNS_YES;
	path = walk_path(e); /* e->name itself if there is no memory */
	return path != e->name ? patterns_path(patterns, path, e->name) : -ENOMEM;
}

/* The same for an operand. Slashes at its end are ignored. */
static int matches_operand(const struct patterns *patterns, const char *operand)
{
	size_t len = strlen(operand);
	char *path = strdup(operand), *slash;
	const char *name;
	enum patterns_answer answer;
	bool is_match;

	if (path == NULL)
		return -ENOMEM;
	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	slash = strrchr(path, '/');
	name = slash != NULL ? slash + 1 : path;
	answer = patterns_name(patterns, name);
	is_match = answer == PATTERNS_ASK_PATH ? patterns_path(patterns, path, name)
					       : answer == PATTERNS_YES;
	free(path);
	return is_match;
}

int selection_wants(
	const struct selection *selection, const struct walk_entry *e, enum walk_want *ret)
{
	int excluded = 0, included = 1;

	if (selection->excludes != NULL && !e->operand)
		excluded = matches_entry(selection->excludes, e);
	if (selection->includes != NULL && excluded == 0)
		included = e->operand ? matches_operand(selection->includes, e->name)
				      : matches_entry(selection->includes, e);
	if (excluded < 0 || included < 0)
		return -ENOMEM;
	*ret = excluded ? WALK_WANT_NOTHING : included ? WALK_WANT_ALL : WALK_WANT_CONTENTS;
	return 0;
}
