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

/** A heartbeat about every second, ± `heartbeatJitter` of it, so that a fleet does not beat in step. */
export const heartbeatIntervalMs = 1_000;
/** Part of the interval by which a beat may come sooner or later. */
export const heartbeatJitter = 0.1;
/** The agent gives a request 2 s, then goes to its next URL. */
export const heartbeatTimeoutMs = 2_000;
/** Greatest size of any agent request, in bytes. */
export const agentRequestLimitBytes = 64 * 1024;
