import { parseArgs } from 'node:util';
import { AgentFailure } from './errors.ts';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | EnrolCommand
  | InstallCommand
  | { readonly kind: 'uninstall'; readonly yes: boolean }
  | { readonly kind: 'run'; readonly stateDir: string | undefined; readonly serviceManager: string | undefined }
  | { readonly kind: 'status'; readonly stateDir: string | undefined; readonly json: boolean };

interface Enrolment {
  readonly urls: readonly string[];
  readonly caFile: string | undefined;
  readonly secretFile: string | undefined;
  readonly hostname: string | undefined;
  readonly publicIpv4: string | undefined;
  readonly publicIpv6: string | undefined;
  readonly replace: boolean;
}

export interface EnrolCommand extends Enrolment {
  readonly kind: 'enrol';
  readonly stateDir: string | undefined;
}

export interface InstallCommand extends Enrolment {
  readonly kind: 'install';
  /** Keeps the enrolment and puts only this agent in place of the one before. */
  readonly updateOnly: boolean;
}

export const helpText = `serverctl-agent: tells a ServerCTL control plane how this host and HAProxy are.

  serverctl-agent install --url URL [--url URL2 …]
      enrol this host, and keep the agent running on it from now on; needs root
      and systemd, asks for the one-time secret
        --update-only           keep the enrolment; only put this agent in place
  serverctl-agent uninstall [--yes]
      stop and remove the agent and its enrolment from this host
  serverctl-agent enrol --url URL [--url URL2 …]
      only enrol this host; asks for the one-time secret
    for install and enrol:
        --ca-file FILE          CA certificate (PEM): trust this one alone;
                                without it, those that the host trusts
        --secret-file FILE      read the secret from a file ("-" = standard input)
        --hostname NAME         the host's full name, when it does not say it
        --public-ipv4 ADDRESS   the address clients reach; without it the control
                                plane takes the one it sees
        --public-ipv6 ADDRESS   the same for IPv6
        --replace               enrol again although this host is enrolled; a
                                running agent goes on as whom it is then
  serverctl-agent run
      send heartbeats until stopped; what the service starts
        --service-manager SPEC  systemd (default), or simulated:/path/file.json
  serverctl-agent status [--json]
      say who this host is to the control plane
  serverctl-agent --help | --version

  --state-dir DIR   for enrol, run and status; default /var/lib/serverctl-agent
Environment: SERVERCTL_AGENT_STATE_DIR, SERVERCTL_AGENT_SERVICE_MANAGER; an
option wins over it. An address begins with https; plain http is for a control
plane on this host itself only. The secret is never an argument. HAProxy is only
looked at, never changed.
Exit status: 0 done, 1 unexpected, 2 usage, 3 not enrolled, 4 already enrolled,
5 refused, 6 unreachable
`;

const options = {
  url: { type: 'string', multiple: true },
  'ca-file': { type: 'string' },
  'secret-file': { type: 'string' },
  hostname: { type: 'string' },
  'public-ipv4': { type: 'string' },
  'public-ipv6': { type: 'string' },
  'state-dir': { type: 'string' },
  'service-manager': { type: 'string' },
  replace: { type: 'boolean' },
  'update-only': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

const enrolment = ['url', 'ca-file', 'secret-file', 'hostname', 'public-ipv4', 'public-ipv6', 'replace'];
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  install: [...enrolment, 'update-only'],
  uninstall: ['yes'],
  enrol: [...enrolment, 'state-dir'],
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
  if (kind === undefined || allowed === undefined) throw usage('Say install, uninstall, enrol, run or status.');
  // Not shown: somebody may have put the secret there.
  if (rest.length > 0) throw usage(`${kind} takes options only. A secret is never an argument.`);
  const foreign = Object.keys(values).find((name) => !allowed.includes(name));
  if (foreign !== undefined) throw usage(`--${foreign} is not an option of ${kind}.`);
  const stateDir = values['state-dir'];
  if (kind === 'run') return { kind, stateDir, serviceManager: values['service-manager'] };
  if (kind === 'status') return { kind, stateDir, json: values.json === true };
  if (kind === 'uninstall') return { kind, yes: values.yes === true };
  const asked = {
    urls: values.url ?? [],
    caFile: values['ca-file'],
    secretFile: values['secret-file'],
    hostname: values.hostname,
    publicIpv4: values['public-ipv4'],
    publicIpv6: values['public-ipv6'],
    replace: values.replace === true,
  };
  if (kind === 'enrol') return { kind, ...asked, stateDir };
  const updateOnly = values['update-only'] === true;
  if (updateOnly && asked.replace) throw usage('--update-only keeps the enrolment, and --replace makes a new one.');
  return { kind: 'install', ...asked, updateOnly };
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
