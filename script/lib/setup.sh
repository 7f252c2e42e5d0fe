# Sourced by every script: brings a fresh clone to where the command can run. Idempotent, quiet when nothing is to do.
# shellcheck shell=bash
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$repo"

say() { printf '%s\n' "$*" >&2; }

# Installs the npm packages when the lock file changed, and puts the pinned Node 24 first in PATH.
setup_node() {
  command -v npm >/dev/null || { say "npm is missing: install Node.js 20 or newer with npm, then run this again."; exit 1; }
  local stamp=node_modules/.serverctl-lock want
  want=$(sha256sum package-lock.json | cut -d' ' -f1)
  if [ "$(cat "$stamp" 2>/dev/null)" != "$want" ] || [ ! -x node_modules/.bin/node ]; then
    say "Installing npm packages …"
    # Not "npm ci": it refuses a lock file made where a registry does not offer other platforms' optional packages.
    npm install --no-save --no-fund --no-audit --loglevel=error >&2
    printf '%s' "$want" >"$stamp"
  fi
  export PATH="$repo/node_modules/.bin:$PATH"
}

# Installs the Debian packages named in the given list files, when we are root and one is missing.
setup_packages() {
  local missing=() name
  command -v dpkg-query >/dev/null || return 0
  while read -r name; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done < <(sed 's/#.*//' "$@" | tr -s ' \t' '\n' | grep .)
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" != 0 ]; then say "Not root, so these Debian packages are not installed: ${missing[*]}"; return 0; fi
  say "Installing Debian packages: ${missing[*]} …"
  apt-get update -qq >&2
  # policy-rc.d would be system wide; RUNLEVEL=1 keeps maintainer scripts from starting services for this call only.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}
