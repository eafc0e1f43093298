#!/bin/sh
# SPDX-License-Identifier: MIT
# Sourced by run: times the rows, and adds them to the tables and to the figures.
#
# $kind says what a row does with the tree in $dir, by two functions:
#	KIND_command PROGRAM DIR	the command that does it with a tree in DIR
#	KIND_reset DIR			the command that puts a tree's modes back to $before
#
# shellcheck disable=SC2154 # set in run, or by the rows
# shellcheck disable=SC2034 # used by the rows

# The command of program $1 for the tree $2. $row_ours are options for our programs, $row_theirs
# for all.
tree_command() {
	case $1 in
	gnu) echo "$gnu $row_theirs $2" ;;
	static) echo "$build/static/chmod $row_ours $row_theirs $2" ;;
	static1) echo "$build/static/chmod -j 1 $row_ours $row_theirs $2" ;;
	static64) echo "$build/static/chmod -j 64 $row_ours $row_theirs $2" ;;
	dynamic) echo "$build/chmod $row_ours $row_theirs $2" ;;
	busybox) echo "$busybox $row_theirs $2" ;;
	toybox) echo "$toybox $row_theirs $2" ;;
	uutils) echo "$uutils $row_theirs $2" ;;
	floor) echo "$build/tests/floor $row_threads ${row_theirs##* } $2" ;;
	# find takes the place of -R, so that only the mode is left.
	xargs) echo "sh -c 'find $2 -print0 | xargs -0 -P64 -n50 $gnu ${row_theirs##* }'" ;;
	esac
}

tree_reset() {
	echo "$make_tree set $1 $before"
}

# The command of program $1 for the files in the list $2.list.
list_command() {
	case $1 in
	gnu) echo "xargs -0 -a $2.list $gnu $row_theirs" ;;
	busybox) echo "xargs -0 -a $2.list $busybox $row_theirs" ;;
	toybox) echo "xargs -0 -a $2.list $toybox $row_theirs" ;;
	uutils) echo "xargs -0 -a $2.list $uutils $row_theirs" ;;
	static) echo "$build/static/chmod $row_theirs --files0-from=$2.list" ;;
	static1) echo "$build/static/chmod -j 1 $row_theirs --files0-from=$2.list" ;;
	static64) echo "$build/static/chmod -j 64 $row_theirs --files0-from=$2.list" ;;
	dynamic) echo "$build/chmod $row_theirs --files0-from=$2.list" ;;
	xargs) echo "xargs -0 -P64 -n50 -a $2.list $gnu $row_theirs" ;;
	esac
}

list_reset() {
	tree_reset "$1"
}

# Prints those of the programs $@ that do the row's work right, tried on the small tree.
able() {
	for program in "$@"; do
		command=$("${kind}_command" "$program" "$dir.small")
		if sh -c "$("${kind}_reset" "$dir.small")" && sh -c "$command" >/dev/null 2>&1 &&
			sh -c "$make_tree check $dir.small $after"; then
			echo "$program"
		fi
	done
}

backwards() {
	reversed=
	for word in "$@"; do
		reversed="$word $reversed"
	done
	echo "$reversed"
}

# One round of row $row_name with the programs $@. If one fails, prints its messages, and fails.
round() {
	csv=$work/csv programs=$*
	set -- --shell=none --style none --export-csv "$csv"
	# shellcheck disable=SC2086 # several options
	set -- "$@" $hyperfine_options
	[ -z "$before" ] || set -- "$@" --prepare "$("${kind}_reset" "$dir")"
	for program in $programs; do
		set -- "$@" --command-name "$program" "$("${kind}_command" "$program" "$dir")"
	done
	hyperfine "$@" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		return 1
	}
	# The fields: command, mean, stddev, median, user, system, ...
	awk -F, -v round="$number" -v field="$time_field" '
		NR > 1 { print round, $1, field == 4 ? $4 : $5 + $6 }' "$csv" >>"$work/times"
}

# A line for each program, PROGRAM SECONDS RATIO: the medians of its times, and of their ratios to
# the time of $base in the same round.
medians() {
	awk -v base="$base" '
		function median(x, n,  i, k, v) {
			for (i = 2; i <= n; i++) {
				v = x[i]
				for (k = i; k > 1 && x[k - 1] > v; k--)
					x[k] = x[k - 1]
				x[k] = v
			}
			return (x[int((n + 1) / 2)] + x[int(n / 2) + 1]) / 2
		}
		{ time[$1, $2] = $3; programs[$2]; if ($1 > rounds) rounds = $1 }
		END {
			if (!(base in programs))
				exit
			for (p in programs) {
				n = 0
				for (r = 1; r <= rounds; r++) {
					seconds[++n] = time[r, p]
					ratios[n] = time[r, p] / time[r, base]
				}
				print p, median(seconds, n), median(ratios, n)
			}
		}' "$work/times"
}

# One cell for each column, with its ratio.
cells() {
	for column in $columns; do
		awk -v program="$column" '
			$1 == program { cell = sprintf($3 < 0.1 ? "%.3f" : "%.2f", $3) }
			END { printf " %s |", cell == "" ? "–" : cell }' "$work/medians"
	done
}

# table COLUMNS [BASE]: begins a table of the programs COLUMNS, each compared with BASE (gnu).
table() {
	columns=$1 base=${2-gnu}
	# shellcheck disable=SC2016 # quotes of Markdown
	{
		echo
		echo "|$(for c in '' $columns budget; do echo " $c |"; done | tr -d '\n')" |
			sed 's/static1/static, 1 worker/; s/static64/static, `-j 64`/
				s/xargs/`xargs -P64`/; s/ gnu / GNU /'
		echo "|$(for c in '' $columns budget; do echo ' --- |'; done | tr -d '\n')"
	} >>"$work/tables"
}

# Whether the row gets one more round after $number of them.
may_go_on() {
	[ "$number" -lt "$runs" ] && { [ "$number" -eq 0 ] || [ "$(date +%s)" -lt "$end" ]; }
}

# time_row NAME PROGRAM...: times the programs, and adds the row to the table and to the figures.
# $budget, for the table, is what the static program may take. If a program fails, the row is left
# out, and in the end run fails.
time_row() {
	row_name=$1
	shift
	: >"$work/times"
	number=0 end=$(($(date +%s) + seconds))
	while may_go_on; do
		number=$((number + 1))
		round "$@" || {
			leave_out "$row_name" 'a program failed'
			status=1
			return 0
		}
		# shellcheck disable=SC2046 # several programs
		set -- $(backwards "$@")
	done
	medians >"$work/medians"
	echo "| $row_name |$(cells) $budget |" >>"$work/tables"
	awk -v row="$row_name" -v OFS='\t' '{ print "time", row, $1, $2, $3 }' "$work/medians" \
		>>"$work/figures"
}

# row NAME BUDGET PROGRAMS OURS ALL BEFORE AFTER: a row for the tree in $dir. OURS are options for
# our programs, ALL those for all programs; BEFORE and AFTER are the modes of files and directories.
row() {
	wants_row "$place: $1" || return 0
	budget=$2 row_programs=$3 row_ours=$4 row_theirs=$5 before=$6 after=$7
	echo "bench: $place: $1" >&2
	hyperfine_options='--runs 1'
	# shellcheck disable=SC2046,SC2086 # several programs
	time_row "$place: $1" $(able $base $row_programs)
}

# leave_out GROUP REASON: notes that the rows of GROUP are left out; run prints that in the end.
leave_out() {
	echo "bench: $1 is left out: $2" >&2
	echo "$1, $2." >>"$work/left_out"
}
