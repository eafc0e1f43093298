/* SPDX-License-Identifier: MIT */
/* The methods by which the program changes files, and how each is forced from outside. */
#include "race.h"

#include "../support/fchmodat2.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *race_method_name(enum race_method method)
{
	static const char *const names[] = {
		[RACE_FCHMODAT2] = "fchmodat2",
		[RACE_PROCFD] = "procfd",
		[RACE_PROCFD_EPERM] = "procfd, EPERM",
		[RACE_LIBC] = "libc",
		[RACE_NAME] = "name",
	};

	return names[method];
}

const char *race_method_trouble(enum race_method method)
{
	if (method != RACE_LIBC && !race_machine.is_static &&
		access("/etc/ld.so.preload", F_OK) == 0)
		return "/etc/ld.so.preload makes the program use the C library's calls alone";
	switch (method) {
	case RACE_FCHMODAT2:
		if (!has_fchmodat2() && !race_machine.is_host)
			return "this kernel has no fchmodat2 (Linux 6.6), or a sandbox refuses it";
		return NULL;
	case RACE_LIBC:
		if (race_machine.is_static)
			return "nothing can be preloaded into a static program";
		return race_machine.libc ? NULL : "no shared C library to preload";
	default: return NULL;
	}
}

static void refuse(struct race_force *force, int nr, int err)
{
	struct hold_refusal *refusal = force->refuse;

	while (refusal->nr)
		refusal++;
	*refusal = (struct hold_refusal){nr, err};
}

void race_refuse_proc(struct race_force *force)
{
	/* By it the program finds out whether /proc is what it should be. */
#ifdef SYS_statfs64
	refuse(force, SYS_statfs64, ENOSYS);
#endif
	refuse(force, SYS_statfs, ENOSYS);
}

void race_refuse_openat2(struct race_force *force)
{
	refuse(force, SYS_openat2, ENOSYS);
}

void race_force(enum race_method method, struct notes *notes, struct race_force *ret)
{
	char **list = notes_words(notes, "PATH=/usr/bin:/bin", "LC_ALL=C");

	*ret = (struct race_force){.env = notes_environment(notes, list, NULL)};
	switch (method) {
	case RACE_PROCFD_EPERM: refuse(ret, SYS_fchmodat2, EPERM); break;
	case RACE_NAME: race_refuse_proc(ret); /* fall through */
	case RACE_PROCFD: refuse(ret, SYS_fchmodat2, ENOSYS); break;
	case RACE_LIBC:
		ret->env = notes_list(
			notes, notes_format(notes, "LD_PRELOAD=%s", race_machine.libc), ret->env);
		break;
	case RACE_FCHMODAT2:
	case RACE_METHODS: break;
	}
}
