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
export type { ResolverOptions, StartPoint } from './resolver/schema.ts';
export { createRfc2136Provider, type Rfc2136Key, type Rfc2136Options } from './rfc2136/index.ts';
