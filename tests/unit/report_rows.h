/*
 * What is said of a file for everything that can happen to it: SPEC.md 1.4, 3, 4.1, 4.3
 * and 5.5.
 */
#ifndef REPORT_ROWS_H
#define REPORT_ROWS_H

#include "report.h"

#include <errno.h>

struct record_row {
	const char *what, *path;
	struct apply_record record;
	const char *error;   /* on stderr, but not with -f */
	const char *line;    /* on stdout, with -v */
	bool is_change;      /* the line comes with -c, too */
	const char *warning; /* on stderr, always, after the line */
	int status;
};

#define CYCLE_TEXT                                                                                 \
	"chmod: WARNING: Circular directory structure.\n"                                          \
	"This almost certainly means that you have a corrupted file system.\n"                     \
	"NOTIFY YOUR SYSTEM MANAGER.\n"                                                            \
	"The following directory is part of the cycle:\n  "
#define ROOT_HINT "chmod: use --no-preserve-root to override this failsafe\n"

static const struct record_row record_rows[] = {
	{
		.what = "changed",
		.path = "f",
		.record = {.result = APPLY_DONE,
			.old = 0644,
			.asked = 0755,
			.now = 0755,
			.plain = 0755},
		.line = "mode of 'f' changed from 0644 (rw-r--r--) to 0755 (rwxr-xr-x)\n",
		.is_change = true,
	},
	{
		.what = "retained",
		.path = "a b",
		.record = {.result = APPLY_DONE,
			.old = 04755,
			.asked = 04755,
			.now = 04755,
			.plain = 04755},
		.line = "mode of 'a b' retained as 4755 (rwsr-xr-x)\n",
	},
	{
		.what = "a bit that the kernel dropped",
		.path = "f",
		.record = {.result = APPLY_DONE,
			.old = 0644,
			.asked = 02644,
			.now = 0644,
			.plain = 02644},
		.line = "mode of 'f' retained as 0644 (rw-r--r--)\n",
	},
	{
		.what = "changed, but not as asked",
		.path = "f",
		.record = {.result = APPLY_DONE,
			.old = 07,
			.asked = 02755,
			.now = 0755,
			.plain = 02755},
		.line = "mode of 'f' changed from 0007 (------rwx) to 0755 (rwxr-xr-x)\n",
		.is_change = true,
	},
	{
		.what = "a surprise",
		.path = "f",
		.record = {.result = APPLY_DONE,
			.old = 0777,
			.asked = 0577,
			.now = 0577,
			.plain = 0555},
		.line = "mode of 'f' changed from 0777 (rwxrwxrwx) to 0577 (r-xrwxrwx)\n",
		.is_change = true,
		.warning = "chmod: f: new permissions are r-xrwxrwx, not r-xr-xr-x\n",
		.status = 1,
	},
	{
		.what = "a surprise where nothing changed",
		.path = "a b",
		.record = {.result = APPLY_DONE, .old = 07022, .asked = 07022, .now = 07022},
		.line = "mode of 'a b' retained as 7022 (--S-wS-wT)\n",
		.warning = "chmod: 'a b': new permissions are --S-wS-wT, not ---------\n",
		.status = 1,
	},
	{
		.what = "no surprise: less than without a umask",
		.path = "f",
		.record =
			{.result = APPLY_DONE, .old = 0, .asked = 0644, .now = 0644, .plain = 0666},
		.line = "mode of 'f' changed from 0000 (---------) to 0644 (rw-r--r--)\n",
		.is_change = true,
	},
	{
		.what = "no second look",
		.path = "it's",
		.record = {.result = APPLY_DONE,
			.look_again_err = EACCES,
			.old = 01000,
			.asked = 01000,
			.now = 01000,
			.plain = 01000},
		.error = "chmod: getting new attributes of \"it's\": Permission denied\n",
		.line = "mode of \"it's\" retained as 1000 (--------T)\n",
	},
	{
		.what = "no second look: GNU takes the mode for retained",
		.path = "f",
		.record = {.result = APPLY_DONE,
			.look_again_err = EIO,
			.old = 0644,
			.asked = 04755,
			.now = 04755,
			.plain = 04755},
		.error = "chmod: getting new attributes of 'f': Input/output error\n",
		.line = "mode of 'f' retained as 4755 (rwsr-xr-x)\n",
	},
	{
		.what = "a link",
		.path = "l",
		.record = {.result = APPLY_LINK},
		.line = "neither symbolic link 'l' nor referent has been changed\n",
	},
	{
		.what = "vanished",
		.path = "f",
		.record = {.result = APPLY_VANISHED},
	},
	{
		.what = "not changed",
		.path = "/etc/passwd",
		.record = {.result = APPLY_NOT_CHANGED,
			.err = EPERM,
			.old = 0644,
			.asked = 0644,
			.plain = 0644},
		.error = "chmod: changing permissions of '/etc/passwd': Operation not permitted\n",
		.line = "failed to change mode of '/etc/passwd' from 0644 (rw-r--r--) to 0644 "
			"(rw-r--r--)\n",
		.status = 1,
	},
	{
		.what = "not changed, so no surprise",
		.path = "f",
		.record = {.result = APPLY_NOT_CHANGED,
			.err = EROFS,
			.old = 0777,
			.asked = 0577,
			.plain = 0555},
		.error = "chmod: changing permissions of 'f': Read-only file system\n",
		.line = "failed to change mode of 'f' from 0777 (rwxrwxrwx) to 0577 "
			"(r-xrwxrwx)\n",
		.status = 1,
	},
	{
		.what = "not to be changed safely",
		.path = "f",
		.record = {.result = APPLY_UNSAFE, .old = 0644, .asked = 06543},
		.error = "chmod: cannot change 'f' safely: it takes a newer kernel, or /proc, to "
			 "be sure that it is not another file\n",
		.line = "failed to change mode of 'f' from 0644 (rw-r--r--) to 6543 "
			"(r-sr-S-wx)\n",
		.status = 1,
	},
	{
		.what = "no access",
		.path = "",
		.record = {.result = APPLY_NO_ACCESS, .err = ENOENT},
		.error = "chmod: cannot access '': No such file or directory\n",
		.line = "'' could not be accessed\n",
		.status = 1,
	},
	{
		.what = "dangling",
		.path = "l",
		.record = {.result = APPLY_DANGLING},
		.error = "chmod: cannot operate on dangling symlink 'l'\n",
		.line = "'l' could not be accessed\n",
		.status = 1,
	},
	{
		.what = "no referent",
		.path = "d/l",
		.record = {.result = APPLY_NO_REFERENT, .err = ELOOP},
		.error = "chmod: cannot dereference 'd/l': Too many levels of symbolic links\n",
		.line = "'d/l' could not be accessed\n",
		.status = 1,
	},
	{
		.what = "unreadable",
		.path = "d",
		.record = {.result = APPLY_UNREADABLE, .err = EACCES},
		.error = "chmod: cannot read directory 'd': Permission denied\n",
		.line = "'d' could not be accessed\n",
		.status = 1,
	},
	{
		.what = "a read error",
		.path = "d",
		.record = {.result = APPLY_READ_ERROR, .err = EIO},
		.error = "chmod: d: Input/output error\n",
		.line = "'d' could not be accessed\n",
		.status = 1,
	},
	{
		.what = "a read error, of a name to be quoted",
		.path = "a b",
		.record = {.result = APPLY_READ_ERROR, .err = ESTALE},
		.error = "chmod: 'a b': Stale file handle\n",
		.line = "'a b' could not be accessed\n",
		.status = 1,
	},
	{
		.what = "the root",
		.path = "/",
		.record = {.result = APPLY_ROOT},
		.warning = "chmod: it is dangerous to operate recursively on '/'\n" ROOT_HINT,
		.status = 1,
	},
	{
		.what = "the root by another name",
		.path = "//",
		.record = {.result = APPLY_ROOT},
		.warning = "chmod: it is dangerous to operate recursively on '//' (same as "
			   "'/')\n" ROOT_HINT,
		.status = 1,
	},
	{
		.what = "a cycle",
		.path = "mnt/d/b",
		.record = {.result = APPLY_CYCLE},
		.warning = CYCLE_TEXT "mnt/d/b\n\n",
		.status = 1,
	},
	{
		.what = "a cycle, of a name to be quoted",
		.path = "a\nb",
		.record = {.result = APPLY_CYCLE},
		.warning = CYCLE_TEXT "'a'$'\\n''b'\n\n",
		.status = 1,
	},
};

#endif
