/*
 * Counts the system calls, threads and memory of a chmod, and compares them with its budgets:
 *
 *	count PROGRAM [--long] [--show] [PATTERN]
 *
 * --long: the tests with a million files, instead of the others; they take about a minute and half
 * a gigabyte of the kernel's memory. --show: tells what was measured. PATTERN, with * and ?,
 * chooses tests by name. Budgets that hold for the static program alone are skipped for another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "count.h"

struct count_program count_program;

/* Whether the program asks for no loader. */
static bool is_static(int fd)
{
	Elf64_Ehdr head;
	Elf64_Phdr part;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) ||
		memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64)
		return false;
	for (int i = 0; i < head.e_phnum; i++) {
		off_t at = (off_t)head.e_phoff + (off_t)i * head.e_phentsize;

		if (pread(fd, &part, sizeof(part), at) != sizeof(part) || part.p_type == PT_INTERP)
			return false;
	}
	return true;
}

static bool find_program(const char *path)
{
	const char *found;
	int fd = run_open_program(path, &found);

	if (fd < 0) {
		fprintf(stderr, "count: %s: %s\n", path, strerror(-fd));
		return false;
	}
	count_program.path = (char *)found;
	count_program.fd = fd;
	count_program.is_static = is_static(fd);
	return true;
}

static int usage(void)
{
	fputs("usage: count PROGRAM [--long] [--show] [PATTERN]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	bool is_long = false;
	int failed;

	if (argc < 2)
		return usage();
	if (!find_program(argv[1]))
		return 2;
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--long") == 0)
			is_long = true;
		else if (strcmp(argv[i], "--show") == 0)
			count_program.shows = true;
		else if (i == argc - 1 && argv[i][0] != '-')
			cmocka_set_test_filter(argv[i]);
		else
			return usage();
	}
	umask(022);
	if (is_long)
		failed = count_group_million();
	else
		failed = count_group_start() + count_group_rows() + count_group_many();
	close(count_program.fd);
	free(count_program.path);
	return failed != 0;
}
