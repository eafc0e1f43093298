/* SPDX-License-Identifier: MIT */
/*
 * Runs FOLDER/chmod under FOLDER/valgrind/valgrind, for tests that start it as any other: it has
 * the arguments, the streams, the umask and as many descriptors as they gave. Reports go to files
 * FOLDER/valgrind/reports/PID.UID, so that none is lost with a closed stderr; one of them ends the
 * program with a status of its own. OPTIONS: those of valgrind that all its tests have.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef FOLDER
#define FOLDER "build"
#endif
#ifndef OPTIONS
#define OPTIONS "--quiet"
#endif

enum {
	FAILURE = 98,
	/* Valgrind copies it out of the program's way, but it stays open: none that tests use. */
	REPORT = 8,
};

/* A file to report to. Of mode 0666 whatever the umask: valgrind opens it once more. */
static int open_report(void)
{
	char path[sizeof(FOLDER) + 64];
	mode_t umask_of_test = umask(0);
	int fd;

	snprintf(path, sizeof(path), FOLDER "/valgrind/reports/%ld.%ld", (long)getpid(),
		(long)getuid());
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	umask(umask_of_test);
	return fd >= 0 && dup2(fd, REPORT) == REPORT;
}

/* One more for the report; for its own valgrind makes room itself. Both need a hard limit above. */
static void give_descriptor(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur++;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	static const char *const options[] = {
		"valgrind", "--vgdb=no", "--log-fd=8",
		"chmod", /* which is found by PATH and then called by its name */
	};
	size_t n = sizeof(options) / sizeof(options[0]);
	const char **all = calloc(n + (size_t)argc + 1, sizeof(*all));

	give_descriptor();
	if (!all || !open_report() || setenv("PATH", FOLDER, 1) != 0 ||
		setenv("VALGRIND_OPTS", OPTIONS, 1) != 0)
		return FAILURE;
	memcpy(all, options, sizeof(options));
	for (int i = 1; i < argc; i++)
		all[n++] = argv[i];
	execv(FOLDER "/valgrind/valgrind", (char **)all);
	return FAILURE;
}
