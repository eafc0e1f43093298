/* SPDX-License-Identifier: MIT */
/*
 * Runs FOLDER/chmod under FOLDER/valgrind/valgrind, for tests that start this like any program.
 * chmod gets the same arguments, streams, umask and limit of descriptors. Reports go to files
 * FOLDER/valgrind/reports/PID.UID, so that none is lost if stderr is closed. OPTIONS are those of
 * valgrind; by them a report ends the program with a status of its own.
 */
#include <fcntl.h>
#include <stdbool.h>
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
	/* Valgrind copies it to a high number, but leaves it open: so no test may use it. */
	REPORT = 8,
};

/*
 * Opens a file for the report as descriptor REPORT. Its mode is 0666 whatever the umask, as
 * valgrind opens it once more. False: it cannot be opened.
 */
static bool open_report(void)
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

/*
 * Raises the limit of descriptors by one, for the report. Valgrind makes room for its own. Both
 * need a hard limit that is higher.
 */
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
