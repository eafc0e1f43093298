/* SPDX-License-Identifier: MIT */
#include "swap.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* WORD with the place put in; false if there is none. */
static bool expand(const struct swap_how *how, const char *word, char path[static PATH_MAX])
{
	size_t at;

	if (word[0] != '@') {
		snprintf(path, PATH_MAX, "%s", word);
		return true;
	}
	at = (size_t)(word[1] - '1');
	if (at >= how->n_places)
		return false;
	snprintf(path, PATH_MAX, "%s%s", how->places[at], word + 2);
	return true;
}

/* "mv P Q" */
static int try_one(const struct swap_how *how, const char *text)
{
	char verb[16], first[256], second[256], p[PATH_MAX], q[PATH_MAX];
	int words = sscanf(text, "%15s %255s %255s", verb, first, second), rc;

	if (words < 2 || !expand(how, first, p) || (words == 3 && !expand(how, second, q)))
		return -EINVAL;
	if (strcmp(verb, "rm") == 0 && words == 2)
		rc = unlinkat(how->dir, p, 0);
	else if (strcmp(verb, "rmdir") == 0 && words == 2)
		rc = unlinkat(how->dir, p, AT_REMOVEDIR);
	else if (words != 3)
		return -EINVAL;
	else if (strcmp(verb, "mv") == 0)
		rc = renameat(how->dir, p, how->dir, q);
	else if (strcmp(verb, "exchange") == 0)
		rc = renameat2(how->dir, p, how->dir, q, RENAME_EXCHANGE);
	else if (strcmp(verb, "ln") == 0)
		rc = symlinkat(p, how->dir, q);
	else
		return -EINVAL;
	return rc < 0 ? -errno : 0;
}

/* "mv P Q" or "!mv P Q" */
static int do_one(const struct swap_how *how, const char *text)
{
	int rc;

	text += strspn(text, " ");
	if (*text != '!')
		return try_one(how, text);
	rc = try_one(how, text + 1);
	if (rc == -EACCES || rc == -EPERM)
		return 0;
	return rc < 0 ? rc : SWAP_NOT_REFUSED;
}

/* All of it, as the user. An errno. */
static int do_all(void *ctx)
{
	const struct swap_how *how = ctx;
	char *copy = strdup(how->text), *save;
	int rc = copy ? 0 : -ENOMEM;

	for (char *one = strtok_r(copy, ",", &save); one && rc == 0;
		one = strtok_r(NULL, ",", &save))
		rc = do_one(how, one);
	free(copy);
	return -rc;
}

int swap(const struct swap_how *how)
{
	struct swap_how copy = *how;
	int rc = run_as(how->user, do_all, &copy);

	if (rc >= RUN_NOT)
		return rc == RUN_NOT ? -EPERM : -EINTR;
	return rc > 0 ? -rc : rc;
}
