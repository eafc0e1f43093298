/* SPDX-License-Identifier: MIT */
#include "slowfs_requests.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { MAX_WRITE = 4096, BLOCK = 4096 };

/* ------------------------------------------------------------------------------------- answers */

struct mem_node *slowfs_node(struct slowfs_server *server, uint64_t id)
{
	return id == FUSE_ROOT_ID ? &server->tree.root : (struct mem_node *)(uintptr_t)id;
}

static struct fuse_attr attr_of(const struct mem_node *node)
{
	return (struct fuse_attr){
		.ino = node->ino,
		.mode = node->mode,
		.nlink = node->nlink,
		.uid = node->uid,
		.gid = node->gid,
		.rdev = (uint32_t)node->rdev,
		.ctime = (uint64_t)node->changed.tv_sec,
		.ctimensec = (uint32_t)node->changed.tv_nsec,
		.size = node->target ? strlen(node->target) : 0,
		.blksize = BLOCK,
	};
}

static int answer_attr(struct slowfs_request *request)
{
	unsigned ms = request->server->how->timeout_ms;

	request->out.attr.attr_valid = ms / 1000;
	request->out.attr.attr_valid_nsec = ms % 1000 * 1000000;
	request->out.attr.attr = attr_of(request->node);
	request->len = sizeof(request->out.attr);
	return 0;
}

static bool is_called(const char *pattern, const char *name)
{
	return pattern && fnmatch(pattern, name, 0) == 0;
}

/* The kernel may not cache names whose answer depends on `mended`. */
static int answer_entry(struct slowfs_request *request, struct mem_node *node)
{
	struct fuse_entry_out *out = &request->out.entry;
	const struct slowfs_how *how = request->server->how;
	bool may_keep = !is_called(how->broken, node->name) && !is_called(how->gone, node->name);
	unsigned ms = may_keep ? how->timeout_ms : 0;

	node->lookups++;
	out->nodeid = (uint64_t)(uintptr_t)node;
	out->entry_valid = out->attr_valid = ms / 1000;
	out->entry_valid_nsec = out->attr_valid_nsec = ms % 1000 * 1000000;
	out->attr = attr_of(node);
	request->len = sizeof(*out);
	return 0;
}

/* -------------------------------------------------------------------- what is asked of the tree */

static int lookup(struct slowfs_request *request)
{
	struct slowfs_server *server = request->server;
	const char *name = request->arg;
	struct mem_entry *entry;

	if (!server->shared->mended && is_called(server->how->broken, name))
		return -EIO;
	if (!server->shared->mended && is_called(server->how->gone, name))
		return -ENOENT;
	if (strcmp(name, "..") == 0)
		return answer_entry(request, request->node->parent);
	entry = memtree_find(&server->tree, request->node, name);
	return entry ? answer_entry(request, entry->node) : -ENOENT;
}

static int set_attr(struct slowfs_request *request)
{
	const struct fuse_setattr_in *in = request->arg;
	struct mem_node *node = request->node;

	if (in->valid & FATTR_MODE)
		node->mode = (node->mode & S_IFMT) | (in->mode & 07777);
	if ((in->valid & FATTR_MODE) && request->server->how->new_inodes)
		node->ino = ++request->server->tree.last_ino;
	if (in->valid & FATTR_UID)
		node->uid = in->uid;
	if (in->valid & FATTR_GID)
		node->gid = in->gid;
	clock_gettime(CLOCK_REALTIME, &node->changed);
	return answer_attr(request);
}

/* Makes NAME; TARGET is the target of a symlink. */
static int make(struct slowfs_request *request, const char *name, mode_t mode, const char *target)
{
	struct memtree *tree = &request->server->tree;
	struct mem_node *dir = request->node, *node;

	if (memtree_find(tree, dir, name))
		return -EEXIST;
	if (dir->nlink == 0)
		return -ENOENT;
	node = memtree_new(tree, mode, request->head->uid, request->head->gid);
	node->target = target ? strdup(target) : NULL;
	memtree_link(tree, dir, name, node);
	return answer_entry(request, node);
}

static int make_link(struct slowfs_request *request)
{
	const struct fuse_link_in *in = request->arg;
	struct mem_node *node = slowfs_node(request->server, in->oldnodeid);
	const char *name = (const char *)(in + 1);

	if (memtree_find(&request->server->tree, request->node, name))
		return -EEXIST;
	memtree_link(&request->server->tree, request->node, name, node);
	return answer_entry(request, node);
}

static int remove_name(struct slowfs_request *request, bool is_dir)
{
	struct memtree *tree = &request->server->tree;
	struct mem_entry *entry = memtree_find(tree, request->node, request->arg);

	if (!entry)
		return -ENOENT;
	if (S_ISDIR(entry->node->mode) != is_dir)
		return is_dir ? -ENOTDIR : -EISDIR;
	if (entry->node->live > 0)
		return -ENOTEMPTY;
	memtree_unlink(tree, entry);
	return 0;
}

static int rename_to(
	struct slowfs_request *request, uint64_t newdir, unsigned flags, const char *names)
{
	struct memtree *tree = &request->server->tree;
	struct mem_node *dir = slowfs_node(request->server, newdir);
	const char *new = names + strlen(names) + 1;
	struct mem_entry *from = memtree_find(tree, request->node, names);
	struct mem_entry *there = memtree_find(tree, dir, new);

	if (!from || ((flags & RENAME_EXCHANGE) && !there))
		return -ENOENT;
	if ((flags & RENAME_NOREPLACE) && there)
		return -EEXIST;
	if (!(flags & RENAME_EXCHANGE))
		return memtree_rename(tree, from, dir, new);
	memtree_exchange(from, there);
	return 0;
}

/* Adds an entry to the answer to readdir. False if there is no room. */
static bool add_entry(struct slowfs_request *request, size_t most, const char *name,
	const struct mem_node *node, uint64_t next)
{
	size_t name_len = strlen(name), len = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + name_len);
	struct fuse_dirent *entry = (struct fuse_dirent *)(void *)(request->room + request->len);

	if (request->len + len > most)
		return false;
	memset(entry, 0, len);
	*entry = (struct fuse_dirent){.ino = node->ino,
		.off = next,
		.namelen = (uint32_t)name_len,
		.type = (node->mode & S_IFMT) >> 12};
	memcpy(entry->name, name, name_len);
	request->len += len;
	return true;
}

static int read_dir(struct slowfs_request *request)
{
	const struct fuse_read_in *in = request->arg;
	const struct mem_node *dir = request->node;
	size_t most = in->size < SLOWFS_BUFFER ? in->size : SLOWFS_BUFFER;
	bool fits = true;

	request->data = request->room;
	if (in->offset == 0)
		fits = add_entry(request, most, ".", dir, 1);
	if (in->offset <= 1 && fits)
		fits = add_entry(request, most, "..", dir->parent, 2);
	for (size_t i = in->offset < 2 ? 0 : in->offset - 2; i < dir->n && fits; i++) {
		const struct mem_entry *entry = dir->entries[i];

		if (entry)
			fits = add_entry(request, most, entry->name, entry->node, i + 3);
	}
	return 0;
}

static int say_hello(struct slowfs_request *request)
{
	const struct fuse_init_in *in = request->arg;

	request->out.init = (struct fuse_init_out){
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_readahead = in->max_readahead,
		.flags = in->flags & (FUSE_PARALLEL_DIROPS | FUSE_ASYNC_READ | FUSE_ASYNC_DIO),
		.max_background = SLOWFS_THREADS,
		.congestion_threshold = SLOWFS_THREADS,
		.max_write = MAX_WRITE,
		.time_gran = 1,
	};
	request->len = sizeof(request->out.init);
	return 0;
}

static int answer_statfs(struct slowfs_request *request)
{
	request->out.statfs.st = (struct fuse_kstatfs){.blocks = 1 << 20,
		.bfree = 1 << 20,
		.bavail = 1 << 20,
		.files = 1 << 20,
		.ffree = 1 << 20,
		.bsize = BLOCK,
		.namelen = 255,
		.frsize = BLOCK};
	request->len = sizeof(request->out.statfs);
	return 0;
}

int slowfs_carry_out(struct slowfs_request *request)
{
	const struct fuse_mknod_in *mknod_in = request->arg;
	const struct fuse_mkdir_in *mkdir_in = request->arg;
	const struct fuse_rename_in *rename_in = request->arg;
	const struct fuse_rename2_in *rename2_in = request->arg;
	const char *name = request->arg;

	switch (request->head->opcode) {
	case FUSE_INIT: return say_hello(request);
	case FUSE_LOOKUP: return lookup(request);
	case FUSE_GETATTR: return answer_attr(request);
	case FUSE_SETATTR: return set_attr(request);
	case FUSE_MKNOD: return make(request, (const char *)(mknod_in + 1), mknod_in->mode, NULL);
	case FUSE_MKDIR:
		return make(request, (const char *)(mkdir_in + 1), S_IFDIR | mkdir_in->mode, NULL);
	case FUSE_SYMLINK: return make(request, name, S_IFLNK | 0777, name + strlen(name) + 1);
	case FUSE_READLINK:
		request->data = request->node->target;
		request->len = strlen(request->node->target);
		return 0;
	case FUSE_LINK: return make_link(request);
	case FUSE_UNLINK: return remove_name(request, false);
	case FUSE_RMDIR: return remove_name(request, true);
	case FUSE_RENAME:
		return rename_to(request, rename_in->newdir, 0, (const char *)(rename_in + 1));
	case FUSE_RENAME2:
		return rename_to(request, rename2_in->newdir, rename2_in->flags,
			(const char *)(rename2_in + 1));
	case FUSE_OPENDIR: request->len = sizeof(request->out.open); return 0;
	case FUSE_READDIR: return read_dir(request);
	case FUSE_RELEASEDIR: return 0;
	case FUSE_STATFS: return answer_statfs(request);
	/* Without OPEN the kernel opens files by itself, and without CREATE it uses MKNOD. */
	default: return -ENOSYS;
	}
}
