/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include "guard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum owner { OWNER_USER, OWNER_ROOT, OWNER_ROOT_USER, OWNER_ROOT_GROUP };

/* One entry of a text. Its strings are one allocation, which begins at NAME. */
struct entry {
	char *name;
	char *target; /* of a link, symbolic or hard; else NULL */
	mode_t mode;  /* with the type; of a hard link 0 */
	enum owner owner;
};

struct entries {
	struct entry *all;
	size_t n;
};

/* Cuts WORD off the end of TEXT, if it is there. */
static bool cut(char *text, const char *word)
{
	size_t len = strlen(text), cut_len = strlen(word);

	if (len <= cut_len || strcmp(text + len - cut_len, word) != 0)
		return false;
	text[len - cut_len] = '\0';
	return true;
}

static enum owner cut_owner(char *text)
{
	if (cut(text, " (root)"))
		return OWNER_ROOT;
	if (cut(text, " (root:)"))
		return OWNER_ROOT_USER;
	return cut(text, " (:root)") ? OWNER_ROOT_GROUP : OWNER_USER;
}

/* The octal number after the last blank, which is cut off, or -1. */
static long cut_mode(char *text)
{
	char *blank = strrchr(text, ' '), *end;
	long mode;

	if (!blank || blank[1] < '0' || blank[1] > '7')
		return -1;
	mode = strtol(blank + 1, &end, 8);
	if (*end || mode > 07777)
		return -1;
	*blank = '\0';
	return mode;
}

static mode_t cut_type(char *text)
{
	if (cut(text, "/"))
		return S_IFDIR;
	if (cut(text, "|"))
		return S_IFIFO;
	if (cut(text, "="))
		return S_IFSOCK;
	return cut(text, "%") ? S_IFCHR : S_IFREG;
}

/* Parses TEXT, which belongs to the entry from now on. */
static struct entry parse_entry(char *text)
{
	struct entry entry = {.name = text, .owner = cut_owner(text)};
	char *arrow = strstr(text, " -> "), *twin = strstr(text, " => ");
	long mode;

	if (arrow || twin) {
		entry.target = (arrow ? arrow : twin) + 4;
		*(arrow ? arrow : twin) = '\0';
		entry.mode = arrow ? S_IFLNK : 0;
		return entry;
	}
	mode = cut_mode(text);
	entry.mode = cut_type(text);
	if (mode < 0)
		mode = entry.mode == S_IFDIR ? 0755 : 0644;
	entry.mode |= (mode_t)mode;
	return entry;
}

static void free_entries(struct entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		free(entries->all[i].name);
	free(entries->all);
	*entries = (struct entries){0};
}

static int parse(const char *text, struct entries *ret)
{
	*ret = (struct entries){0};
	while (text && *text) {
		const char *end = strstr(text, ", ");
		char *one = end ? strndup(text, (size_t)(end - text)) : strdup(text);
		struct entry *more = realloc(ret->all, (ret->n + 1) * sizeof(*more));

		if (more)
			ret->all = more;
		if (!one || !more || !*one) {
			int rc = one && more ? -EINVAL : -ENOMEM;

			free(one);
			free_entries(ret);
			return rc;
		}
		ret->all[ret->n++] = parse_entry(one);
		text = end ? end + 2 : NULL;
	}
	return 0;
}

bool tree_needs_root(const char *text)
{
	struct entries entries;
	bool needs = false;

	if (parse(text, &entries) < 0)
		return false;
	for (size_t i = 0; i < entries.n; i++)
		needs |= entries.all[i].owner != OWNER_USER || S_ISCHR(entries.all[i].mode);
	free_entries(&entries);
	return needs;
}

/* Makes ENTRY with a mode that lets this process use it. Its own mode is set at the end. */
static int make_entry(int dir, const struct entry *entry)
{
	if (!entry->mode)
		return linkat(dir, entry->target, dir, entry->name, 0);
	if (S_ISLNK(entry->mode))
		return symlinkat(entry->target, dir, entry->name);
	if (S_ISDIR(entry->mode))
		return strcmp(entry->name, ".") == 0 ? 0 : mkdirat(dir, entry->name, 0700);
	return mknodat(dir, entry->name, (entry->mode & S_IFMT) | 0600,
		S_ISCHR(entry->mode) ? makedev(1, 3) : 0);
}

static int own_entry(int dir, const struct entry *entry, uid_t uid, gid_t gid)
{
	if (geteuid() != 0 && entry->owner == OWNER_USER)
		return 0;
	if (entry->owner == OWNER_ROOT || entry->owner == OWNER_ROOT_USER)
		uid = 0;
	if (entry->owner == OWNER_ROOT || entry->owner == OWNER_ROOT_GROUP)
		gid = 0;
	return fchownat(dir, entry->name, uid, gid, AT_SYMLINK_NOFOLLOW);
}

static int fill(int dir, const struct entries *entries, uid_t uid, gid_t gid)
{
	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *entry = &entries->all[i];

		if (make_entry(dir, entry) < 0 || own_entry(dir, entry, uid, gid) < 0)
			return -errno;
	}
	for (size_t i = entries->n; i-- > 0;) {
		const struct entry *entry = &entries->all[i];

		if (!entry->mode || S_ISLNK(entry->mode))
			continue;
		if (fchmodat(dir, entry->name, entry->mode & 07777, 0) < 0)
			return -errno;
	}
	return 0;
}

int tree_fill(int dir, const char *text, uid_t uid, gid_t gid)
{
	struct entries entries;
	int rc = parse(text, &entries);

	if (rc < 0)
		return rc;
	rc = fill(dir, &entries, uid, gid);
	free_entries(&entries);
	return rc;
}

static char *fresh_directory(void)
{
	char *path;

	guard_machine();
	if (asprintf(&path, "%s/chmod-test.XXXXXX", guard_tmp()) < 0)
		return NULL;
	if (!mkdtemp(path)) {
		free(path);
		return NULL;
	}
	return path;
}

int tree_make(const char *text, uid_t uid, gid_t gid, struct tree *ret)
{
	struct tree tree;
	struct entries entries;
	int rc = parse(text, &entries);

	if (rc < 0)
		return rc;
	tree.path = fresh_directory();
	if (!tree.path) {
		rc = -errno;
		free_entries(&entries);
		return rc;
	}
	tree.fd = open(tree.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (tree.fd < 0 || (geteuid() == 0 && chown(tree.path, uid, gid) < 0) ||
		chmod(tree.path, 0755) < 0)
		rc = -errno;
	if (rc == 0)
		rc = fill(tree.fd, &entries, uid, gid);
	free_entries(&entries);
	if (rc < 0)
		tree_remove(&tree);
	else
		*ret = tree;
	return rc;
}

/* Writes to OUT how the file with the stat ST differs from ENTRY. */
static void compare(FILE *out, const struct stat *st, const struct entry *entry)
{
	if ((st->st_mode & S_IFMT) != (entry->mode & S_IFMT))
		fprintf(out, "  %s: type %06o instead of %06o\n", entry->name,
			(unsigned)st->st_mode & S_IFMT, (unsigned)entry->mode & S_IFMT);
	else if (!S_ISLNK(st->st_mode) && st->st_mode != entry->mode)
		fprintf(out, "  %s: mode %04o instead of %04o\n", entry->name,
			(unsigned)st->st_mode & 07777, (unsigned)entry->mode & 07777);
}

/*
 * The same for an entry of DIR, where TOP is the stat of the tree. Then makes a directory usable.
 */
static void look_at(FILE *out, int dir, const struct stat *top, const struct entry *entry)
{
	struct stat st = *top;

	if (!entry->mode)
		return;
	if (strcmp(entry->name, ".") != 0 &&
		fstatat(dir, entry->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		fprintf(out, "  %s: %s\n", entry->name, strerror(errno));
		return;
	}
	compare(out, &st, entry);
	if (S_ISDIR(st.st_mode) && (st.st_mode & 0700) != 0700)
		fchmodat(dir, entry->name, 0700, 0);
}

static const struct entry *find(const struct entries *entries, const char *name)
{
	for (size_t i = 0; i < entries->n; i++) {
		if (strcmp(entries->all[i].name, name) == 0)
			return &entries->all[i];
	}
	return NULL;
}

char *tree_differs(const struct tree *tree, const char *text, const char *changed)
{
	struct entries before, after;
	size_t len = 0;
	char *lines = NULL;
	struct stat top;
	FILE *out = open_memstream(&lines, &len);

	if (parse(text, &before) < 0 || parse(changed, &after) < 0)
		abort();
	/* Now, or nothing in it could be reached. */
	if (fstat(tree->fd, &top) < 0 || chmod(tree->path, 0700) < 0)
		fprintf(out, "  %s: %s\n", tree->path, strerror(errno));
	for (size_t i = 0; i < before.n; i++) {
		const struct entry *entry = find(&after, before.all[i].name);

		look_at(out, tree->fd, &top, entry ? entry : &before.all[i]);
	}
	for (size_t i = 0; i < after.n; i++) {
		if (!find(&before, after.all[i].name))
			look_at(out, tree->fd, &top, &after.all[i]);
	}
	fclose(out);
	free_entries(&before);
	free_entries(&after);
	if (len > 0)
		return lines;
	free(lines);
	return NULL;
}

/* Makes the directory NAME in DIR usable, and opens it for reading. Never follows a symlink. */
static DIR *open_for_removal(int dir, const char *name)
{
	struct stat st;
	int fd;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
		return NULL;
	fchmodat(dir, name, 0700, 0);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? NULL : fdopendir(fd);
}

static struct dirent *next_entry(DIR *dir)
{
	struct dirent *entry;

	do
		entry = readdir(dir);
	while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
	return entry;
}

/* Moves the directory NAME of FROM up into TOP, under the first free number from *NEXT on. */
static bool move_up(int from, const char *name, int top, unsigned *next)
{
	char number[32];

	/* Its ".." is going to change, which needs write permission on it. */
	fchmodat(from, name, 0700, 0);
	do {
		snprintf(number, sizeof(number), "%u", (*next)++);
		if (renameat(from, name, top, number) == 0)
			return true;
	} while (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR);
	return false;
}

/*
 * Removes the directory NAME of TOP. Directories in it are moved up into TOP, so that depth never
 * grows; true if there were any.
 */
static bool remove_level(int top, const char *name, unsigned *next)
{
	DIR *dir = open_for_removal(top, name);
	struct dirent *entry;
	bool moved = false;

	while (dir && (entry = next_entry(dir))) {
		if (unlinkat(dirfd(dir), entry->d_name, 0) < 0)
			moved |= move_up(dirfd(dir), entry->d_name, top, next);
	}
	if (dir)
		closedir(dir);
	unlinkat(top, name, AT_REMOVEDIR);
	return moved;
}

void tree_remove(struct tree *tree)
{
	unsigned next = 0;
	bool again = true;
	struct dirent *entry;
	DIR *dir;

	while (again && (dir = open_for_removal(AT_FDCWD, tree->path))) {
		again = false;
		while ((entry = next_entry(dir))) {
			if (unlinkat(dirfd(dir), entry->d_name, 0) < 0)
				again |= remove_level(dirfd(dir), entry->d_name, &next);
		}
		closedir(dir);
	}
	rmdir(tree->path);
	close(tree->fd);
	free(tree->path);
	*tree = (struct tree){.fd = -1};
}
