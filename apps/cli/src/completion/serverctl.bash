# bash completion for serverctl
# Nothing here evaluates what was typed or answered: words go as arguments, candidates come back as lines and are quoted.
_serverctl() {
  local rest=${COMP_LINE:0:COMP_POINT} words=() word bare place current prefix='' breaks='' reply value
  COMPREPLY=()
  # bash breaks words at = and : too; what has no space before it belongs to the word before it.
  for ((place = 0; place <= COMP_CWORD; place++)); do
    bare=${rest#"${rest%%[![:space:]]*}"}
    word=${COMP_WORDS[place]}
    ((place < COMP_CWORD)) || word=$bare
    if [[ $place == 0 || $bare != "$rest" ]]; then words+=("$word"); else words[-1]+=$word; fi
    rest=${bare#"$word"}
  done
  current=${words[-1]}
  # Only what stands behind the last break is replaced.
  [[ $COMP_WORDBREAKS != *=* ]] || breaks+==
  [[ $COMP_WORDBREAKS != *:* ]] || breaks+=:
  if [[ -n $breaks && $current != [\'\"]* ]]; then prefix=${current%"${current##*[$breaks]}"}; fi
  mapfile -t reply < <("${words[0]/#\~\//$HOME/}" __complete bash "${words[@]:1}" 2>/dev/null </dev/null)
  if [[ ${reply[0]-} == files ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "${current#"$prefix"}")
    return
  fi
  for value in "${reply[@]:1}"; do
    value=${value%%$'\t'*}
    value=${value#"$prefix"}
    case $current in
      # Inside quotes only what needs no quoting of its own.
      [\'\"]*) [[ $value == *[^A-Za-z0-9._:/@%+,=\ -]* ]] || COMPREPLY+=("$value") ;;
      *)
        printf -v value %q "$value"
        COMPREPLY+=("$value")
        ;;
    esac
  done
}
complete -F _serverctl serverctl
