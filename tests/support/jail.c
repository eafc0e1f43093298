/* SPDX-License-Identifier: MIT */
#include "jail.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static int copy_bytes(int from, int to)
{
	ssize_t n;

	do
		n = sendfile(to, from, NULL, 1 << 20);
	while (n > 0);
	return n < 0 ? -errno : 0;
}

static int copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out, rc;

	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	rc = out < 0 ? -errno : copy_bytes(in, out);
	if (out >= 0 && fchmod(out, 0755) < 0 && rc == 0)
		rc = -errno;
	close(in);
	if (out >= 0)
		close(out);
	return rc == -EEXIST ? 0 : rc;
}

/* Copies FILE to the same path under DIR, making the directories of that. */
static int copy_into(const char *dir, const char *file)
{
	char *to;
	int rc;

	if (asprintf(&to, "%s%s", dir, file) < 0)
		return -ENOMEM;
	for (char *slash = to + strlen(dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(to, 0755) == 0)
			chmod(to, 0755);
		*slash = '/';
	}
	rc = copy_file(file, to);
	free(to);
	return rc;
}

/* Copies each absolute path in the lines "name => path (address)" and "path (address)". */
static int copy_listed(const char *dir, char *lines)
{
	int rc = 0;
	char *save, *line = strtok_r(lines, "\n", &save);

	for (; line && rc == 0; line = strtok_r(NULL, "\n", &save)) {
		char *path = strchr(line, '/'), *end = path ? strstr(path, " (") : NULL;

		if (!end)
			continue;
		*end = '\0';
		rc = copy_into(dir, path);
	}
	return rc;
}

int jail_fill(const char *dir, const char *program, const char *as)
{
	char *argv[] = {(char *)program, NULL};
	char *env[] = {"LD_TRACE_LOADED_OBJECTS=1", NULL};
	struct run_how how = {.path = program, .argv = argv, .env = env, .umask = 022};
	struct run_result result;
	char *to;
	int rc = run(&how, &result);

	if (rc < 0)
		return rc;
	rc = copy_listed(dir, result.out);
	run_result_free(&result);
	if (rc < 0 || !as)
		return rc;
	if (asprintf(&to, "%s/%s", dir, as) < 0)
		return -ENOMEM;
	rc = copy_file(program, to);
	free(to);
	return rc;
}
