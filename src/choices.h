/* SPDX-License-Identifier: MIT */
/* The values that options choose between, for the parser and for the modules that use them. */
#ifndef CHOICES_H
#define CHOICES_H

/* Which files are reported: without an option, with -c, with -v. */
enum report_verbosity { REPORT_ERRORS, REPORT_CHANGES, REPORT_ALL };

/* Which symbolic links to directories -R follows: with -P, -H, -L. */
enum walk_links { WALK_NO_LINKS, WALK_OPERAND_LINKS, WALK_ALL_LINKS };

/* Which symbolic links have their target changed: without an option, with -h, --dereference. */
enum apply_links { APPLY_OPERAND_LINKS, APPLY_NO_LINKS, APPLY_ALL_LINKS };

/* The largest number of workers that --jobs accepts. */
enum { WALK_MAX_JOBS = 64 };

#endif
