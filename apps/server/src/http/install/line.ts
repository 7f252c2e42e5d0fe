import { installPaths } from '@serverctl/contract/agent';
import { quoted } from './shell.ts';

/*
 * The line that a person pastes into a root shell of the host. Rules (R34, R37): one line of POSIX sh that bash, dash and zsh take alike; no secret;
 * what runs is exactly the script whose SHA-256 the line holds; no file is left whatever fails; the status is that of the first step that failed.
 *
 * How the control plane is recognised:
 *
 *   a CA that hosts do not know    `--insecure --pinnedpubkey`: curl then asks no CA and insists on this one public key, which is stricter than any
 *                                  CA's word. The pin IS the verification; with another key nothing is sent or taken.
 *   a certificate hosts trust      plain curl, against the host's own CAs
 *   a proxy that ends TLS          likewise: we do not know the proxy's key, so hosts must trust its certificate already. With SERVERCTL_TLS_CA_FILE
 *                                  the script carries that CA for all that follows; the line itself still needs it among the host's CAs.
 *
 * In every form the SHA-256 is checked before anything runs. A subshell and not a file's worth of commands: its traps remove the script, also after
 * Ctrl+C and when the terminal goes, and it leaves no variable behind. Each signal has its own, since dash does not run EXIT's for one without.
 * Standard input is untouched: the agent reads the secret there.
 */

export interface LineOptions {
  readonly url: string;
  /** Of the server's public key; null where hosts trust the certificate without us. */
  readonly pin: string | null;
  readonly scriptSha256: string;
}

const mismatch =
  'serverctl: the downloaded script is not the one that this line was made for; nothing was run. Make a new line: serverctl member enrol POOL HOST';
const unreached =
  'serverctl: the control plane did not give its script (see above); nothing was run. Can this host reach it? If its certificate or agent changed since the line was made, make a new one: serverctl member enrol POOL HOST';

export function renderLine({ url, pin, scriptSha256 }: LineOptions): string {
  const recognise = pin === null ? '' : ` --insecure --pinnedpubkey ${quoted(`sha256//${pin}`)}`;
  const steps = [
    // Before there is a file: a signal is then heard when its name is known.
    'f=',
    `trap 'rm -f "$f"' EXIT`,
    "trap 'exit 129' HUP",
    "trap 'exit 130' INT",
    "trap 'exit 143' TERM",
    'f=$(mktemp)',
    `{ curl -fsS${recognise} --connect-timeout 10 -o "$f" ${quoted(url + installPaths.script)} || { s=$?; echo ${quoted(unreached)} >&2; exit $s; }; }`,
    `{ printf '%s  %s\\n' ${quoted(scriptSha256)} "$f" | sha256sum -c --status || { echo ${quoted(mismatch)} >&2; exit 1; }; }`,
    'sh "$f"',
  ];
  return `(${steps.join(' && ')})`;
}
