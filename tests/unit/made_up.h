/* SPDX-License-Identifier: MIT */
/* An invented directory: any number of entries, in the form of getdents64(2). */
#ifndef MADE_UP_H
#define MADE_UP_H

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "rows.h"

enum { NO_DOTS = -1 };

struct made_up {
	unsigned count;                    /* entries besides . and .. */
	int dots;                          /* . and .. come before this one; NO_DOTS: they do not */
	uint64_t (*ino)(unsigned i);       /* of entry number i; NULL: scattered */
	unsigned char (*type)(unsigned i); /* NULL: some type for each */
	size_t most;                       /* bytes at a time; 0: any number */
	int err;                           /* an errno instead of the end; 0: none */
	unsigned at, dots_left;            /* how far it has been read */
	unsigned reads;
};

static inline void made_up_rewind(struct made_up *d)
{
	d->at = d->reads = 0;
	d->dots_left = d->dots == NO_DOTS ? 0 : 2;
}

/* Far apart, in no order, and some of them equal. */
static inline uint64_t made_up_ino(const struct made_up *d, unsigned i)
{
	if (d->ino != NULL)
		return d->ino(i);
	return (i % 7 == 0 ? UINT64_C(1) << 60 : 5) + (i / 3 * UINT64_C(2654435761) & 0xfffffff);
}

/* Names are numbers, and of many lengths. */
static inline size_t made_up_name(unsigned i, char *ret)
{
	enum { DIGITS = 6, LONGEST = 52 };
	size_t len = i % 13 == 0 ? LONGEST : i % 12;
	unsigned rest = i;

	for (int digit = DIGITS; digit-- > 0; rest /= 10)
		ret[digit] = (char)('0' + rest % 10);
	memset(ret + DIGITS, 'x', len);
	ret[DIGITS + len] = '\0';
	return DIGITS + len;
}

static inline unsigned made_up_number(const char *name)
{
	unsigned i = 0;

	for (; *name >= '0' && *name <= '9'; name++)
		i = i * 10 + (unsigned)(*name - '0');
	return i;
}

/* Some type for each. */
static inline unsigned char made_up_type(unsigned i)
{
	return i % 5 == 0 ? DT_DIR : i % 5 == 1 ? DT_LNK : DT_REG;
}

/* As sys_read_dir(). */
static inline ssize_t made_up_read(struct made_up *d, void *buf, size_t size)
{
	struct raw {
		uint64_t ino;
		int64_t off;
		unsigned short len;
		unsigned char type;
		char name[100];
	};
	char *end = buf;

	d->reads++;
	if ((uintptr_t)buf % _Alignof(uint64_t) != 0)
		row_wrong("the buffer is not aligned");
	if (d->most != 0 && size > d->most)
		size = d->most;
	while (d->at < d->count || d->dots_left > 0) {
		bool is_dot = d->dots_left > 0 && (int)d->at >= d->dots;
		struct raw raw = {.ino = 1, .type = DT_DIR};
		size_t len;

		if (!is_dot && d->at == d->count)
			break;
		len = is_dot ? (size_t)sprintf(raw.name, d->dots_left == 2 ? "." : "..")
			     : made_up_name(d->at, raw.name);
		raw.len = (unsigned short)((offsetof(struct raw, name) + len + 1 + 7) & ~7UL);
		if ((size_t)(end - (char *)buf) + raw.len > size)
			break;
		if (!is_dot) {
			raw.ino = made_up_ino(d, d->at);
			raw.type = d->type != NULL ? d->type(d->at) : made_up_type(d->at);
		}
		memcpy(end, &raw, raw.len);
		end += raw.len;
		if (is_dot)
			d->dots_left--;
		else
			d->at++;
	}
	if (end == buf && (d->at < d->count || d->dots_left > 0))
		return -EINVAL;
	return end == buf ? -d->err : end - (char *)buf;
}

#endif
