#compdef serverctl
# zsh completion for serverctl
# Nothing here evaluates what was typed or answered: words go as arguments, candidates come back as lines and are quoted by zsh.
_serverctl() {
  local -a reply found
  local line
  reply=("${(@f)$("${words[1]/#\~\//$HOME/}" __complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  if [[ $reply[1] == files ]]; then
    [[ $PREFIX != --*=* ]] || compset -P '--*='
    _files
    return
  fi
  for line in "${(@)reply[2,-1]}"; do
    found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  _describe serverctl found
}
if [[ $funcstack[1] == _serverctl ]]; then _serverctl "$@"; else compdef _serverctl serverctl; fi
