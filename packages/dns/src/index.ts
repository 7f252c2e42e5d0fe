export {
  type CloudflareHttp,
  type CloudflareOptions,
  type CloudflareReply,
  type CloudflareRequest,
  cloudflareRequestsPer,
  createCloudflareProvider,
  effectiveTtl,
} from './cloudflare/index.ts';
export { lookAtCertificate, type ShownCertificate } from './cpanel/certificate.ts';
export type { Panel } from './cpanel/envelope.ts';
export type { CpanelHttp } from './cpanel/http.ts';
export { createCpanelProvider } from './cpanel/index.ts';
export { type CpanelOptions, cpanelRequestsPer } from './cpanel/schema.ts';
export { type CpanelTrust, createTrustedAgent, prepareTrust } from './cpanel/trust.ts';
export type { ManualStep, MoveByHand } from './manual-step.ts';
export { manualSteps } from './manual-steps.ts';
export {
  createMemoryProvider,
  createMemoryZone,
  type FaultPlan,
  type MemoryFault,
  type MemoryProviderOptions,
  type MemoryRrset,
  type MemoryZone,
} from './memory/index.ts';
export { createResolver, rootServers } from './resolver/index.ts';
export { type AskRecursive, createAskRecursive, type RecursiveAnswer } from './resolver/recursive.ts';
export type { ResolverOptions, StartPoint } from './resolver/schema.ts';
export { createRfc2136Provider, type Rfc2136Key, type Rfc2136Options } from './rfc2136/index.ts';
export { TransportError } from './transport/transport-error.ts';
