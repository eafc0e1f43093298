/* SPDX-License-Identifier: MIT */
#include "play.h"

#include "options.h"

#include "../support/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* For the child: the file that is to be its standard output. */
struct redirection {
	int file;
	bool err_too;
};

static void redirect(void *ctx)
{
	const struct redirection *r = ctx;

	if (dup2(r->file, STDOUT_FILENO) < 0 || (r->err_too && dup2(r->file, STDERR_FILENO) < 0))
		_exit(RUN_NOT);
}

static enum run_to run_to(enum case_stream stream)
{
	switch (stream) {
	case STREAM_FULL: return RUN_FULL;
	case STREAM_CLOSED: return RUN_CLOSED;
	case STREAM_BROKEN: return RUN_BROKEN;
	case STREAM_TOGETHER: return RUN_WITH_STDOUT;
	case STREAM_PIPE:
	case STREAM_FILE: break;
	}
	return RUN_READ;
}

/* The contents of the file FD, to be freed; NULL without memory. */
static char *read_file(int fd)
{
	struct stat st;
	char *bytes;
	ssize_t n = 0;

	if (fstat(fd, &st) < 0)
		return NULL;
	bytes = malloc((size_t)st.st_size + 1);
	if (bytes)
		n = pread(fd, bytes, (size_t)st.st_size, 0);
	if (bytes && n >= 0)
		bytes[n] = '\0';
	return bytes;
}

static int start(const struct stage *stage, const struct program *program,
	const struct test_case *c, int file, struct outcome *ret)
{
	static const struct run_user user = {CASE_USER, CASE_USER};
	struct redirection redirection = {file, c->err == STREAM_TOGETHER};
	char *argv[CASE_WORDS + 3] = {(char *)c->program}, *env[CASE_ENV + 1] = {NULL};
	struct run_how how = {
		.path = program->path,
		.fd = program->fd,
		.argv = argv,
		.env = env,
		.user = stage->is_root && c->as_user ? &user : NULL,
		.umask = c->umask,
		.in = c->stdin_closed ? RUN_CLOSED : RUN_READ,
		.out = run_to(c->out),
		.err = run_to(c->err),
		.sigpipe_ignored = c->sigpipe_ignored,
		.prepare = file >= 0 ? redirect : NULL,
		.ctx = &redirection,
	};
	struct run_result result;
	char *cwd;
	int rc;

	if (program->is_ours)
		options_of_ours(c, (const char **)argv + 1);
	else
		memcpy(argv + 1, c->words, c->n_words * sizeof(c->words[0]));
	memcpy(env, c->env, c->n_env * sizeof(c->env[0]));
	if (asprintf(&cwd, "%s/" STAGE_TREE, stage->path) < 0)
		return -ENOMEM;
	how.cwd = cwd;
	rc = run(&how, &result);
	free(cwd);
	if (rc < 0)
		return rc;
	ret->status = result.status;
	ret->out = result.out;
	ret->err = result.err;
	return 0;
}

/* Runs one program. */
static int play_one(const struct stage *stage, const struct program *program,
	const struct test_case *c, struct outcome *ret)
{
	struct stage_state before[CASE_ENTRIES], after[CASE_ENTRIES];
	int file = c->out == STREAM_FILE ? memfd_create("stdout", MFD_CLOEXEC) : -1, rc;

	if (c->out == STREAM_FILE && file < 0)
		return -errno;
	rc = stage_reset(stage, c, before);
	if (rc == 0)
		rc = start(stage, program, c, file, ret);
	if (rc == 0)
		stage_look(stage, c, after);
	for (size_t i = 0; rc == 0 && i < c->n_entries; i++) {
		ret->after[i].mode = after[i].mode;
		ret->after[i].touched = after[i].ctime.tv_sec != before[i].ctime.tv_sec ||
					after[i].ctime.tv_nsec != before[i].ctime.tv_nsec;
	}
	if (rc == 0 && file >= 0) {
		free(ret->out);
		ret->out = read_file(file);
		rc = ret->out ? 0 : -ENOMEM;
	}
	if (file >= 0)
		close(file);
	return rc;
}

int play(const struct stage *stage, const struct program programs[PROGRAMS],
	const struct test_case *c, struct outcome ret[PROGRAMS])
{
	int rc = stage_make(stage, c);

	memset(ret, 0, PROGRAMS * sizeof(*ret));
	if (rc < 0)
		return rc;
	for (int i = 0; i < PROGRAMS && rc == 0; i++)
		rc = play_one(stage, &programs[i], c, &ret[i]);
	stage_clear(stage, c);
	if (rc < 0)
		outcomes_free(ret);
	return rc;
}

void outcomes_free(struct outcome outcomes[PROGRAMS])
{
	for (int i = 0; i < PROGRAMS; i++) {
		free(outcomes[i].out);
		free(outcomes[i].err);
		outcomes[i].out = outcomes[i].err = NULL;
	}
}
