export type { EmulatedToken, Right, Service } from './access.ts';
export type { Arrival, Peer, Serve } from './cluster.ts';
export { type CpanelEmulator, type CpanelOptions, type Exchange, startCpanelEmulator } from './emulator.ts';
export { mirrorZoneTo } from './mirror.ts';
export { wrongReplies } from './replies.ts';
export type { EmulatedZone, ZoneChange } from './zone.ts';
export type { ZoneLine, ZoneRecord } from './zone-file.ts';
