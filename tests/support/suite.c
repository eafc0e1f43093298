/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

void suite_add(struct suite *suite, const struct CMUnitTest *test, char *name, void *state)
{
	struct CMUnitTest *unit;

	suite->units = realloc(suite->units, (suite->n + 1) * sizeof(*suite->units));
	if (!suite->units || !name || !state)
		abort();
	unit = &suite->units[suite->n++];
	*unit = *test;
	unit->name = name;
	unit->initial_state = state;
}

int suite_run(struct suite *suite, const char *group)
{
	int failed = _cmocka_run_group_tests(group, suite->units, suite->n, NULL, NULL);

	while (suite->n > 0) {
		suite->n--;
		free((char *)suite->units[suite->n].name);
		free(suite->units[suite->n].initial_state);
	}
	free(suite->units);
	suite->units = NULL;
	return failed;
}

static bool is_static(int fd)
{
	ElfW(Ehdr) head;
	ElfW(Phdr) part;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) ||
		memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
		head.e_ident[EI_CLASS] !=
			(sizeof(head) == sizeof(Elf64_Ehdr) ? ELFCLASS64 : ELFCLASS32))
		return false;
	for (int i = 0; i < head.e_phnum; i++) {
		off_t at = (off_t)head.e_phoff + (off_t)i * head.e_phentsize;

		if (pread(fd, &part, sizeof(part), at) != sizeof(part) || part.p_type == PT_INTERP)
			return false;
	}
	return true;
}

int suite_open_program(
	const char *tool, const char *name, const char **ret_path, bool *ret_is_static)
{
	int fd = run_open_program(name, ret_path);

	if (fd < 0)
		fprintf(stderr, "%s: %s: %s\n", tool, name, strerror(-fd));
	else
		*ret_is_static = is_static(fd);
	return fd;
}
