/* SPDX-License-Identifier: MIT */
/*
 * mutate FILE          lists the small changes that can be made to a C source, one per line:
 *                      "7<TAB>is_op: return c == '+' || c == '-' || c: || -> &&"
 * mutate FILE NUMBER   prints the source with that change alone
 *
 * The name of a change is its function, the code around it, and what changes. It does not depend on
 * where the code is in the file. If names would be the same, the later ones get a number: "(2)".
 */
#include "changes.h"

#include <stdio.h>
#include <stdlib.h>

/* Notes all changes in bodies of functions, and those of numbers in enums outside of them. */
static void mutate(struct mutator *m)
{
	size_t start = 0; /* of the current declaration */

	for (size_t i = 0; i < m->tokens.count; i++) {
		size_t open = changes_find(m, start, i, "(");

		if (tokens_is(&m->tokens, i, ";")) {
			start = i + 1;
		} else if (tokens_is(&m->tokens, i, "{")) {
			bool is_function = open < i && open > start;

			m->function =
				is_function ? m->tokens.text + m->tokens.t[open - 1].start : "file";
			m->function_len = is_function ? (int)(m->tokens.t[open - 1].end -
								m->tokens.t[open - 1].start)
						      : 4;
			m->is_bool = is_function && changes_find(m, start, open, "bool") < open;
			for (size_t body = i + 1; body < m->tokens.t[i].partner; body++) {
				if (is_function)
					changes_at(m, body);
				else if (tokens_is(&m->tokens, start, "enum"))
					changes_of_constant(m, body);
			}
			i = m->tokens.t[i].partner;
			start = is_function ? i + 1 : start;
		}
	}
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (file == NULL || getdelim(&text, &size, '\0', file) < 0) {
		perror(path);
		exit(2);
	}
	fclose(file);
	return text;
}

int main(int argc, char **argv)
{
	struct mutator m = {.function = ""};
	unsigned long number = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	const struct change *c;
	char *text;

	if (argc < 2 || argc > 3) {
		fputs("usage: mutate FILE [NUMBER]\n", stderr);
		return 2;
	}
	text = read_file(argv[1]);
	if (!tokens_split(text, &m.tokens)) {
		fprintf(stderr, "mutate: %s: brackets do not match\n", argv[1]);
		return 2;
	}
	m.changes = calloc(CHANGES_MAX * m.tokens.count + 1, sizeof(*m.changes));
	if (m.changes == NULL)
		abort();
	mutate(&m);
	for (size_t i = 0; argc == 2 && i < m.count; i++)
		printf("%zu\t%s\n", i + 1, m.changes[i].name);
	if (argc == 2)
		return 0;
	if (number < 1 || number > m.count) {
		fprintf(stderr, "mutate: %s: no change %lu\n", argv[1], number);
		return 2;
	}
	c = &m.changes[number - 1];
	printf("%.*s%s%s", (int)c->start, text, c->instead, text + c->end);
	return 0;
}
