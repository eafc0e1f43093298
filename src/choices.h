/* What options choose between, for the command line and for those who act on it. */
#ifndef CHOICES_H
#define CHOICES_H

/* Which files are told of: no option, -c, -v. */
enum report_verbosity { REPORT_ERRORS, REPORT_CHANGES, REPORT_ALL };

/* Which symbolic links are walked through: -P, -H, -L. */
enum walk_links { WALK_NO_LINKS, WALK_OPERAND_LINKS, WALK_ALL_LINKS };

/* Which symbolic links are changed through: no option, -h, --dereference. */
enum apply_links { APPLY_OPERAND_LINKS, APPLY_NO_LINKS, APPLY_ALL_LINKS };

/* The largest number of workers that can be asked for. */
enum { WALK_MAX_JOBS = 64 };

#endif
