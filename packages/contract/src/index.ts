export * from './agent/enrolment.ts';
export * from './agent/heartbeat.ts';
export * from './agent/protocol.ts';
export * from './api/common.ts';
export * from './api/dns.ts';
export * from './api/history.ts';
export * from './api/members.ts';
export * from './api/pools.ts';
