/* SPDX-License-Identifier: MIT */
#include "memtree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BUCKETS = 1 << 17 };

static void *must(void *allocated)
{
	if (!allocated)
		abort();
	return allocated;
}

static struct mem_entry **bucket(
	const struct memtree *tree, const struct mem_node *dir, const char *name)
{
	uint64_t hash = (uint64_t)(uintptr_t)dir >> 4;

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 0x100000001b3;
	return &tree->table[(hash ^ hash >> 29) % BUCKETS];
}

void memtree_init(struct memtree *tree)
{
	*tree = (struct memtree){.last_ino = 1, .nodes = 1};
	tree->table = must(calloc(BUCKETS, sizeof(struct mem_entry *)));
	tree->root = (struct mem_node){.ino = 1, .mode = S_IFDIR | 0755, .nlink = 2, .name = ""};
	tree->root.parent = &tree->root;
	tree->root.lookups = 1;
	clock_gettime(CLOCK_REALTIME, &tree->root.changed);
}

struct mem_entry *memtree_find(
	const struct memtree *tree, const struct mem_node *dir, const char *name)
{
	struct mem_entry *entry = *bucket(tree, dir, name);

	while (entry && (entry->dir != dir || strcmp(entry->name, name) != 0))
		entry = entry->next;
	return entry;
}

struct mem_node *memtree_new(struct memtree *tree, mode_t mode, uid_t uid, gid_t gid)
{
	struct mem_node *node = must(malloc(sizeof(*node)));

	*node = (struct mem_node){
		.ino = ++tree->last_ino, .mode = mode, .uid = uid, .gid = gid, .name = ""};
	clock_gettime(CLOCK_REALTIME, &node->changed);
	tree->nodes++;
	return node;
}

void memtree_link(
	struct memtree *tree, struct mem_node *dir, const char *name, struct mem_node *node)
{
	struct mem_entry *entry = must(malloc(sizeof(*entry))), **head = bucket(tree, dir, name);

	*entry = (struct mem_entry){must(strdup(name)), node, dir, dir->n, *head};
	*head = entry;
	if (dir->n == dir->room) {
		dir->room = 2 * dir->room + 16;
		dir->entries = must(realloc(dir->entries, dir->room * sizeof(*dir->entries)));
	}
	dir->entries[dir->n++] = entry;
	dir->live++;
	node->name = entry->name;
	node->nlink++;
	if (S_ISDIR(node->mode)) {
		node->nlink = 2;
		node->parent = dir;
		dir->nlink++;
	}
}

static void free_if_unused(struct memtree *tree, struct mem_node *node)
{
	if (node->nlink > 0 || node->lookups > 0 || node == &tree->root)
		return;
	free(node->entries);
	free(node->target);
	free(node);
	tree->nodes--;
}

/* Takes the entry out of its directory and the table, and frees it. */
static void remove_entry(struct memtree *tree, struct mem_entry *entry)
{
	struct mem_node *dir = entry->dir;
	struct mem_entry **at = bucket(tree, dir, entry->name);

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	dir->entries[entry->position] = NULL;
	dir->live--;
	for (size_t i = entry->position + 1; i < dir->n && tree->positions_shift; i++) {
		dir->entries[i]->position--;
		dir->entries[i - 1] = dir->entries[i];
	}
	dir->n -= tree->positions_shift;
	if (S_ISDIR(entry->node->mode))
		dir->nlink--;
	if (entry->node->name == entry->name)
		entry->node->name = "";
	free(entry->name);
	free(entry);
}

void memtree_unlink(struct memtree *tree, struct mem_entry *entry)
{
	struct mem_node *node = entry->node;

	remove_entry(tree, entry);
	node->nlink = S_ISDIR(node->mode) ? 0 : node->nlink - 1;
	free_if_unused(tree, node);
}

void memtree_forget(struct memtree *tree, struct mem_node *node, uint64_t n)
{
	node->lookups -= n < node->lookups ? n : node->lookups;
	free_if_unused(tree, node);
}

/* Whether the file of an entry may take the place of that of another. */
static int may_replace(const struct mem_node *new, const struct mem_node *old)
{
	if (S_ISDIR(old->mode) != S_ISDIR(new->mode))
		return S_ISDIR(old->mode) ? -EISDIR : -ENOTDIR;
	return old->live > 0 ? -ENOTEMPTY : 0;
}

int memtree_rename(
	struct memtree *tree, struct mem_entry *from, struct mem_node *dir, const char *name)
{
	struct mem_entry *there = memtree_find(tree, dir, name);
	struct mem_node *node = from->node;
	int rc = there ? may_replace(node, there->node) : 0;

	if (rc < 0 || (there && there->node == node))
		return rc;
	if (there)
		memtree_unlink(tree, there);
	remove_entry(tree, from);
	node->nlink -= !S_ISDIR(node->mode);
	memtree_link(tree, dir, name, node);
	return 0;
}

/* Notes in the file of ENTRY its name and its parent. */
static void settle(struct mem_entry *entry)
{
	entry->node->name = entry->name;
	if (!S_ISDIR(entry->node->mode))
		return;
	entry->node->parent = entry->dir;
	entry->dir->nlink++;
}

void memtree_exchange(struct mem_entry *a, struct mem_entry *b)
{
	struct mem_node *node = a->node;

	a->dir->nlink -= S_ISDIR(a->node->mode);
	b->dir->nlink -= S_ISDIR(b->node->mode);
	a->node = b->node;
	b->node = node;
	settle(a);
	settle(b);
}
