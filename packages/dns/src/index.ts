export type { ApiHttp, ApiReply, ApiRequest } from './api-http.ts';
export {
  type CloudflareOptions,
  cloudflareRequestsPer,
  createCloudflareProvider,
  effectiveTtl,
} from './cloudflare/index.ts';
export { type CpanelOptions, createCpanelProvider } from './cpanel/index.ts';
export { type CpanelTrust, createTrustedAgent } from './cpanel/trust.ts';
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
