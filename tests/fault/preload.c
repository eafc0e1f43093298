/* SPDX-License-Identifier: MIT */
/* Libraries to be preloaded: made by the C compiler when they are first asked for. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"

static struct tree libraries = {.fd = -1}; /* where they are */

static void remove_libraries(void)
{
	if (libraries.path)
		tree_remove(&libraries);
}

/* The source NAME: beside this one, as seen from build/tests or from where we were compiled. */
static bool find_source(const char *name, char ret[static PATH_MAX])
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n > 0) {
		exe[n] = '\0';
		slash = strrchr(exe, '/');
		n = snprintf(ret, PATH_MAX, "%.*s/../../tests/fault/preload/%s.c",
			(int)(slash - exe), exe, name);
		if (n < PATH_MAX && access(ret, R_OK) == 0)
			return true;
	}
	strcpy(exe, __FILE__);
	slash = strrchr(exe, '/');
	n = snprintf(ret, PATH_MAX, "%.*s/preload/%s.c", slash ? (int)(slash - exe) : 1,
		slash ? exe : ".", name);
	return n < PATH_MAX && access(ret, R_OK) == 0;
}

static bool compile(const char *source, const char *library)
{
	/* CC has options in it, where the program is for another processor than cc is. */
	char *argv[] = {(char *)"sh", (char *)"-c",
		(char *)"exec ${CC:-cc} -shared -fPIC -O1 -D_GNU_SOURCE -o \"$0\" \"$1\"",
		(char *)library, (char *)source, NULL};
	char tmp[PATH_MAX]; /* it may be that nothing can be written elsewhere */
	char cc[PATH_MAX];
	char *env[] = {(char *)"PATH=/usr/local/bin:/usr/bin:/bin", tmp, cc, NULL};
	struct run_how how = {.path = "/bin/sh", .argv = argv, .env = env, .umask = 022};
	struct run_result result;
	bool ok;

	snprintf(tmp, sizeof(tmp), "TMPDIR=%s", libraries.path);
	snprintf(cc, sizeof(cc), "CC=%s", getenv("CC") ? getenv("CC") : "");
	if (run(&how, &result) < 0)
		return false;
	ok = result.status == 0;
	if (!ok)
		fputs(result.err, stderr);
	run_result_free(&result);
	return ok && chmod(library, 0755) == 0;
}

const char *fault_preload(const char *name)
{
	static char library[PATH_MAX + 64];
	char source[PATH_MAX];

	if (!libraries.path) {
		if (tree_make(NULL, geteuid(), getegid(), &libraries) < 0)
			return NULL;
		atexit(remove_libraries);
	}
	snprintf(library, sizeof(library), "%s/%s.so", libraries.path, name);
	if (access(library, R_OK) == 0)
		return library;
	return find_source(name, source) && compile(source, library) ? library : NULL;
}
