import { parseArgs } from 'node:util';
import { AgentFailure } from './errors.ts';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | EnrolCommand
  | { readonly kind: 'run'; readonly stateDir: string | undefined; readonly serviceManager: string | undefined }
  | { readonly kind: 'status'; readonly stateDir: string | undefined; readonly json: boolean };

export interface EnrolCommand {
  readonly kind: 'enrol';
  readonly urls: readonly string[];
  readonly secretFile: string | undefined;
  readonly hostname: string | undefined;
  readonly publicIpv4: string | undefined;
  readonly stateDir: string | undefined;
  readonly replace: boolean;
}

export const helpText = `serverctl-agent: tells a ServerCTL control plane how this host and its HAProxy are.

  serverctl-agent enrol --url URL [--url URL2 …]   enrol this host; asks for the one-time secret
      --secret-file FILE      read the secret from a file ("-" = standard input) instead of asking for it
      --hostname NAME         the host's full name, when it does not say it itself
      --public-ipv4 ADDRESS   the address clients reach; without it the control plane takes the one it sees
      --replace               enrol again although this host is enrolled; a running agent goes on as whom it is then
  serverctl-agent run                              send heartbeats until stopped; what the service starts
      --service-manager SPEC  systemd (default), or simulated:/path/file.json on a machine without it
  serverctl-agent status [--json]                  say who this host is to the control plane
  serverctl-agent --help | --version

  --state-dir DIR   for each command; default /var/lib/serverctl-agent
Environment: SERVERCTL_AGENT_STATE_DIR, SERVERCTL_AGENT_SERVICE_MANAGER; an option wins over it.
The secret is never an argument. HAProxy is only looked at, never changed.
Exit status: 0 done, 1 unexpected, 2 usage, 3 not enrolled, 4 already enrolled, 5 refused, 6 unreachable
`;

const options = {
  url: { type: 'string', multiple: true },
  'secret-file': { type: 'string' },
  hostname: { type: 'string' },
  'public-ipv4': { type: 'string' },
  'state-dir': { type: 'string' },
  'service-manager': { type: 'string' },
  replace: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

const optionsOf: Readonly<Record<string, readonly string[]>> = {
  enrol: ['url', 'secret-file', 'hostname', 'public-ipv4', 'state-dir', 'replace'],
  run: ['state-dir', 'service-manager'],
  status: ['state-dir', 'json'],
};

/** What is asked for. Throws AgentFailure `usage`. */
export function parseCommandLine(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [kind, ...rest] = positionals;
  const allowed = optionsOf[kind ?? ''];
  if (kind === undefined || allowed === undefined) throw usage('Say enrol, run or status.');
  // Not shown: somebody may have put the secret there.
  if (rest.length > 0) throw usage(`${kind} takes options only. A secret is never an argument.`);
  const foreign = Object.keys(values).find((name) => !allowed.includes(name));
  if (foreign !== undefined) throw usage(`--${foreign} is not an option of ${kind}.`);
  const stateDir = values['state-dir'];
  if (kind === 'run') return { kind, stateDir, serviceManager: values['service-manager'] };
  if (kind === 'status') return { kind, stateDir, json: values.json === true };
  return {
    kind: 'enrol',
    urls: values.url ?? [],
    secretFile: values['secret-file'],
    hostname: values.hostname,
    publicIpv4: values['public-ipv4'],
    stateDir,
    replace: values.replace === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error));
  }
}

function usage(message: string): AgentFailure {
  return new AgentFailure('usage', message);
}
