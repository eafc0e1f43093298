# SPDX-License-Identifier: MIT
# Completion of chmod for fish.

function __chmod_options
    string split -n \n -- '
@options@
'
end

# Whether the word at the cursor is to be a mode ($argv: mode), or can be a file (files).
function __chmod_wants
    set -l words (commandline -opc)
    set -l takes_options yes
    set -l expects
    set -l given
    for word in $words[2..-1]
        if test -n "$expects"
            set expects
        else if test -n "$takes_options" -a "$word" = --
            set takes_options
        else if test -n "$takes_options"; and string match -qr '^-[^rwxXstugoa,+=0-7]' -- $word
            set -l name (string replace -r '=.*' '' -- $word)
            string match -q -- '--*' $name; or set name -(string sub -s -1 -- $word)
            for option in (__chmod_options)
                set -l fields (string split '|' -- $option)
                test "$fields[1]" = "$name"; or continue
                set -a given (string split ' ' -- $fields[6])
                string match -q -- '*=*' $word; or set expects $fields[5]
            end
        else
            set -a given mode
        end
    end
    if test $argv = mode
        not contains mode $given
    else
        contains mode $given; and not contains files $given
    end
end

for option in (__chmod_options)
    set -l fields (string split '|' -- $option)
    set -l name -l (string trim -lc - -- $fields[1])
    string match -q -- '--*' $fields[1]; or set name[1] -s
    switch "$fields[5]"
        case word
            set -a name -x
        case file
            set -a name -rF
        case directory
            set -a name -xa '(__fish_complete_directories (commandline -ct))'
    end
    complete -c chmod $name -d $fields[8]
end

for mode in (string split -n \n -- '
@modes@
')
    set -l fields (string split '|' -- $mode)
    complete -c chmod -n '__chmod_wants mode' -fa $fields[1] -d $fields[2]
end
complete -c chmod -n 'not __chmod_wants files' -f
