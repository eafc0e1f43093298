#compdef chmod
# SPDX-License-Identifier: MIT
# Completion of chmod for zsh.

_chmod() {
	local options='
@options@
'
	local modes='
@modes@
'
	local item spec
	local -a fields specs list
	local -A actions=(word ' ' file _files directory '_files -/')

	# NAME NAMES GROUP ARGUMENT KIND REPLACES REPEATED TEXT, made what _arguments(1) wants.
	for item in ${(f)options}; do
		fields=("${(@s:|:)item}")
		case $fields[7] in
		repeated) spec='*' ;;
		*) spec="($fields[2] ${${fields[6]/mode/1}/files/*})" ;;
		esac
		spec+=$fields[1]
		[[ -n $fields[4] ]] && spec+=${${(M)fields[1]:#--*}:+=}${${(M)fields[1]:#-?}:++}
		spec+="[${fields[8]//(#m)[\]\[:\\]/\\$MATCH}]"
		[[ -n $fields[4] ]] && spec+=":$fields[4]:$actions[$fields[5]]"
		specs+=($spec)
	done
	list=(${${(f)modes}/|/:})
	# zsh takes the 25 lines of options for 100 matches, which is when it asks first.
	compstate[list_max]=0
	_arguments -s -S : $specs '1:mode:{ _describe -t modes mode list }' '*:file:_files'
}

_chmod "$@"
