import { type AgentArchitecture, installPaths, runtimeVariables, stagingPrefix } from '@serverctl/contract/agent';
import type { AgentManifest } from '../../services/agent-files.ts';
import { quoted } from './shell.ts';

export interface ScriptOptions {
  readonly urls: readonly string[];
  /** The CA that the agent shall trust; null when hosts know one. */
  readonly caPem: string | null;
  readonly agents: AgentManifest['agents'];
}

/**
 * The script that the install line runs: small, so that a careful person reads it first. The same settings give the same bytes, whose
 * SHA-256 is in the line (R37). The agent runs as a child and not by exec, so that the trap removes the private folder also after it;
 * standard input goes through to it.
 */
export function renderScript({ urls, caPem, agents }: ScriptOptions): string {
  return `#!/bin/sh
# Installs the ServerCTL agent on this host: downloads it from your control plane, checks its SHA-256 and runs its "install", which asks for
# the enrolment secret. Nothing else is fetched. "serverctl-agent uninstall" removes all of it again.
set -eu
umask 077
# What would make the agent's runtime read or run something else than the agent.
unset ${runtimeVariables.join(' ')}

fail() {
  printf 'serverctl: %s\\n' "$1" >&2
  exit 1
}

[ "$(uname -s)" = Linux ] || fail 'the agent needs Linux.'
case $(uname -m) in
  x86_64 | amd64)
${chooseAgent('x64', agents)}
    ;;
  aarch64 | arm64)
${chooseAgent('arm64', agents)}
    ;;
  *) fail "there is no agent for this machine, $(uname -m): it needs x86_64 or aarch64." ;;
esac
[ "$(id -u)" = 0 ] || fail 'installing needs root: run the line as root.'
for tool in curl gunzip sha256sum mktemp systemctl; do
  command -v "$tool" >/dev/null || fail "$tool is missing on this host: install it and run the line again."
done

# Where the agent will be: there programs may be executed, which a host's /tmp often forbids (noexec).
folder=$(mktemp -d /usr/local/bin/${stagingPrefix}XXXXXX) || fail '/usr/local/bin cannot be written.'
trap 'rm -rf "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
${caPem === null ? '' : carryCa(caPem)}
downloaded=no
for url in ${urls.map(quoted).join(' ')}; do
  if curl -fsS --connect-timeout 10 --retry 8 --retry-delay 3 --retry-max-time 90${caPem === null ? '' : ' --cacert "$folder/ca.pem"'} -o "$folder/agent.gz" "$url$from"; then
    downloaded=yes
    break
  fi
done
[ "$downloaded" = yes ] || fail 'the agent could not be downloaded; nothing was installed.'

gunzip -c <"$folder/agent.gz" >"$folder/serverctl-agent" || fail 'the download is damaged; nothing was installed.'
printf '%s  %s\\n' "$sha256" "$folder/serverctl-agent" | sha256sum -c --status ||
  fail 'the downloaded agent is not the one this script was made for; nothing was installed. Make a new line: serverctl member enrol POOL HOST'
rm "$folder/agent.gz"
chmod 755 "$folder/serverctl-agent"

"$folder/serverctl-agent" install ${urls.map((url) => `--url ${quoted(url)}`).join(' ')}${caPem === null ? '' : ' --ca-file "$folder/ca.pem"'} "$@"
`;
}

/** A development server has the agent of its own processor only. */
function chooseAgent(architecture: AgentArchitecture, agents: ScriptOptions['agents']): string {
  const agent = agents[architecture];
  if (agent !== undefined)
    return `    from=${quoted(installPaths.agent[architecture])}\n    sha256=${quoted(agent.sha256)}`;
  return `    fail 'this control plane has no agent for ${architecture}: run script/package there, then make a new line.'`;
}

/** Certificates alone, as PEM (tls/material.ts): nothing in them can end the here-document. */
function carryCa(caPem: string): string {
  return `
# The certificate authority that the agent shall trust, and no other.
cat >"$folder/ca.pem" <<'CA'
${caPem.trimEnd()}
CA
`;
}
