/* SPDX-License-Identifier: MIT */
/*
 * The system calls of chmod -R alone, by several threads: a bound for the time of the program.
 *
 *	floor THREADS MODE DIR
 *
 * Reads each directory with getdents64(2) and changes every entry with fchmodat2(2). Each thread
 * takes one directory at a time. Links are left out. No file is examined, nothing is printed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

enum { MAX_THREADS = 64, BUFFER = 32 * 1024 };

/* A directory that is still to be read. */
struct todo {
	struct todo *next;
	char path[];
};

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct todo *first;
	unsigned busy; /* threads that may find more */
	mode_t mode;
} work = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void die(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void change(int dirfd, const char *name)
{
	if (syscall(SYS_fchmodat2, dirfd, name, work.mode, AT_SYMLINK_NOFOLLOW) != 0)
		die(name);
}

/* Adds the directory PATH/NAME to what is to be read. */
static void add(const char *path, const char *name)
{
	size_t size = strlen(path) + strlen(name) + 2;
	struct todo *todo = malloc(sizeof(*todo) + size);

	if (todo == NULL)
		die("malloc");
	snprintf(todo->path, size, "%s/%s", path, name);
	pthread_mutex_lock(&work.mutex);
	todo->next = work.first;
	work.first = todo;
	pthread_cond_signal(&work.changed);
	pthread_mutex_unlock(&work.mutex);
}

static void change_entry(int dirfd, const char *path, const struct dirent64 *entry)
{
	bool is_dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;

	if (is_dots || entry->d_type == DT_LNK)
		return;
	change(dirfd, entry->d_name);
	if (entry->d_type == DT_DIR)
		add(path, entry->d_name);
}

static void read_directory(const char *path)
{
	_Alignas(struct dirent64) char buffer[BUFFER];
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		die(path);
	while ((len = getdents64(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < len;) {
			const struct dirent64 *entry = (const void *)(buffer + at);

			change_entry(fd, path, entry);
			at += entry->d_reclen;
		}
	}
	if (len < 0)
		die(path);
	close(fd);
}

/* The next directory to read. Waits while other threads may find one; NULL at the end. */
static struct todo *take(void)
{
	struct todo *todo;

	pthread_mutex_lock(&work.mutex);
	work.busy--;
	while (work.first == NULL && work.busy > 0)
		pthread_cond_wait(&work.changed, &work.mutex);
	todo = work.first;
	if (todo != NULL) {
		work.first = todo->next;
		work.busy++;
	} else {
		pthread_cond_broadcast(&work.changed);
	}
	pthread_mutex_unlock(&work.mutex);
	return todo;
}

static void *run(void *unused)
{
	struct todo *todo;

	while ((todo = take()) != NULL) {
		read_directory(todo->path);
		free(todo);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t threads[MAX_THREADS];
	unsigned long count = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;

	if (count < 1 || count > MAX_THREADS) {
		fputs("usage: floor THREADS MODE DIR\n", stderr);
		return 2;
	}
	work.mode = (mode_t)strtoul(argv[2], NULL, 8);
	work.busy = (unsigned)count;
	change(AT_FDCWD, argv[3]);
	add(argv[3], ".");
	for (unsigned long i = 1; i < count; i++)
		if (pthread_create(&threads[i], NULL, run, NULL) != 0)
			die("pthread_create");
	run(NULL);
	for (unsigned long i = 1; i < count; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
