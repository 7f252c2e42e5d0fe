export type { EmulatedToken } from './access.ts';
export type { CallCounts } from './calls.ts';
export {
  type CloudflareEmulator,
  type EmulatorOptions,
  type Exchange,
  startCloudflareEmulator,
} from './emulator.ts';
export { type Fault, FaultList, type FaultPlan, type Prepared, wrongReplies } from './faults.ts';
export { meetFaults, type Trip } from './meet.ts';
export { edgeAddresses, mirrorTo } from './mirror.ts';
export type { EmulatedZone } from './routes.ts';
export type { EmulatedRecord } from './zone.ts';
