/* What tests of faults share: their fixture, how they start the program, what they note. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fault.h"
#include "main.h"

extern char **environ;

void *fault_keep(struct fault_test *t, void *allocated)
{
	t->kept = realloc(t->kept, (t->n_kept + 1) * sizeof(*t->kept));
	if (!allocated || !t->kept)
		abort();
	t->kept[t->n_kept++] = allocated;
	return allocated;
}

static void free_kept(struct fault_test *t)
{
	while (t->n_kept)
		free(t->kept[--t->n_kept]);
	free(t->kept);
}

char *fault_text(struct fault_test *t, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return fault_keep(t, text);
}

bool fault_check(struct fault_test *t, bool ok, const char *format, ...)
{
	va_list args;

	if (ok)
		return true;
	va_start(args, format);
	fputs("  ", t->differences);
	vfprintf(t->differences, format, args);
	fputc('\n', t->differences);
	va_end(args);
	return false;
}

/* At most 4000 bytes of TEXT, with what is not printable in C's escapes. */
static void show(FILE *out, const char *text)
{
	for (const char *p = text; *p && p < text + 4000; p++) {
		if (p == text || p[-1] == '\n')
			fputs("    |", out);
		if (*p == '\n' || (*p >= ' ' && *p < 0x7f && *p != '\\'))
			fputc(*p, out);
		else
			fprintf(out, "\\%03o", (unsigned char)*p);
	}
	if (!*text || text[strlen(text) - 1] != '\n')
		fputs(*text ? "(no newline)\n" : "    (nothing)\n", out);
}

void fault_check_text(
	struct fault_test *t, const char *what, const char *expected, const char *seen)
{
	if (strcmp(expected, seen) == 0)
		return;
	fprintf(t->differences, "  %s: expected\n", what);
	show(t->differences, expected);
	fputs("  but it is\n", t->differences);
	show(t->differences, seen);
}

void fault_check_tree(struct fault_test *t, const char *changed)
{
	char *lines = tree_differs(&t->tree, t->tree_text, changed);

	if (lines)
		fputs(lines, t->differences);
	free(lines);
}

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

/* The nine letters of ls for the bits of MODE. */
static void put_mode(FILE *out, unsigned mode)
{
	fprintf(out, "%04o (", mode);
	for (int i = 8; i >= 0; i--) {
		bool on = mode >> i & 1, special = i % 3 == 0 && mode >> (9 + i / 3) & 1;
		char letter = "xwr"[i % 3];

		if (special)
			letter = on ? "tss"[i / 3] : "TSS"[i / 3];
		fputc(on || special ? letter : '-', out);
	}
	fputc(')', out);
}

char *fault_expand(struct fault_test *t, const char *text, int err)
{
	char *full;
	size_t len;
	FILE *out = open_memstream(&full, &len);

	for (const char *p = text ? text : ""; *p; p++) {
		if (p[0] == '{' && strspn(p + 1, "01234567") == 4 && p[5] == '}') {
			put_mode(out, (unsigned)strtoul(p + 1, NULL, 8));
			p += 5;
		} else if (strncmp(p, "{E}", 3) == 0) {
			fputs(strerror(err), out);
			p += 2;
		} else {
			fputc(*p, out);
		}
	}
	fclose(out);
	return fault_keep(t, full);
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

/* What the sanitizers and the coverage want to know. */
static char **environment(struct fault_test *t)
{
	static const char *const wanted[] = {"ASAN_", "UBSAN_", "LSAN_", "GCOV_", "LLVM_"};
	char **all;
	size_t n = 0, room = 0;

	while (environ[room])
		room++;
	all = fault_keep(t, calloc(room + 9, sizeof(*all)));
	for (size_t i = 0; i < room; i++) {
		for (size_t j = 0; j < sizeof(wanted) / sizeof(wanted[0]); j++) {
			if (strncmp(environ[i], wanted[j], strlen(wanted[j])) == 0)
				all[n++] = environ[i];
		}
	}
	return all;
}

void fault_setenv(struct fault_test *t, struct run_how *how, const char *assignment)
{
	size_t n = 0;
	char **all;

	while (how->env[n])
		n++;
	all = fault_keep(t, calloc(n + 2, sizeof(*all)));
	memcpy(all, how->env, n * sizeof(*all));
	all[n] = (char *)assignment;
	how->env = all;
}

struct run_how fault_how_words(struct fault_test *t, char *const *words)
{
	size_t n = 0;
	char **argv;

	while (words[n])
		n++;
	argv = fault_keep(t, calloc(n + 2, sizeof(*argv)));
	argv[0] = (char *)"chmod";
	memcpy(argv + 1, words, n * sizeof(*argv));
	return (struct run_how){
		.path = fault_program.path,
		.fd = fault_program.fd,
		.argv = argv,
		.env = environment(t),
		.cwd = t->tree.path,
		.user = t->drop ? &t->user : NULL,
		.umask = 022,
		.seconds = 60,
	};
}

struct run_how fault_how(struct fault_test *t, const char *args)
{
	char *copy = fault_keep(t, strdup(args)), *save = NULL;
	char **words = fault_keep(t, calloc(strlen(args) + 1, sizeof(*words)));
	size_t n = 0;

	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	return fault_how_words(t, words);
}

void fault_limit_files(void *ctx)
{
	run_limit_files((rlim_t)(uintptr_t)ctx);
}

static bool put_text(const char *path, const char *format, unsigned id)
{
	FILE *file = fopen(path, "we");

	return file && fprintf(file, format, id, id) > 0 && fclose(file) == 0;
}

void fault_own_mounts(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	/* Whoever is not root may be so in a namespace of users, under its own number. */
	if (unshare(CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER)) < 0)
		_exit(RUN_NOT);
	if (uid != 0 && (!put_text("/proc/self/setgroups", "deny", 0) ||
				!put_text("/proc/self/uid_map", "%u %u 1", uid) ||
				!put_text("/proc/self/gid_map", "%u %u 1", gid)))
		_exit(RUN_NOT);
	if (mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		_exit(RUN_NOT);
}

void fault_check_mounts(struct run_result *result)
{
	if (result->status != RUN_NOT)
		return;
	run_result_free(result);
	fault_skip("we may not have mounts of our own");
}

/* ------------------------------------------------------------------------------- the fixture */

void fault_skip(const char *why)
{
	print_message("  skipped: %s\n", why);
	_skip(__FILE__, __LINE__);
	abort();
}

void fault_broken(const char *what, int err)
{
	print_error("  broken fixture: %s: %s\n", what, strerror(err < 0 ? -err : err));
	_fail(__FILE__, __LINE__);
	abort();
}

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

int fault_setup(void **state)
{
	struct fault_test *t = *state;
	int rc;

	t->kept_fd = -1;
	t->tree = (struct tree){.fd = -1};
	t->differences = open_memstream(&t->differs, &t->differs_len);
	if (!t->differences)
		return -1;
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

	if (!t->tree.path)
		fault_skip("is for root");
	t->fn(t);
	fflush(t->differences);
	if (t->differs_len == 0)
		return;
	fprintf(stderr, "%s: %s\n%s", fault_program.path, t->name, t->differs);
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
	fclose(t->differences);
	free(t->differs);
	free_kept(t);
	return 0;
}
