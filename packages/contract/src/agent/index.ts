export * from './enrolment.ts';
export * from './heartbeat.ts';
export * from './protocol.ts';
