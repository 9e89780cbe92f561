# Completion of ntm for bash: what there is to complete, `ntm --help all` says.

# What option $2 of program $1 takes, as FILE; nothing for a flag.
_ntm_takes()
{
    "$1" --help all 2>/dev/null | awk -v option="$2" '
        /^  -/ {
            type = ""
            if ($NF !~ /^-/) type = $NF
            for (i = 1; i <= NF; ++i) {
                name = $i
                sub(/,$/, "", name)
                if (name == option) { print type; exit }
            }
        }'
}

_ntm()
{
    local cur prev words cword
    _init_completion -n : || return
    local -r flag=$prev program=$1
    COMPREPLY=()
    if [[ $flag == -* ]]; then
        local type
        type=$(_ntm_takes "$program" "$flag")
        case $flag:$type in
            -i:*|--interface*:NAME*|--exclude-interfaces:*)
                COMPREPLY=($(compgen -W "any $(_ntm_interfaces)" -- "$cur"))
                return ;;
            --log-level:*)
                COMPREPLY=($(compgen -W \
                    "trace debug info warning error" -- "$cur"))
                return ;;
            --log-format:*)
                COMPREPLY=($(compgen -W "text json" -- "$cur"))
                return ;;
            *:FILE|*:DIR)
                _filedir
                return ;;
            *:) ;;
            *) return ;;
        esac
    fi
    case $cur in
        -*) COMPREPLY=($(compgen -W "$(_ntm_flags "$program")" -- "$cur")) ;;
        *)
            ((cword == 1)) && COMPREPLY=($(compgen -W \
                "$(_ntm_subcommands "$program")" -- "$cur"))
            ((cword == 2)) && [[ ${words[1]} == help ]] && COMPREPLY=($(
                compgen -W "all $(_ntm_topics "$program")" -- "$cur"))
            [[ ${words[1]} == @(backup|restore) ]] && _filedir ;;
    esac
}

_ntm_flags()
{
    "$1" --help all 2>/dev/null | awk '
        /^  -/ {
            for (i = 1; i <= NF; ++i) {
                if ($i ~ /^-/) { sub(/,$/, "", $i); print $i }
            }
        }'
}

_ntm_subcommands()
{
    "$1" --help all 2>/dev/null |
        awk '/^       ntm [a-z]/ { print $2 } /^$/ { exit }'
}

_ntm_topics()
{
    "$1" --help all 2>/dev/null | sed -n 's/^\([a-z][a-z-]*\): .*/\1/p'
}

_ntm_interfaces()
{
    local path
    for path in /sys/class/net/*/; do
        path=${path%/}
        echo "${path##*/}"
    done
}

complete -F _ntm ntm
