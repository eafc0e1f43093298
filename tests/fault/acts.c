/* SPDX-License-Identifier: MIT */
#include "acts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* What getdents64(2) fills in. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

enum { ANY = -1 };

/* Reads entries in the program's stead; INSTEAD is the type of those of type TYPE (ANY: of all). */
static long read_entries(
	struct fault_test *t, const struct filter_call *call, int type, unsigned char instead)
{
	size_t size = (size_t)call->args[2];
	char *buf = malloc(size);
	int fd = filter_get_fd(call, (int)call->args[0]);
	/* The descriptors share their place in the directory. */
	long n = buf && fd >= 0 ? syscall(SYS_getdents64, fd, buf, size) : -1;

	if (n < 0)
		n = -errno;
	for (long at = 0; at < n;) {
		struct entry *entry = (void *)(buf + at);

		if (type == ANY || entry->type == type)
			entry->type = instead;
		at += entry->len;
	}
	if (n > 0 && filter_write(call, call->args[1], buf, (size_t)n) != n)
		n = -EFAULT;
	fault_check(t, n >= 0, "the directory could not be read: %s", strerror((int)-n));
	if (fd >= 0)
		close(fd);
	free(buf);
	return n;
}

long act_hide_types(struct fault_test *t, const struct filter_call *call)
{
	return read_entries(t, call, ANY, DT_UNKNOWN);
}

long act_call_dirs_files(struct fault_test *t, const struct filter_call *call)
{
	return read_entries(t, call, DT_DIR, DT_REG);
}

long act_claim(struct fault_test *t, const struct filter_call *call)
{
	(void)t;
	(void)call;
	return 0;
}

long act_pretend_network(struct fault_test *t, const struct filter_call *call)
{
#ifdef SYS_fstatfs64
	enum { NFS = 0x6969, BUF = 2 };
#else
	enum { NFS = 0x6969, BUF = 1 };
#endif
	int fd = filter_get_fd(call, (int)call->args[0]);
	struct statfs fs;
	bool ok = fd >= 0 && fstatfs(fd, &fs) == 0;

	fs.f_type = NFS;
	ok = ok && filter_write(call, call->args[BUF], &fs, sizeof(fs)) == sizeof(fs);
	fault_check(t, ok, "broken fixture: no file system");
	if (fd >= 0)
		close(fd);
	return 0;
}

/* Notes it if RC says that an act failed. */
static long done(struct fault_test *t, const char *what, int rc)
{
	fault_check(t, rc == 0, "broken fixture: %s: %s", what, strerror(errno));
	return FILTER_GO_ON;
}

static int make_file(struct fault_test *t, const char *name)
{
	return mknodat(t->tree.fd, name, S_IFREG | 0600, 0) < 0 ||
	       fchownat(t->tree.fd, name, t->user.uid, t->user.gid, 0) < 0;
}

long act_make_file(struct fault_test *t, const struct filter_call *call)
{
	(void)call;
	return done(t, "d/v", make_file(t, "d/v"));
}

long act_make_dir(struct fault_test *t, const struct filter_call *call)
{
	(void)call;
	return done(t, "d/v",
		mkdirat(t->tree.fd, "d/v", 0700) < 0 || make_file(t, "d/v/f") ||
			fchownat(t->tree.fd, "d/v", t->user.uid, t->user.gid, 0) < 0);
}

long act_remove(struct fault_test *t, const struct filter_call *call)
{
	(void)call;
	if (unlinkat(t->tree.fd, "d/v", 0) == 0)
		return FILTER_GO_ON;
	unlinkat(t->tree.fd, "d/v/f", 0);
	return done(t, "d/v", unlinkat(t->tree.fd, "d/v", AT_REMOVEDIR));
}

long act_exchange(struct fault_test *t, const struct filter_call *call)
{
	(void)call;
	return done(t, "exchange",
		(int)syscall(SYS_renameat2, t->tree.fd, "d/s", t->tree.fd, "x",
			2 /* RENAME_EXCHANGE */));
}
