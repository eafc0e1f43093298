/* SPDX-License-Identifier: MIT */
/* A system call that the kernel answers without carrying it out (a seccomp filter, Linux 3.5). */
#ifndef TESTS_ANSWER_H
#define TESTS_ANSWER_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>

/*
 * Has the kernel do WHAT (SECCOMP_RET_ERRNO | errno, SECCOMP_RET_TRAP...) when this process, or one
 * that it starts, makes call NR, whatever the arguments. Returns false if there are no filters.
 */
static inline bool answer_call(unsigned nr, unsigned what)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, what),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		return true;
	/* A process without privileges must first promise that it will not get any by execve(2). */
	return errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#endif
