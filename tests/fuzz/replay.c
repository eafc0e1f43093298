/* SPDX-License-Identifier: MIT */
/*
 * replay [FILE | DIRECTORY]...: passes files to a fuzz target, without libFuzzer and with any
 * compiler; of a directory all files in it, in the order of their names. Without arguments, an
 * empty input. Ends with a line like cmocka's, for tests/run-tests; if the target aborts or
 * crashes, the last line names the file.
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line that names the current file. */
static char current[4096];

static void name_current(int sig)
{
	ssize_t ignored = write(STDERR_FILENO, current, strlen(current));

	(void)ignored;
	signal(sig, SIG_DFL);
	raise(sig);
}

static bool complain(const char *path)
{
	fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
	return false;
}

static bool replay_file(const char *path, unsigned *count)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	size_t size = 0, room = 0;

	if (file == NULL)
		return complain(path);
	for (;;) {
		size_t n;

		if (size == room) {
			uint8_t *more = realloc(data, room += 4096);

			if (more == NULL)
				abort();
			data = more;
		}
		n = fread(data + size, 1, room - size, file);
		if (n == 0)
			break;
		size += n;
	}
	fclose(file);
	/* In memory of just its size, so that a sanitizer sees what reads past its end. */
	if (size > 0)
		data = realloc(data, size);
	snprintf(current, sizeof(current), "replay: while at %s\n", path);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	++*count;
	return true;
}

static bool replay_directory(const char *path, unsigned *count)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	bool good = n >= 0 || complain(path);

	for (int i = 0; i < n; i++) {
		char *name;

		if (*entries[i]->d_name != '.' &&
			asprintf(&name, "%s/%s", path, entries[i]->d_name) > 0) {
			good = replay_file(name, count) && good;
			free(name);
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return good;
}

int main(int argc, char **argv)
{
	static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
	unsigned count = 0;
	bool good = true;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], name_current);
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) != 0)
			good = complain(argv[i]);
		else if (S_ISDIR(st.st_mode))
			good = replay_directory(argv[i], &count) && good;
		else
			good = replay_file(argv[i], &count) && good;
	}
	if (argc < 2) {
		LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
		count++;
	}
	fprintf(stderr, "[  PASSED  ] %u test(s).\n", count);
	return good && count > 0 ? 0 : 1;
}
