/** JSON Schemas of the agent's requests, for Ajv on the hot path (ARCHITECTURE.md: zod costs more per request). Strict: nothing unknown passes, but beside a heartbeat. */
import { trafficLimits } from './heartbeat.ts';

/** Printable ASCII: PostgreSQL stores no NUL and jsonb no lone surrogate, and one member's text must not fail the batch of all. */
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, pattern: '^[\\x20-\\x7e]*$' }) as const;
const closed = <P extends Record<string, object>>(properties: P) =>
  ({ type: 'object', additionalProperties: false, required: Object.keys(properties), properties }) as const;
const orNull = <S extends { type: string }>(schema: S) => ({ ...schema, type: [schema.type, 'null'] }) as const;

const bootNumber = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;

const unitReport = closed({
  unit: text(256),
  loadState: text(32),
  activeState: text(32),
  subState: text(32),
  job: orNull(text(32)),
  answers: { type: ['boolean', 'null'] },
});

const count = (maximum: number) => ({ type: 'integer', minimum: 0, maximum }) as const;

const haproxyTraffic = closed({
  version: text(trafficLimits.versionLength),
  uptimeSeconds: count(trafficLimits.uptimeSeconds),
  sessions: count(trafficLimits.sessions),
  sessionRate: count(trafficLimits.ratePerSecond),
  requestRate: count(trafficLimits.ratePerSecond),
});

/** EnrolRequest. */
export const enrolRequestSchema = closed({
  protocol: { type: 'integer' },
  secret: text(128),
  hostname: text(253),
  publicKey: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
  agentVersion: text(64),
});

/** NonceRequest. */
export const nonceRequestSchema = closed({ memberId: text(32) });

const tokenRequestParts = closed({
  protocol: { type: 'integer' },
  memberId: text(32),
  nonce: text(256),
  signature: { type: 'string', pattern: '^[A-Za-z0-9_-]{86}$' },
  boot: orNull(bootNumber),
});

/** TokenRequest. Only a run that was superseded says so. */
export const tokenRequestSchema = {
  ...tokenRequestParts,
  properties: { ...tokenRequestParts.properties, superseded: orNull(bootNumber) },
};

const heartbeatParts = closed({
  boot: bootNumber,
  seq: bootNumber,
  hostname: text(253),
  agentVersion: text(64),
  publicIpv4: orNull(text(15)),
  units: { type: 'array', maxItems: 32, items: unitReport },
  packageLock: { type: 'boolean' },
});

/**
 * Heartbeat. The only request that is not closed, since a refused one is silence: `haproxy` and
 * `publicIpv6` may be missing (an agent from before it had them to tell), and what a newer agent tells beside is not looked at.
 */
export const heartbeatSchema = {
  ...heartbeatParts,
  additionalProperties: true,
  properties: { ...heartbeatParts.properties, publicIpv6: orNull(text(45)), haproxy: orNull(haproxyTraffic) },
};
