/* SPDX-License-Identifier: MIT */
/* A report whose output can be read. */
#ifndef CAPTURED_H
#define CAPTURED_H

#include "report.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rows.h"

struct captured {
	struct report report;
	int out, err;    /* where the streams go to */
	bool out_closed; /* the report has closed its descriptor */
	char out_text[128 * 1024], err_text[128 * 1024];
};

enum captured_streams { APART, TOGETHER };

static inline void captured_init(
	struct captured *c, const char *program, enum captured_streams streams)
{
	report_init(&c->report, program);
	c->out = memfd_create("out", MFD_CLOEXEC);
	c->err = streams == TOGETHER ? c->out : memfd_create("err", MFD_CLOEXEC);
	assert_true(c->out >= 0 && c->err >= 0);
	c->report.out.fd = dup(c->out);
	c->report.err.fd = c->err;
	assert_true(c->report.out.fd >= 0);
	c->out_closed = false;
}

static inline const char *captured_read(int fd, char *buf, size_t size)
{
	ssize_t len = pread(fd, buf, size - 1, 0);

	assert_true(len >= 0 && (size_t)len < size - 1);
	buf[len] = '\0';
	assert_int_equal(strlen(buf), len);
	return buf;
}

/* What has been written so far. */
static inline const char *captured_out(struct captured *c)
{
	return captured_read(c->out, c->out_text, sizeof(c->out_text));
}

static inline const char *captured_err(struct captured *c)
{
	return captured_read(c->err, c->err_text, sizeof(c->err_text));
}

/* report_finish() */
static inline int captured_finish(struct captured *c)
{
	int status = report_finish(&c->report);

	c->out_closed = fcntl(c->report.out.fd, F_GETFD) < 0;
	return status;
}

static inline void captured_free(struct captured *c)
{
	if (!c->out_closed)
		close(c->report.out.fd);
	if (c->err != c->out)
		close(c->err);
	close(c->out);
}

#endif
