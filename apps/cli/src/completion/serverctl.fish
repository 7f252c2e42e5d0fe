# fish completion for serverctl
# Nothing here evaluates what was typed or answered: words go as arguments, candidates come back as lines and are quoted by fish.
function __serverctl_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l program $before[1]
    set -e before[1]
    set -l reply ($program __complete fish $before "$current" 2>/dev/null </dev/null)
    if test "$reply[1]" = files
        set -l assigned (string match -r -- '^--[^=]+=' "$current")
        for path in (__fish_complete_path (string replace -r -- '^--[^=]+=' '' "$current"))
            printf '%s%s\n' "$assigned" "$path"
        end
    else if set -q reply[2]
        printf '%s\n' $reply[2..-1]
    end
end
complete -c serverctl -f -a '(__serverctl_complete)'
