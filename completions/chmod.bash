# SPDX-License-Identifier: MIT
# Completion of chmod for bash. It needs nothing but bash.

# Offers NAME where it begins with WORD; with its TEXT where bash lists what there is.
__chmod_offer()
{
	local word=$1 name=$2 text=$3 line

	[[ $name == "$word"* ]] || return
	if ((COMP_TYPE == 63)); then # a second Tab
		printf -v line '%-18s  %s' "$name" "$text"
		COMPREPLY+=("${line:0:${COLUMNS:-80} - 1}")
	else
		COMPREPLY+=("$name")
	fi
}

_chmod()
{
	local options='
@options@
'
	local modes='
@modes@
'
	local item name names group argument kind replaces repeated text
	local word expects= takes_options=yes given=
	local -a words
	local -A kinds not_due

	while IFS='|' read -r name names group argument kind replaces repeated text; do
		[[ ! $name ]] || kinds[$name]=$kind not_due[$name]=$replaces
	done <<<"$options"

	# Whole words, which COMP_WORDS has in pieces. The dot is for one that has not begun yet.
	read -ra words <<<"${COMP_LINE:0:COMP_POINT}."
	word=${words[-1]%.}
	for item in "${words[@]:1:${#words[@]}-2}"; do
		if [[ $expects ]]; then
			expects=
		elif [[ $takes_options && $item == -- ]]; then
			takes_options=
		elif [[ $takes_options && $item == --* ]]; then
			given+=" ${not_due[${item%%=*}]-}"
			[[ $item == *=* ]] || expects=${kinds[$item]-}
		elif [[ $takes_options && $item == -[!rwxXstugoa,+=0-7]* ]]; then
			expects=${kinds[-${item: -1}]-}
		else
			given+=' mode' # as an operand, or like an option
		fi
	done

	if [[ ! $expects && $takes_options && $word == --*=* ]]; then
		expects=${kinds[${word%%=*}]:-word}
	elif [[ ! $expects && $takes_options && $word == -* ]]; then
		while IFS='|' read -r name names group argument kind replaces repeated text; do
			[[ $name == --* && $argument ]] && name+==
			[[ ! $name ]] || __chmod_offer "$word" "$name" "$text"
		done <<<"$options"
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace
		return
	elif [[ ! $expects && $given != *mode* ]]; then
		expects=mode
	elif [[ ! $expects && $given != *files* ]]; then
		expects=file
	fi

	# The names of files are bash's own completion, for want of another.
	[[ $expects != file ]] || return
	compopt +o default +o bashdefault
	if [[ $expects == directory ]]; then
		compopt -o dirnames
	elif [[ $expects == mode ]]; then
		while IFS='|' read -r name text; do
			[[ ! $name ]] || __chmod_offer "$word" "$name" "$text"
		done <<<"$modes"
		# What comes after a "=" is a word of its own for bash.
		((COMP_TYPE == 63)) || COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*=}"}"}")
	fi
}

complete -o bashdefault -o default -F _chmod chmod
