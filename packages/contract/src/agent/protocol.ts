/** Version of the agent's protocol; sent with every enrolment and token request, refused when we no longer speak it. */
export const protocolVersion = 1;

/** Paths of the agent's four calls. Everything else about an agent travels inside them. */
export const agentPaths = {
  enrol: '/agent/v1/enrol',
  nonce: '/agent/v1/nonce',
  token: '/agent/v1/token',
  heartbeat: '/agent/v1/heartbeat',
} as const;

/** The machines that an agent is made for, as Node and the files' names call them. */
export const agentArchitectures = ['x64', 'arm64'] as const;
/** One of them. */
export type AgentArchitecture = (typeof agentArchitectures)[number];

/** What a host without an agent downloads, without a token: the script that the install line runs, and the agent for its machine. */
export const installPaths = {
  script: '/install/agent.sh',
  agent: {
    x64: '/install/serverctl-agent-linux-x64.gz',
    arm64: '/install/serverctl-agent-linux-arm64.gz',
  },
} as const satisfies { readonly script: string; readonly agent: Readonly<Record<AgentArchitecture, string>> };

/**
 * Environment variables that the runtime inside the compiled agent reads before the agent's first line: BUN_OPTIONS can load foreign code,
 * or another file's settings; the others turn the file into something else, open a debugger, or show and send what only the control plane
 * should see. So whatever starts the agent unsets them first.
 */
export const runtimeVariables = [
  'BUN_OPTIONS',
  'BUN_BE_BUN',
  'BUN_INSPECT',
  'BUN_INSPECT_CONNECT_TO',
  'BUN_INSPECT_PRELOAD',
  'BUN_CONFIG_VERBOSE_FETCH',
  'BUN_CRASH_REPORT_URL',
] as const;

/** A heartbeat about every second, ± `heartbeatJitter` of it, so that a fleet does not beat in step. */
export const heartbeatIntervalMs = 1_000;
/** Part of the interval by which a beat may come sooner or later. */
export const heartbeatJitter = 0.1;
/** The agent gives a request 2 s, then goes to its next URL. */
export const heartbeatTimeoutMs = 2_000;
/** Greatest size of any agent request, in bytes. */
export const agentRequestLimitBytes = 64 * 1024;

/** How the folder beside the agent's file begins in which the install script unpacks the download. */
export const stagingPrefix = '.serverctl-install.';
