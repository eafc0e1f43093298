/* SPDX-License-Identifier: MIT */
/* Numbers of system calls, including those that are newer than the headers of some C libraries. */
#ifndef SYSNR_H
#define SYSNR_H

#include <sys/syscall.h>

/*
 * Linux 6.6. Since Linux 5.1 a new system call has the same number everywhere, except on Alpha and
 * for offsets on MIPS and x32.
 */
#ifndef SYS_fchmodat2
#if defined(__alpha__)
#define SYS_fchmodat2 562
#elif defined(__NR_Linux) /* MIPS */
#define SYS_fchmodat2 (__NR_Linux + 452)
#elif defined(__x86_64__) && defined(__ILP32__)
#define SYS_fchmodat2 (__X32_SYSCALL_BIT + 452)
#else
#define SYS_fchmodat2 452
#endif
#endif

/* Linux 5.6. */
#ifndef SYS_openat2
#if defined(__alpha__)
#define SYS_openat2 547
#elif defined(__NR_Linux) /* MIPS */
#define SYS_openat2 (__NR_Linux + 437)
#elif defined(__x86_64__) && defined(__ILP32__)
#define SYS_openat2 (__X32_SYSCALL_BIT + 437)
#else
#define SYS_openat2 437
#endif
#endif

#endif
