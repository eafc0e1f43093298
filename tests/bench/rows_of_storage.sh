#!/bin/sh
# SPDX-License-Identifier: MIT
# Sourced by run: the rows of slow storage.
#
# shellcheck disable=SC2154 # set in run
# shellcheck disable=SC2034 # used in timing.sh

# Whether this script may mount file systems. If not, notes why group $1 is left out.
may_mount() {
	if [ -z "${BENCH_MOUNTS-}" ]; then
		leave_out "$1" 'it takes root, and a namespace of mounts'
		return 1
	fi
}

# --------------------------------------------------------------------------- ext4, not in the cache

cold_command() {
	tree_command "$1" "$2"
}

# Empties the cache, and reads the programs again: only the tree is to be cold.
cold_reset() {
	echo "sh -c '$(tree_reset "$1") && echo 3 >/proc/sys/vm/drop_caches &&
		cat $build/chmod $build/static/chmod ${gnu%% *} >/dev/null'"
}

# settle_on_image GROUP N: chooses $dir, for a tree of N files on a new image of ext4. If there
# cannot be one, notes why GROUP is left out, and fails.
settle_on_image() {
	may_mount "$1" || return 1
	if [ -z "$disk" ] || ! [ -w /proc/sys/vm/drop_caches ] ||
		! command -v mkfs.ext4 >/dev/null; then
		leave_out "$1" 'there is no disk, no mkfs.ext4, or caches cannot be dropped'
		return 1
	fi
	image_dir=$(mktemp -d "$disk/bench.XXXXXX")
	places="$places $image_dir"
	truncate -s $(($2 / 400 + 256))M "$image_dir/image"
	mkdir "$image_dir/mount"
	mkfs.ext4 -q -F -N $(($2 + $2 / 5 + 2000)) -E lazy_itable_init=0,lazy_journal_init=0 \
		"$image_dir/image"
	if ! mount -o loop "$image_dir/image" "$image_dir/mount"; then
		leave_out "$1" 'an image cannot be mounted'
		return 1
	fi
	mounted="$image_dir/mount"
	dir=$image_dir/mount/t place='cold ext4' kind=cold
}

# cold_rows SHAPE BUDGET: the rows of a tree of SHAPE.
cold_rows() {
	settle_on_image "cold-$1" "$files" || return 0
	table "$ours"
	grow "$1" "$files"
	row "\`$octal\`, $1" "$2" "$ours" '' "$octal" '600 700' '755 755'
	row "\`$relative\`, $1" '' "$ours" '' "$relative" '600 700' '644 755'
	umount "$mounted"
	mounted=
	rm -rf --one-file-system "$image_dir"
}

rows_cold_tree() {
	cold_rows tree 0.50
}

rows_cold_flat() {
	cold_rows flat 0.55
}

# --------------------------------------------------------------------------------- a slow server

slow_command() {
	tree_command "$1" "$2"
}

slow_list_command() {
	list_command "$1" "$2"
}

# Starts the server anew: the tree has its first modes, and nothing of it is in the cache. The small
# tree only shows whether a program can do the row, so its server has no delay.
slow_reset() {
	case $1 in
	*.small) echo "$bench/slow start $work $build/tests/slowfs $1 $slow_small" ;;
	*) echo "$bench/slow start $work $build/tests/slowfs $1 delay=$slow_delay $slow_big" ;;
	esac
}

slow_list_reset() {
	slow_reset "$1"
}

# slow_rows SHAPE KIND PROGRAMS BIG SMALL: the rows of the group slow-SHAPE. BIG and SMALL are what
# the server is told about the tree that is timed and about the small one.
slow_rows() {
	may_mount "slow-$1" || return 0
	if ! [ -w /dev/fuse ]; then
		leave_out "slow-$1" 'there is no /dev/fuse'
		return
	fi
	dir=$(mktemp -d "$work/slow.XXXXXX")/t
	mkdir "$dir" "$dir.small"
	kind=$2 slow_big=$4 slow_small=$5
	for tree in "$dir" "$dir.small"; do
		[ "$kind" = slow ] || slow_list "$tree"
	done
	place=slow
	table "$3"
	for slow_delay in 100 1000; do
		if [ "$kind" = slow ]; then
			slow_row "\`-R 755\`, $1" '-R 755'
		else
			slow_row "\`755\`, a list; GNU by \`xargs -0\`" 755
		fi
	done
}

# Row $1 with the arguments $2, at $slow_delay. The new server has its first modes, so that the
# row's BEFORE is but a word.
slow_row() {
	slow_budget=
	[ "$slow_delay" -lt 1000 ] || slow_budget=0.06
	row "$1, $slow_delay us a request" "$slow_budget" "$columns" '' "$2" none '755 755'
}

# Makes a list of the files that the server has below $1.
slow_list() {
	slow_delay=0
	sh -c "$(slow_reset "$1")"
	find "$1" -print0 >"$1.list"
}

rows_slow_tree() {
	slow_rows tree slow "$all static64 xargs" 'dirs=200 files=50' \
		'dirs=3 files=4'
}

rows_slow_flat() {
	slow_rows flat slow 'static static1 static64 xargs' 'files=10000' 'files=10'
}

rows_slow_list() {
	slow_rows list slow_list 'static static1 static64 xargs' 'dirs=200 files=50' \
		'dirs=3 files=4'
}
