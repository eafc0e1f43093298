#!/bin/sh
# SPDX-License-Identifier: MIT
# Sourced by run: the rows whose trees are in the cache.
#
# shellcheck disable=SC2154 # set in run
# shellcheck disable=SC2034 # used in timing.sh

octal='-R 755' relative='-R u=rwX,go=rX'

# Makes tree $1 with $2 files as $dir, and a small one beside it.
grow() {
	"$make_tree" "$1" "$dir" "$2"
	"$make_tree" "$1" "$dir.small" $(($2 / 100 + 500))
}

drop() {
	rm -rf "$dir" "$dir.small"
}

# The name of the file system of directory $1.
file_system() {
	mount=$(df -P "$1" | awk 'NR == 2 { print $NF }')
	awk -v mount="$mount" '$2 == mount { type = $3 } END { print type }' /proc/mounts
}

# settle PARENT N GROUP: chooses $dir, for a tree of N files below PARENT. If there cannot be one,
# notes why GROUP is left out, and fails.
settle() {
	if [ -z "$1" ]; then
		leave_out "$3" 'there is no directory for it'
		return 1
	fi
	place=$(file_system "$1")
	if [ "$1" = "$memory" ] && [ "$place" != tmpfs ]; then
		leave_out "$3" "$1 is no tmpfs; set BENCH_MEMORY"
		return 1
	fi
	if ! "$make_tree" room "$1" $(($2 + $2 / 10)); then
		leave_out "$3" "$1 has no room for $2 files"
		return 1
	fi
	dir=$(mktemp -d "$1/bench.XXXXXX")
	places="$places $dir"
	dir=$dir/t kind=tree
}

# ---------------------------------------------------------------------------------- the start-up

start_row() {
	wants_row "\`chmod 644 f\`, locale $1" || return 0
	echo "bench: one file, locale $1" >&2
	budget=0.35
	# shellcheck disable=SC2086 # several programs
	LC_ALL=$1 time_row "\`chmod 644 f\`, locale $1" gnu $all
}

rows_start() {
	table "$all"
	: >"$work/f"
	dir=$work/f kind=tree row_ours='' row_theirs=644 before=''
	hyperfine_options='--warmup 5 --runs 200'
	start_row C
	start_row C.UTF-8
}

# ------------------------------------------------------------------------------------- big trees

# The rows of big trees, the same for tmpfs and disk.
big_trees() {
	grow tree "$files"
	row "\`$octal\`" 0.45 "$all" '' "$octal" '600 700' '755 755'
	row "\`$relative\`" 0.60 "$all" '' "$relative" '600 700' '644 755'
	row "\`$octal\`, modes are right" '' "$all" '' "$octal" '755 755' '755 755'
	row "the same, ours with \`--skip-unchanged\`" 0.30 "$ours" --skip-unchanged "$octal" \
		'755 755' '755 755'
	row "\`-Rv 755\`" 0.60 "$all" '' '-R -v 755' '600 700' '755 755'
	if "$make_tree" own "$dir" 65534 2>/dev/null && "$make_tree" own "$dir.small" 65534; then
		row "\`$relative\`, somebody else's tree" 0.90 "$all" '' "$relative" '600 700' \
			'644 755'
	fi
	drop
	grow flat "$files"
	row "\`$octal\`, one directory" 0.45 "$all" '' "$octal" '600 700' '755 755'
	row "\`-Rv 755\`, one directory" 0.60 "$all" '' '-R -v 755' '600 700' '755 755'
	drop
	grow source $((files / 4))
	row "\`$octal\`, like sources" '' "$all" '' "$octal" '600 700' '755 755'
	row "\`$relative\`, like sources" '' "$all" '' "$relative" '600 700' '644 755'
	drop
	grow deep $((files / 10))
	row "\`$octal\`, deep" '' "$all" '' "$octal" '600 700' '755 755'
	drop
}

rows_tmpfs() {
	settle "$memory" "$files" tmpfs || return 0
	table "$all"
	big_trees
}

rows_disk() {
	settle "$disk" "$files" disk || return 0
	table "$all"
	big_trees
}

# Modes that let others write to directories.
rows_opened() {
	settle "$memory" "$files" opened || return 0
	table "$all"
	grow tree "$files"
	row "\`-R g+w\`" 0.60 "$all" '' '-R g+w' '644 755' '664 775'
	row "\`-Rc g+w\`" 0.65 "$all" '' '-R -c g+w' '644 755' '664 775'
	row "\`-Rc g+w\` again" 0.85 "$all" '' '-R -c g+w' '664 775' '664 775'
	drop
}

# Operands from a list. The other programs get them from xargs.
rows_lists() {
	settle "$memory" "$files" lists || return 0
	table "$all"
	grow tree "$files"
	for tree in "$dir" "$dir.small"; do
		find "$tree" -print0 >"$tree.list"
	done
	kind=list
	row "\`755\`, a list; others by \`xargs -0\`" 0.60 "$all" '' 755 '600 700' '755 755'
	row "\`u=rwX,go=rX\`, a list; others by \`xargs -0\`" '' "$all" '' u=rwX,go=rX \
		'600 700' '644 755'
	drop
}

# -v of many files: lines are kept until it is their turn.
rows_million() {
	settle "$memory" $((files * 5)) million || return 0
	table "$ours"
	for shape in tree flat; do
		grow $shape $((files * 5))
		row "\`-Rv 755\`, $((files * 5)) files, $shape" 0.60 "$ours" '' '-R -v 755' \
			'600 700' '755 755'
		drop
	done
}

# Against the system calls alone.
rows_floor() {
	settle "$memory" "$files" floor || return 0
	table 'static dynamic gnu' floor
	grow tree "$files"
	for row_threads in 1 "$cpus"; do
		row "\`$octal\`, against a bare loop in $row_threads threads" 1.15 \
			'static dynamic gnu' "-j $row_threads" "$octal" '600 700' '755 755'
	done
	drop
}
