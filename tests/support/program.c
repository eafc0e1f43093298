/* SPDX-License-Identifier: MIT */
#include "program.h"

#include "guard.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

int program_open(const char *tool, const char *name, const char **ret_path, bool *ret_is_static)
{
	struct stat st;
	char *path;
	int fd, err;

	guard_machine();
	path = realpath(name, NULL);
	fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	err = errno;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0) {
		*ret_path = path;
		if (ret_is_static)
			*ret_is_static = is_static(fd);
		return fd;
	}
	if (fd >= 0) {
		close(fd);
		err = EACCES;
	}
	free(path);
	fprintf(stderr, "%s: %s: %s\n", tool, name, strerror(err));
	return -err;
}
