/* SPDX-License-Identifier: MIT */
#include "notes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka.h"

extern char **environ;

void notes_begin(struct notes *notes)
{
	*notes = (struct notes){0};
	notes->out = open_memstream(&notes->text, &notes->len);
	if (!notes->out)
		abort();
}

void notes_end(struct notes *notes)
{
	fclose(notes->out);
	free(notes->text);
	while (notes->n_kept > 0)
		free(notes->kept[--notes->n_kept]);
	free(notes->kept);
	*notes = (struct notes){0};
}

const char *notes_all(struct notes *notes)
{
	fflush(notes->out);
	return notes->len > 0 ? notes->text : NULL;
}

bool notes_check(struct notes *notes, bool ok, const char *format, ...)
{
	va_list args;

	if (ok)
		return true;
	va_start(args, format);
	fputs("  ", notes->out);
	vfprintf(notes->out, format, args);
	fputc('\n', notes->out);
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

void notes_text(struct notes *notes, const char *what, const char *expected, const char *seen)
{
	if (strcmp(expected, seen) == 0)
		return;
	fprintf(notes->out, "  %s: expected\n", what);
	show(notes->out, expected);
	fputs("  but it is\n", notes->out);
	show(notes->out, seen);
}

void notes_tree(struct notes *notes, const struct tree *tree, const char *text, const char *changed)
{
	char *lines = tree_differs(tree, text, changed);

	if (lines)
		fputs(lines, notes->out);
	free(lines);
}

void notes_skip(const char *why)
{
	print_message("  skipped: %s\n", why);
	skip();
	abort(); /* not reached */
}

void notes_broken(const char *what, int err)
{
	print_error("  broken fixture: %s: %s\n", what, strerror(err < 0 ? -err : err));
	fail();
	abort(); /* not reached */
}

void *notes_keep(struct notes *notes, void *allocated)
{
	notes->kept = realloc(notes->kept, (notes->n_kept + 1) * sizeof(*notes->kept));
	if (!allocated || !notes->kept)
		abort();
	return notes->kept[notes->n_kept++] = allocated;
}

char *notes_format(struct notes *notes, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return notes_keep(notes, text);
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

char *notes_expand(struct notes *notes, const char *text, int err)
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
	return notes_keep(notes, full);
}

char **notes_words(struct notes *notes, const char *first, const char *text)
{
	char *copy = notes_keep(notes, strdup(text ? text : ""));
	char **words = notes_keep(notes, calloc(strlen(copy) + 3, sizeof(*words)));
	size_t n = 0;

	words[n++] = (char *)first;
	for (char *p = copy + strspn(copy, " "); *p; p += strspn(p, " ")) {
		bool quoted = *p == '\'';

		p += quoted;
		words[n++] = p;
		p += strcspn(p, quoted ? "'" : " ");
		if (*p)
			*p++ = '\0';
	}
	return words;
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

char **notes_list(struct notes *notes, const char *first, char *const *more)
{
	size_t n = count(more);
	char **all = notes_keep(notes, calloc(n + 2, sizeof(*all)));

	all[0] = (char *)first;
	memcpy(all + 1, more, n * sizeof(*all));
	return all;
}

char **notes_environment(struct notes *notes, char *const *list, const char *extra)
{
	const char *const wanted[] = {
		"ASAN_", "UBSAN_", "LSAN_", "MSAN_", "TSAN_", "GCOV_", "LLVM_", extra};
	size_t n = count(list);
	char **all = notes_keep(notes, calloc(n + count(environ) + 1, sizeof(*all)));

	memcpy(all, list, n * sizeof(*all));
	for (char **ours = environ; *ours; ours++) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (wanted[i] && strncmp(*ours, wanted[i], strlen(wanted[i])) == 0)
				all[n++] = *ours;
	}
	return all;
}
