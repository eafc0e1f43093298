/* SPDX-License-Identifier: MIT */
/* Everything else is refused: looking, opening, reading, and what surrounds that. */
#include <errno.h>

#include "rows.h"

#define LOOK_ERRNOS                                                                                \
	ERRNOS(EACCES, EIO, ENOTDIR, ELOOP, ENAMETOOLONG, EPERM, ENOMEM, ESTALE, ENOSYS, EINTR)
#define READ_ERRNOS                                                                                \
	ERRNOS(EIO, EACCES, EPERM, ENOMEM, ENOTDIR, ESTALE, EOVERFLOW, EINVAL, ENOSYS, EINTR)
#define SOME_ERRNOS ERRNOS(EIO, EPERM, ENOSYS, EINTR)

#define TREE "d/ 755, d/f 644, d/g 644, d/s/ 755, d/s/h 644, e 644"

static const struct fault_row rows[] = {
	/* Operands that cannot be examined. */
	{.tree = "f 644, g 644",
		.args = "u+x f g",
		.faults = {{.call = PIN, .file = "f", .err = ERRS}},
		LOOK_ERRNOS,
		FAILS("cannot access 'f': {E}"),
		.after = "g 744"},
	{.tree = "f 644, g 644",
		.args = "u+x f g",
		.faults = {{.call = STAT, .file = "f", .err = ERRS}},
		ERRNOS(EIO, EACCES, EOVERFLOW, ENOSYS, EPERM),
		FAILS("cannot access 'f': {E}"),
		.after = "g 744"},
	{.tree = "f 644, g 644",
		.args = "755 f g",
		.faults = {{.call = STAT, .file = "f", .err = ERRS}},
		LOOK_ERRNOS,
		FAILS("cannot access 'f': {E}"),
		.after = "g 755"},
	{.tree = "f 644, g 644",
		.args = "-fv u+x f g",
		.faults = {{.call = PIN | STAT, .file = "f", .err = ERRS}},
		SOME_ERRNOS,
		.out = NO_ACCESS("f") CHANGED("g", 0644, 0744),
		.status = 1,
		.after = "g 744"},
	{.tree = "f 644, r 755",
		.args = "--reference=r f",
		.faults = {{.call = STAT, .file = "r", .err = ERRS}},
		ERRNOS(EIO, EACCES, ENOSYS, ENOENT),
		FAILS("failed to get attributes of 'r': {E}"),
		.methods = IN(METHOD_ANY)},
	{.tree = "f 644",
		.args = "-R --preserve-root u+x f",
		.faults = {{.call = STAT, .file = "/", .err = ERRS}},
		ERRNOS(EIO, EACCES, ENOSYS),
		FAILS("failed to get attributes of '/': {E}"),
		.methods = IN(METHOD_ANY)},

	/* The look at the mode that a file really got: status 0, as GNU has it. */
	{.tree = "f 644",
		.args = "-v 1755 f",
		.faults = {{.call = STAT, .file = "f", .nth = 2, .err = ERRS}},
		ERRNOS(EIO, EACCES),
		.out = RETAINED("f", 1755),
		SAYS("getting new attributes of 'f': {E}"),
		.after = "f 1755"},
	{.tree = "f 644",
		.args = "-vf 1755 f",
		.faults = {{.call = STAT, .file = "f", .nth = 2, .err = ERRS}},
		ERRNOS(EIO, EACCES),
		.out = RETAINED("f", 1755),
		.after = "f 1755"},

	/* Entries that cannot be examined. */
	{.tree = TREE,
		.args = "-R u+x d e",
		.faults = {{.call = STAT, .file = "d/f", .err = ERRS}},
		LOOK_ERRNOS,
		FAILS("cannot access 'd/f': {E}"),
		.after = "d/g 744, d/s/h 744, e 744"},
	{.tree = TREE,
		.args = "-R u+x d e",
		.faults = {{.call = STAT, .file = "d/f", .err = ENOENT}},
		.after = "d/g 744, d/s/h 744, e 744"},
	{.tree = "d/ 777, d/f 644, d/g 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = PIN, .file = "d/f", .err = ERRS}},
		LOOK_ERRNOS,
		FAILS("cannot access 'd/f': {E}"),
		.after = "d/g 744, e 744"},
	{.tree = "d/ 777, d/f 644, d/g 644, e 644",
		.args = "-R u+x d e",
		.faults = {{.call = PIN, .file = "d/f", .err = ENOENT}},
		.after = "d/g 744, e 744"},
	{.tree = "d/ 755, t 644, d/l -> ../t, d/g 644",
		.args = "-R --dereference u+x d",
		.faults = {{.call = PIN, .file = "d/l", .err = ERRS}},
		LOOK_ERRNOS,
		FAILS("cannot dereference 'd/l': {E}"),
		.after = "d/g 744"},
	{.tree = "d/ 755, t 644, d/l -> ../t, d/g 644",
		.args = "-RL u+x d",
		.faults = {{.call = PIN, .file = "d/l", .err = ERRS}},
		LOOK_ERRNOS,
		FAILS("cannot access 'd/l': {E}"),
		.after = "d/g 744"},
	{.tree = TREE,
		.args = "-R u+x d e",
		.faults = {{.call = PIN | OPEN_DIR, .file = "d/s", .err = ERRS}},
		LOOK_ERRNOS,
		FAILS("cannot access 'd/s': {E}"),
		.after = "d/f 744, d/g 744, e 744"},

	/* Directories that cannot be opened, or not be read. */
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .err = ERRS}},
		READ_ERRNOS,
		FAILS("cannot read directory 'd': {E}"),
		.after = "d/ 777, e 666"},
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = OPEN_DIR, .file = "d/s", .err = ERRS}},
		READ_ERRNOS,
		FAILS("cannot read directory 'd/s': {E}"),
		.after = "d/ 777, d/f 666, d/g 666, d/s/ 777, e 666"},
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = GETDENTS, .file = "d", .nth = 1, .err = ERRS}},
		READ_ERRNOS,
		FAILS("cannot read directory 'd': {E}"),
		.after = "d/ 777, e 666"},
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = GETDENTS, .file = "d/s", .nth = 1, .err = ERRS}},
		READ_ERRNOS,
		FAILS("cannot read directory 'd/s': {E}"),
		.after = "d/ 777, d/f 666, d/g 666, d/s/ 777, e 666"},
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = GETDENTS, .err = ERRS}},
		SOME_ERRNOS,
		FAILS("cannot read directory 'd': {E}"),
		.after = "d/ 777, e 666"},
	{.tree = "d/ 755, d/f 644",
		.args = "-Rv go+w d",
		.faults = {{.call = OPEN_DIR | GETDENTS, .file = "d", .err = ERRS}},
		SOME_ERRNOS,
		.out = CHANGED("d", 0755, 0777) NO_ACCESS("d"),
		FAILS("cannot read directory 'd': {E}"),
		.after = "d/ 777"},
	/* Removed while it is read: an end like any other, as readdir(3) has it. */
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = GETDENTS, .file = "d/s", .err = ENOENT}},
		.after = "d/ 777, d/f 666, d/g 666, d/s/ 777, e 666"},
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = GETDENTS, .file = "d", .err = ENOENT}},
		.after = "d/ 777, e 666"},
	/* It is there, as its pin shows, and so it has been moved. */
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = OPEN_DIR, .file = "d/s", .err = ENOENT}},
		FAILS("cannot read directory 'd/s': Stale file handle"),
		.after = "d/ 777, d/f 666, d/g 666, d/s/ 777, e 666"},
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults = {{.call = OPEN_DIR, .file = "d", .err = ENOENT}},
		FAILS("cannot read directory 'd': Stale file handle"),
		.after = "d/ 777, e 666"},

	/* A read error after entries have come. */
	{.tree = TREE,
		.args = "-R go+w d e",
		.faults =
			{{.call = GETDENTS, .file = "d/s", .nth = 2, .onward = true, .err = ERRS}},
		READ_ERRNOS,
		FAILS("d/s: {E}"),
		.after = "d/ 777, d/f 666, d/g 666, d/s/ 777, d/s/h 666, e 666"},
	{.tree = "d/ 755, d/f 644, e 644",
		.args = "-Rv go+w d e",
		.faults = {{.call = GETDENTS, .file = "d", .nth = 2, .err = ERRS}},
		SOME_ERRNOS,
		.out = CHANGED("d", 0755, 0777) CHANGED("d/f", 0644, 0666) NO_ACCESS("d")
			CHANGED("e", 0644, 0666),
		FAILS("d: {E}"),
		.after = "d/ 777, d/f 666, e 666"},
	{.tree = "./ 755, a b/ 755, a b/f 644",
		.args = "-Rf go+w .",
		.faults = {{.call = GETDENTS, .file = "a b", .nth = 2, .err = ERRS}},
		SOME_ERRNOS,
		.status = 1,
		.after = "./ 777, a b/ 777, a b/f 666"},
	{.tree = "./ 755, a b/ 755, a b/f 644",
		.args = "-R go+w .",
		.faults = {{.call = GETDENTS, .file = "a b", .nth = 2, .err = ERRS}},
		SOME_ERRNOS,
		FAILS("'./a b': {E}"),
		.after = "./ 777, a b/ 777, a b/f 666"},

	/* What fails without harm. Unknown file systems make the program careful: it pins. */
	{.tree = TREE,
		.args = "-R u+x d e",
		.faults = {{.call = FSTATFS, .file = "d", .err = ERRS},
			{.call = PIN, .file = "d/f"}},
		SOME_ERRNOS,
		.after = "d/f 744, d/g 744, d/s/h 744, e 744"},
	{.tree = TREE,
		.args = "-R u+x d e",
		.faults = {{.call = CLOSE, .err = ERRS}},
		ERRNOS(EIO, EINTR, ENOSPC, EDQUOT),
		.after = "d/f 744, d/g 744, d/s/h 744, e 744"},
	{.tree = TREE,
		.args = "-R u+x d e",
		.faults = {{.call = IDS | FCNTL, .err = ERRS, .may_miss = true}},
		SOME_ERRNOS,
		.after = "d/f 744, d/g 744, d/s/h 744, e 744"},
	{.tree = "f 644",
		.args = "-v u+x f",
		.faults = {{.call = IOCTL, .file = "<1>", .err = ERRS}},
		SOME_ERRNOS,
		.out = CHANGED("f", 0644, 0744),
		.after = "f 744"},
	{.tree = "f 644",
		.args = "u+x f",
		.faults = {{.call = OPEN, .file = "/etc/ld.so.preload", .err = ERRS}},
		ERRNOS(EPERM, EACCES, ENOSYS, EIO),
		.after = "f 744",
		.methods = IN(METHOD_FCHMODAT2) | IN(METHOD_PROCFD),
		.dynamic = true},
	/*
	 * What it answers is taken for the umask, as by every other chmod: nothing is let through.
	 * Not EPERM: QEMU takes -1 for a failure where there are 32 bits, and answers another one.
	 */
	{.tree = "f 644",
		.args = "-v +x f",
		.faults = {{.call = UMASK, .err = EIO}},
		.out = RETAINED("f", 0644)},
};

/* All that have a name, and numbers that have none: a file system in user space may answer any. */
static void test_every_errno(struct fault_test *t)
{
	for (int err = 1; err <= 4095; err += err < 140 ? 1 : 565) {
		struct fault faults[] = {{.call = STAT, .file = "r", .err = err}, {0}};
		struct run_how how = fault_how(t, "--reference=r f");

		fault_expect(t, &how, faults, "",
			fault_expand(t, E("failed to get attributes of 'r': {E}"), err), 1);
	}
	fault_check_tree(t, NULL);
}

void fault_errors(struct fault_list *list)
{
	struct fault_test every = {
		.tree_text = "f 644, r 755", .fn = test_every_errno, .users = AS_USER};

	fault_add(list, &every, "every errno");
	fault_add_rows(list, rows, sizeof(rows) / sizeof(rows[0]));
}
