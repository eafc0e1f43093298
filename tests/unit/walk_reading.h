/* Directories that read as the test says. Link with --wrap=sys_read_dir. */
#ifndef WALK_READING_H
#define WALK_READING_H

#include "sys.h"

#include <dirent.h>
#include <stdint.h>

#include "scratch.h"

/* What is done with the entries of directories. */
static struct {
	bool hides_types; /* DT_UNKNOWN for all */
	bool hides_dirs;  /* directories are said to be files */
	int err;          /* what reading a bad directory comes to; 0: there are none */
	ino_t bad;        /* that is this one, after so many reads ... */
	int good_reads, reads;
	bool bad_third; /* ... or the third part of those that are no operands */
	ino_t operand;  /* for that */
} reading;

/* What getdents64(2) fills in. */
struct raw_entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

static bool is_bad_third(ino_t ino)
{
	return ino % 3 == 0 && ino != reading.operand;
}

ssize_t __real_sys_read_dir(int fd, void *buf, size_t size);
ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size);

ssize_t __wrap_sys_read_dir(int fd, void *buf, size_t size)
{
	ssize_t len;
	struct stat st;

	if (reading.err != 0 && fstat(fd, &st) == 0 &&
		(reading.bad_third ? is_bad_third(st.st_ino)
				   : st.st_ino == reading.bad &&
					     reading.reads++ >= reading.good_reads))
		return -reading.err;
	len = __real_sys_read_dir(fd, buf, size);
	for (ssize_t at = 0; at < len;) {
		struct raw_entry *entry = (void *)((char *)buf + at);

		if (reading.hides_types)
			entry->type = DT_UNKNOWN;
		if (reading.hides_dirs && entry->type == DT_DIR)
			entry->type = DT_REG;
		at += entry->len;
	}
	return len;
}

#endif
