/* SPDX-License-Identifier: MIT */
/*
 * The slow file system of the tests (support/slowfs.h) as a program, for bench and for measuring by
 * hand:
 *
 *	slowfs MOUNTPOINT [OPTION=VALUE]...	delay=1000 (microseconds) jitter=1 threads=128
 *						timeout=1000 (milliseconds) dirs=200 files=50
 *						permissions=1 inodes=1 (that change)
 *						positions=1 (that shift) broken=NAME stuck=NAME
 *
 * Prints "ready" and serves. SIGUSR1: prints how many requests of each kind there were since the
 * last time, and how many at once. SIGUSR2: answers what is stuck. SIGINT, SIGTERM: prints, ends.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../support/slowfs.h"

static bool set_number(struct slowfs_how *how, const char *name, size_t len, unsigned value)
{
	const struct {
		const char *name;
		unsigned *number;
		bool *is_on;
	} all[] = {
		{"delay", &how->delay, NULL},
		{"threads", &how->threads, NULL},
		{"timeout", &how->timeout_ms, NULL},
		{"dirs", &how->dirs, NULL},
		{"files", &how->files, NULL},
		{"jitter", NULL, &how->jitter},
		{"permissions", NULL, &how->permissions},
		{"inodes", NULL, &how->new_inodes},
		{"positions", NULL, &how->positions_shift},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strncmp(all[i].name, name, len) != 0 || all[i].name[len])
			continue;
		if (all[i].number)
			*all[i].number = value;
		else
			*all[i].is_on = value != 0;
		return true;
	}
	return false;
}

static bool set(struct slowfs_how *how, const char *word)
{
	const char *value = strchr(word, '=');

	if (!value++)
		return false;
	if (strncmp(word, "broken=", 7) == 0)
		how->broken = value;
	else if (strncmp(word, "stuck=", 6) == 0)
		how->stuck = value;
	else
		return set_number(
			how, word, (size_t)(value - 1 - word), (unsigned)strtoul(value, NULL, 10));
	return true;
}

static void serve(struct slowfs *fs, const sigset_t *signals)
{
	int sig;

	puts("ready");
	fflush(stdout);
	while (sigwait(signals, &sig) == 0) {
		if (sig == SIGUSR2) {
			fs->shared->released = true;
			continue;
		}
		slowfs_print(fs, stdout);
		fflush(stdout);
		slowfs_reset(fs);
		if (sig != SIGUSR1)
			return;
	}
}

int main(int argc, char **argv)
{
	struct slowfs_how how = {.timeout_ms = 1000};
	struct slowfs fs;
	sigset_t signals;
	int rc;

	for (int i = 2; i < argc; i++) {
		if (!set(&how, argv[i]))
			argc = 0;
	}
	if (argc < 2) {
		fputs("usage: slowfs MOUNTPOINT [OPTION=VALUE]...\n", stderr);
		return 2;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	rc = slowfs_start(argv[1], &how, &fs);
	if (rc < 0) {
		fprintf(stderr, "slowfs: %s: %s\n", argv[1], strerror(-rc));
		return 1;
	}
	serve(&fs, &signals);
	slowfs_stop(&fs);
	return 0;
}
