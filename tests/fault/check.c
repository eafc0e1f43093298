/* SPDX-License-Identifier: MIT */
/* What tests of faults share: their fixture, how they start the program, what they note. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../support/cmocka.h"
#include "fault.h"
#include "main.h"

/* Whether ERR has BEFORE, NAME and AFTER in a row. */
static bool says(const char *err, const char *before, const char *name, const char *after)
{
	size_t len = strlen(before), name_len = strlen(name);

	for (const char *p = err; (p = strstr(p, before)); p++) {
		if (strncmp(p + len, name, name_len) == 0 &&
			strncmp(p + len + name_len, after, strlen(after)) == 0)
			return true;
	}
	return false;
}

/* Whether ERR says that NAME's entries were left out. */
static bool says_unread(const char *err, const char *name)
{
	return says(err, "cannot read directory '", name, "'") ||
	       says(err, "cannot access '", name, "'") || says(err, "chmod: ", name, ": ");
}

/*
 * Whether ERR has a reason why PATH is not as it should be: it speaks of it, or says that a
 * directory above it was left out. Without memory it may know the last names alone.
 */
static bool is_covered(const char *path, const char *err)
{
	char *part = strdup(path), *slash = strrchr(part, '/');
	bool found = says(err, "'", part, "'") || (slash && says(err, "'", slash + 1, "'"));

	for (; slash && !found; slash = strrchr(part, '/')) {
		const char *name;

		*slash = '\0';
		name = strrchr(part, '/');
		found = says_unread(err, part) || (name && says_unread(err, name + 1));
	}
	free(part);
	return found;
}

void fault_check_covered(struct fault_test *t, const char *changed, const char *err)
{
	char *lines = tree_differs(&t->tree, t->tree_text, changed), *save = NULL;
	char *line = lines ? strtok_r(lines, "\n", &save) : NULL;

	for (; line; line = strtok_r(NULL, "\n", &save)) {
		char *end = strstr(line, ": ");

		if (end)
			*end = '\0';
		fault_check(t, end && is_covered(line + 2, err), "nothing is said of %s: %s",
			line + 2, end ? end + 2 : "");
	}
	free(lines);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *fault_sorted(struct fault_test *t, const char *text)
{
	char *copy = fault_keep(t, strdup(text)), *save = NULL, *all;
	char **lines = fault_keep(t, calloc(strlen(text) + 1, sizeof(*lines)));
	size_t n = 0, len;
	FILE *out = open_memstream(&all, &len);

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		lines[n++] = line;
	qsort(lines, n, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s\n", lines[i]);
	fclose(out);
	return fault_keep(t, all);
}

/* ------------------------------------------------------------------------------- the program */

void fault_setenv(struct fault_test *t, struct run_how *how, const char *assignment)
{
	how->env = notes_list(&t->notes, assignment, how->env);
}

struct run_how fault_how_words(struct fault_test *t, char *const *words)
{
	static char *const none[] = {NULL};

	return (struct run_how){
		.path = fault_program.path,
		.fd = fault_program.fd,
		.argv = notes_list(&t->notes, "chmod", words),
		.env = notes_environment(&t->notes, none, NULL),
		.cwd = t->tree.path,
		.user = t->drop ? &t->user : NULL,
		.umask = 022,
		.seconds = 60,
	};
}

struct run_how fault_how(struct fault_test *t, const char *args)
{
	return fault_how_words(t, notes_words(&t->notes, "chmod", args) + 1);
}

void fault_limit_files(void *ctx)
{
	run_limit_files((rlim_t)(uintptr_t)ctx);
}

void fault_check_mounts(struct run_result *result)
{
	if (result->status != RUN_NOT)
		return;
	run_result_free(result);
	fault_skip("we may not have mounts of our own");
}

/* ------------------------------------------------------------------------------- the fixture */

static int make_tree(struct fault_test *t)
{
	const char *tmp = getenv("TMPDIR");
	char *before = tmp ? strdup(tmp) : NULL;
	int rc;

	if (t->in_memory && access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 1);
	rc = tree_make(t->tree_text, t->user.uid, t->user.gid, &t->tree);
	if (before)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
	free(before);
	return rc;
}

void fault_new_tree(struct fault_test *t, const char *text)
{
	int rc;

	tree_remove(&t->tree);
	t->tree_text = text;
	rc = make_tree(t);
	if (rc < 0) {
		t->tree = (struct tree){.fd = -1};
		fault_broken("no tree", rc);
	}
}

void fault_write(struct fault_test *t, const char *name, const char *bytes, size_t n)
{
	int fd = openat(t->tree.fd, name, O_WRONLY | O_CLOEXEC);
	ssize_t written = 0;

	for (size_t done = 0; fd >= 0 && done < n && written >= 0; done += (size_t)written)
		written = write(fd, bytes + done, n - done);
	if (fd < 0 || written < 0)
		fault_broken(name, errno);
	close(fd);
}

int fault_setup(void **state)
{
	struct fault_test *t = *state;
	int rc;

	t->kept_fd = -1;
	t->tree = (struct tree){.fd = -1};
	notes_begin(&t->notes);
	if (geteuid() != 0 && (t->users == AS_ROOT || tree_needs_root(t->tree_text)))
		return 0;
	rc = make_tree(t);
	if (rc == 0)
		return 0;
	print_error("  no tree \"%s\": %s\n", t->tree_text, strerror(-rc));
	return -1;
}

void fault_test_one(void **state)
{
	struct fault_test *t = *state;
	const char *notes;

	if (!t->tree.path)
		fault_skip("is for root");
	t->fn(t);
	notes = notes_all(&t->notes);
	if (!notes)
		return;
	fprintf(stderr, "%s: %s\n%s", fault_program.path, t->name, notes);
	fail();
}

int fault_teardown(void **state)
{
	struct fault_test *t = *state;

	if (t->end)
		t->end(t);
	if (t->tree.path)
		tree_remove(&t->tree);
	if (t->kept_fd >= 0)
		close(t->kept_fd);
	notes_end(&t->notes);
	return 0;
}
