/* SPDX-License-Identifier: MIT */
/* A directory at which something is mounted only when it is looked into. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "storage.h"

#include "../fault/rows.h"
#include "../support/autofs.h"

/* What is mounted at top/am, and what is beside it. */
#define SOURCE "src/ 700, src/f 600, src/d/ 700, src/d/g 600"
#define TREE   SOURCE ", top/ 700, top/a 600, top/z 600, top/am/ 700, l -> top/am, x 600, y 600"

#define ALL    "src/ 755, src/f 755, src/d/ 755, src/d/g 755"
#define BESIDE "top/ 755, top/a 755, top/z 755"

struct row {
	const char *args;
	bool triggers;
	const char *out; /* any order */
	const char *after;
};

static const struct row rows[] = {
	{"-R 755 top/am", true, "", ALL},
	{"-R --one-file-system 755 top/am", true, "", ALL},
	{"-R 755 top/am/", true, "", ALL},
	{"-j4 -R 755 top/am", true, "", ALL},
	{"-R 755 l", true, "", ALL},
	{"-RL 755 l", true, "", ALL},
	{"-R 755 x top/am y", true, "", ALL ", x 755, y 755"},
	{"-R 755 top/am x top/am", true, "", ALL ", x 755"},
	{"-R u=rwX,go=rX top/am", true, "", "src/ 755, src/f 644, src/d/ 755, src/d/g 644"},
	{"-R 755 top", true, "", ALL ", " BESIDE},
	{"-RL 755 top", true, "", ALL ", " BESIDE},
	{"-j4 -R 755 top", true, "", ALL ", " BESIDE},
	{"-R --one-file-system 755 top", false, "", BESIDE},
	{"-j4 -R --one-file-system 755 top", false, "", BESIDE},
	{"-RL --one-file-system 755 top", false, "", BESIDE},
	{"-R --one-file-system u=rwX,go=rX top", false, "", "top/ 755, top/a 644, top/z 644"},
	{"-nR --one-file-system 755 top", false,
		WOULD_CHANGE("top", 0700, 0755) WOULD_CHANGE("top/a", 0600, 0755)
			WOULD_CHANGE("top/z", 0600, 0755),
		NULL},
	{"-nR 755 top/am", true,
		WOULD_CHANGE("top/am", 0700, 0755) WOULD_CHANGE("top/am/f", 0600, 0755)
			WOULD_CHANGE("top/am/d", 0700, 0755) WOULD_CHANGE("top/am/d/g", 0600, 0755),
		NULL},
	{"-Rv 755 top/am", true,
		CHANGED("top/am", 0700, 0755) CHANGED("top/am/f", 0600, 0755)
			CHANGED("top/am/d", 0700, 0755) CHANGED("top/am/d/g", 0600, 0755),
		ALL},
	{"-R --exclude=am 755 top", false, "", BESIDE},
	{"-h 755 l x", false, "", "x 755"},
};

static void test(struct fault_test *t)
{
	const struct row *row = t->row;
	struct storage *storage = storage_mount(t, STORAGE_TMPFS, NULL);
	struct run_how how = storage_how(t, storage, row->args, 0);
	struct run_result result;
	struct autofs autofs;
	unsigned triggered;
	int rc;

	storage_fill(storage, TREE);
	rc = autofs_start(fault_text(t, "%s/top/am", storage->path),
		fault_text(t, "%s/src", storage->path), &autofs);
	if (rc < 0)
		fault_skip(fault_text(t, "no autofs here: %s", strerror(-rc)));
	rc = run(&how, &result);
	triggered = *autofs.triggered;
	autofs_stop(&autofs);
	if (rc < 0)
		fault_broken("not run", rc);
	fault_check(t, result.status == 0, "exit status %d", result.status);
	fault_check_text(t, "stderr", "", result.err);
	fault_check_text(t, "stdout, sorted", fault_sorted(t, fault_expand(t, row->out, 0)),
		fault_sorted(t, result.out));
	fault_check(t, triggered == row->triggers, "mounted %u times", triggered);
	storage_check(t, storage, TREE, row->after);
	run_result_free(&result);
}

void storage_automount(struct fault_list *list)
{
	struct fault_test one = {.fn = test, .users = AS_ROOT};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		one.row = &rows[i];
		fault_add(list, &one, "%s", rows[i].args);
	}
}
